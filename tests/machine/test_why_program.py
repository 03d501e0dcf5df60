"""The program ``why`` on a host: names, user processes, its help and errors, its files."""

from __future__ import annotations

import pytest

from tests.machine.why_steps import Asker, lines
from vshell.machine.completion import complete
from vshell.machine.dialogue import Dialogue

USAGE = "Try 'why --help' for more information.\n"


def test_nothing_is_found(sh):
    """A name that nothing has is an error; others are explained all the same."""
    result = sh("why nix 3; why 999999; echo $?")

    assert (
        "3 (rcu_gp) sleeps since [    0.000000], for 100.000 s.\n"
        "  It is a thread of the kernel that has nothing to do here: nothing wakes it.\n"
        "1\n"
    ) == result.out
    assert (
        "why: no process, thread or module called 'nix'\n"
        "why: no process, thread or module called '999999'\n"
    ) == result.err
    assert 1 == sh("why nix 3").status


@pytest.mark.parametrize(
    ("words", "complaint"),
    [("", "missing operand"), ("-x 1", "invalid option -- 'x'")],
)
def test_wrong_use(sh, words, complaint):
    """Without an operand, or with an unknown option, it points to its help."""
    result = sh(f"why {words}")

    assert (f"why: {complaint}\n{USAGE}", 1) == (result.err, result.status)


def test_help_says_that_it_is_an_addition(sh):
    """--help says what it does, and that Linux has no such program."""
    out = sh("why --help").out

    assert out.startswith("Usage: why PID|NAME|MODULE...\n")
    assert out.endswith("This command is an addition of vshell: a real Linux has none like it.\n")
    assert "why (vshell)\n" == sh("why --version").out


def test_several_tasks_of_a_name(sh):
    """All tasks of a name are explained, by rising pid, with an empty line between them."""
    assert (
        lines("""
        1 (systemd) sleeps since [   14.802117], for 85.198 s.
          It is a service of the host that has nothing to do here: nothing wakes it.

        1508 (systemd) sleeps since [   14.802117], for 85.198 s.
          It is a service of the host that has nothing to do here: nothing wakes it.
    """)
        == sh("why systemd").out.splitlines()
    )


def test_a_word_of_a_threads_name(modules_sh):
    """A thread is found by a word of its name where nothing has that name."""
    load = "make >/dev/null 2>&1; sudo insmod ./kthread.ko; "

    answers = modules_sh(load + "why kthread_park").out.split("\n\n")
    names = ["4097 (kthread_park thread1 example)", "4098 (kthread_park thread2 example)"]
    assert names == [answer.partition(")")[0] + ")" for answer in answers]


def test_processes_that_sleep_and_wait_for_each_other(sh):
    """A sleep has a timer, a full pipe a reader, a shell a child, a reader of a pipe a writer."""
    assert (
        lines("""
        2915 (yes) waits for room in a full pipe since [  100.000120], for 0.100 s.
          It goes on when 2916 (sleep) reads from there.
        2916 (sleep) sleeps since [  100.000171], for 0.100 s.
          A timer wakes it in 2.900 s, at [  103.000171].
          A signal that it acts upon ends it earlier.
    """)
        == sh("yes | sleep 3 & sleep 0.1; why yes; true").out.splitlines()
    )
    assert (
        lines("""
        2916 (wc) waits for data from a pipe since [  100.000171], for 0.100 s.
          It goes on when 2915 (bash) or 2917 (sleep) writes there, or all have closed it.
        2915 (bash) waits for a child since [  100.000077], for 0.100 s.
          It goes on when 2917 (sleep) ends or stops.
        2917 (sleep) sleeps since [  100.000143], for 0.100 s.
          A timer wakes it in 0.900 s, at [  101.000143].
          A signal that it acts upon ends it earlier.
    """)
        == sh("(sleep 1; true) | wc & sleep 0.1; why wc; true").out.splitlines()
    )


def test_other_waits_of_processes(sh):
    """A stopped process, one that follows the kernel log, kthreadd and khungtaskd."""
    assert (
        lines("""
        2915 (sleep) is stopped by SIGSTOP since [  100.100157], for 0.100 s.
          SIGCONT lets it go on: fg, bg or kill -CONT 2915.
    """)
        == sh("sleep 9 & sleep 0.1; kill -STOP $!; sleep 0.1; why $!; true").out.splitlines()
    )
    assert (
        lines("""
        2915 (dmesg) waits for the next message of the kernel log since [  100.000121], for 0.100 s.
          It goes on when something is printed with printk() or written to /dev/kmsg.
    """)
        == sh("dmesg -w > /dev/null & sleep 0.1; why dmesg; true").out.splitlines()
    )
    assert lines("""
        2 (kthreadd) waits for work since [    0.000000], for 100.000 s.
          It goes on when somebody calls kthread_create(): it makes all threads.
        38 (khungtaskd) sleeps since [    0.000004], for 100.000 s.
          A timer wakes it in 21.748 s, at [  121.748363] (jiffies 4294922753).
    """) == [line for line in sh("why 2 khungtaskd").out.splitlines() if line]


