"""The kernel build over files in memory: output, files left behind, what is rebuilt when.

More than 400 lines, one idea: all tests build in the same tree in memory.
"""

from __future__ import annotations

import pytest

from vshell.abi.ko import KoFile
from vshell.kbuild.build import BuildFailed, ModuleBuild, Settings
from vshell.kbuild.headers import Headers
from vshell.kbuild.makefile import Makefile
from vshell.kbuild.modpost import Symvers, modpost, srcversion
from vshell.machine.headers import header_path, header_text
from vshell.machine.vmlinux import HEADER_NAMES

TREE = "/usr/src/linux-headers-REL"
COMMON = "/usr/src/linux-headers-common"
DIR = "/home/test/m"

GOOD = """\
from vshell.linux.module import MODULE_LICENSE, module_init
from vshell.linux.printk import pr_info
def start():
    pr_info("hi\\n")
    return 0
module_init(start)
MODULE_LICENSE("GPL")
"""
EXPORTING = """\
from vshell.linux.export import EXPORT_SYMBOL, EXPORT_SYMBOL_GPL
from vshell.linux.module import MODULE_LICENSE
def free(): return 1
def gpl(): return 2
EXPORT_SYMBOL(free)
EXPORT_SYMBOL_GPL(gpl)
MODULE_LICENSE("GPL")
"""
USING = """\
from vshell.linux.module import MODULE_LICENSE, module_init
def gpl(): ...
def free(): ...
def start(): return free() + gpl()
module_init(start)
MODULE_LICENSE("GPL")
"""


class Files:
    """Files in memory; every write is later than the one before."""

    def __init__(self):
        self.data = {}
        self.times = {}
        self.now_ns = 0

    def read(self, path):
        """Give contents or None."""
        return self.data.get(path)

    def write(self, path, data):
        """Make or replace a file."""
        self.now_ns += 1
        self.data[path] = data
        self.times[path] = self.now_ns

    def mtime_ns(self, path):
        """Give a time or None."""
        return self.times.get(path)

    def remove(self, path):
        """Remove a file."""
        del self.data[path], self.times[path]

    def names(self, path):
        """List a directory."""
        return [name[len(path) + 1 :] for name in self.data if name.startswith(f"{path}/")]


class Tree:
    """A build tree and a directory of modules."""

    def __init__(self, release="6.7.9", config=""):
        self.files = Files()
        self.put(f"{TREE}/Makefile", f"include {COMMON}/Makefile\n")
        self.put(f"{TREE}/include/config/kernel.release", f"{release}\n")
        flags = "VERMAGIC_FLAGS=SMP preempt mod_unload modversions \n"
        self.put(f"{TREE}/include/config/auto.conf", f"# comment\n{flags}{config}")
        for header in HEADER_NAMES:
            self.put(f"{COMMON}/include/{header_path(header)}", header_text(header))
        self.out = self.err = ""
        self.spent_ns = 0

    def put(self, path, text):
        """Write any file."""
        self.files.write(path, text.encode())

    def module(self, name, source=GOOD):
        """Write a module's source."""
        self.put(f"{DIR}/{name}.py", source)

    def make(self, makefile="obj-m += hello.o", target="modules", **options):
        """Build; give the output, with the directory left out, and whether it succeeded."""
        settings = Settings()
        for name, value in options.items():
            setattr(settings, name, value)
        parsed = Makefile({}, {}, lambda _c: "", lambda _p: None, lambda _p: [])
        parsed.parse(makefile, "Makefile")
        self.out = self.err = ""
        build = ModuleBuild(self.files, TREE, DIR, settings, self._out, self._err, self._work)
        try:
            build.run(target, parsed)
        except BuildFailed:
            return False
        return True

    def _out(self, text):
        self.out += text.replace(f"{DIR}/", "")

    def _err(self, text):
        self.err += text.replace(f"{DIR}/", "")

    def _work(self, cost_ns):
        self.spent_ns += cost_ns

    def left(self):
        """Give the names in the directory."""
        return sorted(name for name in self.files.names(DIR) if not name.endswith(".py"))

    def ko(self, name="hello"):
        """Read a module that was built."""
        return KoFile.from_bytes(self.files.read(f"{DIR}/{name}.ko"))


