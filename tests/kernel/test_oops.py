from __future__ import annotations

import pytest

from tests.linux.play import play, source
from vshell.kernel.fault import Oops, classify, offset_of

FIRST = "PGD 0 P4D 0 "
FAULT_FRAMES = [" ? __die", " ? page_fault_oops", " ? exc_page_fault", " ? asm_exc_page_fault"]


def reports(bench):
    """Give (level, text) of the log without what the loader says."""
    records = bench.kernel.printk.records(bench.seen)
    return [(r.level, r.text) for r in records if "taint" not in r.text]


def in_thread(body, comm="bad_thread"):
    """Write a play whose thread runs some lines, with a function between."""
    lines = body.replace("\n", "\n    ")
    return f"""
seen = []
@noinline
def do_bad():
    {lines}
def bad_fn(data):
    do_bad()
    return 7
def start():
    k = kthread_run(bad_fn, NULL, "{comm}")
    get_task_struct(k)
    msleep(50)
    seen.append(kthread_stop(k))
    return 0
"""


def test_the_lines_of_an_oops(bench):
    """A NULL write in a kthread: the report line by line, with its levels."""
    stage = play(bench, in_thread("NULL.field = 1"))
    found = reports(bench)
    texts = [text for _, text in found]
    trace = texts.index("Call Trace:")

    assert [
        (1, "BUG: kernel NULL pointer dereference, address: 0000000000000000"),
        (1, "#PF: supervisor write access in kernel mode"),
        (1, "#PF: error_code(0x0002) - not-present page"),
        (6, FIRST),
        (4, "Oops: 0002 [#1] PREEMPT SMP NOPTI"),
    ] == found[:5]
    assert {4} == {level for level, _ in found[5:-1]}
    assert " Comm: bad_thread Tainted: G           OE      6.7.9 #1" in texts[5]
    assert texts[6].startswith("Hardware name: ")
    assert texts[7].startswith("RIP: 0010:do_bad+0x")
    assert texts[7].endswith(" [mod] (mod.py:5)")
    assert ["Code", "RSP", "RAX", "RDX", "RBP", "R10", "R13", "FS", "CS", "CR2"] == [
        text.split(":")[0] for text in texts[8:18]
    ]
    assert [
        *(" <TASK>", *FAULT_FRAMES, " bad_fn", " kthread", " ? __pfx_kthread"),
        *(" ret_from_fork", " ? __pfx_kthread", " ret_from_fork_asm", " </TASK>"),
    ] == [text.split("+")[0] for text in texts[trace + 1 : trace + 13]]
    assert [
        "Modules linked in: mod(OE+)",
        "CR2: 0000000000000000",
        "---[ end trace 0000000000000000 ]---",
        texts[7],
    ] == texts[trace + 13 : trace + 17]
    assert texts[7:18] == texts[-12:-1]
    assert texts[-1].startswith("note: bad_thread[")
    assert texts[-1].endswith("] exited with irqs disabled")
    assert [0] == stage.seen


def test_what_goes_on_after_an_oops(bench):
    """The thread is dead, all else goes on: the module unloads, others run, the console talks."""
    play(bench, in_thread("NULL.field = 1"))
    bench.log()

    assert [] == [task for task in bench.kernel.tasks if task.comm == "bad_thread"]
    assert 0 == bench.unload()
    play(bench, 'def start():\n    pr_info("alive\\n")\n    return 0')
    assert ["alive"] == bench.own_log()
    assert 15 == bench.kernel.printk.console_loglevel
    assert bench.kernel.oops.taints & 1 << 7


def test_a_second_oops_counts_and_repeats_the_first_registers(bench):
    """[#2], tainted by D, and behind the end of the trace the first report's registers.

    They begin with what lies now where the first fault was.
    """
    play(bench, in_thread("NULL.field = 1"))
    first = [text for _, text in reports(bench)]
    bench.log()
    bench.unload()
    play(bench, in_thread("NULL.other = 1", "second"), name="again")
    second = [text for _, text in reports(bench)]

    assert "Oops: 0002 [#2] PREEMPT SMP NOPTI" in second
    assert any(" Tainted: G      D    OE      6.7.9 #1" in text for text in second)
    assert "Modules linked in: again(OE+) [last unloaded: mod(OE)]" in second
    assert "RIP: 0010:do_bad+0x15/0x20 [mod] (mod.py:5)" == first[7]
    assert "RIP: 0010:do_bad+0x15/0x20 [again]" == second[-12]
    assert first[8:18] == second[-11:-1]


