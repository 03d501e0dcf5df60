"""The line editor in a real pseudo-terminal: modes, menus, several lines, toolbar, themes."""

from __future__ import annotations

import pytest

from tests.console.terminal import Terminal

pytestmark = pytest.mark.slow  # each test starts vshell with its line editor

PROMPT = "test@test-V520-15IKL:~/kthread_examples$"
F2 = "\x1bOQ"


@pytest.fixture
def open_terminal(tmp_path):
    """Start vshell in terminals that are closed after the test; they share one history file."""
    opened = []

    def start(*words, **options):
        opened.append(Terminal(*words, home=tmp_path, **options))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


@pytest.fixture
def terminal(open_terminal):
    """A terminal at its first prompt, without the toolbar."""
    one = open_terminal()
    one.wait_for_prompt()
    return one


@pytest.fixture
def with_bar(open_terminal):
    """A terminal with its toolbar."""

    def start(*words, **options):
        one = open_terminal(*words, **({"VSHELL_TOOLBAR": ""} | options))
        one.wait_for(lambda: "tainted" in one.lines[-1], "no toolbar")
        return one

    return start


def column(terminal, row, column_number):
    """Give what a place on the screen looks like."""
    return terminal.screen.buffer[row][column_number]


# -- vi and emacs ---------------------------------------------------------------------------------


def test_set_o_vi_and_back(terminal):
    """The shell's option switches the editor: keys move in vi's command mode, then in emacs'."""
    terminal.run("set -o vi")
    terminal.type("echo abc")
    terminal.type("\x1b")
    terminal.type("0wcwvi")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$ echo vi"))
    terminal.type("\x1bbx")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$ echo i"))
    terminal.type("\r")
    terminal.wait_for_prompt()
    assert "i" in terminal.lines

    terminal.run("set -o emacs")
    terminal.type("cho emacs\x01e")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$ echo emacs"))
    terminal.type("\x05\x17plainly\x1bb\x1bu")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$ echo PLAINLY"))


def test_tab_in_vi_mode(terminal):
    """Tab completes while vi inserts."""
    terminal.run("set -o vi")
    terminal.type("cat kth\t")
    terminal.wait_for(lambda: terminal.lines[-1].rstrip().endswith("cat kthread.py"))


# -- Several lines --------------------------------------------------------------------------------


def test_an_unfinished_command_goes_on(terminal):
    """Enter goes on with PS2; all lines can still be edited, and run as one."""
    terminal.run("PS2='more> '")
    terminal.enter("for i in 1 2")
    terminal.wait_for(lambda: terminal.lines[-1] == "more>")
    terminal.enter("do echo $i")
    terminal.wait_for(lambda: terminal.lines[-1] == "more>")
    terminal.type("done\x1b[A\x1b[A\x05 3\r")
    terminal.wait_for(lambda: terminal.lines[-1] == "more>")
    terminal.type("\x7f\r")
    terminal.wait_for(lambda: terminal.lines[-2:] == ["3", PROMPT])

    # What is drawn again meanwhile may leave an empty line of the menu's room.
    first = f"{PROMPT} for i in 1 2 3"
    lines = [line for line in terminal.lines if line]
    assert [
        first,
        "more> do echo $i",
        "more> done",
        "1",
        "2",
        "3",
        PROMPT,
    ] == lines[lines.index(first) :]


def test_ctrl_c_gives_up_all_lines(terminal):
    """Ctrl-C within an unfinished command drops all of it."""
    terminal.enter("echo 'never")
    terminal.wait_for(lambda: terminal.lines[-1] == ">")
    terminal.type("seen\x03")
    terminal.wait_for_prompt()

    assert ["130"] == terminal.run("echo $?")


def test_several_lines_come_back_from_the_history(terminal):
    """The history has the command as it was typed, line by line."""
    terminal.enter("if true")
    terminal.wait_for(lambda: terminal.lines[-1] == ">")
    terminal.enter("then echo yes; fi")
    terminal.wait_for_prompt()
    terminal.type("\x1b[A")
    terminal.wait_for(lambda: terminal.lines[-2:] == [f"{PROMPT} if true", "> then echo yes; fi"])
    terminal.type("\r")
    terminal.wait_for_prompt()

    assert ["yes", "yes"] == [line for line in terminal.lines if line == "yes"]


def test_a_paste_of_many_lines(terminal):
    """A marked paste of 2000 lines is one command, and all of it runs."""
    lines = "".join(f"echo {number} >> /tmp/p\n" for number in range(2000))
    terminal.type(f"\x1b[200~{lines}\x1b[201~")
    terminal.type("\r")
    terminal.wait_for_prompt()

    assert ["2000 /tmp/p"] == terminal.run("wc -l /tmp/p")


# -- Menus ----------------------------------------------------------------------------------------


