"""ps: its command line against the real one's, what it says of tasks against a recorded console.

The texts under "$ COMMAND" lines are those of a real host, kernel 6.1 with procps 4.0.2.
"""

from __future__ import annotations

import pytest

from tests.conftest import compiled

VERMAGIC = "6.1.0-56-amd64 SMP preempt mod_unload modversions "
PSMOD = """
from vshell.linux.delay import msleep, msleep_interruptible
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.sched import cond_resched

threads = []


def sl(data):
    while not kthread_should_stop():
        msleep_interruptible(1000)
    return 0


def busy(data):
    while not kthread_should_stop():
        cond_resched()
    return 0


def ds(data):
    while not kthread_should_stop():
        msleep(100)
    return 0


def psmod_init():
    threads.append(kthread_run(sl, None, "psm_sleep"))
    threads.append(kthread_run(busy, None, "psm_busy/%d", 1))
    threads.append(kthread_run(ds, None, "psm_a_long_name_thread"))
    return 0


def psmod_exit():
    for thread in threads:
        kthread_stop(thread)


module_init(psmod_init)
module_exit(psmod_exit)
MODULE_LICENSE("GPL")
"""
# Command lines that are refused, or show no task.
LINES = r"""
ps -Q
ps --bogus
ps abcq
ps -p abc
ps -p 99999999
ps -p 0
ps -p
ps -o bogus
ps -o
ps -o ''
ps -o pid:x
ps -o pid:0
ps --sort bogus
ps --sort
ps -u nosuch
ps -G nosuch
ps -t nosuch
ps -C
ps -C ''
ps -V
ps --version
ps --help
ps --help simple
ps --help list
ps --help output
ps --help threads
ps --help misc
ps --help all
ps --help s
ps --help x
ps -x -y
ps -y
ps -l -o pid
ps j -f
ps aux -o pid
ps -q 1 -p 1
ps -N -q 1
ps --forest -L
ps -L -T
ps m -m
ps H -m
ps h --no-headers
ps --no-headers=3
ps --cols
ps --cols x
ps --rows 0
ps -o %
ps -o %z%%
ps -o '%p x'
ps -o %Q
ps -a a
ps -d x
ps L
ps -p 1,2,x
ps -p 1 -p 2x
ps -s x
ps -g x
ps --ppid x
ps --pid=
ps +x
ps -
ps --
ps -123abc
ps W
ps k
ps o
ps -O
ps -A x y
ps --info -A
ps -V -A
ps -o pid -O tty
ps -p 999999 -o pid,ppid,pgid,sess,tty,tpgid,stat,uid,time,cmd
ps -p 999999 -o pid=,ppid=
ps -p 999999 -o pid=,ppid=X
ps -p 999999 -o pid:12,comm:3,args
ps -p 999999 -o user:20,group,uid,gid,ruser,euser
ps -p 999999 -o state,s,stat,wchan,wchan:30,nwchan
ps -p 999999 -o %cpu,pcpu,c,cp,time,times,cputime,etime,etimes,start,lstart,stime,bsdstart
ps -p 999999 -o ni,nice,pri,priority,opri,intpri,rtprio,cls,class,policy,psr,cpuid
ps -p 999999 -o vsz,rss,sz,size,rsz,drs,trs,%mem,pmem,f,flags,nlwp,thcount,lwp,tid,spid
ps -p 999999 -f
ps -p 999999 -F
ps -p 999999 -l
ps -p 999999 -ly
ps -p 999999 -j
ps -p 999999 -fj
ps -p 999999 -fL
ps -p 999999 -T
ps -p 999999 -fT
ps -p 999999 -c
ps -p 999999 -fc
ps -p 999999 -lc
ps -p 999999 -M
ps -p 999999 u
ps -p 999999 l
ps -p 999999 j
ps -p 999999 v
ps -p 999999 s
ps -p 999999 X
ps -p 999999 uw
ps -p 999999 fl
ps -p 999999 H
ps -p 999999 -P
ps -p 999999 -o label,context
ps -p 999999 --header
COLUMNS=40 ps -p 999999 s
COLUMNS=200 ps -p 999999 s
PS_FORMAT=pid,comm ps -p 999999
PS_FORMAT=bogus ps -p 999999
ps -p 99999 -o '%p x'
ps -p 99999 -o 'x %p'
ps -p 99999 -o '%p  %c'
ps -p 99999 -o '%p %c '
ps -p 99999 -o '%p,%c'
ps -p 99999 -o '%p:%c'
ps -p 99999 -o '%p%c'
ps -p 99999 -o '%p%%c'
"""