def test_a_held_mutex_stays_locked(bench):
    """What a dead thread held stays held."""
    play(
        bench,
        """
        lock = DEFINE_MUTEX()
        def fn(data):
            mutex_lock(lock)
            NULL.x = 1
            return 0
        def waiter(data):
            mutex_lock(lock)
            return 0
        def start():
            kthread_run(fn, NULL, "holder")
            msleep(10)
            kthread_run(waiter, NULL, "waiter")
            return 0
        """,
        seconds=10,
    )

    assert [2] == [task.state for task in bench.kernel.tasks if task.comm == "waiter"]


GP = "general protection fault, probably for non-canonical"
FAULTS = [
    # What the code does, the lines that tell what it was.
    ("NULL.field = 1", ["#PF: error_code(0x0002) - not-present page"]),
    ("return NULL.field", ["#PF: error_code(0x0000) - not-present page"]),
    ("return NULL[3]", ["#PF: supervisor read access in kernel mode"]),
    ("NULL[3] = 1", ["#PF: supervisor write access in kernel mode"]),
    ("return nothing[0]()", ["#PF: error_code(0x0010) - not-present page"]),
    ("return NULL + 1", ["BUG: kernel NULL pointer dereference, address: 0000000000000000"]),
    (
        "return ERR_PTR(-12).field",
        [
            "BUG: unable to handle page fault for address: fffffffffffffff4",
            "PGD 8c15067 P4D 8c15067 PUD 8c17067 PMD 0 ",
        ],
    ),
    ("NULL.far = 1", ["BUG: kernel NULL pointer dereference, address: 0000000000000108"]),
    (
        "ERR_PTR(-12).b = 1",
        ["BUG: unable to handle page fault for address: fffffffffffffff8"],
    ),
    (
        "address = 0xFFFFC90000000010\naddress.b = 1",
        [
            "BUG: unable to handle page fault for address: ffffc90000000014",
            "#PF: supervisor write access in kernel mode",
            "PGD 0 P4D 0 ",
        ],
    ),
    (
        "return (0xDEAD000000000100).b",
        [
            GP + " address 0xdead000000000104: 0000 [#1] PREEMPT SMP NOPTI",
        ],
    ),
    (
        "'literal'[0] = 'X'",
        [
            "#PF: error_code(0x0003) - permissions violation",
            "Oops: 0003 [#1] PREEMPT SMP NOPTI",
            "PGD 8c15067 P4D 8c15067 PUD 8c17067 PMD 1859067 PTE 8000000003ba6161",
        ],
    ),
    ("return 1 / zero[0]", ["divide error: 0000 [#1] PREEMPT SMP NOPTI"]),
    ("return 1 % zero[0]", ["divide error: 0000 [#1] PREEMPT SMP NOPTI"]),
    (
        "return zero[5]",
        [
            "BUG: unable to handle page fault for address: ffffffffc0c00000",
            "PGD 8c15067 P4D 8c15067 PUD 8c17067 PMD 1859067 PTE 0",
            "Python: IndexError: list index out of range",
        ],
    ),
    ("zero[5] = 1", ["#PF: supervisor write access in kernel mode"]),
    (
        "return missing[0]['key']",
        ["kernel BUG at /home/test/mod.py:8!", "Python: KeyError: 'key'"],
    ),
    (
        "return zero.field",
        [
            "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI",
            "Python: AttributeError: 'list' object has no attribute 'field'",
        ],
    ),
    ("BUG()", ["kernel BUG at /home/test/mod.py:8!"]),
]


BOX = "class box: a, b, pad, far = 0, 0, bytearray(256), 0"


@pytest.mark.parametrize(("body", "lines"), FAULTS, ids=[body for body, _ in FAULTS])
def test_what_c_would_have_done(bench, body, lines):
    """Each mistake is reported as the fault that it would be in C."""
    text = in_thread(body).replace(
        "seen = []", f"seen = []\nzero = [0]\nnothing, missing = [NULL], [{{}}]\n{BOX}", 1
    )
    bench.load(source(text))
    log = bench.own_log()

    assert [] == [line for line in lines if line not in log]


def test_a_fetch_of_nothing_has_no_instruction(bench):
    """Calling NULL: RIP is the address itself and the code cannot be read."""
    text = in_thread("return nothing[0]()").replace("seen = []", "seen = []\nnothing = [NULL]", 1)
    bench.load(source(text))
    log = bench.own_log()

    assert "RIP: 0010:0x0" in log
    assert "Code: Unable to access opcode bytes at 0xffffffffffffffd6." in log
    assert any(line.startswith("CR2: ffffffffffffffd6 ") for line in log)


