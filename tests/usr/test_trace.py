"""tracefs and trace-cmd."""

from __future__ import annotations

ROOT = "/sys/kernel/tracing"


def _as_root(script: str) -> str:
    return f"sudo sh -c '{script}'"


def test_tracefs_is_for_root(sh):
    """Nobody but root sees what is in tracefs, there or below debugfs."""
    result = sh(f"ls {ROOT}; ls /sys/kernel/debug; cat {ROOT}/trace; ls -ld {ROOT}")

    assert 3 == result.err.count("Permission denied")
    assert "drwx------ 2 root root 0 Mar 18 10:00 /sys/kernel/tracing\n" == result.out


def test_both_places_are_the_same(sh):
    """What is set in /sys/kernel/tracing shows in /sys/kernel/debug/tracing."""
    script = f"echo sched_switch > {ROOT}/set_event; cat /sys/kernel/debug/tracing/set_event"

    assert "sched:sched_switch\n" == sh(_as_root(script)).out


def test_an_unused_buffer(sh):
    """Before anything is traced the buffer is small, and there is only the header to read."""
    result = sh(_as_root(f"cd {ROOT}; cat buffer_size_kb tracing_on current_tracer; cat trace"))
    lines = result.out.splitlines()

    assert ["7 (expanded: 1408)", "1", "nop"] == lines[:3]
    assert ["# tracer: nop", "#", "# entries-in-buffer/entries-written: 0/0   #P:2"] == lines[3:6]
    assert "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION" == lines[-2]


def test_enable_files_agree_with_set_event(sh):
    """enable says 0, 1 or X for its events, whoever has chosen them."""
    result = sh(
        _as_root(
            f"cd {ROOT}; echo 1 > events/signal/enable; cat set_event events/signal/enable "
            "events/sched/enable events/enable; echo sched:* > set_event; "
            "cat events/sched/enable events/signal/signal_generate/enable; "
            "echo !sched:sched_switch >> set_event; cat events/sched/enable; "
            "echo > set_event; cat events/enable"
        )
    )

    assert "signal:signal_generate\n1\n0\nX\n1\n0\nX\n0\n" == result.out


def test_what_makes_no_sense_is_refused(sh):
    """An unknown event, tracer, switch or size is an invalid argument."""
    result = sh(
        _as_root(
            f"cd {ROOT}; echo nonsense > set_event; echo function > current_tracer; "
            "echo 2 > events/sched/enable; echo 0 > buffer_size_kb; echo x > trace_clock"
        )
    )

    assert 5 == result.err.count("write error: Invalid argument")


def test_a_thread_is_traced(modules_sh):
    """The text of a kthread's life names its events as the kernel does."""
    result = modules_sh(
        "make > /dev/null; "
        + _as_root(
            f"cd {ROOT}; echo sched_process_fork sched_kthread_stop module_load > set_event; "
            'insmod ~test/kthread_examples/kthread.ko; rmmod kthread; grep -v "^#" trace'
        ),
        folder="kthread_examples",
    )
    names = [line.split(": ")[1] for line in result.out.splitlines()]

    assert {"module_load", "sched_process_fork", "sched_kthread_stop"} == set(names)
    assert ": module_load: kthread OE" in result.out


def test_markers_and_switching_off(sh):
    """A marker stands among the events; nothing is kept while tracing is off."""
    result = sh(
        _as_root(
            f"cd {ROOT}; echo one > trace_marker; echo 0 > tracing_on; echo two > trace_marker; "
            'echo 1 > tracing_on; echo three > trace_marker; grep -v "^#" trace; '
            "echo > trace; wc -l < trace"
        )
    )
    lines = result.out.splitlines()

    assert ["one", "three"] == [line.partition("tracing_mark_write: ")[2] for line in lines[:2]]
    assert "              sh-" == lines[0][:17]
    assert "12" == lines[2]


def test_the_pipe_takes_events_out(sh):
    """Reading trace_pipe waits for events, and each is read once."""
    result = sh(
        _as_root(
            f"cd {ROOT}; (sleep 1; echo late > trace_marker) & "
            "timeout 3 cat trace_pipe; wc -l < trace"
        )
    )

    assert "tracing_mark_write: late" in result.out.splitlines()[0]
    assert "12" == result.out.splitlines()[1]


def test_a_small_buffer_loses_the_oldest(sh):
    """As many lines are kept as the buffer holds; the header tells how many there were."""
    result = sh(
        _as_root(
            f"cd {ROOT}; echo 1 > buffer_size_kb; "
            "for ((i = 0; i < 60; i++)); do echo m$i > trace_marker; done; "
            'sed -n 3p trace; grep -v "^#" trace | sed -n "1s/.*: //p;\\$s/.*: //p"'
        )
    )

    assert "# entries-in-buffer/entries-written: 42/60   #P:2\nm18\nm59\n" == result.out


