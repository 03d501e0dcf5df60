"""Programs that find, signal and schedule tasks, against the real ones, and their effects."""

from __future__ import annotations

# Root on both sides; numbers of tasks have five digits on both.
ROOT = {"profile": "debian-12", "folder": ""}
KILL = r"""
/usr/bin/kill
/usr/bin/kill -l
/usr/bin/kill -L
/usr/bin/kill -l 9
/usr/bin/kill -l KILL
/usr/bin/kill -l SIGKILL
/usr/bin/kill -l 137
/usr/bin/kill -l foo
/usr/bin/kill -x
/usr/bin/kill -9
/usr/bin/kill -FOO 1
/usr/bin/kill abc
/usr/bin/kill -9 abc
/usr/bin/kill 999999
/usr/bin/kill -9 999999
/usr/bin/kill -s KILL 999999
/usr/bin/kill -s FOO 1
/usr/bin/kill -s
/usr/bin/kill -V
/usr/bin/kill --help
/usr/bin/kill -q 1
/usr/bin/kill -0 1; echo $?
/usr/bin/kill -TERM 999998 999999
kill 999999
kill -l 9
kill abc
kill -FOO 1
pidof
pidof nosuch
pidof -s nosuch
pidof -x
pidof -Z
pidof --help
pidof -V
pidof -q nosuch
pgrep
pgrep a b
pgrep nosuch
pgrep -x
pgrep -Z
pgrep --foo
pgrep -V
pgrep --help
pgrep -u nosuch x
pgrep -P x
pgrep -c nosuch
pgrep -l nosuch
pgrep -s x
pgrep -G nosuch
pgrep -t nosuch
pgrep -n -o x
pgrep -nv x
pgrep -F nofile
pgrep -L x
pgrep aaaaaaaaaaaaaaaaaaaa
pgrep -r X
pkill
pkill nosuch
pkill -9 nosuch
pkill -FOO x
pkill -V
pkill --help
pkill -e nosuch
"""
KILLALL = r"""
killall
killall nosuch
killall -q nosuch
killall -l
killall -V
killall -s
killall -s FOO x
killall -FOO x
killall -9
killall --help
killall --foo
killall -e nosuch
killall -I NOSUCH
killall -u nosuchuser x
killall -r '['
killall -v nosuch
killall -w nosuch
killall -o x nosuch
killall -Z
"""
TIMEOUT = r"""
timeout
timeout 1
timeout x true
timeout -s FOO 1 true
timeout -k x 1 true
timeout 1 true
timeout 1 false
timeout 1 nosuch
timeout 1 /etc/passwd
timeout 0.1 sleep 5
timeout -s INT 0.1 sleep 5
timeout -v 0.1 sleep 5
timeout -v -k 1 0.1 sleep 5
timeout --preserve-status 0.1 sleep 5
timeout --foreground 0.1 sleep 5
timeout 0 true
timeout 1s true
timeout 0.0001m sleep 3
timeout 1 sh -c 'exit 7'
timeout -x 1 true
timeout --foo 1 true
timeout 1ms true
timeout -- 1 true
timeout -1 true
timeout inf true
timeout 1e-1 sleep 3
"""
NICE = r"""
nice
nice -n 5 nice
nice -5 nice
nice --5 nice
nice -n -5 nice
nice -n 100 nice
nice -n x true
nice -n 5
nice nosuch
nice /etc/passwd
nice -x
nice --adjustment=3 nice
nice -n 3 nice -n 4 nice
nice -n
nice 5 true
nice -n +5 nice
renice
renice -n 5
renice 5
renice x 1
renice -n x 1
renice 5 abc
renice 5 999999
renice -n 5 -p 999999
renice -n 5 -u nosuch
renice -n 5 -g 999999
renice -n 5 -g abc
renice --help
renice -V
renice -x
renice --version
"""
SCHEDULE = r"""
chrt
chrt --help
chrt -V
chrt -m
chrt -x
chrt -p
chrt -p abc
chrt -p 999999
chrt -p 0 | sed 's/[0-9][0-9]*/N/g'
chrt 5
chrt -f 100 true
chrt -f x true
chrt -o 5 true
chrt -o 0 chrt -p 0 | sed 's/pid [0-9]*/pid/'
chrt -f 50 chrt -p 0 | sed 's/pid [0-9]*/pid/'
chrt -r 10 chrt -p 0 | sed 's/pid [0-9]*/pid/'
chrt -b 0 chrt -p 0 | sed 's/pid [0-9]*/pid/'
chrt -i 0 chrt -p 0 | sed 's/pid [0-9]*/pid/'
chrt -f 5 nosuch
chrt -f 5 /etc/passwd
chrt -f -p 5 999999
chrt -f -p 5 abc
chrt -f -p 100 1
taskset
taskset --help
taskset -V
taskset -x
taskset -p
taskset -p abc
taskset -p 999999
taskset 1
taskset x true
taskset -c x true
taskset -c 0 taskset -p $$ | wc -l
taskset 1 nosuch
taskset 1 sh -c 'taskset -p $$' | sed 's/pid [0-9]*/pid/'
taskset -c 1 sh -c 'taskset -cp $$' | sed 's/pid [0-9]*/pid/'
taskset -c 0,1 sh -c 'taskset -p $$; taskset -cp $$' | sed 's/pid [0-9]*/pid/'
taskset 0x2 sh -c 'taskset -p $$' | sed 's/pid [0-9]*/pid/'
taskset -c 0-1 true
taskset -c 99 true 2>&1 | sed 's/[0-9][0-9]*/N/'
taskset 0 true 2>&1 | sed 's/[0-9][0-9]*/N/'
taskset -p 1 999999
taskset -pc 0 999999
sh -c 'taskset -p 1 $$' | sed 's/pid [0-9]*/pid/'
sh -c 'taskset -cp 0 $$' | sed 's/pid [0-9]*/pid/'
"""


