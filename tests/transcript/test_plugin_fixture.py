"""The fixture ``vshell``: a host with a prompt in a Python test."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from vshell.machine.failure import HostFailure
from vshell.transcript.fixture import Vshell

pytest_plugins = ["pytester"]

INSMOD = "make > log 2>&1; sudo insmod ./kthread.ko"


def test_run_gives_output_and_status(vshell):
    """A command's result has what the terminal showed, as text and by lines, and the status."""
    result = vshell.run("echo a; ls none; echo b")

    assert "a\nls: cannot access 'none': No such file or directory\nb\n" == result.out
    assert ["a", "ls: cannot access 'none': No such file or directory", "b"] == result.lines
    assert 0 == result.status
    assert 3 == vshell.run("(exit 3)").status


def test_run_takes_several_lines(vshell):
    """Lines that go on with a command, and further commands, are typed one by one."""
    assert "1\n2\nend\n" == vshell.run("for i in 1 2; do\necho $i\ndone\necho end\n").out


def test_one_shell_runs_all(vshell):
    """All commands of a test run in the same shell."""
    vshell.run("cd /tmp; name=value")

    assert "/tmp value\n" == vshell.run("echo $PWD $name").out


def test_virtual_time(vshell):
    """Time stands still between commands; advance() lets it pass, by any unit."""
    start_ns = vshell.now_ns
    for duration in ("3s", "250ms", 2, 0.5):
        vshell.advance(duration)

    assert 5_750_000_000 == vshell.now_ns - start_ns
    assert vshell.now_ns == vshell.kernel.now_ns
    with pytest.raises(ValueError, match="soon"):
        vshell.advance("soon")


def test_views_of_tasks(vshell):
    """A task's view tells what ps tells."""
    vshell.run(INSMOD)
    vshell.advance("3.5s")
    kernel = vshell.kernel
    parked = kernel.task("kthread_park thread1 example")
    asleep = kernel.task(4098)

    assert parked is not None
    assert asleep is not None
    assert (4097, "kthread_park th", "P", "parked") == (
        parked.pid,
        parked.comm,
        parked.state,
        parked.state_word,
    )
    assert ("__kthread_parkme", True, 2) == (parked.wchan, parked.is_kthread, parked.parent_pid)
    assert parked.state_since_ns < kernel.now_ns - 2_000_000_000
    assert ("D", "disk sleep", "msleep") == (asleep.state, asleep.state_word, asleep.wchan)
    assert {0, 1} >= {task.cpu for task in kernel.tasks}
    assert sorted(task.pid for task in kernel.tasks) == [task.pid for task in kernel.tasks]
    shell = kernel.task("bash")
    assert shell is not None
    assert (False, "S") == (shell.is_kthread, shell.state)
    assert kernel.task("none") is None


def test_views_of_modules_and_log(vshell):
    """A module's view tells what lsmod tells; the log is that of dmesg."""
    assert () == vshell.kernel.modules
    vshell.run(INSMOD)
    module = vshell.kernel.module("kthread")

    assert ("kthread", "Live", 0, (), 16384) == (
        module.name,
        module.state,
        module.refs,
        module.used_by,
        module.size,
    )
    assert ("thread1 created successfully", "thread2 created successfully") == (
        vshell.kernel.messages("created")
    )
    line = vshell.kernel.log[-1]
    assert (
        f"[{line.time_ns / 1e9:12.6f}] {line.text}\n"[:9] == vshell.run("dmesg | tail -n 1").out[:9]
    )
    assert 6 == line.level


def test_a_module_that_is_used_and_one_that_goes(vshell):
    """References, users and the state while rmmod waits are those of /proc/modules."""
    vshell.run("cd ~/symbols; make > log 2>&1; for m in *.ko; do sudo insmod $m; done 2> log")
    vshell.run("for m in *.ko; do sudo insmod $m; done 2> log")
    used = next(module for module in vshell.kernel.modules if module.used_by)

    assert len(used.used_by) == used.refs
    assert {module.name for module in vshell.kernel.modules} >= set(used.used_by)
    vshell.run(f"cd ~/kthread_examples; {INSMOD}")
    vshell.type("sudo rmmod kthread")
    vshell.advance("10ms")
    assert "Unloading" == vshell.kernel.module("kthread").state
    vshell.finish()
    assert vshell.kernel.module("kthread") is None


