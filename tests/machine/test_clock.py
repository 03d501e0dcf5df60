"""The clock's control in dialogues, as a file, as a setting, and its completion."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vshell.kernel.hrtimer import HrTimer
from vshell.machine.completion import complete
from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host
from vshell.machine.pacing import Pacing
from vshell.machine.settings import HostSettings, SettingsError

WAIT_S = 20
S = 1_000_000_000
LOAD = "cd ~/kthread_examples; make >/dev/null 2>&1; sudo insmod ./kthread.ko"


# -- A dialogue on the free clock -----------------------------------------------------------------


def test_the_free_clock_only_notes_what_is_set(make_dialogue):
    """In a dialogue pause, resume and speed change nothing but what is shown."""
    plain, changed = make_dialogue(), make_dialogue()
    changed.type("clock pause; clock speed 50")
    plain.type("clock >/dev/null; clock >/dev/null")
    start_ns = changed.host.kernel.now_ns
    changed.type("sleep 3")

    assert 0 <= changed.host.kernel.now_ns - start_ns - 3 * S < 10_000_000
    assert "state       paused" in changed.type("clock")
    assert "speed       50 virtual" in changed.type("clock")
    assert "speed       1 virtual" in plain.type("clock")


def test_a_waiting_prompt_lets_no_time_pass(make_dialogue):
    """After a step a prompt that waits stands at the wake-up's time; the next step goes on."""
    dialogue = make_dialogue()
    dialogue.type(LOAD)
    first, second = (dialogue.type("clock step").split()[1] for _ in range(2))

    assert 0.3 < float(second.rstrip("]")) - float(first.rstrip("]")) < 1.1


def test_ctrl_c_ends_running_ahead(make_dialogue):
    """Ctrl-C ends clock where it is, with status 130, and nobody runs ahead any more."""
    dialogue = make_dialogue()
    start_ns = dialogue.host.kernel.now_ns
    dialogue.press(b"\x03", start_ns + 5 * S)
    shown = dialogue.type("clock until 'log never'")

    assert ("^C", 130) == (shown.strip(), dialogue.status)
    assert 0 < dialogue.host.kernel.now_ns - start_ns - 5 * S < 10_000_000
    assert 0 == dialogue.host.clock.runs_ahead
    assert [] == dialogue.host.kernel.trace._subscribers


class ImpatientPacing(Pacing):
    """A pacing that must not be made to wait for long."""

    __slots__ = ()

    def wait_until(self, virtual_ns):
        """Wait, but not a second."""
        assert self.real_delay_s(virtual_ns) < 1
        super().wait_until(virtual_ns)


def test_a_paced_dialogue_does_not_wait_while_time_runs_ahead():
    """At a pace, what runs ahead and what runs while the clock is paused waits for no real time."""
    host = Host()
    pacing = ImpatientPacing(1.0)
    pacing.start(host.kernel.now_ns)
    dialogue = Dialogue(host, pacing)
    start_ns = host.kernel.now_ns
    dialogue.type("clock +1min; clock until 'next wakeup'; clock pause; sleep 50")
    with pytest.raises(AssertionError):
        dialogue.type("clock resume; sleep 50")

    assert host.kernel.now_ns - start_ns > 110 * S
    assert 1.0 == pacing.rate
    host.shut_down()


def test_a_dialogues_pace_multiplies_the_speed():
    """A replay at a pace is so many times faster than what the clock was set to."""
    host = Host()
    pacing = Pacing(1000.0)
    pacing.start(host.kernel.now_ns)
    dialogue = Dialogue(host, pacing)
    dialogue.type("clock speed 5")

    assert "speed       5 virtual" in dialogue.type("clock")
    assert 5000.0 == pacing.rate
    host.shut_down()