def test_kill_and_pgrep(both):
    """kill, pidof, pgrep and pkill find nothing, list signals and refuse as procps's do."""
    both("procps", KILL, **ROOT)


def test_killall(both):
    """killall finds nothing, lists signals and refuses as psmisc's does."""
    both("psmisc", KILLALL, **ROOT)


def test_timeout(both):
    """timeout ends commands, and gives the exit codes and complaints of the real one."""
    both("coreutils", TIMEOUT, **ROOT)


def test_timeout_kills(sh):
    """-s KILL and -k give 137; a command that died of a signal makes timeout die of it."""
    result = sh(
        """\
timeout -s KILL 0.1 sleep 5; echo $?
timeout -k 0.1 0.1 bash -c 'trap "" TERM; sleep 3; sleep 3'; echo $?
timeout 1 bash -c 'kill -9 $$'; echo $?
timeout 1 bash -c 'kill -HUP $$'; echo $?
timeout 5 sleep 1 & sleep 0.1; kill $!; wait $!; echo $?
"""
    )

    assert "137\n137\n137\n129\n143\n" == result.out


def test_nice(both):
    """nice and renice change the niceness and refuse as the real ones do."""
    both("util-linux", NICE, **ROOT)


def test_nice_of_an_ordinary_user(sh):
    """Who is not root may be nicer, not less nice; nice goes on all the same."""
    result = sh("nice -n 3 nice; nice -n -3 nice; renice -n -5 $$; renice -n 5 $$")

    pid = result.out.split()[2]
    assert f"3\n0\n{pid} (process ID) old priority 0, new priority 5\n" == result.out
    assert (
        "nice: cannot set niceness: Permission denied\n"
        f"renice: failed to set priority for {pid} (process ID): Permission denied\n"
    ) == result.err


def test_chrt_and_taskset(both):
    """chrt and taskset show and set what the real ones do, in their words."""
    both("util-linux", SCHEDULE, **ROOT)


