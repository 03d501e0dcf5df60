"""top on a terminal: what its keys do."""

from __future__ import annotations

import pyte
import pytest


@pytest.fixture
def top(make_dialogue):
    """Run a command that shows top, press keys, and give the screen after each."""

    def run(keys, command="top"):
        dialogue = make_dialogue()
        screen = pyte.Screen(80, 24)
        screen.set_mode(pyte.modes.LNM)
        stream = pyte.ByteStream(screen)
        dialogue.take_output()
        dialogue.enter(command)
        now_ns = dialogue.host.kernel.now_ns
        shown = []
        for key in [*keys, ""]:
            now_ns += 1_000_000_000
            dialogue.wait_until(now_ns)
            stream.feed(dialogue.take_output().encode())
            shown.append([row.rstrip() for row in screen.display])
            dialogue.press(key.encode(), now_ns + 1)
        return shown, dialogue

    return run


def test_q_leaves_at_once(top):
    """q ends top without Enter, below its last frame, and the prompt reads lines again."""
    shown, dialogue = top(["q"])

    assert shown[0][0].startswith("top - 10:01:")
    assert shown[0][6].split()[:4] == ["PID", "USER", "PR", "NI"]
    assert dialogue.is_waiting
    assert "ok" in dialogue.type("echo ok")


def test_ctrl_c_leaves(top):
    """Ctrl-C ends top, too."""
    _, dialogue = top(["\x03"])

    assert dialogue.is_waiting


def test_keys_sort_and_toggle(top):
    """N sorts by number, c shows whole command lines, 1 shows each CPU."""
    shown, _ = top(["N", "R", "c", "1", "q"])

    pids = [int(row.split()[0]) for row in shown[1][7:20]]
    assert sorted(pids, reverse=True) == pids
    assert ["1", "2"] == [row.split()[0] for row in shown[2][7:9]]
    assert "/sbin/i" in shown[3][7]
    assert [shown[4][2][:5], shown[4][3][:5]] == ["%Cpu0", "%Cpu1"]


def test_a_task_can_be_killed(make_dialogue):
    """k asks for a task and a signal."""
    dialogue = make_dialogue()
    dialogue.type("sleep 100 &")
    pid = dialogue.type("echo $!").strip()
    dialogue.enter("top")
    now_ns = dialogue.host.kernel.now_ns
    for number, key in enumerate(["k", f"{pid}\n", "\n", "q"], 1):
        dialogue.press(key.encode(), now_ns + number * 1_000_000_000)
    dialogue.finish()

    assert "PID to signal/kill [default pid = " in dialogue.peek_output()
    assert "Terminated" in dialogue.take_output() + dialogue.type("jobs")


def test_the_delay_and_refusals(top):
    """d asks for the delay; what makes no sense is told."""
    shown, _ = top(["d", "x\n", "d", "0.5\n", "q"])

    assert "Change delay from 3.0 to" in shown[1][5]
    assert "Unacceptable floating point" in shown[2][5]
    assert shown[5][0] != shown[3][0]


def test_help(top):
    """h shows what the keys are, and any key leads back."""
    shown, _ = top(["h", "x", "q"])

    assert shown[1][0].startswith("Help for Interactive Commands")
    assert shown[2][0].startswith("top - ")
