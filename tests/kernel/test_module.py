"""The module loader: loading, unloading, references, taints."""

from __future__ import annotations

import pytest

from tests.kernel.module_sources import (
    O_TRUNC,
    SIMPLE,
    exporting,
    line,
    returning,
    sysfile,
    using,
)
from vshell.abi import state as st
from vshell.abi.errno import (
    EAGAIN,
    EBADF,
    EBUSY,
    EINVAL,
    EISDIR,
    ENODEV,
    ENOENT,
    ENOMEM,
    EPERM,
    KernelError,
)
from vshell.kernel import inode as ino
from vshell.kernel.inode import O_NONBLOCK, RegularFile


def test_a_module_comes_and_goes(bench):
    """init runs at insmod, exit at rmmod; in between the module is live and unused."""
    assert 0 == bench.load(SIMPLE)
    assert "16384 0 - Live (OE)" == line(bench)
    assert "live\n" == sysfile(bench, "mod/initstate")
    assert 0 == bench.unload()
    assert None is line(bench)
    assert ["start\n", "end\n"] == [text + "\n" for text in bench.own_log()]


def test_only_root_loads_and_unloads(bench):
    """Without root both are EPERM."""
    data = bench.ko(SIMPLE).to_bytes()

    assert -EPERM == bench.insmod(data, uid=1000)
    assert 0 == bench.insmod(data)

    def rmmod(sys):
        with pytest.raises(KernelError) as caught:
            sys.sys_delete_module("mod", O_NONBLOCK)
        return caught.value.errno

    assert EPERM == bench.call(rmmod, uid=1000)


def test_modules_can_be_disabled_for_ever(bench):
    """With kernel.modules_disabled nothing is loaded or unloaded any more."""
    bench.load(SIMPLE)
    bench.kernel.sysctls.modules_disabled = 1

    assert -EPERM == bench.load(SIMPLE, name="other")
    assert -EPERM == bench.unload()


def test_finit_module_reads_an_open_file(bench):
    """The system call takes a descriptor of a regular file opened for reading."""
    vfs = bench.kernel.vfs
    vfs.place("/mod.ko", RegularFile(vfs, 0o644, 0, 0, bench.ko(SIMPLE).to_bytes()))

    def steps(sys):
        numbers = []
        calls = [
            (lambda: sys.open("/mod.ko", ino.O_WRONLY), "", 0),
            (lambda: sys.open("/"), "", 0),
            (lambda: sys.pipe()[0], "", 0),
            (lambda: sys.open("/mod.ko"), "", 4),
            (lambda: 99, "", 0),
        ]
        for open_it, args, flags in calls:
            with pytest.raises(KernelError) as caught:
                sys.sys_finit_module(open_it(), args, flags)
            numbers.append(caught.value.errno)
        sys.sys_finit_module(sys.open("/mod.ko"), "")
        sys.sys_delete_module("mod", O_NONBLOCK)
        return numbers

    assert [EBADF, EISDIR, EINVAL, EINVAL, EBADF] == bench.call(steps)


@pytest.mark.parametrize("value", [-ENOMEM, -ENODEV, -EINVAL, -1, -4095, -4096, -512, -(1 << 31)])
def test_a_failing_init_leaves_nothing(bench, value):
    """insmod gets init's errno; the kernel logs nothing of its own, and no module stays."""
    assert value == bench.load(returning(value))
    assert [] == bench.kernel.modules.list
    assert ["start"] == bench.own_log()


def test_a_positive_init_is_suspicious_but_loaded(bench):
    """The kernel warns in one record of two lines, dumps the stack, and goes on."""
    assert 0 == bench.load(returning(3))
    log = bench.own_log()
    text = "do_init_module: 'mod'->init suspiciously returned 3, it should follow 0/-E convention"

    assert ["start", f"{text}\ndo_init_module: loading module anyway..."] == log[:2]
    assert any(one.startswith("CPU: ") for one in log)
    assert "16384 0 - Live (OE)" == line(bench)


def test_init_returns_an_int(bench):
    """What does not fit into 32 bits is cut, as in C."""
    assert 0 == bench.load(returning(1 << 32))
    assert -1 == bench.load(returning(0xFFFFFFFF), name="other")


