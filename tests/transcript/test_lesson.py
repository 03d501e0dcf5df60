"""Lessons: led by what the host did, not by the letters typed."""

from __future__ import annotations

import pytest

from tests.console.terminal import Terminal
from vshell.cli import main
from vshell.machine.dialogue import Dialogue
from vshell.machine.goal import Done, check_goal, unmet_goals
from vshell.machine.host import Host
from vshell.transcript.lesson import Lesson, Progress, lesson_names, lesson_path
from vshell.transcript.load import load
from vshell.transcript.replay import replay
from vshell.transcript.report import difference_text

NAMES = ["kthread-park", "stop-semantics", "thread-states", "oops-and-hang"]


class Sitting:
    """A lesson taken at a dialogue."""

    def __init__(self, name, folder):
        self.transcript = load(lesson_path(name))
        self.progress = Progress(str(folder / "lessons.json"))
        self.lesson = Lesson(name, self.transcript, self.progress)
        self.host = Host()
        for path, text in self.transcript.files.items():
            self.host.place_file(path, text)
        self.dialogue = Dialogue(self.host)
        while (line := self.lesson.next_repeated()) is not None:
            self.dialogue.type(line)
        self.said = self.lesson.take_result(self.host, "", 0)

    def type(self, line):
        """Type a line; give what the lesson says then."""
        self.said = self.lesson.take_line(line)
        if self.said is None:
            output = self.dialogue.type(line)
            self.said = self.lesson.take_result(self.host, output, self.dialogue.status)
        return self.said


@pytest.fixture
def sit(tmp_path):
    """Begin lessons whose hosts are shut down after the test."""
    sittings = []

    def begin(name="kthread-park"):
        sittings.append(Sitting(name, tmp_path))
        return sittings[-1]

    yield begin
    for sitting in sittings:
        sitting.host.shut_down()


def test_the_lessons_are_there():
    """Four lessons come with vshell, in the order to take them."""
    assert NAMES == lesson_names()
    assert lesson_path("nosuch") is None


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_a_transcript_that_holds(name):
    """Each lesson replays to what it shows, and its goals are met."""
    outcome = replay(load(lesson_path(name)))

    assert "" == difference_text(outcome)
    assert outcome.holds


@pytest.mark.parametrize("name", NAMES)
def test_the_suggestions_lead_to_the_end(name, sit):
    """Whoever types what is suggested, waiting where the text says so, comes to the end."""
    sitting = sit(name)
    waits = {step.run: step.wait_ns for step in sitting.transcript.steps if step.run}
    for _ in range(len(waits)):
        assert not sitting.lesson.is_over
        line = sitting.lesson.suggestion
        sitting.dialogue.wait_until(sitting.host.kernel.now_ns + waits[line])
        sitting.type(line)

    assert sitting.lesson.is_over
    assert "last step" in sitting.said
    assert "" == sitting.lesson.suggestion
    assert len(sitting.transcript.steps) == sitting.progress.steps_done(name)


def test_every_step_has_a_text_and_a_hint():
    """A step without prose or hint would leave the learner alone."""
    bare = [
        f"{name}: {step.run}"
        for name in NAMES
        for step in load(lesson_path(name)).steps
        if not step.say or (step.run and not step.hint)
    ]

    assert [] == bare


def test_the_outcome_counts_not_the_letters(sit):
    """Another way to the same end is as good; one line may do several steps."""
    sitting = sit()
    sitting.type("head -n 50 kthread.py; cat kthread.py | tail -n 3")
    assert "make" == sitting.lesson.suggestion
    sitting.type("cd /tmp; (cd ~/kthread_examples && make all) >/dev/null 2>&1; cd -")
    assert "modinfo kthread.ko" == sitting.lesson.suggestion

    said = sitting.type("modinfo -d kthread.ko; sudo insmod kthread.ko")

    assert said.startswith("[5/10] Is it there?")


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("sudo insmod ./kthread.ko", "Has the module been built?"),
        ("insmod ./kthread.ko", "Has the module been built?"),
        ("sudo insmod ./kthread.py", "wants the built module"),
        ("make >/dev/null 2>&1; insmod ./kthread.ko", "put `sudo` in front"),
        ("sudo rmmod kthread", "No such module is loaded"),
        ("cd ~; make", "no Makefile in this folder"),
        ("insmood", "There is no such command"),
    ],
)
def test_wrong_turns_are_noticed(line, advice, sit):
    """What often goes wrong is explained."""
    sitting = sit()
    sitting.type("cat kthread.py")

    said = sitting.type(line)

    assert advice in " ".join(said.split()) or "modinfo" in sitting.lesson.suggestion


def test_a_module_loaded_twice_is_noticed(sit):
    """insmod of a module that is there already is explained."""
    sitting = sit()
    sitting.type("cat kthread.py; make >/dev/null 2>&1; modinfo kthread.ko")
    sitting.type("sudo insmod kthread.ko")

    assert "loaded already" in " ".join(sitting.type("sudo insmod kthread.ko").split())


def test_hints_come_on_request(sit):
    """The first hint helps, the second tells the line; again repeats, skip goes on."""
    sitting = sit()

    assert "cat prints a file" in sitting.type("hint")
    assert "Type: cat kthread.py\n" == sitting.type("hint")
    assert sitting.type("again").startswith("[1/10] Look at the module first")
    assert sitting.type("skip").startswith("[2/10] Find kthread_parkme()")
    assert "quit" == sitting.type("quit")


