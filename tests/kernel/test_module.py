from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from vshell.abi import state as st
from vshell.abi.errno import (
    EAGAIN,
    EBADF,
    EBUSY,
    EEXIST,
    EINVAL,
    EISDIR,
    ENODEV,
    ENOENT,
    ENOEXEC,
    ENOMEM,
    ENOSPC,
    EPERM,
    ERANGE,
    KernelError,
)
from vshell.abi.ko import KoFile
from vshell.kernel import inode as ino
from vshell.kernel import procfs, sysfs
from vshell.kernel.inode import O_NONBLOCK, RegularFile
from vshell.kernel.module import c_divide
from vshell.kernel.oops import Oops

O_TRUNC = 0o1000
SECOND_NS = 1_000_000_000

HEAD = """\
from vshell.linux.delay import msleep
from vshell.linux.export import EXPORT_SYMBOL, EXPORT_SYMBOL_GPL
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.module import MODULE_INFO, THIS_MODULE, module_put, try_module_get
from vshell.linux.moduleparam import kernel_param_ops, module_param, module_param_array
from vshell.linux.moduleparam import module_param_cb, module_param_string
from vshell.linux.moduleparam import byte, charp, hexint, invbool, long, uint
from vshell.linux.printk import pr_info
"""
GPL = 'MODULE_LICENSE("GPL")\n'

SIMPLE = f"""\
{HEAD}

def start():
    pr_info("start\\n")
    return 0


def end():
    pr_info("end\\n")


module_init(start)
module_exit(end)
{GPL}"""


def returning(value):
    """Give the source of a module whose init returns a value."""
    return SIMPLE.replace("return 0", f"return {value}")


def exporting(kind="EXPORT_SYMBOL", license_="GPL"):
    """Give the source of a module that exports a function."""
    return f"""\
{HEAD}

def answer():
    return 42


{kind}(answer)
MODULE_LICENSE("{license_}")
"""


def using(license_="GPL"):
    """Give the source of a module that uses it."""
    return f"""\
{HEAD}

def answer(): ...


def start():
    pr_info("%d\\n", answer())
    return 0


def end():
    pass


module_init(start)
module_exit(end)
MODULE_LICENSE("{license_}")
"""


def slow(init_ms=2000, exit_ms=2000, ret=0):
    """Give the source of a module that exports a function and takes its time."""
    return f"""\
{HEAD}

def answer():
    return 42


def start():
    msleep({init_ms})
    return {ret}


def end():
    msleep({exit_ms})


EXPORT_SYMBOL(answer)
module_init(start)
module_exit(end)
{GPL}"""


class Loading:
    """Loads and unloads that run side by side, each in a process of its own."""

    def __init__(self, bench):
        self.bench = bench
        self.ended = {}

    def start(self, name, function):
        """Run a function of the loader in a process; its errno will stand under the name."""
        kernel = self.bench.kernel

        def run(_sys):
            begin_ns = kernel.now_ns
            status = 0
            try:
                function(kernel.modules)
            except KernelError as error:
                status = error.errno
            self.ended[name] = (status, round((kernel.now_ns - begin_ns) / SECOND_NS))

        return self.bench.process(run)

    def load(self, name, source, module="mod"):
        """Begin to load a module."""
        data = self.bench.ko(source, module).to_bytes()
        return self.start(name, lambda modules: modules.load_module(data, ""))

    def unload(self, name, module="mod", flags=O_NONBLOCK):
        """Begin to unload a module."""
        return self.start(name, lambda modules: modules.delete_module(module, flags))


@pytest.fixture
def loading(bench):
    return Loading(bench)


def line(bench, name="mod", uid=0):
    """Give the module's line of /proc/modules, address left out."""
    if bench.kernel.vfs.root.lookup("proc") is None:
        procfs.populate(bench.kernel)
        sysfs.populate(bench.kernel)
    text = bench.call(lambda sys: sys.read(sys.open("/proc/modules")), uid=uid).decode()
    for one in text.splitlines():
        words = one.split(" ")
        if words[0] == name:
            return " ".join(words[1:5] + words[6:])
    return None


def sysfile(bench, path):
    return bench.call(lambda sys: sys.read(sys.open(f"/sys/module/{path}"))).decode()


# -- Loading and unloading ------------------------------------------------------------------------


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


# -- References and dependencies ------------------------------------------------------------------


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


# -- States seen from outside ---------------------------------------------------------------------


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
    assert ["base"] == bench.call(lambda sys: sys.listdir("/sys/module"))
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


