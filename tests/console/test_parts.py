"""The parts of the prompt that need no terminal: search, looks, what a prompt shows."""

from __future__ import annotations

import os

import pytest

from vshell.abi.prompt import Glance
from vshell.console.looks import Looks
from vshell.console.relay import Relay, paint_prompt, visible_text
from vshell.console.search import find_lines
from vshell.console.toolbar import toolbar_text

LINES = ["sudo rmmod kthread", "make", "ls", "sudo insmod ./kthread.ko", "Make it", "make", "cat x"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["sudo rmmod kthread", "make", "ls", "sudo insmod ./kthread.ko"]),
        ("make", ["make", "Make it"]),
        ("Make", ["Make it"]),
        ("ins", ["sudo insmod ./kthread.ko"]),
        ("ktrd", ["sudo rmmod kthread", "sudo insmod ./kthread.ko"]),
        ("smd", ["sudo insmod ./kthread.ko", "sudo rmmod kthread"]),
        ("kthread sudo", ["sudo rmmod kthread", "sudo insmod ./kthread.ko"]),
        ("thread rmmod", ["sudo rmmod kthread"]),
        ("dnothing", []),
    ],
)
def test_what_a_few_letters_find(query, found):
    """Whole words first, then letters close together, then the newer; each line once."""
    assert found == find_lines(query, LINES, 4)


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("\x1b[01;32mu@h\x1b[00m:~$ ", "u@h:~$ "),
        ("\x1b]0;u@h: ~\x07$ ", "$ "),
        ("\x1b]2;title\x1b\\\\# ", "# "),
        ("plain", "plain"),
        ("\x1b]0;never ends", ""),
    ],
)
def test_the_text_of_a_prompt(prompt, shown):
    """Colours and titles are no text."""
    assert shown == visible_text(prompt.replace("\\\\", "\\"))


@pytest.mark.parametrize("prompt", ["two\nlines", "x" * 80, "\u00e4 ", "a\tb"])
def test_odd_prompts_are_not_painted(prompt):
    """What would not stand on one line as it is waits for the editor."""
    assert not paint_prompt(prompt, 80)


@pytest.mark.parametrize(
    ("theme", "variables", "is_light"),
    [
        ("", {}, False),
        ("light", {}, True),
        ("", {"COLORFGBG": "0;15"}, True),
        ("", {"COLORFGBG": "0;default;15"}, True),
        ("", {"COLORFGBG": "15;0"}, False),
        ("", {"COLORFGBG": "0;8"}, False),
        ("", {"VSHELL_THEME": "light", "COLORFGBG": "15;0"}, True),
        ("dark", {"VSHELL_THEME": "light"}, False),
        ("", {"VSHELL_THEME": "pink", "COLORFGBG": "0;7"}, True),
    ],
)
def test_themes(monkeypatch, theme, variables, is_light):
    """The command line counts more than $VSHELL_THEME, that more than what the terminal says."""
    for name in ("VSHELL_THEME", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert is_light == Looks(theme).is_light


@pytest.mark.parametrize(
    ("glance", "text"),
    [
        (
            Glance(142_900_000_000, 1.0, False, (("S", 40),), ""),
            "142 s x1  tasks S 40  not tainted",
        ),
        (Glance(5, 0.1, True, (("R", 1), ("D", 2)), "OE"), "0 s paused  tasks R 1 D 2  tainted OE"),
        (Glance(10**9, 0.0, False, (), ""), "1 s free  tasks   not tainted"),
    ],
)
def test_what_the_toolbar_says(glance, text):
    """Seconds, rate or pause, the number of tasks in each state, taints."""
    assert f"{text}  F2 hides" == "".join(piece[1] for piece in toolbar_text(glance))


class Front:
    """Hears what a relay hands over."""

    def __init__(self):
        self.heard = []

    def on_output(self, data):
        """Note output."""
        self.heard.append(data)

    def on_question(self, prompt, typed):
        """Note a question."""
        self.heard.append((prompt, typed))

    def on_end(self, status):
        """Note the end."""
        self.heard.append(status)

    def on_failure(self, text):
        """Note a failure."""
        self.heard.append(text)


def test_a_relay_keeps_the_order():
    """What is heard before the front end is there comes first, then all the rest."""
    painted = []
    relay = Relay(lambda prompt: not painted.append(prompt))
    relay.on_question("$ ", "")
    relay.on_output(b"x")
    front = Front()
    assert relay.is_painted
    assert relay.has_more
    relay.hand_over(front, None)
    relay.on_question("> ", "typed")
    relay.on_end(3)
    relay.on_failure("gone")

    assert ["$ "] == painted
    assert [("$ ", ""), b"x", ("> ", "typed"), 3, "gone"] == front.heard


def test_a_prompt_behind_output_is_not_painted():
    """Where output waits, or something has been typed, the prompt waits with it."""
    for prepare, typed in ((lambda relay: relay.on_output(b"x"), ""), (lambda _: None, "ls")):
        relay = Relay(lambda _: True)
        prepare(relay)
        relay.on_question("$ ", typed)
        assert not relay.is_painted


def test_no_colours_in_what_is_painted(monkeypatch):
    """With NO_COLOR the first prompt is plain text."""
    read, write = os.pipe()
    kept = os.dup(1)
    monkeypatch.setenv("NO_COLOR", "1")
    os.dup2(write, 1)
    try:
        assert paint_prompt("\x1b[01;32mu\x1b[00m$ ", 80)
    finally:
        os.dup2(kept, 1)
    assert b"u$ " == os.read(read, 100)
    for fd in (read, write, kept):
        os.close(fd)