@pytest.fixture
def tree():
    made = Tree()
    made.module("hello")
    return made


def steps(*lines):
    return "".join(f"  {line}\n" for line in lines)


def test_a_module_is_built_in_the_kernels_steps(tree):
    """Compile, modpost, compile the .mod.c, link, BTF; which is skipped on standard error."""
    assert tree.make()
    assert (
        steps(
            "CC [M]  hello.o",
            "MODPOST Module.symvers",
            "CC [M]  hello.mod.o",
            "LD [M]  hello.ko",
            "BTF [M] hello.ko",
        )
        == tree.out
    )
    assert "Skipping BTF generation for hello.ko due to unavailability of vmlinux\n" == tree.err
    assert tree.spent_ns > 100_000_000


def test_files_are_left_behind(tree):
    """The recorded files stay, the hidden .cmd files among them."""
    tree.make()

    plain = ["Module.symvers", "hello.ko", "hello.mod", "hello.mod.c", "hello.mod.o", "hello.o"]
    hidden = [".Module.symvers.cmd", ".hello.ko.cmd", ".hello.mod.cmd", ".hello.mod.o.cmd"]
    hidden += [".hello.o.cmd", ".modules.order.cmd"]
    assert sorted([*plain, *hidden, "modules.order"]) == tree.left()
    assert f"{DIR}/hello.ko\n".encode() == tree.files.read(f"{DIR}/modules.order")
    assert f"{DIR}/hello.o\n".encode() == tree.files.read(f"{DIR}/hello.mod")
    text = tree.files.read(f"{DIR}/hello.mod.c").decode()
    assert 'MODULE_INFO(depends, "");' in text
    assert '"module_layout" },' in text


def test_a_vmlinux_has_types(tree):
    """With one in the tree nothing is skipped."""
    tree.put(f"{TREE}/vmlinux", "x")
    tree.make()

    assert "" == tree.err


def test_nothing_is_done_twice(tree):
    """A second make says nothing; a newer source is compiled again, and what depends on it."""
    tree.make()
    assert tree.make()
    assert ("", "") == (tree.out, tree.err)
    tree.module("hello", GOOD.replace("hi", "ho"))
    tree.make()
    assert (
        steps("CC [M]  hello.o", "MODPOST Module.symvers", "LD [M]  hello.ko", "BTF [M] hello.ko")
        == tree.out
    )


@pytest.mark.parametrize("lost", [".hello.o.cmd", "hello.o"])
def test_a_lost_object_is_made_again(tree, lost):
    """Without the object or its command the source is compiled."""
    tree.make()
    tree.files.remove(f"{DIR}/{lost}")
    tree.make()

    assert tree.out.startswith("  CC [M]  hello.o\n")


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ("hello.ko", ["LD [M]  hello.ko", "BTF [M] hello.ko"]),
        ("hello.mod.o", ["CC [M]  hello.mod.o", "LD [M]  hello.ko", "BTF [M] hello.ko"]),
        ("Module.symvers", ["MODPOST Module.symvers"]),
        (
            "hello.mod.c",
            [
                "MODPOST Module.symvers",
                "CC [M]  hello.mod.o",
                "LD [M]  hello.ko",
                "BTF [M] hello.ko",
            ],
        ),
    ],
)
def test_what_is_missing_is_made_again(tree, lost, expected):
    """Only the steps behind the missing file are taken."""
    tree.make()
    tree.files.remove(f"{DIR}/{lost}")
    tree.make()

    assert steps(*expected) == tree.out