def test_a_fault_in_init_leaves_the_module_coming(bench, loading):
    """insmod is killed, the module stays in state Loading with the loader's reference."""
    process = loading.load("first", SIMPLE.replace("return 0", "return None.x"))
    bench.pass_time(1)

    assert process.exit_status & 0x7F
    assert "28672 1 - Loading (OE+)" == line(bench)
    assert -EBUSY == bench.unload(flags=O_NONBLOCK)
    assert -EBUSY == bench.unload(flags=O_TRUNC | O_NONBLOCK)


def test_a_fault_in_exit_leaves_the_module_going(bench, loading):
    """rmmod is killed, the module stays in state Unloading for ever."""
    bench.load(SIMPLE.replace('pr_info("end\\n")', "None.x"))
    process = loading.unload("rmmod")
    bench.pass_time(1)

    assert process.exit_status & 0x7F
    assert "16384 -1 - Unloading (OE-)" == line(bench)
    assert -EBUSY == bench.unload()


def test_preemption_must_be_left_as_it_was(bench):
    """An init that returns with preemption off is warned about, and it is put right."""
    source = SIMPLE.replace("return 0", "preempt_disable()\n    return 0")
    source = "from vshell.linux.preempt import preempt_disable\n" + source

    assert 0 == bench.load(source)
    text = "initcall start+0x0/0x1000 [mod] returned with preemption imbalance "
    assert text in bench.own_log()
    assert bench.kernel.oops.taints >> st.TAINT_WARN & 1


@pytest.mark.parametrize(
    ("init", "leave", "shown", "status"),
    [
        (True, False, "[permanent],", -EBUSY),
        (False, False, "-", 0),
        (False, True, "-", 0),
        (True, True, "-", 0),
    ],
)
def test_only_init_without_exit_is_permanent(bench, init, leave, shown, status):
    """A module that has an init and no exit can only be removed by force."""
    source = SIMPLE
    if not init:
        source = source.replace("module_init(start)", "")
    if not leave:
        source = source.replace("module_exit(end)", "")

    assert 0 == bench.load(source)
    assert shown == line(bench).split(" ")[2]
    assert status == bench.unload()
    assert (0 if status else -ENOENT) == bench.unload(flags=O_TRUNC | O_NONBLOCK)
    forced = bool(bench.kernel.oops.taints >> st.TAINT_FORCED_RMMOD & 1)
    assert (status != 0) == forced


def test_unloading_what_is_not_there(bench):
    """A name nobody has is ENOENT."""
    assert -ENOENT == bench.unload("nothing")


def test_a_held_module_stays(bench):
    """A reference makes rmmod EWOULDBLOCK; by force it goes, and taints."""
    holding = SIMPLE.replace("return 0", "try_module_get(THIS_MODULE)\n    return 0")
    bench.load(holding)

    assert "16384 1 - Live (OE)" == line(bench)
    assert "1\n" == sysfile(bench, "mod/refcnt")
    assert -EAGAIN == bench.unload()
    bench.log()
    assert 0 == bench.unload(flags=O_TRUNC | O_NONBLOCK)
    assert ["Disabling lock debugging due to kernel taint", "end"] == bench.log()
    bench.load(holding)
    bench.log()
    bench.unload(flags=O_TRUNC | O_NONBLOCK)
    assert ["end"] == bench.log()


def test_users_hold_a_module(bench):
    """A module whose symbols are used counts its users, names them newest first, and stays."""
    bench.load(exporting(), name="base")
    bench.load(using(), name="one")
    bench.load(using(), name="two")

    assert "16384 2 two,one, Live (OE)" == line(bench, "base")
    assert ["42", "42"] == bench.own_log()
    assert ["one", "two"] == sorted(bench.call(lambda sys: sys.listdir("/sys/module/base/holders")))
    assert "0\n" == sysfile(bench, "base/holders/one/refcnt")
    with pytest.raises(KernelError):
        sysfile(bench, "base/holders/three/refcnt")
    assert -EAGAIN == bench.unload("base", O_TRUNC | O_NONBLOCK)
    assert [0, 0, 0] == [bench.unload(name) for name in ("one", "two", "base")]


