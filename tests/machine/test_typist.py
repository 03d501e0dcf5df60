"""The typist, in virtual time alone."""

from __future__ import annotations

from itertools import pairwise

import pytest

from vshell.machine.typist import KEY, KEYS, LINE, SAY, Cue, Typed, Typist

MS = 1_000_000
SECOND = 1000 * MS
LETTER = 40 * MS
START = 100 * SECOND


def play(typist, end_ns, step_ns=10 * MS, start_ns=START, is_asking=lambda _now_ns: True):
    """Ask a typist every so often; give what it said when that differed, with its time."""
    found = []
    for now_ns in range(start_ns, end_ns, step_ns):
        typed = typist.due(now_ns, is_asking(now_ns))
        if typed is not None and (not found or found[-1][1] != typed):
            found.append((now_ns, typed))
    return found


def entered(found):
    """Give the times at which lines were entered, with them."""
    return [(now_ns, typed.text) for now_ns, typed in found if typed.is_entered]


def test_a_line_is_complete_at_its_time():
    """A line with a time is typed letter by letter, 25 a second, and entered exactly then."""
    at_ns = START + 10 * SECOND
    found = play(Typist([Cue(LINE, "make all", at_ns)]), at_ns + SECOND)
    texts = [typed.text for _, typed in found]

    assert ["make all"[:count] for count in range(1, 9)] + ["make all"] == texts
    assert [(at_ns, "make all")] == entered(found)
    assert {LETTER} == {later - now for (now, _), (later, _) in pairwise(found[:8])}
    assert at_ns - SECOND < found[0][0]


def test_a_whole_line_stands_before_it_is_entered():
    """The line can be read for a moment before Enter."""
    found = play(Typist([Cue(LINE, "ls")]), START + 10 * SECOND)

    (whole_ns, whole), (enter_ns, enter) = found[-2:]
    assert (Typed("ls"), Typed("ls", is_entered=True)) == (whole, enter)
    assert enter_ns - whole_ns >= 300 * MS


def test_a_line_without_a_time_comes_after_a_pause():
    """Without a time, the first letter comes a good second after the shell has asked."""
    asks_ns = START + 3 * SECOND
    found = play(
        Typist([Cue(LINE, "ls")]), START + 10 * SECOND, is_asking=lambda now_ns: now_ns >= asks_ns
    )

    assert asks_ns + SECOND <= found[0][0] <= asks_ns + 2 * SECOND


def test_a_late_line_is_typed_all_the_same():
    """A line whose time has passed is typed letter by letter as soon as the shell asks."""
    found = play(Typist([Cue(LINE, "make", START - SECOND)]), START + 10 * SECOND)

    assert ["m", "ma", "mak", "make", "make"] == [typed.text for _, typed in found]
    assert found[-1][0] < START + SECOND


def test_nothing_is_typed_while_the_shell_does_not_ask():
    """A shell that stops asking in the middle of a line gets the whole line later."""
    typist = Typist([Cue(LINE, "make all", START + SECOND)])
    asks_again_ns = START + 5 * SECOND

    def is_asking(now_ns):
        return now_ns < START + 800 * MS or now_ns >= asks_again_ns

    found = play(typist, START + 10 * SECOND, is_asking=is_asking)

    assert [now for now, _ in found if START + 800 * MS <= now < asks_again_ns] == []
    assert ["make all"] == [text for _, text in entered(found)]
    assert "m" == next(typed.text for now, typed in found if now >= asks_again_ns)


def test_it_stands_while_the_world_stands():
    """While virtual time does not pass it says the same, however often it is asked."""
    typist = Typist([Cue(LINE, "make all", START + SECOND)])
    now_ns = START + 700 * MS
    typist.due(START, True)

    assert 1 == len({typist.due(now_ns, True) for _ in range(1000)})


def test_real_time_can_pass_for_it():
    """Where a session has paused its own clock, real time makes it go on; the next line, too."""
    typist = Typist([Cue(LINE, "clock step"), Cue(LINE, "ps", START + 90 * SECOND)])
    lines = []
    for _ in range(2000):
        typist.pass_time(10 * MS)
        typed = typist.due(START, True)
        if typed is not None and typed.is_entered:
            lines.append(typed.text)

    assert ["clock step"] == lines
    for _ in range(7300):
        typist.pass_time(10 * MS)
        typed = typist.due(START, True)
        if typed is not None and typed.is_entered:
            lines.append(typed.text)
    assert ["clock step", "ps"] == lines


