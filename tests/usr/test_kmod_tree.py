"""kmod's tools on installed modules: modprobe, and what modinfo finds by name.

Texts under "$ COMMAND" lines are those of a real host, kernel 6.1 with kmod 30.
"""

from __future__ import annotations

import pytest

from tests.usr.kmod_modules import AS_USER, SLOW, kmod_modules, ko


@pytest.fixture(scope="module")
def modules() -> dict[str, bytes]:
    """Two modules of which one uses the other, and one that is only a licence."""
    return kmod_modules()


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
