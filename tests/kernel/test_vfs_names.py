"""Who may do what with files, and making, moving and removing names.

More than 400 lines, one idea: each call and each right is tried on each kind of file.
"""

from __future__ import annotations

import pytest

from tests.kernel.vfs_steps import OTHER, USER, read, write
from vshell.abi.errno import (
    EACCES,
    EBUSY,
    EEXIST,
    EINVAL,
    EISDIR,
    ENOENT,
    ENOTDIR,
    ENOTEMPTY,
    EPERM,
    EXDEV,
    KernelError,
)
from vshell.kernel import inode as ino
from vshell.kernel.inode import Directory, RegularFile


@pytest.mark.parametrize(
    ("mode", "uid", "may"),
    [
        (0o600, USER, "rw"),
        (0o600, OTHER, ""),
        (0o640, OTHER, ""),
        (0o604, OTHER, "r"),
        (0o602, OTHER, "w"),
        (0o066, USER, ""),
        (0o000, 0, "rw"),
    ],
)
def test_the_class_one_belongs_to_decides(do, fails, mode, uid, may):
    """Owner, others and root: only the bits of one's own class count, root needs none."""

    def prepare(sys):
        write(sys, "/home/f")
        sys.chmod("/home/f", mode)

    do(prepare, USER)

    flags = {"r": ino.O_RDONLY, "w": ino.O_WRONLY}
    found = "".join(
        letter
        for letter, flag in flags.items()
        if not fails(lambda sys, flag=flag: sys.open("/home/f", flag), uid)
    )
    assert may == found


def test_groups_count(bench, do, vfs):
    """A further group of the caller's gives the group's rights, and takes those of others away."""
    file = RegularFile(vfs, 0o640, 0, 27, b"x")
    vfs.place("/tmp/f", file)

    def with_group(sys):
        sys.set_credentials(USER, USER, [27])
        seen = sys.access("/tmp/f", 4), sys.access("/tmp/f", 2)
        return (*seen, sys.credentials())

    assert (True, False, (USER, USER, USER, USER, [27])) == do(with_group)
    assert not do(lambda sys: sys.access("/tmp/f", 4), USER)


def test_root_runs_only_what_somebody_may_run(do):
    """Execute is the one right that root lacks for a file without any x."""

    def steps(sys):
        write(sys, "/tmp/f")
        before = sys.access("/tmp/f", 1)
        sys.chmod("/tmp/f", 0o001)
        return before, sys.access("/tmp/f", 1), sys.access("/tmp", 7), sys.access("/none", 0)

    assert (False, True, True, False) == do(steps)


def test_a_directory_is_searched_with_x_and_listed_with_r(do, fails):
    """Without x nothing below is found, without r nothing is listed."""

    def prepare(sys):
        sys.mkdir("/tmp/d")
        write(sys, "/tmp/d/f")

    do(prepare)
    do(lambda sys: sys.chmod("/tmp/d", 0o744))
    assert ["f"] == do(lambda sys: sys.listdir("/tmp/d"), USER)
    assert EACCES == fails(lambda sys: sys.stat("/tmp/d/f"), USER)
    assert EACCES == fails(lambda sys: sys.stat("/tmp/d/none"), USER)
    do(lambda sys: sys.chmod("/tmp/d", 0o711))
    assert EACCES == fails(lambda sys: sys.listdir("/tmp/d"), USER)
    assert 0 == fails(lambda sys: sys.stat("/tmp/d/f"), USER)
    assert ENOTDIR == fails(lambda sys: sys.listdir("/tmp/d/f"), USER)


@pytest.mark.parametrize(
    "change",
    [
        lambda sys: write(sys, "/new"),
        lambda sys: sys.mkdir("/new"),
        lambda sys: sys.symlink("a", "/new"),
        lambda sys: sys.link("/home/f", "/new"),
        lambda sys: sys.rename("/home/f", "/new"),
        lambda sys: sys.unlink("/old"),
        lambda sys: sys.rename("/old", "/home/g"),
        lambda sys: sys.rmdir("/empty"),
    ],
)
def test_entries_are_changed_by_who_may_write_the_directory(do, fails, change):
    """Making, moving and removing names needs w of the directory, whoever owns the file."""

    def prepare(sys):
        write(sys, "/old")
        sys.chown("/old", USER, USER)
        sys.mkdir("/empty")
        sys.chown("/empty", USER, USER)
        write(sys, "/home/f")
        sys.chown("/home/f", USER, USER)

    do(prepare)

    assert EACCES == fails(change, USER)