def test_scheduling_while_atomic(bench):
    """BUG line with comm, pid and count; modules; CPU; the trace from __schedule_bug down."""
    play(bench, "def start():\n    preempt_disable()\n    msleep(1)\n    return 0")
    found = reports(bench)
    texts = [text for _, text in found]

    assert found[0][0] == 3
    assert texts[0].startswith("BUG: scheduling while atomic: test/")
    assert texts[0].endswith("/0x00000002")
    assert "Modules linked in: mod(OE+)" == texts[1]
    assert [
        *(" dump_stack_lvl", " __schedule_bug.cold", " __schedule", " schedule"),
        *(" schedule_timeout", " msleep", " start"),
    ] == [text.split("+")[0] for text in texts[6:13]]
    assert bench.kernel.oops.taints & 1 << 9


def test_an_init_that_leaves_preemption_off_is_told(bench):
    """initcall ... returned with preemption imbalance, a WARNING at init/main.c:1284."""
    play(bench, "def start():\n    preempt_disable()\n    return 0")
    log = bench.own_log()

    assert "initcall start+0x0/0x1000 [mod] returned with preemption imbalance " == log[1]
    assert " at init/main.c:1284 do_one_initcall+0x1d7/0x220" in log[2]


def test_enabling_after_the_report_is_an_imbalance(bench):
    """As recorded: off, sleep (reported, preemption back), on: the count is wrong then."""
    body = "preempt_disable()\n    msleep(1)\n    preempt_enable()"
    play(bench, f"def start():\n    {body}\n    return 0")

    assert any(line.endswith("returned with preemption imbalance ") for line in bench.log())


def test_a_report_in_init_ends_with_the_users_registers(bench):
    """A process's report has its user-space registers behind the system call."""
    play(bench, "def start():\n    NULL.x = 1\n    return 0")
    log = bench.own_log()
    entry = next(i for i, line in enumerate(log) if line.startswith(" entry_SYSCALL_64"))

    assert log[entry + 1].startswith("RIP: 0033:0x7f")
    assert " ORIG_RAX: 0000000000000139" in log[entry + 3]
    assert " </TASK>" == log[entry + 9]
    assert " load_module" not in [line.split("+")[0] for line in log]
    trace = log.index("Call Trace:")
    assert [" do_one_initcall", " do_init_module"] == [
        line.split("+")[0] for line in log[trace + 6 : trace + 8]
    ]
    assert not any(line.startswith("note: ") for line in log)


def test_a_distribution_is_named_behind_the_build(make_bench):
    """The CPU line ends in the release, the build and the distribution."""
    bench = make_bench(release="6.1.0-56-amd64", build_tag="#1", distribution="Debian 6.1.192-2")
    play(bench, "def start():\n    dump_stack()\n    return 0")

    assert bench.own_log()[0].endswith(
        " Tainted: G           OE      6.1.0-56-amd64 #1  Debian 6.1.192-2"
    )


def test_frames_of_6_1(make_bench):
    """Before 6.4 a kthread's trace ends in ret_from_fork, with kthread_complete_and_exit unsure."""
    bench = make_bench(release="6.1.0")
    play(bench, in_thread("NULL.field = 1"))
    log = bench.own_log()
    trace = log.index("Call Trace:")

    assert [
        " kthread+0xda/0x100",
        " ? kthread_complete_and_exit+0x20/0x20",
        " ret_from_fork+0x22/0x30",
        " </TASK>",
    ] == log[trace + 3 : trace + 7]


def test_reports_repeat(make_bench):
    """Two hosts print the same registers, addresses and code bytes."""
    logs = []
    for _ in range(2):
        bench = make_bench()
        play(bench, in_thread("NULL.field = 1"))
        logs.append(bench.own_log())

    assert logs[0] == logs[1]


def test_a_clean_kernel_is_not_tainted(bench):
    """Before any module a report says "Not tainted"."""
    line = bench.kernel.oops.cpu_line(bench.kernel.kthreads.kthreadd)

    assert "CPU: 0 PID: 2 Comm: kthreadd Not tainted 6.7.9 #1" == line


def test_an_oops_stays_what_it_is():
    """classify() leaves an Oops alone."""
    fault = Oops("gp", 5)

    assert fault is classify(fault)
    assert ("ud2", "") == (classify(ValueError("x")).kind, classify(ValueError("x")).text)


