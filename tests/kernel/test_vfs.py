from __future__ import annotations

import pytest

from vshell.abi.errno import (
    EACCES,
    EBUSY,
    EEXIST,
    EFBIG,
    EINVAL,
    EISDIR,
    ELOOP,
    ENAMETOOLONG,
    ENOENT,
    ENOSPC,
    ENOTDIR,
    ENOTEMPTY,
    EPERM,
    EXDEV,
    KernelError,
)
from vshell.kernel import inode as ino
from vshell.kernel import procfs, sysfs
from vshell.kernel.inode import FILE_BYTES_MAX, Directory, RegularFile

USER, OTHER = 1000, 1001
WRITE = ino.O_WRONLY | ino.O_CREAT
MINUTE_NS = 60_000_000_000


@pytest.fixture
def vfs(bench):
    """Give a tree with /tmp as it should be and a home of the user's."""
    tree = bench.kernel.vfs
    tree.make_directories("/tmp").permissions = 0o1777
    tree.make_directories("/home", USER, USER)
    return tree


@pytest.fixture
def do(bench, vfs):
    """Run a function on system calls, as root or another user; give its value."""

    def run(function, uid=0):
        return bench.call(function, uid=uid, seconds=200_000)

    return run


@pytest.fixture
def fails(do):
    """Run a function on system calls; give the errno it fails with, 0 if it does not."""

    def run(function, uid=0):
        try:
            do(function, uid)
        except KernelError as error:
            return error.errno
        return 0

    return run


def write(sys, path, data=b"", flags=ino.O_TRUNC, mode=0o666):
    fd = sys.open(path, WRITE | flags, mode)
    sys.write(fd, data)
    sys.close(fd)


def read(sys, path):
    fd = sys.open(path)
    data = sys.read(fd)
    sys.close(fd)
    return data


# -- Paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "errno"),
    [
        ("", ENOENT),
        ("/none", ENOENT),
        ("/none/x", ENOENT),
        ("/tmp/f/x", ENOTDIR),
        ("/tmp/f/", ENOTDIR),
        ("/tmp/f/.", ENOTDIR),
        ("/tmp/f/..", ENOTDIR),
        ("/tmp/" + "n" * 256, ENAMETOOLONG),
        ("/tmp/" + "é" * 128, ENAMETOOLONG),
        ("/tmp/" * 820, ENAMETOOLONG),
        ("/tmp/" + "n" * 255, ENOENT),
        ("//tmp///f", 0),
        ("/tmp/../../tmp/./f", 0),
        ("/", 0),
        ("/..", 0),
        ("/tmp/", 0),
    ],
)
def test_paths_lead_to_files_or_errors(do, fails, path, errno):
    """A path is walked name by name; each way to go wrong has its errno."""
    do(lambda sys: write(sys, "/tmp/f"))

    assert errno == fails(lambda sys: sys.stat(path))


def test_root_has_no_parent(do):
    """The root is its own parent."""
    assert do(lambda sys: sys.stat("/").inode == sys.stat("/..").inode == sys.stat("/../..").inode)


@pytest.mark.parametrize("path", ["/tmp/" + "n" * 256, "/tmp/" + "é" * 128])
@pytest.mark.parametrize("call", ["mkdir", "symlink", "link", "rename", "open"])
def test_no_name_is_made_too_long(do, fails, call, path):
    """Whatever makes a name refuses one of more than 255 bytes."""
    do(lambda sys: write(sys, "/tmp/f"))
    calls = {
        "mkdir": lambda sys: sys.mkdir(path),
        "symlink": lambda sys: sys.symlink("f", path),
        "link": lambda sys: sys.link("/tmp/f", path),
        "rename": lambda sys: sys.rename("/tmp/f", path),
        "open": lambda sys: sys.open(path, WRITE),
    }

    assert ENAMETOOLONG == fails(calls[call])
    assert ["f"] == do(lambda sys: sys.listdir("/tmp"))


def test_relative_paths_begin_at_the_working_directory(do):
    """chdir() moves where relative paths begin, getcwd() tells it."""

    def steps(sys):
        sys.mkdir("/tmp/d")
        sys.chdir("/tmp/d")
        write(sys, "x", b"1")
        sys.chdir("..")
        return sys.getcwd(), read(sys, "d/x"), read(sys, "./d/../d/x")

    assert ("/tmp", b"1", b"1") == do(steps)


