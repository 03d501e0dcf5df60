"""What makes one kernel differ from another.

The settings of the host file that the kernel itself reads.
"""

from __future__ import annotations

__all__ = ["KernelConfig"]


class KernelConfig:
    """Settings of one kernel; by default a neutral machine with two CPUs.

    ``machine.host`` fills it from a host file; tests make one by hand.
    """

    def __init__(self, **settings: object) -> None:
        """Take the defaults, then these settings.

        Raises:
            TypeError: a setting that does not exist.
        """
        self.release = "6.7.9"
        """uname -r; the first two numbers select behaviour that changed between versions."""
        self.version = "#1 SMP PREEMPT_DYNAMIC Wed Mar  6 18:07:43 UTC 2024"
        """uname -v."""
        self.build_tag = "#1"
        """What follows the release in a report's CPU line."""
        self.distribution = ""
        """What a distribution puts behind the build tag, such as "Debian 6.1.192-2"."""
        self.builder = "root@localhost"
        """Who built the kernel, for /proc/version."""
        self.compiler = "gcc (Ubuntu 12.2.0-3ubuntu1) 12.2.0, GNU ld (GNU Binutils for Ubuntu) 2.39"
        """What built the kernel."""
        self.cmdline = "BOOT_IMAGE=/boot/vmlinuz root=/dev/sda2 ro quiet splash"
        self.cpu_model = "Intel(R) Core(TM) i5-7400 CPU @ 3.00GHz"
        self.cpu_mhz = 3000
        self.machine = "x86_64"
        self.hostname = "localhost"
        self.hardware = "Virtual Machine, BIOS 1.0 03/06/2024"
        """What a report's "Hardware name:" says."""
        self.vermagic_flags = "SMP preempt mod_unload modversions "
        self.cpus = 2
        self.memory_kib = 8_037_424
        self.hz = 250
        self.jiffy_ns = 4_000_000
        """How long one jiffy lasts by the printk clock."""
        self.jiffies_phase_ns = 0
        """How long before the printk clock's zero jiffies began to count."""
        self.timer_lag_jiffies = 0
        """Jiffies that a task woken by a timer reads past the timer's bucket."""
        self.uptime_ns = 0
        """Virtual time at which the session begins."""
        self.boot_wall_ns = 1_710_756_000_000_000_000
        """The date at boot, nanoseconds since 1970 in UTC."""
        self.preempt = "voluntary"
        """none, voluntary or full: whether kernel code gives up the CPU at preemption points."""
        self.pid_max = 4_194_304
        self.first_pid = 2
        """The pid of the first process of the session (1 is init, 2 kthreadd)."""
        self.first_kthread_pid = 0
        """Where the pids of the first module's threads begin; 0: wherever the counter stands."""
        self.console = False
        """Whether kernel messages below the console log level appear on the terminal."""
        self.console_loglevel = 4
        self.dmesg_restrict = 0
        self.kptr_restrict = 0
        self.crng_ready = True
        """Whether the random number generator is ready at boot."""
        self.log_buf_len = 1 << 18
        """Bytes of the printk ring buffer."""
        self.module_size_text = 16384
        """What lsmod shows for a small module that has code outside init."""
        self.module_size_bare = 12288
        """What lsmod shows for a small module that has none."""
        self.module_size_init = 12288
        """What a small module's init part adds while it is loading."""
        self.rcu_grace_jiffies = 5
        """How long synchronize_rcu() takes."""
        self.watchdog_thresh_s = 10
        self.hung_task_timeout_s = 120
        for name, value in settings.items():
            if not hasattr(self, name):
                raise TypeError(name)
            setattr(self, name, value)

    @property
    def version_code(self) -> tuple[int, int]:
        """The release's first two numbers, such as (6, 7)."""
        major, minor = self.release.split("-")[0].split(".")[:2]
        return int(major), int(minor)