@pytest.mark.parametrize(("kind", "signal"), [("page", 9), ("ud2", 11), ("divide", 11)])
def test_a_process_that_faults_is_killed_by(kind, signal):
    """insmod is Killed for a page fault, and dies of a segmentation fault for the rest."""
    assert signal == Oops(kind).kills_by


def test_a_fault_outside_of_any_module_has_no_place(bench):
    """A BUG of which no module's line is known says so."""
    bench.kernel.oops.die(ValueError("x"), bench.kernel.kthreads.kthreadd)
    log = bench.log()

    assert ["------------[ cut here ]------------", "kernel BUG at ?:0!"] == log[:2]
    assert "RIP: 0010:0x0" in log
    assert "Python: ValueError: x" in log


def test_an_error_without_a_traceback_is_a_read():
    """An exception that was never raised cannot say what it did."""
    assert "read" == classify(IndexError("x")).access


def test_a_function_that_is_part_of_its_caller_has_no_frame(bench):
    """gcc puts a function that is called once into its caller; the line is the inner one's."""
    play(
        bench,
        """
        def inner():
            numbers = [NULL.x for i in range(1)]
            return numbers
        def start():
            return inner()[0]
        """,
    )
    log = bench.own_log()
    rip = next(line for line in log if line.startswith("RIP: 0010:"))

    assert rip.startswith("RIP: 0010:start+0x")
    assert rip.endswith(" [mod] (mod.py:3)")
    assert not any("inner" in line for line in log)


ADDRESSES = [
    (4095, "kernel NULL pointer dereference, address", FIRST),
    (4096, "unable to handle page fault for address", FIRST),
    (0xFFFFFFFFC0000000, "unable to handle page fault for address", "PGD 8c15067 P4D"),
]


@pytest.mark.parametrize(("address", "what", "tables"), ADDRESSES)
def test_the_first_page_is_null(bench, address, what, tables):
    """An address below 4096 is a NULL pointer with an offset, others are bad addresses."""
    bench.kernel.oops.die(Oops("page", address), bench.kernel.kthreads.kthreadd)
    log = bench.log()

    assert f"BUG: {what}: {address:016x}" == log[0]
    assert log[3].startswith(tables)


def test_the_function_that_faulted_is_not_in_its_own_trace(bench):
    """kthread_stop(NULL): RIP is in kthread_stop, the trace begins with who called it."""
    play(bench, "def start():\n    kthread_stop(NULL)\n    return 0")
    log = bench.own_log()
    trace = log.index("Call Trace:")

    assert "RIP: 0010:kthread_stop+0x43/0x170" in log
    assert " start" == log[trace + 6].split("+")[0]


@pytest.mark.parametrize(
    ("release", "is_shown"), [("6.1.0", False), ("6.7.9", True), ("6.12.1", False)]
)
def test_what_handled_a_page_fault_is_shown_by_some_versions(make_bench, release, is_shown):
    """6.7 shows the frames above a page fault as unsure; 6.1 and 6.12 do not."""
    for body, expected in (("NULL.field = 1", is_shown), ("return 1 / zero[0]", False)):
        bench = make_bench(release=release)
        bench.load(source(in_thread(body).replace("seen = []", "seen, zero = [], [0]")))
        names = [line.split("+")[0] for line in bench.own_log()]

        assert expected == (FAULT_FRAMES == names[names.index(" <TASK>") + 1 :][:4])


def test_fields_lie_as_c_lays_them_out():
    """Numbers are aligned, arrays are as long as they are, what __init__ sets are pointers."""

    class Box:
        flag = True
        count = 0
        name = b"abc"
        numbers = [0, 0]  # noqa: RUF012 - a struct's default

        def __init__(self):
            self.first = None
            self.second = None

        def size(self):
            return 0

    fields = ("flag", "count", "name", "numbers", "first", "second", "size", "missing")
    assert [0, 4, 8, 12, 24, 32, 0, 0] == [offset_of(name, {"Box": Box}) for name in fields]


def test_code_before_a_modules_first_page_cannot_be_shown(bench):
    """The bytes in front of the instruction are on the page before if the function is the first."""
    play(bench, in_thread("NULL.field = 1"))
    first = [text for _, text in reports(bench) if text.startswith("Code: ")]
    bench.log()
    bench.unload()
    play(bench, in_thread("seen.append(1)\nseen.append(2)\nNULL.field = 1"), name="again")
    second = [text for _, text in reports(bench) if text.startswith("Code: ")]

    assert "Code: Unable to access opcode bytes at 0xffffffffbfffffeb." == first[0]
    assert 64 == len(second[0].split()) - 1
