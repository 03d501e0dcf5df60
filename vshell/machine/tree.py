"""The host's files: programs, /etc, the kernel's build tree, empty directories."""

from __future__ import annotations

import os

from vshell.kernel.generated import GeneratedDirectory, fixed_directory, text_file
from vshell.kernel.inode import ComputedFile, Directory, RegularFile, Symlink
from vshell.kernel.process import PROGRAM_MAGIC
from vshell.machine.accounts import install_accounts
from vshell.machine.terminfo import TERMINALS, compile_terminfo
from vshell.machine.vmlinux import HEADER_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.inode import File, Inode
    from vshell.kernel.process import Process
    from vshell.kernel.vfs import Vfs
    from vshell.machine.manual import Manual
    from vshell.machine.settings import HostSettings
    from vshell.machine.why import Why

__all__ = ["add_panel", "add_tracing", "add_why", "install", "program_names", "vshell_folder"]

_USR = os.path.join(os.path.dirname(os.path.dirname(__file__)), "usr")
_SBIN = frozenset(("depmod", "insmod", "lsmod", "modinfo", "modprobe", "reboot", "rmmod", "sysctl"))
# A second name of a program, and the program.
_ALIASES = {
    "[": "test",
    "sh": "bash",
    "egrep": "grep",
    "fgrep": "grep",
    "halt": "reboot",
    "poweroff": "reboot",
    "shutdown": "reboot",
    "cc": "gcc",
    "mawk": "awk",
    "vi": "nano",
    "vim": "nano",
    "view": "nano",
    "editor": "nano",
    "chgrp": "chown",
}
# What a program is called whose file cannot be called so.
_NAMES = {"trace_cmd": "trace-cmd"}
_SETUID = frozenset(("sudo", "su"))


class _HeaderFile(RegularFile):
    # A header file, whose text is written down when somebody looks.
    def __init__(self, vfs: Vfs, header: str) -> None:
        super().__init__(vfs, 0o644)
        self._header = header

    def _fill(self) -> None:
        if not self._header:
            return
        from vshell.machine.headers import header_text  # noqa: PLC0415 - reads the whole mirror

        self.data = bytearray(header_text(self._header).encode())
        self._header = ""
        self.vfs.use(len(self.data))

    def size(self) -> int:
        self._fill()
        return super().size()

    def read_at(self, position: int, count: int) -> bytes:
        self._fill()
        return super().read_at(position, count)

    def write_at(self, position: int, data: bytes) -> int:
        self._fill()
        return super().write_at(position, data)

    def truncate(self, size: int) -> None:
        self._fill()
        super().truncate(size)


def program_names() -> list[str]:
    """List the programs of ``vshell.usr``, one per file."""
    names = [name[:-3] for name in os.listdir(_USR) if name.endswith(".py") and name[0] != "_"]
    return sorted([*names, "bash"])


# /usr/share/man and its index, written when somebody looks.
def _install_manual(vfs: Vfs) -> None:
    made: list[Manual] = []

    def manual() -> Manual:
        if not made:
            from vshell.machine.manual import Manual  # noqa: PLC0415 - only when somebody looks

            programs = {_NAMES.get(one, one): one for one in program_names()}
            aliases = {name: file for name, file in _ALIASES.items() if file in programs.values()}
            made.append(Manual(programs | aliases, _SBIN))
        return made[0]

    def folder(section: int) -> GeneratedDirectory:
        def names() -> list[str]:
            return [f"{name}.{section}" for name in manual().names(section)]

        def find(name: str) -> Inode | None:
            stem, _, ending = name.rpartition(".")
            text = manual().page(section, stem) if ending == str(section) else None
            return RegularFile(vfs, 0o644, data=text.encode()) if text is not None else None

        return GeneratedDirectory(vfs, names, find, 0o755)

    def index() -> str:
        return "".join(f"{name}\t{section}\t{text}\n" for name, section, text in manual().index())

    for section in (1, 8, 9):
        vfs.place(f"/usr/share/man/man{section}", folder(section))
    vfs.place("/var/cache/man/index.db", text_file(vfs, index))


def install(kernel: Kernel, settings: HostSettings) -> None:
    """Lay out everything but /dev, /proc, /sys and the home directory."""
    vfs = kernel.vfs
    _install_programs(vfs)
    _install_etc(vfs, settings)
    _install_headers(vfs, settings)
    if settings.init != "shell":
        _install_terminfo(vfs)
    for path in (
        "/boot",
        "/home",
        "/media",
        "/mnt",
        "/opt",
        "/run",
        "/srv",
        "/usr/share",
        "/var/log",
    ):
        vfs.make_directories(path)
    _install_manual(vfs)
    vfs.make_directories("/root").permissions = 0o700
    for path in ("/tmp", "/var/tmp"):  # noqa: S108 - of the virtual tree
        vfs.make_directories(path).permissions = 0o1777
    release = settings.release
    vfs.place_text(f"/boot/config-{release}", _boot_config(settings))
    vfs.mounts.append(("/dev/sda2", "/", "ext4", "rw,relatime,errors=remount-ro"))


