from __future__ import annotations

import pytest

from vshell.abi.errno import EACCES, EINVAL, ERANGE, KernelError
from vshell.kernel import inode as ino
from vshell.kernel import procfs


@pytest.fixture
def sysctl(bench):
    """Read a file of /proc/sys/kernel, or write to it; give its text, or 0 or -errno."""
    procfs.populate(bench.kernel)

    def use(name, text=None, uid=0):
        path = f"/proc/sys/kernel/{name}"

        def steps(sys):
            try:
                if text is None:
                    return sys.read(sys.open(path)).decode()
                sys.write(sys.open(path, ino.O_WRONLY), text.encode())
            except KernelError as error:
                return -error.errno
            return 0

        return bench.call(steps, uid=uid)

    return use


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("osrelease", "6.7.9\n"),
        ("ostype", "Linux\n"),
        ("hostname", "localhost\n"),
        ("pid_max", "4194304\n"),
        ("tainted", "0\n"),
        ("printk", "4\t4\t1\t7\n"),
        ("printk_devkmsg", "ratelimit\n"),
        ("watchdog_thresh", "10\n"),
        ("hung_task_timeout_secs", "120\n"),
        ("hung_task_warnings", "10\n"),
        ("modules_disabled", "0\n"),
        ("panic_on_oops", "0\n"),
        ("ngroups_max", "65536\n"),
        ("printk_ratelimit_burst", "10\n"),
    ],
)
def test_values_at_boot(sysctl, name, text):
    """Everybody may read what the kernel begins with."""
    assert text == sysctl(name, uid=1000)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("panic_on_oops", "1", "2"),
        ("dmesg_restrict", "1", "-1"),
        ("kptr_restrict", "2", "3"),
        ("panic", "-5", str(1 << 31)),
        ("hung_task_timeout_secs", "5", "-1"),
        ("hung_task_warnings", "-1", "-2"),
        ("watchdog_thresh", "60", "61"),
        ("modules_disabled", "1", "0"),
        ("sysrq", "0x1f", "x"),
        ("softlockup_panic", "1", ""),
        ("hung_task_panic", "1", "1x"),
    ],
)
def test_values_have_bounds(sysctl, name, good, bad):
    """A value within the bounds is kept, another is EINVAL and changes nothing."""
    before = sysctl(name)

    assert -EINVAL == sysctl(name, bad + "\n")
    assert before == sysctl(name)
    assert 0 == sysctl(name, f"  {good}\n")
    assert f"{int(good, 0)}\n" == sysctl(name)


def test_numbers_have_64_bits(sysctl):
    """More is ERANGE."""
    assert -ERANGE == sysctl("panic", "9" * 20)


@pytest.mark.parametrize("name", ["panic_on_oops", "hostname", "tainted", "printk", "sysrq"])
def test_only_root_writes(sysctl, name):
    """Files of /proc/sys are root's."""
    assert -EACCES == sysctl(name, "1", uid=1000)


@pytest.mark.parametrize("name", ["osrelease", "ostype", "version", "pid_max", "cap_last_cap"])
def test_some_cannot_be_written(sysctl, name):
    """What is fixed is refused to root, too."""
    assert -EACCES == sysctl(name, "1")


def test_modules_are_disabled_for_ever(sysctl):
    """modules_disabled goes from 0 to 1, not back."""
    assert 0 == sysctl("modules_disabled", "1")
    assert -EINVAL == sysctl("modules_disabled", "0")
    assert "1\n" == sysctl("modules_disabled")


def test_taints_are_only_added(sysctl):
    """Writing tainted sets bits; none is ever taken away."""
    sysctl("tainted", "4096")
    sysctl("tainted", "1")

    assert "4097\n" == sysctl("tainted")
    assert 0 == sysctl("tainted", "0")
    assert "4097\n" == sysctl("tainted")


def test_console_levels_are_four_numbers(sysctl, bench):
    """One number sets the console's level, two the default level as well."""
    sysctl("printk", "7")
    assert "7\t4\t1\t7\n" == sysctl("printk")
    sysctl("printk", "3 5 2 6\n")
    assert "3\t5\t2\t6\n" == sysctl("printk")
    assert 3 == bench.kernel.printk.console_loglevel
    assert -EINVAL == sysctl("printk", "x")
    assert 0 == sysctl("printk", "\n")
    assert "3\t5\t2\t6\n" == sysctl("printk")


def test_the_host_has_a_name(sysctl, bench):
    """uname() and the file agree; the file cuts at 64 bytes, sethostname() refuses more."""
    sysctl("hostname", "other\n")
    assert "other" == bench.call(lambda sys: sys.uname().nodename)
    bench.call(lambda sys: sys.sethostname("third"))
    assert "third\n" == sysctl("hostname")
    sysctl("hostname", "x" * 70)
    assert "x" * 64 + "\n" == sysctl("hostname")


def test_the_watchdog_is_told(sysctl, bench):
    """A new threshold is the watchdog's; tunables of hung tasks wake khungtaskd."""
    sysctl("watchdog_thresh", "3")

    assert 3 == bench.kernel.watchdog.thresh_s
    woken = []
    bench.kernel.watchdog.wake_khungtaskd = lambda: woken.append(1)
    sysctl("hung_task_timeout_secs", "7")
    sysctl("panic", "7")
    assert [1] == woken


def test_the_lowest_console_level_is_a_setting(bench, sysctl):
    """dmesg -n goes no lower than kernel.printk's third number, dmesg -D goes there."""
    sysctl("printk", "4 4 3 7")
    bench.kernel.printk.syslog(8, 1)
    assert "3\t4\t3\t7\n" == sysctl("printk")
    bench.kernel.printk.syslog(8, 5)
    bench.kernel.printk.syslog(6, 0)

    assert "3\t4\t3\t7\n" == sysctl("printk")


def test_programs_lines_can_be_refused(bench, sysctl):
    """printk_devkmsg takes three words, from root."""
    for word in ("on", "off\n", "ratelimit"):
        assert 0 == sysctl("printk_devkmsg", word)
        assert word.strip() == bench.kernel.printk.devkmsg
    assert -EINVAL == sysctl("printk_devkmsg", "maybe")
    assert -EACCES == sysctl("printk_devkmsg", "on", uid=1000)
