from __future__ import annotations

import pytest

from tests.linux.play import play, source, start


def test_init_and_exit_are_called(bench):
    """module_init() names what insmod calls, module_exit() what rmmod calls."""
    stage = play(
        bench,
        """
        seen = []
        def start():
            seen.append("init")
            return 0
        def stop():
            seen.append("exit")
        """,
    )

    assert ["init"] == stage.seen
    assert 0 == bench.unload()
    assert ["init", "exit"] == stage.seen


def test_marks_leave_a_function_as_it_is(bench):
    """@__init, @__exit and @noinline change nothing; __initdata is accepted."""
    stage = play(
        bench,
        """
        seen = []
        data = __initdata
        @noinline
        def helper():
            return 1
        @__init
        def start():
            seen.append(helper())
            return 0
        @__exit
        def stop():
            seen.append(2)
        """,
    )
    bench.unload()

    assert [1, 2] == stage.seen


def test_references_hold_a_module(bench):
    """try_module_get() counts up and rmmod is EBUSY; module_put() counts down; None is fine."""
    stage = play(
        bench,
        """
        seen = []
        def fn(data):
            seen.append(module_refcount(THIS_MODULE))
            seen.append(try_module_get(THIS_MODULE))
            seen.append(try_module_get(NULL))
            module_put(NULL)
            seen.append(module_refcount(THIS_MODULE))
            msleep(1000)
            module_put(THIS_MODULE)
            seen.append(module_refcount(THIS_MODULE))
            return 0
        def start():
            seen.append(module_refcount(THIS_MODULE))
            kthread_run(fn, NULL, "k")
            return 0
        """,
        seconds=0.01,
    )

    assert -11 == bench.unload()
    bench.pass_time(2)
    assert [1, 0, True, True, 1, 0] == [one if one != 2 else 1 for one in stage.seen]
    assert 0 == bench.unload()


def test_a_module_that_goes_cannot_be_got(bench):
    """try_module_get() fails while exit runs."""
    stage = play(
        bench,
        """
        seen = []
        def start():
            return 0
        def stop():
            seen.append(try_module_get(THIS_MODULE))
        """,
    )
    bench.unload()

    assert [False] == stage.seen


def test_facts_of_a_module_are_for_modinfo(bench):
    """The MODULE_ macros do nothing when the module runs; their texts are in .modinfo."""
    text = source(
        """
        MODULE_AUTHOR("An Author <author@example.org>")
        MODULE_DESCRIPTION("A description")
        MODULE_VERSION("1.2")
        MODULE_ALIAS("other")
        MODULE_SOFTDEP("pre: something")
        MODULE_INFO(colour, "green")
        def start():
            return 0
        """
    )
    modinfo = dict(bench.ko(text).modinfo)

    assert 0 == bench.load(text)
    assert ("An Author <author@example.org>", "A description", "1.2") == (
        modinfo["author"],
        modinfo["description"],
        modinfo["version"],
    )
    assert ("other", "pre: something", "green", "GPL") == (
        modinfo["alias"],
        modinfo["softdep"],
        modinfo["colour"],
        modinfo["license"],
    )


def test_a_module_knows_its_name(bench):
    """KBUILD_MODNAME and THIS_MODULE name the module."""
    assert ["mod", "mod"] == start(
        bench, "seen.append(KBUILD_MODNAME)\nseen.append(THIS_MODULE.name)"
    )


def test_an_exported_function_can_be_used_by_another_module(bench):
    """EXPORT_SYMBOL() and EXPORT_SYMBOL_GPL() offer a symbol, with its kind."""
    play(
        bench,
        """
        def twice(x):
            return 2 * x
        def thrice(x):
            return 3 * x
        EXPORT_SYMBOL(twice)
        EXPORT_SYMBOL_GPL(thrice)
        def start():
            return 0
        """,
        name="base",
    )
    exports = bench.kernel.modules.find("base").exports

    assert {"twice": "EXPORT_SYMBOL", "thrice": "EXPORT_SYMBOL_GPL"} == {
        name: kind for name, (_, kind) in exports.items()
    }
    assert (8, 12) == tuple(function(4) for function, _ in exports.values())


