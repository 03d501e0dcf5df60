"""Every choice that could fall out differently: made here and recorded.

The kernel asks two questions: which of ``n`` runnable tasks goes next, and what is the next random
number. ``Fifo`` always takes the first in the kernel's own order, ``Seeded`` draws, ``Replay``
repeats what another policy recorded. Nothing else in the kernel may be undetermined.
"""

from __future__ import annotations

__all__ = ["Fifo", "Policy", "Replay", "Seeded"]

_MASK = (1 << 64) - 1


class Policy:
    """The two questions, and the record of the answers."""

    in_order = True
    """True when choose() always answers 0, so that a caller need not gather the candidates."""

    def __init__(self, seed: int = 0) -> None:
        """Start the sequence of random numbers at this seed."""
        self.seed = seed
        self.decisions: list[int] = []
        self._state = (seed * 2 + 1) & _MASK

    def choose(self, count: int) -> int:
        """Pick one of ``count`` alternatives.

        Args:
            count: how many there are, in the kernel's own order; at least 1.

        Returns:
            The index of the one to take.
        """
        del count
        return 0

    def random64(self) -> int:
        """Give the next random number, 64 bits, from the seed alone (splitmix64)."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)


class Fifo(Policy):
    """The first alternative, always, as recordings of a real kernel show."""


class Seeded(Policy):
    """A random alternative, repeatable from the seed."""

    in_order = False

    def choose(self, count: int) -> int:
        """Draw one of ``count`` alternatives and record it."""
        choice = self.random64() % count if count > 1 else 0
        if count > 1:
            self.decisions.append(choice)
        return choice


class Replay(Policy):
    """The alternatives that another run recorded.

    Once the record is used up, the first one.
    """

    in_order = False

    def __init__(self, decisions: list[int], seed: int = 0) -> None:
        """Repeat these decisions, with random numbers from the same seed."""
        super().__init__(seed)
        self._left = list(reversed(decisions))

    def choose(self, count: int) -> int:
        """Repeat the next recorded choice, if it is possible here."""
        if count == 1:
            return 0
        choice = self._left.pop() if self._left else 0
        choice = min(choice, count - 1)
        self.decisions.append(choice)
        return choice