@pytest.mark.parametrize(
    ("kind", "license_", "status"),
    [
        ("EXPORT_SYMBOL", "GPL", 0),
        ("EXPORT_SYMBOL", "Proprietary", 0),
        ("EXPORT_SYMBOL_GPL", "Dual MIT/GPL", 0),
        ("EXPORT_SYMBOL_GPL", "Proprietary", -ENOENT),
    ],
)
def test_gpl_symbols_are_for_gpl_modules(bench, kind, license_, status):
    """Another licence does not see what is exported to GPL modules only."""
    bench.load(exporting(kind), name="base")

    assert status == bench.load(using(license_), name="user")
    unknown = "user: Unknown symbol answer (err -2)"
    assert (status != 0) == (unknown in bench.own_log())


def test_gpl_symbols_of_the_kernel_are_for_gpl_modules(bench):
    """The loader checks the kernel's own symbols as modpost does."""
    source = SIMPLE.replace("return 0", "return kthread_should_park()").replace(
        '("GPL")', '("Proprietary")'
    )
    source = "from vshell.linux.kthread import kthread_should_park\n" + source

    assert -ENOENT == bench.load(source)
    assert "mod: Unknown symbol kthread_should_park (err -2)" in bench.log()


def test_unknown_symbols_are_named_one_by_one(bench):
    """Each gets a line; the load fails with ENOENT and leaves nothing."""
    ko = bench.ko(SIMPLE)
    ko.externs = ["lost", "gone"]
    ko.imports.append(("nowhere", "thing", "thing"))

    assert -ENOENT == bench.insmod(ko.to_bytes())
    expected = [f"mod: Unknown symbol {name} (err -2)" for name in ("thing", "lost", "gone")]
    assert expected == bench.own_log()
    assert [] == bench.kernel.modules.list


def test_foreign_modules_taint_once_per_boot(bench):
    """The first one is announced in two lines; each is marked OE."""
    bench.load(SIMPLE, name="one")
    first = bench.log()
    bench.load(SIMPLE, name="two")

    reason = "signature and/or required key missing - tainting kernel"
    expected = ["one: loading out-of-tree module taints kernel."]
    expected += [f"one: module verification failed: {reason}", "start"]
    assert (expected, ["start"]) == (first, bench.log())
    assert 1 << 12 | 1 << 13 == bench.kernel.oops.taints
    assert "16384 0 - Live (OE)" == line(bench, "two")
    assert "OE\n" == sysfile(bench, "two/taint")


@pytest.mark.parametrize(
    ("release", "license_", "lines"),
    [
        ("6.7.9", "GPL v2", []),
        ("6.1.0-56-amd64", "Proprietary", ["module license 'Proprietary' taints kernel."]),
        (
            "6.7.9",
            "Proprietary",
            ["module license 'Proprietary' taints kernel.", "module license taints kernel."],
        ),
    ],
)
def test_a_licence_may_taint(make_bench, release, license_, lines):
    """What is not GPL-compatible sets taint P, once per boot with its lines."""
    bench = make_bench(release=release)
    source = SIMPLE.replace('("GPL")', f'("{license_}")')
    bench.load(source, name="one")
    bench.load(source, name="two")

    said = [text.removeprefix("one: ") for text in bench.log() if "license" in text]
    assert lines == said
    flags = "POE" if lines else "OE"
    assert f"16384 0 - Live ({flags})" == line(bench, "two")
    assert bool(lines) == bool(bench.kernel.oops.taints & 1)


def test_a_module_of_the_kernels_tree_is_not_foreign(bench):
    """With intree in its .modinfo only the signature is missing."""
    ko = bench.ko(SIMPLE)
    ko.modinfo.append(("intree", "Y"))

    assert 0 == bench.insmod(ko.to_bytes())
    assert "16384 0 - Live (E)" == line(bench)


def test_the_last_one_unloaded_is_remembered(bench):
    """Reports name the module that was unloaded last, with its taints."""
    bench.load(SIMPLE)
    bench.unload()
    bench.load(SIMPLE, name="next")

    assert " next(OE) [last unloaded: mod(OE)]" == bench.kernel.modules.linked_in()
