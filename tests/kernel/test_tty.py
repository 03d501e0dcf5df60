"""Terminals: the line discipline, signals by keys, jobs in front and behind."""

from __future__ import annotations

import pytest

from tests.kernel.terminal import SECOND_NS, errno_of
from vshell.abi.errno import EAGAIN, EINTR, EIO, ENOTTY, ENXIO
from vshell.abi.signals import (
    SIG_IGN,
    SIGCONT,
    SIGINT,
    SIGQUIT,
    SIGTSTP,
    SIGTTIN,
    SIGWINCH,
    mask_of,
)
from vshell.kernel import devices, procfs
from vshell.kernel import inode as ino
from vshell.kernel.process import WNOHANG, WUNTRACED


def lines(count):
    """Read this many times and give what came."""
    return lambda sys: [sys.read(0) for _ in range(count)]


@pytest.mark.parametrize(
    ("typed", "line", "shown"),
    [
        (b"ls\r", b"ls\n", b"ls\n"),
        (b"ls\n", b"ls\n", b"ls\n"),
        (b"lx\x7fs\r", b"ls\n", b"lx\b \bs\n"),
        (b"lx\x08s\r", b"ls\n", b"lx\b \bs\n"),
        (b"\x7fa\r", b"a\n", b"a\n"),
        ("né\x7fo\r".encode(), b"no\n", "né\b \bo\n".encode()),
        (b"one two\x15x\r", b"x\n", b"one two" + b"\b \b" * 7 + b"x\n"),
        (b"one two\x17x\r", b"one x\n", b"one two" + b"\b \b" * 3 + b"x\n"),
        (b"one two  \x17x\r", b"one x\n", b"one two  " + b"\b \b" * 5 + b"x\n"),
        (b"one\x17x\r", b"x\n", b"one" + b"\b \b" * 3 + b"x\n"),
        (b"a\tb\r", b"a\tb\n", b"a\tb\n"),
        (b"a\x01\r", b"a\x01\n", b"a^A\n"),
        (b"a\x01\x7f\r", b"a\n", b"a^A\b\b  \b\b\n"),
        (b"half\x04", b"half", b"half"),
        (b"\x04", b"", b""),
    ],
)
def test_a_line_is_edited_before_it_is_read(terminal, typed, line, shown):
    """Erase, kill, word-erase and end-of-file keys work on the line, with their echo."""
    found = terminal.run(lines(1))
    terminal.type(typed)

    assert ([[line]], shown) == (found, terminal.shown)


def test_nothing_is_read_before_the_line_ends(terminal):
    """A reader sleeps until Enter or Ctrl-D."""
    found = terminal.run(lines(1))
    terminal.type(b"echo", seconds=100)

    assert [] == found
    terminal.type(b"\r")
    assert [[b"echo\n"]] == found


def test_a_reader_may_ask_first(terminal):
    """A read would sleep until there is a line, or nobody in front of the terminal."""
    tty = terminal.tty

    def steps(sys):
        seen = [sys.can_read(0)]
        sys.nanosleep(5 * SECOND_NS)
        seen.append(sys.can_read(0))
        sys.read(0)
        seen.append(sys.can_read(0))
        tty.hang_up()
        return [*seen, sys.can_read(0)]

    found = terminal.run(steps)
    terminal.type(b"line\r", seconds=10)

    assert [[False, True, False, True]] == found


def test_lines_are_read_one_by_one(terminal):
    """Two lines typed ahead are two reads; a short read leaves the rest of the line."""
    found = terminal.run(lambda sys: [sys.read(0, 3), sys.read(0, 3), sys.read(0, 9)])
    terminal.type(b"abcd\rxy\r")

    assert [[b"abc", b"d\n", b"xy\n"]] == found


def test_a_line_has_a_limit(terminal):
    """4096 bytes fit; more are dropped without an echo."""
    found = terminal.run(lines(1))
    terminal.type(b"x" * 5000 + b"\r")

    assert [[b"x" * 4096 + b"\n"]] == found
    assert 4097 == len(terminal.shown)