def test_the_sticky_bit_protects_others_files(do, fails):
    """In /tmp one removes and renames one's own files only; root all of them."""
    do(lambda sys: write(sys, "/tmp/theirs"), OTHER)
    do(lambda sys: write(sys, "/tmp/mine"), USER)

    assert EPERM == fails(lambda sys: sys.unlink("/tmp/theirs"), USER)
    assert EPERM == fails(lambda sys: sys.rename("/tmp/theirs", "/tmp/x"), USER)
    assert EPERM == fails(lambda sys: sys.rename("/tmp/mine", "/tmp/theirs"), USER)
    assert 0 == fails(lambda sys: sys.rename("/tmp/mine", "/tmp/x"), USER)
    assert 0 == fails(lambda sys: sys.unlink("/tmp/theirs"))


def test_only_owners_change_modes(do, fails):
    """chmod() is the owner's and root's; the set-user-ID bits are kept."""
    do(lambda sys: write(sys, "/tmp/f"), USER)

    assert EPERM == fails(lambda sys: sys.chmod("/tmp/f", 0o777), OTHER)
    assert 0 == fails(lambda sys: sys.chmod("/tmp/f", 0o4755), USER)
    assert ino.S_IFREG | 0o4755 == do(lambda sys: sys.stat("/tmp/f").mode)


def test_owners_are_changed_by_root(do, fails):
    """chown() to another user is root's; an owner may choose among the own groups."""
    do(lambda sys: write(sys, "/tmp/f"), USER)

    assert EPERM == fails(lambda sys: sys.chown("/tmp/f", OTHER, -1), USER)
    assert EPERM == fails(lambda sys: sys.chown("/tmp/f", -1, OTHER), USER)
    assert EPERM == fails(lambda sys: sys.chown("/tmp/f", -1, OTHER), OTHER)
    assert 0 == fails(lambda sys: sys.chown("/tmp/f", USER, USER), USER)
    do(lambda sys: sys.chown("/tmp/f", -1, 27))
    assert (USER, 27) == do(lambda sys: (sys.stat("/tmp/f").uid, sys.stat("/tmp/f").gid))


@pytest.mark.parametrize("path", ["/tmp/f", "/tmp/d", "/tmp/.", "/tmp/d/..", "/", "/tmp/dangling"])
@pytest.mark.parametrize("call", ["mkdir", "symlink", "link"])
def test_names_are_made_once(do, fails, call, path):
    """What is there, a link to nowhere and "." included, cannot be made again."""

    def prepare(sys):
        write(sys, "/tmp/f")
        sys.mkdir("/tmp/d")
        sys.symlink("none", "/tmp/dangling")

    do(prepare)
    calls = {
        "mkdir": lambda sys: sys.mkdir(path),
        "symlink": lambda sys: sys.symlink("x", path),
        "link": lambda sys: sys.link("/tmp/f", path),
    }

    assert EEXIST == fails(calls[call])


def test_only_a_directory_is_made_with_a_slash(do, fails):
    """mkdir("d/") makes d; link and symlink to "x/" find no x."""
    do(lambda sys: write(sys, "/tmp/f"))

    assert 0 == fails(lambda sys: sys.mkdir("/tmp/d/"))
    assert ENOENT == fails(lambda sys: sys.symlink("f", "/tmp/x/"))
    assert ENOENT == fails(lambda sys: sys.link("/tmp/f", "/tmp/x/"))


def test_hard_links_are_one_file(do):
    """A second name shares contents, mode and count; the last one removed is the end."""

    def steps(sys):
        write(sys, "/tmp/a", b"1")
        sys.link("/tmp/a", "/home/b")
        write(sys, "/home/b", b"2")
        before = read(sys, "/tmp/a"), sys.stat("/tmp/a").links
        sys.unlink("/tmp/a")
        return (*before, read(sys, "/home/b"), sys.stat("/home/b").links)

    assert (b"2", 2, b"2", 1) == do(steps)


