"""Leads a guide's lesson at the prompt: repeats what was done, looks at what a line has done."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.console.guide import Guide
    from vshell.machine.desk import Typable
    from vshell.machine.host import Host
    from vshell.machine.thread import Machine

__all__ = ["Coach"]

_SHOWN_BYTES_MAX = 100_000
_WAIT_S = 10.0


class Coach:
    """Stands between a prompt and its guide."""

    def __init__(self, machine: Machine, guide: Guide, say: Callable[[str], None]) -> None:
        """Begin with what an earlier sitting did.

        Args:
            machine: on which the lesson is taken.
            guide: leads through it.
            say: shows a text.
        """
        self.guide = guide
        self._machine = machine
        self._say = say
        self._shown = bytearray()
        self._is_repeating = True

    def note_output(self, data: bytes) -> bool:
        """Take note of what programs write; tell whether the learner is to see it."""
        self._shown += data
        del self._shown[:-_SHOWN_BYTES_MAX]
        return not self._is_repeating

    def consult(self, terminal: Typable) -> bool:
        """Have the guide speak before a prompt; tell whether it has entered a line itself."""
        guide = self.guide
        output, self._shown = self._shown.decode("utf-8", "replace"), bytearray()
        if self._is_repeating:
            line = guide.next_repeated()
            if line is not None:
                self._machine.query(lambda host, _pid: host.clock.pause())
                terminal.answer(line)
                return True
            self._is_repeating = False
            self._machine.query(lambda host, _pid: host.clock.resume())
            self._say(guide.greeting())

        def look(host: Host, _pid: int) -> str:
            question = host.ttys[0].question
            return guide.take_result(host, output, question.status if question else 0)

        self._say(self._machine.query(look, wait_s=_WAIT_S))
        return False
