"""make: build what a Makefile describes; in the kernel's build tree, build modules.

More than 400 lines, one idea: one make, from its command line to its recipes.

Source: make(1), GNU make 4.3. Real: 28-kbuild-ok, 29-kbuild-errors.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.kbuild.build import BuildFailed, ModuleBuild, Settings
from vshell.kbuild.makefile import MakeError, Makefile, Rule
from vshell.usr._program import Io, OptionError, getopt, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys

__all__ = ["main"]

_LONG = {
    "always-make": "B",
    "directory=": "C",
    "file=": "f",
    "makefile=": "f",
    "help": "h",
    "jobs=?": "j",
    "keep-going": "k",
    "just-print": "n",
    "dry-run": "n",
    "recon": "n",
    "silent": "s",
    "quiet": "s",
    "version": "v",
    "print-directory": "w",
    "no-print-directory": "W",
    "question": "q",
    "touch": "t",
    "ignore-errors": "i",
}
_USAGE = """\
Usage: make [options] [target] ...
Options:
  -B, --always-make           Unconditionally make all targets.
  -C DIRECTORY, --directory=DIRECTORY
                              Change to DIRECTORY before doing anything.
  -f FILE, --file=FILE, --makefile=FILE
                              Read FILE as a makefile.
  -h, --help                  Print this message and exit.
  -j [N], --jobs[=N]          Allow N jobs at once; infinite jobs with no arg.
  -k, --keep-going            Keep going when some targets can't be made.
  -n, --just-print, --dry-run, --recon
                              Don't actually run any recipe; just print them.
  -s, --silent, --quiet       Don't echo recipes.
  -v, --version               Print the version number of make and exit.
  -w, --print-directory       Print the current directory.
