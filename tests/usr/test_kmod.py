"""kmod's tools: insmod, rmmod, lsmod, modinfo, modprobe, depmod.

Texts under "$ COMMAND" lines are those of a real host, kernel 6.1 with kmod 30.
"""

from __future__ import annotations

import textwrap

import pytest

from tests.conftest import compiled
from vshell.usr._kmod_index import write_index

ALPHA = """
    from vshell.linux.export import EXPORT_SYMBOL_GPL
    from vshell.linux.module import MODULE_AUTHOR, MODULE_DESCRIPTION, MODULE_LICENSE
    from vshell.linux.module import MODULE_VERSION, module_exit, module_init
    from vshell.linux.moduleparam import MODULE_PARM_DESC, module_param
    from vshell.linux.printk import pr_info

    level = 1
    module_param(level, int, 0o644)
    MODULE_PARM_DESC(level, "how loud")


    def alpha_fn():
        return level


    EXPORT_SYMBOL_GPL(alpha_fn)


    def alpha_init():
        pr_info("alpha init level=%d\\n", level)
        return 0


    def alpha_exit():
        pr_info("alpha exit\\n")


    module_init(alpha_init)
    module_exit(alpha_exit)
    MODULE_LICENSE("GPL")
    MODULE_AUTHOR("Test Author")
    MODULE_DESCRIPTION("base module")
    MODULE_VERSION("0.1")
"""
BETA = """
    from vshell.linux.module import MODULE_ALIAS, MODULE_LICENSE, module_exit, module_init
    from vshell.linux.printk import pr_info


    def alpha_fn(): ...


    def beta_init():
        pr_info("beta init %d\\n", alpha_fn())
        return 0


    def beta_exit():
        pr_info("beta exit\\n")


    module_init(beta_init)
    module_exit(beta_exit)
    MODULE_LICENSE("GPL")
    MODULE_ALIAS("beta-alias")
"""
BARE = """
    from vshell.linux.module import MODULE_LICENSE

    MODULE_LICENSE("GPL v2")
"""
INITRET = """
    from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
    from vshell.linux.moduleparam import module_param

    ret = 0
    module_param(ret, int, 0o444)


    def initret_init():
        return ret


    def initret_exit():
        return


    module_init(initret_init)
    module_exit(initret_exit)
    MODULE_LICENSE("GPL")
"""
SLOW = """
    from vshell.linux.delay import msleep
    from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
    from vshell.linux.moduleparam import module_param

    init_ms = 2000
    exit_ms = 2000
    module_param(init_ms, int, 0o444)
    module_param(exit_ms, int, 0o444)


    def slow_init():
        msleep(init_ms)
        return 0


    def slow_exit():
        msleep(exit_ms)


    module_init(slow_init)
    module_exit(slow_exit)
    MODULE_LICENSE("GPL")
"""
HELD = """
    from vshell.linux.module import MODULE_LICENSE, THIS_MODULE, module_exit, module_init
    from vshell.linux.module import try_module_get


    def held_init():
        try_module_get(THIS_MODULE)
        return 0


    def held_exit():
        return


    module_init(held_init)
    module_exit(held_exit)
    MODULE_LICENSE("GPL")
"""
VERMAGIC = "6.1.0-56-amd64 SMP preempt mod_unload modversions "
AS_USER = "setpriv --reuid 1000 --regid 1000 --clear-groups"


def ko(source: str, name: str, depends: str = "") -> bytes:
    """Give a module's file for the recorded machine."""
    built = compiled(textwrap.dedent(source), name)
    built.modinfo = [pair for pair in built.modinfo if pair[0] not in ("name", "vermagic")]
    built.modinfo += [("depends", depends), ("name", name), ("vermagic", VERMAGIC)]
    return built.to_bytes()


