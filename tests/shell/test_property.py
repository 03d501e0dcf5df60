"""Scripts made by a small grammar do the same by the virtual and the real bash.

The grammar has quoting, expansion, pipelines, lists, loops, functions and statuses. Without a bash
5.2 the property that is left is that a text that was quoted is read back as it was.
"""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
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

LETTERS = st.text("ab *?[]{}~$'\"\\#!;&|<>()=,.:%-", max_size=8)
PLAIN = st.sampled_from(["a", "b c", "x=1", "", "0", "a*", "{p,q}", "~", "one  two", "a:b", "-n"])
NAMES = st.sampled_from(["v", "w", "IFS2", "nope", "arr"])
NUMBERS = st.integers(-9, 9)


def single(text):
    """Put a text between single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


@st.composite
def words(draw, depth=0):
    """One word: literal, quoted, or expanded."""
    kind = draw(st.integers(0, 11 if depth < 2 else 7))
    name = draw(NAMES)
    plain = draw(PLAIN)
    if kind == 0:
        return draw(
            st.sampled_from(["a", "b", "a{1,2}b", "x{1..3}", "*.txt", "[ab].txt", "~", "q=~"])
        )
    if kind in (1, 2):
        return single(draw(LETTERS))
    if kind == 3:
        return f'"{plain} ${name}"'
    if kind == 4:
        return f"${name}"
    if kind == 5:
        operator = draw(
            st.sampled_from([":-", "-", ":+", "+", "#", "##", "%", "%%", "/", "//", "^^"])
        )
        argument = draw(st.sampled_from(["a", "*", "?", "b*", "'a b'", '"$w"', "x y"]))
        return f"${{{name}{operator}{argument}}}"
    if kind == 6:
        operator = draw(st.sampled_from(["+", "*", "-", "<", "&&", "|"]))
        return f"$(({draw(NUMBERS)}{operator}{draw(NUMBERS)}))"
    if kind == 7:
        return draw(
            st.sampled_from(["$#", "$?", '"$@"', "$*", "${#v}", "${arr[@]}", '"${arr[1]}"', "$@"])
        )
    inner = draw(commands(depth + 1))
    if kind == 8:
        return f"$({inner})"
    if kind == 9:
        return f'"$({inner})"'
    left, right = draw(words(depth + 1)), draw(words(depth + 1))
    return left + right


@st.composite
def commands(draw, depth=0):
    """One command, perhaps of others."""
    kind = draw(st.integers(0, 14 if depth < 2 else 5))
    some = " ".join(draw(st.lists(words(depth + 1), min_size=1, max_size=3)))
    if kind in (0, 1):
        return f"echo {some}"
    if kind == 2:
        return f"printf '<%s>' {some}"
    if kind == 3:
        return f"{draw(NAMES)}={draw(words(depth + 1))}"
    if kind == 4:
        return draw(
            st.sampled_from(["true", "false", "(exit 3)", ": x", "set -- p 'q r'", "! true"])
        )
    if kind == 5:
        return f"cat <<< {draw(words(depth + 1))}"
    first, second = draw(commands(depth + 1)), draw(commands(depth + 1))
    if kind == 6:
        return f"{first} | tr a-c A-C"
    if kind == 7:
        return f"{first} {draw(st.sampled_from(['&&', '||', ';']))} {second}"
    if kind == 8:
        return f"if {first}; then {second}; else echo no; fi"
    if kind == 9:
        return f'for i in {some}; do echo "[$i]"; {second}; done'
    if kind == 10:
        return f"case {draw(words(depth + 1))} in a*) {first};; *) {second};; esac"
    if kind == 11:
        return f"f() {{ {first}; return 4; }}; f {some}; echo $?"
    if kind == 12:
        return f"({first}; {second})"
    if kind == 13:
        # A file of its own: cat refuses to read what it writes to.
        return f"{{ {first}; }} > out{depth}; cat out{depth}"
    return f'while read -r l; do echo "<$l>"; done < <({first})'


SCRIPTS = st.lists(commands(), min_size=1, max_size=4).map(
    lambda lines: "\n".join(["v='a b' w='*' arr=(x 'y z')", *lines, "echo end $?"]) + "\n"
)


@pytest.mark.slow  # a hundred scripts, by two shells
@pytest.mark.skipif(table.real_bash() is None, reason="no bash 5.2 is installed")
def test_made_scripts_do_the_same():
    """A hundred scripts of the grammar have the same output, errors and status."""
    made = []

    @settings(
        max_examples=100,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(SCRIPTS)
    def collect(script):
        case = table.Case("$", len(made))
        case.script = script
        made.append(case)

    collect()
    for case, ours, theirs in zip(
        made, tables.run_virtual(made), table.run_real(made), strict=True
    ):
        assert theirs == ours, case.script


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
