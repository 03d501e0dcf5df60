"""clock at the prompt, with the real clock and a real pseudo-terminal."""

from __future__ import annotations

import pytest

from tests.console.terminal import Terminal

pytestmark = pytest.mark.slow  # starts vshell with its line editor


@pytest.fixture
def terminal(tmp_path):
    """A prompt at the default pace."""
    opened = Terminal(home=tmp_path, columns=100)
    opened.wait_for_prompt()
    yield opened
    opened.close()


def stamp_s(line):
    """Read the stamp that dmesg has put before a line."""
    return float(line.partition("[")[2].partition("]")[0])


def test_a_minute_passes_at_once(terminal):
    """The prompt is back before anybody loses patience; what is logged then is a minute later."""
    log = "sudo sh -c 'echo mark > /dev/kmsg'; dmesg | tail -n 1"
    (before,) = terminal.run(log)
    assert [] == terminal.run("clock +1min")
    (after,) = terminal.run(log)

    assert (True, True) == (before.endswith("] mark"), after.endswith("] mark"))
    assert 60 <= stamp_s(after) - stamp_s(before) < 90


def test_a_paused_clock_stands_at_the_prompt(terminal):
    """While the clock is paused, a prompt at which keys are typed lets no time pass."""
    terminal.run("clock pause")
    (before,) = terminal.run("date +%s%N")
    terminal.type("ls /usr/b\t")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("ls /usr/bin/"))
    terminal.type("\x15")
    (after,) = terminal.run("date +%s%N")

    assert 0 < int(after) - int(before) < 20_000_000