@pytest.fixture(scope="module")
def modules() -> dict[str, bytes]:
    """Two modules of which one uses the other, and one that is only a licence."""
    return {
        "alpha.ko": ko(ALPHA, "alpha"),
        "beta_mod.ko": ko(BETA, "beta_mod", "alpha"),
        "bare.ko": ko(BARE, "bare"),
    }


def test_insmod_and_rmmod_refuse(console, modules):
    """insmod and rmmod say what is wrong with a command line, a file, or a name, and give 1."""
    console(
        """\
$ insmod; echo rc=$?
insmod: ERROR: missing filename.
rc=1
$ insmod --version; echo rc=$?
kmod version 30
+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL
rc=0
$ insmod --help
Usage:
	insmod [options] filename [args]
Options:
	-V, --version     show version
	-h, --help        show this help
$ insmod -x; echo rc=$?
insmod: invalid option -- 'x'
rc=1
$ insmod --bogus alpha.ko; echo rc=$?
insmod: unrecognized option '--bogus'
rc=1
$ insmod alpha.ko -count=4; echo rc=$?
insmod: invalid option -- 'c'
rc=1
$ insmod alpha; echo rc=$?
insmod: ERROR: could not load module alpha: No such file or directory
rc=1
$ insmod -; echo rc=$?
insmod: ERROR: this tool does not support loading from stdin!
rc=1
$ insmod /tmp; echo rc=$?
insmod: ERROR: could not insert module /tmp: Is a directory
rc=1
$ insmod /etc/passwd/x; echo rc=$?
insmod: ERROR: could not load module /etc/passwd/x: Not a directory
rc=1
$ rmmod; echo rc=$?
rmmod: ERROR: missing module name.
rc=1
$ rmmod -x; echo rc=$?
rmmod: invalid option -- 'x'
rc=1
$ rmmod -w alpha; echo rc=$?
rmmod: ERROR: unexpected getopt_long() value 'w'.
rc=1
$ rmmod nosuch also_not; echo rc=$?
rmmod: ERROR: Module nosuch is not currently loaded
rmmod: ERROR: Module also_not is not currently loaded
rc=1
$ rmmod -f nosuch; echo rc=$?
rmmod: ERROR: ../libkmod/libkmod-module.c:856 kmod_module_remove_module() could not remove \
'nosuch': No such file or directory
rmmod: ERROR: could not remove module nosuch: No such file or directory
rc=1
$ rmmod ''; echo rc=$?
rmmod: ERROR: ../libkmod/libkmod-module.c:1998 kmod_module_get_holders() could not open \
'/sys/module//holders': No such file or directory
rmmod: ERROR: Module unloading is not supported
rc=1
$ rmmod ./nosuch.ko; echo rc=$?
rmmod: ERROR: ../libkmod/libkmod-module.c:1998 kmod_module_get_holders() could not open \
'/sys/module//holders': No such file or directory
rmmod: ERROR: Module unloading is not supported
rc=1
$ lsmod --help; echo rc=$?; lsmod extra; echo rc=$?
Usage: lsmod
rc=1
Usage: lsmod
rc=1
""",
        modules,
    )


