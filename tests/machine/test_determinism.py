"""The same input gives the same bytes: on every run, in any directory, under any hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TUTORIAL = "make; sudo insmod ./kthread.ko; sleep 8.5; sudo rmmod kthread; dmesg"
BUSY = """\
cd ~/producer_consumer; make; sudo insmod prodcons.ko; cd ~/lockup; make; sudo insmod lockup.ko
sleep 3 & ps aux | sort -k 10 | tail -n 20; ls -la /proc/self /sys/module; wait; cat /proc/*/stat
sudo rmmod prodcons; env; set; dmesg; jobs; sudo cat /proc/sched_debug /proc/kallsyms | md5sum
"""
RACE = """\
from vshell.linux.completion import DECLARE_COMPLETION, complete_all, wait_for_completion
from vshell.linux.kthread import kthread_run
from vshell.linux.module import MODULE_LICENSE, module_init
from vshell.linux.delay import msleep
from vshell.linux.printk import pr_info

start = DECLARE_COMPLETION()


def racer(data):
    wait_for_completion(start)
    pr_info("%d runs\\n", data)
    return 0


def race_init():
    for i in range(6):
        kthread_run(racer, i, "racer/%d", i)
    msleep(10)
    complete_all(start)
    return 0


module_init(race_init)
MODULE_LICENSE("GPL")
"""


def run(command, folder, hash_seed, *words):
    """Give standard output, standard error and the status of a run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "vshell", *words, "-c", command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.stdout, done.stderr, done.returncode


def test_the_tutorial_is_the_same_everywhere(tmp_path):
    """The tutorial prints the same bytes in two directories and under two hash seeds."""
    first = run(TUTORIAL, tmp_path, "1")

    assert b"destroyed thread\n" == first[0][-17:]
    assert 0 == first[2]
    assert first == run(TUTORIAL, ROOT, "77")


def test_a_busy_host_is_the_same_everywhere(tmp_path):
    """So does a session with threads that compete, background jobs and listings."""
    first = run(BUSY, tmp_path, "1", "--seed", "7")

    assert b"lockup" in first[0]
    assert first == run(BUSY, ROOT, "77", "--seed", "7")


def test_a_seed_is_another_order(sh):
    """Another seed lets other threads run first; the same one the same."""
    folder = sh.workspace / "race"
    folder.mkdir()
    (folder / "race.py").write_text(RACE)
    (folder / "Makefile").write_text(
        "obj-m += race.o\n\nall:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n"
    )
    command = "cd race; make >/dev/null 2>&1; sudo insmod race.ko; sleep 1; dmesg -t | grep runs"

    orders = [sh(command, seed=seed).out for seed in (*range(4), *range(4))]

    assert orders[:4] == orders[4:]
    assert len(set(orders)) > 1
    assert 1 == len({"".join(sorted(order)) for order in orders})
