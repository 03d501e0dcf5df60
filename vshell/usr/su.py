"""su: become another user.

Source: su(1), util-linux 2.38.1

Differs:
    No password is asked for: who may use sudo may use su, nobody else.
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.usr._options import Options, usage_error
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._users import User, find_user, group_ids, may_administer

__all__ = ["main"]

_USAGE = """
Usage:
 su [options] [-] [<user> [<argument>...]]

Change the effective user ID and group ID to that of <user>.
A mere - implies -l.  If <user> is not given, root is assumed.

Options:
 -m, -p, --preserve-environment      do not reset environment variables
 -g, --group <group>             specify the primary group
 -G, --supp-group <group>        specify a supplemental group

 -, -l, --login                  make the shell a login shell
 -c, --command <command>         pass a single command to the shell with -c
 --session-command <command>     pass a single command to the shell with -c
                                   and do not create a new session
 -f, --fast                      pass -f to the shell (for csh or tcsh)
 -s, --shell <shell>             run <shell> if /etc/shells allows it
 -P, --pty                       create a new pseudo-terminal

 -h, --help                      display this help
 -V, --version                   display version

For more details see su(1).
"""
_LONG = {
    "command=": "c",
    "session-command=": "c",
    "fast": "f",
    "login": "l",
    "preserve-environment": "p",
    "pty": "P",
    "shell=": "s",
    "group=": "g",
    "supp-group=": "G",
    "whitelist-environment=": "w",
    "help": "h",
    "version": "V",
}
_ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_USER_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"


@program
def main(io: Io, words: list[str]) -> int:
    """Become a user: ``su [-lmp] [-c COMMAND] [-s SHELL] [-] [USER [ARG...]]``."""
    try:
        items, operands = getopt(words, "c:fg:G:lmpPs:w:hV", _LONG)
    except OptionError as error:
        usage_error(io, str(error))
    options = Options(items, operands)
    if options.has("h", "V"):
        io.out(_USAGE if options.has("h") else "su from util-linux 2.38.1\n")
        return 0
    login = options.has("l")
    if operands and operands[0] == "-":
        login = True
        operands = operands[1:]
    name, *arguments = operands or ["root"]
    target = find_user(io, name)
    if target is None or target.name != name:
        what = "does not exist or the user entry does not contain all the required fields"
        io.die(f"user {name} {what}")
    if not may_administer(io, io.sys.credentials()[0]):
        io.die("Authentication failure")
    return _run(io, options, target, arguments, login=login)


def _run(io: Io, options: Options, target: User, arguments: list[str], *, login: bool) -> int:
    kept = options.has("m", "p") and not login
    old = io.sys.environ()
    shell = options.value("s") or (old.get("SHELL") if kept else "") or target.shell or "/bin/sh"
    base = shell.rpartition("/")[2]
    argv = [f"-{base}" if login else base]
    if options.has("c"):
        argv += ["-c", options.value("c")]
    io.sys.set_credentials(target.uid, target.gid, group_ids(io, target))
    if login:
        try:
            io.sys.chdir(target.home)
        except KernelError as error:
            text = f"cannot change directory to {target.home}: {strerror(error.errno)}"
            io.complain(f"warning: {text}")
    environ = dict(old) if kept else _environment(old, target, shell, login=login)
    try:
        io.sys.execve(shell, [*argv, *arguments], environ)
    except KernelError as error:
        io.complain(f"failed to execute {shell}: {strerror(error.errno)}")
        return 127 if error.errno == ENOENT else 126


def _environment(old: dict[str, str], target: User, shell: str, *, login: bool) -> dict[str, str]:
    own = {"HOME": target.home, "SHELL": shell}
    if not login:
        # The user's name stays that of whoever calls where the target is root.
        names = {} if target.uid == 0 else {"USER": target.name, "LOGNAME": target.name}
        return old | own | names
    environ = {"TERM": old["TERM"]} if "TERM" in old else {}
    path = _ROOT_PATH if target.uid == 0 else _USER_PATH
    return environ | own | {"USER": target.name, "LOGNAME": target.name, "PATH": path}