def test_echo_can_be_off(terminal):
    """Without ECHO nothing typed is shown, not even that it is erased."""

    def steps(sys):
        sys.set_tty_echo(0, False)
        before = sys.tty_echo(0)
        line = sys.read(0)
        sys.set_tty_echo(0, True)
        return before, line, sys.tty_echo(0)

    found = terminal.run(steps)
    terminal.type(b"secrex\x7ft\r")

    assert ([(False, b"secret\n", True)], b"") == (found, terminal.shown)


@pytest.mark.parametrize(
    ("key", "signal", "shown"),
    [(b"\x03", SIGINT, b"^C"), (b"\x1c", SIGQUIT, b"^\\"), (b"\x1a", SIGTSTP, b"^Z")],
)
def test_keys_become_signals(terminal, key, signal, shown):
    """The keys for INT, QUIT and TSTP signal the foreground group and drop the typed line."""
    caught = []

    def steps(sys):
        sys.sigaction(signal, caught.append)
        first = errno_of(sys.read, 0)
        return first, sys.read(0)

    found = terminal.run(steps)
    terminal.type(b"rm -rf" + key)
    terminal.type(b"ls\r")

    assert [(EINTR, b"ls\n")] == found
    assert [signal] == caught
    assert b"rm -rf" + shown + b"ls\n" == terminal.shown


def job(sys, entry, *, foreground):
    """Start a child in a group of its own."""
    pid = sys.fork(entry)
    sys.setpgid(pid, pid)
    if foreground:
        sys.tcsetpgrp(0, pid)
    return pid


def test_signals_reach_the_foreground_group_only(terminal):
    """Ctrl-C ends the job in front; the shell behind it goes on."""

    def steps(sys):
        front = job(sys, lambda sys: sys.nanosleep(99 * SECOND_NS), foreground=True)
        back = job(sys, lambda sys: sys.nanosleep(99 * SECOND_NS), foreground=False)
        ended = sys.wait4()
        return ended == (front, SIGINT), sys.wait4(back, WNOHANG), sys.tty_interrupts(0)

    found = terminal.run(steps)
    terminal.type(b"\x03")

    assert [(True, (0, 0), 1)] == found


def test_a_second_ctrl_c_reaches_the_shell(terminal):
    """A job that Ctrl-C does not end gives the prompt back at the second one."""

    def deaf(sys):
        sys.sigaction(SIGINT, SIG_IGN)
        sys.nanosleep(99 * SECOND_NS)
        return 0

    def steps(sys):
        caught = []
        sys.sigaction(SIGINT, caught.append)
        job(sys, deaf, foreground=True)
        return errno_of(sys.wait4), caught, sys.tty_interrupts(0)

    found = terminal.run(steps)
    terminal.type(b"\x03")
    assert [] == found
    terminal.type(b"\x03")

    assert [(EINTR, [SIGINT], 2)] == found


def test_keys_without_a_foreground_group_signal_nobody(terminal):
    """Before a session takes the terminal, Ctrl-C is only shown."""
    terminal.type(b"\x03")

    assert b"^C" == terminal.shown


def test_a_background_reader_is_stopped(terminal):
    """Reading behind the foreground is SIGTTIN; in front again the read goes on."""

    def child(sys):
        line = sys.read(0)
        return 0 if line == b"for me\n" else 1

    def steps(sys):
        pid = job(sys, child, foreground=False)
        stopped = sys.wait4(pid, WUNTRACED)
        sys.tcsetpgrp(0, pid)
        sys.kill(-pid, SIGCONT)
        ended = sys.wait4(pid)
        return stopped == (pid, SIGTTIN << 8 | 0x7F), ended == (pid, 0)

    found = terminal.run(steps)
    terminal.type(b"for me\r")

    assert [(True, True)] == found


@pytest.mark.parametrize(
    "prepare",
    [
        lambda sys: sys.sigaction(SIGTTIN, SIG_IGN),
        lambda sys: sys.sigprocmask(mask_of(SIGTTIN)),
    ],
)
def test_a_background_reader_that_cannot_be_stopped_fails(terminal, prepare):
    """Who ignores or blocks SIGTTIN reads EIO."""

    def child(sys):
        prepare(sys)
        return errno_of(sys.read, 0)

    found = terminal.run(lambda sys: sys.wait4(job(sys, child, foreground=False)))

    assert EIO << 8 == found[0][1]