def test_views_are_frozen(vshell):
    """A view neither changes when the kernel does, nor by the test."""
    before = vshell.kernel
    vshell.run(INSMOD)

    assert () == before.modules
    with pytest.raises(FrozenInstanceError):
        before.now_ns = 0


def test_events(vshell):
    """The kernel's events are there from the host's start, in order, by name and field."""
    vshell.run(INSMOD)
    vshell.advance("2s")
    parks = [event for event in vshell.events if event.name == "kthread_parked"]

    assert [4097] == [event.fields()["pid"] for event in parks]
    for cpu in (0, 1):
        times_ns = [event.time_ns for event in vshell.events if event.cpu == cpu]
        assert sorted(times_ns) == times_ns
    assert "sched_process_fork" in {event.name for event in vshell.events}


def test_files(vshell):
    """A file put into the host is the user's; a script can be executed."""
    vshell.write_file("data/one.txt", "1\n")
    vshell.write_file("/usr/local/bin/twice", '#!/bin/bash\necho "$1$1"\n')

    assert "1\n" == vshell.run("cat ~/data/one.txt").out
    assert "test\n" == vshell.run("stat -c %U ~/data/one.txt").out
    assert "abab\n" == vshell.run("twice ab").out
    vshell.write_file("data/one.txt", "2\n")
    assert "2\n" == vshell.run("cat ~/data/one.txt").out
    with pytest.raises(HostFailure, match=r"data/one\.txt/x: cannot be a file there"):
        vshell.write_file("data/one.txt/x", "")


def test_a_command_in_the_foreground(vshell):
    """A command that was typed runs on while time passes, until keys or its end stop it."""
    vshell.type("sleep 100; echo $?")
    vshell.advance("1s")

    assert vshell.kernel.task("sleep") is not None
    with pytest.raises(ValueError, match="no prompt waits for 'ls': a command still runs"):
        vshell.type("ls")
    vshell.press("ctrl-c")
    result = vshell.finish()
    assert ("^C\n", 130) == (result.out, result.status)
    assert vshell.kernel.task("sleep") is None


def test_keys_later_and_text(vshell):
    """Keys can be pressed after a time, and be text for a program that reads."""
    vshell.type("read answer; echo got $answer")
    vshell.press("yes\n", after="2s")
    start_ns = vshell.now_ns

    assert "yes\ngot yes\n" == vshell.finish().out
    assert vshell.now_ns - start_ns >= 2_000_000_000


def test_keys_at_the_prompt(vshell):
    """At the prompt ctrl-c gives up the line and ctrl-d ends the session; text is a mistake."""
    with pytest.raises(ValueError, match="type 'x' as a line"):
        vshell.press("x")
    vshell.press("ctrl-c")
    assert 130 == vshell.finish().status
    vshell.press("ctrl-d")
    vshell.finish()
    assert vshell.terminal("").has_ended
    with pytest.raises(ValueError, match="the session has ended"):
        vshell.run("ls")


def test_terminals(vshell):
    """Another terminal is another shell on the same host, the same one by the same name."""
    vshell.run("name=value")
    second = vshell.terminal("second")

    assert "/dev/pts/1 -\n" == second.run("echo $(tty) ${name:--}").out
    assert "/dev/pts/0 value\n" == vshell.run("echo $(tty) ${name:--}").out
    vshell.type("sleep 5")
    assert "sleep\n" == second.run("pgrep -l sleep | cut -d' ' -f2").out
    assert second is vshell.terminal("second")
    assert second.prompt.endswith("$ ")
    assert "" == vshell.terminal("").prompt


def test_a_command_that_never_ends(vshell):
    """What can never end is an error of the test which says who sleeps where."""
    with pytest.raises(
        HostFailure, match=r"cat \(pid \d+\) sleeps in .* nothing will ever wake it"
    ):
        vshell.run("cat")


# -- The mark -------------------------------------------------------------------------------------


@pytest.mark.vshell(host={"hostname": "lab", "cpus": 4}, files={"a/b": "text\n"}, seed=7)
def test_the_mark(vshell):
    """The mark changes settings, adds files and chooses the seed."""
    assert "lab\n4\ntext\n" == vshell.run("hostname; nproc; cat ~/a/b").out