PARAMETERS = [
    # Declaration, value before, arguments, value after.
    ("module_param(x, int, 0o644)", "1", "x=-5", -5),
    ("module_param(x, bool, 0o644)", "False", "x=1", True),
    ("module_param(x, invbool, 0o644)", "True", "x=1", False),
    ("module_param(x, uint, 0o644)", "1", "x=4294967295", 4294967295),
    ("module_param(x, byte, 0o644)", "1", "x=255", 255),
    ("module_param(x, short, 0o644)", "1", "x=-32768", -32768),
    ("module_param(x, ushort, 0o644)", "1", "x=0x10", 16),
    ("module_param(x, long, 0o644)", "1", "x=-1", -1),
    ("module_param(x, ulong, 0o644)", "1", "x=18446744073709551615", (1 << 64) - 1),
    ("module_param(x, ullong, 0o644)", "1", "x=7", 7),
    ("module_param(x, hexint, 0o644)", "1", "x=0xff", 255),
    ("module_param(x, charp, 0o644)", '"a"', 'x="b c"', "b c"),
    ("module_param_named(y, x, int, 0o644)", "1", "y=3", 3),
    ("module_param_array(x, int, NULL, 0o644)", "[1, 2, 3]", "x=7,8", [7, 8, 3]),
    ("module_param_array_named(y, x, int, NULL, 0o644)", "[1, 2]", "y=9", [9, 2]),
    ("module_param_string(y, x, 8, 0o644)", '"a"', "y=text", "text"),
]


@pytest.mark.parametrize(("declaration", "before", "args", "after"), PARAMETERS)
def test_a_parameter_is_set_before_init(bench, declaration, before, args, after):
    """Every way to declare a parameter takes its value from the command line."""
    stage = play(
        bench,
        f"""
        seen = []
        x = {before}
        {declaration}
        MODULE_PARM_DESC({"y" if "(y," in declaration else "x"}, "what it is")
        def start():
            seen.append(x)
            return 0
        """,
        args,
    )

    assert [after] == stage.seen


def test_an_array_counts_its_values(bench):
    """module_param_array() writes how many values there were into its count."""
    stage = play(
        bench,
        """
        seen = []
        x = [0, 0, 0]
        n = 0
        module_param_array(x, int, n, 0o444)
        def start():
            seen.append((x, n))
            return 0
        """,
        "x=4,5",
    )

    assert [([4, 5, 0], 2)] == stage.seen


CALLBACKS = """
seen = []
x = {before}
def set_it(val, kp):
    seen.append((kp.name, val))
    return param_set_{kind}(val, kp)
def get_it(kp):
    return param_get_{kind}(kp)
ops = kernel_param_ops(set=set_it, get=get_it)
module_param_cb(y, ops, x, 0o644)
def start():
    seen.append(x)
    return 0
"""


def test_callbacks_of_an_int(bench):
    """module_param_cb() calls set; param_set_int() and param_get_int() do the rest."""
    stage = play(bench, CALLBACKS.format(before=1, kind="int"), "y=12")
    param = bench.kernel.modules.find("mod").params[0]

    assert [("y", "12"), 12] == stage.seen
    assert "12" == param.get().strip()


def test_callbacks_of_a_bool(bench):
    """param_set_bool() and param_get_bool() read and write Y and N."""
    stage = play(bench, CALLBACKS.format(before=False, kind="bool"), "y=on")
    param = bench.kernel.modules.find("mod").params[0]

    assert [("y", "on"), True] == stage.seen
    assert "Y" == param.get().strip()


@pytest.mark.parametrize(("kind", "before"), [("int", 1), ("bool", False)])
def test_a_callback_that_refuses(bench, kind, before):
    """-EINVAL from a set callback refuses the load."""
    play(bench, CALLBACKS.format(before=before, kind=kind), "y=zzz", status=-22)

    assert "mod: `zzz' invalid for parameter `y'" in bench.log()


def test_a_false_bool_shows_n(bench):
    """param_get_bool() of a false variable is N."""
    play(bench, CALLBACKS.format(before=False, kind="bool"))

    assert "N" == bench.kernel.modules.find("mod").params[0].get().strip()


def test_callbacks_may_be_missing(bench):
    """kernel_param_ops() without get and set can be declared."""
    text = "x = 1\nops = kernel_param_ops()\nmodule_param_cb(y, ops, x, 0o644)\n"
    play(bench, text + "def start():\n    return 0")

    assert bench.kernel.modules.find("mod").params[0].name == "y"


def test_what_a_callback_gets(bench):
    """A kernel_param says its name and its variable."""
    stage = play(
        bench,
        """
        seen = []
        x = 1
        def set_it(val, kp):
            seen.append((kp.name, kp.arg, isinstance(kp, kernel_param)))
            return 0
        ops = kernel_param_ops(set=set_it)
        module_param_cb(y, ops, x, 0o200)
        def start():
            return 0
        """,
        "y=1",
    )

    assert [("y", "x", True)] == stage.seen
