"""sysctl: show and set the kernel's tunables.

Source: sysctl(8), procps 4.0.2
"""

from __future__ import annotations

from vshell.abi.errno import EACCES, EINVAL, EPERM, KernelError, strerror
from vshell.usr._options import Options
from vshell.usr._program import Io, OptionError, getopt, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

_USAGE = """
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, --all            display all variables
  -A                   alias of -a
  -X                   alias of -a
      --deprecated     include deprecated parameters to listing
      --dry-run        Print the key and values but do not write
  -b, --binary         print value without new line
  -e, --ignore         ignore unknown variables errors
  -N, --names          print variable names without values
  -n, --values         print only values of the given variable(s)
  -p, --load[=<file>]  read values from file
  -f                   alias of -p
      --system         read values from all system directories
  -r, --pattern <expression>
                       select setting that match expression
  -q, --quiet          do not echo variable set
  -w, --write          enable writing a value to variable
  -o                   does nothing
  -x                   does nothing
  -d                   alias of -h

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see sysctl(8).
"""
_LONG = {
    "all": "a",
    "binary": "b",
    "dry-run": "dry-run",
    "deprecated": "deprecated",
    "ignore": "e",
    "load=?": "p",
    "names": "N",
    "pattern=": "r",
    "quiet": "q",
    "system": "system",
    "values": "n",
    "write": "w",
    "help": "h",
    "version": "V",
}
_ROOT = "/proc/sys"
_S_IFMT, _S_IFDIR, _S_IRUSR, _S_IWUSR = 0o170000, 0o040000, 0o400, 0o200


@program
def main(io: Io, words: list[str]) -> int:
    """Show and set tunables: ``sysctl [-abeNnqw] [-r PATTERN] [-p [FILE]] [KEY[=VALUE]...]``."""
    try:
        items, operands = getopt(words, "bneNwfp::qoxaAXr:VdhX", _LONG)
    except OptionError as error:
        # The usage is what was asked for, so to speak: no failure.
        io.complain(str(error))
        io.out(_USAGE)
        return 0
    options = Options(items, operands)
    if options.has("h", "d"):
        io.out(_USAGE)
        return 0
    if options.has("V"):
        io.out("sysctl from procps-ng 4.0.2\n")
        return 0
    return _Sysctl(io, options).run()


