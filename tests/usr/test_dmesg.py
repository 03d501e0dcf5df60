"""dmesg: its options against the real one's on a file, and what it does to the kernel's log."""

from __future__ import annotations

FILES = {
    "log": (
        b"<6>[    0.000000] Linux version 6.1\n<5>[    0.000012] Command line: ro\n"
        b"<4>[    1.200000] alpha: loading out-of-tree module taints kernel.\n"
        b"<3>[    2.500001] dev: error here\n<2>[   10.000000] crit: bad\n"
        b"<1>[   11.000000] alert thing\n<0>[   11.500000] emerg: panic\n"
        b"<14>[   12.000000] user message\n<30>[   13.000000] systemd[1]: Started.\n"
        b"<6>[  100.123456] two\nlines: here\n<7>[ 3600.000000] debug: x\ty \x01\xff caf\xc3\xa9\n"
        b"<6>[12345.678901] prog[12]: segfault at 0 ip 0\n<22>[12346.000000] \n"
        b"<6>[12346.000001]    leading: spaces  \n"
    ),
    "odd": (
        b"no prefix\n[    1.000000] only time\n<6>no time\n<99>[ 2.000000] strange\n"
        b"<6>[ 3.0] short stamp\n<300>[ 4.000000] wild\n"
    ),
    "empty": b"",
}
LINES = r"""
dmesg --help
dmesg -V
dmesg -Z
dmesg --foo
dmesg -l x
dmesg -l
dmesg -f x
dmesg -l err,x
dmesg -n x
dmesg -n 0
dmesg -n 9
dmesg -n
dmesg extra
dmesg -r -x
dmesg -x -r
dmesg -C -c
dmesg -D -E
dmesg -H -r
dmesg -T -r
dmesg -e -r
dmesg -d -r
dmesg -S -w
dmesg -t -r
dmesg --time-format=x
dmesg --time-format
dmesg --color=x
dmesg --since x
dmesg --until 'yesterday foo'
dmesg -s x
dmesg -F nofile
dmesg -F log
dmesg -F log -t
dmesg -F log -x
dmesg -F log -r
dmesg -F log -r -l err
dmesg -F log -d
dmesg -F log -t -d
dmesg -F log -d -x
dmesg -F log -l err
dmesg -F log -l err,warn
dmesg -F log -l 3
dmesg -F log -l err -l info
dmesg -F log -f kern
dmesg -F log -f user,daemon
dmesg -F log -k
dmesg -F log -u
dmesg -F log -J -f mail
dmesg -F log -L=always
dmesg -F log -Lalways
dmesg -F log --color=always
dmesg -F log --color=always -x
dmesg -F log --color=always -d
dmesg -F log --color=always -t
dmesg -F log --color=never
dmesg -F log -p
dmesg -F log -p -x
dmesg -F log -p -t
dmesg -F log --noescape
dmesg -F log --time-format=delta
dmesg -F log --time-format=notime
dmesg -F log --time-format=delta -x
dmesg -F log --time-format=iso -d | sed 's/^[^,]*//'
dmesg -F empty
dmesg -F empty -J
dmesg -F odd
dmesg -F odd -x
dmesg -F odd -r
dmesg -F log -P -t
dmesg -F log -tx
dmesg -F log -xt
dmesg -F log -lkern
dmesg -F log -H -t
dmesg -F log -T -t
dmesg -F log -t -T | sed 's/^.*\]//'
LC_ALL=C dmesg -F log -t
dmesg -F log --lev err
dmesg -F log --t
dmesg -F log --level=+err
dmesg -F log -l err+
dmesg -s 100 -F log -t
dmesg -c -F nofile
"""


def test_against_the_real_one(both):
    """dmesg shows a file in each style as the real one does, and refuses what that refuses."""
    both("util-linux", LINES, FILES)


USER = "setpriv --reuid 1000 --regid 1000 --clear-groups"