class _PanelInode(ComputedFile):
    # /proc/vshell/panel. Who has a terminal may use it.
    def __init__(self, vfs: Vfs) -> None:
        super().__init__(vfs, 0o666, None, None)

    def open(self, process: Process, flags: int) -> File:
        from vshell.machine.panel_file import PanelFile  # noqa: PLC0415 - only when it is used

        return PanelFile(self, flags, process)


def add_panel(kernel: Kernel) -> None:
    """Add /proc/vshell/panel, which ``panel`` opens; /proc must have been mounted."""
    vshell_folder(kernel).add("panel", _PanelInode(kernel.vfs))


def add_tracing(kernel: Kernel) -> None:
    """Add /sys/kernel/tracing, and where it is seen below debugfs; /sys must have been mounted."""
    vfs = kernel.vfs
    made: list[GeneratedDirectory] = []

    def root() -> GeneratedDirectory:
        if not made:
            from vshell.kernel.tracefs import make_root  # noqa: PLC0415 - only when somebody looks

            made.append(make_root(kernel))
        return made[0]

    def find(name: str) -> Inode | None:
        return root().lookup(name)

    def folder() -> GeneratedDirectory:
        return GeneratedDirectory(vfs, lambda: root().names(), find, 0o700)

    debug = fixed_directory(vfs, 0o700)
    debug.add("tracing", folder())
    if "kmemleak=on" in kernel.config.cmdline.split():
        debug.add("kmemleak", text_file(vfs, kernel.slab.kmemleak_text))
    place = vfs.make_directories("/sys/kernel")
    place.add("debug", debug)
    place.add("tracing", folder())
    options = "rw,nosuid,nodev,noexec,relatime"
    vfs.mounts.append(("debugfs", "/sys/kernel/debug", "debugfs", options))
    vfs.mounts.append(("tracefs", "/sys/kernel/tracing", "tracefs", options))


def add_why(kernel: Kernel) -> None:
    """Add /proc/vshell/why, what ``why`` reads; /proc must have been mounted.

    One file per task, by its pid, and in ``module`` one per module.
    """
    vfs = kernel.vfs
    made: list[Why] = []

    def why() -> Why:
        if not made:
            from vshell.machine.why import Why  # noqa: PLC0415 - only when somebody asks

            made.append(Why(kernel))
        return made[0]

    def task_file(name: str) -> Inode | None:
        is_pid = name.isascii() and name.isdigit() and name == str(int(name))
        if not is_pid or not why().has_task(int(name)):
            return None
        return text_file(vfs, lambda: why().task(int(name)))

    def module_file(name: str) -> Inode | None:
        if kernel.modules.find(name) is None:
            return None
        return text_file(vfs, lambda: why().module(name))

    tasks = GeneratedDirectory(vfs, lambda: [str(pid) for pid in kernel.tasks.pids()], task_file)
    names = GeneratedDirectory(vfs, lambda: [m.name for m in kernel.modules.list], module_file)
    tasks.add("module", names)
    vshell_folder(kernel).add("why", tasks)


def vshell_folder(kernel: Kernel) -> GeneratedDirectory:
    """Give /proc/vshell, where vshell's own additions are; /proc must have been mounted."""
    proc = kernel.vfs.root.lookup("proc")
    assert isinstance(proc, GeneratedDirectory)
    folder = proc.entries.get("vshell")
    if not isinstance(folder, GeneratedDirectory):
        folder = fixed_directory(kernel.vfs)
        proc.add("vshell", folder)
    return folder


def _install_programs(vfs: Vfs) -> None:
    bin_ = vfs.make_directories("/usr/bin")
    sbin = vfs.make_directories("/usr/sbin")
    for name in program_names():
        called = _NAMES.get(name, name)
        _install_program(vfs, sbin if name in _SBIN else bin_, called, name)
    for name, program in _ALIASES.items():
        if (sbin if program in _SBIN else bin_).lookup(program) is not None:
            _install_program(vfs, sbin if program in _SBIN else bin_, name, program)
    vfs.make_directories("/usr/lib")
    for name in ("bin", "sbin", "lib"):
        vfs.place(f"/{name}", Symlink(vfs, f"usr/{name}"))


def _install_program(vfs: Vfs, folder: Directory, name: str, program: str) -> None:
    stub = PROGRAM_MAGIC + f"vshell program: {program}\n".encode()
    folder.add(name, RegularFile(vfs, 0o4755 if name in _SETUID else 0o755, data=stub))