def test_chdir_needs_a_directory_one_may_search(do, fails):
    """chdir() to a file, nowhere, or a directory without x for the caller fails."""

    def prepare(sys):
        write(sys, "/tmp/f")
        sys.mkdir("/tmp/closed", 0o700)

    do(prepare)

    assert ENOTDIR == fails(lambda sys: sys.chdir("/tmp/f"))
    assert ENOENT == fails(lambda sys: sys.chdir("/tmp/none"))
    assert EACCES == fails(lambda sys: sys.chdir("/tmp/closed"), USER)
    assert 0 == fails(lambda sys: sys.chdir("/tmp/closed"))


# -- Symbolic links -------------------------------------------------------------------------------


def test_links_are_followed(do):
    """Absolute and relative links, and links within a path, lead to the file; lstat() does not."""

    def steps(sys):
        sys.mkdir("/tmp/d")
        write(sys, "/tmp/d/f", b"text")
        sys.symlink("d", "/tmp/to_d")
        sys.symlink("../tmp/to_d/f", "/tmp/relative")
        sys.symlink("/tmp/relative", "/home/absolute")
        stat = sys.lstat("/home/absolute")
        return (
            read(sys, "/home/absolute"),
            read(sys, "/tmp/to_d/f"),
            sys.readlink("/tmp/relative"),
            stat.mode,
            stat.size,
        )

    expected = (b"text", b"text", "../tmp/to_d/f", ino.S_IFLNK | 0o777, len("/tmp/relative"))
    assert expected == do(steps)


def test_forty_links_are_too_many_only_with_one_more(do, fails):
    """A path may meet 40 links; the 41st is ELOOP, as is a circle."""

    def prepare(sys):
        write(sys, "/tmp/0")
        for number in range(1, 42):
            sys.symlink(str(number - 1), f"/tmp/{number}")
        sys.symlink("b", "/tmp/a")
        sys.symlink("a", "/tmp/b")

    do(prepare)

    assert 0 == fails(lambda sys: sys.stat("/tmp/40"))
    assert ELOOP == fails(lambda sys: sys.stat("/tmp/41"))
    assert ELOOP == fails(lambda sys: sys.stat("/tmp/a"))
    assert ELOOP == fails(lambda sys: sys.open("/tmp/a", WRITE))
    assert 0 == fails(lambda sys: sys.lstat("/tmp/a"))


def test_links_are_counted_over_the_whole_path(do, fails):
    """Links that double at each level end with ELOOP, at once."""

    def prepare(sys):
        sys.symlink(".", "/tmp/0")
        for number in range(1, 40):
            sys.symlink(f"{number - 1}/{number - 1}", f"/tmp/{number}")

    do(prepare)

    assert 0 == fails(lambda sys: sys.stat("/tmp/4"))
    assert ELOOP == fails(lambda sys: sys.stat("/tmp/39"))


@pytest.mark.parametrize(
    ("target", "errno"), [("none", ENOENT), ("f/x", ENOTDIR), ("f/", ENOTDIR), ("d/", 0)]
)
def test_links_end_as_their_path_does(do, fails, target, errno):
    """A link to nowhere, below a file, or to a file with a slash fails as the path would."""

    def prepare(sys):
        write(sys, "/tmp/f")
        sys.mkdir("/tmp/d")
        sys.symlink(target, "/tmp/link")

    do(prepare)

    assert errno == fails(lambda sys: sys.stat("/tmp/link"))


def test_a_slash_behind_a_link_follows_it(do, fails):
    """lstat("link/") is about the directory it leads to; to a file it fails."""

    def prepare(sys):
        write(sys, "/tmp/f")
        sys.mkdir("/tmp/d")
        sys.symlink("d", "/tmp/to_d")
        sys.symlink("f", "/tmp/to_f")

    do(prepare)

    assert do(lambda sys: sys.lstat("/tmp/to_d/").inode == sys.stat("/tmp/d").inode)
    assert ENOTDIR == fails(lambda sys: sys.lstat("/tmp/to_f/"))


def test_links_must_lead_somewhere(fails):
    """A link to the empty path or to one of 4096 bytes is refused."""
    assert ENOENT == fails(lambda sys: sys.symlink("", "/tmp/link"))
    assert ENAMETOOLONG == fails(lambda sys: sys.symlink("x" * 4096, "/tmp/link"))
    assert 0 == fails(lambda sys: sys.symlink("x" * 4095, "/tmp/link"))


def test_creating_through_a_link_makes_the_target(do):
    """open(O_CREAT) on a chain of links to nowhere makes the file at its end; the links stay."""

    def steps(sys):
        sys.symlink("b", "/tmp/a")
        sys.symlink("/home/c", "/tmp/b")
        write(sys, "/tmp/a", b"x")
        return sys.readlink("/tmp/a"), sys.readlink("/tmp/b"), read(sys, "/home/c")

    assert ("b", "/home/c", b"x") == do(steps)