class _Sysctl:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.options = options
        self.failures = 0
        self.pattern = None
        if options.has("r"):
            from vshell.usr._regex import compile_posix  # noqa: PLC0415 - with -r only

            self.pattern = compile_posix(options.value("r"), extended=True)

    def run(self) -> int:
        options = self.options
        if options.has("system"):
            self.load_system()
        elif options.has("p", "f"):
            names = [value for value in options.values("p") if value] + options.operands
            for name in names or ["/etc/sysctl.conf"]:
                self.load(name)
        elif options.has("a", "A", "X"):
            self.show_all(_ROOT)
        elif not options.operands:
            if not options.items:
                self.io.err(_USAGE)
                return 1
            self.io.complain("no variables specified")
            self.io.err("Try `sysctl --help' for more information.\n")
            return 1
        for word in [] if options.has("p", "f") else options.operands:
            self.one(word)
        return self.failures

    def one(self, word: str) -> None:
        key, equals, value = word.partition("=")
        if equals:
            self.set(key, value)
        elif self.options.has("w"):
            self.io.complain("command line(0): invalid syntax, continuing...")
            self.failures += 1
        else:
            self.show(key)

    # -- Showing ----------------------------------------------------------------------------------

    def show_all(self, folder: str) -> None:
        for name in sorted(self.io.sys.listdir(folder)):
            path = f"{folder}/{name}"
            mode = self.io.sys.stat(path).mode
            if mode & _S_IFMT == _S_IFDIR:
                self.show_all(path)
            elif mode & _S_IRUSR:
                self.show(_key(path))

    def show(self, word: str) -> None:
        path = _path(word)
        key = _key(path)
        try:
            mode = self.io.sys.stat(path).mode
        except KernelError as error:
            self.missing(path, error)
            return
        if mode & _S_IFMT == _S_IFDIR:
            self.show_all(path)
            return
        if self.pattern is not None and self.pattern.search(key) is None:
            return
        if self.options.has("N"):
            self.io.out(key + "\n")
            return
        try:
            text = self.io.read_text(path)
        except KernelError as error:
            if error.errno in (EACCES, EPERM):
                self.io.complain(f"permission denied on key '{key}'")
            else:
                self.io.complain(f'reading key "{key}": {strerror(error.errno)}')
            self.failures += 1
            return
        for line in text.splitlines():
            self.print(key, line)

    def print(self, key: str, value: str) -> None:
        if self.options.has("b"):
            self.io.out(value)
        elif self.options.has("n"):
            self.io.out(value + "\n")
        else:
            self.io.out(f"{key} = {value}\n")

    def missing(self, path: str, error: KernelError) -> None:
        if not self.options.has("e"):
            self.io.complain(f"cannot stat {path}: {strerror(error.errno)}")
            self.failures += 1

    # -- Setting ----------------------------------------------------------------------------------

    def set(self, word: str, value: str, *, quietly: bool = False) -> None:
        path = _path(word.strip())
        key = _key(path)
        value = value.strip()
        if value[:1] in ("'", '"') and value[-1:] == value[:1]:
            value = value[1:-1]
        try:
            mode = self.io.sys.stat(path).mode
        except KernelError as error:
            if not quietly:
                self.missing(path, error)
            return
        refused = self.write(path, value) if mode & _S_IWUSR else EINVAL
        if refused:
            if refused in (EACCES, EPERM):
                self.io.complain(f'permission denied on key "{key}"')
            else:
                self.io.complain(f'setting key "{key}": {strerror(refused)}')
            self.failures += bool(mode & _S_IWUSR and not quietly)
            return
        if not self.options.has("q"):
            self.print(key, value)

    # Gives 0 or the errno.
    def write(self, path: str, value: str) -> int:
        if self.options.has("dry-run"):
            return 0
        try:
            self.io.write_file(path, (value + "\n").encode())
        except KernelError as error:
            return error.errno
        return 0

    def load(self, name: str) -> None:
        try:
            text = self.io.read_text(name)
        except KernelError as error:
            self.io.complain(f'cannot open "{name}": {strerror(error.errno)}')
            self.failures += 1
            return
        for number, line in _settings(text):
            key, equals, value = line.partition("=")
            if not equals:
                self.io.complain(f"{name}({number}): invalid syntax, continuing...")
            else:
                self.set(key.removeprefix("-"), value, quietly=key.startswith("-"))

    def load_system(self) -> None:
        found: dict[str, str] = {}
        for folder in (
            "/usr/lib/sysctl.d",
            "/usr/local/lib/sysctl.d",
            "/run/sysctl.d",
            "/etc/sysctl.d",
        ):
            try:
                names = self.io.sys.listdir(folder)
            except KernelError:
                continue
            found |= {name: f"{folder}/{name}" for name in names if name.endswith(".conf")}
        paths = [found[name] for name in sorted(found)]
        for path in [*paths, "/etc/sysctl.conf"]:
            if self.io.sys.access(path, 0):
                self.io.out(f"* Applying {path} ...\n")
                self.load(path)


def _settings(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and stripped[0] not in "#;":
            yield number, stripped


# "kernel.printk" and "kernel/printk"; what comes first separates, the other one is part of a name.
def _path(word: str) -> str:
    dot, slash = word.find("."), word.find("/")
    if dot >= 0 and (slash < 0 or dot < slash):
        word = word.translate({ord("."): "/", ord("/"): "."})
    return f"{_ROOT}/{word}"


def _key(path: str) -> str:
    return path.removeprefix(_ROOT + "/").translate({ord("."): "/", ord("/"): "."})
