"""Answers written into transcripts: what differs changes, the rest stays byte by byte."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vshell.transcript.edit import entry_text, head_text, scalar_text, with_answers
from vshell.transcript.format import parse_yaml
from vshell.transcript.match import as_lines, matches
from vshell.transcript.model import StepOutcome

HARD = settings(derandomize=True, deadline=None, max_examples=300)
FREE = None
"""A part of a text that an update may change."""

WORDS = st.sampled_from(["ls", "echo a", "ps -N", "é 😀", "x" * 90])
OUTPUTS = st.lists(
    st.sampled_from(["a", "b b", "", " c", "  d", "- e", "# f", "g: h", "...", "x (re)", "i "]),
    max_size=4,
).map(lambda lines: "".join(f"{line}\n" for line in lines))
COMMENTS = st.sampled_from(["", "", "  # why", " #"])
GAPS = st.sampled_from(["", "", "\n", " # a comment\n", "\n\n# out: none\n", "   \n"])


@st.composite
def run_values(draw, margin):
    """Draw what stands behind ``run:`` up to the end of its last line."""
    word, comment = draw(WORDS), draw(COMMENTS)
    style = draw(st.sampled_from(["plain", "double", "single", "literal", "keep", "folded", "two"]))
    if style == "plain":
        return f" {word}{comment}"
    if style == "double":
        return f" {json.dumps(word, ensure_ascii=False)}{comment}"
    if style == "single":
        return f" '{word}'{comment}"
    if style == "two":
        return f" {word}\n{margin}   -l{comment}"
    mark = {"literal": "|", "keep": "|+", "folded": ">-"}[style]
    return f" {mark}{comment}\n{margin}   {word}\n{margin}   echo b"


@st.composite
def out_values(draw, margin, changes):
    """Draw the parts behind ``out:`` up to the end of its last line."""
    comment = draw(COMMENTS)
    style = draw(st.sampled_from(["plain", "quoted", "block", "wide", "strip", "two"]))
    free = [FREE] if changes else []
    if style in ("plain", "quoted"):
        text = "old" if style == "plain" else '"old\\n"'
        return [" ", *(free or [text]), comment, *free], text
    if style == "two":
        text = f'"old\n{margin}  lines\\n"'
        return [" ", *(free or [text]), comment, *free], text
    mark = {"block": "|", "wide": "|", "strip": "|-"}[style]
    wide = margin + ("      " if style == "wide" else "  ")
    body = f"\n{wide}old\n\n{wide} lines"
    return [" ", *(free or [mark]), comment, *(free or [body])], (mark, body)


@st.composite
def transcripts(draw):
    """Draw a transcript: its text, its parts with FREE ones, and the answers of its steps."""
    old, parts = "", []
    answers = []

    def fixed(text):
        nonlocal old
        old += text
        parts.append(text)

    fixed(draw(st.sampled_from(["", "# head\n", "title: é  # t\n\n"])) + "steps:\n")
    base = draw(st.sampled_from(["", "  "]))
    for _ in range(draw(st.integers(1, 4))):
        changes = draw(st.booleans())
        indent = base + draw(st.sampled_from(["- ", "-   "]))
        margin = " " * len(indent)
        if "|+" not in old:
            # Blank lines below a block that keeps them would be its own.
            fixed(draw(GAPS))
        keys = draw(
            st.permutations(["run", *draw(st.sets(st.sampled_from(["out", "status", "say"])))])
        )
        for place, key in enumerate(keys):
            start = indent if place == 0 else margin
            if key == "out":
                pieces, text = draw(out_values(margin, changes))
                comment = pieces[2] if len(pieces) > 2 else ""
                if not changes:
                    fixed(f"{start}out:{''.join(pieces)}\n")
                    continue
                head, body = text if isinstance(text, tuple) else (text, "")
                old += f"{start}out: {head}{comment}{body}\n"
                parts.extend([indent if place == 0 else FREE, FREE, comment, FREE])
            elif key == "status":
                old += f"{start}status: 7\n"
                parts.extend([FREE] if changes and place else [f"{start}status: ", FREE, "\n"])
                if not changes:
                    parts[-3:] = [f"{start}status: 7\n"]
            else:
                value = draw(run_values(margin)) if key == "run" else " 'prose'"
                fixed(f"{start}{key}:{value}")
                parts.extend([FREE] if changes else [])
                fixed("\n")
        answers.append((changes, draw(OUTPUTS), draw(st.sampled_from([0, 7, 130]))))
    if "|+" not in old:
        fixed(draw(st.sampled_from(["", "\n", "# tail\n"])))
    if draw(st.booleans()) and parts[-1]:
        old = old.removesuffix("\n")
        parts[-1] = parts[-1].removesuffix("\n")
    return old, parts, answers


def outcomes_of(transcript, answers):
    """Give the outcomes of steps that answered so."""
    return [
        StepOutcome(step, as_lines(output), status, matches(step.out, as_lines(output)))
        if changes
        else StepOutcome(step, step.out, step.status, is_equal=True)
        for step, (changes, output, status) in zip(transcript.steps, answers, strict=True)
    ]


def assert_updated(text, parts, answers):
    """Check that an update says what was answered, and leaves the fixed parts alone."""
    before = parse_yaml(text, "x")
    outcomes = outcomes_of(before, answers)
    new = with_answers(text, "x", outcomes)
    after = parse_yaml(new, "x")

    pattern = "".join("(?:.*?)" if part is FREE else re.escape(part) for part in parts)
    assert re.fullmatch(pattern, new, re.DOTALL), f"{text}\n-----\n{new}"
    for old, now, outcome in zip(before.steps, after.steps, outcomes, strict=True):
        assert matches(now.out, outcome.lines), f"{text}\n-----\n{new}"
        assert outcome.status == now.status
        changed = {"place": now.place, "out": now.out, "out_line": now.out_line}
        assert replace(old, **changed, status=now.status) == now
    again = [
        StepOutcome(step, one.lines, one.status, matches(step.out, one.lines))
        for step, one in zip(after.steps, outcomes, strict=True)
    ]
    assert new == with_answers(new, "x", again)


@pytest.mark.slow  # a property test
@HARD
@given(transcripts())
def test_an_update_touches_only_what_differs(drawn):
    """Comments, blank lines, order and quoting stay; what was answered then holds."""
    assert_updated(*drawn)


@pytest.mark.slow  # a property test
@HARD
@given(transcripts())
def test_an_update_keeps_crlf(drawn):
    """In a file whose lines end in CRLF, the new lines do too."""
    text, parts, answers = drawn
    text = text.replace("\n", "\r\n")
    assert_updated(text, [part and part.replace("\n", "\r\n") for part in parts], answers)

    new = with_answers(text, "x", outcomes_of(parse_yaml(text, "x"), answers))
    assert "\n" not in new.replace("\r\n", "")


@pytest.mark.slow  # a property test
@HARD
@given(st.lists(st.tuples(st.booleans(), OUTPUTS, st.sampled_from([0, 7])), min_size=1, max_size=4))
def test_an_update_of_json_stays_json(answers):
    """Steps in flow style, several on one line, are answered in place."""
    texts = ['{"run": "ls", "out": "old\\n"}', "{run: ls}", "{out: old, run: ls, status: 7}"]
    chosen = [texts[number % 3] for number in range(len(answers))]
    text = f"steps: [{', '.join(chosen)}]  # all\n"
    fixed = {0: ['{"run": "ls", "out": ', FREE, "}"], 1: ["{run: ls", FREE, "}"]}
    fixed[2] = ["{out: ", FREE, ", run: ls, status: ", FREE, "}"]
    parts = ["steps: ["]
    for number, (changes, _, _) in enumerate(answers):
        parts += [", "] if number else []
        parts += [*fixed[number % 3], FREE] if changes else [chosen[number]]
    parts.append("]  # all\n")
    assert_updated(text, parts, answers)


TEXT = """\
# what it is about
steps:
- run: first
  out: |   # first's
    old

    old too