@pytest.mark.parametrize(
    ("target", "flags", "errno"),
    [
        ("none/x", 0, ENOENT),
        ("x/", 0, EISDIR),
        ("x", ino.O_EXCL, EEXIST),
        ("x", ino.O_NOFOLLOW, ELOOP),
    ],
)
def test_creating_through_a_link_can_fail(do, fails, target, flags, errno):
    """A link's target cannot be made without its directory, with a slash, O_EXCL, O_NOFOLLOW."""
    do(lambda sys: sys.symlink(target, "/tmp/link"))

    assert errno == fails(lambda sys: sys.open("/tmp/link", WRITE | flags))
    assert ["link"] == do(lambda sys: sys.listdir("/tmp"))


def test_readlink_reads_links_only(do, fails):
    """readlink() of anything else is EINVAL."""
    do(lambda sys: write(sys, "/tmp/f"))

    assert EINVAL == fails(lambda sys: sys.readlink("/tmp/f"))
    assert EINVAL == fails(lambda sys: sys.readlink("/tmp"))


# -- Opening --------------------------------------------------------------------------------------


def test_o_excl_makes_a_new_file_only(do, fails):
    """O_CREAT|O_EXCL succeeds once."""
    assert 0 == fails(lambda sys: sys.open("/tmp/f", WRITE | ino.O_EXCL))
    assert EEXIST == fails(lambda sys: sys.open("/tmp/f", WRITE | ino.O_EXCL))


def test_o_trunc_empties_a_file_opened_for_writing(do):
    """O_TRUNC empties; without it the rest of the old contents stays."""

    def steps(sys):
        write(sys, "/tmp/f", b"12345")
        write(sys, "/tmp/f", b"ab", flags=0)
        kept = read(sys, "/tmp/f")
        write(sys, "/tmp/f", b"z")
        return kept, read(sys, "/tmp/f")

    assert (b"ab345", b"z") == do(steps)


def test_o_append_writes_at_the_end(do):
    """Two writers with O_APPEND never overwrite each other, wherever their positions are."""

    def steps(sys):
        one = sys.open("/tmp/f", WRITE | ino.O_APPEND)
        two = sys.open("/tmp/f", WRITE | ino.O_APPEND)
        sys.write(one, b"a")
        sys.write(two, b"b")
        sys.lseek(one, 0, ino.SEEK_SET)
        sys.write(one, b"c")
        return read(sys, "/tmp/f"), sys.lseek(one, 0, ino.SEEK_CUR)

    assert (b"abc", 3) == do(steps)


@pytest.mark.parametrize(
    ("path", "flags", "errno"),
    [
        ("/tmp", ino.O_WRONLY, EISDIR),
        ("/tmp", ino.O_RDWR, EISDIR),
        ("/tmp", ino.O_CREAT, EISDIR),
        ("/tmp/new/", ino.O_CREAT | ino.O_WRONLY, EISDIR),
        ("/tmp/f", ino.O_DIRECTORY, ENOTDIR),
        ("/tmp/f/", 0, ENOTDIR),
        ("/tmp", ino.O_DIRECTORY, 0),
        ("/tmp/new", 0, ENOENT),
        ("/tmp/none/new", WRITE, ENOENT),
        ("/tmp/f/new", WRITE, ENOTDIR),
    ],
)
def test_opening_knows_files_from_directories(do, fails, path, flags, errno):
    """Directories cannot be written, files cannot be searched."""
    do(lambda sys: write(sys, "/tmp/f"))

    assert errno == fails(lambda sys: sys.open(path, flags))


def test_directories_are_not_read_as_files(fails):
    """read() of a directory is EISDIR."""
    assert EISDIR == fails(lambda sys: sys.read(sys.open("/tmp")))


def test_umask_takes_rights_away(do):
    """New files and directories have the asked mode without the umask's bits."""

    def steps(sys):
        before = sys.umask(0o027)
        write(sys, "/tmp/f")
        sys.mkdir("/tmp/d")
        write(sys, "/tmp/x", mode=0o777)
        modes = [sys.stat(f"/tmp/{name}").mode & 0o777 for name in "fdx"]
        return before, modes, sys.umask(0)

    assert (0o022, [0o640, 0o750, 0o750], 0o027) == do(steps)


# -- Rights ---------------------------------------------------------------------------------------


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


# -- Names: making, removing, moving --------------------------------------------------------------


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


# -- Times and sizes ------------------------------------------------------------------------------


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


# -- Mounts ---------------------------------------------------------------------------------------


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