"""
_START_NS = 1_500_000


class _Stop(Exception):
    # make ends; what is to be said has been said.
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@program
def main(io: Io, words: list[str]) -> int:
    """Make targets: ``make [-C DIR] [-f FILE] [-kns] [-j [N]] [NAME=VALUE...] [TARGET...]``."""
    try:
        options, operands = getopt(words, "BC:f:hj::knsvwqti", _LONG)
    except OptionError as error:
        io.complain(str(error))
        io.err(_USAGE)
        return 2
    flags = {letter for letter, _ in options}
    if "h" in flags:
        io.out(_USAGE)
        return 0
    if "v" in flags:
        io.out("GNU Make 4.3\nBuilt for x86_64-pc-linux-gnu\n")
        return 0
    overrides = dict(word.split("=", 1) for word in operands if "=" in word)
    overrides = {name.rstrip(":?+"): value for name, value in overrides.items()}
    targets = [word for word in operands if "=" not in word and not word.isdigit()]
    make = _Make(io, options, overrides)
    try:
        return make.run(targets)
    except _Stop as stop:
        return stop.status


class _Make:
    def __init__(self, io: Io, options: list[tuple[str, str]], overrides: dict[str, str]) -> None:
        self.io = io
        self.sys: Sys = io.sys
        self.flags = {letter for letter, _ in options}
        self.files = [value for letter, value in options if letter == "f"]
        self.directories = [value for letter, value in options if letter == "C"]
        self.environment = io.sys.environ()
        self.level = int(self.environment.get("MAKELEVEL") or "0")
        letters, _, variables = self.environment.get("MAKEFLAGS", "").partition("-- ")
        if not letters.startswith("-"):
            self.flags |= set(letters.split(" ")[0]) & set("kns")
        # What was set on the command line of the make above holds here too.
        inherited = dict(word.split("=", 1) for word in variables.split() if "=" in word)
        self.overrides = inherited | overrides
        self.name = f"make[{self.level}]" if self.level else "make"
        self.made: set[str] = set()
        self.did_something = False

    # -- Saying and failing -----------------------------------------------------------------------

    def stop(self, text: str) -> None:
        self.io.flush()
        prefix = "" if ": *** " in text else f"{self.name}: *** "
        self.io.err(f"{prefix}{text}\n")
        raise _Stop(2)

    # -- Running ----------------------------------------------------------------------------------

    def run(self, targets: list[str]) -> int:
        self.sys.work(_START_NS)
        for directory in self.directories:
            try:
                self.sys.chdir(directory)
            except KernelError as error:
                self.stop(f"{directory}: {strerror(error.errno)}.  Stop.")
        # With -C and in a make called by make, the directory is announced.
        announce = bool(self.directories) or "w" in self.flags
        announce = announce and "W" not in self.flags and "s" not in self.flags
        here = self.sys.getcwd()
        if announce:
            self.io.out(f"{self.name}: Entering directory '{here}'\n")
        try:
            if self.sys.access("scripts/Makefile.build", 0) and "M" in self.overrides:
                self.build_modules(here, targets)
                return 0
            return self.make_targets(targets)
        except _Stop as stop:
            return stop.status
        finally:
            if announce:
                self.io.out(f"{self.name}: Leaving directory '{here}'\n")
            self.io.flush()

    # -- The kernel's build -----------------------------------------------------------------------

    def build_modules(self, tree: str, targets: list[str]) -> None:
        directory = self.overrides["M"]
        if not directory.startswith("/"):
            directory = f"{tree}/{directory}"
        makefile = self.new_makefile()
        makefile.define("KERNELRELEASE", self.read_or("include/config/kernel.release").strip())
        for name in ("Kbuild", "Makefile"):
            text = self.read(f"{directory}/{name}")
            if text is not None:
                makefile.parse(text, f"{directory}/{name}")
                break
        else:
            where = f"{tree}/scripts/Makefile.build:44: {directory}/Makefile"
            self.io.err(f"{where}: No such file or directory\n")
            self.stop(f"No rule to make target '{directory}/Makefile'.  Stop.")
        settings = Settings()
        settings.level = self.level
        settings.silent = "s" in self.flags
        settings.keep_going = "k" in self.flags
        settings.verbose = self.overrides.get("V", "0") not in ("", "0")
        settings.warn = self.overrides.get("W", "") != ""
        build = ModuleBuild(
            _Files(self.io), tree, directory, settings, self.out_now, self.err_now, self.sys.work
        )
        try:
            for target in targets or ["modules"]:
                build.run(target, makefile)
        except BuildFailed:
            raise _Stop(2) from None

    def out_now(self, text: str) -> None:
        self.io.out(text)
        self.io.flush()

    def err_now(self, text: str) -> None:
        if text:
            self.io.flush()
            self.io.err(text)

    # -- Makefiles --------------------------------------------------------------------------------

    def new_makefile(self) -> Makefile:
        makefile = Makefile(self.environment, self.overrides, self.shell, self.read, self.names)
        flags = "".join(sorted(self.flags & set("kns")))
        overrides = " ".join(f"{name}={value}" for name, value in self.overrides.items())
        makefile.say, makefile.warn = self.out_now, self.err_now
        makefile.define("MAKE", "make")
        makefile.define("MAKEFLAGS", f"{flags} -- {overrides}".strip() if overrides else flags)
        makefile.define("CURDIR", self.sys.getcwd())
        makefile.define("MAKELEVEL", str(self.level))
        makefile.define("SHELL", "/bin/sh")
        makefile.define("CC", "cc")
        makefile.define("RM", "rm -f")
        return makefile

    def read(self, path: str) -> str | None:
        try:
            return self.io.read_text(path)
        except KernelError:
            return None

    def read_or(self, path: str) -> str:
        return self.read(path) or ""

    def names(self, path: str) -> list[str]:
        try:
            return self.sys.listdir(path)
        except KernelError:
            return []

    def shell(self, command: str) -> str:
        """Run a command and give its output."""
        reader, writer = self.sys.pipe()

        def child(sys: Sys) -> int:
            sys.dup2(writer, 1)
            sys.close(reader)
            sys.close(writer)
            sys.execve("/bin/sh", ["sh", "-c", command], self.environment)

        pid = self.sys.fork(child)
        self.sys.close(writer)
        data = self.io.read_all(reader)
        self.sys.close(reader)
        self.sys.wait4(pid)
        return data.decode("utf-8", "surrogateescape")

    def make_targets(self, targets: list[str]) -> int:
        makefile = self.new_makefile()
        try:
            self.read_makefiles(makefile, targets)
            if not targets and not makefile.first_target:
                self.stop("No targets.  Stop.")
            failed = False
            for target in targets or [makefile.first_target]:
                self.did_something = False
                ok = self.make(makefile, target, ())
                failed = failed or not ok
                if ok and not self.did_something and "s" not in self.flags:
                    rule = makefile.rules.get(target)
                    nothing = rule is not None and (target in makefile.phony or not rule.recipe)
                    done = (
                        f"Nothing to be done for '{target}'."
                        if nothing
                        else f"'{target}' is up to date."
                    )
                    self.io.out(f"{self.name}: {done}\n")
        except MakeError as error:
            self.err_now(error.before)
            self.stop(str(error))
        return 2 if failed else 0

    def read_makefiles(self, makefile: Makefile, targets: list[str]) -> None:
        for name in self.files:
            text = self.read(name)
            if text is None:
                self.io.err(f"{self.name}: {name}: No such file or directory\n")
                self.stop(f"No rule to make target '{name}'.  Stop.")
            assert text is not None
            makefile.parse(text, name)
        if self.files:
            return
        for name in ("GNUmakefile", "makefile", "Makefile"):
            text = self.read(name)
            if text is not None:
                makefile.parse(text, name)
                return
        if not targets:
            self.stop("No targets specified and no makefile found.  Stop.")

    # -- Targets ----------------------------------------------------------------------------------

    def make(self, makefile: Makefile, target: str, above: tuple[str, ...]) -> bool:
        """Make a target and what it needs; False if that failed and make goes on (-k)."""
        if target in self.made:
            return True
        if target in above:
            self.err_now(f"{self.name}: Circular {above[-1]} <- {target} dependency dropped.\n")
            return True
        rule = makefile.rules.get(target)
        own_ns = self.mtime_ns(target)
        if rule is None:
            rule = self.pattern_rule(makefile, target)
        if rule is None:
            if own_ns is not None:
                return True
            needed = f", needed by '{above[-1]}'" if above else ""
            if "k" in self.flags:
                self.err_now(f"{self.name}: *** No rule to make target '{target}'{needed}.\n")
                return False
            self.stop(f"No rule to make target '{target}'{needed}.  Stop.")
        assert rule is not None
        prerequisites = list(dict.fromkeys(rule.prerequisites))
        for prerequisite in prerequisites:
            if not self.make(makefile, prerequisite, (*above, target)):
                self.err_now(f"{self.name}: Target '{target}' not remade because of errors.\n")
                return False
        self.made.add(target)
        if self.is_stale(makefile, target, own_ns, prerequisites):
            return self.run_recipe(makefile, rule, target, prerequisites, own_ns)
        return True

    def pattern_rule(self, makefile: Makefile, target: str) -> Rule | None:
        for pattern, rule in makefile.rules.items():
            before, percent, after = pattern.partition("%")
            if not percent or not (target.startswith(before) and target.endswith(after)):
                continue
            stem = target[len(before) : len(target) - len(after)]
            made = Rule(
                target, [p.replace("%", stem) for p in rule.prerequisites], rule.file, rule.line
            )
            made.recipe = rule.recipe
            return made
        return None

    def mtime_ns(self, path: str) -> int | None:
        try:
            return self.sys.stat(path).mtime_ns
        except KernelError:
            return None

    def is_stale(
        self, makefile: Makefile, target: str, own_ns: int | None, needs: list[str]
    ) -> bool:
        if own_ns is None or target in makefile.phony or "B" in self.flags:
            return True
        newest = [self.mtime_ns(need) for need in needs]
        return any(one is None or one > own_ns for one in newest)

    def run_recipe(
        self, makefile: Makefile, rule: Rule, target: str, needs: list[str], own_ns: int | None
    ) -> bool:
        newer = [n for n in needs if own_ns is None or (self.mtime_ns(n) or 0) > own_ns]
        local = {
            "@": target,
            "<": needs[0] if needs else "",
            "^": " ".join(needs),
            "?": " ".join(newer),
            "+": " ".join(rule.prerequisites),
            "*": target.rpartition(".")[0],
        }
        for line, text in rule.recipe:
            makefile.position = (rule.file, line)
            command = makefile.expand(text, local)
            for part in command.split("\n") if "\\\n" not in command else [command]:
                if not self.run_line(makefile, rule, line, part, target):
                    return False
        return True

    def run_line(self, makefile: Makefile, rule: Rule, line: int, text: str, target: str) -> bool:
        command = text.lstrip()
        quiet = ignore = always = False
        while command[:1] in ("@", "-", "+") and command:
            quiet |= command[0] == "@"
            ignore |= command[0] == "-"
            always |= command[0] == "+"
            command = command[1:].lstrip()
        if not command:
            return True
        self.did_something = True
        if ("s" not in self.flags and not quiet) or "n" in self.flags:
            self.out_now(command + "\n")
        if "n" in self.flags and not always and "$(MAKE)" not in text:
            return True
        status = self.system(makefile, command)
        if status == 0:
            return True
        place = f"[{rule.file}:{line}: {target}]"
        reason = f"Error {status >> 8}" if not status & 0x7F else _signal_text(status & 0x7F)
        if ignore or "i" in self.flags:
            self.err_now(f"{self.name}: {place} {reason} (ignored)\n")
            return True
        self.err_now(f"{self.name}: *** {place} {reason}\n")
        if "k" in self.flags:
            return False
        raise _Stop(2)

    def system(self, makefile: Makefile, command: str) -> int:
        environment = dict(self.environment)
        environment["MAKELEVEL"] = str(self.level + 1)
        environment["MAKEFLAGS"] = makefile.value("MAKEFLAGS")
        # A make that is called by name in a recipe announces its directory too.
        self.io.flush()

        def child(sys: Sys) -> int:
            sys.execve("/bin/sh", ["sh", "-c", command], environment)

        pid = self.sys.fork(child)
        _, status = self.sys.wait4(pid)
        return status


def _signal_text(signal: int) -> str:
    from vshell.abi.signals import DESCRIPTIONS  # noqa: PLC0415 - only when a command was killed

    return DESCRIPTIONS.get(signal, f"Signal {signal}")


class _Files:
    # The build's access to files, by system calls.
    def __init__(self, io: Io) -> None:
        self._io = io
        self._sys = io.sys

    def read(self, path: str) -> bytes | None:
        try:
            return self._io.read_file(path)
        except KernelError:
            return None

    def write(self, path: str, data: bytes) -> None:
        try:
            self._io.write_file(path, data)
        except KernelError as error:
            self._io.complain(f"*** {path}: {strerror(error.errno)}")
            raise BuildFailed from None

    def mtime_ns(self, path: str) -> int | None:
        try:
            return self._sys.stat(path).mtime_ns
        except KernelError:
            return None

    def remove(self, path: str) -> None:
        try:
            self._sys.unlink(path)
        except KernelError as error:
            self._io.complain(f"*** {path}: {strerror(error.errno)}")
            raise BuildFailed from None

    def names(self, path: str) -> list[str]:
        try:
            return self._sys.listdir(path)
        except KernelError:
            return []
