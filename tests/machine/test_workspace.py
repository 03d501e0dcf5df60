"""The workspace: real files as the home directory, written in memory or through."""

from __future__ import annotations

import os

import pytest

from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host, HostSettings


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    (folder / "project").mkdir(parents=True)
    (folder / "note.txt").write_text("one\n")
    (folder / "project" / "a.py").write_text("a = 1\n")
    (tmp_path / "secret.txt").write_text("secret\n")
    return folder


@pytest.fixture
def prompt(home):
    """Make a prompt in the home directory; ``write=True`` writes through."""
    hosts = []

    def make(**options):
        settings = HostSettings()
        settings.folder = ""
        hosts.append(Host(settings, workspace=str(home), **options))
        return Dialogue(hosts[-1])

    yield make
    for host in hosts:
        host.shut_down()


def test_files_are_read_live(home, prompt):
    """What an editor saves on the disk is there at the next command."""
    dialogue = prompt()
    dialogue.type("cat note.txt")
    (home / "note.txt").write_text("two\n")

    assert "two\n" == dialogue.type("cat note.txt")


def test_new_and_removed_files_are_noticed(home, prompt):
    """Files made and removed on the disk appear and disappear."""
    dialogue = prompt()
    (home / "new").write_text("new\n")
    (home / "note.txt").unlink()

    assert "new\nproject\n" == dialogue.type("for f in *; do echo $f; done")


def test_writes_stay_in_memory(home, prompt):
    """Without --write the disk never changes, whatever the host does to its files."""
    dialogue = prompt()
    dialogue.type("echo x > note.txt; echo y > made; mkdir d; rm -r project; mv note.txt moved")

    assert "x\n" == dialogue.type("cat moved")
    assert ["note.txt", "project"] == sorted(os.listdir(home))
    assert "one\n" == (home / "note.txt").read_text()


def test_writes_go_through(home, prompt):
    """With --write files, directories, links and moves reach the disk."""
    dialogue = prompt(write=True)
    dialogue.type("echo x >> note.txt; mkdir d; echo y > d/f; ln -s f d/l; mv d e; rm project/a.py")

    assert "one\nx\n" == (home / "note.txt").read_text()
    assert "y\n" == (home / "e" / "f").read_text()
    assert "f" == os.readlink(home / "e" / "l")
    assert [] == os.listdir(home / "project")


def test_symbolic_links_do_not_lead_out(home, prompt):
    """A link to a real file outside is followed in the virtual tree only."""
    os.symlink(home.parent / "secret.txt", home / "absolute")
    os.symlink("../secret.txt", home / "relative")
    os.symlink(home.parent, home / "up")
    dialogue = prompt(write=True)

    for name in ("absolute", "relative", "up/secret.txt"):
        assert f"cat: {name}: No such file or directory\n" == dialogue.type(f"cat {name}")
    dialogue.type("echo broken > relative; echo broken > ../secret.txt")
    assert "secret\n" == (home.parent / "secret.txt").read_text()


def test_dot_dot_stays_in_the_virtual_tree(prompt):
    """Above the home directory lies /home, not the real directory above the workspace."""
    dialogue = prompt()

    assert "/home/test\n" == dialogue.type("cd ..; pwd; cd - >/dev/null")[:0] + dialogue.type("pwd")
    assert "test\n" == dialogue.type("cd ..; echo *")


def test_times_are_virtual(home, prompt):
    """A file's date does not depend on its real one, until it changes on the disk."""
    os.utime(home / "note.txt", (1, 1))
    dialogue = prompt()
    first = dialogue.type("stat -c %Y note.txt project/a.py").split()
    dialogue.wait_until(200_000_000_000)
    (home / "note.txt").write_text("changed\n")
    second = dialogue.type("stat -c %Y note.txt project/a.py").split()

    assert first[0] == first[1] == second[1]
    assert int(second[0]) == 1_710_756_000 + 200


def test_special_files_are_not_there(home, prompt):
    """A FIFO of the disk is invisible: nothing on the host can block on it."""
    os.mkfifo(home / "fifo")

    assert "note.txt project\n" == prompt().type("echo *")


def test_unreadable_files_say_so(home, prompt):
    """An error of the real disk is the virtual system call's error."""
    if os.getuid() == 0:
        pytest.skip("root may read everything")
    (home / "note.txt").chmod(0)

    assert "cat: note.txt: Permission denied\n" == prompt().type("cat note.txt")


def test_products_of_an_earlier_session_are_compared(home, prompt):
    """A build product newer than its sources is fresh; one that is older is made again."""
    product = home / "project" / "a.ko"
    product.write_text("x")
    times = {}
    for name, real in (("new", 2_000_000_000), ("old", 1_000_000_000)):
        os.utime(home / "project" / "a.py", (1_500_000_000, 1_500_000_000))
        os.utime(product, (real, real))
        text = "if [ project/a.ko -nt project/a.py ]; then echo fresh; else echo stale; fi"
        times[name] = prompt().type(text)

    assert {"new": "fresh\n", "old": "stale\n"} == times


def test_the_space_in_memory_is_limited(prompt):
    """Filling the memory gives ENOSPC to the program and harms nothing else."""
    dialogue = prompt()
    dialogue.host.kernel.vfs.use((1 << 30) - 100_000)

    assert "No space left on device" in dialogue.type("cat /dev/zero > big")
    assert "still here\n" == dialogue.type("echo still here")