def _install_etc(vfs: Vfs, settings: HostSettings) -> None:
    os_id = settings.os_name.split(" ")[0].lower()
    os_release = f'PRETTY_NAME="{settings.os_pretty}"\nNAME="{settings.os_name}"\n'
    os_release += f'VERSION_ID="{settings.os_version}"\nID={os_id}\n'
    texts = {
        "hostname": settings.hostname + "\n",
        "hosts": f"127.0.0.1\tlocalhost\n127.0.1.1\t{settings.hostname}\n",
        "os-release": os_release,
        "issue": f"{settings.os_pretty} \\n \\l\n\n",
        "shells": "/bin/sh\n/bin/bash\n/usr/bin/bash\n",
        "bash.bashrc": "alias ll='ls -alF'\nalias la='ls -A'\n",
    }
    for name, text in texts.items():
        vfs.place_text(f"/etc/{name}", text)
    install_accounts(vfs, settings)
    vfs.make_directories("/etc/modprobe.d")
    vfs.place_text("/usr/lib/gcc/x86_64-linux-gnu/12/version", settings.gcc + "\n")


# A host on which a shell is process 1 has none, and programs there show no colours.
def _install_terminfo(vfs: Vfs) -> None:
    for name in TERMINALS:
        contents = RegularFile(vfs, 0o644, data=compile_terminfo(name))
        vfs.place(f"/usr/lib/terminfo/{name[0]}/{name}", contents)


def _boot_config(settings: HostSettings) -> str:
    hz = "\n".join(
        f"CONFIG_HZ_{hz}=y" if hz == settings.hz else f"# CONFIG_HZ_{hz} is not set"
        for hz in (100, 250, 300, 1000)
    )
    preempt = {"none": "NONE", "voluntary": "VOLUNTARY", "full": ""}
    kinds = []
    for kind, suffix in preempt.items():
        name = f"CONFIG_PREEMPT_{suffix}".rstrip("_")
        kinds.append(f"{name}=y" if kind == settings.preempt else f"# {name} is not set")
    lines = [f'CONFIG_CC_VERSION_TEXT="{settings.kernel_gcc}"', "CONFIG_64BIT=y", "CONFIG_SMP=y"]
    lines += [f"CONFIG_NR_CPUS={max(settings.cpus, 64)}", hz, f"CONFIG_HZ={settings.hz}", *kinds]
    lines += [
        "CONFIG_NO_HZ=y",
        "CONFIG_HIGH_RES_TIMERS=y",
        "CONFIG_MODULES=y",
        "CONFIG_MODULE_UNLOAD=y",
    ]
    lines += ["CONFIG_MODULE_FORCE_UNLOAD=y", "CONFIG_MODVERSIONS=y", "CONFIG_DYNAMIC_DEBUG=y"]
    lines += ["CONFIG_SOFTLOCKUP_DETECTOR=y", "CONFIG_DETECT_HUNG_TASK=y"]
    lines += [f"CONFIG_DEFAULT_HUNG_TASK_TIMEOUT={settings.hung_task_timeout}"]
    if settings.srcversion_all:
        lines.append("CONFIG_MODULE_SRCVERSION_ALL=y")
    return "\n".join(lines) + "\n"


def _install_headers(vfs: Vfs, settings: HostSettings) -> None:
    from vshell.machine.headers import header_path  # noqa: PLC0415 - only the path, not the texts

    release = settings.release
    tree = f"/usr/src/linux-headers-{release}"
    common = settings.headers_common or tree
    makefile = "# The kernel's Makefile; external modules are built with make -C HERE M=DIRECTORY\n"
    if settings.headers_common:
        vfs.place_text(f"{common}/Makefile", makefile)
        makefile = f"include {common}/Makefile\n"
        vfs.place_text(f"{common}/scripts/Makefile.build", "# Building\n")
        vfs.place_text(f"{common}/scripts/Makefile.modpost", "# Module versions\n")
    vfs.place_text(f"{tree}/Makefile", makefile)
    vfs.place_text(f"{tree}/scripts/Makefile.build", "# Building\n")
    vfs.place_text(f"{tree}/scripts/Makefile.modpost", "# Module versions\n")
    vfs.place_text(f"{tree}/include/config/kernel.release", release + "\n")
    config = (
        _boot_config(settings)
        + f"VERMAGIC_FLAGS={settings.vermagic_flags}\nCC_VERSION_TEXT={settings.gcc}\n"
    )
    vfs.place_text(f"{tree}/include/config/auto.conf", config)
    for header in HEADER_NAMES:
        vfs.place(
            f"{common}/include/{header_path(header)}",
            _HeaderFile(vfs, header),
        )
    modules = f"/usr/lib/modules/{release}"
    vfs.place(f"{modules}/build", Symlink(vfs, tree))
    vfs.make_directories(f"{modules}/kernel")
    vfs.make_directories(f"{modules}/updates")
    if settings.init == "shell":
        return
    # What the kernel's own build and depmod leave; the recorded host has no modules of its own.
    built = "".join(f"kernel/{name}.ko\n" for name in _BUILTIN)
    names = ["dep", "alias", "symbols", "softdep", "devname", "order", "builtin", "builtin.modinfo"]
    for name in names:
        vfs.place_text(f"{modules}/modules.{name}", built if name == "builtin" else "")


_BUILTIN = ("kernel/configs", "fs/ext4/ext4", "drivers/tty/serial/8250/8250", "lib/crc16")