# -- Taints ---------------------------------------------------------------------------------------


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


# -- Version magic and containers -----------------------------------------------------------------


def test_version_magic_must_fit(bench):
    """Behind the release every word counts; force loads anyway and taints F."""
    ko = bench.ko(SIMPLE)
    wanted = dict(ko.modinfo)["vermagic"]
    ko.modinfo = [(key, value) for key, value in ko.modinfo if key != "vermagic"]
    ko.modinfo.append(("vermagic", "6.7.9 SMP mod_unload "))

    assert -ENOEXEC == bench.insmod(ko.to_bytes())
    text = f"mod: version magic '6.7.9 SMP mod_unload ' should be '{wanted}'"
    assert [text] == bench.log()
    assert 0 == bench.insmod(ko.to_bytes(), force=True)
    assert "16384 0 - Live (FOE)" == line(bench)
    assert "mod: module_layout: kernel tainted." in bench.log()


def test_another_release_with_the_same_words_is_loaded(bench):
    """With CONFIG_MODVERSIONS the release itself is not compared."""
    ko = bench.ko(SIMPLE)
    ko.modinfo = [
        (key, value.replace("6.7.9", "6.7.8") if key == "vermagic" else value)
        for key, value in ko.modinfo
    ]

    assert 0 == bench.insmod(ko.to_bytes())


def test_bytecode_of_another_python_is_refused(bench):
    """As symbol versions that disagree."""
    ko = bench.ko(SIMPLE)
    ko.comment = "vshell 1 00000000"

    assert -ENOEXEC == bench.insmod(ko.to_bytes())
    assert "mod: disagrees about version of symbol module_layout" in bench.log()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda data: b"", "Invalid ELF header len 0"),
        (lambda data: b"\x7fELF", "Invalid ELF header len 4"),
        (lambda data: b"#!/bin/sh\n" * 9, "Invalid ELF header magic: != \x7fELF"),
        (lambda data: data[:-100], "Invalid ELF section header overflow"),
        (lambda data: data[:16] + b"\x02" + data[17:], "Invalid ELF header type: 2 != 1"),
        (lambda data: data[:18] + b"\x28" + data[19:], "Invalid architecture in ELF header: 40"),
        (lambda data: data[:58] + b"\0" + data[59:], "Invalid ELF section header size"),
        (lambda data: data[:62] + b"\xff" + data[63:], "Invalid ELF section name index: 255"),
    ],
)
def test_what_is_no_module_is_refused_in_the_kernels_words(bench, change, text):
    """A damaged header is ENOEXEC (an empty file EINVAL) with a line in the log."""
    data = change(bench.ko(SIMPLE).to_bytes())

    assert -(ENOEXEC if data else EINVAL) == bench.insmod(data)
    assert [text] == bench.log()


def test_other_objects_are_no_modules(bench):
    """An ELF file without .modinfo's name, such as a .mod.o, is refused without a word."""
    nameless = bench.ko(SIMPLE)
    nameless.modinfo = [pair for pair in nameless.modinfo if pair[0] != "name"]
    foreign = bench.ko(SIMPLE)
    foreign.comment = "GCC: (Debian 12.2.0)"
    broken = bench.ko(SIMPLE)
    broken.code = b"not marshal data"

    for ko in (KoFile(), nameless, foreign, broken):
        assert -ENOEXEC == bench.insmod(ko.to_bytes())
    assert [] == bench.own_log()
    assert [] == bench.kernel.modules.list


@settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cut=some.none() | some.integers(0, 9000),
    flips=some.lists(some.tuples(some.integers(0, 9000), some.integers(0, 7)), max_size=3),
)
@example(cut=63, flips=[])
@example(cut=64, flips=[])
def test_no_damaged_file_does_more_than_fail(make_bench, cut, flips):
    """Any bytes cut off or flipped give an errno or a module, never anything else."""
    bench = make_bench()
    data = bytearray(bench.ko(SIMPLE).to_bytes())
    for position, bit in flips:
        data[position % len(data)] ^= 1 << bit
    if cut is not None:
        del data[cut % len(data) :]

    status = bench.insmod(bytes(data))
    whole = bytes(data) == bench.ko(SIMPLE).to_bytes()
    assert status in ((0,) if whole else (0, -ENOEXEC, -EINVAL))
    if status == 0:
        # Only .modinfo, padding and what no reader looks at may differ.
        assert KoFile.from_bytes(bytes(data)).code == bench.ko(SIMPLE).code
        assert 1 == len(bench.kernel.modules.list)
        assert line(bench, bench.kernel.modules.list[0].name)