def test_log(console):
    """dmesg reads and clears the log; its options choose records and what stands before them."""
    console(
        """\
$ dmesg -C; echo one > /dev/kmsg; printf '<30>two: x' > /dev/kmsg; echo '<3>three' > /dev/kmsg
$ dmesg -t; dmesg -tc; dmesg; echo rc=$?
one
two: x
three
one
two: x
three
rc=0
$ echo one > /dev/kmsg; printf '<30>two: x' > /dev/kmsg; echo '<3>three' > /dev/kmsg
$ dmesg -tx; dmesg -tx -f daemon; dmesg -tx -l err,info; dmesg -tk; dmesg -tu | wc -l
user  :warn  : one
daemon:info  : two: x
user  :err   : three
daemon:info  : two: x
daemon:info  : two: x
user  :err   : three
3
$ dmesg -r | sed 's/\\[.*\\]//'; dmesg -Str
<5> one
<7> two: x
<3> three
dmesg: mutually exclusive arguments: --raw --notime
$ dmesg -J | grep msg; dmesg -tL=always -l err | cat -v; dmesg -tL -l err | cat -v
         "msg": "one"
         "msg": "two: x"
         "msg": "three"
^[[31mthree^[[0m
three
$ dmesg | grep -c '^.[ 0-9]*[.][0-9]\\{6\\}. '; dmesg -T | cut -c 1-15
3
[Mon Nov 23 07:
[Mon Nov 23 07:
[Mon Nov 23 07:
$ dmesg -e | cut -c 1-14 | tr 0-9 N
[NovNN NN:NN]\x20
[  +N.NNNNNN]\x20
[  +N.NNNNNN]\x20
"""
    )


def test_console_level(console):
    """The console's level is set by name or number, and switched off and on again."""
    console(
        """\
$ l() { cut -f 1 /proc/sys/kernel/printk; }; dmesg -n err; l; dmesg -n 5; l
4
5
$ dmesg -D; l; dmesg -E; l
1
5
$ dmesg -n 0; echo rc=$?
dmesg: unknown level '0'
rc=1
"""
    )


def test_follow(console):
    """-w shows the log and goes on, -W only what is new, until a signal ends it."""
    console(
        """\
$ dmesg -C; echo old > /dev/kmsg
$ (sleep 1; echo new > /dev/kmsg; sleep 2; echo late > /dev/kmsg) & timeout 2 dmesg -wt; echo rc=$?
old
new
rc=124
$ wait; (sleep 1; echo newer > /dev/kmsg) & timeout 2 dmesg -Wt; echo rc=$?
newer
rc=124
"""
    )


def test_ctrl_c_ends_following(make_dialogue):
    """Ctrl-C ends dmesg -w; the prompt comes back with 130."""
    dialogue = make_dialogue()
    dialogue.press(b"\x03", dialogue.host.kernel.now_ns + 2_000_000_000)

    dialogue.type("dmesg -w | tail -n 1")

    assert 130 == dialogue.status


def test_ordinary_user(console):
    """Where dmesg_restrict is set, only root reads the log; only root changes anything ever."""
    console(
        f"""\
$ {USER} dmesg; echo rc=$?
dmesg: read kernel buffer failed: Operation not permitted
rc=1
$ {USER} dmesg -w; {USER} dmesg -S; {USER} dmesg -C; {USER} dmesg -n 3; echo rc=$?
dmesg: read kernel buffer failed: Operation not permitted
dmesg: read kernel buffer failed: Operation not permitted
dmesg: clear kernel buffer failed: Operation not permitted
dmesg: klogctl failed: Operation not permitted
rc=1
$ sysctl -q kernel.dmesg_restrict=0; dmesg -C; echo x > /dev/kmsg; {USER} dmesg -t; echo rc=$?
x
rc=0
$ {USER} dmesg -tc; echo rc=$?
x
dmesg: clear kernel buffer failed: Operation not permitted
rc=1
"""
    )
