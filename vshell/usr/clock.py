"""clock: show and set how virtual time passes.

Source: vshell's own; there is no such program on Linux.
"""

from __future__ import annotations

from vshell.abi.errno import EINVAL, ESRCH, ETIMEDOUT, KernelError, strerror
from vshell.abi.units import NSEC_PER_SEC, parse_duration_ns, seconds_text
from vshell.usr._options import parse, usage_error
from vshell.usr._program import Io, Quit, program

__all__ = ["main"]

_HELP = """\
Usage: clock
  or:  clock pause | resume | step [N]
  or:  clock speed X
  or:  clock +DURATION
  or:  clock until TIME | 'next wakeup' | 'NAME STATE' | 'log TEXT'
Show the host's clock, or set how its virtual time passes.

  pause            virtual time stands while a prompt waits, and passes as fast
                   as it can while a command runs in the foreground
  resume           it goes on from where it stood
  step [N]         go on until N (1) tasks have been woken, then stand
  speed X          X virtual seconds per real second; 'max' for as fast as it
                   can while a command runs
  +DURATION        run ahead by 5s, 250ms, 2min, 1h; seconds without a unit
  until TIME       run ahead to a time since boot, 140.5 or '[  140.500000]'
  until 'next wakeup'
                   ... until a task is woken, other than this one's shell
  until 'NAME STATE'
                   ... until a task is parked, running, sleeping, stopped or
                   exited, or has been woken; NAME is its name, a part of it
                   that no other has, or its pid
  until 'log TEXT'
                   ... until the kernel log has a new line with TEXT

While it runs ahead other tasks do what they do, and Ctrl-C ends it. What has
not happened within a day of virtual time is given up.

Exit status is 0, 1 if that cannot be or has not happened, 2 for a wrong
command line.

      --help       display this help and exit
      --version    output version information and exit

This command is an addition of vshell: a real Linux has none like it.
"""
_FILE = "/proc/vshell/clock"
_STATES = ("parked", "running", "sleeping", "stopped", "exited", "woken")
_WAKEUP = "next wakeup"
_LONGEST_NS = 10**9 * NSEC_PER_SEC
_COUNT_DIGITS_MAX = 10
_LISTED_MAX = 4


@program
def main(io: Io, words: list[str]) -> int:
    """Show or set the clock: ``clock [pause|resume|step [N]|speed X|+DURATION|until WHAT]``."""
    options = parse(
        io, words, "", usage="", package="(vshell)", help_text=_HELP, status=2, permute=False
    )
    command, *operands = options.operands or [""]
    if not command:
        _show(io)
        return 0
    if command.startswith("+"):
        _forward(io, "".join([command[1:], *operands]))
        return 0
    counts = {"pause": (0, 0), "resume": (0, 0), "step": (0, 1), "speed": (1, 1), "until": (1, 99)}
    if command not in counts:
        usage_error(io, f"unknown command '{command}'", 2)
    least, most = counts[command]
    if len(operands) < least:
        usage_error(io, f"missing operand after '{command}'", 2)
    if len(operands) > most:
        usage_error(io, f"extra operand '{operands[most]}'", 2)
    if command == "until":
        _until(io, " ".join(operands))
    elif command == "step":
        count = operands[0] if operands else "1"
        is_count = count.isascii() and count.isdigit() and len(count) < _COUNT_DIGITS_MAX
        if not is_count or not int(count):
            io.die(f"invalid number of steps: '{count}'")
        _tell(io, _command(io, f"step {int(count)}", f"step {count}"), " woken")
    else:
        wrong = (
            f"invalid speed: '{operands[0]}'; it is a number from 0.001 on, or max" if least else ""
        )
        _command(io, " ".join([command, *operands]), command, wrong)
    return 0


# -- Showing --------------------------------------------------------------------------------------


def _show(io: Io) -> None:
    from vshell.usr._dates import moment, strftime  # noqa: PLC0415 - only for this

    facts = _facts(io)
    now_ns = int(facts["time_ns"])
    date = strftime("%a %b %e %H:%M:%S %Z %Y", moment(io, int(facts["date_ns"])))
    rate = facts["rate"]
    plural = "" if rate == "1" else "s"
    speed = f"{rate} virtual second{plural} per real second"
    if rate == "max":
        speed = "max: as fast as it can while a command runs"
    state = "paused: stands while a prompt waits" if facts["state"] == "paused" else "running"
    following = "no timer is armed"
    if "next_ns" in facts:
        at_ns = int(facts["next_ns"])
        whose = _who(facts["next_pid"], facts["next_name"])
        following = f"{_stamp(at_ns)} in {seconds_text(at_ns - now_ns)} s: {whose}"
    rows = (
        ("time", f"{_stamp(now_ns)} seconds since boot"),
        ("date", date),
        ("speed", speed),
        ("state", state),
        ("next timer", following),
    )
    io.out("".join(f"{name:<10}  {text}\n" for name, text in rows))


