"""What goes wrong in a learner's hands says so in the real tools' words, with their statuses."""

from __future__ import annotations

import pytest

NEVER_STOPS = """\
from vshell.linux.kthread import kthread_run, kthread_stop
from vshell.linux.delay import msleep
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init

task = None


def deaf(data):
    while True:
        msleep(1000)


def deaf_init():
    global task
    task = kthread_run(deaf, None, "deaf")
    return 0


def deaf_exit():
    kthread_stop(task)


module_init(deaf_init)
module_exit(deaf_exit)
MODULE_LICENSE("GPL")
"""
SPINS = """\
from vshell.linux.delay import msleep
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

spinner = None
other = None


def spin(data):
    while not kthread_should_stop():
        pass
    return 0


def tick(data):
    while not kthread_should_stop():
        pr_info("tick\\n")
        msleep(1000)
    return 0


def spin_init():
    global spinner, other
    spinner = kthread_run(spin, None, "spinner")
    other = kthread_run(tick, None, "other")
    return 0


def spin_exit():
    kthread_stop(spinner)
    kthread_stop(other)


module_init(spin_init)
module_exit(spin_exit)
MODULE_LICENSE("GPL")
"""
MAKEFILE = """\
obj-m += {name}.o

all:
\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules
"""
BUILD = "make >/dev/null 2>&1; "


def write_module(folder, name, source):
    """Lay out a module's folder in the workspace."""
    (folder / name).mkdir()
    (folder / name / f"{name}.py").write_text(source)
    (folder / name / "Makefile").write_text(MAKEFILE.format(name=name))


WRONG = {
    "insmod without sudo": (
        BUILD + "insmod ./kthread.ko",
        "insmod: ERROR: could not insert module ./kthread.ko: Operation not permitted\n",
        1,
    ),
    "insmod of a missing file": (
        "sudo insmod ./kthread.ko",
        "insmod: ERROR: could not load module ./kthread.ko: No such file or directory\n",
        1,
    ),
    "insmod of a text file": (
        "sudo insmod ./kthread.py",
        "insmod: ERROR: could not insert module ./kthread.py: Invalid module format\n",
        1,
    ),
    "insmod twice": (
        BUILD + "sudo insmod ./kthread.ko; sudo insmod ./kthread.ko",
        "insmod: ERROR: could not insert module ./kthread.ko: File exists\n",
        1,
    ),
    "insmod with a bad parameter": (
        "cd ../hello; " + BUILD + "sudo insmod hello.ko times=abc",
        "insmod: ERROR: could not insert module hello.ko: Invalid parameters\n",
        1,
    ),
    "insmod without what it needs": (
        "cd ../symbols; " + BUILD + "sudo insmod sym_user.ko",
        "insmod: ERROR: could not insert module sym_user.ko: Unknown symbol in module\n",
        1,
    ),
    "rmmod of an unknown": (
        "sudo rmmod nosuch",
        "rmmod: ERROR: Module nosuch is not currently loaded\n",
        1,
    ),
    "rmmod of a used": (
        (
            f"cd ../symbols; {BUILD} sudo insmod sym_base.ko; sudo insmod sym_user.ko; "
            "sudo rmmod sym_base"
        ),
        "rmmod: ERROR: Module sym_base is in use by: sym_user\n",
        1,
    ),
    "rmmod without sudo": (
        BUILD + "sudo insmod kthread.ko; rmmod kthread",
        (
            "rmmod: ERROR: ../libkmod/libkmod-module.c:856 kmod_module_remove_module() "
            "could not remove 'kthread': Operation not permitted\n"
            "rmmod: ERROR: could not remove module kthread: Operation not permitted\n"
        ),
        1,
    ),
    "make without Makefile": (
        "cd ..; make",
        "make: *** No targets specified and no makefile found.  Stop.\n",
        2,
    ),
    "an unknown command": (
        "insmood kthread.ko",
        "bash: line 1: insmood: command not found\n",
        127,
    ),
    "an unterminated quote": (
        'echo "kthread',
        "bash: -c: line 1: unexpected EOF while looking for matching `\"'\n",
        2,
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use(case, modules_sh):
    """The wrong use gives the real tool's words on standard error, and its status."""
    command, error, status = WRONG[case]

    result = modules_sh(command)

    assert (error, status) == (result.err, result.status)


def test_a_bad_parameter_is_named_in_the_log(modules_sh):
    """The kernel's log names the parameter and the value that insmod only calls invalid."""
    result = modules_sh(
        "cd ../hello; make >/dev/null 2>&1; sudo insmod hello.ko times=abc; dmesg -t"
    )

    assert "hello: `abc' invalid for parameter `times'" == result.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "def f():\n    x = = 1\n",
            (
                "/home/test/bad/bad.py: In function 'f':\n"
                "/home/test/bad/bad.py:2:9: error: invalid syntax\n"
                "    2 |     x = = 1\n"
                "      |         ^\n"
            ),
        ),
        (
            'import os\nfrom vshell.linux.module import MODULE_LICENSE\nMODULE_LICENSE("GPL")\n',
            (
                "/home/test/bad/bad.py:1:8: fatal error: os.h: No such file or directory\n"
                "    1 | import os\n"
                "      |        ^~\n"
                "compilation terminated.\n"
            ),
        ),
    ],
    ids=["syntax error", "forbidden import"],
)
def test_make_refuses(source, message, sh):
    """A syntax error and a forbidden import stop make in gcc's form, and nothing is built."""
    write_module(sh.workspace, "bad", source)

    result = sh("cd bad; make; echo status $?; ls")

    ending = (
        "make[2]: *** [/usr/src/linux-headers-6.7.9/scripts/Makefile.build:243: "
        "/home/test/bad/bad.o] Error 1\n"
        "make[1]: *** [/usr/src/linux-headers-6.7.9/Makefile:1913: /home/test/bad] Error 2\n"
        "make: *** [Makefile:4: all] Error 2\n"
    )
    assert result.err.endswith(message + ending)
    assert result.out.endswith("status 2\nMakefile\nbad.py\n")


