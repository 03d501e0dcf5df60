"""What tests of processes do and ask."""

from __future__ import annotations

import pytest

from vshell.abi import state as st
from vshell.abi.errno import KernelError

SECOND_NS = 1_000_000_000
STOPPED = 0x7F
CONTINUED = 0xFFFF


def errno_of(function, *args):
    with pytest.raises(KernelError) as caught:
        function(*args)
    return caught.value.errno


def sleeper(sys):
    sys.nanosleep(99 * SECOND_NS)
    return 7


def stat_letter(sys, pid):
    task = sys._kernel.tasks.get(pid)
    return task and st.state_letter(task.state, task.exit_state)
