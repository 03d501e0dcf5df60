"""Paths: walking them, following links, opening what they lead to."""

from __future__ import annotations

import pytest

from tests.kernel.vfs_steps import USER, WRITE, read, write
from vshell.abi.errno import (
    EACCES,
    EEXIST,
    EINVAL,
    EISDIR,
    ELOOP,
    ENAMETOOLONG,
    ENOENT,
    ENOTDIR,
)
from vshell.kernel import inode as ino


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
