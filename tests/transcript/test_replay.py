"""Replays: several terminals, times, keys, failures, recorded events."""

from __future__ import annotations

import textwrap

import pytest

from vshell.transcript.edit import with_answers
from vshell.transcript.load import load
from vshell.transcript.model import TranscriptError
from vshell.transcript.replay import replay
from vshell.transcript.report import difference_text

PANIC = """\
from vshell.linux.module import MODULE_LICENSE, module_init
from vshell.linux.kernel import panic

def my_init():
    panic("on purpose")
    return 0

module_init(my_init)
MODULE_LICENSE("GPL")
"""
SPIN = """\
from vshell.linux.err import IS_ERR
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init

thread = None

def work(data):
    while True:
        pass
    return 0

def my_init():
    global thread
    thread = kthread_run(work, None, "spinner")
    return 0

def my_exit():
    kthread_stop(thread)

module_init(my_init)
module_exit(my_exit)
MODULE_LICENSE("GPL")
"""


@pytest.fixture
def play(tmp_path):
    """Replay a transcript's text; give its outcome."""

    def run(text, name="a.vshell.yaml", **options):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        return replay(load(str(path)), **options)

    return run


def shown(outcome):
    """Give the lines of each step."""
    return [list(step.lines) for step in outcome.steps]


def module_files(name, source):
    """Give the ``files`` of a transcript with a module, and the step that builds it."""
    text = textwrap.indent(source, "    ")
    make = (
        f"    obj-m += {name}.o\n    all:\n"
        "    \tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n"
    )
    head = f"files:\n  m/{name}.py: |\n{text}  m/Makefile: |\n{make}"
    return head + "steps:\n- run: cd ~/m\n- run: make > /dev/null\n"


def test_a_session_holds(play):
    """Output, statuses, several lines and files are as the transcript says."""
    outcome = play(
        """\
        files: {notes: "one\\ntwo\\n"}
        host: {hostname: box}
        steps:
        - say: Just prose.
        - run: cat ~/notes; hostname
          out: |
            one
            two
            box
        - run: |
            for x in 1 2; do
              echo $x
            done
          out: "1\\n2"
        - {run: "false", status: 1}
        - {run: "printf a", out: a (no-eol)}
        """
    )

    assert "" == difference_text(outcome)
    assert outcome.holds
    assert [5, 10, 15, 16] == [step.step.place.line for step in outcome.steps]


def test_two_terminals_share_a_host(play):
    """A second terminal is another prompt on the same host; each shows its own output."""
    outcome = play(
        """\
        steps:
        - run: tty; echo $$
          out: "/dev/pts/0\\n2914"
        - run: sleep 5; echo done
          out: done
        - run: tty; ps -o comm= -t pts/0
          terminal: other
          at: 102
          out: "/dev/pts/1\\nbash\\nsleep"
        - run: echo first again
          out: first again
        """
    )

    assert "" == difference_text(outcome)


@pytest.mark.parametrize(
    ("key", "at"), [("at: 105.5", "105.5"), ("wait: 5500ms", "105.5"), ("wait: 0.1min", "106.0")]
)
def test_a_line_enters_at_its_time(key, at, play):
    """``at`` and ``wait`` let virtual time pass; a thread sees the time of the line."""
    outcome = play(f"steps:\n- run: cut -c-5 /proc/uptime\n  {key}\n  out: '{at}'\n")

    assert "" == difference_text(outcome)


def test_a_time_that_has_passed_fails(play):
    """A line cannot enter before the one above it has been done."""
    outcome = play("steps:\n- run: sleep 10\n- run: ls\n  at: 105\n")

    assert not outcome.holds
    assert outcome.failure.startswith("'at' 105.000000000 has passed; it is 110.0")
    assert (3, 1) == (outcome.failure_line, len(outcome.steps))


def test_keys_cannot_be_pressed_before_their_line(play):
    """A key's absolute time must not lie before its line is entered."""
    outcome = play("steps:\n- run: cat\n  at: 105\n  press: [{at: 104, keys: a}]\n")

    assert "press 'at' 104.000000000 is before the line is entered, at 105.000000000" == (
        outcome.failure
    )
    assert 2 == outcome.failure_line


def test_keys_reach_what_runs(play):
    """Keys are pressed at their times: input, the end of the file, an interrupt."""
    outcome = play(
        """\
        steps:
        - run: cat
          press:
          - {after: 1s, keys: "hello\\r"}
          - {after: 2s, keys: "\\x04"}
          out: "hello\\nhello"
        - run: sleep 1000
          press: [{after: 2500ms, keys: "\\x03"}]
          out: ^C
          status: 130
        - run: cut -c-5 /proc/uptime
          out: "104.5"
        """
    )

    assert "" == difference_text(outcome)


