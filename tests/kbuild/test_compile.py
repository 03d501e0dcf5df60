"""The passes of the compiler: macros, preemption points, inlining, and what the object holds.

More than 400 lines, one idea: the passes are tried on the code they make.
"""

from __future__ import annotations

import ast
import marshal
import textwrap
from itertools import compress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from vshell.abi import dialect
from vshell.kbuild.compile import compile_source
from vshell.kbuild.headers import ANY, Header, Headers
from vshell.kbuild.inline import only_callers
from vshell.kbuild.preempt import insert_preemption_points
from vshell.kernel.module import c_divide

HEADERS = {
    "linux/things.h": """\
int plain(int a);  /* @ plain function 1 1 export=EXPORT_SYMBOL */
int hidden(void);  /* @ hidden function 0 0 */
struct task_struct *current;  /* @ current value 0 0 */
#define wait(q, c)  /* @ wait macro 2 2 lazy=1 */
#define named(n, v)  /* @ named macro 2 2 named=0 */
#define pr_info(fmt, ...)  /* @ pr_info macro 1 * fmt=0 */
#define MODULE_LICENSE(t)  /* @ MODULE_LICENSE macro 1 1 */
#define MODULE_INFO(t, i)  /* @ MODULE_INFO macro 2 2 named=0 */
#define EXPORT_SYMBOL(s)  /* @ EXPORT_SYMBOL macro 1 1 named=0 */
#define module_init(f)  /* @ module_init macro 1 1 */
#define module_exit(f)  /* @ module_exit macro 1 1 */
#define __init  /* @ __init type 0 0 */
#define noinline  /* @ noinline type 0 0 */
"""
}
IMPORT = "from vshell.linux.things import *\n"


def compiled(source, modname="mod"):
    """Compile a source that may use what HEADERS declare."""
    text = IMPORT + textwrap.dedent(source)
    result = compile_source(text, f"/m/{modname}.py", modname, Headers(HEADERS.get))
    assert result.object is not None, result.messages
    return result.object


class Supply:
    """A running task's turns, counted."""

    def __init__(self):
        self.taken = 0
        self.turns = self

    def __iter__(self):
        return self

    def __next__(self):
        self.taken += 1
        return True


def run(source, **names):
    """Compile a source and run it as the loader does; give its namespace."""
    (code,) = marshal.loads(compiled(source).code)
    namespace = {
        dialect.HOOK_RUNTIME: Supply(),
        dialect.HOOK_COMPRESS: compress,
        dialect.HOOK_NEXT: next,
        dialect.HOOK_DIVIDE: c_divide,
        "EXPORT_SYMBOL": lambda _name: None,
        **names,
    }
    exec(code, namespace)
    return namespace


# -- Macros ---------------------------------------------------------------------------------------


def test_a_value_is_read_at_each_use():
    """``current`` becomes a call; assigning to a variable of one's own does not."""
    values = iter([1, 2, 3])
    found = run(
        "def f():\n    return current + current * 10\nEXPORT_SYMBOL(f)\n", current=values.__next__
    )

    assert 21 == found["f"]()


def test_a_condition_is_evaluated_again():
    """A lazy argument becomes a function that sees the caller's variables."""
    seen = []

    def wait(_queue, condition):
        while not condition():
            seen.append(1)
            box["done"] += 1

    box = {"done": 0}
    found = run("def f(box):\n    wait(None, box['done'] >= 3)\nEXPORT_SYMBOL(f)\n", wait=wait)
    found["f"](box)

    assert 3 == len(seen)


def test_a_named_argument_becomes_its_text():
    """What a macro names is not evaluated."""
    calls = []
    run("x = 5\nnamed(no_such + name, x)\n", named=lambda *args: calls.append(args))

    assert [("no_such + name", 5)] == calls


