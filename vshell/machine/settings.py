"""The settings of a host: what a host file may say, with the default host's values.

The default host is the tutorial's machine. A host file names what differs from it; a *profile* is a
host file that comes with vshell.
"""

from __future__ import annotations

from vshell.abi.plain import plain_text
from vshell.kernel.config import KernelConfig
from vshell.machine.clock import SPEED_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HostSettings", "SettingsError"]

_NSEC_PER_SEC = 1_000_000_000
_NUMBER_BITS_MAX = 63
# A host lives through all the time before its session begins: some 10 s for three years.
_UPTIME_S_MAX = 100_000_000


class SettingsError(Exception):
    """A host file says something that cannot be."""


_BOOT_LOG = """\
0.000000 <5> Linux version {release} ({builder}) ({compiler}) {version}
0.000000 <6> Command line: {cmdline}
0.000000 <6> KERNEL supported cpus:
0.000000 <6>   Intel GenuineIntel
0.000000 <6>   AMD AuthenticAMD
0.000000 <6> DMI: {hardware}
0.004120 <6> tsc: Detected {cpu_mhz}.000 MHz processor
0.008311 <6> Memory: 7651288K/{memory_kib}K available (22528K kernel code, 4820K init)
0.012542 <6> SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs={cpus}, Nodes=1
0.016200 <6> rcu: Hierarchical RCU implementation.
0.020417 <6> NR_IRQS: 524544, nr_irqs: 512, preallocated irqs: 16
0.061873 <6> smpboot: CPU0: {cpu_model} (family: 0x6, model: 0x9e, stepping: 0x9)
0.064209 <6> smp: Brought up 1 node, {cpus} CPUs
0.381205 <6> clocksource: Switched to clocksource tsc-early
0.912640 <6> Freeing unused kernel image (initmem) memory: 4820K
0.924183 <6> Run /init as init process
2.106452 <6> EXT4-fs (sda2): mounted filesystem ro with ordered data mode. Quota mode: none.
3.338210 <6> systemd[1]: Detected architecture x86-64.
3.351027 <6> systemd[1]: Hostname set to <{hostname}>.
5.227391 <6> EXT4-fs (sda2): re-mounted rw. Quota mode: none.
14.802117 <6> e1000e 0000:00:1f.6 enp0s31f6: NIC Link is Up 1000 Mbps Full Duplex
"""

_SERVICES = """\
1 0 root ? /sbin/init splash
331 1 root ? /lib/systemd/systemd-journald
372 1 root ? /lib/systemd/systemd-udevd
588 1 systemd-oom ? /lib/systemd/systemd-oomd
589 1 systemd-resolve ? /lib/systemd/systemd-resolved
590 1 systemd-timesync ? /lib/systemd/systemd-timesyncd
606 1 root ? /usr/libexec/accounts-daemon
607 1 root ? /usr/sbin/acpid
610 1 avahi ? avahi-daemon: running
612 1 root ? /usr/sbin/cron -f -P
613 1 messagebus ? @dbus-daemon --system --address=systemd: --nofork --nopidfile
618 1 root ? /lib/systemd/systemd-logind
621 1 root ? /usr/libexec/polkitd --no-debug
640 1 syslog ? /usr/sbin/rsyslogd -n -iNONE
655 1 root ? /usr/sbin/NetworkManager --no-daemon
661 1 root ? /sbin/wpa_supplicant -u -s -O DIR=/run/wpa_supplicant GROUP=netdev
702 1 root ? /usr/sbin/gdm3
731 1 rtkit ? /usr/libexec/rtkit-daemon
1487 702 root ? gdm-session-worker [pam/gdm-password]
1508 1 test ? /lib/systemd/systemd --user
1509 1508 test ? (sd-pam)
1521 1508 test ? /usr/bin/pipewire
1523 1508 test ? /usr/bin/wireplumber
1530 1508 test ? /usr/bin/dbus-daemon --session --address=systemd: --nofork --nopidfile
1839 1508 test ? /usr/bin/gnome-shell
2896 1508 test ? /usr/libexec/gnome-terminal-server
"""

_KERNEL_THREADS = """\
3 I -20 rcu_gp
4 I -20 rcu_par_gp
5 I -20 slub_flushwq
6 I -20 netns
8 I -20 kworker/0:0H-events_highpri
11 I -20 mm_percpu_wq
12 I 0 rcu_tasks_kthread
14 S 0 ksoftirqd/0
15 I 0 rcu_preempt
16 S 0 migration/0
18 S 0 cpuhp/0
19 S 0 cpuhp/1
21 S 0 migration/1
22 S 0 ksoftirqd/1
24 I -20 kworker/1:0H-events_highpri
34 S 0 kdevtmpfs
36 I 0 kworker/0:1-events
37 S 0 kauditd
39 S 0 oom_reaper
40 I -20 writeback
41 S 0 kcompactd0
43 I -20 kblockd
60 S 0 kswapd0
217 S 0 jbd2/sda2-8
"""


