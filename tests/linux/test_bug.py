from __future__ import annotations

import pytest

from tests.linux.play import play, start

CUT_HERE = "------------[ cut here ]------------"


def warnings(log):
    """Give the WARNING lines of a log."""
    return [line for line in log if line.startswith("WARNING: ")]


CONDITIONS = [
    ("WARN_ON(5)", 1, 1),
    ("WARN_ON(0)", 0, 0),
    ("WARN_ON_ONCE('x')", 1, 1),
    ("WARN_ON_ONCE(NULL)", 0, 0),
    ('WARN(1, "text\\n")', 1, 1),
    ('WARN(0, "text\\n")', 0, 0),
    ('WARN_ONCE(2, "text\\n")', 1, 1),
    ('WARN_ONCE(0, "text\\n")', 0, 0),
    ("BUG_ON(0)", None, 0),
]


@pytest.mark.parametrize(("call", "value", "count"), CONDITIONS)
def test_a_warning_gives_its_condition(bench, call, value, count):
    """WARN*() give whether the condition holds, and warn only then."""
    assert [value] == start(bench, f"seen.append({call})")
    assert count == len(warnings(bench.log()))


def test_once_is_once_per_place_and_load(bench):
    """The once forms warn once per place; a module that is loaded again warns again."""
    lines = """
    for i in range(3):
        seen.append(WARN_ON_ONCE(1))
        seen.append(WARN_ONCE(1, "i=%d\\n", i))
    """
    for _ in range(2):
        assert [1] * 6 == start(bench, lines)
        log = bench.log()
        assert 2 == len(warnings(log))
        assert ["i=0"] == [line for line in log if line.startswith("i=")]
        bench.unload()


def test_the_lines_of_a_warning(bench):
    """Cut here, text, where, modules, CPU, hardware, registers, trace, end: all at level warn."""
    play(
        bench,
        """
        @noinline
        def doit():
            WARN(1, "value is %d\\n", 42)
        def start():
            doit()
            return 0
        """,
    )
    records = [r for r in bench.kernel.printk.records(bench.seen) if "taint" not in r.text]
    lines = [record.text for record in records]
    trace = lines.index("Call Trace:")

    assert {4} == {record.level for record in records}
    assert [CUT_HERE, "value is 42"] == lines[:2]
    assert lines[2].startswith("WARNING: CPU: ")
    assert " at /home/test/mod.py:4 doit+0x" in lines[2]
    assert "Modules linked in: mod(OE+)" == lines[3]
    assert " Tainted: G           OE      6.7.9 #1" in lines[4]
    assert lines[5].startswith("Hardware name: ")
    assert lines[6].startswith("RIP: 0010:doit+0x")
    assert "[mod]" in lines[6]
    assert ["Code", "RSP", "RAX", "RDX", "RBP", "R10", "R13", "FS", "CS", "CR2"] == [
        line.split(":")[0] for line in lines[7:17]
    ]
    assert [" <TASK>", " start"] == [line.split("+")[0] for line in lines[trace + 1 : trace + 3]]
    assert " do_one_initcall" == lines[trace + 3].split("+")[0]
    assert [" </TASK>", "---[ end trace 0000000000000000 ]---"] == lines[-2:]


def test_a_text_without_newline_gets_its_own_line(bench):
    """WARN_ONCE(1, "no newline") prints a whole record."""
    start(bench, 'WARN_ONCE(1, "no newline")')

    assert [CUT_HERE, "no newline"] == bench.own_log()[:2]


def test_a_warning_taints_with_w_from_the_next_report_on(bench):
    """The first warning's own Tainted: line has no W, the second's has."""
    start(bench, "WARN_ON(1)\nWARN_ON(2)")
    lines = [line.split(" Tainted: ")[1] for line in bench.log() if " Tainted: " in line]

    assert ["G           OE      6.7.9 #1", "G        W  OE      6.7.9 #1"] == lines
    assert bench.kernel.oops.taints & 1 << 9


@pytest.mark.parametrize("call", ["BUG()", "BUG_ON(1)"])
def test_bug_ends_the_thread(bench, call):
    """BUG(): crit line with file and line, invalid opcode, the thread dead, rmmod fine."""
    stage = play(
        bench,
        f"""
        seen = []
        k = []
        def fn(data):
            seen.append("before")
            {call}
            seen.append("after")
            return 3
        def start():
            k.append(kthread_run(fn, NULL, "buggy"))
            get_task_struct(k[0])
            msleep(50)
            seen.append(kthread_stop(k[0]))
            return 0
        """,
    )
    records = bench.kernel.printk.records(bench.seen)
    bug = next(record for record in records if record.text.startswith("kernel BUG at "))

    assert ["before", 0] == stage.seen
    assert (2, "kernel BUG at /home/test/mod.py:6!") == (bug.level, bug.text)
    assert "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI" in [record.text for record in records]
    assert 0 == bench.unload()


def test_bug_in_init_ends_insmod_by_a_segmentation_fault(bench):
    """BUG() in init: the process dies of SIGSEGV, the module stays in use."""
    play(bench, "def start():\n    BUG()\n    return 0")

    assert 1 == bench.kernel.modules.find("mod").refcount
    assert -16 == bench.unload()
