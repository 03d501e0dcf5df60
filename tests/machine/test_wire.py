"""Messages as lines: whole and back, and what is refused."""

from __future__ import annotations

import json

import pytest

from vshell.abi import wire
from vshell.abi.views import KernelView, LogLine, ModuleView, TaskView

TASK = TaskView(
    *(4097, "kthread_park th", "kthread_park thread1 example", "P", "parked", 12, 1),
    *("__kthread_parkme", True, 2),
    requests=("park",),
    module="kthread",
)
MODULE = ModuleView("kthread", "Live", 0, ("other", "another"), 16384, "OE")
VIEW = KernelView(13, (TASK,), (MODULE,), (LogLine(5, 6, "odd \udcff text"),), 2)
CLOCK = wire.ClockView(False, 0.5, True, 99, 4098, "thread2")
EVENTS = ((1, 0, 2, "kthread_park", "kthreadd", 3), (2, 1, 3, "console", 2, 6, 'a "line"\n'))
MESSAGES = [
    wire.Hello("0.1.0", 77, "host", "6.7.9", "test", 2, 4_000_000, 12, 4_294_892_296),
    wire.Batch(14, CLOCK, (MODULE,), (wire.Place(1, "a", "b", "c", "d"),), EVENTS, 3, VIEW),
    wire.Batch(14, CLOCK, (), (), ()),
    wire.Output(bytes(range(256)), 5),
    wire.Question("\x1b[1m$ "),
    wire.Ended(130),
    wire.Answer(3, "no"),
    wire.Answer(
        4,
        explanation=wire.Explanation(
            5, "why\n", ("f+0x1/0x2",), ("PARKED",), wire.Source("/a.py", 3, "x\n", True)
        ),
    ),
    wire.Answer(4, explanation=wire.Explanation(5, "why\n", (), (), None)),
    wire.Lost("gone"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: type(one).__name__)
def test_a_message_comes_back(message):
    """A message is one line, and read again it is the same."""
    line = wire.encode(message)

    assert (1, True) == (line.count(b"\n"), line.endswith(b"\n"))
    assert message == wire.decode(line)


def test_many_events_come_back():
    """Events that are written in several pieces are all there."""
    many = tuple((time, 0, 1, "sched_process_exit", "a", 1, 120) for time in range(1_234))
    batch = wire.Batch(1, CLOCK, (), (), many)

    assert batch == wire.decode(wire.encode(batch))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"5",
        b"\xff",
        b"{}",
        b'{"is": "Nothing"}',
        b'{"is": ["Hello"]}',
        b'{"is": "Ended"}',
        b'{"is": "Ended", "status": 1, "other": 2}',
        b"[" * 100_000,
        wire.encode(MESSAGES[2]).replace(b'"emitted":[]', b'"emitted":[[1,0,2,"console",1]]'),
        wire.encode(MESSAGES[2]).replace(b'"emitted":[]', b'"emitted":[[1,0,2,"nothing",1]]'),
        wire.encode(MESSAGES[2]).replace(b'"emitted":[]', b'"emitted":[[1]]'),
        wire.encode(MESSAGES[1]).replace(b'"tasks":[[', b'"tasks":[[1],['),
    ],
    ids=range(15),
)
def test_what_is_no_message_is_refused(line):
    """Anything else is an error of the protocol."""
    with pytest.raises(wire.WireError):
        wire.decode(line)


@pytest.mark.parametrize(
    "request_",
    [
        wire.Request(1, "clock", "pause"),
        wire.Request(2, "type", "echo \u00e9 \udcff"),
        wire.Request(3, "keys", "\x03"),
        wire.Request(4, "size", (80, 24)),
        wire.Request(5, "explain", 4097),
    ],
    ids=lambda one: one.kind,
)
def test_a_request_comes_back(request_):
    """A request is one line, and read again it is the same."""
    assert request_ == wire.decode_request(wire.encode_request(request_))


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        {},
        [1, "clock"],
        [1, "clock", "pause", 2],
        ["1", "clock", "pause"],
        [True, "clock", "pause"],
        [-1, "clock", "pause"],
        [10**18, "clock", "pause"],
        [1, "stop", ""],
        [1, ["clock"], ""],
        [1, "clock", 5],
        [1, "type", ["ls"]],
        [1, "type", "half a character \ud800"],
        [1, "type", "zero \0"],
        [1, "size", [80]],
        [1, "size", [0, 24]],
        [1, "size", [80, 10**9]],
        [1, "explain", "4097"],
        [1, "explain", True],
        [1, "explain", 1.5],
    ],
    ids=str,
)
def test_what_is_no_request_is_refused(value):
    """A viewer can ask for nothing else."""
    with pytest.raises(wire.WireError):
        wire.decode_request(json.dumps(value).encode())


def test_greetings():
    """Two sides of one version understand each other; others say why not."""
    wire.read_greeting(wire.greeting())
    with pytest.raises(wire.WireError, match="speaks version 99, this one 2"):
        wire.read_greeting(b'{"vshell": 99}')
    with pytest.raises(wire.WireError, match="no room"):
        wire.read_greeting(wire.greeting("no room"))
    with pytest.raises(wire.WireError, match="no vshell"):
        wire.read_greeting(b"SSH-2.0")