def test_command_lines(both):
    """ps reads its three styles of options as procps does: what it refuses, and its headers."""
    both("procps", LINES, pid_max=32768)


@pytest.fixture(scope="module")
def psmod() -> dict[str, bytes]:
    """A module with three threads: asleep, busy, and in an uninterruptible sleep."""
    built = compiled(PSMOD, "psmod")
    built.modinfo = [pair for pair in built.modinfo if pair[0] != "vermagic"]
    built.modinfo.append(("vermagic", VERMAGIC))
    return {"psmod.ko": built.to_bytes()}


def test_formats(console, psmod):
    """ps shows kthreads in each of its formats as the real one does."""
    console(
        """\
$ insmod psmod.ko; g() { grep -E 'PID|COMMAND|CMD|psm_[sa]' | grep -v grep; }
$ ps -e | g
  PID TTY          TIME CMD
   95 ?        00:00:00 psm_sleep
   97 ?        00:00:00 psm_a_long_name_thread
$ ps ax | g
  PID TTY      STAT   TIME COMMAND
   95 ?        S      0:00 [psm_sleep]
   97 ?        D      0:00 [psm_a_long_name_thread]
$ ps aux | sed 's/07:[0-9]*/08:15/' | g
USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root        95  0.0  0.0      0     0 ?        S    08:15   0:00 [psm_sleep]
root        97  0.0  0.0      0     0 ?        D    08:15   0:00 [psm_a_long_name_thread]
$ ps -ef | sed 's/07:[0-9]*/08:15/' | g
UID        PID  PPID  C STIME TTY          TIME CMD
root        95     2  0 08:15 ?        00:00:00 [psm_sleep]
root        97     2  0 08:15 ?        00:00:00 [psm_a_long_name_thread]
$ ps -ely | g
S   UID   PID  PPID  C PRI  NI   RSS    SZ WCHAN  TTY          TIME CMD
S     0    95     2  0  80   0     0     0 msleep ?        00:00:00 psm_sleep
D     0    97     2  0  80   0     0     0 msleep ?        00:00:00 psm_a_long_name_thread
$ ps -eLf | sed 's/07:[0-9]*/08:15/' | g
UID        PID  PPID   LWP  C NLWP STIME TTY          TIME CMD
root        95     2    95  0    1 08:15 ?        00:00:00 [psm_sleep]
root        97     2    97  0    1 08:15 ?        00:00:00 [psm_a_long_name_thread]
$ ps -eT | g
  PID  SPID TTY          TIME CMD
   95    95 ?        00:00:00 psm_sleep
   97    97 ?        00:00:00 psm_a_long_name_thread
$ ps axl | g
F   UID   PID  PPID PRI  NI    VSZ   RSS WCHAN  STAT TTY        TIME COMMAND
1     0    95     2  20   0      0     0 msleep S    ?          0:00 [psm_sleep]
1     0    97     2  20   0      0     0 msleep D    ?          0:00 [psm_a_long_name_thread]
$ ps axj | g
 PPID   PID  PGID   SID TTY      TPGID STAT   UID   TIME COMMAND
    2    95     0     0 ?           -1 S        0   0:00 [psm_sleep]
    2    97     0     0 ?           -1 D        0   0:00 [psm_a_long_name_thread]
$ ps axs | g
  UID   PID          PENDING          BLOCKED          IGNORED           CAUGHT STAT TTY        \
TIME COMMAND
    0    95 0000000000000000 0000000000000000 ffffffffffffffff 0000000000000000 S    ?          \
0:00 [psm_sleep]
    0    97 0000000000000000 0000000000000000 ffffffffffffffff 0000000000000000 D    ?          \
0:00 [psm_a_long_name_thread]
$ ps axv | g
  PID TTY      STAT   TIME  MAJFL   TRS   DRS   RSS %MEM COMMAND
   95 ?        S      0:00      0     0     0     0  0.0 [psm_sleep]
   97 ?        D      0:00      0     0     0     0  0.0 [psm_a_long_name_thread]
$ ps -eo pid=NUMBER,comm=NAME | g
    95 psm_sleep
    97 psm_a_long_name_thread
$ ps -eo comm,wchan,nwchan | g
COMMAND         WCHAN   WCHAN
psm_sleep       msleep      -
psm_a_long_name msleep      -
$ ps -eo pid,stat,ni,pri,cls,rtprio,nlwp,tty,wchan:24,args | g
  PID STAT  NI PRI CLS RTPRIO NLWP TT       WCHAN                    COMMAND
   95 S      0  19  TS      -    1 ?        msleep_interruptible     [psm_sleep]
   97 D      0  19  TS      -    1 ?        msleep                   [psm_a_long_name_thread]
""",
        psmod,
        first_pid=94,
    )