# between
- run: second
- status: 3
  run: third
  out: 5
"""


def answered(text, *answers):
    """Give a text with answers: for each step its lines and status, or None if it held."""
    given_answers = [(one is not None, *(one or ("", 0))) for one in answers]
    return with_answers(text, "x", outcomes_of(parse_yaml(text, "x"), given_answers))


def test_nothing_differs():
    """If every step holds, nothing changes."""
    assert TEXT == answered(TEXT, None, None, None)


def test_a_block_changes_between_its_neighbours():
    """The comment on a block's first line and the blank line below it stay."""
    new = answered(TEXT, ("new\n", 0), None, None)

    assert TEXT.replace("    old\n\n    old too\n", "    new\n") == new


def test_an_answer_where_none_was_expected():
    """A step without ``out`` and ``status`` gets them below what is typed."""
    new = answered(TEXT, None, ("a\n\n", 2), None)

    added = "- run: second\n  out: |\n    a\n     (esc)\n  status: 2\n"
    assert TEXT.replace("- run: second\n", added) == new


def test_an_answer_of_one_line_stays_on_its_line():
    """A one-line value is replaced by a one-line value."""
    assert TEXT.replace("out: 5", 'out: "6"') == answered(TEXT, None, None, ("6\n", 3))


def test_no_answer_any_more():
    """An ``out`` of its own line goes; one with a comment is emptied."""
    new = answered(TEXT, ("", 0), None, ("", 0))

    expected = TEXT.replace("|   # first's\n    old\n\n    old too\n", '""   # first\'s\n')
    assert expected.replace("  out: 5\n", "").replace("status: 3", "status: 0") == new