def test_pr_fmt_is_put_around_each_format():
    """A tuple adds arguments behind the format; another text is only changed."""
    calls = []

    def pr_info(*args):
        calls.append(args)

    run(
        'def pr_fmt(fmt): return KBUILD_MODNAME + ": %s " + fmt, __func__\n'
        'def f():\n    pr_info("a %d\\n", 1)\nEXPORT_SYMBOL(f)\n',
        pr_info=pr_info,
    )["f"]()
    run(
        'def pr_fmt(fmt): return "x: " + fmt\nDEBUG = 1\npr_info("top")\n'
        'def f():\n    plain(1)\n    pr_info("b")\nEXPORT_SYMBOL(f)\n',
        pr_info=pr_info,
        plain=lambda a: a,
    )["f"]()

    assert [("mod: %s a %d\n", "f", 1), ("x: top",), ("x: b",)] == calls


@pytest.mark.parametrize("fmt", ["def pr_fmt(fmt): pass", "def pr_fmt(): return 1"])
def test_a_pr_fmt_without_a_format_changes_nothing(fmt):
    """A function of that name that is no format is left out."""
    calls = []
    run(f'{fmt}\npr_info("a")\n', pr_info=lambda *args: calls.append(args))

    assert [("a",)] == calls


def test_constants_of_the_compiler():
    """__func__, __LINE__, __FILE__ and KBUILD_MODNAME are known at compile time."""
    found = run(
        "def f():\n    return __func__, __LINE__, __FILE__, KBUILD_MODNAME\n"
        "EXPORT_SYMBOL(f)\nhere = __func__\nEXPORT_SYMBOL(here)\n"
    )

    assert ("f", 3, "/m/mod.py", "mod") == found["f"]()
    assert "" == found["here"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [("7 / 2", 3), ("-7 / 2", -3), ("7 / -2", -3), ("(1 + 6) / (1 + 1)", 3), ("7 // 2", 3)],
)
def test_division_is_cs(expression, value):
    """A slash divides towards zero, in assignments with operators too."""
    found = run(f"a = {expression}\nb = 7\nb /= -2\nc = [7, 1]\nc[0] /= 2\nc[1] += 1\n")

    assert (value, -3, [3, 2]) == (found["a"], found["b"], found["c"])


def test_types_and_marks_leave_no_code():
    """Annotations, section marks, prototypes and facts for .modinfo are gone."""
    found = run(
        "def other(x): ...\n"
        "@__init\n@noinline\ndef f(a: unknown) -> nothing:\n"
        "    b: what = a\n    c: never\n    return b\n"
        'EXPORT_SYMBOL(f)\nMODULE_LICENSE("GPL")\nMODULE_INFO(a, "b")\n'
    )

    assert 5 == found["f"](5)
    assert "other" not in found
    assert {} == found["f"].__annotations__


def test_headers_may_be_included_in_functions():
    """Such a line leaves no code; its names are linked."""
    ko = compiled("def f():\n    from vshell.linux.things import plain\n    return plain(1)\nf()\n")

    assert ("things", "plain", "plain") in ko.imports


# -- Preemption points ----------------------------------------------------------------------------

LOOPS = """\
def total(values, limit, skip):
    result = 0
    for value in values:
        if value == skip:
            continue
        if value > limit:
            break
        result += value
    else:
        result += 1000
    count = 0
    while count < limit:
        count += 1
        if count == skip:
            continue
        result = result * 3 + count
    while True:
        count -= 1
        if count <= 0:
            break
        result ^= count
    while count < 3:
        count += 1
        if count == skip:
            break
    else:
        result += 5
    result += sum([a * b for a in values for b in range(2) if a != skip])
    for i, j in [(x, y) for x in range(2) for y in range(2)]:
        result += i * j
    return result, {k: v for k, v in zip(values, values)}
"""


@pytest.mark.slow  # a property of many examples
@settings(derandomize=True, deadline=None)
@given(some.lists(some.integers(0, 9), max_size=8), some.integers(0, 9), some.integers(0, 9))
def test_compiled_loops_compute_the_same(values, limit, skip):
    """With the points in place every loop does what it does in plain Python."""
    plain = {}
    exec(LOOPS, plain)
    found = run(LOOPS + "EXPORT_SYMBOL(total)\n")

    assert plain["total"](values, limit, skip) == found["total"](values, limit, skip)


EXPRESSIONS = some.sampled_from(["a", "b", "a + 1", "b * 2", "a - b", "a % 5", "3"])