def test_objects_of_another_python_are_stale(tree):
    """What another Python has compiled is compiled again."""
    tree.make()
    foreign = KoFile()
    foreign.comment = "vshell 1 00000000"
    tree.files.write(f"{DIR}/hello.o", foreign.to_bytes())
    tree.make()

    assert tree.out.startswith("  CC [M]  hello.o\n")


def test_several_modules(tree):
    """All are compiled in the order of obj-m, one modpost, then each is linked by name."""
    tree.module("also")
    assert tree.make("obj-m += hello.o also.o hello.o")
    assert (
        steps(
            "CC [M]  hello.o",
            "CC [M]  also.o",
            "MODPOST Module.symvers",
            "CC [M]  also.mod.o",
            "LD [M]  also.ko",
            "BTF [M] also.ko",
            "CC [M]  hello.mod.o",
            "LD [M]  hello.ko",
            "BTF [M] hello.ko",
        )
        == tree.out
    )
    order = tree.files.read(f"{DIR}/modules.order")
    assert f"{DIR}/hello.ko\n{DIR}/also.ko\n".encode() == order


@pytest.mark.parametrize("variable", ["both-objs := one.o two.o", "both-y += one.o two.o"])
def test_a_module_of_several_parts(tree, variable):
    """Parts are compiled, linked to one object, and find each other's functions."""
    tree.module("one", "def helper(x): ...\n" + GOOD.replace('pr_info("hi\\n")', "helper(1)"))
    tree.module("two", "def helper(x):\n    return x\n")
    makefile = f"obj-m += both.o\n{variable}"

    assert tree.make(makefile)
    assert tree.out.startswith(
        steps("CC [M]  one.o", "CC [M]  two.o", "LD [M]  both.o", "MODPOST Module.symvers")
    )
    parts = f"{DIR}/one.o\n{DIR}/two.o\n".encode()
    assert parts == tree.files.read(f"{DIR}/both.mod")
    assert ([], {"start", "helper"}) == (
        tree.ko("both").externs,
        {function.name for function in tree.ko("both").functions},
    )
    tree.make(makefile)
    assert "" == tree.out
    tree.module("two", "def helper(x):\n    return x + \n")
    assert not tree.make(makefile)


def test_nothing_to_build(tree):
    """Without obj-m only modpost runs, each time."""
    for _ in range(2):
        assert tree.make("")
        assert steps("MODPOST Module.symvers") == tree.out


@pytest.mark.parametrize(
    ("options", "out"),
    [
        ({"silent": True}, ""),
        ({"verbose": True}, "  gcc -nostdinc "),
    ],
)
def test_output_can_be_less_or_more(tree, options, out):
    """-s leaves the steps out, V=1 shows commands."""
    assert tree.make(**options)
    assert tree.out.startswith(out)
    assert bool(out) == bool(tree.out)


def test_the_compiler_is_called_as_often_as_in_c(tree):
    """V=1 shows gcc for the object, its symbols' checksums and the .mod.c (Real: 28-kbuild-ok)."""
    tree.make(verbose=True)

    assert 3 == sum("gcc" in line for line in tree.out.splitlines())
    assert 2 == sum("-DKBUILD_MODNAME='\"hello\"' -c" in line for line in tree.out.splitlines())


def test_more_warnings_compile_again(tree):
    """W=1 warns of exported functions without a prototype; the other command is another build."""
    exports = "from vshell.linux.export import EXPORT_SYMBOL_GPL\ndef value(): return 2\n"
    tree.module("hello", GOOD + exports + "EXPORT_SYMBOL_GPL(value)\n")
    assert tree.make()
    assert "warning" not in tree.err
    assert tree.make(warn=True)

    assert "no previous prototype for 'value' [-Wmissing-prototypes]" in tree.err
    tree.make(warn=True)
    assert "" == tree.out
    tree.make()
    assert tree.out.startswith("  CC [M]  hello.o\n")


def test_a_declared_function_is_for_others(tree):
    """A prototype before a function's definition: it is not static, nobody misses a caller."""
    declared = "def value(): ...\ndef value(): return 2\n"
    tree.module("hello", GOOD + declared)
    assert tree.make(warn=True)

    assert "warning" not in tree.err


