"""Times, sizes, mounts, and the paths of open files."""

from __future__ import annotations

import pytest

from tests.kernel.vfs_steps import MINUTE_NS, USER, WRITE, read, write
from vshell.abi.errno import (
    EACCES,
    EBUSY,
    EFBIG,
    EINVAL,
    EISDIR,
    ENOENT,
    ENOSPC,
    EPERM,
    EXDEV,
)
from vshell.kernel import inode as ino
from vshell.kernel import procfs, sysfs
from vshell.kernel.inode import FILE_BYTES_MAX, Directory


def times(sys, path):
    stat = sys.stat(path)
    return stat.atime_ns, stat.mtime_ns, stat.ctime_ns


def changed_by(do, action, path):
    """Give which of a path's times an action a minute later changes, by their first letters."""

    def run(sys):
        before = times(sys, path)
        sys.nanosleep(MINUTE_NS)
        action(sys)
        after = times(sys, path)
        return "".join(
            letter for letter, a, b in zip("amc", before, after, strict=True) if b - a >= MINUTE_NS
        )

    return do(run)


@pytest.mark.parametrize(
    ("action", "path", "expected"),
    [
        (lambda sys: write(sys, "/tmp/f", b"x", 0), "/tmp/f", "mc"),
        (lambda sys: sys.truncate("/tmp/f", 1), "/tmp/f", "mc"),
        (lambda sys: sys.chmod("/tmp/f", 0o600), "/tmp/f", "c"),
        (lambda sys: sys.chown("/tmp/f", 5, 5), "/tmp/f", "c"),
        (lambda sys: sys.link("/tmp/f", "/tmp/g"), "/tmp/f", "c"),
        (lambda sys: sys.rename("/tmp/f", "/tmp/f"), "/tmp/f", ""),
        (lambda sys: sys.utimens("/tmp/f", None, None), "/tmp/f", "amc"),
        (lambda sys: sys.utimens("/tmp/f", 5, 6), "/tmp/f", "c"),
        (lambda sys: sys.open("/tmp/f", ino.O_WRONLY | ino.O_TRUNC), "/tmp/f", "mc"),
        (lambda sys: sys.stat("/tmp/f"), "/tmp/f", ""),
        (lambda sys: read(sys, "/tmp/f"), "/tmp/f", "a"),
        (lambda sys: sys.listdir("/tmp"), "/tmp", "a"),
        (lambda sys: sys.unlink("/tmp/f"), "/tmp", "mc"),
        (lambda sys: write(sys, "/tmp/new"), "/tmp", "mc"),
        (lambda sys: write(sys, "/tmp/f"), "/tmp", ""),
        (lambda sys: sys.mkdir("/tmp/new"), "/tmp", "mc"),
        (lambda sys: sys.symlink("f", "/tmp/new"), "/tmp", "mc"),
    ],
)
def test_times_follow_what_happens(do, action, path, expected):
    """Writing changes mtime and ctime, attributes ctime, reading atime, entries the directory."""
    do(lambda sys: write(sys, "/tmp/f", b"abc"))

    assert expected == changed_by(do, action, path)


def test_reading_is_noted_once_until_the_next_change(do):
    """With relatime a second read changes atime only after a write or a day."""

    def steps(sys):
        write(sys, "/tmp/f", b"abc")
        seen = []
        for pause in (MINUTE_NS, MINUTE_NS, 1440 * MINUTE_NS):
            sys.nanosleep(pause)
            read(sys, "/tmp/f")
            seen.append(sys.stat("/tmp/f").atime_ns)
        return seen

    first, second, third = do(steps)
    assert first == second
    assert third - first >= 1440 * MINUTE_NS


def test_times_can_be_set(do, fails):
    """utimens() gives any times to the owner; others may only touch what they may write."""

    def prepare(sys):
        write(sys, "/tmp/f")
        sys.utimens("/tmp/f", 1, 2)
        sys.chmod("/tmp/f", 0o602)
        write(sys, "/tmp/g")

    do(prepare)

    assert (1, 2) == do(lambda sys: times(sys, "/tmp/f"))[:2]
    assert EPERM == fails(lambda sys: sys.utimens("/tmp/f", 1, None), USER)
    assert 0 == fails(lambda sys: sys.utimens("/tmp/f", None, None), USER)
    assert EACCES == fails(lambda sys: sys.utimens("/tmp/g", None, None), USER)


def test_truncate_cuts_and_grows(do):
    """A shorter size cuts, a longer one fills with zeros."""

    def steps(sys):
        write(sys, "/tmp/f", b"abcdef")
        sys.truncate("/tmp/f", 2)
        fd = sys.open("/tmp/f", ino.O_RDWR)
        sys.ftruncate(fd, 4)
        return sys.read(fd), sys.filesystem_bytes()

    assert (b"ab\0\0", (1 << 30, 4)) == do(steps)


