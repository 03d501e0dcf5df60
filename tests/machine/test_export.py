"""``--trace`` and ``--ftrace``: the files, the run beside them, and what cannot be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.machine.export_run import ExportRun
from vshell.cli import main
from vshell.machine.export import Exports
from vshell.machine.host import Host

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = "echo out; echo err >&2; sleep 0.01; exit 3"


def vshell(*words, **environment):
    """Run ``python -m vshell``; give status, output and error as bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "vshell", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_run_is_the_same(tmp_path):
    """With both files standard output, error and status are those without; the files are there."""
    trace, ftrace = tmp_path / "out.json", tmp_path / "out.txt"
    trace.write_text("what was there before, longer than nothing")

    with_files = vshell("-c", COMMANDS, "--trace", str(trace), f"--ftrace={ftrace}")

    assert (3, b"out\n", b"err\n") == with_files
    assert "ns" == json.loads(trace.read_text())["displayTimeUnit"]
    assert ftrace.read_text().startswith("# tracer: nop\n")


def test_the_bytes_are_the_same(tmp_path):
    """Two runs write the same bytes."""
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    one, other = ExportRun(first), ExportRun(second)

    assert one.chrome == other.chrome
    assert one.ftrace == other.ftrace
    assert [] == one.failures


@pytest.mark.parametrize("option", ["--trace", "--ftrace"])
def test_a_file_that_cannot_be_is_told_before_the_run(option, tmp_path, capfd):
    """A file that cannot be written is an error of vshell, and nothing is run."""
    path = tmp_path / "nosuch" / "out"

    assert 2 == main(["-c", "echo ran", option, str(path)])
    assert ("", f"vshell: {path}: No such file or directory\n") == capfd.readouterr()


def test_both_cannot_be_one_file(tmp_path, capfd):
    """The two forms do not go into one file."""
    path = str(tmp_path / "out")

    assert 2 == main(["-c", "true", "--trace", path, "--ftrace", path])
    assert "vshell: --trace and --ftrace name the same file\n" == capfd.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only where there is /dev/full")
def test_a_full_disk_is_told_and_the_run_goes_on(capfd):
    """When the disk is full, the commands run to their end and the status says it."""
    assert 2 == main(["-c", "echo ran", "--trace", "/dev/full"])
    assert ("ran\n", "vshell: /dev/full: No space left on device\n") == capfd.readouterr()


def test_a_pipe_has_no_counts():
    """What cannot be written over has no line of counts; the rest is the same."""
    status, out, _ = vshell("-c", "true", "--ftrace", "/dev/stdout")
    lines = out.decode().splitlines()

    assert (0, "# tracer: nop", "#") == (status, *lines[:2])
    assert not any("entries-in-buffer" in line for line in lines)
    assert any(": sched_switch: " in line for line in lines)


def test_record_and_scripts_export(tmp_path, capfd):
    """A recording and a script write traces, too."""
    script = tmp_path / "script.sh"
    script.write_text("echo script\n")

    assert 0 == main(["--trace", str(tmp_path / "1.json"), str(script)])
    words = ["record", str(tmp_path / "r.vshell.yaml"), "--trace", str(tmp_path / "2.json")]
    assert 0 == main([*words, "-c", "echo record"])
    for name in ("1.json", "2.json"):
        assert json.loads((tmp_path / name).read_text())["traceEvents"]
    assert "script\nrecord\n" == capfd.readouterr().out


def test_little_is_kept(tmp_path):
    """What waits to be written is what happened within a millisecond, however long the run."""
    exports = Exports(str(tmp_path / "t.json"), str(tmp_path / "t.txt"))
    host = Host()
    exports.begin(host)
    emit = host.kernel.trace.emit
    for number in range(20_000):
        emit((host.kernel.now_ns + number * 10_000, 0, 1, "module_free", "m"))
    waiting = [len(file._waiting) for file in exports._files]
    written = (tmp_path / "t.txt").stat().st_size
    exports.close()
    host.shut_down()

    assert max(waiting) < 300
    assert written > 1_000_000
    assert 20_000 == (tmp_path / "t.txt").read_text().count("module_free")


def test_any_bytes_are_text(tmp_path):
    """Names and messages that are no text leave the JSON readable, and their bytes in ftrace."""
    exports = Exports(str(tmp_path / "t.json"), str(tmp_path / "t.txt"))
    host = Host()
    exports.begin(host)
    now_ns = host.kernel.now_ns
    host.kernel.trace.emit((now_ns, 0, 1, "console", now_ns, 6, 'a "\udcff\n\x01 b'))
    exports.close()
    host.shut_down()
    records = json.loads((tmp_path / "t.json").read_bytes().decode())["traceEvents"]

    assert ['a "\ufffd\n\x01 b'] == [one["name"] for one in records if one["ph"] == "i"]
    assert b'console: a "\xff\n\x01 b\n' in (tmp_path / "t.txt").read_bytes()