def test_it_does_not_matter_how_often_it_is_asked():
    """Asked once a second, it gives the same lines, none before its time."""
    cues = [Cue(LINE, "make"), Cue(LINE, "dmesg", START + 20 * SECOND)]
    often = entered(play(Typist(cues), START + 40 * SECOND))
    seldom = entered(play(Typist(cues), START + 40 * SECOND, step_ns=SECOND))

    assert [text for _, text in often] == [text for _, text in seldom] == ["make", "dmesg"]
    assert all(
        0 <= late[0] - soon[0] <= 2 * SECOND for late, soon in zip(seldom, often, strict=True)
    )


@pytest.mark.parametrize("rate", [0.1, 10.0])
def test_slow_motion_does_not_slow_the_fingers(rate):
    """A letter takes as much real time at any speed."""
    typist = Typist([Cue(LINE, "make all", START + 100 * SECOND)], rate)
    found = play(typist, START + 101 * SECOND, step_ns=MS)
    steps = {later - now for (now, _), (later, _) in pairwise(found[:8])}

    assert {LETTER * rate} == steps
    assert [(START + 100 * SECOND, "make all")] == entered(found)


def test_a_change_of_speed_takes_no_letters_back():
    """When the clock goes faster in the middle of a line, its letters stay."""
    typist = Typist([Cue(LINE, "make all", START + SECOND)])
    typist.due(START, True)
    before = typist.due(START + 600 * MS, True)
    typist.rate = 100.0
    after = typist.due(START + 610 * MS, True)

    assert before.text
    assert after is None or after.text.startswith(before.text)


def test_waiting_is_virtual_time():
    """A wait counts from the shell's question."""
    found = play(Typist([Cue(LINE, "dmesg", None, 5 * SECOND)]), START + 10 * SECOND)

    assert [(START + 5 * SECOND, "dmesg")] == entered(found)


def test_keys_come_while_a_command_runs():
    """Keys of a line are pressed so long after it was entered, whether a shell asks or not."""
    typist = Typist([Cue(LINE, "top", START + SECOND), Cue(KEYS, "q", None, 4 * SECOND)])
    found = play(typist, START + 10 * SECOND, is_asking=lambda now_ns: now_ns <= START + SECOND)

    assert [(START + SECOND, "top")] == entered(found)
    assert (START + 5 * SECOND, Typed(keys="q")) == found[-1]
    assert 1 == sum(typed.keys == "q" for _, typed in found)


def test_keys_may_have_their_own_time():
    """Keys with a time are pressed then."""
    found = play(Typist([Cue(KEYS, "q", START + 4 * SECOND)]), START + 10 * SECOND)

    assert [(START + 4 * SECOND, Typed(keys="q"))] == found


def test_a_key_at_the_prompt_waits_for_it():
    """A key pressed instead of a line is pressed when the shell asks, after a pause."""
    asks_ns = START + 3 * SECOND
    typist = Typist([Cue(KEY, "\x03")])
    found = play(typist, START + 10 * SECOND, is_asking=lambda now_ns: now_ns >= asks_ns)

    assert [Typed(keys="\x03")] == [typed for _, typed in found]
    assert found[0][0] > asks_ns + SECOND


def test_what_is_said_can_be_read():
    """Prose is told once, when the shell asks; the line behind it waits for readers."""
    text = "Two threads run now. " * 5
    found = play(Typist([Cue(SAY, text), Cue(LINE, "ps")]), START + 30 * SECOND)

    assert (START, Typed(said=text)) == found[0]
    assert 1 == sum(typed.said == text for _, typed in found)
    assert 4 * SECOND < found[1][0] - START < 6 * SECOND


def test_it_comes_to_an_end():
    """After the last line there is nothing more; stopped, at once."""
    typist = Typist([Cue(LINE, "ls")])
    assert not typist.is_over
    play(typist, START + 10 * SECOND)
    assert typist.is_over
    other = Typist([Cue(LINE, "ls")])
    other.stop()

    assert (True, None) == (other.is_over, other.due(START, True))


def test_an_empty_line_is_entered():
    """Enter at an empty prompt is a line without letters."""
    assert [""] == [text for _, text in entered(play(Typist([Cue(LINE, "")]), START + 5 * SECOND))]