def test_a_module_needs_its_code(bench):
    """Damaged bytecode never reaches the interpreter: the checksum is wrong."""
    data = bytearray(bench.ko(SIMPLE).to_bytes())
    position = data.rindex(b"start") + 1
    data[position] ^= 0x20

    assert -ENOEXEC == bench.insmod(bytes(data))


# -- Parameters -----------------------------------------------------------------------------------

PARAMS = f"""\
{HEAD}
count = 1
module_param(count, int, 0o644)
flag = False
module_param(flag, bool, 0o644)
inverted = True
module_param(inverted, invbool, 0o644)
small = 0
module_param(small, byte, 0o600)
name = "world"
module_param(name, charp, 0o644)
hx = 255
module_param(hx, hexint, 0o444)
arr = [1, 2, 0, 0]
arr_n = 2
module_param_array(arr, int, arr_n, 0o644)
buf = "init"
module_param_string(text, buf, 8, 0o644)
hidden = 5
module_param(hidden, int, 0)


def start():
    pr_info("%d %d %d %s %s %d,%d,%d,%d:%d %s %d\\n", count, flag, small, name, "x", arr[0],
            arr[1], arr[2], arr[3], arr_n, buf, hidden)
    return 0


def end():
    pass


module_init(start)
module_exit(end)
{GPL}"""


@pytest.mark.parametrize(
    ("args", "status", "log"),
    [
        ("", 0, ["1 0 0 world x 1,2,0,0:2 init 5"]),
        ("count=0x10 flag small=255", 0, ["16 1 255 world x 1,2,0,0:2 init 5"]),
        ("count=010 count=3", 0, ["3 0 0 world x 1,2,0,0:2 init 5"]),
        ('name="two words"', 0, ["1 0 0 two words x 1,2,0,0:2 init 5"]),
        (
            "name=two words",
            0,
            ["mod: unknown parameter 'words' ignored", "1 0 0 two x 1,2,0,0:2 init 5"],
        ),
        ("arr=5", 0, ["1 0 0 world x 5,2,0,0:1 init 5"]),
        ("arr=5,6,7,8 text=1234567", 0, ["1 0 0 world x 5,6,7,8:4 1234567 5"]),
        ("hidden=9", 0, ["1 0 0 world x 1,2,0,0:2 init 9"]),
        ("count=5x", -EINVAL, ["mod: `5x' invalid for parameter `count'"]),
        ("count=", -EINVAL, ["mod: `' invalid for parameter `count'"]),
        ("count", -EINVAL, ["mod: `' invalid for parameter `count'"]),
        ("count=99999999999", -ERANGE, ["mod: `99999999999' invalid for parameter `count'"]),
        ("small=256", -ERANGE, ["mod: `256' invalid for parameter `small'"]),
        ("small=-1", -EINVAL, ["mod: `-1' invalid for parameter `small'"]),
        ("flag=2", -EINVAL, ["mod: `2' invalid for parameter `flag'"]),
        ("name", -EINVAL, ["mod: `' invalid for parameter `name'"]),
        (
            "arr=5,6,7,8,9",
            -EINVAL,
            ["arr: can only take 4 arguments", "mod: `5' invalid for parameter `arr'"],
        ),
        ("arr=1,x", -EINVAL, ["mod: `1' invalid for parameter `arr'"]),
        (
            "text=12345678",
            -ENOSPC,
            [
                "text: string doesn't fit in 7 chars.",
                "mod: `12345678' too large for parameter `text'",
            ],
        ),
        (
            "count = 4",
            -EINVAL,
            [
                "mod: `' invalid for parameter `count'",
                "mod: unknown parameter '=' ignored",
                "mod: unknown parameter '4' ignored",
            ],
        ),
        (
            "mod.count=7",
            0,
            ["mod: unknown parameter 'mod' ignored", "1 0 0 world x 1,2,0,0:2 init 5"],
        ),
        ("dyndbg=+p dyndbg", 0, ["1 0 0 world x 1,2,0,0:2 init 5"]),
        ("-- count=4", 0, ["1 0 0 world x 1,2,0,0:2 init 5"]),
    ],
)
def test_parameters_on_the_command_line(bench, args, status, log):
    """Each type takes its values and refuses others in the recorded words."""
    assert status == bench.load(PARAMS, args)
    assert log == bench.own_log()
    assert (status == 0) == bool(bench.kernel.modules.list)


