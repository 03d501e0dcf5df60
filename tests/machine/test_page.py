"""The tutorial's page, line by line: its commands typed at its times on the default host."""

from __future__ import annotations

from itertools import pairwise

import pytest

# What the page shows of the kernel log, in nanoseconds since boot, and the two commands' times.
INSMOD_NS = 139_580_438_000
RMMOD_NS = 148_144_187_000
PAGE = [
    (139_580_438_000, "Inside kthread init function"),
    (139_580_462_000, "thread1 created successfully"),
    (139_580_474_000, "thread2 created successfully"),
    (140_104_929_000, "Thread 2 execution"),
    (141_128_291_000, "Thread 2 execution"),
    (142_151_620_000, "Thread 2 execution"),
    (148_144_187_000, "Inside kthread exit function"),
    (148_280_032_000, "Thread 1 execution"),
    (149_315_331_000, "destroyed thread"),
]
JIFFY_NS = 3_997_510


@pytest.fixture
def session(make_dialogue):
    """A prompt at which the module has been loaded and unloaded at the page's times."""
    dialogue = make_dialogue()
    outputs = {"make": dialogue.type("make")}
    dialogue.wait_until(INSMOD_NS)
    outputs["insmod"] = dialogue.type("sudo insmod ./kthread.ko")
    dialogue.wait_until(INSMOD_NS + 3_000_000_000)
    for command in ("lsmod | grep kthread", "ps -N | grep kthread_park", "modinfo kthread.ko"):
        outputs[command] = dialogue.type(command)
    dialogue.wait_until(RMMOD_NS)
    outputs["rmmod"] = dialogue.type("sudo rmmod kthread")
    return dialogue, outputs


def stamps(dialogue):
    records = dialogue.host.kernel.printk.records()
    start = next(i for i, record in enumerate(records) if record.text == PAGE[0][1])
    return [(record.time_ns, record.text) for record in records[start:]]


def test_the_stamps_are_the_pages(session):
    """Every stamp after the first three lies within 1 ms of the page's."""
    lines = stamps(session[0])
    # The page leaves out what thread 2 printed between its third line and rmmod.
    shown = lines[:6] + lines[-3:]

    assert [text for _, text in PAGE] == [text for _, text in shown]
    late = [abs(at - page) for (page, _), (at, _) in zip(PAGE[3:], shown[3:], strict=True)]
    assert max(late) < 1_000_000


def test_two_executions_are_256_jiffies_apart(session):
    """Between two lines of thread 2 lie 256 jiffies, as the timer wheel has it for msleep(1000)."""
    times = [at for at, text in stamps(session[0]) if text == "Thread 2 execution"]

    jiffies = {round((b - a) / JIFFY_NS) for a, b in pairwise(times)}
    assert {256} == jiffies
    assert len(times) == 8


def test_lsmod_shows_the_pages_line(session):
    """``lsmod | grep kthread`` prints the page's line, column by column."""
    assert "kthread                16384  0\n" == session[1]["lsmod | grep kthread"]


def test_the_threads_have_the_pages_pids(session):
    """``ps -N | grep kthread_park`` shows pids 4097 and 4098 with the threads' full names."""
    lines = session[1]["ps -N | grep kthread_park"].splitlines()

    assert [
        "   4097 ?        00:00:00 kthread_park thread1 example",
        "   4098 ?        00:00:00 kthread_park thread2 example",
    ] == [line for line in lines if "grep" not in line]


def test_modinfo_shows_kmods_fields_in_order(session):
    """modinfo prints the fields in kmod's order, and the page's vermagic."""
    lines = session[1]["modinfo kthread.ko"].splitlines()

    names = [line.partition(":")[0] for line in lines]
    expected = ["filename", "description", "author", "license", "srcversion", "depends"]
    assert [*expected, "retpoline", "name", "vermagic"] == names
    assert "vermagic:       6.7.9 SMP preempt mod_unload modversions " == lines[-1]


def test_make_prints_the_kernel_builds_lines(session):
    """make prints what the kernel build prints, and leaves kthread.ko."""
    home = "/home/test/kthread_examples"
    expected = [
        f"make -C /lib/modules/6.7.9/build M={home} modules",
        "make[1]: Entering directory '/usr/src/linux-headers-6.7.9'",
        "warning: the compiler differs from the one used to build the kernel",
        "  The kernel was built by: x86_64-linux-gnu-gcc-12 (Ubuntu 12.2.0-3ubuntu1) 12.2.0",
        "  You are using:           gcc (Ubuntu 12.2.0-3ubuntu1) 12.2.0",
        f"  CC [M]  {home}/kthread.o",
        f"  MODPOST {home}/Module.symvers",
        f"  CC [M]  {home}/kthread.mod.o",
        f"  LD [M]  {home}/kthread.ko",
        f"  BTF [M] {home}/kthread.ko",
        f"Skipping BTF generation for {home}/kthread.ko due to unavailability of vmlinux",
        "make[1]: Leaving directory '/usr/src/linux-headers-6.7.9'",
    ]

    assert expected == session[1]["make"].splitlines()


def test_the_commands_that_load_and_unload_say_nothing(session):
    """insmod and rmmod print nothing when all is well."""
    assert ("", "") == (session[1]["insmod"], session[1]["rmmod"])