def test_loading_and_unloading(console, modules):
    """Modules come and go: parameters, users, what may not go, dashes and file names as names."""
    console(
        """\
$ lsmod | cat -A
Module                  Size  Used by$
$ insmod alpha.ko beta_mod.ko; echo rc=$?; dmesg -ct | tail -n 2; rmmod alpha
rc=0
alpha: unknown parameter 'beta_mod' ignored
alpha init level=1
$ insmod alpha.ko -- level=4; cat /sys/module/alpha/parameters/level; rmmod alpha.ko
4
$ insmod beta_mod.ko; echo rc=$?
insmod: ERROR: could not insert module beta_mod.ko: Unknown symbol in module
rc=1
$ insmod alpha.ko; insmod ./alpha.ko; echo rc=$?
insmod: ERROR: could not insert module ./alpha.ko: File exists
rc=1
$ insmod beta_mod.ko; lsmod | cat -A
Module                  Size  Used by$
beta_mod               16384  0$
alpha                  16384  1 beta_mod$
$ rmmod alpha; echo rc=$?
rmmod: ERROR: Module alpha is in use by: beta_mod
rc=1
$ rmmod -f alpha; echo rc=$?
rmmod: ERROR: ../libkmod/libkmod-module.c:856 kmod_module_remove_module() could not remove \
'alpha': Resource temporarily unavailable
rmmod: ERROR: could not remove module alpha: Resource temporarily unavailable
rc=1
$ rmmod alpha beta-mod; echo rc=$?
rmmod: ERROR: Module alpha is in use by: beta_mod
rc=1
$ rmmod -v alpha; echo rc=$?; lsmod
rc=0
Module                  Size  Used by
""",
        modules,
    )


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (-12, "Cannot allocate memory"),
        (-2, "Unknown symbol in module"),
        (-3, "Module has wrong symbol version"),
        (-8, "Invalid module format"),
        (-22, "Invalid parameters"),
        (-38, "Function not implemented"),
        (-512, "Unknown error 512"),
        (-4095, "Unknown error 4095"),
        (-4096, "Unknown symbol in module"),
    ],
)
def test_error_of_init(console, code, text):
    """insmod words init's errno in its own way; what is no errno is told as a stale ENOENT."""
    console(
        f"""\
$ insmod initret.ko ret={code}; echo rc=$?
insmod: ERROR: could not insert module initret.ko: {text}
rc=1
$ lsmod
Module                  Size  Used by
""",
        {"initret.ko": ko(INITRET, "initret")},
    )


def test_modules_in_use(console):
    """rmmod refuses a module that is held or loads, and says nothing of one that goes."""
    console(
        """\
$ insmod held.ko; rmmod held; echo rc=$?
rmmod: ERROR: Module held is in use
rc=1
$ rmmod -f held; echo rc=$?
rc=0
$ insmod slow.ko & sleep 0.5; lsmod
Module                  Size  Used by
slow                   16384  1
$ rmmod slow; echo rc=$?
rmmod: ERROR: Module slow is in use
rc=1
$ rmmod -f slow; echo rc=$?
rmmod: ERROR: ../libkmod/libkmod-module.c:856 kmod_module_remove_module() could not remove \
'slow': Device or resource busy
rmmod: ERROR: could not remove module slow: Device or resource busy
rc=1
$ wait; rmmod slow & sleep 0.5; lsmod
Module                  Size  Used by
slow                   16384  -1
$ rmmod slow; echo rc=$?
rc=1
""",
        {"held.ko": ko(HELD, "held"), "slow.ko": ko(SLOW, "slow")},
    )


def test_ordinary_user(console, modules):
    """Only root loads and unloads; anybody may look."""
    console(
        f"""\
$ {AS_USER} insmod alpha.ko; echo rc=$?
insmod: ERROR: could not insert module alpha.ko: Operation not permitted
rc=1
$ insmod alpha.ko; {AS_USER} rmmod alpha; echo rc=$?
rmmod: ERROR: ../libkmod/libkmod-module.c:856 kmod_module_remove_module() could not remove \
'alpha': Operation not permitted
rmmod: ERROR: could not remove module alpha: Operation not permitted
rc=1
$ {AS_USER} lsmod; {AS_USER} modinfo -F license alpha.ko
Module                  Size  Used by
alpha                  16384  0
GPL
""",
        modules,
    )


