"""What a module can reach by names that make accepts: the mirror, never Python's machinery."""

from __future__ import annotations

import ast
import importlib
import types
from collections import deque

import pytest

from vshell.abi import dialect
from vshell.kernel.context import Context, Hub
from vshell.kernel.core import Kernel
from vshell.kernel.vfs import Vfs
from vshell.machine.vmlinux import HEADER_NAMES

MACHINERY = (
    *(types.ModuleType, types.FrameType, types.CodeType, types.TracebackType),
    *(Context, Hub, Kernel, Vfs),
)
PLAIN = (int, str, bytes, float, bool, types.NoneType, set, frozenset, bytearray, range)
MODULE = """
from vshell.linux.completion import *
from vshell.linux.delay import *
from vshell.linux.hrtimer import *
from vshell.linux.interrupt import *
from vshell.linux.kthread import *
from vshell.linux.list import *
from vshell.linux.module import *
from vshell.linux.mutex import *
from vshell.linux.rwsem import *
from vshell.linux.sched import *
from vshell.linux.semaphore import *
from vshell.linux.spinlock import *
from vshell.linux.timer import *
from vshell.linux.wait import *
from vshell.linux.workqueue import *

seen = []

class one:
    def __init__(self):
        self.link = list_head()

def work(data):
    mutex_lock(held)
    spin_lock(spinning)
    seen.append(current)
    spin_unlock(spinning)
    while not kthread_should_stop():
        msleep(100)
    return 0

def waiter(data):
    seen.append(DEFINE_WAIT())
    mutex_lock(held)
    return 0

def fn(w):
    seen.append(w)
    msleep(1000)

held = DEFINE_MUTEX()
spinning = DEFINE_SPINLOCK()
done = DECLARE_COMPLETION()
queue = DECLARE_WAIT_QUEUE_HEAD()
sem = DEFINE_SEMAPHORE(1)
rw = DECLARE_RWSEM()
w = DECLARE_WORK(fn)
delayed = DECLARE_DELAYED_WORK(fn)
ticks = timer_list()

def start():
    seen.extend([held, spinning, done, queue, sem, rw, w, delayed, ticks, THIS_MODULE, one()])
    seen.extend([system_wq, alloc_workqueue("x", 0, 0), kthread_create_worker(0, "y")])
    seen.append(kthread_run(work, None, "t"))
    seen.append(kthread_run(waiter, None, "u"))
    seen.append(list_for_each_entry(one().link, "link"))
    schedule_work(w)
    schedule_delayed_work(delayed, 100)
    return 0

def stop():
    pass

module_init(start)
module_exit(stop)
MODULE_LICENSE("GPL")
"""


def members(value):
    """Give what can be written behind a dot, or found in a container, with make's leave."""
    if isinstance(value, (list, tuple, deque)):
        yield from ((f"[{number}]", item) for number, item in enumerate(value))
    elif isinstance(value, dict):
        yield from ((f"[{key!r}]", item) for key, item in list(value.items()))
    elif not isinstance(value, PLAIN):
        for name in dir(value):
            if name.startswith("_") or name in dialect.INNER_MEMBERS:
                continue
            try:
                yield f".{name}", getattr(value, name)
            except BaseException:
                continue


def test_no_member_leads_to_the_machinery(bench):
    """From all a module is given, no way of plain names leads to frames, Python or the kernel."""
    assert 0 == bench.load(MODULE)
    bench.pass_time(0.05)
    roots = [("", bench.kernel.modules.find("mod").namespace["seen"])]
    for header in HEADER_NAMES:
        linked = bench.kernel.modules.linker(header)
        names = importlib.import_module(f"vshell.linux.{header}").__all__
        roots += [(name, linked[name]) for name in names]
    known: dict[int, object] = {}
    ways = deque(roots)
    while ways:
        way, value = ways.popleft()
        if id(value) in known:
            continue
        known[id(value)] = value

        assert not isinstance(value, MACHINERY), way

        ways.extend((way + step, item) for step, item in members(value))

    assert len(known) > 1500


@pytest.mark.parametrize(
    "name",
    [
        *("open", "eval", "exec", "compile", "__import__", "getattr", "setattr", "type", "globals"),
        *("locals", "vars", "dir", "print", "input", "breakpoint", "exit", "super", "memoryview"),
        *("kernel", "sys", "os", "__loader__", "__spec__", "__builtins__"),
    ],
)
def test_make_knows_no_such_name(bench, name):
    """What Python offers for reaching around is to a module a name that nobody declared."""
    with pytest.raises(AssertionError, match=f"'{name}'"):
        bench.load(f"from vshell.linux.module import *\ndef start():\n    return {name}\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import os", "os.h: No such file"),
        ("from os import path", "os.h: No such file"),
        ("import vshell.kernel.core", "vshell/kernel/core.h: No such file"),
        ("from vshell.kernel import core", "vshell/kernel.h: No such file"),
        ("from . import delay", "No such file"),
        ("from vshell.linux import delay", "linux/delay.h: No such file"),
        ("from vshell.linux._workqueue import work_struct", "No such file"),
        ("from vshell.linux.delay import kernel", "'kernel' undeclared"),
        ("from vshell.linux.delay import _costs", "'_costs' undeclared"),
        ("from vshell.linux.delay import __builtins__", "'__builtins__' undeclared"),
    ],
)
def test_make_includes_headers_only(bench, text, told):
    """An import is an #include: what is no header, or not in it, is not there."""
    with pytest.raises(AssertionError, match=told.replace(".", r"\.")):
        bench.load(f"{text}\n")
    with pytest.raises(AssertionError, match=told.replace(".", r"\.")):
        bench.load(f"def start():\n    {text}\n    return 0\n")


def test_loaded_code_has_no_more_builtins_than_make_allows(bench):
    """Code that did not come from make finds no import, no open() and no getattr() either."""
    assert 0 == bench.load(MODULE)
    namespace = bench.kernel.modules.find("mod").namespace
    given = namespace["__builtins__"]

    assert set(given) == dialect.BUILTINS | {"__build_class__"}
    for text in ("import os", "open('/etc/passwd')", "getattr(1, 'real')", "eval('1')"):
        with pytest.raises((ImportError, NameError)):
            exec(compile(ast.parse(text), "x", "exec"), namespace)