@some.composite
def statements(draw, depth=2):
    """Make some lines of a function with loops, as a list of lines."""
    kind = draw(some.integers(0, 6 if depth else 1))
    if kind == 0:
        return [f"a = {draw(EXPRESSIONS)}"]
    if kind == 1:
        return [f"b += {draw(EXPRESSIONS)}"]
    body = [line for _ in range(draw(some.integers(1, 2))) for line in draw(statements(depth - 1))]
    leave = draw(some.sampled_from(["break", "continue", "pass"]))
    inner = [f"if b % 3 == {draw(some.integers(0, 2))}: {leave}", *body]
    if kind == 2:
        return [f"if a > {draw(some.integers(0, 9))}:", *(f"    {line}" for line in body)]
    if kind == 3:
        head = [f"for i{depth} in range({draw(some.integers(0, 3))}):"]
    elif kind == 4:
        head = [f"n{depth} = 0", f"while n{depth} < 3:", f"    n{depth} += 1"]
    else:
        head = [f"n{depth} = 5", "while True:", f"    n{depth} -= 1"]
        inner = [f"if n{depth} < 0: break", *inner]
    tail = ["else:", "    a += 7"] if kind in (3, 4) and draw(some.booleans()) else []
    return [*head, *(f"    {line}" for line in inner), *tail]


@pytest.mark.slow  # a property of many examples
@settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(some.lists(statements(), min_size=1, max_size=4), some.integers(0, 9))
def test_any_function_computes_the_same(parts, start):
    """Nested loops with break, continue and else keep their meaning."""
    body = [line for part in parts for line in part]
    lines = ["def f(a):", "    b = 0", *(f"    {line}" for line in body), "    return a, b"]
    source = "\n".join(lines)
    plain = {}
    exec(source, plain)

    assert plain["f"](start) == run(f"{source}\nEXPORT_SYMBOL(f)\n")["f"](start)


@pytest.mark.parametrize(
    ("source", "turns"),
    [
        ("def f():\n    return 1", 1),
        ('def f():\n    "text"\n    return 1', 1),
        ("def f():\n    for i in range(10): pass", 11),
        ("def f():\n    n = 0\n    while n < 10: n += 1", 12),
        ("def f():\n    n = 0\n    while n < 10: n += 1\n    else: n = 0", 11),
        ("def f():\n    return [i for i in range(10)]", 11),
    ],
)
def test_every_turn_is_paid_for(source, turns):
    """A function's entry and each turn of a loop take a turn of the task's supply."""
    found = run(f"{source}\nEXPORT_SYMBOL(f)\n")
    supply = found[dialect.HOOK_RUNTIME]
    before = supply.taken
    found["f"]()

    assert turns == supply.taken - before


def test_docstrings_stay_docstrings():
    """The point of a function stands behind its docstring."""
    assert "Text." == run('def f():\n    "Text."\nEXPORT_SYMBOL(f)\n')["f"].__doc__


def test_lines_stay_where_they_were():
    """What is inserted has the line of what it stands for."""
    tree = ast.parse("def f(x):\n    a = 1\n    while x:\n        a = 2\n    return a\n")
    insert_preemption_points(tree)
    loop = tree.body[0].body[2]

    assert isinstance(loop, ast.For)
    assert {3, 4} == {node.lineno for node in ast.walk(loop) if hasattr(node, "lineno")}


# -- Inlining and sections ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "kept", "inlined"),
    [
        ("def g(): pass\ndef f(): g()", [], {"g": "f"}),
        ("def g(): pass\ndef f(): g()", ["g"], {}),
        ("def g(): pass\ndef f(): g(); g()", [], {}),
        ("def g(): pass\ndef f(): x = g", [], {}),
        ("def g(): g()", [], {}),
        ("def g(): pass\ng()", [], {}),
        ("@noinline\ndef g(): pass\ndef f(): g()", [], {}),
        ("@__init\ndef g(): pass\ndef f(): g()", [], {"g": "f"}),
        ("def h(): pass\ndef g(): h()\ndef f(): g()", [], {"h": "g", "g": "f"}),
        ("def g(): f()\ndef f(): g()", [], {}),
        ("def h(): pass\ndef g(): f(); h()\ndef f(): g()", [], {"h": "g"}),
    ],
)
def test_functions_called_once_are_part_of_their_caller(source, kept, inlined):
    """As gcc does it: one call, no address taken, not marked noinline."""
    assert inlined == only_callers(ast.parse(source), kept)