def test_what_cannot_have_a_second_name(do, fails):
    """Directories, and others' files one may not write, cannot be linked; links themselves can."""

    def prepare(sys):
        write(sys, "/tmp/roots")
        sys.symlink("none", "/tmp/s")

    do(prepare)

    assert EPERM == fails(lambda sys: sys.link("/tmp", "/home/d"))
    assert EPERM == fails(lambda sys: sys.link("/tmp/roots", "/home/r"), USER)
    assert ENOENT == fails(lambda sys: sys.link("/tmp/none", "/home/n"))
    assert 0 == fails(lambda sys: sys.link("/tmp/s", "/home/s"))
    assert "none" == do(lambda sys: sys.readlink("/home/s"))


def test_directories_count_their_subdirectories(do):
    """A directory has two links and one for each directory in it."""

    def steps(sys):
        sys.mkdir("/tmp/d")
        sys.mkdir("/tmp/d/one")
        sys.mkdir("/tmp/d/two")
        full = sys.stat("/tmp/d").links
        sys.rmdir("/tmp/d/one")
        sys.rename("/tmp/d/two", "/tmp/two")
        return full, sys.stat("/tmp/d").links, sys.stat("/tmp/two").links

    assert (4, 2, 2) == do(steps)


@pytest.mark.parametrize(
    ("path", "errno"),
    [
        ("/tmp/d", EISDIR),
        ("/tmp/d/", EISDIR),
        ("/tmp/.", EISDIR),
        ("/tmp/none", ENOENT),
        ("/tmp/f/", ENOTDIR),
        ("/tmp/f", 0),
        ("/tmp/link", 0),
    ],
)
def test_unlink_removes_what_is_no_directory(do, fails, path, errno):
    """unlink() removes files and links, whatever they lead to."""

    def prepare(sys):
        sys.mkdir("/tmp/d")
        write(sys, "/tmp/f")
        sys.symlink("d", "/tmp/link")

    do(prepare)

    assert errno == fails(lambda sys: sys.unlink(path))
    assert "d" in do(lambda sys: sys.listdir("/tmp"))


@pytest.mark.parametrize(
    ("path", "errno"),
    [
        ("/tmp/d", ENOTEMPTY),
        ("/tmp/d/e", 0),
        ("/tmp/d/e/", 0),
        ("/tmp/d/e/.", EINVAL),
        ("/tmp/d/e/..", ENOTEMPTY),
        ("/tmp/none", ENOENT),
        ("/tmp/f", ENOTDIR),
        ("/tmp/link", ENOTDIR),
        ("/", EBUSY),
    ],
)
def test_rmdir_removes_empty_directories(do, fails, path, errno):
    """rmdir() removes an empty directory, and nothing else."""

    def prepare(sys):
        sys.mkdir("/tmp/d")
        sys.mkdir("/tmp/d/e")
        write(sys, "/tmp/f")
        sys.symlink("d/e", "/tmp/link")

    do(prepare)

    assert errno == fails(lambda sys: sys.rmdir(path))


def test_nothing_is_made_in_a_removed_directory(do, fails):
    """Who stands in a removed directory finds it empty, without a path, and closed for names."""

    def steps(sys):
        sys.mkdir("/tmp/d")
        sys.chdir("/tmp/d")
        sys.rmdir("/tmp/d")
        failures = []
        for call in (
            sys.getcwd,
            lambda: sys.mkdir("x"),
            lambda: write(sys, "x"),
            lambda: sys.stat("none"),
        ):
            with pytest.raises(KernelError) as caught:
                call()
            failures.append(caught.value.errno)
        return sys.listdir("."), failures, sys.stat(".").links

    assert ([], [ENOENT] * 4, 0) == do(steps)


def test_a_removed_file_lives_while_it_is_open(do, vfs):
    """Contents stay for who has it open, and their memory is given back at the last close."""
    used = vfs.used_bytes

    def steps(sys):
        write(sys, "/tmp/f", b"12345")
        fd = sys.open("/tmp/f", ino.O_RDWR)
        again = sys.dup(fd)
        sys.unlink("/tmp/f")
        sys.write(fd, b"67")
        sys.close(fd)
        sys.lseek(again, 0, ino.SEEK_SET)
        return sys.read(again), sys.fstat(again).links, vfs.used_bytes - used

    assert (b"67345", 0, 5) == do(steps)
    assert used == vfs.used_bytes


