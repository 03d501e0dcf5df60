"""At a prompt: jobs, keys, what is told and what $? is, as bash has it."""

from __future__ import annotations

import pytest

SECOND = 1_000_000_000


@pytest.fixture
def prompt(make_dialogue, tmp_path):
    """A dialogue in an empty home directory."""
    dialogue = make_dialogue(workspace=tmp_path)
    dialogue.take_output()
    return dialogue


def test_complaints_name_no_line(prompt):
    """Neither the shell at a prompt nor what it forks says in which line something is wrong."""
    assert "bash: nosuch: command not found\n" == prompt.type("nosuch")
    assert "bash: nosuch: command not found\n" == prompt.type("(nosuch)")
    assert "bash: nosuch: command not found\nx\n" == prompt.type("echo x$(nosuch)")
    assert "bash: nosuch: command not found\n" == prompt.type("nosuch | cat")
    assert 0 == prompt.status


def test_a_background_job_is_told_of(prompt):
    """Its number and pid at once, its end before the next prompt."""
    shown = prompt.type("sleep 5 &")
    pid = prompt.type("echo $!").strip()

    assert f"[1] {pid}\n" == shown
    assert "[1]+  Running                 sleep 5 &\n" == prompt.type("jobs")
    assert "[1]+  Done                    sleep 5\n" == prompt.type("sleep 6")


def test_ctrl_z_stops_and_fg_goes_on(prompt):
    """A stopped job has status 148, is listed, and goes on in the foreground or background."""
    prompt.press(b"\x1a", prompt.host.kernel.now_ns + SECOND)

    assert "^Z\n[1]+  Stopped                 sleep 9\n" == prompt.type("sleep 9")
    assert 148 == prompt.status
    assert "[1]+ sleep 9 &\n" == prompt.type("bg")
    assert "sleep 9\n" == prompt.type("fg")
    assert 0 == prompt.status
    assert "" == prompt.type("jobs")


def test_ctrl_c_ends_a_job(prompt):
    """What runs in the foreground ends with status 130, and the rest of the line is not run."""
    prompt.press(b"\x03", prompt.host.kernel.now_ns + SECOND)

    assert "^C\n" == prompt.type("sleep 9; echo no")
    assert 130 == prompt.status


def test_ctrl_c_in_a_substitution_ends_the_line(prompt):
    """An interrupted $(...) gives up the command that wanted its output."""
    prompt.press(b"\x03", prompt.host.kernel.now_ns + SECOND)
    shown = prompt.type("echo got $(sleep 9)")

    assert "got" not in shown
    assert 130 == prompt.status


def test_ctrl_c_at_the_prompt_sets_the_status(prompt):
    """A line that is given up leaves $? at 130."""
    prompt.type("true")
    prompt.cancel_line()
    prompt.finish()

    assert 130 == prompt.status
    assert "130\n" == prompt.type("echo $?")


def test_killed_and_disowned_jobs(prompt):
    """A killed job is told of as such; a disowned one is forgotten."""
    prompt.type("sleep 50 &")
    prompt.type("kill %1")

    assert "[1]+  Terminated              sleep 50\n" == prompt.type("sleep 1")
    prompt.type("sleep 50 &")
    assert "" == prompt.type("disown; jobs")


def test_stopped_jobs_hold_the_shell_once(prompt):
    """The first exit warns of stopped jobs, the second leaves."""
    prompt.press(b"\x1a", prompt.host.kernel.now_ns + SECOND)
    prompt.type("sleep 9")

    assert "exit\nThere are stopped jobs.\n" == prompt.type("exit")
    prompt.type("exit")
    assert prompt.has_ended


def test_more_lines_are_asked_for(prompt):
    """An unfinished command is continued behind PS2; a syntax error is named without a line."""
    prompt.type("for i in 1 2")
    assert "> " == prompt.prompt
    prompt.type("do echo $i")

    assert "1\n2\n" == prompt.type("done")
    assert "bash: syntax error near unexpected token `)'\n" == prompt.type("echo )")
    assert 2 == prompt.status


def test_history_and_aliases(prompt):
    """Lines entered are listed; aliases hold at a prompt."""
    prompt.type("alias hi='echo hello'")

    assert "hello you\n" == prompt.type("hi you")
    assert "    1  alias hi='echo hello'\n    2  hi you\n    3  history\n" == prompt.type("history")


def test_set_e_works_after_a_return_in_a_condition(sh):
    """return, break and ! in a condition do not turn set -e off for good."""
    script = "f() { if true; then return 1; fi; }; f || :; ! f; set -e; false; echo alive"

    assert ("", 1) == (sh(script).out, sh(script).status)


def test_endless_recursion_dies_as_bash_does(sh):
    """bash knows no limit: the stack ends, and with it the process, by SIGSEGV."""
    result = sh("bash -c 'f() { f; }; f'; echo $?")

    assert "139\n" == result.out
    assert "Segmentation fault" in result.err


def test_funcnest_limits_recursion(sh):
    """With FUNCNEST a function that calls itself too often is refused."""
    result = sh("FUNCNEST=5; f() { f; }; f; echo no")

    assert 1 == result.status
    assert "f: maximum function nesting level exceeded (5)" in result.err


def test_recursion_goes_deep(sh):
    """A function may well call itself some hundred times."""
    assert (
        "500500\n"
        == sh(
            "f() { if (($1 == 0)); then s=0; else f $(($1 - 1)); ((s += $1)); fi; }; "
            "f 200; f 200; s=500500; echo $s"
        ).out
    )


def test_the_last_command_needs_no_process(sh):
    """bash -c becomes its last program, so that a pid is the same inside and out."""
    assert "1\n" == sh("bash -c 'echo $$; sh_=1; exec bash -c \"echo \\$\\$\"' | uniq | wc -l").out
    assert "1\n" == sh("bash -c 'echo $$; bash -c \"echo \\$\\$\"' | uniq | wc -l").out


def test_a_subshell_keeps_its_directory_stack_to_itself(sh):
    """pushd in a subshell does not change the parent's stack."""
    assert ["~"] == sh("cd; (pushd /tmp >/dev/null); dirs").out.split()


def test_random_repeats(sh):
    """RANDOM is the same on every run, and is set by assigning to it."""
    assert sh("echo $RANDOM $RANDOM").out == sh("echo $RANDOM $RANDOM").out
    assert "17772 26794\n" == sh("RANDOM=42; echo $RANDOM $RANDOM").out


def test_one_editor_at_most(prompt):
    """set -o vi switches emacs off, set -o emacs vi; set +o of either leaves none."""
    shown = "set -o | grep -E '^(vi|emacs)' | tr -s ' \\t' ' '"
    assert "emacs on\nvi off\n" == prompt.type(shown)
    assert "emacs off\nvi on\n" == prompt.type(f"set -o vi; {shown}")
    assert "vi" == prompt.tty.question.editing
    assert "emacs on\nvi off\n" == prompt.type(f"set -o emacs; {shown}")
    assert "emacs off\nvi off\n" == prompt.type(f"set +o vi; {shown}")
    assert "" == prompt.tty.question.editing


def test_the_question_tells_how_to_go_on(prompt):
    """A prompt comes with the second one, expanded; a second prompt says that it is one."""
    prompt.type("PS2='\\u> '")
    assert ("test> ", False) == (prompt.tty.question.more, prompt.tty.question.is_more)
    prompt.type("echo 'a")
    assert ("test> ", True) == (prompt.tty.question.prompt, prompt.tty.question.is_more)
