"""The command line, as a process of its own: bytes, exit status, time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = "make; sudo insmod ./kthread.ko; sleep 8.5; sudo rmmod kthread; dmesg"


def vshell(*words, stdin=b"", cwd=ROOT, **environment):
    """Run ``python -m vshell``; give status, output and error as bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "vshell", *words],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_the_tutorial_gives_the_same_bytes_everywhere(tmp_path):
    """The tutorial's commands print the same bytes in any directory and under any hash seed.

    Slow: starts the interpreter three times.
    """
    runs = {
        vshell("-c", TUTORIAL, PYTHONHASHSEED="1"),
        vshell("-c", TUTORIAL, cwd=tmp_path, PYTHONHASHSEED="2"),
        vshell("-c", TUTORIAL, cwd="/", TZ="Asia/Tokyo", LANG="de_DE.UTF-8", PYTHONHASHSEED="3"),
    }

    assert 1 == len(runs)
    status, out, _ = runs.pop()
    assert 0 == status
    assert b"Thread 1 execution" in out


@pytest.mark.parametrize(
    ("command", "status"),
    [("true", 0), ("false", 1), ("exit 7", 7), ("nosuch", 127), ("kill -9 $$", 137), ("/etc", 126)],
)
def test_the_status_is_the_last_commands(command, status):
    """With -c the exit status is that of the last virtual command."""
    assert status == vshell("-c", command)[0]


def test_streams_are_kept_apart():
    """Standard output and error carry what the virtual programs wrote there, and nothing else."""
    assert (0, b"out\n", b"err\n") == vshell("-c", "echo out; echo err >&2")


def test_standard_input_is_the_programs():
    """With -c programs read the real standard input."""
    assert (0, b"a line|rest\n", b"") == vshell(
        "-c", 'read x; read y; echo "$x|$y"', stdin=b"a line\nrest\n"
    )


def test_commands_may_come_on_standard_input():
    """Without a terminal, commands are read from standard input as bash does."""
    assert (3, b"5\n", b"") == vshell(stdin=b"x=5\necho $x\nexit 3\n")


def test_scripts_get_their_arguments(tmp_path):
    """A script of the real disk runs with $0 and its arguments."""
    script = tmp_path / "s.sh"
    script.write_text('echo "$0 $# $2"\nnosuch\n')
    status, out, err = vshell(str(script), "a", "b c")

    assert (127, f"{script} 2 b c\n".encode()) == (status, out)
    assert f"{script}: line 2: nosuch: command not found\n".encode() == err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--nosuch"], "unrecognized option '--nosuch'"),
        (["-c"], "option '-c' requires an argument"),
        (["--speed", "0"], "the speed must be a positive number, not '0'"),
        (["--seed", "x"], "the seed must be a whole number, not 'x'"),
        (["--write=yes"], "option '--write' doesn't allow an argument"),
        (["--workspace", "/nowhere", "-c", "true"], "/nowhere: No such file or directory"),
        (["--workspace", "/dev/null", "-c", "true"], "/dev/null: Not a directory"),
        (["--host", "/nowhere.yaml", "-c", "true"], "/nowhere.yaml: No such file or directory"),
        (["/nowhere.sh"], "/nowhere.sh: No such file or directory"),
        (["-c", "cat /dev/kmsg"], "cat (pid 2914) sleeps in devkmsg_read"),
    ],
)
def test_vshells_own_messages(words, message):
    """Messages of vshell itself begin with "vshell: ", go to standard error, and give status 2."""
    status, out, err = vshell(*words)

    assert 2 == status
    assert err.decode().startswith("vshell: ")
    assert message in err.decode()
    assert b"" == out or words[0] == "-c"


def test_help_and_version():
    """--help and --version print to standard output and succeed."""
    assert vshell("--version")[1].startswith(b"vshell ")
    status, out, err = vshell("--help")
    assert (0, b"") == (status, err)
    assert b"--workspace DIR" in out


def test_a_seed_changes_the_order_and_repeats():
    """A seed gives the same bytes each time; its order may differ from first come, first served."""
    command = "for i in 1 2 3 4 5 6 7 8; do echo $i & done; wait"
    runs = {seed: [vshell("--seed", seed, "-c", command)[1] for _ in range(2)] for seed in "12"}

    assert all(first == second for first, second in runs.values())
    assert sorted(runs["1"][0].split()) == sorted(runs["2"][0].split())


def test_a_closed_pipe_ends_quietly():
    """When nobody reads any more, the programs end as of SIGPIPE, without a message of ours."""
    command = [sys.executable, "-m", "vshell", "-c", "while true; do echo y; done"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert b"y\n" == running.stdout.readline()
        running.stdout.close()
        assert b"vshell:" not in running.stderr.read()
        assert 0 != running.wait()