def test_rename_moves_over_a_file(do, vfs):
    """The old target's contents are gone, the moved file keeps its inode and contents."""
    used = vfs.used_bytes

    def steps(sys):
        write(sys, "/tmp/a", b"aaa")
        write(sys, "/home/b", b"bbbb")
        number = sys.stat("/tmp/a").inode
        sys.rename("/tmp/a", "/home/b")
        return read(sys, "/home/b"), sys.stat("/home/b").inode == number, sys.listdir("/tmp")

    assert (b"aaa", True, []) == do(steps)
    assert used + 3 == vfs.used_bytes


@pytest.mark.parametrize(
    ("old", "new", "errno"),
    [
        ("f", "d", EISDIR),
        ("d", "f", ENOTDIR),
        ("d", "full", ENOTEMPTY),
        ("d", "empty", 0),
        ("d", "d/below", EINVAL),
        ("d", "d/below/x", ENOENT),
        ("full", "full/sub/x", EINVAL),
        ("full/sub", "full", ENOTEMPTY),
        ("d", "d", 0),
        ("f", "f", 0),
        ("f", "second", 0),
        ("none", "x", ENOENT),
        ("f", "none/x", ENOENT),
        ("f", "x/", ENOTDIR),
        ("f/", "x", ENOTDIR),
        ("d/", "x/", 0),
        (".", "x", EBUSY),
        ("d/..", "x", EBUSY),
        ("d", ".", EBUSY),
        ("d", "/", EBUSY),
        ("link", "x", 0),
        ("d", "link", ENOTDIR),
    ],
)
def test_rename_knows_what_fits(do, fails, old, new, errno):
    """rename() refuses what would lose entries, mix kinds, or put a directory into itself."""

    def prepare(sys):
        write(sys, "/tmp/f")
        sys.link("/tmp/f", "/tmp/second")
        for name in ("d", "empty", "full", "full/sub"):
            sys.mkdir(f"/tmp/{name}")
        sys.symlink("d", "/tmp/link")

    def act(sys):
        sys.chdir("/tmp")
        sys.rename(old, new)

    do(prepare)
    before = do(lambda sys: sys.listdir("/tmp"))

    assert errno == fails(act)
    if errno:
        assert before == do(lambda sys: sys.listdir("/tmp"))


def test_only_files_move_to_another_kind_of_directory(do, fails, vfs):
    """A directory or link stays in its own file system, a regular file may leave it."""

    class Other(Directory):
        pass

    vfs.place("/other", Other(vfs, 0o777))

    def prepare(sys):
        write(sys, "/tmp/f")
        sys.mkdir("/tmp/d")
        sys.symlink("f", "/tmp/s")

    do(prepare)

    assert [0, EXDEV, EXDEV] == [
        fails(lambda sys, name=name: sys.rename(f"/tmp/{name}", f"/other/{name}")) for name in "fds"
    ]


def test_renaming_two_names_of_one_file_does_nothing(do):
    """rename() between hard links leaves both, as POSIX wants."""

    def steps(sys):
        write(sys, "/tmp/a")
        sys.link("/tmp/a", "/tmp/b")
        sys.rename("/tmp/a", "/tmp/b")
        return sys.listdir("/tmp")

    assert ["a", "b"] == do(steps)


def test_a_moved_directory_has_a_new_parent(do, fails):
    """A moved directory leads up to where it is now, and moving it needs w of itself."""

    def steps(sys):
        sys.mkdir("/tmp/a")
        sys.mkdir("/tmp/b")
        sys.mkdir("/tmp/a/d", 0o555)
        sys.rename("/tmp/a/d", "/tmp/b/d")
        sys.chdir("/tmp/b/d/..")
        return sys.getcwd()

    assert "/tmp/b" == do(steps)

    def users(sys):
        sys.mkdir("/home/a")
        sys.mkdir("/home/fixed", 0o555)
        sys.rename("/home/fixed", "/home/free")
        sys.rename("/home/free", "/home/a/free")

    assert EACCES == fails(users, USER)
