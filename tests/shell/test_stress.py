"""What a terminal and its shell bear on Linux, they bear here, and nothing is left behind."""

from __future__ import annotations

import gc

import pytest

from vshell.kernel.pipe import PipeReader, PipeWriter

SECOND_NS = 1_000_000_000
MIB = 1 << 20


def processes(host):
    """List the processes of userland that are there, zombies too."""
    return sorted(process.argv for process in host.kernel.processes)


def pipes():
    """Count the ends of pipes that somebody holds, on any host."""
    gc.collect()
    return sum(isinstance(one, (PipeReader, PipeWriter)) for one in gc.get_objects())


class Terminal:
    """A prompt that knows what was there before."""

    def __init__(self, dialogue):
        self.dialogue = dialogue
        self.host = dialogue.host
        dialogue.take_output()
        self.before = self.held()

    def held(self):
        """Processes, the shell's descriptors and the pipes."""
        return processes(self.host), sorted(self.dialogue.process.files), pipes()

    def type(self, line):
        """Type a line and wait for the prompt; give what was shown."""
        return self.dialogue.type(line)

    def press(self, data, after_s=1.0):
        """Press keys so many virtual seconds from now."""
        self.dialogue.press(data, self.host.kernel.now_ns + round(after_s * SECOND_NS))

    def assert_clean(self):
        """Assert that nothing is left that was not there before, but what is just dying."""
        self.dialogue.wait_until(self.host.kernel.now_ns + SECOND_NS)
        self.type(":")
        assert self.before == self.held()


@pytest.fixture
def terminal(make_dialogue, tmp_path):
    """A terminal with a prompt; whatever the test does, it must leave nothing behind."""
    found = Terminal(make_dialogue(workspace=tmp_path))
    yield found
    if not found.dialogue.has_ended:
        found.assert_clean()


@pytest.mark.slow  # two thousand commands
def test_a_paste_of_commands(terminal):
    """Of 2000 lines pasted at the prompt every one is run, in order."""
    for number in range(2000):
        terminal.type(f"x=$((x * 31 + {number} & 65535))")
    expected = 0
    for number in range(2000):
        expected = (expected * 31 + number) & 65535

    assert f"{expected} 2001\n" == terminal.type("echo $x $HISTCMD")


def test_a_paste_into_a_program(terminal):
    """Of 2000 lines pasted at once into cat, none is lost or cut."""
    lines = "".join(f"line {number}\n" for number in range(2000))
    terminal.press(lines.encode() + b"\x04")
    terminal.type("cat > pasted")

    assert "2000 18890 line 1999\n" == terminal.type(
        'echo $(wc -l < pasted) $(wc -c < pasted) "$(tail -n 1 pasted)"'
    )


def test_typed_ahead_is_read_by_who_reads_next(terminal):
    """What is typed while a command runs is the next reader's, line by line."""
    terminal.press(b"first\nsecond\n", 0.5)

    shown = terminal.type("sleep 2; read a; read b; echo $b $a")

    assert shown.endswith("second first\n")


def test_typed_ahead_at_the_prompt_begins_its_line(terminal):
    """What nobody has read when the prompt comes is what its line begins with."""
    typed = []
    tty = terminal.dialogue.tty
    lead = tty.on_change

    def on_change():
        typed.append(tty.take_typed_ahead())
        lead()

    tty.on_change = on_change
    terminal.press(b"echo ahea", 0.5)
    terminal.press(b"d\n", 0.6)
    terminal.type("sleep 2")

    assert ["echo ahead\n"] == typed


def test_ten_megabytes_through_a_pipe(terminal):
    """10 MB written by one process are the 10 MB another reads."""
    count = 10 * MIB

    assert f"{count}\n" == terminal.type(f"head -c {count} /dev/zero | cat | wc -c")


def test_a_writer_nobody_reads_dies(terminal):
    """yes | head ends: yes gets SIGPIPE; so does cat of an endless device."""
    assert "y\n141 0\n" == terminal.type("yes | head -n 1; echo ${PIPESTATUS[@]}")
    assert f"{MIB}\n141 0 0\n" == terminal.type(
        "cat /dev/zero | head -c 1M | wc -c; echo ${PIPESTATUS[@]}"
    )


def test_two_hundred_background_jobs(terminal):
    """200 jobs run at once, are all waited for, and are told of as done."""
    started = terminal.type("for i in {1..200}; do sleep 1 & done")

    assert 200 == started.count("\n")
    assert "200\n" == terminal.type("jobs -r | wc -l")
    ended = terminal.type("wait")
    assert 200 == ended.count("Done")
    assert "" == terminal.type("jobs")