@pytest.mark.vshell(host="debian-12")
def test_the_mark_with_a_profile(vshell):
    """A host by name is a profile."""
    assert "6.1." == vshell.run("uname -r").out[:4]


@pytest.mark.vshell(host={"profile": "debian-12", "hostname": "lab"})
def test_the_mark_with_a_changed_profile(vshell):
    """Settings can begin with a profile."""
    assert "lab 6.1." == vshell.run("uname -nr").out[:8]


@pytest.mark.vshell(seed=1)
class TestMarks:
    """Marks of a class and of its tests."""

    @pytest.mark.vshell(files={"a": "a\n"})
    def test_both_count(self, vshell):
        """What a mark of the class says holds for a test that has a mark of its own."""
        assert "a\n" == vshell.run("cat ~/a").out
        assert vshell.run("make > log 2>&1; sudo insmod kthread.ko; sleep 3").status == 0
        same = Vshell(files={"a": "a\n"}, seed=1)
        other = Vshell(files={"a": "a\n"}, seed=2)
        for one in (same, other):
            one.run("cat ~/a")
            one.run("make > log 2>&1; sudo insmod kthread.ko; sleep 3")
            one.shut_down()

        assert same.events == vshell.events
        assert other.events != vshell.events


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest on a test module with the plugin and no others; give what it did."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(text, *words):
        pytester.makepyfile(text)
        return pytester.runpytest(
            "-p", "vshell.transcript.pytest_plugin", "--strict-markers", *words
        )

    return run


def test_the_workspace_of_the_mark(run, pytester):
    """A relative workspace lies beside the test's file; the command line's goes before it."""
    for name in ("mine", "given"):
        folder = pytester.mkdir(name)
        (folder / "name").write_text(name)
    text = """
        import pytest
        @pytest.mark.vshell(workspace="mine")
        def test_it(vshell):
            assert "NAME" == vshell.run("cat ~/name").out
    """
    run(text.replace("NAME", "mine")).assert_outcomes(passed=1)
    run(text.replace("NAME", "given"), "--vshell-workspace=given").assert_outcomes(passed=1)


def test_the_host_file_of_the_mark(run, pytester):
    """A host file lies beside the test's file, wherever pytest was started."""
    folder = pytester.mkdir("t")
    (folder / "lab.yaml").write_text("hostname: lab\n")
    (folder / "test_lab.py").write_text(
        "import pytest\n"
        "@pytest.mark.vshell(host='lab.yaml')\n"
        "def test_lab(vshell):\n"
        "    assert ['lab'] == vshell.run('hostname').lines\n"
    )

    run("def test_here(): pass").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (
            "colour='red'",
            "*the mark 'vshell': there is no 'colour', only workspace, host, files, seed",
        ),
        (
            "'debian-12'",
            "*the mark 'vshell': 'debian-12' needs a name: workspace, host, files, seed",
        ),
        ("host={'colour': 1}", "*the mark 'vshell': host: there is no setting 'colour'"),
        ("host='none'", "*the mark 'vshell': none: No such file or directory, and no profile (*"),
        ("workspace='none'", "*the mark 'vshell': the workspace */none is not a directory"),
        ("files={'a': '', 'a/b': ''}", "*the mark 'vshell': a/b: cannot be a file there"),
    ],
)
def test_a_wrong_mark_is_one_message(run, mark, message):
    """A mark that cannot be is an error of the test that says what is wrong, without traceback."""
    result = run(f"import pytest\n@pytest.mark.vshell({mark})\ndef test_it(vshell): pass\n")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_host_is_shut_down(run, monkeypatch):
    """After a test, whether it failed or not, its host is gone."""
    ended = []
    monkeypatch.setattr(Vshell, "shut_down", lambda self: ended.append(self.now_ns > 0))
    result = run("def test_a(vshell): pass\ndef test_b(vshell): vshell.run('ls'); assert 0\n")

    result.assert_outcomes(passed=1, failed=1)
    assert [True, True] == ended


def test_a_failure_points_at_the_test(run):
    """The traceback of a misuse ends in the test's own line."""
    result = run("def test_it(vshell):\n    vshell.run('cat')\n")

    result.stdout.fnmatch_lines([">*vshell.run('cat')"])
    result.stdout.no_fnmatch_line("*fixture.py*")
    result.stdout.no_fnmatch_line("*dialogue.py*")