def parameter(bench, name, text=None, uid=0):
    """Read a parameter's file, or write it; give the text or -errno."""
    line(bench)
    path = f"/sys/module/mod/parameters/{name}"

    def steps(sys):
        try:
            if text is None:
                return sys.read(sys.open(path)).decode()
            return sys.write(sys.open(path, ino.O_WRONLY), text.encode())
        except KernelError as error:
            return -error.errno

    return bench.call(steps, uid=uid)


def test_parameters_in_sys(bench):
    """Each file reads as its type; modes decide who may, root included; mode 0 has no file."""
    bench.load(PARAMS, "count=3 arr=9,8")
    line(bench)

    def look(sys):
        folder = "/sys/module/mod/parameters"
        return {name: sys.stat(f"{folder}/{name}").mode & 0o777 for name in sys.listdir(folder)}

    expected = dict.fromkeys(("arr", "count", "flag", "inverted", "name", "text"), 0o644)
    assert expected | {"hx": 0o444, "small": 0o600} == bench.call(look)
    shown = {"arr": "9,8\n", "count": "3\n", "flag": "N\n", "hx": "0x0000ff\n", "inverted": "N\n"}
    shown |= {"name": "world\n", "small": "0\n", "text": "init\n"}
    assert shown == {name: parameter(bench, name) for name in shown}
    assert -13 == parameter(bench, "hx", "1")
    assert -13 == parameter(bench, "small", uid=1000)
    assert -13 == parameter(bench, "count", "1", uid=1000)
    assert 4096 == bench.call(lambda sys: sys.stat("/sys/module/mod/refcnt").size)


@pytest.mark.parametrize(
    ("name", "text", "status", "shown", "log"),
    [
        ("count", "42\n", 3, "42\n", []),
        ("count", "0x20", 4, "32\n", []),
        ("count", "abc\n", -EINVAL, "1\n", []),
        ("flag", "0\n", 2, "N\n", []),
        ("flag", "maybe\n", -EINVAL, "N\n", []),
        ("name", "hello there\n", 12, "hello there\n\n", []),
        ("arr", "1,2,3\n", 6, "1,2,3\n", []),
        ("arr", "1,2,3,4,5\n", -EINVAL, "1,2,3,4\n", ["arr: can only take 4 arguments"]),
    ],
)
def test_writing_parameters_in_sys(bench, name, text, status, shown, log):
    """A write sets the value as the command line does, or is refused with the same words."""
    bench.load(PARAMS)
    bench.log()

    assert status == parameter(bench, name, text)
    assert (shown, log) == (parameter(bench, name), bench.log())


CALLBACKS = f"""\
{HEAD}
value = [3]


def set_it(text, kp):
    if text == "fault":
        return None.x
    if text == "no":
        return -34
    value[0] = text
    return 0


def get_it(kp):
    if value[0] == "bad":
        return None.x
    return "<%s>" % value[0]


ops = kernel_param_ops(set=set_it, get=get_it)
module_param_cb(it, ops, value, 0o644)
{GPL}"""


def test_callbacks_run_in_the_writers_process(bench):
    """A callback's errno is the write's; a fault in one kills who reads or writes."""
    assert 0 == bench.load(CALLBACKS)
    assert "<3>\n" == parameter(bench, "it")
    assert 1 == parameter(bench, "it", "7")
    assert "<7>\n" == parameter(bench, "it")
    assert -ERANGE == parameter(bench, "it", "no")

    def dying(action):
        process = bench.process(action)
        bench.pass_time(1)
        return process.exit_status & 0x7F

    path = "/sys/module/mod/parameters/it"
    parameter(bench, "it", "bad")
    bench.log()
    assert dying(lambda sys: sys.read(sys.open(path)))
    assert dying(lambda sys: sys.write(sys.open(path, ino.O_WRONLY), b"fault"))
    assert 2 == sum("---[ end trace" in text for text in bench.log())


def test_a_callback_may_refuse_the_load(bench):
    """On the command line a callback's errno is insmod's."""
    assert -ERANGE == bench.load(CALLBACKS, "it=no")
    assert ["mod: `no' invalid for parameter `it'"] == bench.own_log()


# -- What others ask about modules ----------------------------------------------------------------


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
    """An address inside a module is a place in one of its functions; outside it is none."""
    bench.load(SIMPLE)
    modules = bench.kernel.modules
    module = modules.list[0]
    function = module.functions["end"]
    symbol = modules.symbol_at_address(module.address + 16 * function.first_line + 3)

    assert symbol is not None
    assert "end+0x3/0x20 [mod]" == str(symbol).partition(" (")[0]
    assert None is modules.symbol_at_address(module.address)
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
