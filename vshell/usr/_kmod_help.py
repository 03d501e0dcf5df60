"""modprobe and depmod: what --help prints, and what only rare options need.

Source: modprobe(8), depmod(8), kmod 30
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.abi.ko import KoError, KoFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["DEPMOD", "MODPROBE", "exported_symbols"]

MODPROBE = (
    "Usage:\n"
    "\tmodprobe [options] [-i] [-b] modulename\n"
    "\tmodprobe [options] -a [-i] [-b] modulename [modulename...]\n"
    "\tmodprobe [options] -r [-i] modulename\n"
    "\tmodprobe [options] -r -a [-i] modulename [modulename...]\n"
    "\tmodprobe [options] -c\n"
    "\tmodprobe [options] --dump-modversions filename\n"
    "Management Options:\n"
    "\t-a, --all                   Consider every non-argument to\n"
    "\t                            be a module name to be inserted\n"
    "\t                            or removed (-r)\n"
    "\t-r, --remove                Remove modules instead of inserting\n"
    "\t    --remove-dependencies   Deprecated: use --remove-holders\n"
    "\t    --remove-holders        Also remove module holders (use together with -r)\n"
    "\t-w, --wait <MSEC>           When removing a module, wait up to MSEC for\n"
    "\t                            module's refcount to become 0 so it can be\n"
    "\t                            removed (use together with -r)\n"
    "\t    --first-time            Fail if module already inserted or removed\n"
    "\t-i, --ignore-install        Ignore install commands\n"
    "\t-i, --ignore-remove         Ignore remove commands\n"
    "\t-b, --use-blacklist         Apply blacklist to resolved alias.\n"
    "\t-f, --force                 Force module insertion or removal.\n"
    "\t                            implies --force-modversions and\n"
    "\t                            --force-vermagic\n"
    "\t    --force-modversion      Ignore module's version\n"
    "\t    --force-vermagic        Ignore module's version magic\n"
    "\n"
    "Query Options:\n"
    "\t-R, --resolve-alias         Only lookup and print alias and exit\n"
    "\t-D, --show-depends          Only print module dependencies and exit\n"
    "\t-c, --showconfig            Print out known configuration and exit\n"
    "\t-c, --show-config           Same as --showconfig\n"
    "\t    --show-modversions      Dump module symbol version and exit\n"
    "\t    --dump-modversions      Same as --show-modversions\n"
    "\t    --show-exports          Only print module exported symbol versions and exit\n"
    "\n"
    "General Options:\n"
    "\t-n, --dry-run               Do not execute operations, just print out\n"
    "\t-n, --show                  Same as --dry-run\n"
    "\t-C, --config=FILE           Use FILE instead of default search paths\n"
    "\t-d, --dirname=DIR           Use DIR as filesystem root for /lib/modules\n"
    "\t-S, --set-version=VERSION   Use VERSION instead of `uname -r`\n"
    "\t-s, --syslog                print to syslog, not stderr\n"
    "\t-q, --quiet                 disable messages\n"
    "\t-v, --verbose               enables more messages\n"
    "\t-V, --version               show version\n"
    "\t-h, --help                  show this help\n"
)

DEPMOD = (
    "Usage:\n"
    "\tdepmod -[aA] [options] [forced_version]\n"
    "\n"
    'If no arguments (except options) are given, "depmod -a" is assumed\n'
    "\n"
    "depmod will output a dependency list suitable for the modprobe utility.\n"
    "\n"
    "Options:\n"
    "\t-a, --all            Probe all modules\n"
    "\t-A, --quick          Only does the work if there's a new module\n"
    "\t-e, --errsyms        Report not supplied symbols\n"
    "\t-n, --show           Write the dependency file on stdout only\n"
    "\t-P, --symbol-prefix  Architecture symbol prefix\n"
    "\t-C, --config=PATH    Read configuration from PATH\n"
    "\t-v, --verbose        Enable verbose mode\n"
    "\t-w, --warn           Warn on duplicates\n"
    "\t-V, --version        show version\n"
    "\t-h, --help           show this help\n"
    "\n"
    "The following options are useful for people managing distributions:\n"
    "\t-b, --basedir=DIR    Use an image of a module tree.\n"
    "\t-F, --filesyms=FILE  Use the file instead of the\n"
    "\t                     current kernel symbols.\n"
    "\t-E, --symvers=FILE   Use Module.symvers file to check\n"
    "\t                     symbol versions.\n"
)


def exported_symbols(io: Io, path: str) -> list[tuple[str, int]] | None:
    """List the symbols a module's file exports with their checksums; None if it is no module."""
    try:
        ko = KoFile.from_bytes(io.read_file(path))
    except (KoError, KernelError):
        return None
    return [(name, crc) for name, crc, _ in ko.exports]
