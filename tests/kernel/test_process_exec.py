"""exec, and the descriptors of a process."""

from __future__ import annotations

import pytest

from tests.kernel.process_steps import errno_of
from vshell.abi import signals as sg
from vshell.abi.errno import (
    EACCES,
    EBADF,
    ELOOP,
    EMFILE,
    ENOENT,
    ENOEXEC,
)
from vshell.abi.signals import SIG_DFL, SIG_IGN, mask_of
from vshell.kernel import inode as ino


def run(sys, path, argv, environ=None):
    """Execute a program in a child; give its wait status."""
    sys.fork(lambda sys: sys.execve(path, argv, environ or {}))
    return sys.wait4()[1]


def test_exec_starts_a_program(bench, programs):
    """The new program has its arguments and environment, the old pid, and its name as comm."""
    told = []

    def show(argv, sys):
        process = sys._process
        told.append((argv, sys.environ(), process.task.comm, process.exe, sys.argv()))
        return 5

    programs["a_program_with_a_long_name"] = show
    path = "/bin/a_program_with_a_long_name"

    assert 5 << 8 == bench.call(lambda sys: run(sys, path, ["zero", "one"], {"A": "b"}))
    assert [(["zero", "one"], {"A": "b"}, "a_program_with_", path, ["zero", "one"])] == told


def test_exec_keeps_what_is_ignored_and_drops_handlers(bench, programs):
    """Handlers belong to the old program; ignored signals, blocked ones and the umask stay."""
    told = []

    def show(argv, sys):
        told.extend(sys.sigaction(s, SIG_DFL) for s in (sg.SIGUSR1, sg.SIGUSR2))
        told.append(sys.sigprocmask(0))
        return 0

    programs["show"] = show

    def steps(sys):
        sys.sigaction(sg.SIGUSR1, lambda _signal: None)
        sys.sigaction(sg.SIGUSR2, SIG_IGN)
        sys.sigprocmask(mask_of(sg.SIGHUP))
        return run(sys, "/bin/show", ["show"])

    assert 0 == bench.call(steps)
    assert [SIG_DFL, SIG_IGN, mask_of(sg.SIGHUP)] == told


def test_exec_closes_what_is_marked(bench, programs):
    """Descriptors with close-on-exec are closed, unless the mark is taken back."""
    told = []
    programs["show"] = lambda argv, sys: told.extend(sys.descriptors()) or 0

    def steps(sys):
        kept = sys.open("/")
        sys.open("/", ino.O_CLOEXEC)
        unmarked = sys.open("/", ino.O_CLOEXEC)
        sys.set_cloexec(unmarked, on=False)
        marked = sys.open("/")
        sys.set_cloexec(marked)
        run(sys, "/bin/show", ["show"])
        return [kept, unmarked], sys.descriptors()

    assert ([0, 2], [0, 1, 2, 3]) == bench.call(steps)
    assert [0, 2] == told


def test_set_user_id_programs_change_the_effective_user(bench, programs):
    """A program with the set-user-ID bit runs as its owner; the real user stays."""
    told = []
    programs["su"] = lambda argv, sys: told.append(sys.credentials()[:2]) or 0
    bench.call(lambda sys: sys.chmod("/bin/su", 0o4755))

    bench.call(lambda sys: run(sys, "/bin/su", ["su"]), uid=1000)

    assert [(1000, 0)] == told


def test_scripts_run_in_their_interpreter(bench, programs):
    """The first line of a script puts its interpreter and the path before the arguments."""
    told = []
    programs["sh"] = lambda argv, sys: told.append((argv, sys._process.task.comm)) or 0
    vfs = bench.kernel.vfs
    vfs.place_text("/bin/script", "#! /bin/sh  -e \nrest\n", 0o755)
    vfs.place_text("/bin/second", "#!/bin/script\n", 0o755)

    def steps(sys):
        run(sys, "/bin/script", ["zero", "one"])
        run(sys, "/bin/second", ["zero", "one"])

    bench.call(steps)

    expected = [(["/bin/sh", "-e", "/bin/script", "one"], "script")]
    expected += [(["/bin/sh", "-e", "/bin/script", "/bin/second", "one"], "second")]
    assert expected == told


