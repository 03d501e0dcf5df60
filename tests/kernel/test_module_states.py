"""Modules on their way in and out, seen from outside; what /sys and /proc say of them."""

from __future__ import annotations

import pytest

from tests.kernel.module_sources import (
    GPL,
    HEAD,
    O_TRUNC,
    PARAMS,
    SIMPLE,
    Loading,
    line,
    parameter,
    slow,
    sysfile,
    using,
)
from vshell.abi import state as st
from vshell.abi.errno import (
    EBUSY,
    EEXIST,
    ENODEV,
    ENOENT,
    KernelError,
)
from vshell.kernel.inode import O_NONBLOCK
from vshell.kernel.module import c_divide
from vshell.kernel.oops import Oops


def test_a_module_is_seen_while_it_loads_and_unloads(bench, loading):
    """Loading has the init part's size and a reference; Unloading has the count -1."""
    loading.load("insmod", slow())
    bench.pass_time(1)
    seen = [line(bench), sysfile(bench, "mod/initstate"), sysfile(bench, "mod/initsize")]
    bench.pass_time(3)
    seen += [line(bench), sysfile(bench, "mod/initstate"), sysfile(bench, "mod/initsize")]
    loading.unload("rmmod")
    bench.pass_time(1)
    seen += [line(bench), sysfile(bench, "mod/initstate")]
    bench.pass_time(3)

    expected = ["28672 1 - Loading (OE+)", "coming\n", "12288\n"]
    expected += ["16384 0 - Live (OE)", "live\n", "0\n"]
    assert [*expected, "16384 -1 - Unloading (OE-)", "going\n"] == seen
    assert {"insmod": (0, 2), "rmmod": (0, 2)} == loading.ended
    assert None is line(bench)


def test_the_first_and_the_second_loader(bench, loading):
    """While init runs, rmmod is refused; a loader of the same name waits for the first's result."""
    loading.load("first", slow())
    bench.pass_time(1)
    loading.load("second", slow())
    loading.unload("rmmod")
    loading.unload("force", flags=O_TRUNC | O_NONBLOCK)
    bench.pass_time(5)

    expected = {"first": (0, 2), "second": (0, 1), "rmmod": (EBUSY, 0), "force": (EBUSY, 0)}
    assert expected == loading.ended
    assert -EEXIST == bench.load(SIMPLE)


@pytest.mark.parametrize(
    ("release", "ret", "second"),
    [
        ("6.7.9", 0, 0),
        ("6.7.9", -ENODEV, ENODEV),
        ("6.1.0-56-amd64", 0, EEXIST),
        ("6.1.0-56-amd64", -ENODEV, EBUSY),
    ],
)
def test_a_waiting_loader_shares_the_result_since_6_5(make_bench, release, ret, second):
    """Before 6.5 it is refused: EEXIST if the first is live, EBUSY if that failed."""
    bench = make_bench(release=release)
    loading = Loading(bench)
    loading.load("first", slow(ret=ret))
    bench.pass_time(1)
    loading.load("second", slow())
    bench.pass_time(5)

    assert (-ret, second) == (loading.ended["first"][0], loading.ended["second"][0])


def test_a_leaving_module_is_in_the_way(bench, loading):
    """While exit runs, rmmod and insmod are EBUSY at once, and its symbols are unknown."""
    loading.load("insmod", slow(init_ms=0))
    bench.pass_time(1)
    loading.unload("first")
    bench.pass_time(1)
    loading.load("again", slow())
    loading.unload("second")
    loading.load("user", using(), "user")
    bench.pass_time(5)

    expected = {"again": (EBUSY, 0), "second": (EBUSY, 0), "user": (ENOENT, 0)}
    assert expected == {name: loading.ended[name] for name in expected}