def test_modinfo(console, modules):
    """modinfo shows fields of files and installed modules, one or all, and what it cannot find."""
    console(
        """\
$ modinfo; echo rc=$?
modinfo: ERROR: missing module or filename.
rc=1
$ modinfo alpha.ko; echo rc=$?
filename:       /home/test/alpha.ko
version:        0.1
description:    base module
author:         Test Author
license:        GPL
depends:       \x20
name:           alpha
vermagic:       6.1.0-56-amd64 SMP preempt mod_unload modversions\x20
parm:           level:how loud (int)
rc=0
$ modinfo bare.ko nothere.ko alpha.py; echo rc=$?
filename:       /home/test/bare.ko
license:        GPL v2
depends:       \x20
name:           bare
vermagic:       6.1.0-56-amd64 SMP preempt mod_unload modversions\x20
modinfo: ERROR: Module nothere.ko not found.
modinfo: ERROR: Module alpha.py not found.
rc=1
$ modinfo -F description alpha.ko beta_mod.ko; modinfo -F Version alpha.ko; echo rc=$?
base module
rc=0
$ modinfo -n alpha.ko; modinfo -a alpha.ko; modinfo -d alpha.ko; modinfo -l alpha.ko
/home/test/alpha.ko
Test Author
base module
GPL
$ modinfo -p alpha.ko bare.ko; modinfo -a -d alpha.ko
level:how loud (int)
base module
$ modinfo -0 bare.ko | tr '\\0' '@'; echo
filename:       /home/test/bare.ko@license=GPL v2@depends=@name=bare@vermagic=6.1.0-56-amd64 SMP \
preempt mod_unload modversions @
$ modinfo -0 alpha.ko | tr '\\0' '\\n' | tail -n 1
parm:           level:how loud (int)
$ cd /; modinfo -n home/test/bare.ko; cd
//home/test/bare.ko
$ modinfo -F; echo rc=$?
modinfo: option requires an argument -- 'F'
rc=1
$ modinfo -x alpha.ko; echo rc=$?
modinfo: invalid option -- 'x'
rc=1
$ echo text > bad.ko; modinfo bad.ko; echo rc=$?
filename:       /home/test/bad.ko
modinfo: ERROR: could not get modinfo from 'bad': Exec format error
rc=1
$ modinfo -m beta-alias; echo rc=$?
modinfo: ERROR: Module name beta-alias not found.
rc=1
""",
        modules,
    )


INSTALL = """\
$ K=/lib/modules/$(uname -r); mkdir -p $K/extra; touch $K/modules.order $K/modules.builtin
$ touch $K/modules.builtin.modinfo; cp alpha.ko bare.ko beta_mod.ko $K/extra; depmod -a
"""


