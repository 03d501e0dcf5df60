"""Parameters of modules: on the command line, in /sys, by callbacks. Real: 10-params."""

from __future__ import annotations

import pytest

from tests.kernel.module_sources import (
    GPL,
    HEAD,
    PARAMS,
    line,
    parameter,
)
from vshell.abi.errno import (
    EINVAL,
    ENOSPC,
    ERANGE,
)
from vshell.kernel import inode as ino


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


def test_parts_of_the_kernel_have_parameters_too(bench):
    """Real: 15-softlockup: rcu_cpu_stall_timeout is 21 and can be written."""
    line(bench)
    path = "/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout"

    def turn(sys):
        before = sys.read(sys.open(path), 64)
        file = sys.open(path, ino.O_WRONLY)
        sys.write(file, b"4\n")
        return before, sys.read(sys.open(path), 64), sys.listdir("/sys/module")

    assert (b"21\n", b"4\n", ["rcupdate"]) == bench.call(turn)
    assert 4 == bench.kernel.watchdog.stalls.timeout_s
