"""Terminals whose front end edits the line."""

from __future__ import annotations

from tests.kernel.terminal import errno_of
from vshell.abi.errno import EINTR
from vshell.abi.signals import (
    SIGINT,
)
from vshell.kernel.tty import Question


def ask(sys):
    sys.ask_line(0, "$ ", 3)
    return sys.read(0)


def test_a_question_waits_for_an_answer(terminal):
    """A prompt is there for the front end until its line is handed over."""
    changes = []
    terminal.tty.on_change = lambda: changes.append(terminal.tty.question)
    found = terminal.run(ask)

    question = terminal.tty.question
    assert isinstance(question, Question)
    assert [question] == changes
    assert ("$ ", 3) == (question.prompt, question.status)
    assert [] == found
    terminal.do(lambda: terminal.tty.answer("ls é"))
    assert [["ls é\n".encode()]] == [found]
    assert terminal.tty.question is None


def test_a_question_can_be_answered_with_the_end(terminal):
    """Ctrl-D in the editor is the end of the file."""
    found = terminal.run(ask)
    terminal.do(terminal.tty.answer_eof)

    assert ([b""], None) == (found, terminal.tty.question)


def test_a_question_can_be_given_up(terminal):
    """Ctrl-C in the editor is SIGINT for who asked."""

    def steps(sys):
        sys.sigaction(SIGINT, lambda _signal: None)
        return errno_of(ask, sys)

    found = terminal.run(steps)
    terminal.do(terminal.tty.cancel_line)

    assert ([EINTR], None) == (found, terminal.tty.question)


def test_giving_up_without_a_foreground_group_signals_nobody(terminal):
    """An editor without a session can be left, too."""
    terminal.tty.question = Question("$ ", 0, 1)
    terminal.tty.cancel_line()

    assert terminal.tty.question is None


def test_an_answer_forgets_the_interrupts(terminal):
    """The count of Ctrl-C begins anew with each line."""

    def steps(sys):
        sys.sigaction(SIGINT, lambda _signal: None)
        errno_of(ask, sys)
        counts = [sys.tty_interrupts(0)]
        ask(sys)
        return [*counts, sys.tty_interrupts(0)]

    found = terminal.run(steps)
    terminal.type(b"\x03")
    terminal.do(lambda: terminal.tty.answer(""))

    assert [[1, 0]] == found


def test_what_nobody_has_read_goes_to_the_editor(terminal):
    """Lines and the piece of a line typed ahead are taken once."""
    terminal.type(b"one\rtw")

    assert ("one\ntw", "") == (terminal.tty.take_typed_ahead(), terminal.tty.take_typed_ahead())


def test_what_is_typed_belongs_into_the_line(terminal):
    """A line typed while the front end is asked for one is not read past it."""
    found = terminal.run(ask)
    terminal.do(lambda: terminal.tty.receive(b"exit\r"))
    assert [] == found
    assert not terminal.tty.has_input

    assert "exit\n" == terminal.tty.take_typed_ahead()
    terminal.do(lambda: terminal.tty.answer("exit now"))
    assert [b"exit now\n"] == found
