"""What the tests of feed and server share: a terminal that runs lines, a viewer that listens."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Event

from vshell.abi.wire import Answer, Batch, Lost, Output, Question
from vshell.machine.pacing import real_s
from vshell.machine.viewer import Viewer

WAIT_S = 20
LOAD = "cd ~/kthread_examples; make >/dev/null 2>&1; sudo insmod ./kthread.ko"


class Front:
    """The first terminal of a machine: enters lines, waits for prompts."""

    def __init__(self, machine):
        self.heard = SimpleQueue()
        self.output = b""
        self.terminal = machine.open_terminal(self, 80, 24)
        self.heard.get(timeout=WAIT_S)

    def on_output(self, data):
        """Keep what was written."""
        self.output += data

    def on_question(self, prompt, typed):
        """Note that a line is wanted."""
        self.heard.put("question")

    def on_end(self, status):
        """Note the end of the session."""
        self.heard.put(status)

    def on_failure(self, text):
        """Note that the machine failed."""
        self.heard.put(text)

    def run(self, line):
        """Run a line; give what has been written until the next prompt."""
        self.output = b""
        self.terminal.answer(line)
        self.wait()
        return self.output.decode()

    def wait(self):
        """Wait for a prompt or the end."""
        return self.heard.get(timeout=WAIT_S)


class Watcher:
    """A viewer's thread: reads until something has come."""

    def __init__(self, connect):
        """Attach.

        Args: connect: gives a link for what is to be called when there is something.
        """
        self.news = Event()
        self.messages = []
        self.seen = 0
        self.link = connect(self.news.set)

    def read(self):
        """Take what has come."""
        self.messages += self.link.read()

    def until(self, is_enough):
        """Read until something holds for a message not looked at yet; give that message."""
        end_s = real_s() + WAIT_S
        while real_s() < end_s:
            self.news.clear()
            self.read()
            while self.seen < len(self.messages):
                self.seen += 1
                if is_enough(self.messages[self.seen - 1]):
                    return self.messages[self.seen - 1]
            self.news.wait(0.1)
        raise AssertionError(f"it has not come; the last was {self.messages[-1:]}")

    def begin(self):
        """Wait for the first batch."""
        return self.until(lambda one: isinstance(one, Batch))

    def answer(self, number):
        """Wait for the answer to a request."""
        return self.until(lambda one: isinstance(one, Answer) and one.number == number)

    def question(self):
        """Wait for a prompt of the viewer's own terminal."""
        return self.until(lambda one: isinstance(one, Question))

    def lost(self):
        """Wait for the end."""
        return self.until(lambda one: isinstance(one, Lost))

    def batches(self):
        """Give all batches that have come."""
        return [one for one in self.messages if isinstance(one, Batch)]

    def events(self):
        """Give all events that have come."""
        return [event for batch in self.batches() for event in batch.emitted]

    def output(self):
        """Give what the viewer's own terminal has shown."""
        return b"".join(one.data for one in self.messages if isinstance(one, Output))


def watch(machine):
    """Attach a viewer in this process."""
    return Watcher(lambda notify: Viewer(machine, notify))
