from __future__ import annotations

import pytest

from tests.linux.play import evaluate, play, start

LEVELS = {
    "emerg": 0,
    "alert": 1,
    "crit": 2,
    "err": 3,
    "warn": 4,
    "notice": 5,
    "info": 6,
}
CONSTANTS = {
    **{f"KERN_{name.upper()}": str(level) for name, level in LEVELS.items() if name != "warn"},
    "KERN_WARNING": "4",
    "KERN_DEBUG": "7",
    "KERN_CONT": "c",
}


def records(bench, lines, globals_=""):
    """Run lines in init; give level and text of what they printed."""
    bench.load(
        "from vshell.linux.module import MODULE_LICENSE; MODULE_LICENSE('GPL')", name="first"
    )
    since = bench.kernel.printk.end_sequence
    start(bench, lines, globals_)
    return [(record.level, record.text) for record in bench.kernel.printk.records(since)]


@pytest.mark.parametrize("name", LEVELS)
def test_every_level_has_its_macros(bench, name):
    """pr_LEVEL(), its once and its rate-limited form print at that level."""
    level = LEVELS[name]
    found = records(
        bench,
        f"""
        pr_{name}("%s %d\\n", "plain", 1)
        for i in range(3):
            pr_{name}_once("once %d\\n", i)
        for i in range(12):
            pr_{name}_ratelimited("limited %d\\n", i)
        """,
    )

    assert [
        (level, "plain 1"),
        (level, "once 0"),
        *[(level, f"limited {i}") for i in range(10)],
    ] == found


@pytest.mark.parametrize("name", CONSTANTS)
def test_level_prefixes(bench, name):
    """A KERN_ prefix is an SOH and the level."""
    assert "\001" + CONSTANTS[name] == evaluate(bench, name)


def test_the_default_prefix_is_empty(bench):
    """KERN_DEFAULT is no prefix at all; KERN_SOH is what others begin with."""
    assert ("", "\001") == evaluate(bench, "(KERN_DEFAULT, KERN_SOH)")


def test_printk_reads_levels_from_its_text(bench):
    """printk(): the first level counts, warn without one, the old style is text."""
    found = records(
        bench,
        """
        printk("none\\n")
        printk(KERN_ERR + KERN_INFO + "two\\n")
        printk(KERN_DEFAULT + "default\\n")
        printk("<3>old\\n")
        printk(KERN_DEBUG + "debug %d\\n", 5)
        """,
    )

    assert [(4, "none"), (3, "two"), (4, "default"), (4, "<3>old"), (7, "debug 5")] == found


def test_printk_returns_the_bytes_of_its_text(bench):
    """Neither the level nor the closing newline counts."""
    assert [5, 3, 0, 1, 2, 0, 3, 0] == start(
        bench,
        """
        seen.append(pr_info("hello\\n"))
        seen.append(printk(KERN_ERR + "%d", 123))
        seen.append(pr_info(""))
        seen.append(pr_info("\\n\\n"))
        for i in range(2):
            seen.append(printk_once("ab\\n"))
        seen.append(pr_cont("abc\\n"))
        seen.append(pr_debug("quiet\\n"))
        """,
    )


def test_printk_once_and_ratelimited(bench):
    """printk_once() and printk_ratelimited() count per place, not per text."""
    found = records(
        bench,
        """
        for i in range(2):
            printk_once("a%d\\n", i)
            printk_once("b%d\\n", i)
        for i in range(11):
            printk_ratelimited(KERN_INFO + "r%d\\n", i)
        """,
    )

    assert [(4, "a0"), (4, "b0"), *[(6, f"r{i}") for i in range(10)]] == found


def test_what_the_rate_limit_left_out_is_told_later(bench):
    """After 5 s the first message says how many were suppressed, by its function's name."""
    stage = play(
        bench,
        """
        def fn(data):
            for i in range(15):
                pr_info_ratelimited("tick %d\\n", i)
                if i == 13:
                    ssleep(6)
            return 0
        def start():
            kthread_run(fn, NULL, "k")
            return 0
        """,
        seconds=10,
    )

    assert stage is not None
    assert ["tick 8", "tick 9", "fn: 4 callbacks suppressed", "tick 14"] == bench.log()[-4:]


def test_continuation(bench):
    """pr_cont() joins the open record; a stray one begins a record at the default level."""
    found = records(
        bench,
        """
        pr_info("begin")
        pr_cont(" middle")
        pr_cont(" end\\n")
        pr_cont("stray\\n")
        pr_info("open")
        pr_err("interrupts\\n")
        pr_cont("late\\n")
        """,
    )

    assert [
        (6, "begin middle end"),
        (4, "stray"),
        (6, "open"),
        (3, "interrupts"),
        (4, "late"),
    ] == found


def test_pr_fmt_is_put_around_every_format(bench):
    """A function pr_fmt() applies to the pr_ macros, not to printk() and pr_cont()."""
    found = records(
        bench,
        'pr_info("a")\npr_cont("b\\n")\npr_err_once("c\\n")\nprintk("d\\n")',
        'def pr_fmt(fmt):\n    return KBUILD_MODNAME + ": " + fmt',
    )

    assert [(6, "mod: ab"), (3, "mod: c"), (4, "d")] == found


def test_debug_messages_are_silent_without_debug(bench):
    """pr_debug() and pr_devel() print nothing by default."""
    assert [] == records(bench, 'pr_debug("a\\n")\npr_devel("b\\n")')


def test_debug_messages_with_debug_defined(bench):
    """With DEBUG defined in the module both print at level debug."""
    found = records(bench, 'pr_debug("a %d\\n", 1)\npr_devel("b\\n")', "DEBUG = 1")

    assert [(7, "a 1"), (7, "b")] == found