def test_modprobe(console, modules):
    """modprobe loads what a module needs, by name or alias, and unloads what is not needed then."""
    console(
        INSTALL
        + """\
$ cat $K/modules.dep
extra/beta_mod.ko: extra/alpha.ko
extra/bare.ko:
extra/alpha.ko:
$ cat $K/modules.alias $K/modules.symbols
# Aliases extracted from modules themselves.
alias beta-alias beta_mod
# Aliases for symbols, used by symbol_request().
alias symbol:alpha_fn alpha
$ modprobe -v beta_mod; echo rc=$?; lsmod
insmod /lib/modules/6.1.0-56-amd64/extra/alpha.ko\x20
insmod /lib/modules/6.1.0-56-amd64/extra/beta_mod.ko\x20
rc=0
Module                  Size  Used by
beta_mod               16384  0
alpha                  16384  1 beta_mod
$ modprobe beta_mod; echo rc=$?; modprobe --first-time beta_mod; echo rc=$?
rc=0
modprobe: ERROR: could not insert 'beta_mod': Module already in kernel
rc=1
$ modprobe -r alpha; echo rc=$?
modprobe: FATAL: Module alpha is in use.
rc=1
$ modprobe -rnv beta_mod; lsmod | wc -l
rmmod beta_mod
3
$ modprobe -rv beta_mod; echo rc=$?; lsmod
rmmod beta_mod
rmmod alpha
rc=0
Module                  Size  Used by
$ modprobe -r beta_mod; echo rc=$?; modprobe -r --first-time beta_mod; echo rc=$?
rc=0
modprobe: FATAL: Module beta_mod is not in kernel.
rc=1
$ modprobe -n -v beta-alias; echo rc=$?; lsmod | wc -l
insmod /lib/modules/6.1.0-56-amd64/extra/alpha.ko\x20
insmod /lib/modules/6.1.0-56-amd64/extra/beta_mod.ko\x20
rc=0
1
$ modprobe beta-alias; lsmod; modprobe -rv --remove-holders alpha
Module                  Size  Used by
beta_mod               16384  0
alpha                  16384  1 beta_mod
rmmod beta_mod
rmmod alpha
$ modprobe alpha level=abc; echo rc=$?
modprobe: ERROR: could not insert 'alpha': Invalid argument
rc=1
$ modprobe alpha level=5 nosuch=1; echo rc=$?; dmesg -ct | tail -3; modprobe -r alpha
rc=0
alpha: `abc' invalid for parameter `level'
alpha: unknown parameter 'nosuch' ignored
alpha init level=5
$ modprobe -D beta_mod; modprobe -c | tail -2; modprobe -R beta-alias
insmod /lib/modules/6.1.0-56-amd64/extra/alpha.ko\x20
insmod /lib/modules/6.1.0-56-amd64/extra/beta_mod.ko\x20
alias beta_alias beta_mod
alias symbol:alpha_fn alpha
beta_mod
$ modinfo alpha | head -2; modinfo -n beta-alias; modinfo -k 5.0.0 alpha; echo rc=$?
filename:       /lib/modules/6.1.0-56-amd64/extra/alpha.ko
version:        0.1
/lib/modules/6.1.0-56-amd64/extra/beta_mod.ko
modinfo: ERROR: Module alpha not found.
rc=1
$ modprobe -a bare nosuch alpha; echo rc=$?; lsmod | tail -n +2
modprobe: WARNING: Module nosuch not found in directory /lib/modules/6.1.0-56-amd64
rc=1
alpha                  16384  0
bare                   12288  0
$ modprobe -r alpha bare; echo rc=$?; lsmod | wc -l
rc=0
1
""",
        modules,
    )


def test_modprobe_refuses(console, modules):
    """modprobe says what it cannot find, what it may not do, and what it does not understand."""
    console(
        INSTALL
        + f"""\
$ modprobe; echo rc=$?
modprobe: ERROR: missing parameters. See -h.
rc=1
$ modprobe --help | head -2; modprobe -V | head -1
Usage:
	modprobe [options] [-i] [-b] modulename
kmod version 30
$ modprobe nosuch; echo rc=$?
modprobe: FATAL: Module nosuch not found in directory /lib/modules/6.1.0-56-amd64
rc=1
$ modprobe -q nosuch; echo rc=$?; modprobe -R nosuch; echo rc=$?
rc=1
rc=1
$ modprobe -S 9.9 alpha; echo rc=$?
modprobe: FATAL: Module alpha not found in directory /lib/modules/9.9
rc=1
$ modprobe ./alpha.ko; echo rc=$?
modprobe: FATAL: Module ./alpha.ko not found in directory /lib/modules/6.1.0-56-amd64
rc=1
$ modprobe -r nosuch; echo rc=$?
modprobe: FATAL: Module nosuch not found.
rc=1
$ modprobe -w x -r alpha; echo rc=$?
modprobe: ERROR: unexpected wait value 'x'.
rc=1
$ modprobe -x; modprobe --foo; echo rc=$?
modprobe: invalid option -- 'x'
modprobe: unrecognized option '--foo'
rc=1
$ {AS_USER} modprobe beta_mod; echo rc=$?
modprobe: ERROR: could not insert 'beta_mod': Operation not permitted
rc=1
$ modprobe alpha; {AS_USER} modprobe -r alpha; echo rc=$?
modprobe: ERROR: ../libkmod/libkmod-module.c:856 kmod_module_remove_module() could not remove \
'alpha': Operation not permitted
rc=1
""",
        modules,
    )


