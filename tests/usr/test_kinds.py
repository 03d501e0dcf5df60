"""Programs that tell what is in a file: file and strings."""

from __future__ import annotations

import pytest

FILE_FILES = {
    "d/": "",
    "dl@": "d",
    "Makefile": "obj-m += kthread.o\n\nall:\n\tmake -C /lib/modules/x\n",
    "Mk2": "obj-m += a.o\n",
    "Mk3": "all:\n\techo\n",
    "Mk4": "x = 1\ny = 2\n",
    "Mk5": "obj-m := a.o\n\nall:\n\tmake\nclean:\n\trm\n",
    "bin": "\x00\x01\x02\x03abc",
    "bom": b"\xef\xbb\xbfhi\n",
    "broken@": "nope",
    "c.csv": "a,b,c\n1,2,3\n",
    "cfg": "CONFIG_A=y\nCONFIG_B=m\n",
    "cr": "a\rb\r",
    "crlf": "a\r\nb\r\n",
    "dc": "*** a\n--- b\n",
    "dd": "diff -u a b\n--- a\n+++ b\n",
    "del": "\x7fx\n",
    "df": "--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n",
    "dm": "[  139.580438] Inside kthread init function\n",
    "e": "",
    "esc": "a\tb\x1b[31mred\n",
    "ext": b"\x81\x82x\n",
    "h.html": "<html><body></body></html>\n",
    "h2": "<!DOCTYPE html>\n<html>\n",
    "j.json": '{"a": 1}\n',
    "j2.json": "[1, 2]\n",
    "j3.json": "{bad\n",
    "l1": b"h\xe9llo w\n",
    "lm": "kthread 16384 0 - Live 0xffffffffc0000000 (OE)\n",
    "ln@": "t",
    "long": "0" * 399 + "1" + "\n",
    "m.c": "#include <linux/module.h>\nint main(void)\n{\nreturn 0;\n}\n",
    "m2.c": '/* hi */\n#include "x.h"\n',
    "m3.c": "int main(void)\n{\n}\n",
    "m4.c": "// SPDX\nstatic int x;\n",
    "mixed": "a\r\nb\n",
    "ml": "From a@b Mon\n",
    "nl1": "\n",
    "nl2": "\n\n",
    "nonl": "no newline",
    "one": "x",
    "over": "a\x08_\n",
    "p.py": "import os\n\ndef f(x):\n    return x\n",
    "p2.py": '"""doc"""\nfrom vshell.linux import x\n\ndef init():\n    pass\n',
    "p3.py": "import os\nprint(os)\n",
    "p4.py": "def init_f():\n    x = 1\n",
    "p5.py": '"""A module.\n\nMore.\n"""\n\nx = 1\n',
    "p6.py": "from a.b import c\n",
    "p7.py": (
        "# SPDX\nfrom vshell.linux.kthread import kthread_run\n\n\ndef f(data):\n    return 0\n"
    ),
    "pdf": "%PDF-1.4\n",
    "pw": "root:x:0:0:root:/root:/bin/bash\n",
    "saw": "#!/usr/bin/awk -f\n{print}\n",
    "sb": "#!/bin/bash\necho hi\n",
    "sfoo": "#!/bin/foo -x\n",
    "sp": "#!/usr/bin/env python3\nprint(1)\n",
    "sp2": "#!/usr/bin/python3\nprint(1)\n",
    "spl": "#!/usr/bin/perl\nprint\n",
    "ss": "#!/bin/sh\necho hi\n",
    "sz": "#! /bin/zsh\n",
    "t": "hello\n",
    "tt": "title: x\n\ta\n",
    "two": "ab",
    "u": b"h\xc3\xa9llo\n",
    "u16": b"\xfe\xff\x00a",
    "y.yaml": "title: x\nsteps:\n- run: ls\n",
}
FILE = r"""
file Makefile
file Mk2
file Mk3
file Mk4
file Mk5
file bin
file bom
file broken
file c.csv
file cfg
file cr
file crlf
file d
file dc
file dd
file del
file df
file dl
file dm
file e
file esc
file ext
file h.html
file h2
file j.json
file j2.json
file j3.json
file l1
file lm
file ln
file long
file m.c
file m2.c
file m3.c
file m4.c
file mixed
file ml
file nl1
file nl2
file nonl
file one
file over
file p.py
file p2.py
file p3.py
file p4.py
file p5.py
file p6.py
file p7.py
file pdf
file pw
file saw
file sb
file sfoo
file sp
file sp2
file spl
file ss
file sz
file t
file tt
file two
file u
file u16
file y.yaml
file /dev/null /dev/sdx /dev/tty /nonexistent
file -b t
file -i t u e d bin ln sb nonl l1 m.c sp j.json h.html ext bom
file --mime-type t
file --mime-type /dev/null broken
file
file -Z
file -L ln broken
file -h ln
file - < t
file -N t u
printf 't\nu\n' | file -f -
file -F = t
file -s /dev/null
file -v
file -0 t | od -c
file --mime-encoding t u bin
file --extension t
file /etc/passwd
file nofile t
chmod 4755 t; file t; file -b t
chmod 1777 d; file d
chmod 4755 bin; file bin
"""

STRINGS_FILES = {
    "dir/": "",
    "a": "hi\n",
    "c": "\n\n\nx\n",
    "e": "",
    "st": b"abc\x00defgh\nij\tklm\x00\x01longer one\xffx\x00ab",
}
STRINGS = r"""
strings st
strings -n 3 st
strings -3 st
strings -t x st
strings -t d st
strings -o st
strings -f st
strings nofile
strings < /dev/null
strings -n x st
strings -n 0 st
strings -a st st
strings -w st
strings -s / st
strings < st
strings dir
strings -e S st
strings -t o st
printf 'h\303\251llo' | strings
strings --bytes=5 st
strings --radix=d -f st
strings e nofile st
strings --version | head -n 1
"""


@pytest.mark.slow  # a hundred command lines, by the real tools too
def test_file(both):
    """file tells kinds in the words of the real one."""
    both("file", FILE, FILE_FILES)


def test_strings(both):
    """strings finds text as the real one."""
    both("binutils", STRINGS, STRINGS_FILES)


def test_module_is_relocatable(modules_sh):
    """file tells a .ko, and the host's programs, as ELF files."""
    result = modules_sh("make > /dev/null; file kthread.ko; file -i kthread.ko; file -b /bin/ls")

    words = "ELF 64-bit LSB relocatable, x86-64, version 1 (SYSV), "
    assert f"kthread.ko: {words}" == result.out[: len(f"kthread.ko: {words}")]
    lines = result.out.splitlines()
    assert "kthread.ko: application/x-object; charset=binary" == lines[1]
    assert lines[2].startswith("ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamic")


def test_unreadable_file(sh):
    """file says of what may not be read that it may not."""
    result = sh("echo hi > f; chmod 0 f; file f; sudo file f")

    assert "f: regular file, no read permission\nf: ASCII text\n" == result.out