def test_only_some_pids(sh):
    """set_event_pid leaves the events of some tasks."""
    result = sh(
        _as_root(
            f"cd {ROOT}; sleep 2 & echo $! > set_event_pid; echo sched_waking > set_event; "
            'sleep 1; sleep 2; grep -v "^#" trace'
        )
    )

    assert 1 == result.out.count("sched_waking: comm=sleep")


def test_format_of_an_event(sh):
    """A format file gives each field's type, place and size, as the kernel's does."""
    # Real: events/task/task_rename/format of a 6.18 kernel; 6.1's is the same but for the number.
    out = sh(_as_root(f"cat {ROOT}/events/task/task_rename/format")).out
    lines = out.splitlines()

    assert "name: task_rename" == lines[0]
    assert "\tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;" == lines[8]
    assert "\tfield:char oldcomm[16];\toffset:12;\tsize:16;\tsigned:0;" == lines[9]
    assert "\tfield:short oom_score_adj;\toffset:44;\tsize:2;\tsigned:1;" == lines[11]
    assert lines[-1].startswith('print fmt: "pid=%d oldcomm=%s newcomm=%s oom_score_adj=%hd", ')


def test_trace_cmd_records_a_command(sh):
    """trace-cmd record runs a command with events on, and report shows them its own way."""
    result = sh("sudo trace-cmd record -e sched_switch -e sched_process_exec sleep 1")

    assert "CPU0 data recorded at offset=0x8f000\n    4096 bytes in size\n" in result.out
    result = sh("sudo trace-cmd record -q -e sched sleep 1; trace-cmd report")
    lines = result.out.splitlines()
    assert "cpus=2" == lines[0]
    execs = [line for line in lines if "sched_process_exec:" in line]
    assert (
        execs[0].partition(": ")[2].startswith("sched_process_exec:   filename=/usr/bin/sleep pid=")
    )
    assert any(" S ==> swapper/" in line and line.startswith(" " * 11 + "sleep-") for line in lines)
    assert any(line.endswith("[120] CPU:000") and "sched_wakeup: " in line for line in lines)


def test_trace_cmd_starts_and_stops(sh):
    """start, stop, show, stat, restart and reset work on the kernel's buffer."""
    result = sh(
        "sudo trace-cmd start -e sched_process_exec; ls > /dev/null; sudo trace-cmd stop; "
        "sudo trace-cmd show | grep -c filename=/usr/bin/ls; sudo trace-cmd stat | grep enabled; "
        "sudo trace-cmd stat | tail -n 2; sudo trace-cmd reset; sudo trace-cmd stat"
    )

    assert (
        "1\nTracing is disabled\n\n\nEvents:\n All disabled\n\nTracing is enabled\n\n" == result.out
    )


def test_trace_cmd_refuses(sh):
    """trace-cmd complains as the real one."""
    # Real: trace-cmd 3.1.6 by nobody and by root.
    result = sh(
        "trace-cmd record -e sched_switch true; trace-cmd show; trace-cmd list -e; "
        "sudo trace-cmd record -e nonexist true; sudo trace-cmd start; trace-cmd report none; "
        "sudo trace-cmd record -e sched none; echo $?"
    )

    assert (
        "trace-cmd: Permission denied\n  opening '/sys/kernel/tracing/tracing_on'\n"
        "trace-cmd: Permission denied\n  reading /sys/kernel/tracing/trace\n"
        "trace-cmd: Permission denied\n  reading /sys/kernel/tracing/available_events\n"
        "trace-cmd: No such file or directory\n  No events enabled with nonexist\n"
        "  no event or plugin was specified... aborting\n"
        "trace-cmd: No such file or directory\n  opening 'none'\n\n"
        "trace-cmd: No such file or directory\n  Failed to exec none\n"
    ) == result.err
    assert result.out.endswith("1\n")


def test_trace_cmd_lists(sh):
    """list -e takes a pattern for events, or for group and event."""
    result = sh("sudo trace-cmd list -e wak; sudo trace-cmd list -e timer:.*start")

    assert (
        "sched:sched_wakeup\nsched:sched_wakeup_new\nsched:sched_waking\ntimer:timer_start\n"
    ) == result.out


def test_trace_cmd_until_ctrl_c(make_dialogue):
    """Without a command record goes on until Ctrl-C."""
    dialogue = make_dialogue()
    dialogue.press(b"\x03", dialogue.host.kernel.now_ns + 2_000_000_000)

    assert "Hit Ctrl^C to stop recording" in dialogue.type("sudo trace-cmd record -e sched_switch")
    assert "cpus=2" in dialogue.type("trace-cmd report | head -n 1")