@pytest.mark.parametrize(
    ("path", "errno"),
    [
        ("/none", ENOENT),
        ("/bin", EACCES),
        ("/text", ENOEXEC),
        ("/empty", ENOEXEC),
        ("/plain", EACCES),
        ("/elf", ENOEXEC),
        ("/no_interpreter", ENOEXEC),
        ("/lost_interpreter", ENOENT),
        ("/itself", ELOOP),
        ("/bin/sh/x", 20),
    ],
)
def test_exec_refuses(bench, programs, path, errno):
    """What is no program, not executable, or a script without its interpreter cannot run."""
    vfs = bench.kernel.vfs
    programs["sh"] = lambda argv, sys: 0
    vfs.place_text("/text", "echo hi\n", 0o755)
    vfs.place_text("/empty", "", 0o755)
    vfs.place_text("/plain", "#!/bin/sh\n", 0o644)
    vfs.place_text("/elf", "\x7fELF\x02\x01\x01 of somebody else", 0o755)
    vfs.place_text("/no_interpreter", "#! \n", 0o755)
    vfs.place_text("/lost_interpreter", "#!/bin/none\n", 0o755)
    vfs.place_text("/itself", "#!/itself\n", 0o755)

    assert errno == bench.call(lambda sys: errno_of(sys.execve, path, ["x"], {}))


def test_a_device_is_no_program(bench):
    """Only regular files are executed."""
    vfs = bench.kernel.vfs
    vfs.place("/dev/x", ino.Device(vfs, 0o777, (1, 3), lambda inode, flags: None))

    assert EACCES == bench.call(lambda sys: errno_of(sys.execve, "/dev/x", ["x"], {}))


def test_a_shell_goes_on_with_a_script_in_memory(bench):
    """run_here() replaces the program without a file."""

    def steps(sys):
        sys.fork(lambda sys: sys.run_here(lambda argv, sys: len(argv), ["a", "b", "c"]))
        return sys.wait4()[1]

    assert 3 << 8 == bench.call(steps)


def test_descriptors_are_the_lowest_free(bench):
    """open() and dup() take the lowest free number, dup() from a lower bound on."""

    def steps(sys):
        first, second, third = (sys.open("/") for _ in range(3))
        sys.close(second)
        return first, third, sys.open("/"), sys.dup(first), sys.dup(first, 10), sys.dup(first, 10)

    assert (0, 2, 1, 3, 10, 11) == bench.call(steps)


def test_dup2_takes_the_number_it_is_told(bench):
    """dup2() closes what was there; onto itself it does nothing; out of range it fails."""

    def steps(sys):
        reader, writer = sys.pipe()
        sys.set_cloexec(writer)
        fd = sys.open("/")
        sys.dup2(fd, writer)
        end = sys.read(reader)
        sys.dup2(fd, fd)
        sys.dup2(fd, 77)
        failures = [errno_of(sys.dup2, *pair) for pair in ((99, 1), (fd, -1), (fd, 1024))]
        return end, sys.descriptors(), failures, sorted(sys._process.cloexec)

    assert (b"", [0, 1, 2, 77], [EBADF] * 3, []) == bench.call(steps)


def test_there_is_a_limit_to_descriptors(bench):
    """1024 files may be open at once."""

    def steps(sys):
        for _ in range(1024):
            sys.open("/")
        return errno_of(sys.open, "/"), errno_of(sys.dup, 0), errno_of(sys.dup, 0, 1024)

    assert (EMFILE, EMFILE, 22) == bench.call(steps)


@pytest.mark.parametrize("call", ["close", "read", "fstat", "dup", "set_cloexec", "ftruncate"])
def test_a_closed_descriptor_is_bad(bench, call):
    """Every call on a number that is not open is EBADF."""
    more = {"ftruncate": (0,)}.get(call, ())

    assert EBADF == bench.call(lambda sys: errno_of(getattr(sys, call), 5, *more))


def test_an_exec_is_traced(bench, programs):
    """Who watches sees the path and the pid."""
    seen = []
    bench.kernel.trace.subscribe(lambda event: seen.append(event[3:]))
    programs["prog"] = lambda argv, sys: 0
    bench.call(lambda sys: run(sys, "/bin/prog", ["prog"]))

    assert ["/bin/prog"] == [event[1] for event in seen if event[0] == "sched_process_exec"]


def test_a_failure_nobody_can_hear_is_silent(bench):
    """Without standard error the text of an unhandled error is lost, not its status."""

    def steps(sys):
        sys.fork(lambda sys: sys.unlink("/none"))
        return sys.wait4()[1]

    assert 1 << 8 == bench.call(steps)