@pytest.mark.parametrize(("release", "there"), [("6.1.0-56-amd64", False), ("6.7.9", True)])
def test_a_description_is_missed_with_w_1(release, there):
    """Since 6.7 modpost says with W=1 that a module has no description, and builds it."""
    text = "WARNING: modpost: missing MODULE_DESCRIPTION() in hello.o"
    tree = Tree(release)
    tree.module("hello", GOOD)
    assert tree.make()
    assert text not in tree.err
    assert tree.make(warn=True)

    assert there == (text in tree.err)


MISMATCH_SOURCE = """\
from vshell.linux.compiler import noinline
from vshell.linux.export import EXPORT_SYMBOL
from vshell.linux.init import __exit, __init
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
@noinline
@__init
def helper():
    return 1
@noinline
@__exit
def tidy():
    return 2
def always():
    return helper() + helper()
def sometimes(x):
    if x:
        return helper()
    return tidy()
def start():
    return helper()
def leave():
    tidy()
module_init(start)
module_exit(leave)
EXPORT_SYMBOL(always)
EXPORT_SYMBOL(sometimes)
MODULE_LICENSE("GPL")
"""
MISMATCHES = {
    # Real: 29-kbuild-errors; in its 6.12 the offset is told and calling cold code is not cold.
    "6.1.0-56-amd64": [
        (
            "hello.o: section mismatch in reference: "
            "always (section: .text.unlikely) -> helper (section: .init.text)"
        ),
        (
            "hello.o: section mismatch in reference: "
            "sometimes (section: .text) -> helper (section: .init.text)"
        ),
        (
            "hello.o: section mismatch in reference: "
            "sometimes (section: .text.unlikely) -> tidy (section: .exit.text)"
        ),
    ],
    "6.7.9": [
        (
            "hello: section mismatch in reference: "
            "always+0x15 (section: .text) -> helper (section: .init.text)"
        ),
        (
            "hello: section mismatch in reference: "
            "sometimes+0x25 (section: .text) -> helper (section: .init.text)"
        ),
        (
            "hello: section mismatch in reference: "
            "sometimes+0x35 (section: .text) -> tidy (section: .exit.text)"
        ),
    ],
}


@pytest.mark.parametrize("release", MISMATCHES)
def test_code_that_will_be_gone_is_not_for_others(release):
    """modpost warns of references from .text to init's and exit's code, and builds."""
    tree = Tree(release)
    tree.module("hello", MISMATCH_SOURCE)
    assert tree.make()

    warnings = [line for line in tree.err.splitlines() if line.startswith("WARNING")]
    assert [f"WARNING: modpost: {text}" for text in MISMATCHES[release]] == sorted(
        warnings, key=lambda line: ("tidy" in line, "sometimes" in line)
    )


VERSIONS_SOURCE = """\
from vshell.linux.delay import msleep
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import module_param
def other(x): ...
count = 1
module_param(count, int, 0)
t = None
def fn(data):
    while not kthread_should_stop():
        msleep(100)
    return 0
def start():
    global t
    t = kthread_run(fn, None, "hello_thread")
    return other(count)
def leave():
    kthread_stop(t)
module_init(start)
module_exit(leave)
MODULE_LICENSE("GPL")
"""


