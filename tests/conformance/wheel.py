"""How long a sleep takes by the timer wheel: the recordings' figures are held against a formula.

The formula is written down from the recordings (20-timer-wheel), not from vshell's own wheel. When
a command was typed decides where in the wheel's grid a sleep begins, so that the figures themselves
differ from run to run; that each of them is what the formula says must not.
"""

from __future__ import annotations

import re

HZ = 250
JIFFY_US = 4000
LEVELS = 9
LATE_MAX = 2
"""The recorded machine was an emulator: a thread may run a jiffy or two after its timer."""
OVERHEAD_US = 1000
"""What the recorded machine may have needed around a short wait."""


def due(expires: int, clk: int) -> int:
    """Give the jiffies at which a timer fires.

    Args:
        expires: what it was armed for.
        clk: the wheel's own jiffies at that time.
    """
    if expires < clk:
        return clk
    level = 0
    while level < LEVELS - 1 and expires - clk >= 63 * 8**level:
        level += 1
    grain = 8**level
    return (expires // grain + 1) * grain


def check_firings(line: re.Match[str]) -> str:
    """Replace what a "tw" line says by whether it is true."""
    armed = int(line[1])
    pairs = [tuple(map(int, pair.split(":"))) for pair in line[3].split()]
    for clk in (armed, armed + 1):
        # A timer that has run in this jiffy has moved the wheel on by one, for all that are armed.
        if all(due(armed + delta, clk) == armed + took for delta, took in pairs):
            return f"tw ctx={line[2]} all {len(pairs)} as the wheel has it"
    return line[0]


def sleep_error(began: int, took: int, timeout: int) -> int:
    """Tell by how many jiffies a sleep was later than the wheel has it; negative: earlier."""
    errors = [took - due(began + timeout, began + clk) + began for clk in (0, 1)]
    return min(errors, key=lambda error: (error < 0, abs(error)))


def msleep_timeout(msecs: int) -> int:
    """Give the jiffies that msleep() asks for (6.1)."""
    return -(-msecs * HZ // 1000) + 1


def check_msleep(line: re.Match[str]) -> str:
    """Replace what an "ms" line says by whether it is true."""
    msecs, began, took = (int(line[group]) for group in (2, 3, 4))
    if 0 <= sleep_error(began, took, msleep_timeout(msecs)) <= LATE_MAX:
        return f"ms how={line[1]} n={msecs} as the wheel has it"
    return line[0]


def jiffies_asked(what: str) -> int | None:
    """Give the timeout in jiffies that a call of 21-sleep-timing asks for, None if it has none."""
    call, _, rest = what.partition("(")
    argument = rest.rstrip(")").split(",")[-1]
    number = {"HZ": HZ, "HZ/10": HZ // 10}.get(argument)
    if number is None:
        number = int(argument) if argument.lstrip("-").isdigit() else 0
    if number < 0 or call == "schedule_timeout_no_set_state" or "true" in rest:
        return None
    if call in ("msleep", "msleep_interruptible"):
        return msleep_timeout(number)
    if call == "ssleep":
        return msleep_timeout(1000 * number)
    if call == "fsleep":
        return msleep_timeout(-(-number // 1000)) if number > 20_000 else None
    if call.startswith(("schedule_timeout", "wait_event", "wait_for_completion")):
        return number
    return None


def microseconds_asked(what: str) -> tuple[int, int]:
    """Give the least and the most microseconds that a call of 21-sleep-timing may take."""
    call, _, rest = what.partition("(")
    numbers = [int(number) for number in re.findall(r"\d+", rest)]
    if call == "usleep_range":
        return numbers[0], numbers[1]
    if call == "fsleep":
        return numbers[0], 2 * numbers[0]
    if call in ("udelay", "mdelay"):
        length = numbers[0] * (1000 if call == "mdelay" else 1)
        # The emulator's clock and its loop of a known length do not agree to the last per cent.
        return length * 97 // 100, length
    if call == "schedule_hrtimeout":
        return 1000 * numbers[0], 1000 * numbers[0]
    return 0, OVERHEAD_US


def check_call(line: re.Match[str]) -> str:
    """Replace what a "tm" line says by whether it is true."""
    what, began, took, microseconds = line[1], int(line[2]), int(line[3]), int(line[4])
    timeout = jiffies_asked(what)
    if timeout is not None:
        if 0 <= sleep_error(began, took, timeout) <= LATE_MAX:
            return f"tm what={what} as the wheel has it"
        return line[0]
    least, most = microseconds_asked(what)
    in_time = least <= microseconds <= most + OVERHEAD_US
    if in_time and abs(took * JIFFY_US - microseconds) < JIFFY_US:
        return f"tm what={what} in time"
    return line[0]