def test_modprobe_configuration(console, modules):
    """modprobe.d names aliases, parameters, commands, what is wanted too and what is not."""
    console(
        INSTALL
        + """\
$ cp a.conf /etc/modprobe.d; echo kernel/lib/crc16.ko > $K/modules.builtin
$ modprobe -D alpha
install /bin/echo bare-install $CMDLINE_OPTS\x20
insmod /lib/modules/6.1.0-56-amd64/extra/alpha.ko level=5    other=1\x20
builtin crc16
$ modprobe -nv fam-1
install /bin/echo bare-install $CMDLINE_OPTS\x20
insmod /lib/modules/6.1.0-56-amd64/extra/alpha.ko level=5    other=1\x20
$ modprobe -R fam-1; modprobe -R myalias
alpha
beta_mod
$ modprobe -vb bare; modprobe -v bare a=1
install /bin/echo bare-install $CMDLINE_OPTS a=1
bare-install a=1
$ modprobe -i -nv bare
insmod /lib/modules/6.1.0-56-amd64/extra/bare.ko\x20
$ modprobe virt z=1; modprobe -r virt
virt-install z=1
virt-remove
$ modprobe -nv beta-mod level=9 | tail -n 1
insmod /lib/modules/6.1.0-56-amd64/extra/beta_mod.ko x=1 y="2 3" level=9
$ modprobe -c | head -n 11
blacklist bare
install bare /bin/echo bare-install $CMDLINE_OPTS
install virt /bin/echo virt-install $CMDLINE_OPTS
remove virt /bin/echo virt-remove
alias myalias beta_mod
alias fam_* alpha
options alpha level=5    other=1
options beta_mod x=1
options beta_mod y="2 3"
softdep alpha pre: barepost: crc16

$ modprobe -r crc16; echo rc=$?
modprobe: FATAL: Module crc16 is builtin.
rc=1
$ modinfo crc16
name:           crc16
filename:       (builtin)
$ echo bogus line >> /etc/modprobe.d/a.conf; modprobe -R virt
libkmod: ERROR ../libkmod/libkmod-config.c:712 kmod_config_parse: /etc/modprobe.d/a.conf \
line 13: ignoring bad line starting with 'bogus'
virt
""",
        modules
        | {
            "a.conf": """\
# a comment
blacklist bare
alias myalias beta_mod
alias fam-* alpha
options alpha level=5 \\
   other=1
options beta-mod x=1
options beta_mod y="2 3"
install bare /bin/echo bare-install $CMDLINE_OPTS
install virt /bin/echo virt-install $CMDLINE_OPTS
remove virt /bin/echo virt-remove
softdep alpha pre: bare post: crc16
"""
        },
    )


def test_blacklist_stops_aliases(console, modules):
    """A blacklisted module is loaded by its own name, not by an alias."""
    console(
        INSTALL
        + """\
$ echo blacklist beta_mod > /etc/modprobe.d/b.conf
$ modprobe beta-alias; echo rc=$?; lsmod | wc -l
rc=0
1
$ modprobe beta_mod; lsmod | wc -l
3
""",
        modules,
    )


def test_modprobe_waits(console):
    """modprobe -r -w waits for a module's users; without it, a module that loads is in use."""
    console(
        """\
$ K=/lib/modules/$(uname -r); mkdir -p $K/extra; cp slow.ko $K/extra; depmod -a 2>/dev/null
$ insmod slow.ko exit_ms=0 & sleep 0.5; modprobe -r slow; echo rc=$?
modprobe: FATAL: Module slow is in use.
rc=1
$ modprobe -r -w 100 slow; echo rc=$?
modprobe: FATAL: Module slow is in use.
rc=1
$ modprobe -r -w 3000 slow; echo rc=$?; lsmod
rc=0
Module                  Size  Used by
""",
        {"slow.ko": ko(SLOW, "slow")},
    )


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