@pytest.mark.parametrize(("init_ms", "status", "waited"), [(5000, 0, 4), (60_000, ENOENT, 30)])
def test_a_user_waits_for_its_provider(bench, loading, init_ms, status, waited):
    """A symbol of a module that is loading is waited for, thirty seconds at most."""
    loading.load("base", slow(init_ms), "base")
    bench.pass_time(1)
    loading.load("user", using(), "user")
    bench.pass_time(100)

    code, seconds = loading.ended["user"]
    assert status == code
    assert waited <= seconds <= waited + 1
    gave_up = "user: gave up waiting for init of module base."
    assert (status != 0) == (gave_up in bench.log())


def test_a_user_of_a_provider_that_fails(bench, loading):
    """When the waited-for init fails, the symbol is unknown."""
    loading.load("base", slow(ret=-ENODEV), "base")
    bench.pass_time(1)
    loading.load("user", using(), "user")
    bench.pass_time(10)

    assert ENOENT == loading.ended["user"][0]


def test_a_module_that_is_only_being_read_is_not_shown(bench, loading):
    """Before its parameters are parsed a module has no line, no directory and cannot go."""
    loading.load("base", slow(), "base")
    bench.pass_time(1)
    loading.load("user", using(), "user")
    bench.pass_time(0.1)
    unformed = bench.kernel.modules.find("user")
    assert unformed is not None

    assert st.MODULE_STATE_UNFORMED == unformed.state
    assert None is line(bench, "user")
    assert ["rcupdate", "base"] == bench.call(lambda sys: sys.listdir("/sys/module"))
    with pytest.raises(KernelError):
        sysfile(bench, "user/refcnt")
    assert -ENOENT == bench.unload("user")
    assert " base(OE+)" == bench.kernel.modules.linked_in()


def test_a_loader_waits_through_a_twin_that_is_read(bench, loading):
    """The same name being read counts as loading."""
    loading.load("base", slow(), "base")
    bench.pass_time(1)
    loading.load("one", using(), "user")
    bench.pass_time(0.1)
    loading.load("two", using(), "user")
    bench.pass_time(10)

    assert [0, 0] == [loading.ended[name][0] for name in ("one", "two")]


def test_a_thread_left_behind_faults(bench):
    """A thread of a removed module faults when it returns to its code, and dies."""
    source = SIMPLE.replace('pr_info("start\\n")', 'kthread_run(work, None, "left")').replace(
        "def start()", "def work(data):\n    msleep(1000)\n    return 0\n\n\ndef start()"
    )
    bench.load("from vshell.linux.kthread import kthread_run\n" + source)
    bench.pass_time(0.5)
    assert 0 == bench.unload()
    bench.log()
    bench.pass_time(2)
    log = bench.own_log()

    assert log[0].startswith("BUG: unable to handle page fault for address: ffffffff")
    assert "#PF: supervisor instruction fetch in kernel mode" in log
    assert "[last unloaded: mod(OE)]" in "".join(log)


def test_a_thread_that_has_not_begun_faults_at_its_function(bench):
    """A thread created and never woken faults when it is."""
    source = SIMPLE.replace('pr_info("start\\n")', 'kthread_create(work, None, "left")').replace(
        "def start()", "def work(data):\n    return 0\n\n\ndef start()"
    )
    bench.load("from vshell.linux.kthread import kthread_create\n" + source)
    bench.unload()
    left = next(task for task in bench.kernel.tasks if task.name == "left")

    assert left.fault is not None
    bench.kernel.post(0, lambda: bench.kernel.sched.try_to_wake_up(left, st.TASK_NORMAL))
    bench.pass_time(1)
    assert any(text.startswith("BUG: unable to handle page fault") for text in bench.log())


