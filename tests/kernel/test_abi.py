"""The values that cross layers: errno, signals, states, units and marks."""

from __future__ import annotations

import errno as pythons
import signal as pythons_signals

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from vshell.abi import errno, mirror, signals
from vshell.abi import state as st
from vshell.abi.units import INITIAL_JIFFIES, parse_duration_ns, seconds_text


@pytest.mark.parametrize(("number", "name"), sorted(errno.NAMES.items()))
def test_errors_are_linuxs(number, name):
    """Numbers and names are those of the machine this runs on; the kernel's own have no text."""
    if number < 512:
        assert number == getattr(pythons, name)
        assert not errno.strerror(number).startswith("Unknown")
    else:
        assert f"Unknown error {number}" == errno.strerror(number)
    assert name == errno.name_of(number)
    assert number == getattr(errno, name, number)


def test_unknown_errors_have_their_number():
    """What has no name is shown as digits, 0 is success."""
    assert ("Success", "Unknown error 4000") == (errno.strerror(0), errno.strerror(4000))
    assert "4000" == errno.name_of(4000)
    assert "Permission denied" == str(errno.KernelError(errno.EACCES))


@pytest.mark.parametrize("one", list(pythons_signals.Signals), ids=lambda one: one.name)
def test_signals_are_linuxs(one):
    """Every signal of this machine has its number, and a text to die by."""
    assert int(one) == signals.signal_number(one.name)
    assert int(one) == signals.signal_number(one.name.removeprefix("SIG").lower())
    if one < 32:
        assert pythons_signals.strsignal(one).startswith(signals.DESCRIPTIONS[one].split(" (")[0])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("9", 9),
        ("0", 0),
        ("64", 64),
        ("65", None),
        ("-1", None),
        ("٣", None),
        ("", None),
        ("SIGNONE", None),
        ("sigrtmin+3", 37),
        ("RTMAX-2", 62),
        ("POLL", 29),
    ],
)
def test_signals_are_read(text, number):
    """Digits up to 64, and names in any case with or without SIG."""
    assert number == signals.signal_number(text)


def test_default_actions_are_apart():
    """No signal is stopped by, ignored and dumped at once; SIGKILL only ends."""
    sets = (signals.STOPPING, signals.IGNORED_BY_DEFAULT, signals.DUMPING)

    assert sum(map(len, sets)) == len(frozenset().union(*sets))
    assert not any(signals.SIGKILL in one for one in sets)
    assert 1 << 8 == signals.mask_of(9)


@pytest.mark.parametrize(
    ("state", "exit_state", "letter"),
    [
        (st.TASK_RUNNING, 0, "R"),
        (st.TASK_INTERRUPTIBLE, 0, "S"),
        (st.TASK_UNINTERRUPTIBLE, 0, "D"),
        (st.TASK_KILLABLE, 0, "D"),
        (st.TASK_STOPPED, 0, "T"),
        (st.TASK_PARKED, 0, "P"),
        (st.TASK_IDLE, 0, "I"),
        (st.TASK_DEAD, 0, "X"),
        (st.TASK_DEAD, st.EXIT_ZOMBIE, "Z"),
        (st.TASK_DEAD, st.EXIT_DEAD, "X"),
        (st.TASK_RUNNING, st.EXIT_DEAD, "X"),
    ],
)
def test_states_have_letters(state, exit_state, letter):
    """The letters of ps and their words are the kernel's."""
    assert letter == st.state_letter(state, exit_state)
    assert letter in st.STATE_WORDS


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        (0, "Not tainted"),
        (1 << 12 | 1 << 13, "Tainted: G           OE     "),
        (1, "Tainted: P                  "),
        (1 << 7 | 1 << 9 | 1 << 14, "Tainted: G      D W    L    "),
        ((1 << 19) - 1, "Tainted: PFSRMBUDAWCIOELKXTN"),
    ],
)
def test_taints_have_columns(mask, text):
    """Nineteen columns, G where P is not."""
    assert text == st.taint_text(mask)


@pytest.mark.parametrize(
    ("text", "time_ns"),
    [
        ("8.5", 8_500_000_000),
        ("3s", 3_000_000_000),
        ("250ms", 250_000_000),
        ("2m", 120_000_000_000),
        ("2min", 120_000_000_000),
        ("1h", 3_600_000_000_000),
        ("1d", 86_400_000_000_000),
        ("5us", 5000),
        ("7ns", 7),
        (".5", 500_000_000),
        ("1.", 1_000_000_000),
        ("0.1234567899", 123_456_789),
        ("1.5ns", 1),
        ("0", 0),
    ],
)
def test_durations_are_read_exactly(text, time_ns):
    """Decimal numbers with a unit, without rounding on the way."""
    assert time_ns == parse_duration_ns(text)


@pytest.mark.parametrize(
    "text",
    ["", ".", "s", "x", "1x", "1sm", "1mi", "-1", "+1", "1e3", "1 s", "1,5", "٣", "1..2", "inf"],
)
def test_other_durations_are_refused(text):
    """No sign, exponent, blank or other digits."""
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the message
        parse_duration_ns(text)


@settings(derandomize=True)
@given(some.integers(0, 10**15))
@example(0)
@example(999_999_999)
def test_stamps_are_read_back(time_ns):
    """A printk stamp is the time cut to microseconds."""
    text = seconds_text(time_ns)

    assert time_ns // 1000 * 1000 == parse_duration_ns(text)
    assert 6 == len(text.partition(".")[2])


def test_jiffies_begin_five_minutes_before_their_wrap():
    """INITIAL_JIFFIES is (unsigned int)(-300 * HZ)."""
    assert -300 * 250 & 0xFFFFFFFF == INITIAL_JIFFIES


def test_marks_only_add_an_attribute():
    """A marked function stays what it is."""

    def function(fmt, condition):
        return fmt, condition

    assert function is mirror.exported(function)
    assert "EXPORT_SYMBOL" == function.export_type
    assert "EXPORT_SYMBOL_GPL" == mirror.exported_gpl(function).export_type
    mirror.macro(lazy=("condition",), fmt="fmt", uses=("f",))(function)
    marks = {"lazy": ("condition",), "named": (), "fmt": "fmt", "uses": ("f",)}
    assert marks == function.macro
    assert {"value": True} == mirror.value_macro(function).macro
    assert (1, 2) == function(1, 2)