def test_an_empty_line_moves_nothing(sit):
    """Enter alone is no step."""
    sitting = sit()

    assert "" == sitting.type("")
    assert "cat kthread.py" == sitting.lesson.suggestion


def test_a_lesson_is_resumed(sit):
    """Left in the middle, it goes on there, on a host that is as far."""
    first = sit()
    for _ in range(4):
        first.type(first.lesson.suggestion)
    second = sit()

    assert second.said.startswith("[5/10] Is it there?")
    assert "Going on at step 5 of 10." in " ".join(second.lesson.greeting().split())
    second.type("lsmod | grep kthread")
    assert "ps -N | grep kthread_park" == second.lesson.suggestion


def test_a_finished_lesson_begins_anew(tmp_path):
    """The end of a lesson is not where one is stuck."""
    progress = Progress(str(tmp_path / "p.json"))
    transcript = load(lesson_path("kthread-park"))
    progress.note("kthread-park", len(transcript.steps))

    lesson = Lesson("kthread-park", transcript, progress)

    assert lesson.next_repeated() is None
    assert not lesson.is_over
    assert "[1/10]" in lesson.text()


def test_damaged_progress_is_none(tmp_path):
    """A progress file that cannot be read is as good as none."""
    path = tmp_path / "p.json"
    for text in ("", "[", "[]", '{"kthread-park": "x"}'):
        path.write_text(text)
        assert 0 == Progress(str(path)).steps_done("kthread-park")


GOALS = [
    ("file kthread_examples/kthread.py exists", True),
    ("file nosuch/file exists", False),
    ("file /etc/passwd/x missing", True),
    ("file /etc/passwd missing", False),
    ("module kthread loaded", True),
    ("module kthread gone", False),
    ("module nosuch gone", True),
    ("thread kthread_park thread1 example parked", True),
    ("thread kthread_park thread2* sleeping", True),
    ("thread kthread_park thread2* running", False),
    ("thread nosuch gone", True),
    ("thread kthreadd gone", False),
    ("log has thread1 created", True),
    ("log has nothing of this", False),
    ("output has wor", True),
    ("output has nope", False),
    ("ran echo", True),
    ("ran ech", False),
    ("status 0", True),
    ("status 1", False),
]


@pytest.fixture(scope="module")
def running_host():
    """A host on which the tutorial's threads run."""
    host = Host()
    Dialogue(host).type("make >/dev/null 2>&1; sudo insmod kthread.ko; sleep 2")
    yield host
    host.shut_down()


@pytest.mark.parametrize(("goal", "met"), GOALS)
def test_goals_look_at_the_host(goal, met, running_host):
    """A goal is met by the host's state."""
    done = Done("sudo echo world", "world\n", 0)

    assert check_goal(goal) is None
    assert ([] if met else [goal]) == unmet_goals([goal], running_host, done)


@pytest.mark.parametrize(
    "goal", ["", "fil x exists", "file x", "module a-b loaded", "thread x", "log", "status x"]
)
def test_malformed_goals_are_refused(goal):
    """What is no goal is said to be none."""
    assert "goal" in check_goal(goal)


def test_a_failed_command_did_not_run():
    """``ran`` wants the command to have succeeded."""
    host = Host()

    assert ["ran ls"] == unmet_goals(["ran ls"], host, Done("ls /nosuch", "", 2))
    host.shut_down()


def test_tutorial_lists_the_lessons(tmp_path, monkeypatch, capsys):
    """``vshell tutorial`` names the lessons and how far one has come."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    Progress(str(tmp_path / "vshell" / "lessons.json")).note("kthread-park", 3)
    assert 0 == main(["tutorial"])
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].split()[0] == "kthread-park"
    assert lines[0].endswith("step 3 of 10")
    assert [line.split()[0] for line in lines[:4]] == NAMES


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nosuch"], "no lesson 'nosuch'; 'vshell tutorial' lists them"),
        (["a", "b"], "tutorial takes one lesson's name, not 'a b'"),
        (["--x"], "tutorial takes one lesson's name, not '--x'"),
    ],
)
def test_wrong_words(words, message, capsys):
    """What is no lesson is said, with status 2."""
    assert 2 == main(["tutorial", *words])
    assert f"vshell: {message}\n" == capsys.readouterr().err


@pytest.mark.slow  # two sessions at the prompt
def test_a_lesson_at_the_prompt(tmp_path):
    """The text stands above the prompt, the suggestion behind it; quit leaves; it is resumed."""
    terminal = Terminal("tutorial", "kthread-park", home=tmp_path, columns=90, rows=60)
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$ cat kthread.py"))
    assert any("[1/10] Look at the module first." in line for line in terminal.lines)
    terminal.type("\x1b[C\r")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$ make"))
    terminal.enter("sudo insmod ./kthread.ko")
    terminal.wait_for(lambda: any("Has the module been built?" in one for one in terminal.lines))
    terminal.enter("make >/dev/null 2>&1")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$ modinfo kthread.ko"))
    terminal.enter("quit")
    terminal.wait_for_end()
    terminal.close()
    again = Terminal("tutorial", "kthread-park", home=tmp_path, columns=90, rows=40)
    again.wait_for(lambda: again.lines[-1].endswith("$ modinfo kthread.ko"))

    assert any("Going on at step 3 of 10." in line for line in again.lines)
    assert not any("CC [M]" in line for line in again.lines)
    again.enter("ls *.ko")
    again.wait_for(lambda: "kthread.ko" in again.lines)
    again.close()