def test_kernel_threads_stay(sh):
    """No signal ends a kernel thread, not even root's SIGKILL."""
    result = sh(
        """\
kill -9 2; echo $?; pgrep -x kthreadd; pkill -9 -x kthreadd; pgrep -x kthreadd
chrt -p 2; pgrep -c ksoftirqd
""",
        profile="debian-12",
        folder="",
    )

    assert (
        "0\n2\n2\npid 2's current scheduling policy: "
        "SCHED_OTHER\npid 2's current scheduling priority: 0\n2\n"
    ) == result.out
    assert not result.err


def test_finding_by_name(sh):
    """pgrep, pidof, pkill and killall find tasks by name, arguments, user and parent."""
    result = sh(
        """\
sleep 1000 & sleep 2000 & A=$! B=$(pgrep -f '^sleep 1000')
[ "$(pgrep -x sleep | tr '\\n' ' ')" = "$B $A " ] && echo all
[ "$(pgrep -n sleep)" = $A ] && echo newest; [ "$(pgrep -o sleep)" = $B ] && echo oldest
[ "$(pidof sleep)" = "$A $B" ] && echo pidof; [ "$(pidof -s sleep)" = $A ] && echo one
pgrep -l sleep | cut -d ' ' -f 2; pgrep -a sleep | cut -d ' ' -f 2-; pgrep -c -P $$ sleep
pgrep -u root sleep; echo $?; pgrep -d , sleep | grep -c ,
pkill -e -f '^sleep 1000' >said; wait $B; echo $?; sed 's/[0-9]//g' said
killall -v sleep 2>said; wait $A; echo $?; sed 's/[0-9]//g' said; killall sleep; echo $?
"""
    )

    assert (
        "all\nnewest\noldest\npidof\none\nsleep\nsleep\nsleep 1000\nsleep 2000\n2\n1\n1\n"
        "143\nsleep killed (pid )\n143\nKilled sleep() with signal \n1\n"
    ) == result.out
    assert result.err.endswith("sleep: no process found\n")


def test_top(sh):
    """top counts tasks, sorts by CPU time used between two looks, and repeats."""
    result = sh(
        """\
(while :; do :; done) & top -b -n 2 -d 0.5 -p $!,1 | sed 1d
# Real: procps 4.0.2: the largest first, with a minus the smallest.
top -b -n 1 -o -PID | tail -n +7 | head -n 3 | cut -c 1-70; kill %1
""",
        profile="debian-12",
        folder="",
        seed=-1,
    )
    lines = result.out.splitlines()

    assert "Tasks:   2 total,   1 running,   1 sleeping,   0 stopped,   0 zombie" == lines[0]
    assert lines[1].startswith("%Cpu(s):  0.0 us, 5")
    assert (
        "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND" == lines[5]
    )
    assert ["R", "100.0"] == lines[6].split()[7:9]
    assert ["1", "root"] == lines[7].split()[:2]
    assert "top - " == lines[9][:6]
    assert ["100.0", "0:00.65"] == [lines[16].split()[8], lines[16].split()[10]]
    assert ["1", "2"] == [line.split()[0] for line in lines[19:21]]


def test_top_on_a_terminal(make_dialogue):
    """On a terminal top redraws the screen until Ctrl-C or q; echo is on again then."""
    dialogue = make_dialogue()
    now_ns = dialogue.host.kernel.now_ns
    dialogue.press(b"\x03", now_ns + 4_000_000_000)
    first = dialogue.type("top")
    dialogue.press(b"q\n", dialogue.host.kernel.now_ns + 1_000_000_000)
    second = dialogue.type("top -d 1")

    assert 2 == first.count("top - ")
    assert "\033[7m    PID USER" in first
    assert 24 == first.split("\033[J")[1].count("\n") + 1
    assert 1 == second.count("top - ")
    assert "q" not in second.rpartition("\033[J")[2]
    assert dialogue.tty.echo