def test_sys_module_tells_what_a_module_is(bench):
    """The directory has the recorded entries; version and srcversion only if there are any."""
    ko = bench.ko(SIMPLE)
    ko.modinfo += [("version", "1.2.3"), ("srcversion", "98560E85939B8FC131141AC")]
    bench.insmod(ko.to_bytes())
    bench.load(PARAMS, name="plain")
    line(bench)
    base = ["coresize", "holders", "initsize", "initstate", "notes"]
    rest = ["refcnt", "sections", "taint", "uevent"]

    def look(sys):
        return sys.listdir("/sys/module/mod"), sys.listdir("/sys/module/plain")

    with_version, plain = bench.call(look)
    assert sorted([*base, *rest, "srcversion", "version"]) == with_version
    assert sorted([*base, *rest, "parameters"]) == plain
    assert "1.2.3\n" == sysfile(bench, "mod/version")
    assert "98560E85939B8FC131141AC\n" == sysfile(bench, "mod/srcversion")
    assert "16384\n" == sysfile(bench, "mod/coresize")
    sections = bench.call(lambda sys: sys.listdir("/sys/module/mod/sections"))
    assert [".exit.text", ".init.text", ".modinfo"] == sections
    assert sysfile(bench, "mod/sections/.modinfo").startswith("0xffffffffc")
    with pytest.raises(KernelError):
        sysfile(bench, "mod/uevent")


def test_a_new_module_of_the_name_has_a_new_directory(bench):
    """After a reload /sys shows the new one's values."""
    bench.load(PARAMS, "count=3")
    parameter(bench, "count", "4")
    bench.unload()
    bench.load(PARAMS)

    assert "1\n" == parameter(bench, "count")
    bench.unload()
    assert -ENOENT == parameter(bench, "count")


def test_addresses_are_for_root(bench):
    """Others see zeros in /proc/modules."""
    bench.load(SIMPLE)
    line(bench)

    def address(sys):
        return sys.read(sys.open("/proc/modules")).decode().split(" ")[5]

    assert "0x0000000000000000" == bench.call(address, uid=1000)
    assert bench.call(address).startswith("0xffffffffc")


def test_sizes_grow_with_the_code(bench):
    """Beyond a page of code a module is a page larger; without code outside init it is small."""
    long = "\n".join(f"    pr_info('{n}')" for n in range(400))
    bench.load(SIMPLE.replace('    pr_info("end\\n")', long), name="long")
    bench.load(f"{HEAD}\n{GPL}", name="bare")

    long_size = int(line(bench, "long").split(" ")[0])
    assert 0 == long_size % 4096
    assert 16384 < long_size
    assert "12288 0 - Live (OE)" == line(bench, "bare")


def test_addresses_lead_to_functions(bench):
    """An address inside a module is in one of its functions or behind it; outside it is none."""
    bench.load(SIMPLE)
    modules = bench.kernel.modules
    module = modules.list[0]
    function = module.functions["end"]
    symbol = modules.symbol_at_address(module.start_of(function) + 3)

    assert symbol is not None
    assert "end+0x3/0x20 [mod]" == str(symbol).partition(" (")[0]
    assert "end+0x800/0x20 [mod]" == str(modules.symbol_at_address(module.address + 0x800))
    assert None is modules.symbol_at_address(module.address - 1)
    assert None is modules.symbol_at_address(1)


def test_a_call_from_no_module_is_a_fault(bench):
    """Who asks for the calling module from elsewhere has no module."""
    with pytest.raises(Oops):
        bench.kernel.modules.calling()


def test_loads_are_traced(bench):
    """Loading and freeing are events."""
    seen = []
    bench.kernel.trace.subscribe(lambda event: seen.append(event[3:]))
    bench.load(SIMPLE)
    bench.unload()

    assert [("module_load", "mod"), ("module_free", "mod")] == [
        event for event in seen if event[0].startswith("module")
    ]


@pytest.mark.parametrize(
    ("left", "right", "quotient"),
    [(7, 2, 3), (-7, 2, -3), (7, -2, -3), (-7, -2, 3), (0, 5, 0), (1.0, 4, 0.25)],
)
def test_division_is_cs(left, right, quotient):
    """Integers are divided towards zero."""
    assert quotient == c_divide(left, right)