def test_keys_at_the_prompt(play):
    """Ctrl-C gives the line up with status 130; an empty line keeps it; Ctrl-D ends the session."""
    outcome = play(
        """\
        steps:
        - {key: ctrl-c, status: 130}
        - {key: enter, status: 130}
        - {run: 'echo $?', out: 130}
        - {key: ctrl-d, out: exit}
        """
    )

    assert [[], [], ["130"]] == shown(outcome)[:3]
    assert [130, 130, 0] == [step.status for step in outcome.steps[:3]]
    assert "" == outcome.failure


def test_the_size_of_the_terminal(play):
    """``size`` holds from its step on."""
    outcome = play(
        "steps:\n- {run: stty size, out: 24 80}\n- {run: stty size, size: 132x50, out: 50 132}\n"
        "- {run: stty size, out: 50 132}\n"
    )

    assert "" == difference_text(outcome)


def test_the_end_of_a_session_in_the_middle(play):
    """What stands below ``exit`` cannot be done; the line is named."""
    outcome = play(
        "steps:\n- run: echo a\n  out: a\n- run: exit 3\n  status: 3\n  out: exit\n- run: ls\n"
    )

    assert ("the session has ended before this step", 7) == (
        outcome.failure,
        outcome.failure_line,
    )
    assert [0, 3] == [step.status for step in outcome.steps]


def test_a_panic_ends_the_replay(play):
    """A module that panics fails the replay at its line; what was shown before is compared."""
    outcome = play(module_files("bad", PANIC) + "- run: sudo insmod ./bad.ko\n- run: ls\n")

    assert outcome.failure.startswith("the virtual kernel has stopped: ")
    assert "on purpose" in outcome.failure
    assert "- run: sudo insmod" in load_line(outcome)


def load_line(outcome):
    """Give the line of the file at which a replay could not go on."""
    with open(outcome.transcript.path) as file:
        return file.read().split("\n")[outcome.failure_line - 1]


def test_a_standstill_is_given_up(play):
    """A command that nothing will ever wake fails the replay, with the reason."""
    outcome = play("steps:\n- run: cat\n- run: ls\n")

    assert "cat (pid 2915) sleeps in n_tty_read and nothing will ever wake it; giving up" == (
        outcome.failure
    )
    assert (2, 1) == (outcome.failure_line, len(outcome.steps))


def test_a_spinning_thread_leaves_the_session(play):
    """rmmod of a thread that computes for ever hangs; a second Ctrl-C gives the prompt back."""
    keys = 'press: [{after: 30s, keys: "\\x03"}, {after: 31s, keys: "\\x03"}]'
    outcome = play(
        module_files("spin", SPIN)
        + f"- run: sudo insmod ./spin.ko\n- run: sudo rmmod spin\n  {keys}\n  status: 130\n"
        + "- run: dmesg | grep -c 'soft lockup'\n  out: '[1-9] (re)'\n"
    )

    assert "" == outcome.failure
    assert outcome.steps[-1].is_equal


@pytest.mark.slow  # a loop that is left to itself for a moment
def test_a_command_that_never_ends_is_given_up(play):
    """What goes on for ever fails the replay after real seconds, at its line."""
    text = "steps:\n- run: echo a\n  out: a\n- run: while sleep 0.001; do :; done\n- run: ls\n"
    outcome = play(text, timeout_s=0.2)

    assert ("no prompt after 0.2 real seconds; giving up", 4) == (
        outcome.failure,
        outcome.failure_line,
    )
    assert [True, True] == [step.is_equal for step in outcome.steps]


def test_an_expression_that_never_ends_fails(play, monkeypatch):
    """A regular expression that explodes fails its step instead of the patience of the reader."""
    monkeypatch.setattr("vshell.transcript.match._PATTERN_SECONDS_MAX", 0.05)
    monkeypatch.setattr("vshell.transcript.match._TOO_SLOW", set())
    outcome = play(f"steps:\n- run: echo {'a' * 60}\n  out: (a+)+b (re)\n- run: ls\n")

    assert ("the regular expression takes too long: (a+)+b", 2) == (
        outcome.failure,
        outcome.failure_line,
    )


