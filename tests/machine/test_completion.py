"""Completion from the live state of a host."""

from __future__ import annotations

import pytest

from vshell.machine.completion import complete, list_commands
from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host


@pytest.fixture(scope="module")
def dialogue():
    """A prompt at which two modules are built, and one with parameters and a thread is loaded."""
    host = Host()
    dialogue = Dialogue(host)
    dialogue.type("cd ~/hello; make 2>/dev/null; cd ~/kthread_examples; make 2>/dev/null")
    dialogue.type("sudo insmod kthread.ko; mkdir 'a dir'; echo x > 'a dir/some file'")
    yield dialogue
    host.shut_down()


def candidates(dialogue, text):
    """Give what the line would become, for each candidate."""
    found = complete(dialogue.host, dialogue.process.pid, text)
    return [text[: one.start] + one.text for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("insm", ["insmod "]),
        ("sudo insm", ["sudo insmod "]),
        ("cat x | unal", ["cat x | unalias "]),
        ("sudo rmmod ", ["sudo rmmod kthread "]),
        ("sudo rmmod k", ["sudo rmmod kthread "]),
        ("insmod k", ["insmod kthread.ko "]),
        ("insmod ./k", ["insmod ./kthread.ko "]),
        ("insmod ../hello/", ["insmod ../hello/hello.ko "]),
        ("insmod ../hello/hello.ko t", ["insmod ../hello/hello.ko times="]),
        ("modinfo ~/hel", ["modinfo ~/hello/"]),
        ("modinfo -F verm", ["modinfo -F vermagic "]),
        ("make cl", ["make clean "]),
        ("cd a", ["cd a\\ dir/"]),
        ("cat a\\ dir/so", ["cat a\\ dir/some\\ file "]),
        ('cat "a dir/so', ["cat a\\ dir/some\\ file "]),
        ("echo $HOSTN", []),
        ("echo $HOM", ["echo $HOME"]),
        ("cat /proc/4097/wch", ["cat /proc/4097/wchan "]),
        ("echo x > Make", ["echo x > Makefile "]),
        ("./no", []),
    ],
)
def test_candidates(dialogue, text, expected):
    """Each kind of word is completed from what the host has now."""
    assert expected == candidates(dialogue, text)


def test_pids_are_shown_with_names(dialogue):
    """After kill, pids are offered with the names of their tasks."""
    found = complete(dialogue.host, dialogue.process.pid, "kill 409")

    assert [("4097", "kthread_park thread1 example"), ("4098", "kthread_park thread2 example")] == [
        (one.shown, one.meta) for one in found
    ]


def test_options_come_from_the_programs(dialogue):
    """Long options are those the program itself knows."""
    assert "uname --kernel-release " in candidates(dialogue, "uname --k")


def test_commands_are_programs_builtins_and_words(dialogue):
    """The list of commands has programs, builtins and the shell's words."""
    assert {"make", "cd", "while"} <= set(list_commands(dialogue.host, 0))


def test_a_dead_shell_completes_nothing(dialogue):
    """A pid that is no process gives no candidates."""
    assert [] == complete(dialogue.host, 99999, "ls")