def _facts(io: Io) -> dict[str, str]:
    lines = (line.partition(" ") for line in io.read_text(_FILE).splitlines())
    return {name: value for name, _, value in lines}


def _stamp(time_ns: int) -> str:
    return f"[{seconds_text(time_ns):>12}]"


def _who(pid: str, name: str) -> str:
    return f"{pid} ({name})" if pid != "0" else f"{name}, of no task"


# -- Asking ---------------------------------------------------------------------------------------


# Write a command, give what it has seen; complain and end if it fails.
def _command(io: Io, command: str, text: str, invalid: str = "") -> list[str]:
    fd = io.sys.open(_FILE, 2)
    try:
        io.sys.write(fd, command.encode("utf-8", "surrogateescape"))
        return io.read_all(fd).decode("utf-8", "surrogateescape").splitlines()
    except KernelError as error:
        reasons = {
            EINVAL: invalid or f"'{text}': {strerror(error.errno)}",
            ESRCH: f"'{text}' cannot happen: there is no such task, or it has ended",
            ETIMEDOUT: f"'{text}' did not happen within a day",
        }
        io.complain(reasons.get(error.errno, f"'{text}': {strerror(error.errno)}"))
        raise Quit(1) from None
    finally:
        io.sys.close(fd)


# Print what has been seen, as "[  142.151620] 4098 (kthread_park thread2 example) woken".
def _tell(io: Io, seen: list[str], what: str) -> None:
    for line in seen:
        time_ns, pid, name = line.split(" ", 2)
        io.out(f"{_stamp(int(time_ns))} {pid} ({name}){what}\n")


def _forward(io: Io, text: str) -> None:
    try:
        delay_ns = parse_duration_ns(text)
    except ValueError:
        delay_ns = -1
    if not 0 <= delay_ns <= _LONGEST_NS:
        io.die(f"invalid duration: '+{text}'; it is a number with ms, s, min or h")
    _command(io, f"until {int(_facts(io)['time_ns']) + delay_ns}", f"+{text}")


def _until(io: Io, text: str) -> None:
    head, _, tail = text.rpartition(" ")
    if text == _WAKEUP:
        _tell(io, _command(io, "until wakeup", text), " woken")
    elif text.startswith("log "):
        for line in _command(io, f"until {text}", text):
            time_ns, _, found = line.partition(" ")
            io.out(f"{_stamp(int(time_ns))} {found}\n")
    elif head.strip() and tail in _STATES:
        who = _find(io, head.strip(), tail)
        _tell(io, _command(io, f"until {tail} {who}", text), f" {tail}")
    else:
        _until_time(io, text)


def _until_time(io: Io, text: str) -> None:
    number = text.strip()
    if number.startswith("[") and number.endswith("]"):
        number = number[1:-1].strip()
    try:
        time_ns = parse_duration_ns(number)
    except ValueError:
        time_ns = -1
    if not 0 <= time_ns <= _LONGEST_NS:
        io.die(f"cannot wait for '{text}': no time, '{_WAKEUP}', 'NAME STATE' or 'log TEXT'")
    now_ns = int(_facts(io)["time_ns"])
    if time_ns < now_ns:
        io.die(f"{_stamp(time_ns)} has passed: it is {_stamp(now_ns)}")
    _command(io, f"until {time_ns}", text)


# Give the pid of the task that is meant; of one that is no more, only its end can be asked for.
def _find(io: Io, who: str, state: str) -> str:
    names = {}
    for pid in io.sys.listdir("/proc"):
        if pid.isdigit() and int(pid) != io.sys.getpid():
            try:
                names[pid] = io.read_text(f"/proc/{pid}/comm").rstrip("\n")
            except KernelError:
                continue
    if who in names:
        return who
    ways = (
        lambda name: name == who,
        lambda name: name[:15] == who,
        lambda name: who in name.split(),
        lambda name: who in name,
    )
    for is_meant in ways:
        found = [pid for pid, name in names.items() if is_meant(name)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(_who(pid, names[pid]) for pid in found[:_LISTED_MAX])
            more = ", ..." if len(found) > _LISTED_MAX else ""
            io.die(f"'{who}' could be {listed}{more}")
    if state != "exited":
        io.die(f"no process or thread called '{who}'")
    return who