def test_versions_are_in_the_order_of_the_code(tree):
    """A loop's body comes before its condition, macros are what they expand to (28-kbuild-ok)."""
    tree.module("hello", VERSIONS_SOURCE)
    tree.put("/extra", "0x0000abcd\tother\t/m/o\tEXPORT_SYMBOL\t\n")
    extra = Symvers("0x0000abcd\tother\t/m/o\tEXPORT_SYMBOL\t\n")
    assert tree.make("obj-m += hello.o\nKBUILD_EXTRA_SYMBOLS = /extra\n"), tree.err

    text = tree.files.read(f"{DIR}/hello.mod.c").decode()
    rows = [line.split('"') for line in text.splitlines() if line.startswith("\t{ 0x")]
    assert [
        "__fentry__",
        "msleep",
        "kthread_should_stop",
        "__x86_return_thunk",
        "kthread_create_on_node",
        "wake_up_process",
        "other",
        "kthread_stop",
        "param_ops_int",
        "module_layout",
    ] == [row[1] for row in rows]
    assert extra.symbols["other"][0] == int(rows[6][0].strip("\t{ ,"), 16)


def test_one_module_by_name(tree):
    """A target NAME.ko builds that one."""
    tree.module("also")

    assert tree.make("obj-m += hello.o also.o", "also.ko")
    assert "hello" not in tree.out
    assert tree.files.read(f"{DIR}/also.ko")


def test_clean_removes_what_was_made(tree):
    """Only the sources are left; a second clean says nothing."""
    tree.put(f"{DIR}/keep.txt", "x")
    tree.make()

    assert tree.make(target="clean")
    assert steps("CLEAN   Module.symvers") == tree.out
    assert ["keep.txt"] == tree.left()
    tree.make(target="clean")
    assert "" == tree.out


def test_modules_are_installed(tree):
    """modules_install copies what was built, and nothing that was not."""
    tree.make()
    assert tree.make("obj-m += hello.o unbuilt.o", "modules_install")
    place = "/lib/modules/6.7.9/updates/hello.ko"

    assert steps(f"INSTALL {place}", "DEPMOD  /lib/modules/6.7.9") == tree.out
    assert tree.files.read(f"{DIR}/hello.ko") == tree.files.read(place)


def test_help_names_the_targets(tree):
    """The targets for external modules."""
    assert tree.make(target="help")
    assert "  clean           - remove generated files in module directory only\n" in tree.out


def test_an_unknown_target_stops(tree):
    """In make's words."""
    assert not tree.make(target="nonsense", level=1)
    assert "make[1]: *** No rule to make target 'nonsense'.  Stop.\n" == tree.err


# -- Failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("release", "numbers"), [("6.7.9", (243, 1913)), ("6.1.0-56-amd64", (255, 2065))]
)
def test_a_compiler_error_stops(release, numbers):
    """Message, then each make with the line of its own Makefile; no object is left."""
    tree = Tree(release)
    tree.module("hello", "import time\n")

    assert not tree.make(level=1)
    assert (
        "hello.py:1:8: fatal error: time.h: No such file or directory\n"
        "    1 | import time\n"
        "      |        ^~~~\n"
        "compilation terminated.\n"
        f"make[2]: *** [{COMMON}/scripts/Makefile.build:{numbers[0]}: hello.o] Error 1\n"
        f"make[1]: *** [{COMMON}/Makefile:{numbers[1]}: {DIR}] Error 2\n"
    ) == tree.err
    assert steps("CC [M]  hello.o") == tree.out
    assert [] == tree.left()


def test_notes_name_the_real_header(tree):
    """A note about a declaration has the path of the header in the tree."""
    tree.module(
        "hello",
        "from vshell.linux.kthread import kthread_stop\ndef f():\n    kthread_stop()\nf()\n",
    )
    tree.make()

    assert f"\n{COMMON}/include/linux/kthread.h:" in tree.err
    assert ":5: note: declared here\n" in tree.err


