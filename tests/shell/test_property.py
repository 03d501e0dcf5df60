"""Scripts made by a small grammar do the same by the virtual and the real bash.

``grammar`` and ``topics`` have it; ``made`` has kept some of them with their answers, so that they
run everywhere. Without a bash 5.2 the property that is left here is that a text that was quoted is
read back as it was.
"""

from __future__ import annotations

import os
from importlib import util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vshell.shell.quote import ansi_quote, double_quote, quote, single_quote

HERE = Path(__file__).parent


def load(name):
    """Load a module that lies beside this file."""
    spec = util.spec_from_file_location(name, HERE / f"{name}.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tables = load("test_tables")
table = tables.table

made = load("made")
topics = load("topics")
# How many scripts of each topic, and where the drawing of them begins. Others of both in the
# environment look for more: VSHELL_SCRIPTS=300 VSHELL_SEED=1.
COUNT = int(os.environ.get("VSHELL_SCRIPTS", "8"))
SEED = int(os.environ.get("VSHELL_SEED", "62"))


@pytest.mark.slow  # a hundred scripts, by two shells
@pytest.mark.skipif(table.real_bash() is None, reason="no bash 5.2 is installed")
@pytest.mark.parametrize("topic", topics.TOPICS)
def test_made_scripts_do_the_same(topic):
    """Scripts that the grammar makes have the same output, errors and status."""
    cases = []
    for script in made.scripts(topics.TOPICS[topic], COUNT, SEED):
        cases.append(table.Case("$", 0))
        cases[-1].script = script

    assert len(cases) > COUNT // 4
    for case, ours, theirs in zip(
        cases, tables.run_virtual(cases), table.run_real(cases), strict=True
    ):
        assert theirs == ours, f"{topic}, seed {SEED}\n{case.script}"


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12))
@settings(max_examples=100, derandomize=True, database=None, deadline=None)
def test_what_is_quoted_is_read_back(text):
    """Each way to quote gives a word that expands to the text itself."""
    from vshell.shell.parser import Parser  # noqa: PLC0415 - only here
    from vshell.shell.syntax import DoubleQuoted, Literal, Quoted  # noqa: PLC0415 - only here

    for way in (ansi_quote, double_quote, quote, single_quote):
        command = Parser("echo " + way(text)).next_command().items[0][0].first.commands[0]
        parts = command.words[1].parts
        while parts and isinstance(parts[0], DoubleQuoted):
            parts = parts[0].parts
        assert all(isinstance(part, (Literal, Quoted)) for part in parts), way
        assert text == "".join(part.text for part in parts), way