def test_an_orphaned_background_reader_fails(terminal):
    """A job whose shell has gone would stop for ever; it reads EIO instead."""
    seen = []

    def grandchild(sys):
        sys.nanosleep(SECOND_NS)
        seen.append(errno_of(sys.read, 0))
        return 0

    def steps(sys):
        job(sys, lambda sys: job(sys, grandchild, foreground=False) * 0, foreground=False)
        sys.wait4()
        sys.nanosleep(5 * SECOND_NS)

    terminal.run(steps)
    terminal.bench.pass_time(10)

    assert [EIO] == seen


def test_a_reader_may_refuse_to_wait(terminal):
    """O_NONBLOCK without a line is EAGAIN."""

    def steps(sys):
        fd = sys.open("/dev/tty", ino.O_RDONLY | ino.O_NONBLOCK)
        return errno_of(sys.read, fd)

    assert [EAGAIN] == terminal.run(steps)


def test_a_lost_terminal_ends_reads_and_fails_writes(terminal):
    """After a hang-up, reads give the end of the file and writes EIO."""
    found = terminal.run(lambda sys: [sys.read(0), sys.read(0), errno_of(sys.write, 0, b"x")])
    terminal.do(terminal.tty.hang_up)

    assert [[b"", b"", EIO]] == found


def test_what_programs_write_is_shown(terminal):
    """Output goes to the front end as it is."""
    found = terminal.run(lambda sys: sys.write(0, b"\x1b[1mhi\n"))

    assert ([7], b"\x1b[1mhi\n") == (found, terminal.shown)


def test_the_window_has_a_size(terminal):
    """A resize is told by SIGWINCH, to the foreground group and only if something changes."""
    caught = []

    def steps(sys):
        sys.sigaction(SIGWINCH, caught.append)
        before = sys.window_size(0)
        sys.set_window_size(0, *before)
        errno_of(sys.nanosleep, 9 * SECOND_NS)
        after = sys.window_size(0)
        sys.tcsetpgrp(0, 0)
        sys.set_window_size(0, 10, 10)
        return before, after, sys.tcgetpgrp(0)

    found = terminal.run(steps)
    terminal.do(lambda: terminal.tty.resize(132, 50))

    assert [((80, 24), (132, 50), 0)] == found
    assert [SIGWINCH] == caught


def test_terminal_calls_need_a_terminal(bench):
    """On anything else they are ENOTTY; /dev/tty without a terminal is ENXIO."""
    devices.populate(bench.kernel)

    def steps(sys):
        fd = sys.open("/dev/null")
        calls = (sys.window_size, sys.tcgetpgrp, sys.tty_echo, sys.tty_interrupts)
        numbers = {errno_of(call, fd) for call in calls}
        return (
            numbers,
            sys.isatty(fd),
            sys.isatty(9),
            sys.tty_name(fd),
            errno_of(sys.open, "/dev/tty"),
        )

    assert ({ENOTTY}, False, False, None, ENXIO) == bench.call(steps)


def test_a_terminal_has_names(terminal):
    """Its own name is known by descriptor; /dev/tty and its node lead to it."""
    procfs.populate(terminal.bench.kernel)

    def steps(sys):
        stat = sys.stat("/dev/pts/0")
        node = sys.open("/dev/pts/0", ino.O_RDWR)
        sys.write(sys.open("/dev/tty", ino.O_WRONLY), b"a")
        sys.write(node, b"b")
        names = sys.tty_name(0), sys.readlink("/proc/self/fd/0"), sys.isatty(node)
        return (*names, stat.mode, stat.uid, stat.gid, stat.rdev)

    expected = ("/dev/pts/0", "/dev/pts/0", True, ino.S_IFCHR | 0o620, 1000, 5, (136, 0))
    assert [expected] == terminal.run(steps)
    assert b"ab" == terminal.shown
