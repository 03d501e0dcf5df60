"""The forgiving look at unfinished command lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vshell.machine.language import classify, current_command, is_unfinished, spans

SHELLISH = st.text(alphabet="ab1 \t\n'\"\\$(){}|&;<>#=-!`*~/", max_size=40)


@given(SHELLISH)
def test_pieces_make_the_whole(text):
    """Whatever is typed, the pieces in their order are the text."""
    assert text == "".join(span.text for span in spans(text))
    assert text == "".join(piece for _, piece in classify(text, frozenset(["a"])))


@pytest.mark.parametrize(
    ("text", "words", "prefix"),
    [
        ("", [], ""),
        ("ls", [], "ls"),
        ("ls ", ["ls"], ""),
        ("ls -l fi", ["ls", "-l"], "fi"),
        ("sudo rmmod kth", ["rmmod"], "kth"),
        ("sudo -u root rmmod ", ["root", "rmmod"], ""),
        ("cat a | grep -v 'x y' b", ["grep", "-v", "x y"], "b"),
        ("if true; then insmod ./k", ["insmod"], "./k"),
        ("X=1 make cl", ["make"], "cl"),
        ("echo $(ls di", ["echo"], "$(ls di"),
        ('cat "my fi', ["cat"], "my fi"),
        ("cat my\\ fi", ["cat"], "my fi"),
        ("make 2>&1 | tail -", ["tail"], "-"),
        ("make 2>&1 cle", ["make"], "cle"),
        (">log make cle", ["make"], "cle"),
    ],
)
def test_the_command_at_the_cursor(text, words, prefix):
    """The words of the command before the cursor are found, and what is being typed."""
    found, span = current_command(text)

    assert (words, prefix) == (found, span.plain())


def test_colours_say_what_words_are():
    """Commands, unknown commands, keywords, options, strings and variables are told apart."""
    line = "while grep -c 'x' $F; do nosuch; done # end"
    kinds = [(kind, text) for kind, text in classify(line, frozenset(["grep"])) if kind]

    expected = [("keyword", "while"), ("command", "grep"), ("option", "-c"), ("string", "'x'")]
    expected += [("variable", "$F"), ("operator", ";"), ("keyword", "do"), ("unknown", "nosuch")]
    expected += [("operator", ";"), ("keyword", "done"), ("comment", "# end")]
    assert expected == kinds


def test_the_target_of_a_redirection_is_no_command():
    """In ``make 2>&1`` nothing is taken for an unknown command."""
    kinds = [kind for kind, _ in classify("make >log 2>&1", frozenset(["make"])) if kind]

    assert ["command", "operator", "operator"] == kinds


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("ls", False),
        ("", False),
        ("echo 'a", True),
        ('echo "a\nb', True),
        ("for i in 1 2", True),
        ("for i in 1 2\ndo :\ndone", False),
        ("ls |", True),
        ("ls &&", True),
        ("ls \\", True),
        ("ls \\\\", False),
        ("cat <<E\nx", True),
        ("cat <<E\nx\nE", False),
        ("f() {", True),
        ("echo $(", True),
        ("if; then", False),
        (")", False),
    ],
)
def test_what_goes_on(text, goes_on):
    """A command goes on where bash would ask for more; a wrong one does not."""
    assert goes_on == is_unfinished(text)
