"""hostname: print or set the host's name.

Source: hostname(1), hostname 3.23
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._options import Options
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_LONG = {
    "alias": "a",
    "all-fqdns": "A",
    "boot": "b",
    "domain": "d",
    "fqdn": "f",
    "long": "f",
    "file=": "F",
    "ip-address": "i",
    "all-ip-addresses": "I",
    "short": "s",
    "help": "h",
    "version": "V",
    "yp": "y",
    "nis": "y",
}
_USAGE = """\
Usage: hostname [-b] {hostname|-F file}         set host name (from file)
       hostname [-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name
       hostname                                 display host name

       {yp,nis,}domainname {nisdomain|-F file}  set NIS domain name (from file)
       {yp,nis,}domainname                      display NIS domain name

       dnsdomainname                            display dns domain name

       hostname -V|--version|-h|--help          print info and exit

Program name:
       {yp,nis,}domainname=hostname -y
       dnsdomainname=hostname -d

Program options:
    -a, --alias            alias names
    -A, --all-fqdns        all long host names (FQDNs)
    -b, --boot             set default hostname if none available
    -d, --domain           DNS domain name
    -f, --fqdn, --long     long host name (FQDN)
    -F, --file             read host name or NIS domain name from given file
    -i, --ip-address       addresses for the host name
    -I, --all-ip-addresses all addresses for the host
    -s, --short            short host name
    -y, --yp, --nis        NIS/YP domain name

Description:
   This command can get or set the host name or the NIS domain name. You can
   also get the DNS domain or the FQDN (fully qualified domain name).
   Unless you are using bind or NIS for host lookups you can change the
   FQDN (Fully Qualified Domain Name) and the DNS domain name (which is
   part of the FQDN) in the /etc/hosts file.
"""


@program
def main(io: Io, words: list[str]) -> int:
    """Print the name: ``hostname [-adfiIs]``; set it: ``hostname [-b] NAME`` or ``-F FILE``."""
    try:
        options = Options(*getopt(words, "aAbdfF:hiIsyV", _LONG))
    except OptionError as error:
        io.complain(str(error))
        io.out(_USAGE)
        return 255
    if options.has("h", "V"):
        io.out(_USAGE if options.has("h") else "hostname 3.23\n")
        return 0
    if len(options.operands) > 1:
        io.err(_USAGE)
        return 255
    if options.operands or options.has("F"):
        return _set(io, options)
    name = io.sys.uname().nodename
    kind = options.last_of("aAdfiIsy")
    if kind in ("i", "I"):
        io.out(_address(io, name) + (" \n" if kind == "I" else "\n"))
    elif kind in ("a", "d", "y"):
        io.out("\n" if kind != "d" or "." not in name else name.partition(".")[2] + "\n")
    else:
        io.out(name.partition(".")[0] + "\n" if kind == "s" else name + "\n")
    return 0


def _set(io: Io, options: Options) -> int:
    try:
        if options.has("F"):
            lines = io.read_text(options.value("F")).splitlines()
            name = next((line.strip() for line in lines if line.strip() and line[0] != "#"), "")
        else:
            name = options.operands[0]
        io.sys.sethostname(name)
    except KernelError as error:
        if error.errno == 1:
            io.die("you must be root to change the host name")
        io.die(f"can't open `{options.value('F')}'")
    return 0


def _address(io: Io, name: str) -> str:
    try:
        lines = io.read_text("/etc/hosts").splitlines()
    except KernelError:
        lines = []
    for line in lines:
        address, *names = line.split() or [""]
        if name in names:
            return address
    return "127.0.0.1"