@pytest.mark.parametrize(
    ("path", "size", "uid", "errno"),
    [
        ("/tmp/f", -1, 0, EINVAL),
        ("/tmp/f", FILE_BYTES_MAX + 1, 0, EFBIG),
        ("/tmp", 0, 0, EISDIR),
        ("/tmp/none", 0, 0, ENOENT),
        ("/tmp/f", 0, USER, EACCES),
        ("/proc/version", 0, 0, EINVAL),
    ],
)
def test_truncate_refuses(bench, do, fails, path, size, uid, errno):
    """Sizes below zero or too great, directories, and files one may not write are refused."""
    procfs.populate(bench.kernel)
    do(lambda sys: write(sys, "/tmp/f"))

    assert errno == fails(lambda sys: sys.truncate(path, size), uid)


def test_memory_has_an_end(do, fails, vfs):
    """A file system that is full says ENOSPC and keeps what it has; one file has its own limit."""
    vfs.use((1 << 30) - 8)

    def big(sys):
        write(sys, "/tmp/f", b"12345678")
        write(sys, "/tmp/g", b"9")

    assert ENOSPC == fails(big)
    assert b"12345678" == do(lambda sys: read(sys, "/tmp/f"))

    def far(sys):
        fd = sys.open("/tmp/f", ino.O_WRONLY)
        sys.lseek(fd, FILE_BYTES_MAX, ino.SEEK_SET)
        sys.write(fd, b"x")

    assert EFBIG == fails(far)


@pytest.fixture
def mounted(bench, vfs):
    procfs.populate(bench.kernel)
    sysfs.populate(bench.kernel)
    return vfs


@pytest.mark.parametrize(
    ("change", "errno"),
    [
        (lambda sys: sys.rmdir("/proc"), EBUSY),
        (lambda sys: sys.rename("/proc", "/p"), EBUSY),
        (lambda sys: sys.rename("/tmp/d", "/proc"), EBUSY),
        (lambda sys: sys.rename("/tmp/f", "/proc/f"), EXDEV),
        (lambda sys: sys.rename("/proc/version", "/tmp/v"), EXDEV),
        (lambda sys: sys.rename("/proc/version", "/proc/v"), EPERM),
        (lambda sys: sys.link("/proc/version", "/tmp/v"), EXDEV),
        (lambda sys: sys.unlink("/proc/version"), EPERM),
        (lambda sys: sys.rmdir("/proc/1"), ENOENT),
        (lambda sys: sys.rmdir("/proc/sys"), EPERM),
        (lambda sys: sys.mkdir("/proc/x"), ENOENT),
        (lambda sys: sys.symlink("a", "/proc/x"), ENOENT),
        (lambda sys: write(sys, "/proc/x"), ENOENT),
        (lambda sys: write(sys, "/proc/sys/kernel/x"), ENOENT),
        (lambda sys: sys.mkdir("/sys/x"), EPERM),
        (lambda sys: sys.symlink("a", "/sys/devices/x"), EPERM),
        (lambda sys: write(sys, "/sys/x"), EACCES),
        (lambda sys: sys.rmdir("/sys/module"), EPERM),
        (lambda sys: sys.unlink("/sys/devices/system/cpu/online"), EPERM),
    ],
)
def test_computed_trees_keep_their_form(mounted, do, fails, change, errno):
    """Even root cannot make, move or remove anything in /proc and /sys, or them."""

    def prepare(sys):
        write(sys, "/tmp/f")
        sys.mkdir("/tmp/d")

    do(prepare)

    assert errno == fails(change)


def test_paths_of_open_files_are_known(do, vfs, bench):
    """An open file knows the path it was opened by, at its real place, and that it is gone."""
    found = {}

    def note(sys, name, fd):
        found[name] = vfs.path_of_file(sys._process.file(fd))

    def steps(sys):
        sys.mkdir("/tmp/d")
        sys.symlink("d/f", "/tmp/link")
        fd = sys.open("/tmp/link", WRITE)
        note(sys, "made", fd)
        note(sys, "through", sys.open("/tmp/link"))
        note(sys, "pipe", sys.pipe()[0])
        sys.unlink("/tmp/d/f")
        note(sys, "gone", fd)
        note(sys, "root", sys.open("/tmp"))

    do(steps)

    expected = {"made": "/tmp/d/f", "through": "/tmp/d/f", "pipe": None}
    assert expected | {"gone": "/tmp/d/f (deleted)", "root": "/tmp"} == found


def test_the_tree_is_built_without_rights(bench):
    """While a host is installed, files have the date of installation."""
    vfs = bench.kernel.vfs
    vfs.installing_ns = 12345
    vfs.place_text("/etc/deep/hostname", "host\n", 0o640)
    vfs.installing_ns = None

    def look(sys):
        stat = sys.stat("/etc/deep/hostname")
        return stat.mode, stat.mtime_ns, read(sys, "/etc/deep/hostname"), sys.listdir("/etc")

    assert (ino.S_IFREG | 0o640, 12345, b"host\n", ["deep"]) == bench.call(look)


def test_a_directory_that_is_nowhere_has_no_path(vfs):
    """A directory that was never entered anywhere is its own parent."""
    assert "/" == vfs.path_of(Directory(vfs))