def test_options_have_a_line_of_help(terminal):
    """A menu of options shows what each one means."""
    terminal.type("dmesg --con\t\t")
    terminal.wait_for(lambda: "--console-off" in "\n".join(terminal.lines))

    shown = [" ".join(line.split()) for line in terminal.lines]
    assert "-D, --console-off no messages on the console" in shown
    assert "-n, --console-level messages below this level appear on the console" in shown


def test_functions_of_the_kernel_have_one_too(terminal):
    """man completes what modules can call, with what it does."""
    terminal.type("man kthread_par\t")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("man kthread_park"))
    terminal.type("\t")
    terminal.wait_for(lambda: "kthread_parkme" in "\n".join(terminal.lines))

    menu = [
        line.split(None, 1) for line in terminal.lines if line.split()[:1] == ["kthread_parkme"]
    ]
    assert "park" in menu[0][1].lower()


def test_files_stand_side_by_side(terminal):
    """What has no help of its own stands in columns; Tab chooses."""
    terminal.enter("mkdir /tmp/m; cd /tmp/m; touch f{1..20}")
    terminal.wait_for(lambda: terminal.lines[-1].endswith(":/tmp/m$"))
    terminal.type("cat f\t")
    terminal.wait_for(lambda: any(line.split()[:2] == ["f1", "f12"] for line in terminal.lines))
    terminal.type("\t\t")
    terminal.wait_for(lambda: "$ cat f10" in "\n".join(terminal.lines))


# -- History --------------------------------------------------------------------------------------


def test_a_few_letters_find_a_line(terminal):
    """Ctrl-R lists what has the letters in their order; again Ctrl-R chooses an older one."""
    for line in ("echo park thread one", "echo unpark all", "true"):
        terminal.run(line)
    terminal.type("\x12prk")
    terminal.wait_for(lambda: terminal.lines[-1] == "echo park thread one")
    assert ["echo unpark all", "echo park thread one"] == terminal.lines[-2:]
    terminal.type("\x12\t")
    terminal.wait_for(lambda: terminal.lines[-1] == f"{PROMPT} echo park thread one")
    terminal.type("\r")
    terminal.wait_for_prompt()

    assert "park thread one" == terminal.lines[-2]


def test_a_search_can_be_given_up(terminal):
    """Ctrl-G has the line back as it was; what is like nothing says so."""
    terminal.run("echo something")
    terminal.type("half\x12")
    terminal.wait_for(lambda: terminal.lines[-1] == "nothing in the history is like it")
    terminal.type("\x07")
    terminal.wait_for(lambda: terminal.lines[-1] == f"{PROMPT} half")


# -- The toolbar ----------------------------------------------------------------------------------


def test_the_toolbar_tells_how_the_host_is(with_bar):
    """Virtual time and rate, tasks by state, and the taints of a module that is loaded."""
    terminal = with_bar("--speed", "50")
    words = terminal.lines[-1].split()
    assert ["s", "x50", "tasks", "S"] == words[1:5]
    assert int(words[0]) >= 100
    assert "not tainted" in terminal.lines[-1]

    terminal.enter("make >/dev/null 2>&1; sudo insmod ./kthread.ko")
    terminal.wait_for(lambda: "tainted OE" in terminal.lines[-1])
    assert "D 1" in terminal.lines[-1] or "P 1" in terminal.lines[-1]
    terminal.enter("clock pause")
    terminal.wait_for(lambda: " paused " in terminal.lines[-1])


def test_f2_hides_and_shows_it(with_bar):
    """F2 takes the toolbar away at once, and brings it back."""
    terminal = with_bar()
    terminal.type(F2)
    terminal.wait_for(lambda: terminal.lines[-1] == PROMPT)
    terminal.type(F2)
    terminal.wait_for(lambda: "not tainted" in terminal.lines[-1])


def test_it_leaves_no_trace_in_the_scrollback(with_bar):
    """Whatever scrolls by, no toolbar stands between the commands and their output."""
    terminal = with_bar("--speed", "50")
    for _ in range(5):
        seen = terminal.raw.count(b"\x1b[?2004h")
        terminal.enter("seq 15")
        terminal.wait_for(lambda seen=seen: terminal.raw.count(b"\x1b[?2004h") > seen)
        terminal.wait_for(lambda: "not tainted" in terminal.lines[-1])
    terminal.enter("exit")
    terminal.wait_for_end()

    above = [
        "".join(row[at].data for at in range(80)).rstrip() for row in terminal.screen.history.top
    ]
    everything = above + terminal.lines
    assert [] == [line for line in everything if "tainted" in line]
    start = everything.index(f"{PROMPT} seq 15")
    once = [f"{PROMPT} seq 15", *map(str, range(1, 16))]
    assert once * 5 + [f"{PROMPT} exit", "exit"] == everything[start:]


