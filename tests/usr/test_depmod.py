"""depmod: what it finds, refuses and writes.

Texts under "$ COMMAND" lines are those of a real host with kmod 30.
"""

from __future__ import annotations

import pytest

from tests.usr.kmod_modules import kmod_modules, ko
from vshell.usr._kmod_index import write_index


@pytest.fixture(scope="module")
def modules() -> dict[str, bytes]:
    """Two modules of which one uses the other, and one that is only a licence."""
    return kmod_modules()


def test_depmod(console, modules):
    """depmod says what is missing or broken, and refuses what is no release or no path."""
    console(
        """\
$ depmod --version | head -1; depmod -x; echo rc=$?
kmod version 30
depmod: invalid option -- 'x'
rc=1
$ depmod foo; echo rc=$?
depmod: ERROR: Bad version passed foo
rc=1
$ depmod 5.5; echo rc=$?
depmod: ERROR: could not open directory /lib/modules/5.5: No such file or directory
depmod: FATAL: could not search modules: No such file or directory
rc=1
$ mkdir -p r/lib/modules/6.1/extra r/lib/modules/6.1/updates; cp *.ko r/lib/modules/6.1/extra
$ echo garbage > r/lib/modules/6.1/bad.ko; cp alpha.ko r/lib/modules/6.1/updates
$ depmod -b r 6.1; echo rc=$?; cat r/lib/modules/6.1/modules.dep
depmod: WARNING: could not open modules.order at /home/test/r/lib/modules/6.1: No such file or \
directory
depmod: ERROR: failed to load symbols from /home/test/r/lib/modules/6.1/bad.ko: Exec format error
depmod: WARNING: could not open modules.builtin at /home/test/r/lib/modules/6.1: No such file or \
directory
depmod: WARNING: could not open modules.builtin.modinfo at /home/test/r/lib/modules/6.1: No such \
file or directory
rc=0
bad.ko:
updates/alpha.ko:
extra/beta_mod.ko: updates/alpha.ko
extra/bare.ko:
$ depmod -n -b r 6.1 alpha.ko; echo rc=$?
depmod: FATAL: alpha.ko: not absolute path.
rc=1
$ rm r/lib/modules/6.1/bad.ko; touch r/lib/modules/6.1/modules.order
$ depmod -n -b r 6.1
updates/alpha.ko:
extra/beta_mod.ko: updates/alpha.ko
extra/bare.ko:
# Aliases extracted from modules themselves.
alias beta-alias beta_mod
# Soft dependencies extracted from modules themselves.
# Aliases for symbols, used by symbol_request().
alias symbol:alpha_fn alpha
""",
        modules,
    )


def test_depmod_finds_cycles(console):
    """depmod refuses modules that need each other."""
    source = """
        from vshell.linux.export import EXPORT_SYMBOL
        from vshell.linux.module import MODULE_LICENSE, module_init


        def {other}_fn(): ...


        def {name}_fn():
            return 0


        EXPORT_SYMBOL({name}_fn)


        def start():
            return {other}_fn()


        module_init(start)
        MODULE_LICENSE("GPL")
    """
    files = {
        f"{name}.ko": ko(source.format(name=name, other=other), name)
        for name, other in (("x1", "x2"), ("x2", "x1"))
    }
    console(
        """\
$ mkdir -p r/lib/modules/6.1; cp *.ko r/lib/modules/6.1; depmod -b r 6.1 2>&1 | tail -n 2
depmod: ERROR: Cycle detected: x1 -> x2 -> x1
depmod: ERROR: Found 2 modules in dependency cycles!
$ ls r/lib/modules/6.1
x1.ko
x2.ko
""",
        files,
    )


def test_index():
    """The indexes beside depmod's text files are those that kmod 30 writes, byte by byte."""
    dependencies = [
        ("beta_mod", 0, "extra/beta_mod.ko: extra/alpha.ko"),
        ("gamma", 1, "updates/gamma.ko:"),
        ("alpha", 2, "extra/alpha.ko:"),
        ("delta_x", 3, "kernel/delta-x.ko: updates/gamma.ko extra/alpha.ko"),
    ]
    aliases = [("beta_alias", 0, "beta_mod"), ("pci:v00008086d*", 0, "beta_mod")]
    symbols = [
        (f"symbol:{name}", number, module)
        for name, number, module in (
            ("gamma_fn", 1, "gamma"),
            ("alpha_fn", 2, "alpha"),
            ("gamma2", 1, "gamma"),
        )
    ]

    assert (
        "b007f45700020001200000bc6c70686100000000010000000265787472612f616c7068612e6b6f3a"
        "006574615f6d6f6400000000010000000065787472612f626574615f6d6f642e6b6f3a2065787472"
        "612f616c7068612e6b6f00656c74615f780000000001000000036b65726e656c2f64656c74612d78"
        "2e6b6f3a20757064617465732f67616d6d612e6b6f2065787472612f616c7068612e6b6f00616d6d"
        "61000000000100000001757064617465732f67616d6d612e6b6f3a006167c000000cc00000290000"
        "0000c000005b0000000000000000c000009d"
    ) == write_index(dependencies).hex()
    assert (
        "b007f45700020001200000476574615f616c696173000000000100000000626574615f6d6f640063"
        "693a763030303038303836642a000000000100000000626574615f6d6f64006270c000000c000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "000000000000000000c0000027"
    ) == write_index(aliases).hex()
    assert (
        "b007f45700020001200001256c7068615f666e000000000100000002616c70686100000000010000"
        "000167616d6d6100666e00000000010000000167616d6d6100616d6d6100325f4000002200000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "000000000000000000000000c0000030796d626f6c3a006167c000000c0000000000000000000000"
        "000000000000000000a00000417373a0000100"
    ) == write_index(symbols).hex()
    assert ("b007f457000200012000001a72633136000000000100000000006363c000000c") == write_index(
        [("crc16", 0, "")]
    ).hex()
    assert "b007f457000200010000000c" == write_index([]).hex()


def test_files_of_depmod(console, modules):
    """depmod -a leaves the files that kmod's leaves; without a list of what is built in, none."""
    console(
        """\
$ K=/lib/modules/$(uname -r); rm -r $K/*; mkdir $K/extra; cp *.ko $K/extra
$ touch $K/modules.order $K/modules.builtin
$ depmod -a; echo rc=$?; ls $K
depmod: WARNING: could not open modules.builtin.modinfo at /lib/modules/6.1.0-56-amd64: No \
such file or directory
rc=0
extra
modules.alias
modules.alias.bin
modules.builtin
modules.builtin.alias.bin
modules.builtin.bin
modules.dep
modules.dep.bin
modules.devname
modules.order
modules.softdep
modules.symbols
modules.symbols.bin
$ setpriv --reuid 1000 --regid 1000 --clear-groups depmod -a 2>&1 | grep -c 'Permission denied'
10
""",
        modules,
    )