def test_the_workspace_is_the_home_directory(play, tmp_path):
    """``workspace`` names a folder beside the transcript; nothing is written to it."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "hello").write_text("from the disk\n")
    outcome = play(
        "workspace: mine\nsteps:\n- {run: cat ~/hello, out: from the disk}\n- run: rm ~/hello\n"
    )

    assert "" == difference_text(outcome)
    assert "from the disk\n" == (tmp_path / "mine" / "hello").read_text()


def test_a_workspace_that_is_not_there(play, tmp_path):
    """A missing workspace is an error of the transcript."""
    with pytest.raises(TranscriptError, match=r"workspace: .*/mine: No such directory"):
        play("workspace: mine\nsteps:\n- run: ls\n")


def test_a_file_that_cannot_be(play):
    """A file below a file fails the replay."""
    outcome = play("files: {a: x, a/b: y}\nsteps:\n- run: ls\n")

    assert "a/b: cannot be a file there" == outcome.failure


def test_odd_bytes_are_shown(play):
    """Output that is no UTF-8 is compared byte by byte."""
    outcome = play("steps:\n- run: printf '\\377\\n'\n  out: \\xff (esc)\n")

    assert "" == difference_text(outcome)


def test_the_first_event_that_differs_is_named(play, tmp_path):
    """Recorded events are compared; the first one that differs is told, with the step."""
    text = "events: e.jsonl\nsteps:\n- run: sleep 1\n- run: sleep 2\n"
    events = []
    (tmp_path / "e.jsonl").write_text("")
    play(text, listen=events.append)
    lines = [event.to_json() for event in events]
    (tmp_path / "e.jsonl").write_text("\n".join(lines) + "\n")
    assert play(text).holds

    number = next(n for n, event in enumerate(events) if event.name == "sched_switch") + 1
    (tmp_path / "e.jsonl").write_text("\n".join(lines[:number] + lines[number + 1 :]))
    outcome = play(text)
    assert f"recorded: {events[number + 1]}\nnow:      {events[number]}" == outcome.event
    assert (3, False) == (outcome.event_line, outcome.holds)

    (tmp_path / "e.jsonl").write_text("\n".join(lines[:-1]))
    assert f"recorded: no more events\nnow:      {events[-1]}" == play(text).event
    assert 4 == play(text).event_line

    (tmp_path / "e.jsonl").write_text("\n".join([*lines, lines[-1]]))
    assert f"recorded: {events[-1]}\nnow:      no more events" == play(text).event

    (tmp_path / "e.jsonl").unlink()
    assert play(text).event.endswith("e.jsonl: No such file or directory")


def test_steps_on_one_line_are_told_apart(play):
    """Steps in flow style have outcomes of their own, and answers are written to each."""
    text = "steps: [{run: echo a}, {run: echo b, out: b}, {run: echo c}]\n"
    outcome = play(text)

    assert [["a"], ["b"], ["c"]] == shown(outcome)
    new = text.replace("echo a}", 'echo a, out: "a\\n"}')
    new = new.replace("echo c}", 'echo c, out: "c\\n"}')
    assert new == with_answers(text, "x", outcome.steps)


PAGE = """\
# Two hosts

```console
$ echo a > f
$ cat f
a
```

<!-- vshell: new host -->

Now on another one:

   ```console
   $ cat f
   cat: f: No such file or directory
   $ for x in 1 2
   > do echo $x
   > done
   1
   ...
   ```

<!-- vshell: skip -->
```console
$ vshell --version
```

<!--
```console
$ echo hidden
```
-->
<!-- file: g -->
```text
from the page
```
```console
$ cat ~/g
from the page
```
"""


def test_a_page_holds(play):
    """A Markdown page's console blocks are a session; orders start hosts and skip blocks."""
    outcome = play(PAGE, "page.md")

    assert "" == difference_text(outcome)
    assert ("Two hosts", 5) == (outcome.transcript.title, len(outcome.steps))
    assert [False, False, True, False, False] == [one.step.is_fresh for one in outcome.steps]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_page_is_updated_in_place(end, tmp_path):
    """Answers are written into the blocks, indented as these are; the rest stays."""
    from vshell.transcript.load import write_answers  # noqa: PLC0415 - used here alone

    path = tmp_path / "page.md"
    text = "# T\n\n  ```console\n  $ printf '$ ls\\n```\\n\\nx\\n'\n  old\n"
    text += "  $ true\n  gone\n  ```\nend"
    path.write_bytes(text.replace("\n", end).encode())
    write_answers(str(path), replay(load(str(path))).steps)

    new = text.replace("  old", "  \\x24 ls (esc)\n  \\x60`` (esc)\n\n  x").replace("  gone\n", "")
    assert new.replace("\n", end).encode() == path.read_bytes()
    assert replay(load(str(path))).holds