def test_it_follows_the_windows_size(with_bar):
    """A window that becomes too narrow has no toolbar; a wide one has it again, once."""
    terminal = with_bar()
    terminal.resize(50, 24)
    terminal.wait_for(lambda: terminal.lines[-1] == PROMPT)
    terminal.resize(100, 30)
    terminal.wait_for(lambda: "not tainted" in terminal.lines[-1])
    assert 1 == sum("tainted" in line for line in terminal.lines)
    terminal.enter("stty size")
    terminal.wait_for(lambda: "30 100" in terminal.lines)


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["--no-toolbar"], {}),
        ([], {"VSHELL_TOOLBAR": "off"}),
        ([], {"TERM": "dumb"}),
    ],
)
def test_there_can_be_none(open_terminal, words, variables):
    """No toolbar where nobody wants it, or the terminal cannot show it."""
    terminal = open_terminal(*words, **({"VSHELL_TOOLBAR": ""} | variables))
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$"))
    terminal.enter("echo $((41+1)); sleep 2")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$") and "42" in terminal.lines)
    terminal.enter("exit")
    terminal.wait_for_end()

    assert b"tainted" not in terminal.raw


# -- Colours, title, mouse ------------------------------------------------------------------------


def test_a_light_background(open_terminal):
    """--light, $VSHELL_THEME or $COLORFGBG have the words in dark colours."""
    for words, variables in (
        (["--light"], {}),
        ([], {"VSHELL_THEME": "light"}),
        ([], {"COLORFGBG": "0;15"}),
    ):
        terminal = open_terminal(*words, **variables)
        terminal.wait_for_prompt()
        terminal.type("ls --all")
        terminal.wait_for(lambda one=terminal: one.lines[-1].endswith("ls --all"))
        at = len(PROMPT) + 1
        assert "005f00" == column(terminal, len(terminal.lines) - 1, at).fg
        assert "005f87" == column(terminal, len(terminal.lines) - 1, at + 4).fg
    terminal = open_terminal("--dark", COLORFGBG="0;15")
    terminal.wait_for_prompt()
    terminal.type("ls")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("$ ls"))
    assert "green" in column(terminal, len(terminal.lines) - 1, len(PROMPT) + 1).fg


def test_no_colours(open_terminal):
    """With NO_COLOR nothing that vshell shows is coloured, not even the prompt."""
    terminal = open_terminal(NO_COLOR="1")
    terminal.wait_for_prompt()
    terminal.type("ls --all 'x'")
    terminal.wait_for(lambda: terminal.lines[-1].endswith("ls --all 'x'"))

    row = len(terminal.lines) - 1
    assert {"default"} == {column(terminal, row, at).fg for at in range(80)}


def test_the_windows_title(open_terminal):
    """The title is user, host and folder; a folder's name cannot do anything but be shown."""
    terminal = open_terminal()
    terminal.wait_for_prompt()
    assert "test@test-V520-15IKL: ~/kthread_examples" == terminal.screen.title
    terminal.enter("cd /tmp; mkdir $'a\\e]2;evil\\a\\e[31m'; cd a*")
    terminal.wait_for(lambda: terminal.screen.title.endswith("/tmp/a]2;evil[31m"))
    terminal.enter("exit")
    terminal.wait_for_end()

    assert b"\x1b[22;2t" in terminal.raw
    assert terminal.raw.rindex(b"\x1b[23;2t") > terminal.raw.index(b"\x1b[22;2t")


def test_the_mouse_is_the_terminals(terminal):
    """No mouse is asked for: marking text with it stays possible."""
    terminal.run("ls")

    assert b"\x1b[?1000h" not in terminal.raw
    assert b"\x1b[?1003h" not in terminal.raw


# -- The beginning --------------------------------------------------------------------------------


def test_what_is_typed_before_the_editor_is_there(open_terminal):
    """Keys pressed while vshell starts are the first line's, shown once; the first prompt stays."""
    terminal = open_terminal()
    terminal.wait_for(lambda: terminal.lines[-1] == PROMPT)
    terminal.type("echo ear")
    terminal.type("ly\r")
    terminal.wait_for(lambda: terminal.lines[-1] == PROMPT and "early" in terminal.lines)

    assert [
        "vshell 0.1.0: a virtual Linux host. Type 'help' to begin, Ctrl-D to leave.",
        f"{PROMPT} echo early",
        "early",
        PROMPT,
    ] == terminal.lines


def test_the_first_prompt_comes_before_the_editor(open_terminal):
    """The prompt is painted before the editor asks for marked pastes."""
    terminal = open_terminal()
    terminal.wait_for(lambda: terminal.lines[-1] == PROMPT)

    assert b"\x1b[?2004h" not in terminal.raw
