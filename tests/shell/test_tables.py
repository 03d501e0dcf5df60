"""Every script of the tables does here what the real bash does with it.

The tables hold what the real bash did. Where a bash 5.2 is installed, it is asked again.
"""

from __future__ import annotations

from functools import cache
from importlib import util
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from vshell.kernel.devices import SinkFile, SourceFile
from vshell.machine.free import run_free
from vshell.machine.host import Host, load_settings

HERE = Path(__file__).parent


def load(name):
    """Load a module that lies beside this file."""
    spec = util.spec_from_file_location(name, HERE / f"{name}.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


table = load("table")


def run_virtual(cases):
    """Run scripts by the virtual bash, all on one host; give output, errors and status of each."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        table.lay_out(home, cases)
        settings = load_settings(None)
        settings.update({"folder": "", "seed": -1}, "test")
        host = Host(settings, workspace=folder)
        out, err = [], []
        files = [
            SourceFile(lambda _count: b""),
            SinkFile(host.kernel, out.append),
            SinkFile(host.kernel, err.append),
        ]
        text = "unset PS1; " + table.driver(cases, settings.home_directory)
        process = host.open_session(["bash", "-c", text], host.add_terminal(), files)
        run_free(host, lambda: process.pid in host.exit_statuses)
        host.shut_down()
    shown, errors = (b"".join(one).decode("utf-8", "surrogateescape") for one in (out, err))
    return table.results(shown, errors)


@cache
def virtual(topic):
    """Run a table once; give the results by line."""
    cases = table.read(topic)
    return dict(zip([case.line for case in cases], run_virtual(cases), strict=True))


@cache
def real(topic):
    """Run a table by the real bash once; give the results by line."""
    cases = table.read(topic)
    return dict(zip([case.line for case in cases], table.run_real(cases), strict=True))


CASES = [(topic, case) for topic in table.TOPICS for case in table.read(topic)]
IDS = [f"{topic}:{case.line}" for topic, case in CASES]


@pytest.mark.parametrize(("topic", "case"), CASES, ids=IDS)
def test_the_virtual_bash_does_as_recorded(topic, case):
    """Output, errors and status of a script are those of the real bash."""
    out, err, status = case.result

    assert (out, err, status) == virtual(topic)[case.line]


@pytest.mark.skipif(table.real_bash() is None, reason="no bash 5.2 is installed")
@pytest.mark.slow  # a process for each script
@pytest.mark.parametrize("topic", [topic for topic in table.TOPICS if topic not in table.RACING])
def test_the_real_bash_does_as_recorded(topic):
    """The tables are what the real bash of this machine does, too."""
    for case in table.read(topic):
        assert case.result == real(topic)[case.line], case.script


def test_there_are_many_scripts():
    """Nobody has emptied the tables: those written by hand, those that the grammar made."""
    made = [topic for topic, _ in CASES if topic.startswith("made_")]

    assert len(made) >= 390
    assert len(CASES) - len(made) > 650
