from __future__ import annotations

import pytest

from tests.linux.play import play
from vshell.abi.errno import EINVAL, KernelError
from vshell.kernel.printk import RateLimit, kmsg_text, stamp_text

SECOND = 1_000_000_000


def texts(bench):
    """Give what readers of the log see."""
    return [record.text for record in bench.kernel.printk.records()]


STAMPS = [
    (0, "[    0.000000] "),
    (3_181_008_999, "[    3.181008] "),
    (12_345 * SECOND, "[12345.000000] "),
    (123_456 * SECOND, "[123456.000000] "),
]


@pytest.mark.parametrize(("time_ns", "text"), STAMPS)
def test_stamps(time_ns, text):
    """Seconds in five columns, microseconds cut off, not rounded."""
    assert text == stamp_text(time_ns)


ENDINGS = [
    ("one\n", "one"),
    ("two\n\n", "two\n"),
    ("a\nb\n", "a\nb"),
    ("\n", ""),
]


@pytest.mark.parametrize(("text", "record"), ENDINGS)
def test_one_newline_is_taken_off(bench, text, record):
    """A record ends in one newline; further ones are part of it."""
    bench.kernel.printk.printk(text)

    assert [record] == texts(bench)


def test_an_open_record_is_invisible_until_something_follows(bench):
    """Without a newline a record is not seen; the next record closes it."""
    printk = bench.kernel.printk
    printk.printk("bye")

    assert [] == texts(bench)
    assert 0 == printk.end_sequence
    assert printk.record_at(0) is None
    printk.printk("next\n")
    assert ["bye", "next"] == texts(bench)
    assert 2 == printk.end_sequence
    assert "bye" == printk.record_at(0).text


def test_another_task_cannot_continue_a_record(bench):
    """pr_cont() of another task begins a record of its own."""
    play(
        bench,
        """
        def fn(data):
            pr_cont("other\\n")
            return 0
        def start():
            pr_info("mine")
            kthread_run(fn, NULL, "k")
            msleep(10)
            pr_cont("late\\n")
            return 0
        """,
        seconds=1,
    )

    assert ["mine", "other", "late"] == bench.own_log()


def test_a_record_does_not_grow_beyond_a_line(bench):
    """pr_cont() that would make a record too long begins a new one."""
    printk = bench.kernel.printk
    printk.printk("\0016" + "a" * 980)
    printk.printk("\001c" + "b" * 20 + "\n")

    assert ["a" * 980, "b" * 20] == texts(bench)


@pytest.mark.parametrize(("more", "count"), [(8, 1), (9, 2)])
def test_the_longest_record_that_can_be_continued(bench, more, count):
    """988 bytes can be reached by pr_cont() with a newline, 989 cannot."""
    printk = bench.kernel.printk
    printk.printk("a" * 980)
    printk.printk("\001c" + "b" * more + "\n")

    assert count == len(texts(bench))


def test_a_long_text_is_cut_at_989_bytes(bench):
    """Text over 989 bytes is cut, its newline with it. Real: 17-printk-levels."""
    printk = bench.kernel.printk

    assert 989 == printk.printk("\0016" + "x" * 1200 + "\n")
    assert [] == texts(bench)
    printk.printk("next\n")
    assert ["x" * 989, "next"] == texts(bench)


def test_bytes_count_not_letters(bench):
    """A letter of two bytes counts two; undecodable bytes come out as they were."""
    printk = bench.kernel.printk

    assert 2 == printk.printk("é\n")
    assert 1 == printk.printk("\udcff\n")
    assert b"6,0,0,-;".replace(b"6,", b"4,", 1) + b"\\xc3\\xa9\n" == kmsg_text(printk.record_at(0))
    assert kmsg_text(printk.record_at(1)).endswith(b";\\xff\n")


def test_records_of_dev_kmsg(bench):
    """/dev/kmsg: level and facility, sequence, microseconds, flag; odd bytes escaped."""
    bench.pass_time(1.5)
    printk = bench.kernel.printk
    printk.printk("\0016tab\there \\ bell\a\nline\n")
    printk.store("from user\n", 3, facility=1)

    assert [
        b"6,0,1500000,-;tab\\x09here \\x5c bell\\x07\\x0aline\n",
        b"11,1,1500000,-;from user\n",
    ] == [kmsg_text(printk.record_at(number)) for number in range(2)]


def test_the_ring_drops_its_oldest(make_bench):
    """When the buffer is full the oldest records go, and sequence numbers go on."""
    bench = make_bench(log_buf_len=1000)
    printk = bench.kernel.printk
    for number in range(50):
        printk.printk("line %d\n", (number,))

    assert "line 49" == texts(bench)[-1]
    assert printk.first_sequence > 30
    assert 50 == printk.end_sequence
    assert printk.record_at(0) is None
    assert "line 45" == printk.record_at(45).text
    assert len(texts(bench)) == 50 - printk.first_sequence