def test_a_thread_that_never_stops_holds_rmmod(sh):
    """Rmmod of a module whose thread never stops waits in kthread_stop(), and survives SIGKILL."""
    write_module(sh.workspace, "deaf", NEVER_STOPS)

    result = sh(
        "cd deaf; make >/dev/null 2>&1; sudo insmod deaf.ko; (sudo rmmod deaf &) ; sleep 5; "
        "sudo ps -C rmmod -o stat,wchan:16,comm; sudo pkill -9 -x rmmod; sleep 5; "
        "sudo ps -C rmmod -o stat,wchan:16,comm; cat /proc/modules | cut -d' ' -f 1-5; lsmod"
    )

    rows = "STAT WCHAN            COMMAND\nD+   kthread_stop     rmmod\n"
    assert result.out == (
        rows + rows + "deaf 16384 -1 - Unloading\n"
        "Module                  Size  Used by\ndeaf                   16384  -1\n"
    )


def test_a_spinning_thread_leaves_the_host_alive(sh):
    """Beside a thread that never sleeps the other thread ticks, ps shows R and a growing TIME."""
    write_module(sh.workspace, "spin", SPINS)

    result = sh(
        "cd spin; make >/dev/null 2>&1; sudo insmod spin.ko; sleep 2; ps -C spinner -o stat,time; "
        "sleep 30; ps -C spinner -o stat,time; sudo rmmod spin; echo $?; lsmod; dmesg -t"
    )

    times = "STAT     TIME\nR    00:00:02\nSTAT     TIME\nR    00:00:32\n"
    assert result.out.startswith(times + "0\nModule                  Size  Used by\n")
    log = result.out.splitlines()
    assert "watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [spinner:4097]" in log
    assert "RIP: 0010:spin+0x15/0x40 [spin]" in log
    assert 30 <= log.count("tick") <= 33


def test_a_spinning_thread_leaves_the_prompt_alive(sh, make_dialogue):
    """At the prompt, too, commands run and rmmod ends while a thread spins."""
    write_module(sh.workspace, "spin", SPINS)
    dialogue = make_dialogue(workspace=sh.workspace)
    dialogue.type("cd ~/spin; make >/dev/null 2>&1; sudo insmod spin.ko")

    assert "R    spinner\n" == dialogue.type("ps -C spinner -o stat,comm --no-headers")
    assert "" == dialogue.type("sudo rmmod spin")
    assert 0 == dialogue.status
    assert "Module                  Size  Used by\n" == dialogue.type("lsmod")
