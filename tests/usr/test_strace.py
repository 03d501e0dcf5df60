"""strace: system calls in the real one's lines."""

from __future__ import annotations

FILES = {"f": "hello world\n", "bin": b"a\x00b\x001\xff\ttab\x1b", "long": "x" * 50 + "\n"}


def test_lines(both):
    """Calls that are made the same way are written the same way."""
    both(
        "strace",
        r"""
strace -e trace=write echo hi
strace -e trace=write -s 5 echo helloworld
strace -e write -s 0 echo hi
strace -q -q -e trace=write echo hi
strace -qq -e trace=write printf 'a\tb\001\0022\377"\\'
strace -a 20 -e trace=write echo hi
strace -o out -e trace=write echo hi; cat out
strace -e trace=none true
strace -e trace=exit_group false
strace -e trace=exit_group sh -c 'exit 7'
strace -e trace=foo true
strace -e trace=write,foo true
strace nosuchcommand
strace ./nosuchcommand
strace
strace -s x true
strace -S foo true
strace -o /nonexistent/x true
strace -e trace='!all' true
strace -z -e trace=write echo hi
strace -Z -e trace=write echo hi
strace -e trace=write sh -c 'echo one; echo two'
strace -e trace=mkdir mkdir newdir
strace --trace=write --quiet echo hi
""",
        FILES,
    )


def test_a_file_is_read(sh):
    """cat opens, looks, reads, writes and closes; its output comes in between."""
    (err,) = [sh("printf 'hi\\n' > f; exec 2>&1; strace cat f").out]
    lines = err.splitlines()

    assert lines[0].startswith('execve("/usr/bin/cat", ["cat", "f"], 0x7ff')
    assert 'openat(AT_FDCWD, "f", O_RDONLY)         = 3' in lines
    assert 'newfstatat(3, "", {st_mode=S_IFREG|0644, st_size=3, ...}, AT_EMPTY_PATH) = 0' in lines
    assert 'read(3, "hi\\n", 131072)                 = 3' in lines
    at = lines.index('write(1, "hi\\n", 3hi')
    assert ")                     = 3" == lines[at + 1]
    assert ["exit_group(0)                           = ?", "+++ exited with 0 +++"] == lines[-2:]


def test_errors_have_names(sh):
    """A call that fails gives -1, the error's name and its text."""
    assert (
        'openat(AT_FDCWD, "none", O_RDONLY)      = -1 ENOENT (No such file or directory)\n'
    ) in sh("strace -e trace=%file cat none").err


def test_a_module_is_loaded(modules_sh):
    """insmod and rmmod come down to one call each."""
    result = modules_sh(
        "make > /dev/null 2>&1; sudo strace -e trace=finit_module insmod kthread.ko; "
        "sudo strace -e trace=delete_module rmmod kthread",
        folder="kthread_examples",
    )

    assert 'finit_module(3, "", 0)                  = 0\n' in result.err
    assert 'delete_module("kthread", O_NONBLOCK)    = 0\n' in result.err


def test_children_are_followed(sh):
    """With -f the calls of children are shown, with their pids, and unfinished ones go on."""
    err = sh("strace -f -e trace=process sh -c '/bin/true; exit 2'").err

    assert "strace: Process " in err
    assert " <unfinished ...>\n" in err
    assert 'execve("/bin/true", ["/bin/true"], 0x7ff' in err
    assert "<... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = " in err
    assert err.endswith("+++ exited with 2 +++\n")
    assert "execve" not in sh("strace -e trace=process sh -c '/bin/true; true'").err[100:]


def test_a_file_has_the_pids(sh):
    """-o with -f begins each line with its pid."""
    out = sh("strace -f -o out sh -c '/bin/true; true'; cut -c 1-6 out | sort -u | wc -l").out

    assert "2\n" == out


def test_a_signal_and_the_status(sh):
    """strace tells of signals, and ends as its command did."""
    result = sh(
        "strace -e trace=none sh -c 'kill -TERM $$'; echo $?; strace sh -c 'exit 5'; echo $?"
    )

    assert "--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER} ---\n" in result.err
    assert "+++ killed by SIGTERM +++\n" in result.err
    assert "143\n5\n" == result.out


def test_times(sh):
    """-r, -t and -T show when, and for how long."""
    result = sh(
        "strace -T -e trace=clock_nanosleep sleep 2; strace -r -e write echo; "
        "strace -tt -e write echo"
    )

    assert "{tv_sec=2, tv_nsec=0}" in result.err
    assert " = 0 <2.000" in result.err
    assert '     0.000000 write(1, "\\n", 1)' in result.err
    assert "10:01:42.0" in result.err


def test_counts(sh):
    """-c shows a table instead of lines."""
    err = sh("strace -c -S calls ls > /dev/null; strace -c cat none none 2>&1 | grep openat").err
    lines = err.splitlines()

    assert "% time     seconds  usecs/call     calls    errors syscall" == lines[0]
    assert "------ ----------- ----------- --------- --------- ----------------" == lines[1]
    assert lines[-1].startswith("100.00 ")
    assert lines[-1].endswith(" total")
    row = sh("strace -c cat none none 2>&1 | grep openat").out.split()
    assert ["2", "2", "openat"] == row[3:]


def test_a_tracee_goes_on_when_its_tracer_is_killed(sh):
    """What is traced lives on without its tracer."""
    result = sh(
        "strace -qq -e trace=none sh -c 'sleep 2; echo done > out' & "
        "sleep 1; kill -9 $!; sleep 2; cat out"
    )

    assert "done\n" == result.out


def test_ctrl_c_ends_the_command(make_dialogue):
    """Ctrl-C is for the command, and strace tells of it."""
    dialogue = make_dialogue()
    dialogue.press(b"\x03", dialogue.host.kernel.now_ns + 1_000_000_000)
    shown = dialogue.type("strace -e trace=none sleep 10")

    assert "+++ killed by SIGINT +++" in shown
    assert "130" in dialogue.type("echo $?")


def test_a_traced_program_has_no_setuid(sh):
    """A program with the setuid bit does not become root under a user's tracer."""
    assert 0 != sh("strace -qq -e trace=none sudo true").status