def test_sections_of_functions():
    """init and exit have their sections, marked functions too, inlined ones their caller's."""
    ko = compiled("""\
        @__init
        def early(): return 1

        def part(): return 2

        def start():
            part()
            return 0

        def end(): pass

        def stays(): return 3

        def pr_fmt(fmt): return fmt

        def other(x): ...

        module_init(start)
        module_exit(end)
        EXPORT_SYMBOL(stays)
        """)

    found = {f.name: (f.section, f.inlined) for f in ko.functions}
    expected = {"early": (".init.text", False), "part": (".init.text", True)}
    expected |= {"start": (".init.text", False), "end": (".exit.text", False)}
    assert expected | {"stays": (".text", False)} == found
    lines = {f.name: (f.first_line, f.last_line) for f in ko.functions}
    assert (7, 9) == lines["start"]


def test_functions_that_call_each_other_compile():
    """Two functions that only call each other end the search for their caller."""
    ko = compiled("def f(): g()\ndef g(): f()\n")

    assert [False, False] == [f.inlined for f in ko.functions]


# -- The object -----------------------------------------------------------------------------------


def test_only_what_is_used_is_linked():
    """Names of headers and prototypes are in the order of their first use."""
    ko = compiled("""\
        def unused(x): ...
        def later(x): ...
        def sooner(x): ...

        def f():
            hidden()
            sooner(plain(1))
            later(1)

        EXPORT_SYMBOL(f)
        """)

    assert ["sooner", "later"] == ko.externs
    assert ["hidden", "plain", "EXPORT_SYMBOL"] == [name for _, name, _ in ko.imports]


def test_names_may_be_renamed():
    """``import as`` links the header's name under the module's."""
    text = "from vshell.linux.things import plain as mine, plain as mine\nx = mine(1)\n"
    result = compile_source(text, "m.py", "m", Headers(HEADERS.get))

    assert [("things", "plain", "mine")] == result.object.imports


def test_modinfo_is_in_reverse_order():
    """As gcc lays variables out."""
    ko = compiled('MODULE_LICENSE("GPL")\nMODULE_INFO(one, "1")\nMODULE_INFO(two, "2")\n')

    assert [("two", "2"), ("one", "1"), ("license", "GPL")] == ko.modinfo


def test_exports_have_checksums_of_their_prototypes():
    """A changed signature changes the checksum, a changed body does not."""
    one, two, three = (
        compiled(f"def f({signature}): return {value}\nEXPORT_SYMBOL(f)\n").exports
        for signature, value in (("a", 1), ("a", 2), ("a, b", 1))
    )

    assert ("f", "EXPORT_SYMBOL") == (one[0][0], one[0][2])
    assert one == two
    assert one != three


# -- Headers --------------------------------------------------------------------------------------


def test_headers_declare_what_their_marks_say():
    """Kind, number of arguments and options are read from the comment."""
    header = Header("linux/things.h", HEADERS["linux/things.h"])
    plain, info = header.declarations["plain"], header.declarations["pr_info"]

    assert ("function", 1, 1, "EXPORT_SYMBOL", 1) == (
        plain.kind,
        plain.least,
        plain.most,
        plain.export,
        plain.line,
    )
    assert (5, ["int a"]) == (plain.column(), plain.parameter_types())
    assert (1, ANY, 0) == (info.least, info.most, info.fmt)
    assert [] == info.parameter_types()
    assert ([1], [0]) == (header.declarations["wait"].lazy, header.declarations["named"].named)


def test_a_header_is_read_once():
    """Whether it is there or not."""
    asked = []

    def read(name):
        asked.append(name)
        return HEADERS.get(name)

    headers = Headers(read)
    found = [headers.get(name) for name in ("linux/things.h", "no.h") * 2]

    assert ["linux/things.h", "no.h"] == asked
    assert found[0] is found[2]
    assert [None, None] == found[1::2]


def test_names_of_macros_may_be_assigned_to():
    """Only reading a value macro is a call; storing under its name stores."""
    assert 5 == run("current = 5\nEXPORT_SYMBOL(current)\n")["current"]
