"""kmod's tools on single modules: insmod, rmmod, lsmod, modinfo.

Texts under "$ COMMAND" lines are those of a real host, kernel 6.1 with kmod 30.
"""

from __future__ import annotations

import pytest

from tests.usr.kmod_modules import AS_USER, HELD, INITRET, SLOW, kmod_modules, ko


@pytest.fixture(scope="module")
def modules() -> dict[str, bytes]:
    """Two modules of which one uses the other, and one that is only a licence."""
    return kmod_modules()


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
