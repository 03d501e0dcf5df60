from __future__ import annotations

import pytest

from tests.linux.play import evaluate, play
from vshell.abi import errno

VALUES = [
    ("MAX_ERRNO", 4095),
    ("IS_ERR(ERR_PTR(-12))", True),
    ("IS_ERR(NULL)", False),
    ("IS_ERR(current)", False),
    ("IS_ERR(-12)", True),
    ("IS_ERR(-4096)", False),
    ("IS_ERR_VALUE(-4095)", True),
    ("IS_ERR_VALUE(-4096)", False),
    ("IS_ERR_VALUE(0)", False),
    ("IS_ERR_OR_NULL(NULL)", True),
    ("IS_ERR_OR_NULL(ERR_PTR(-5))", True),
    ("IS_ERR_OR_NULL(current)", False),
    ("PTR_ERR(ERR_PTR(-12))", -12),
    ("PTR_ERR(NULL)", 0),
    ("PTR_ERR(-3)", -3),
    ("PTR_ERR_OR_ZERO(ERR_PTR(-4))", -4),
    ("PTR_ERR_OR_ZERO(current)", 0),
    ("PTR_ERR(ERR_CAST(ERR_PTR(-22)))", -22),
    ("ERR_PTR(0)", None),
]


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_error_pointers(bench, expression, value):
    """A pointer to one of the last 4095 addresses is an errno."""
    found = evaluate(bench, expression)

    assert (value, type(value)) == (found, type(found))


def test_using_an_error_pointer_is_a_fault_at_its_address(bench):
    """Reading a field through ERR_PTR(-12) faults at 0xfffffffffffffff4."""
    play(bench, "def start():\n    return ERR_PTR(-12).pid")

    assert "BUG: unable to handle page fault for address: fffffffffffffff4" in bench.log()


def test_errno_numbers_are_those_of_the_kernel(bench):
    """<linux/errno.h> has the kernel's numbers, ERESTARTSYS and its kin too."""
    names = "ENOMEM", "EINTR", "EAGAIN", "EBUSY", "ENOSYS", "ETIME", "ERESTARTSYS"
    found = evaluate(bench, f"[{', '.join(names)}]")

    assert [12, 4, 11, 16, 38, 62, 512] == found
    assert [getattr(errno, name) for name in names] == found