def test_a_shell_that_waits_for_why_itself(make_dialogue):
    """Who asks is running; its bash waits for it."""
    assert (
        lines("""
        2914 (bash) waits for a child since [  100.000055], for 69 us.
          It goes on when 2915 (why) ends or stops.
        2915 (why) runs on CPU 1 since [  100.000058], for 65 us.
          It waits for nothing.
    """)
        == make_dialogue().type("why $$").replace("\r", "").splitlines()
    )


def test_a_shell_at_its_prompt(make_dialogue):
    """A bash at its prompt waits for its terminal."""
    first = make_dialogue()
    second = Dialogue(first.host)

    assert (
        lines("""
        2914 (bash) waits for a line typed at the terminal pts/0 since [  100.000015],
            for 124 us.
          No timer runs for it; a signal such as that of Ctrl-C wakes it, too.
    """)
        == second.type(f"why {first.process.pid}").replace("\r", "").splitlines()
    )


def test_zombies(bench):
    """A process that nobody has waited for has ended with a status, or by a signal."""

    def child(sys):
        sys.sys_pause()

    def parent(sys):
        sys.fork(lambda _sys: 7)
        sys.kill(sys.fork(child), 9)
        sys.fork(child)
        sys.nanosleep(1_000_000_000)
        for _ in range(3):
            sys.wait4(-1)

    asker = Asker(bench)
    bench.process(parent)
    bench.pass_time(0.5)

    assert (
        lines("""
        4 (test) has ended at [    0.000045], with exit status 7: it is a zombie.
          It goes away when its parent 3 (test) calls wait().
    """)
        == asker.why.task(4).splitlines()
    )
    assert (
        "5 (test) has ended at [    0.000073], by SIGKILL: it is a zombie."
        == (asker.why.task(5).splitlines()[0])
    )
    assert ["6 (test) waits for a signal since [    0.000093], for 0.500 s."] == (
        asker.why.task(6).splitlines()
    )
    bench.pass_time(2)
    assert "  It goes on when 6 (test) ends or stops." == asker.why.task(3).splitlines()[1]


def test_lines_are_folded_at_the_terminals_width(make_dialogue):
    """On a terminal lines break between words, but not inside of a stamp; in a pipe they do not."""
    dialogue = make_dialogue(columns=40)

    assert (
        lines("""
        38 (khungtaskd) sleeps since
            [    0.000004], for 100.000 s.
          A timer wakes it in 21.748 s, at
              [  121.748363] (jiffies
              4294922753).
    """)
        == dialogue.type("why khungtaskd").replace("\r", "").splitlines()
    )
    assert 2 == len(dialogue.type("why khungtaskd | cat").splitlines())


def test_the_files_are_everybodys(sh):
    """/proc/vshell/why has one file per task, and in module one per module, that all may read."""
    assert "-r--r--r--\nmodule\n0\n" == (
        sh(
            "stat -c %A /proc/vshell/why/1; ls /proc/vshell/why | tail -n 1; "
            "ls /proc/vshell/why/module | wc -l"
        ).out
    )
    missing = "cat: /proc/vshell/why/{0}: No such file or directory\n"
    names = ["x", "007", "module/nix"]
    assert "".join(map(missing.format, names)) == (
        sh("cat " + " ".join(f"/proc/vshell/why/{name}" for name in names)).err
    )


def test_completion_offers_what_can_be_explained(make_dialogue):
    """Behind why stand pids, modules and threads."""
    dialogue = make_dialogue()
    dialogue.type("make 2>/dev/null; sudo insmod kthread.ko")

    def offered(text):
        found = complete(dialogue.host, dialogue.process.pid, text)
        return [(one.text, one.meta) for one in found]

    assert [
        ("4097 ", "kthread_park thread1 example"),
        ("4098 ", "kthread_park thread2 example"),
    ] == offered("why 409")
    assert [
        ("kthread ", ""),
        ("kthread_park\\ thread1\\ example ", "thread 4097"),
        ("kthread_park\\ thread2\\ example ", "thread 4098"),
        ("kthreadd ", "thread 2"),
    ] == offered("why kth")