class HostSettings:
    """One host's settings. Every public attribute is a setting of the host file."""

    # -- Who and where
    user = "test"
    """Whose session it is; root needs no home in the workspace."""
    uid = 1000
    sudo = True
    """Whether the user may use sudo, and su; root needs neither."""
    users = ""
    """Who else there is, one line per user: name, number, "sudo" or "-", full name. A host file may
    as well have names, or mappings with name, uid, sudo and full_name."""
    home = ""
    """The user's home directory; empty: /root or /home/USER."""
    hostname = "test-V520-15IKL"
    folder = "kthread_examples"
    """Where the session starts, below the home directory, if there is such a folder."""
    terminal = "pts/0"
    """The session's terminal, below /dev."""
    init = "systemd"
    """What process 1 is: systemd, or shell, where the session's shell is the only process."""
    columns = 80
    rows = 24
    prompt = r"\[\e[01;32m\]\u@\h\[\e[00m\]:\[\e[01;34m\]\w\[\e[00m\]\$ "
    """PS1."""
    # -- The kernel
    release = "6.7.9"
    version = "#1 SMP PREEMPT_DYNAMIC Wed Mar  6 18:07:43 UTC 2024"
    build_tag = "#1"
    distribution = ""
    builder = "root@test-V520-15IKL"
    compiler = (
        "x86_64-linux-gnu-gcc-12 (Ubuntu 12.2.0-3ubuntu1) 12.2.0, "
        "GNU ld (GNU Binutils for Ubuntu) 2.39"
    )
    cmdline = "BOOT_IMAGE=/boot/vmlinuz-6.7.9 root=/dev/sda2 ro quiet splash"
    vermagic_flags = "SMP preempt mod_unload modversions "
    machine = "x86_64"
    hardware = "LENOVO 10NKCTO1WW/36EB, BIOS O3TKT2BA 12/26/2017"
    cpu_model = "Intel(R) Core(TM) i5-7400 CPU @ 3.00GHz"
    cpu_mhz = 3000
    cpus = 2
    memory_kib = 8_037_424
    hz = 250
    jiffy_ns = 3_997_510
    jiffies_phase_ns = 3_799_000
    timer_lag_jiffies = 1
    preempt = "voluntary"
    seed = -1
    """-1: first come, first served; else the seed of a random order."""
    pid_max = 4_194_304
    console = False
    """Whether kernel messages appear on the terminal."""
    console_loglevel = 4
    dmesg_restrict = 0
    kptr_restrict = 1
    crng_ready = True
    """Whether there are random numbers at boot; without, %p prints (____ptrval____) at first."""
    rcu_grace_jiffies = 5
    """How long synchronize_rcu() takes: how long freeing a module does."""
    watchdog_thresh = 10
    """Seconds; a CPU stuck for more than twice that is reported."""
    hung_task_timeout = 120
    """Seconds after which a task in D is reported."""
    module_size_text = 16384
    module_size_bare = 12288
    module_size_init = 12288
    # -- The session's beginning
    uptime = 100
    """Seconds since boot at which the session begins; fractions count."""
    boot_date = "2024-03-18T10:00:00"
    """In UTC."""
    speed: float = 1
    """Virtual seconds per real second, for ``clock`` to show where no real clock is followed."""
    first_pid = 2914
    """The pid of the session's shell, unless that is process 1; the next ones follow."""
    first_kthread_pid = 4097
    """The pid of the first thread a module makes, if it is still free by then; 0: the next."""
    boot_log = _BOOT_LOG
    """One line per message: seconds, level as <N>, text."""
    services = _SERVICES
    """One line per process that is just there: pid, parent, user, terminal, command."""
    kernel_threads = _KERNEL_THREADS
    """One line per kernel thread that is just there: pid, state letter, nice value, name."""
    khungtaskd_pid = 38
    # -- What is installed
    os_name = "Ubuntu"
    os_version = "22.10"
    os_pretty = "Ubuntu 22.10"
    gcc = "gcc (Ubuntu 12.2.0-3ubuntu1) 12.2.0"
    """First line of gcc --version."""
    kernel_gcc = "x86_64-linux-gnu-gcc-12 (Ubuntu 12.2.0-3ubuntu1) 12.2.0"
    """What the kernel build takes its own compiler to be."""
    headers_common = ""
    """Where a distribution keeps the headers that all flavours share; "" for nowhere."""
    srcversion_all = True
    """Whether every module gets a srcversion."""

    def update(self, changes: Mapping[str, object], where: str) -> None:
        """Change settings.

        Args:
            changes: by name.
            where: what to call the host file in an error.

        Raises:
            SettingsError: a name or a value that cannot be.
        """
        for name, value in changes.items():
            if name not in _names():
                raise SettingsError(f"{where}: there is no setting {name!r}")
            setattr(self, name, self._checked(name, value, where))
        if self.preempt not in ("none", "voluntary", "full"):
            raise SettingsError(
                f"{where}: preempt must be none, voluntary or full, not {self.preempt!r}"
            )
        if not 1 <= self.cpus <= 64:
            raise SettingsError(f"{where}: cpus must be 1 to 64, not {self.cpus}")
        if self.init not in ("systemd", "shell"):
            raise SettingsError(f"{where}: init must be systemd or shell, not {self.init!r}")
        if self.hz <= 0 or self.jiffy_ns <= 0 or 1000 % self.hz:
            raise SettingsError(f"{where}: hz must divide 1000, not {self.hz}")
        if not 0 < self.speed < SPEED_LIMIT:
            raise SettingsError(f"{where}: speed must be a positive number, not {self.speed}")
        if self.uptime > _UPTIME_S_MAX:
            raise SettingsError(f"{where}: uptime must be three years at most, not {self.uptime}")
        self._boot_wall_ns(where)

    def check(self, where: str) -> None:
        """Make sure that the settings fit together, when all have been changed.

        Args: where: what to call the host file in an error.

        Raises:
            SettingsError: they do not.
        """
        from vshell.machine.setting_lines import check_tables  # noqa: PLC0415 - rarely changed

        wrong = check_tables(self)
        if wrong:
            raise SettingsError(f"{where}: {wrong}")

    def _checked(self, name: str, value: object, where: str) -> object:
        present = getattr(self, name)
        if isinstance(value, int) and value.bit_length() > _NUMBER_BITS_MAX:
            raise SettingsError(f"{where}: {name}: a number of {value.bit_length()} bits")
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and plain_text(text) != text for text in texts):
            raise SettingsError(f"{where}: {name}: a control character")
        if name in ("uptime", "speed") and isinstance(value, float) and 0 <= value < 1e9:
            return value
        if name == "boot_date":
            return str(value).replace(" ", "T")
        if name == "users":
            return _read_users(value, where)
        if isinstance(present, bool) or isinstance(value, bool):
            fits = isinstance(present, bool) and isinstance(value, bool)
        elif isinstance(present, (int, float)):
            fits = isinstance(value, int) and (value >= 0 or name == "seed")
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            fits, value = True, "\n".join(value)
        else:
            value = str(value) if isinstance(value, (int, float)) else value
            fits = isinstance(value, str)
        if not fits:
            kinds = {bool: "true or false", str: "text"}
            kind = kinds.get(type(present), "a number")
            raise SettingsError(f"{where}: {name} must be {kind}, not {value!r}")
        return value

    def facts(self) -> dict[str, object]:
        """Give all settings by name."""
        return {name: getattr(self, name) for name in _names()}

    @property
    def home_directory(self) -> str:
        """The user's home directory."""
        return self.home or ("/root" if self.user == "root" else f"/home/{self.user}")

    @property
    def gid(self) -> int:
        """The user's group."""
        return self.uid

    def _boot_wall_ns(self, where: str) -> int:
        from datetime import datetime, timezone  # noqa: PLC0415 - only where the date is not the default

        if self.boot_date == "2024-03-18T10:00:00":
            return 1_710_756_000 * _NSEC_PER_SEC
        try:
            date = datetime.fromisoformat(self.boot_date).replace(tzinfo=timezone.utc)
        except ValueError:
            raise SettingsError(
                f"{where}: boot_date must be a date, not {self.boot_date!r}"
            ) from None
        return int(date.timestamp()) * _NSEC_PER_SEC

    def kernel_config(self) -> KernelConfig:
        """Give the part that the kernel reads."""
        config = KernelConfig()
        for name in vars(config):
            if name in _names():
                setattr(config, name, getattr(self, name))
        config.uptime_ns = round(self.uptime * _NSEC_PER_SEC)
        config.boot_wall_ns = self._boot_wall_ns("host")
        config.watchdog_thresh_s = self.watchdog_thresh
        config.hung_task_timeout_s = self.hung_task_timeout
        return config


def _read_users(value: object, where: str) -> str:
    from vshell.machine.accounts import AccountError, read_users  # noqa: PLC0415 - as above

    try:
        return read_users(value)
    except AccountError as error:
        raise SettingsError(f"{where}: {error}") from None


# Every public attribute that is a plain value is a setting.
def _names() -> list[str]:
    kinds = (str, int, float, bool)
    return [n for n, v in vars(HostSettings).items() if n[0] != "_" and isinstance(v, kinds)]