def test_the_first_failure_stops_unless_told_otherwise(tree):
    """-k goes on with the next module and says what was not remade."""
    tree.module("bad", "import time\n")
    makefile = "obj-m += bad.o hello.o"

    assert not tree.make(makefile)
    assert "hello.o" not in tree.out
    assert not tree.make(makefile, keep_going=True, level=1)
    assert "CC [M]  hello.o" in tree.out
    assert (
        f"make[2]: Target '{DIR}/' not remade because of errors.\n".replace(f"{DIR}/", "")
        in tree.err
    )
    assert tree.err.endswith("make[1]: Target 'modules' not remade because of errors.\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("missing.o", "make[1]: *** No rule to make target 'missing.o', needed by ''.  Stop.\n"),
        (
            "hello.ko",
            "make[1]: *** No rule to make target 'hello.ko', needed by 'modules.order'.  Stop.\n",
        ),
        (
            "hello",
            "make[1]: *** No rule to make target 'hello', needed by 'modules.order'.  Stop.\n",
        ),
        ("hello.py", "Error: not ELF\n"),
    ],
)
def test_obj_m_must_name_objects(tree, words, message):
    """What is no .o, or has no source, is refused as recorded."""
    assert not tree.make(f"obj-m := {words}")
    assert tree.err.startswith(message)


def test_a_damaged_object_is_no_elf(tree):
    """An object that cannot be read fails in modpost."""
    tree.make()
    tree.files.write(f"{DIR}/hello.o", b"damaged")

    assert not tree.make()
    assert tree.err.startswith("Error: not ELF\n")


def test_another_compiler_is_warned_about():
    """The tree knows what built the kernel."""
    tree = Tree(config='CONFIG_CC_VERSION_TEXT="gcc 1"\nCC_VERSION_TEXT="gcc 2"\n')
    tree.module("hello")
    tree.make()

    assert tree.err.startswith(
        "warning: the compiler differs from the one used to build the kernel\n"
        "  The kernel was built by: gcc 1\n"
        "  You are using:           gcc 2\n"
    )


def test_a_tree_of_its_own():
    """A tree whose Makefile includes no other is the common one, too."""
    tree = Tree()
    tree.put(f"{TREE}/Makefile", "all:\n")
    tree.module("hello", "x = 1\n")
    tree.make()

    assert f"make: *** [{TREE}/Makefile:1863: modpost] Error 2\n" in tree.err


# -- modpost --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        (GOOD, []),
        (GOOD.replace('MODULE_LICENSE("GPL")', ""), ["missing MODULE_LICENSE() in {dir}/hello.o"]),
        (
            USING,
            [f'"{name}" [{{dir}}/hello.ko] undefined!' for name in ("free", "gpl")],
        ),
        (USING.replace("free() + gpl()", "0"), []),
        (
            "from vshell.linux.kthread import kthread_park, kthread_stop, kthread_unpark\n"
            + GOOD.replace(
                'pr_info("hi\\n")',
                "kthread_unpark(0), kthread_stop(0), kthread_park(0)",
            ).replace('"GPL"', '"Proprietary"'),
            [
                f"GPL-incompatible module hello.ko uses GPL-only symbol 'kthread_{name}'"
                for name in ("unpark", "park")
            ],
        ),
    ],
)
def test_modpost_checks_symbols_and_licences(tree, source, messages):
    """Missing licence, undefined and GPL-only symbols, in the order of their use."""
    tree.module("hello", source)
    ok = tree.make()
    expected = [f"ERROR: modpost: {text.format(dir=DIR)}" for text in messages]

    found = [line for line in tree.err.splitlines() if line.startswith("ERROR")]
    assert [line.replace(f"{DIR}/", "") for line in expected] == found
    assert (not messages) == ok
    if messages:
        place = f"[{COMMON}/scripts/Makefile.modpost:145: Module.symvers] Error 1"
        assert (
            f"make[1]: *** {place}\nmake: *** [{COMMON}/Makefile:1863: modpost] Error 2\n"
            in tree.err
        )
        assert {"hello.o", "hello.mod", "modules.order"} <= set(tree.left())
        assert not {"hello.ko", "Module.symvers"} & set(tree.left())


