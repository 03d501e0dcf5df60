"""Completion from the live state of a host."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import FunctionType

import pytest

from vshell.linux import kthread
from vshell.machine import words
from vshell.machine.completion import complete, list_commands
from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host
from vshell.machine.tree import program_names
from vshell.machine.vmlinux import HEADER_NAMES
from vshell.machine.words import kernel_functions, option_words, program_summary


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


def test_every_option_has_a_line_of_help():
    """Each long option of each program is in option_words.txt, and so is nothing else."""
    names = [name for name in program_names() if name != "bash"]
    unknown, known = [], set()
    for name in names:
        for key in getattr(import_module(f"vshell.usr.{name}"), "_LONG", {}):
            option = key.rstrip("?=")
            known.add(option)
            if not option_words(name, option):
                unknown.append(f"{name} --{option}")
    told = Path(words.__file__).with_name("option_words.txt").read_text().splitlines()
    sections = [line[1:-1] for line in told if line.startswith("[")]
    options = {line.split("\t")[0].rstrip("=") for line in told if line[0] not in "#[-"}

    assert [] == unknown
    assert {"*"} == set(sections) - set(names)
    assert set() == options - known - {"colour"}
    assert sorted(sections[1:]) == sorted(set(sections[1:]))


def test_help_stands_beside_options_and_commands(dialogue):
    """Options come with their short form and what they mean, commands with what they do."""
    found = complete(dialogue.host, dialogue.process.pid, "ls --alm")
    assert [("-A, --almost-all", "as --all, without . and ..")] == [
        (one.shown, one.meta) for one in found
    ]
    found = complete(dialogue.host, dialogue.process.pid, "insm")
    assert [("insmod", program_summary("insmod"))] == [(one.shown, one.meta) for one in found]
    assert "module" in program_summary("insmod")
    assert "shell builtin" == complete(dialogue.host, dialogue.process.pid, "getopts")[0].meta


def test_functions_of_the_kernel(dialogue):
    """Pages are there for functions, too, each with the first sentence of its docstring."""
    found = {
        one.shown: one.meta
        for one in complete(dialogue.host, dialogue.process.pid, "man kthread_sto")
    }

    assert {"kthread_stop"} <= set(found)
    assert found["kthread_stop"] == (kthread.kthread_stop.__doc__ or "").split(".\n")[0]


def test_all_public_functions_are_known():
    """What a module can call can be completed: every public function of the mirror."""
    public = set()
    for header in HEADER_NAMES:
        module = import_module(f"vshell.linux.{header}")
        public |= {n for n in module.__all__ if isinstance(vars(module).get(n), FunctionType)}

    assert set() == public - set(kernel_functions())


def test_signals_and_shell_options(dialogue):
    """kill completes the names of signals, set the names of the shell's options."""
    assert ["kill -KILL "] == candidates(dialogue, "kill -KI")
    assert ["set -o vi "] == candidates(dialogue, "set -o v")[1:]
