"""What the compiler of modules refuses and warns about: the texts are gcc 12's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from vshell.kbuild.compile import compile_source
from vshell.kbuild.headers import Headers
from vshell.machine.headers import header_path, header_text
from vshell.machine.vmlinux import HEADER_NAMES

PRELUDE = """\
from vshell.linux.bug import BUG
from vshell.linux.delay import msleep
from vshell.linux.export import EXPORT_SYMBOL
from vshell.linux.kthread import kthread_park, kthread_run, kthread_stop
from vshell.linux.module import MODULE_AUTHOR, MODULE_INFO, MODULE_LICENSE
from vshell.linux.module import module_exit, module_init
from vshell.linux.moduleparam import MODULE_PARM_DESC, module_param, module_param_array
from vshell.linux.moduleparam import module_param_named, module_param_string
from vshell.linux.printk import pr_cont, pr_info, printk
"""

HERE = Path(__file__).parent
# Pieces of source behind the prelude: those with messages, and those about which there are none.
REFUSED = [case.split("----\n") for case in (HERE / "refused.txt").read_text().split("====\n")]
ACCEPTED = (HERE / "accepted.txt").read_text().split("====\n")


@pytest.fixture(scope="module")
def headers():
    """Give the kernel's headers."""
    paths = {header_path(header): header for header in HEADER_NAMES}
    return Headers(lambda path: header_text(paths[path]) if path in paths else None)


def compiled(source, headers):
    """Compile a source behind the prelude."""
    return compile_source(PRELUDE + source, "m.py", "m", headers)


def messages(text):
    """Give the messages without the quoted lines, lines counted from behind the prelude."""
    found = []
    for line in text.splitlines():
        if line.startswith("include/"):
            # Where it stands in the header is no claim of these tests.
            header, _, _, rest = line.split(":", 3)
            found.append(f"{header}:{rest}")
        elif line.startswith("m.py:") and line.split(":")[1].isdigit():
            _, number, column, rest = line.split(":", 3)
            found.append(f"{int(number) - PRELUDE.count(chr(10))}:{column}:{rest}")
    return found


@pytest.mark.parametrize(("source", "expected"), REFUSED)
def test_what_is_refused(headers, source, expected):
    """Each mistake has its message at its place; only errors keep the object from being made."""
    result = compiled(source, headers)

    assert expected.splitlines() == messages(result.messages)
    assert ("error: " in expected) == (result.object is None)


@pytest.mark.parametrize("source", ACCEPTED)
def test_what_is_accepted(headers, source):
    """Near every mistake there is a right way, about which the compiler says nothing."""
    result = compiled(source, headers)

    assert "" == result.messages
    assert result.object is not None


def test_messages_have_gccs_form(headers):
    """Function, place, text, option, the line with its number, and the caret below it."""
    source = "def f(t):\n\tkthread_stop()\n\tx = 1\n\treturn mslep(t)\nEXPORT_SYMBOL(f)\n"
    result = compile_source(
        "from vshell.linux.kthread import kthread_stop\n"
        "from vshell.linux.export import EXPORT_SYMBOL\n" + source,
        "/home/test/m.py",
        "m",
        headers,
    )
    declared = headers.get("linux/kthread.h").declarations["kthread_stop"].line

    assert (
        f"""\
/home/test/m.py: In function 'f':
/home/test/m.py:4:2: error: too few arguments to function 'kthread_stop'
    4 |         kthread_stop()
      |         ^~~~~~~~~~~~
include/linux/kthread.h:{declared}:5: note: declared here
{declared:5d} | int kthread_stop(struct task_struct *k);
      |     ^~~~~~~~~~~~
/home/test/m.py:6:9: error: implicit declaration of function 'mslep' \
[-Werror=implicit-function-declaration]
    6 |         return mslep(t)
      |                ^~~~~
/home/test/m.py:5:2: warning: unused variable 'x' [-Wunused-variable]
    5 |         x = 1
      |         ^
cc1: some warnings being treated as errors
"""
        == result.messages
    )


def test_a_type_stands_below_the_caret(headers):
    """A wrong pointer's type is shown under it, then what was expected (Real: 29-kbuild-errors)."""
    source = "from vshell.linux.kthread import kthread_park\ndef f():\n\tkthread_park('str')\n"
    result = compile_source(source, "/m.py", "m", headers)
    lines = result.messages.splitlines()

    assert [
        "    3 |         kthread_park('str')",
        "      |                      ^~~~~",
        "      |                      |",
        "      |                      char *",
    ] == lines[2:6]
    assert lines[6].startswith("include/linux/kthread.h:")
    assert lines[6].endswith(
        "note: expected 'struct task_struct *' but argument is of type 'char *'"
    )


def test_the_header_of_a_macro_is_named_once(headers):
    """Messages about a macro's text say which line includes its header, until another one's do."""
    source = 'def f():\n    pr_info("%d\\n")\n    pr_info("%s\\n")\n    return\n'
    rest = "module_init(f)\nmodule_init(f)\n"
    result = compiled(source + rest, headers)
    included = [line for line in result.messages.splitlines() if line.startswith("In file")]

    assert ["In file included from m.py:9:", "In file included from m.py:5:"] == included


def test_what_stands_behind_a_missing_separator_is_read(headers):
    """After a statement that it cannot read the compiler goes on (Real: 29-kbuild-errors)."""
    source = "def init():\n    x = 5 \\\n    return x\nmodule_init(init)\n"
    result = compiled(source, headers)

    assert [
        "3:5: error: expected ',' or ';' before 'return'",
        "2:5: warning: unused variable 'x' [-Wunused-variable]",
        "2:5: error: no return statement in function returning non-void [-Werror=return-type]",
    ] == messages(result.messages)
    assert (
        "expected ';' before 'msleep'"
        in compiled("def f():\n    msleep(1) msleep(2)\n", headers).messages
    )


def test_unused_names_of_the_top_level_come_last(headers):
    """Function by function, then the top level under its own heading."""
    result = compiled("def g():\n    a = 1\nb = 2\n", headers)

    assert ["m.py: In function 'g':", "m.py: At top level:"] == [
        line for line in result.messages.splitlines() if line.startswith("m.py: ")
    ]


def test_a_missing_header_ends_the_compilation(headers):
    """Nothing behind a fatal error is looked at."""
    result = compiled("import time\nx = undeclared\n", headers)

    assert result.messages.endswith("compilation terminated.\n")
    assert "undeclared" not in result.messages


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 300 + ")" * 300,
        "x = " + "+".join(["1"] * 4000),
        "x = 1\0",
        "x = '\udcff'",
        "def f(:\n" * 3,
        "\tx = 1",
        "",
        "\\",
        "x = 0x",
        "def f():\n    nonlocal y",
        "def f(a):\n    global a",
        "f() = 1",
        "#" * 5000,
    ],
)
def test_nothing_makes_the_compiler_fail(headers, source):
    """Whatever stands in a file, there is an object or an error."""
    result = compile_source(source, "m.py", "m", headers)

    assert (result.object is None) == ("error: " in result.messages)


@pytest.mark.slow  # a property of many examples
@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    some.sampled_from(ACCEPTED),
    some.lists(
        some.tuples(
            some.integers(0, 600), some.integers(0, 9), some.text("(){}:=.,'\n ax0", max_size=4)
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_no_typing_error_makes_the_compiler_fail(headers, source, changes):
    """A module with some letters replaced gives an object or an error."""
    for position, removed, text in changes:
        begin = position % (len(source) + 1)
        source = source[:begin] + text + source[begin + removed :]
    result = compiled(source, headers)

    assert (result.object is None) == ("error: " in result.messages)