def test_modules_use_each_other(tree):
    """A symbol of another module of the build becomes a dependency and an entry of symvers."""
    tree.module("base", EXPORTING)
    tree.module("hello", USING)

    assert tree.make("obj-m += hello.o base.o")
    assert "base" == tree.ko().info("depends")
    assert "" == tree.ko("base").info("depends")
    lines = tree.files.read(f"{DIR}/Module.symvers").decode().splitlines()
    assert ["free", "gpl"] == [line.split("\t")[1] for line in lines]
    assert [f"{DIR}/base"] * 2 == [line.split("\t")[2] for line in lines]
    assert ["EXPORT_SYMBOL", "EXPORT_SYMBOL_GPL"] == [line.split("\t")[3] for line in lines]


def test_symbols_of_another_build_are_named(tree):
    """KBUILD_EXTRA_SYMBOLS names a Module.symvers; its GPL-only symbols need a GPL licence."""
    extra = (
        "0x00000001\tfree\t/x/far\tEXPORT_SYMBOL\t\n0x00000002\tgpl\t/x/far\tEXPORT_SYMBOL_GPL\t\n"
    )
    tree.put("/x/Module.symvers", extra + "short line\n")
    makefile = "obj-m += hello.o\nKBUILD_EXTRA_SYMBOLS := /x/Module.symvers\n"
    tree.module("hello", USING)

    assert tree.make(makefile)
    assert "far" == tree.ko().info("depends")
    tree.module("hello", USING.replace('"GPL"', '"MIT"'))
    assert not tree.make(makefile)
    assert "GPL-incompatible module hello.ko uses GPL-only symbol 'gpl'" in tree.err


def test_what_no_header_declares_is_undefined():
    """An object whose imports the tree does not know is refused."""
    ko = KoFile()
    ko.modinfo = [("license", "GPL")]
    ko.imports = [("none", "lost", "lost"), ("kthread", "gone", "gone")]
    headers = Headers(lambda _name: "")
    result = modpost({"/m/x": ko}, headers, Symvers())

    assert result.failed
    assert [f'ERROR: modpost: "{name}" [/m/x.ko] undefined!' for name in ("lost", "gone")] == (
        result.messages
    )


def test_symvers_are_read_back():
    """What is written is what was read."""
    text = "0x0000abcd\tf\t/m/x\tEXPORT_SYMBOL\t\n"

    assert text == Symvers(text).text()


# -- .modinfo -------------------------------------------------------------------------------------


def test_modinfo_is_completed(tree):
    """The module's own facts come first, then what the build adds."""
    tree.module(
        "hello", GOOD + 'from vshell.linux.module import MODULE_VERSION\nMODULE_VERSION("1")\n'
    )
    tree.make()
    ko = tree.ko()

    keys = ["version", "license", "srcversion", "depends", "retpoline", "name", "vermagic"]
    assert keys == [key for key, _ in ko.modinfo]
    assert "6.7.9 SMP preempt mod_unload modversions " == ko.info("vermagic")
    assert "hello" == ko.info("name")
    assert f'MODULE_INFO(srcversion, "{ko.info("srcversion")}");' in (
        tree.files.read(f"{DIR}/hello.mod.c").decode()
    )


@pytest.mark.parametrize(
    ("config", "there"), [("", False), ("CONFIG_MODULE_SRCVERSION_ALL=y\n", True)]
)
def test_srcversion_is_for_versions_or_all(config, there):
    """Without a version only a kernel configured so has it."""
    tree = Tree(config=config)
    tree.module("hello")
    tree.make()

    assert there == (tree.ko().info("srcversion") is not None)


def test_dashes_become_underscores(tree):
    """A module's name has none."""
    tree.module("my-mod")
    tree.make("obj-m += my-mod.o")

    assert "my_mod" == tree.ko("my-mod").info("name")


def test_srcversion_follows_the_source_only():
    """23 hexadecimal digits that comments and indentation do not change."""
    one = srcversion("a = 1\nb = 2\n")

    assert 23 == len(one)
    assert set(one) <= set("0123456789ABCDEF")
    assert one == srcversion("a = 1  # comment\n  b = 2\n")
    assert one != srcversion("a = 1\nb = 3\n")
