"""The modules that come with vshell do what their first lines say."""

from __future__ import annotations

import pytest

from tests.stories.readme import ROOT

FOLDERS = sorted(path.parent.name for path in (ROOT / "modules").glob("*/Makefile"))
LOADS = {
    "kthread_examples": "kthread",
    "hello": "hello who=kernel times=3",
    "stop_early": "stop_early",
    "producer_consumer": "prodcons",
    "handshake": "handshake",
    "oops": "oops",
    "lockup": "lockup polite=1",
}
EXPECTED = {
    "kthread_examples": ["Thread 2 execution", "Thread 1 execution", "destroyed thread"],
    "hello": ["hello: Hello, kernel! (3 of 3)", "hello: Goodbye, kernel!"],
    "stop_early": ["stop_early: kthread_stop returned -4"],
    "producer_consumer": [],
    "handshake": ["handshake: worker is ready", "handshake: unloaded"],
    "oops": ["oops: the thread runs", "oops: kthread_stop returned 0"],
    "lockup": [],
}


@pytest.mark.parametrize("folder", LOADS)
def test_a_module_is_built_loaded_and_unloaded(folder, modules_sh):
    """It builds without a complaint, loads, runs for three seconds, unloads, and says its lines."""
    name, _, parameters = LOADS[folder].partition(" ")

    result = modules_sh(
        f"cd ~/{folder} && make >/tmp/log 2>&1 && ! grep -E 'error|warning: [^t]' /tmp/log && "
        f"sudo insmod ./{name}.ko {parameters} && sleep 3 && sudo rmmod {name} && dmesg -t"
    )

    assert (0, "") == (result.status, result.err)
    log = result.out.splitlines()
    assert [] == [line for line in EXPECTED[folder] if line not in log]


def test_every_module_is_tried():
    """No folder under modules/ is forgotten."""
    assert {*LOADS, "symbols"} == set(FOLDERS)


def test_symbols_depend_on_each_other(modules_sh):
    """The second module loads only behind the first, which cannot go while it is used."""
    result = modules_sh(
        "cd ~/symbols; make >/dev/null 2>&1; sudo insmod sym_user.ko; sudo insmod sym_base.ko; "
        "sudo insmod sym_user.ko; lsmod; sudo rmmod sym_base; sudo rmmod sym_user sym_base; lsmod"
    )

    used = "sym_base               16384  1 sym_user\n"
    assert used in result.out
    assert result.out.endswith("Module                  Size  Used by\n")
    assert "Unknown symbol in module" in result.err
    assert "rmmod: ERROR: Module sym_base is in use by: sym_user\n" in result.err


def test_the_oops_names_the_line(modules_sh):
    """The report of the thread that follows NULL names the function, its caller and their lines."""
    log = modules_sh(
        "cd ~/oops; make >/dev/null 2>&1; sudo insmod oops.ko; sleep 1; dmesg -t"
    ).out.splitlines()

    start = log.index("BUG: kernel NULL pointer dereference, address: 0000000000000000")
    report = log[start:]
    assert any(line.startswith("RIP: 0010:read_config+0x") for line in report)
    assert any(line.startswith(" oops_thread+0x") and "(oops.py:" in line for line in report)
    assert any("Comm: oops_thread Tainted: G" in line for line in report)
    assert "Modules linked in: oops(OE)" in report


def test_a_rude_thread_locks_a_cpu_up(modules_sh):
    """Without polite=1 the watchdog reports the lockup thread's CPU."""
    log = modules_sh(
        "cd ~/lockup; make >/dev/null 2>&1; sudo insmod lockup.ko; sleep 30; dmesg -t"
    ).out

    assert "watchdog: BUG: soft lockup - CPU#" in log