def test_a_comment_does_not_become_an_answer():
    """Above a comment that stands as deep as a block, lines are written as one quoted text."""
    deep = "steps:\n- run: ls\n    # deep\n- run: ls\n"
    flat = "steps:\n- run: ls\n  # flat\n- run: ls\n"

    assert deep.replace("ls\n   ", 'ls\n  out: "a\\nb\\n"\n   ', 1) == answered(
        deep, ("a\nb\n", 0), None
    )
    assert flat.replace("ls\n  #", "ls\n  out: |\n    a\n    b\n  #") == answered(
        flat, ("a\nb\n", 0), None
    )


def test_a_byte_order_mark_stays():
    """Places are right behind a byte order mark, even on the first line."""
    text = "\ufeffsteps: [{run: ls, out: old}]\n"

    assert text.replace("old", '"new\\n"') == answered(text, ("new\n", 0))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("kthread_park", "kthread_park"),
        ("sudo insmod ./kthread.ko", "sudo insmod ./kthread.ko"),
        ("true", '"true"'),
        ("5", '"5"'),
        (" a", '" a"'),
        ("a: b", '"a: b"'),
        ("- a", '"- a"'),
        ("é", '"é"'),
        ("😀\u2028", '"😀\\u2028"'),
        ("", '""'),
        ("...", '"..."'),
    ],
)
def test_how_a_text_is_written(text, written):
    """A text is plain where YAML takes it for text, else it is quoted; and is read back."""
    assert written == scalar_text(text)
    assert text == parse_yaml(f"title: {written}\nsteps:\n", "x").title


@pytest.mark.slow  # a property test
@HARD
@given(
    st.text(min_size=1).filter(lambda text: not re.search("[\x00-\x08\x0b-\x1f\x7f]", text)),
    st.text(min_size=1),
)
def test_what_is_typed_is_read_back(typed, keys):
    """A step's line and keys read back as they were, whatever is in them."""
    typed, keys = (re.sub("[\ud800-\udfff]", "x", text) for text in (typed, keys))
    if not typed.removesuffix("\n"):
        return
    text = entry_text({"run": typed, "press": [{"after": "1s", "keys": keys}], "status": 3})
    step = parse_yaml(head_text("t", {"cpus": 1}) + text, "x").steps[0]

    assert (typed, keys, 3) == (step.run, step.press[0].text, step.status)


def test_a_head_is_read_back():
    """Title, settings and other keys above the steps read back as they were."""
    host = {"hostname": "yes", "cpus": 1, "preempt": "full", "prompt": "\\u$ "}
    read = parse_yaml(head_text("a: b", host, events="a.jsonl"), "x")

    assert ("a: b", host, "a.jsonl", ()) == (read.title, dict(read.host), read.events, read.steps)


def test_one_empty_line_is_an_answer():
    """An answer of one empty line is not the same as none."""
    text = "steps:\n- run: ls\n  out: old\n"
    [step] = parse_yaml(text, "t").steps
    new = with_answers(text, "t", [StepOutcome(step, ("",), 0, is_equal=False)])

    assert ("",) == parse_yaml(new, "t").steps[0].out