DYNDBG = [
    ("dyndbg=+p", ["here 1"]),
    ("dyndbg=+pm", ["mod: here 1"]),
    ("dyndbg=+pmfl", ["mod:start:4: here 1"]),
    ("dyndbg=+pfl", ["start:4: here 1"]),
    ("dyndbg==p", ["here 1"]),
    ("dyndbg", ["here 1"]),
    ("dyndbg=-p", []),
    ("dyndbg=+m", []),
]


@pytest.mark.parametrize(("args", "texts"), DYNDBG)
def test_dynamic_debug(bench, args, texts):
    """dyndbg=+p prints pr_debug(), with module, function and line if asked to."""
    text = '\ndef start():\n    pr_debug("here %d\\n", 1)\n    pr_devel("no\\n")\n    return 0'
    play(bench, "x = 1" + text, args)

    assert texts == bench.own_log()


DUMPS = [
    # Real: 19-printk-formats.
    (
        '"dump: ", DUMP_PREFIX_OFFSET, 16, 1, "0123456789ABCDEFGHIJ", 20, True',
        [
            "dump: 00000000: 30 31 32 33 34 35 36 37 38 39 41 42 43 44 45 46  0123456789ABCDEF",
            "dump: 00000010: 47 48 49 4a                                      GHIJ",
        ],
    ),
    ('"", DUMP_PREFIX_NONE, 16, 1, [0, 255, 127], 3, False', ["00 ff 7f"]),
    ('"", DUMP_PREFIX_NONE, 16, 1, [0, 255, 65], 2, True', ["00 ff" + " " * 44 + ".."]),
    ('"", DUMP_PREFIX_NONE, 16, 4, [1, 0, 0, 0, 2, 1, 0, 0], 8, False', ["00000001 00000102"]),
    ('"", DUMP_PREFIX_NONE, 16, 4, [1, 2, 3], 3, False', ["01 02 03"]),
    ('"", DUMP_PREFIX_NONE, 7, 3, [1] * 17, 17, False', [" ".join(["01"] * 16), "01"]),
    ('"", DUMP_PREFIX_NONE, 32, 1, [1] * 17, 17, False', [" ".join(["01"] * 17)]),
]


@pytest.mark.parametrize(("arguments", "texts"), DUMPS)
def test_bytes_are_dumped_in_rows(bench, arguments, texts):
    """print_hex_dump(): rows of groups, each a little-endian number, and the characters."""
    found = records(bench, f"print_hex_dump(KERN_INFO, {arguments})")

    assert [(6, text) for text in texts] == found


def test_a_dump_may_show_addresses(bench):
    """DUMP_PREFIX_ADDRESS: each row's address as %p prints it."""
    found = records(
        bench,
        """
        data = [1] * 17
        print_hex_dump(KERN_INFO, "", DUMP_PREFIX_ADDRESS, 16, 1, data, 17, False)
        pr_info("%p\\n", data)
        """,
    )

    assert 3 == len(found)
    assert found[0][1].startswith(f"{found[2][1]}: 01 01")
    assert found[1][1].endswith(": 01")
    assert found[0][1][:16] != found[1][1][:16]


def test_debug_dumps_are_silent_without_debug(bench):
    """print_hex_dump_bytes() and print_hex_dump_debug() print where pr_debug() does."""
    lines = """
        print_hex_dump_bytes("b: ", DUMP_PREFIX_NONE, [65], 1)
        print_hex_dump_debug("d: ", DUMP_PREFIX_NONE, 16, 1, [66], 1, False)
        """
    assert [] == records(bench, lines)


def test_debug_dumps_with_debug_defined(bench):
    """At level debug, print_hex_dump_bytes() with the characters."""
    lines = """
        print_hex_dump_bytes("b: ", DUMP_PREFIX_NONE, [65], 1)
        print_hex_dump_debug("d: ", DUMP_PREFIX_NONE, 16, 1, [66], 1, False)
        """
    expected = [(7, "b: 41" + " " * 47 + "A"), (7, "d: 42")]
    assert expected == records(bench, lines, "DEBUG = 1")


def test_dump_stack_shows_cpu_hardware_and_trace(bench):
    """dump_stack(): the CPU's line, the hardware's, and the functions below."""
    play(
        bench, "@noinline\ndef inner():\n    dump_stack()\ndef start():\n    inner()\n    return 0"
    )
    lines = bench.own_log()

    assert lines[0].startswith("CPU: 0 PID: ")
    assert " Comm: test Tainted: G           OE      6.7.9 #1" in lines[0]
    assert lines[1].startswith("Hardware name: ")
    assert ["Call Trace:", " <TASK>"] == lines[2:4]
    assert [" dump_stack_lvl+0x44/0x5c", " inner+0x", " start+0x", " do_one_initcall+0x"] == [
        line.split("+0x")[0] + "+0x" if index else line for index, line in enumerate(lines[4:8])
    ]
    assert " </TASK>" == lines[-1]


def test_wrong_arguments_do_no_harm(bench):
    """Too few arguments print 0 or (null), too many are left out."""
    found = records(bench, 'printk("%d %s|", 7)\nprintk("%d\\n", 1, 2)')

    assert [(4, "7 (null)|"), (4, "1")] == found


def test_the_function_behind_printk(bench):
    """printk() is a macro around _printk(), whose name stands where its address is printed."""
    found = records(bench, '_printk(KERN_ERR + "%d\\n", 3)\npr_info("%ps\\n", _printk)')

    assert [(3, "3"), (6, "_printk")] == found
