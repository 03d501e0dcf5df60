"""What top's keys do while it runs.

Source: top(1), procps 4.0.2
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.abi.signals import SIGTERM, signal_number
from vshell.usr._durations import duration_ns
from vshell.usr._users import find_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._keys import Keyboard
    from vshell.usr._program import Io

__all__ = ["TopKeys"]

_SORTS = {"P": "%CPU", "M": "%MEM", "T": "TIME+", "N": "PID"}
_PROMPT_ROW = 6
_REVERSE, _NORMAL = "\x1b[7m", "\x1b[m"
_HELP = """\
Help for Interactive Commands - procps-ng 4.0.2
  q         Leave top
  space     Show the next frame now
  P M T N   Sort by CPU use, memory, time, number
  R         Reverse the order
  c         Command names, or whole command lines
  i         All tasks, or those that have run
  1         One line for all CPUs, or a line for each
  E e       Unit of memory above, and in the columns
  d s       Seconds between frames
  k         Send a signal to a task
  r         Change the nice value of a task
  u         Tasks of one user only
  n         Number of tasks shown

Press any key to continue """


class TopKeys:
    """What can be changed while top runs."""

    def __init__(self, io: Io) -> None:
        """Begin with top's defaults; options are put in afterwards."""
        self.io = io
        self.keyboard: Keyboard | None = None
        self.delay_ns = 0
        self.field = "%CPU"
        self.with_arguments = False
        self.only_busy = False
        self.each_cpu = False
        self.units = [1, 0]
        self.uid: int | None = None
        self.tasks_max = 0
        """How many tasks are shown, 0 for as many as fit."""
        self.default_pid = 0
        """The task that k and r mean if none is named: the first on the screen."""
        self.message = ""
        self.is_over = False

    def obey(self, key: str) -> None:
        """Do what a key says."""
        if key in ("q", "end of input"):
            self.is_over = True
        elif key in _SORTS:
            self.field = _SORTS[key]
        elif key == "R":
            descends = not self.field.startswith("-")
            self.field = ("-" if descends else "+") + self.field.lstrip("+-")
        elif key == "c":
            self.with_arguments = not self.with_arguments
        elif key == "i":
            self.only_busy = not self.only_busy
        elif key == "1":
            self.each_cpu = not self.each_cpu
        elif key in ("E", "e"):
            at = "Ee".index(key)
            self.units[at] = (self.units[at] + 1) % (6 - at)
        elif key in ("h", "?"):
            self.help()
        elif key in ("d", "s", "k", "r", "u", "n"):
            act: Callable[[], None] = getattr(self, f"ask_{'d' if key == 's' else key}")
            act()

    def help(self) -> None:
        """Show what the keys are, until one is pressed."""
        self.io.out("\x1b[H\x1b[2J" + _HELP)
        self.io.flush()
        assert self.keyboard is not None
        self.keyboard.take()

    # Have a line typed in the row between the summary and the tasks.
    def ask(self, question: str) -> str | None:
        assert self.keyboard is not None
        typed = ""
        while True:
            self.io.out(f"\x1b[{_PROMPT_ROW};1H\x1b[1m{question}\x1b[m {typed}\x1b[K")
            self.io.flush()
            key = self.keyboard.take()
            if key in ("\n", "\r"):
                return typed.strip()
            if key in ("escape", "end of input") or self.keyboard.interrupted:
                self.keyboard.interrupted = False
                return None
            if key in ("\x7f", "\b"):
                typed = typed[:-1]
            elif len(key) == 1 and key >= " ":
                typed += key

    def ask_d(self) -> None:
        """Ask for the time between frames."""
        typed = self.ask(f"Change delay from {self.delay_ns / 1e9:.1f} to")
        if not typed:
            return
        found = duration_ns(typed)
        if found is None or typed[-1:].isalpha():
            self.message = "Unacceptable floating point"
        else:
            self.delay_ns = found

    def ask_n(self) -> None:
        """Ask how many tasks are to be shown."""
        typed = self.ask(f"Maximum tasks = {self.tasks_max}, change to (0 is unlimited)")
        if typed and typed.isdigit():
            self.tasks_max = int(typed)
        elif typed:
            self.message = "Unacceptable integer"

    def ask_u(self) -> None:
        """Ask whose tasks are to be shown."""
        typed = self.ask("Which user (blank for all)")
        if typed is None:
            return
        user = find_user(self.io, typed) if typed else None
        if typed and user is None:
            self.message = "Invalid user"
        else:
            self.uid = user.uid if user is not None else None

    def ask_k(self) -> None:
        """Ask for a task and a signal, and send it."""
        pid = self.ask_pid("PID to signal/kill")
        if not pid:
            return
        typed = self.ask(f"Send pid {pid} signal [15/sigterm]")
        if typed is None:
            return
        signal = signal_number(typed.upper().removeprefix("SIG")) if typed else SIGTERM
        if typed.isdigit():
            signal = int(typed)
        if signal is None:
            self.message = "Invalid signal"
            return
        try:
            self.io.sys.kill(pid, signal)
        except KernelError as error:
            self.message = f"Failed signal pid '{pid}' with '{signal}': {strerror(error.errno)}"

    def ask_r(self) -> None:
        """Ask for a task and a nice value, and set it."""
        pid = self.ask_pid("PID to renice")
        if not pid:
            return
        typed = self.ask(f"Renice PID {pid} to value")
        if not typed:
            return
        try:
            self.io.sys.setpriority(pid, int(typed))
        except ValueError:
            self.message = "Unacceptable integer"
        except KernelError as error:
            self.message = f"Failed renice of PID {pid} to {typed}: {strerror(error.errno)}"

    def ask_pid(self, question: str) -> int:
        """Ask for a task; 0 for none."""
        typed = self.ask(f"{question} [default pid = {self.default_pid}]")
        if typed is None:
            return 0
        if typed and not typed.isdigit():
            self.message = "Unacceptable integer"
            return 0
        return int(typed) if typed else self.default_pid

    def take_message(self) -> str:
        """Give what is to be told once in the row between the summary and the tasks."""
        text, self.message = self.message, ""
        return f" {_REVERSE}{text}{_NORMAL}" if text else ""
