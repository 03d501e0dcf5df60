"""Nothing that is outside the workspace is ever reached, whatever is swapped under the host."""

from __future__ import annotations

import os
import shutil

import pytest

from vshell.machine.dialogue import Dialogue
from vshell.machine.disk import Disk
from vshell.machine.host import Host, HostSettings

OUTSIDE = {"secret": "secret\n", "a.py": "other\n", "sub/deep": "deep\n"}


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def outside(tmp_path):
    """A folder beside the workspace; whatever the test does, it must stay as it is."""
    folder = tmp_path / "outside"
    (folder / "sub").mkdir(parents=True)
    for name, text in OUTSIDE.items():
        (folder / name).write_text(text)
    modes = {path: path.stat().st_mode for path in folder.rglob("*")}

    yield folder

    assert contents(folder) == OUTSIDE
    assert {path: path.stat().st_mode for path in folder.rglob("*")} == modes


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    (folder / "project" / "sub").mkdir(parents=True)
    (folder / "project" / "a.py").write_text("a = 1\n")
    (folder / "project" / "sub" / "deep").write_text("own\n")
    return folder


@pytest.fixture
def prompt(home):
    hosts = []

    def make(**options):
        settings = HostSettings()
        settings.folder = ""
        hosts.append(Host(settings, workspace=str(home), **options))
        return Dialogue(hosts[-1])

    yield make
    for host in hosts:
        host.shut_down()


def swap(home, outside):
    """Put a link that leads out where a folder of the workspace was."""
    (home / "project").rename(home / "moved")
    os.symlink(outside, home / "project")


@pytest.mark.parametrize("write", [False, True])
def test_a_folder_that_becomes_a_link_does_not_lead_out(home, outside, prompt, write):
    """Whoever stands in a folder that is swapped for a link neither reads nor writes behind it."""
    dialogue = prompt(write=write)
    dialogue.type("cd project; exec 3< a.py; exec 4>> a.py")
    swap(home, outside)

    shown = dialogue.type("ls; cat secret; cat a.py; cat <&3; cat sub/deep; ls sub")
    assert "secret" not in shown.replace("cat: secret:", "")
    assert "other" not in shown
    assert "deep\n" not in shown.replace("sub/deep", "")

    dialogue.type("echo x > secret; echo x > new; echo x >&4; echo x > sub/deep; mkdir d")
    dialogue.type("chmod 777 secret a.py; rm -f secret a.py; mv sub/deep got; ln -s x y; mv a.py b")
    assert sorted(os.listdir(outside)) == ["a.py", "secret", "sub"]


def test_a_removed_folder_leads_nowhere(outside, prompt):
    """A process whose folder was removed does not see what a link of that name leads to."""
    dialogue = prompt(write=True)
    dialogue.type(f"mkdir d; cd d; rmdir ../d; ln -s {outside} ../d")

    assert "" == dialogue.type("ls")
    assert "cat: secret: No such file or directory\n" == dialogue.type("cat secret")
    dialogue.type("echo x > new; echo x > secret")
    assert sorted(os.listdir(outside)) == ["a.py", "secret", "sub"]


def test_writing_leaves_another_name_of_a_file_alone(home, outside, prompt):
    """A hard link out of the workspace is broken by the first write, and by a changed mode."""
    for name in ("one", "two", "three"):
        os.link(outside / "secret", home / name)
    dialogue = prompt(write=True)
    dialogue.type("echo new > one; chmod 755 two; echo more >> three")

    assert "new\n" == (home / "one").read_text()
    assert 0o755 == (home / "two").stat().st_mode & 0o777
    assert "secret\nmore\n" == (home / "three").read_text()


@pytest.mark.parametrize("special", ["fifo", "link"])
def test_a_file_that_becomes_something_else_is_not_opened(home, outside, prompt, special):
    """An open file whose name becomes a FIFO or a link gives an error; nobody waits for ever."""
    dialogue = prompt(write=True)
    dialogue.type("exec 3<> project/a.py")
    (home / "project" / "a.py").unlink()
    if special == "fifo":
        os.mkfifo(home / "project" / "a.py")
    else:
        os.symlink(outside / "secret", home / "project" / "a.py")

    assert "secret" not in dialogue.type("cat <&3; echo x >&3; echo done")


def test_names_of_proc_are_of_the_host(home, prompt):
    """/proc/self/root, /proc/self/cwd and /dev/fd lead about in the virtual tree only."""
    dialogue = prompt(write=True)
    os.symlink("/proc/self/root", home / "root")
    os.symlink("/proc/self/cwd/..", home / "up")

    assert (
        dialogue.type("ls /") == dialogue.type("ls root/") == dialogue.type("ls /proc/self/root/")
    )
    assert "test\n" == dialogue.type("ls up/")
    assert str(home) not in dialogue.type("readlink -f root up; ls -l /proc/self/fd /proc/self/cwd")


def test_a_kill_in_the_middle_of_a_write_leaves_a_file(home, monkeypatch):
    """A file is never empty between its old contents and its new ones."""
    seen = []
    truncate = os.ftruncate

    def look(fd, size):
        seen.append((home / "f").read_bytes())
        truncate(fd, size)

    monkeypatch.setattr(os, "ftruncate", look)
    disk = Disk(str(home))
    disk.write("f", b"a long first text", 0o644)
    disk.write("f", b"second", 0o644)

    assert [b"a long first text", b"second first text"] == seen
    assert b"second" == (home / "f").read_bytes()


def test_every_step_of_a_way_is_a_folder(home, outside):
    """No access at all follows a link on its way, wherever on the way it stands."""
    os.symlink(outside, home / "link")
    os.symlink(outside / "sub", home / "project" / "link")
    disk = Disk(str(home))
    for name in ("link/secret", "link/sub/deep", "project/link/deep"):
        for access in (
            lambda name=name: disk.read(name, 100),
            lambda name=name: disk.write(name, b"x", 0o644),
            lambda name=name: disk.status(name),
            lambda name=name: disk.chmod(name, 0o600),
            lambda name=name: disk.unlink(name),
            lambda name=name: disk.rename("project/a.py", name),
            lambda name=name: disk.rename(name, "project/got"),
            lambda name=name: disk.symlink("x", f"{name}.new"),
            lambda name=name: disk.mkdir(f"{name}.new", 0o755),
        ):
            with pytest.raises(NotADirectoryError):
                access()
    with pytest.raises(NotADirectoryError):
        disk.names("link")


def test_a_root_that_is_gone_is_an_error(home, prompt):
    """A workspace that is deleted while the host runs gives errors, and the host goes on."""
    dialogue = prompt(write=True)
    shutil.rmtree(home)

    assert "No such file or directory" in dialogue.type("ls; echo x > f")
    assert "here\n" == dialogue.type("echo here")