@pytest.mark.parametrize(
    "line",
    [
        "sleep 99 | cat | cat",
        "cat /dev/zero | cat > /dev/null",
        "true | sleep 99 | cat",
        "echo x | cat | sleep 99",
        "yes | (sleep 99; cat) | cat",
        "while :; do sleep 1; done | cat",
        "(while :; do :; done) | (trap '' PIPE; sleep 99)",
        "f() { sleep 99 | cat; }; f | f",
        "cat <(yes) > /dev/null",
        "echo $(sleep 99 | cat)",
    ],
)
def test_ctrl_c_ends_every_stage(terminal, line):
    """Whichever stage of a pipeline sleeps, computes, reads or writes: all end, with status 130."""
    terminal.press(b"\x03")
    terminal.type(line + "; echo never")

    assert 130 == terminal.dialogue.status
    assert "" == terminal.type("jobs")


def test_a_stage_that_catches_ctrl_c_goes_on(terminal):
    """Only those who do not catch SIGINT end; the pipeline's status is that of the last."""
    terminal.press(b"\x03")
    shown = terminal.type(
        "sleep 99 | (trap 'echo caught; exit 7' INT; sleep 3); echo ${PIPESTATUS[@]}"
    )

    assert "caught\n" in shown
    assert shown.endswith("130 7\n")


def test_a_pipeline_is_stopped_and_goes_on(terminal):
    """Ctrl-Z stops all stages; fg and bg let all go on, as often as one likes."""
    terminal.press(b"\x1a")
    assert "Stopped                 sleep 9 | cat\n" in terminal.type("sleep 9 | cat")
    states = "ps -o stat= $(jobs -p) | cut -c1; jobs -l | wc -l"
    assert "T\n2\n" == terminal.type(states)
    assert "[1]+ sleep 9 | cat &\n" == terminal.type("bg")
    assert "S\n2\n" == terminal.type(states)
    terminal.press(b"\x1a")
    terminal.type("fg")
    assert 148 == terminal.dialogue.status
    assert "sleep 9 | cat\n" == terminal.type("fg")
    assert 0 == terminal.dialogue.status


def test_what_ends_while_the_prompt_waits_is_no_zombie(terminal):
    """bash takes note of its children at once: ps does not show them any more."""
    terminal.type("sleep 1 &")
    terminal.dialogue.wait_until(terminal.host.kernel.now_ns + 3 * SECOND_NS)

    assert "bash\nps\n" in terminal.type("ps -o comm=")


def test_a_job_that_reads_in_the_background_is_stopped(terminal):
    """It gets SIGTTIN, and reads on in the foreground."""
    assert "[1]" in terminal.type("cat > kept &")
    assert "[1]+  Stopped                 cat > kept\n" == terminal.type("sleep 1")
    assert "Stopped (tty input)     cat > kept\n" in terminal.type("jobs -l")
    terminal.press(b"text\n\x04")
    terminal.type("fg")

    assert "text\n" == terminal.type("cat kept")


def test_a_job_that_changes_the_terminal_in_the_background_is_stopped(terminal):
    """It gets SIGTTOU; who ignores that may."""
    terminal.type("(stty -echo; stty echo; sleep 1) &")
    assert "[1]+  Stopped                 ( stty -echo; stty echo; sleep 1 )\n" == terminal.type(
        "sleep 1"
    )
    assert "Stopped (tty output)" in terminal.type("jobs -l")
    terminal.type("fg")
    assert 0 == terminal.dialogue.status
    terminal.type("(trap '' TTOU; stty -echo; stty echo) &")
    assert "Done" in terminal.type("sleep 1")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "sleep 99 &",
        "for i in {1..20}; do sleep 99 & done",
        "sleep 99 | cat | cat &",
        "(trap 'sleep 1; exit' HUP; sleep 99) &",
        "sleep 99 & kill -STOP $!",
        "coproc cat",
    ],
)
def test_a_closed_terminal_ends_all(make_dialogue, tmp_path, line):
    """SIGHUP ends the shell at its prompt, and its jobs with it, stopped ones too."""
    dialogue = make_dialogue(workspace=tmp_path)
    host = dialogue.host
    around = [argv for argv in processes(host) if argv != dialogue.process.argv]
    if line:
        dialogue.type(line)
    host.hang_up(dialogue.tty)
    dialogue.finish()
    dialogue.wait_until(host.kernel.now_ns + 5 * SECOND_NS)

    assert dialogue.has_ended
    assert 129 == dialogue.status
    assert around == processes(host)


def test_a_closed_terminal_ends_what_runs_in_the_foreground(make_dialogue, tmp_path):
    """A pipeline in the foreground ends with its terminal; what ignores SIGHUP stays (nohup)."""
    dialogue = make_dialogue(workspace=tmp_path)
    host = dialogue.host
    around = [argv for argv in processes(host) if argv != dialogue.process.argv]
    dialogue.type("nohup sleep 77 > /dev/null 2>&1 &")
    host.kernel.post(host.kernel.now_ns + SECOND_NS, lambda: host.hang_up(dialogue.tty))
    dialogue.type("sleep 99 | cat")
    dialogue.wait_until(host.kernel.now_ns + SECOND_NS)

    assert sorted([*around, ["sleep", "77"]]) == processes(host)