def test_one_record_stays_even_if_it_is_too_big(make_bench):
    """A record larger than the ring is kept alone."""
    bench = make_bench(log_buf_len=10)
    bench.kernel.printk.printk("larger than the ring\n")

    assert ["larger than the ring"] == texts(bench)


def test_an_empty_log(bench):
    """An empty log begins where it ends."""
    printk = bench.kernel.printk

    assert (0, 0) == (printk.first_sequence, printk.end_sequence)


class Console:
    """A console on a bench, and what appeared on it."""

    def __init__(self, bench):
        self.lines = []
        bench.kernel.printk.console = self.lines.append


def test_the_console_shows_what_is_below_its_level(bench):
    """With console_loglevel 4, err and worse appear, line by line with a stamp."""
    console = Console(bench)
    printk = bench.kernel.printk
    for level in range(8):
        printk.printk(f"\001{level}level {level}\nsecond\n")

    assert 8 == len(console.lines)
    assert ["[    0.000000] level 0\n", "[    0.000000] second\n"] == console.lines[:2]


def test_the_console_sees_a_record_when_it_is_whole(bench):
    """An open record is not on the console before it ends."""
    console = Console(bench)
    bench.kernel.printk.printk("\0013begin")

    assert [] == console.lines
    bench.kernel.printk.printk("\001c end\n")
    assert ["[    0.000000] begin end\n"] == console.lines


def test_an_oops_makes_the_console_talk(bench):
    """console_verbose() sets level 15, unless the console is off altogether."""
    printk = bench.kernel.printk
    printk.console_verbose()

    assert 15 == printk.console_loglevel
    printk.console_loglevel = 0
    printk.console_verbose()
    assert 0 == printk.console_loglevel


def test_syslog_reads_and_clears(bench):
    """syslog(3) reads from the last clear on, 4 clears too, 5 only clears."""
    printk = bench.kernel.printk
    printk.printk("\0016a\nb\n")

    assert b"<6>[    0.000000] a\n<6>[    0.000000] b\n" == printk.syslog(4, 0)
    assert b"" == printk.syslog(3, 0)
    printk.printk("c\n")
    assert b"<4>[    0.000000] c\n" == printk.syslog(3, 0)
    assert printk.syslog(5, 0) is None
    assert b"" == printk.syslog(3, 0)


def test_syslog_sets_the_console_level(bench):
    """syslog(6) silences the console, 7 takes the level from before, 8 sets one of 1 to 8."""
    printk = bench.kernel.printk
    levels = []
    for action, value in [(7, 0), (6, 0), (6, 0), (7, 0), (8, 7), (6, 0), (8, 2), (7, 0)]:
        printk.syslog(action, value)
        levels.append(printk.console_loglevel)

    assert [4, 1, 1, 4, 7, 1, 2, 2] == levels


@pytest.mark.parametrize(("action", "value"), [(8, 0), (8, 9), (11, 0), (-1, 0)])
def test_syslog_refuses_what_it_does_not_know(bench, action, value):
    """Levels out of 1 to 8 and unknown actions are EINVAL."""
    with pytest.raises(KernelError) as error:
        bench.kernel.printk.syslog(action, value)

    assert EINVAL == error.value.errno


def test_syslog_tells_the_size_of_the_buffer(make_bench):
    """syslog(9) and (10) give bytes."""
    printk = make_bench(log_buf_len=4096).kernel.printk

    assert [4096, 4096] == [printk.syslog(9, 0), printk.syslog(10, 0)]


def test_a_rate_limit_counts_what_it_leaves_out():
    """10 in 5 s: the rest is counted, and after more than 5 s it begins anew."""
    limit = RateLimit()
    allowed = [limit.allows(number) for number in range(15)]

    assert [True] * 10 + [False] * 5 == allowed
    assert 5 == limit.missed
    assert not limit.allows(5 * SECOND)
    assert limit.allows(5 * SECOND + 1)
    assert 0 == limit.missed


def test_a_rate_limit_of_its_own():
    """Interval and burst can be set."""
    limit = RateLimit(interval_ns=10, burst=1)

    assert [True, False, True] == [limit.allows(0), limit.allows(10), limit.allows(11)]


def test_the_trace_has_what_is_printed(bench):
    """Each finished record is a "console" event with time, level and text."""
    bench.kernel.trace.start()
    bench.kernel.printk.printk("\0016traced\n")

    assert [("console", 0, 6, "traced")] == [e[3:] for e in bench.kernel.trace.events()]


def test_a_reader_is_woken(bench):
    """A process that waits for the next record goes on when there is one."""
    from vshell.kernel.wait import Waiter  # noqa: PLC0415 - only this test waits by hand

    kernel = bench.kernel

    def read(sys):
        del sys
        waiter = Waiter(kernel.sched.current)
        kernel.waits.prepare_to_wait(kernel.printk.readers, waiter, 1)
        kernel.sched.schedule()
        kernel.waits.finish_wait(kernel.printk.readers, waiter)
        return kernel.now_ns

    kernel.post(SECOND, lambda: kernel.printk.printk("news\n"))

    assert SECOND <= bench.call(read) < SECOND + 100_000