@pytest.mark.slow  # starts vshell
def test_a_script_at_the_real_clocks_pace_runs_ahead():
    """With --realtime, clock +1h takes no hour."""
    done = subprocess.run(
        [sys.executable, "-m", "vshell", "--realtime", "-c", "clock +1h; clock"],
        capture_output=True,
        check=True,
        text=True,
        timeout=WAIT_S,
    )

    assert done.stdout.startswith("time        [ 3700.")


# -- The file -------------------------------------------------------------------------------------


def test_the_file_tells_and_takes_commands(sh):
    """/proc/vshell/clock gives facts, a name and a value a line, and takes one command a write."""
    shown = sh(
        "f=/proc/vshell/clock; echo pause > $f; echo speed 4 > $f; cat $f; stat -c %A $f;"
        "echo until 130000000000 > $f; grep time_ns $f"
    )
    *facts, mode, time = shown.out.splitlines()
    names = ["time_ns", "date_ns", "rate", "state", "next_ns", "next_pid", "next_name"]

    assert ("", "-rw-rw-rw-") == (shown.err, mode)
    assert names == [line.split()[0] for line in facts]
    assert ["rate 4", "state paused"] == facts[2:4]
    assert 0 <= int(time.split()[1]) - 130 * S < 1_000_000


@pytest.mark.parametrize(
    "command",
    [
        *("''", "'pause 1'", "'resume now'", "'go'", "'until'", "'until 1x'", "'until log'"),
        *("'until wakeup 1'", "'speed'", "'speed 0'", "'speed 1e9'", "'speed nan'", "'step 0'"),
        *("'step 1 2'", "'until ٣'", "'until 123456789012345678901'", "'until 5 6'"),
    ],
)
def test_the_file_refuses_what_is_no_command(sh, command):
    """What is no command gives EINVAL."""
    shown = sh(f"echo {command} > /proc/vshell/clock")

    assert (1, "bash: line 1: echo: write error: Invalid argument\n") == (shown.status, shown.err)


@pytest.mark.parametrize("what", ["parked 99", "woken x", "exited x", f"exited {'9' * 5000}"])
def test_the_file_knows_no_such_task(sh, what):
    """A task that there is not gives ESRCH."""
    shown = sh(f"echo until {what} > /proc/vshell/clock")

    assert "bash: line 1: echo: write error: No such process\n" == shown.err


def test_an_hrtimer_of_no_task_is_named_by_its_function(make_dialogue):
    """Of a timer that wakes no task its function is told; one that was cancelled is left out."""
    dialogue = make_dialogue()
    kernel = dialogue.host.kernel

    def ring():
        """Do nothing."""

    near, far = (HrTimer(kernel.hrtimers, function) for function in (print, ring))
    kernel.hrtimers.start(near, kernel.now_ns + S)
    kernel.hrtimers.start(far, kernel.now_ns + 2 * S)
    kernel.hrtimers.cancel(near)

    assert [far] == [timer for _, timer in kernel.hrtimers.pending()]
    assert dialogue.type("clock").rstrip().endswith(" s: ring(), of no task")


@pytest.mark.parametrize("speed", [0, -0.5, 1e9])
def test_a_hosts_speed_is_positive(speed):
    """A host file with a speed that cannot be is refused."""
    with pytest.raises(SettingsError, match="speed must be"):
        HostSettings().update({"speed": speed}, "h.yaml")


# -- Completion -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("clock s", ["speed ", "step "]),
        ("clock speed ", ["max "]),
        ("clock until ne", ["next\\ wakeup "]),
        ("clock until kth", [f"kthread_park\\ thread{n}\\ example " for n in (1, 2)]),
        ("clock until 4097 p", ["parked "]),
        ("clock until kthread_park\\ thread1\\ example wo", ["woken "]),
        ("clock pause ", []),
        ("clock until 4097 parked ", []),
    ],
)
def test_words_are_completed(make_dialogue, text, expected):
    """The clock's words, the threads of modules and the states are offered where they fit."""
    dialogue = make_dialogue()
    dialogue.type(LOAD)

    found = complete(dialogue.host, dialogue.process.pid, text)
    assert expected == [one.text for one in found]