def test_selection(console, psmod):
    """ps selects by name, parent, number and user, and sorts; 1 says that none is left."""
    console(
        """\
$ insmod psmod.ko
$ ps -eo pid,comm --sort=-pid | grep psm_
   97 psm_a_long_name_thread
   96 psm_busy/1
   95 psm_sleep
$ ps -eo pid,comm --sort comm | grep psm_
   97 psm_a_long_name_thread
   96 psm_busy/1
   95 psm_sleep
$ ps --ppid 2 -o pid,ppid,comm | grep psm_
   95     2 psm_sleep
   96     2 psm_busy/1
   97     2 psm_a_long_name_thread
$ ps -p 95; echo rc=$?; ps -p 99999; echo rc=$?
  PID TTY          TIME CMD
   95 ?        00:00:00 psm_sleep
rc=0
  PID TTY          TIME CMD
rc=1
$ ps 95; ps -q 95 -o comm=
  PID TTY      STAT   TIME COMMAND
   95 ?        S      0:00 [psm_sleep]
psm_sleep
$ ps -C psm_sleep,psm_busy/1 -o pid,comm; ps -C nosuch; echo rc=$?
  PID COMMAND
   95 psm_sleep
   96 psm_busy/1
  PID TTY          TIME CMD
rc=1
$ ps -C psm_a_long_name_thread -o comm,ucmd,args
COMMAND         CMD             COMMAND
psm_a_long_name psm_a_long_name [psm_a_long_name_thread]
$ ps -u test; echo rc=$?
  PID TTY          TIME CMD
rc=1
$ ps axf | grep psm_[sa] | grep -v grep
   95 ?        S      0:00  \\_ [psm_sleep]
   97 ?        D      0:00  \\_ [psm_a_long_name_thread]
$ ps -ef --forest | grep -A3 kthreadd | head -4 | cut -c 49-; ps fax | head -2 | cut -c 28-
[kthreadd]
 \\_ [rcu_gp]
 \\_ [rcu_par_gp]
 \\_ [slub_flushwq]
COMMAND
[kthreadd]
$ ps -N --ppid 2 -o comm
COMMAND
bash
kthreadd
ps
$ setpriv --reuid 1000 --regid 1000 --clear-groups ps -o user,comm
USER     COMMAND
test     ps
$ setpriv --reuid 1000 --regid 1000 --clear-groups ps -eo pid,stat,wchan,comm | grep psm_[sa]
   95 S    -      psm_sleep
   97 D    -      psm_a_long_name_thread
""",
        psmod,
        first_pid=94,
    )


def test_pipeline_is_seen(sh):
    """ps starts slowly enough for the rest of its pipeline to be under way: grep finds itself."""
    result = sh("ps -e | grep -o gre[p]; ps aux | tac | grep -c '[p]s aux$'")

    assert "grep\n1\n" == result.out


def test_width(make_dialogue):
    """A terminal's width cuts the last column; a pipe does not, and -w -w does not either."""
    dialogue = make_dialogue()
    long = "0" * 90
    dialogue.type(f"sleep 100 {long} &")

    cut = [line for line in dialogue.type("ps -o pid,args").splitlines() if "sleep" in line]
    piped = [line for line in dialogue.type("ps -o pid,args | cat").splitlines() if "sleep" in line]
    wide = [line for line in dialogue.type("ps -ww -o pid,args").splitlines() if "sleep" in line]

    assert [80] == [len(line) for line in cut]
    assert [long] == [line.split()[-1] for line in piped]
    assert [long] == [line.split()[-1] for line in wide]
