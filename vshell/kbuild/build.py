"""The kernel build for external modules.

What ``make -C /lib/modules/REL/build M=DIR`` does.

Every output line, the order of the steps, the files left behind and what is rebuilt
when are the kernel build's.

Real: 28-kbuild-ok, 29-kbuild-errors.

More than 400 lines, one idea: a build is one sequence of steps.
"""

from __future__ import annotations

from zlib import crc32

from vshell.abi.ko import KoError, KoFile
from vshell.kbuild.compile import compile_source
from vshell.kbuild.headers import Headers
from vshell.kbuild.modpost import ModpostResult, Symvers, mod_c_text, modpost, srcversion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Protocol

    from vshell.kbuild.makefile import Makefile

    class Files(Protocol):
        """How the build reaches files; paths are absolute."""

        def read(self, path: str) -> bytes | None:
            """Give a file's contents, None if there is none."""
            ...

        def write(self, path: str, data: bytes) -> None:
            """Make or replace a file."""
            ...

        def mtime_ns(self, path: str) -> int | None:
            """Give a file's time, None if there is none."""
            ...

        def remove(self, path: str) -> None:
            """Remove a file."""
            ...

        def names(self, path: str) -> list[str]:
            """List a directory."""
            ...


__all__ = ["BuildFailed", "ModuleBuild", "Settings"]

# Where in the kernel's own Makefiles a failing command stands: compile,
# directory, modpost, modpost's caller.
_LINES = {(6, 1): (255, 2065, 127, 2017), (6, 7): (243, 1913, 145, 1863)}
_START_NS = 90_000_000
_COMPILE_NS = 160_000_000
_MODPOST_NS = 50_000_000
_LINK_NS = 20_000_000
_BTF_NS = 10_000_000


class BuildFailed(Exception):
    """The build has failed and said why; make ends with status 2."""


class Settings:
    """How make was called."""

    __slots__ = ("keep_going", "level", "path_of_make", "silent", "verbose", "warn")

    def __init__(self) -> None:
        """Take make's defaults."""
        self.level = 0
        self.silent = False
        self.keep_going = False
        self.verbose = False
        self.warn = False


class ModuleBuild:
    """One run of the kernel build over one directory of modules."""

    def __init__(
        self,
        files: Files,
        tree: str,
        directory: str,
        settings: Settings,
        out: Callable[[str], None],
        err: Callable[[str], None],
        work: Callable[[int], None],
    ) -> None:
        """Prepare a build.

        Args:
            files: access to files.
            tree: the kernel's build tree.
            directory: of the modules (M=).
            settings: make's options.
            out: takes standard output.
            err: takes standard error.
            work: spends virtual CPU time, nanoseconds.
        """
        self._files = files
        self._tree = tree
        self._dir = directory.rstrip("/")
        self._settings = settings
        self._out = out
        self._err = err
        self._work = work
        self._common = self._common_tree()
        self._config = self._read_config()
        self._release = self._text(f"{tree}/include/config/kernel.release").strip()
        self._headers = Headers(self._read_header)
        self._lines = _LINES[(6, 1)] if self._release.startswith("6.1.") else _LINES[(6, 7)]

    # -- The build tree ---------------------------------------------------------------------------

    def _text(self, path: str) -> str:
        data = self._files.read(path)
        return "" if data is None else data.decode("utf-8", "surrogateescape")

    def _common_tree(self) -> str:
        for line in self._text(f"{self._tree}/Makefile").splitlines():
            if line.startswith("include ") and line.endswith("/Makefile"):
                return line[len("include ") : -len("/Makefile")]
        return self._tree

    def _read_header(self, name: str) -> str | None:
        data = self._files.read(f"{self._common}/include/{name}")
        return None if data is None else data.decode()

    def _read_config(self) -> dict[str, str]:
        config = {}
        for line in self._text(f"{self._tree}/include/config/auto.conf").splitlines():
            name, equals, value = line.partition("=")
            if equals:
                config[name] = value.strip('"')
        return config

    # -- Messages ---------------------------------------------------------------------------------

    def _step(self, what: str, path: str) -> None:
        if self._settings.silent:
            return
        if not self._settings.verbose:
            self._out(f"  {what:<7s} {path}\n")
            return
        name = path.rpartition("/")[2].removesuffix(".o").removesuffix(".mod")
        source = path[:-2] + (".c" if path.endswith(".mod.o") else ".py")
        compiler = f"gcc -nostdinc -I{self._common}/include -D__KERNEL__ -DMODULE"
        compiler += f" -DKBUILD_MODNAME='\"{name}\"'"
        commands = {
            "CC [M]": [f"{compiler} -c -o {path} {source}"],
            "LD [M]": [f"ld -r -m elf_x86_64 -o {path}"],
            "MODPOST": [f"scripts/mod/modpost -m -o {path}"],
            "CLEAN": [f"rm -f {path}"],
        }
        if not path.endswith(".mod.o"):
            # Its exported symbols' checksums, from the preprocessed source.
            symbols = f"{compiler} -E -D__GENKSYMS__ {source} | scripts/genksyms/genksyms"
            commands["CC [M]"].append(
                f"if nm {path} | grep -q __export_symbol_; then {symbols}; fi"
            )
        for command in commands.get(what, [f"{what.split(maxsplit=1)[0].lower()} {path}"]):
            self._out(f"  {command}\n")

    def _make(self, deeper: int = 0) -> str:
        level = self._settings.level + deeper
        return f"make[{level}]" if level else "make"

    def _stop(self, where: str, target: str, code: int, deeper: int) -> None:
        self._err(f"{self._make(deeper)}: *** [{where}: {target}] Error {code}\n")

    def _compiler_check(self) -> None:
        built = self._config.get("CONFIG_CC_VERSION_TEXT", "")
        using = self._config.get("CC_VERSION_TEXT", built)
        if built != using:
            self._err("warning: the compiler differs from the one used to build the kernel\n")
            self._err(f"  The kernel was built by: {built}\n")
            self._err(f"  You are using:           {using}\n")

    # -- Targets ----------------------------------------------------------------------------------

    def run(self, target: str, makefile: Makefile) -> None:
        """Build a target: modules, clean, help, modules_install, or NAME.ko.

        Args:
            target: of the kernel's Makefile.
            makefile: the directory's Makefile, read with KERNELRELEASE set.

        Raises:
            BuildFailed: it has said why.
        """
        self._work(_START_NS)
        if target == "clean":
            self._clean()
        elif target == "help":
            self._help()
        elif target in ("modules", "all", ""):
            self._build(makefile, None)
        elif target.endswith(".ko"):
            self._build(makefile, target[:-3])
        elif target == "modules_install":
            self._install(makefile)
        else:
            self._err(f"{self._make()}: *** No rule to make target '{target}'.  Stop.\n")
            raise BuildFailed

    def _help(self) -> None:
        self._out(
            "  Building external modules.\n  Syntax: make -C path/to/kernel/src M=$PWD target\n\n"
        )
        self._out("  modules         - default target, build the module(s)\n")
        self._out("  modules_install - install the module\n")
        self._out("  clean           - remove generated files in module directory only\n")
        self._out("  rust-analyzer\t  - generate rust-project.json rust-analyzer support file\n\n")

    def _clean(self) -> None:
        found = False
        for name in sorted(self._files.names(self._dir)):
            generated = name.endswith((".ko", ".mod", ".mod.c", ".o")) or (
                name.startswith(".") and name.endswith(".cmd")
            )
            if generated or name in ("modules.order", "Module.symvers"):
                self._files.remove(f"{self._dir}/{name}")
                found = True
        if found:
            self._step("CLEAN", f"{self._dir}/Module.symvers")

    def _install(self, makefile: Makefile) -> None:
        for module in self._modules(makefile):
            target = f"/lib/modules/{self._release}/updates/{module}.ko"
            data = self._files.read(f"{self._dir}/{module}.ko")
            if data is not None:
                self._step("INSTALL", target)
                self._files.write(target, data)
        self._step("DEPMOD", f"/lib/modules/{self._release}")

    # -- Building ---------------------------------------------------------------------------------

    def _modules(self, makefile: Makefile) -> list[str]:
        names = []
        for word in makefile.value("obj-m").split():
            name = word.removesuffix(".o")
            if name not in names:
                names.append(name)
        return names

    def _build(self, makefile: Makefile, only: str | None) -> None:
        self._compiler_check()
        words = makefile.value("obj-m").split()
        self._check_words(words)
        modules = [only] if only is not None else self._modules(makefile)
        failed = False
        for module in modules:
            parts = (makefile.value(f"{module}-objs") + " " + makefile.value(f"{module}-y")).split()
            failed |= not self._build_object(module, [part.removesuffix(".o") for part in parts])
            if failed and not self._settings.keep_going:
                break
        if failed:
            if self._settings.keep_going:
                self._err(f"{self._make(1)}: Target '{self._dir}/' not remade because of errors.\n")
            self._directory_failed()
        self._write(f"{self._dir}/modules.order", "".join(f"{self._dir}/{m}.ko\n" for m in modules))
        self._write_cmd("modules.order")
        self._finish(modules, makefile)

    def _check_words(self, words: list[str]) -> None:
        for word in words:
            path = f"{self._dir}/{word}"
            if word.endswith(".o"):
                continue
            if self._files.read(path) is None:
                needed = f"needed by '{self._dir}/modules.order'.  Stop."
                self._err(f"{self._make(1)}: *** No rule to make target '{path}', {needed}\n")
                self._directory_failed()
            self._step("MODPOST", f"{self._dir}/Module.symvers")
            self._err("Error: not ELF\n")
            self._modpost_failed()

    def _directory_failed(self) -> None:
        self._stop(f"{self._common}/Makefile:{self._lines[1]}", self._dir, 2, 0)
        if self._settings.keep_going:
            self._err(f"{self._make()}: Target 'modules' not remade because of errors.\n")
        raise BuildFailed

    def _modpost_failed(self) -> None:
        where = f"{self._common}/scripts/Makefile.modpost:{self._lines[2]}"
        self._stop(where, f"{self._dir}/Module.symvers", 1, 1)
        self._stop(f"{self._common}/Makefile:{self._lines[3]}", "modpost", 2, 0)
        raise BuildFailed

    # Compile a module's source, or all of its parts and link them. False if that failed.
    def _build_object(self, module: str, parts: list[str]) -> bool:
        linked = f"{self._dir}/{module}.o"
        if not parts:
            return self._compile(module, module)
        for part in parts:
            if not self._compile(part, module):
                return False
        newest = max(self._files.mtime_ns(f"{self._dir}/{part}.o") or 0 for part in parts)
        if (self._files.mtime_ns(linked) or -1) < newest:
            self._step("LD [M]", linked)
            self._work(_LINK_NS)
            self._files.write(linked, _link([self._object(part) for part in parts]).to_bytes())
            self._write_cmd(f"{module}.o")
        self._write_if_new(
            f"{self._dir}/{module}.mod", "".join(f"{self._dir}/{p}.o\n" for p in parts)
        )
        self._write_cmd(f"{module}.mod")
        return True

    def _compile(self, name: str, modname: str) -> bool:
        source = f"{self._dir}/{name}.py"
        target = f"{self._dir}/{name}.o"
        source_ns = self._files.mtime_ns(source)
        if source_ns is None:
            needed = f"needed by '{self._dir}/'.  Stop."
            self._err(f"{self._make(1)}: *** No rule to make target '{target}', {needed}\n")
            return False
        built_ns = self._files.mtime_ns(target)
        fresh = built_ns is not None and built_ns >= source_ns and self._is_own(target)
        command = "gcc -Wmissing-prototypes" if self._settings.warn else "gcc"
        if fresh and self._text(self._cmd_path(f"{name}.o")) == self._cmd_text(
            f"{name}.o", command
        ):
            return True
        self._step("CC [M]", target)
        self._work(_COMPILE_NS)
        result = compile_source(
            self._text(source), source, modname, self._headers, warn=self._settings.warn
        )
        self._err(result.messages.replace("\ninclude/linux/", f"\n{self._common}/include/linux/"))
        if result.object is None:
            self._stop(f"{self._common}/scripts/Makefile.build:{self._lines[0]}", target, 1, 1)
            return False
        self._files.write(target, result.object.to_bytes())
        self._write_cmd(f"{name}.o", command)
        if name == modname:
            self._write_if_new(f"{self._dir}/{name}.mod", f"{target}\n")
            self._write_cmd(f"{name}.mod")
        return True

    # Whether an object is this Python's: what another one has compiled is made anew.
    def _is_own(self, path: str) -> bool:
        try:
            return KoFile.from_bytes(self._files.read(path) or b"").comment == KoFile().comment
        except KoError:
            return True

    def _object(self, name: str) -> KoFile:
        try:
            return KoFile.from_bytes(self._files.read(f"{self._dir}/{name}.o") or b"")
        except KoError:
            self._err("Error: not ELF\n")
            self._modpost_failed()
            raise BuildFailed from None

    # -- modpost and linking ----------------------------------------------------------------------

    def _finish(self, modules: list[str], makefile: Makefile) -> None:
        objects = {f"{self._dir}/{module}": self._object(module) for module in modules}
        symvers_path = f"{self._dir}/Module.symvers"
        symvers_ns = self._files.mtime_ns(symvers_path)
        newest = max((self._files.mtime_ns(f"{path}.o") or 0 for path in objects), default=0)
        missing = any(self._files.mtime_ns(f"{path}.mod.c") is None for path in objects)
        extra = self._extra_symvers(makefile)
        result = modpost(objects, self._headers, extra, self._version(), warn=self._settings.warn)
        exported = Symvers()
        exported.symbols = extra.symbols | result.symvers.symbols
        if symvers_ns is None or symvers_ns < newest or missing or not objects:
            self._step("MODPOST", symvers_path)
            self._work(_MODPOST_NS)
            for message in result.messages:
                self._err(message + "\n")
            if result.failed:
                self._modpost_failed()
            self._write(symvers_path, result.symvers.text())
            self._write_cmd("Module.symvers")
            for path, ko in objects.items():
                text = mod_c_text(
                    self._versions(ko, exported), result.depends[path], self._srcversion(path, ko)
                )
                self._write_if_new(f"{path}.mod.c", text)
        for path in sorted(objects):
            self._link_module(path, objects[path], result)

    def _version(self) -> tuple[int, int]:
        major, minor = self._release.split("-")[0].split(".")[:2]
        return int(major), int(minor)

    def _extra_symvers(self, makefile: Makefile) -> Symvers:
        extra = Symvers()
        for path in makefile.value("KBUILD_EXTRA_SYMBOLS").split():
            extra.symbols |= Symvers(self._text(path)).symbols
        return extra

    # The checksum of each symbol: another module's is in its Module.symvers, one that a header
    # declares is that of its text, any other's that of its name.
    def _versions(self, ko: KoFile, exported: Symvers) -> list[tuple[str, int]]:
        texts = {}
        for header, name, _ in ko.imports:
            declared = self._headers.get("linux/" + header.replace(".", "/") + ".h")
            declaration = declared.declarations.get(name) if declared is not None else None
            if declaration is not None:
                texts[name] = declaration.text
        found = []
        for name in ko.undefined:
            known = exported.symbols.get(name)
            crc = known[0] if known is not None else crc32(texts.get(name, name).encode())
            found.append((name, crc))
        return [*found, ("module_layout", crc32(self._release.encode()))]

    def _srcversion(self, path: str, ko: KoFile) -> str | None:
        wanted = (
            ko.info("version") is not None
            or self._config.get("CONFIG_MODULE_SRCVERSION_ALL") == "y"
        )
        return srcversion(self._text(f"{path}.py")) if wanted else None

    def _link_module(self, path: str, ko: KoFile, result: ModpostResult) -> None:
        mod_c_ns = self._files.mtime_ns(f"{path}.mod.c") or 0
        mod_o = f"{path}.mod.o"
        if (self._files.mtime_ns(mod_o) or -1) < mod_c_ns:
            self._step("CC [M]", mod_o)
            self._work(_COMPILE_NS // 2)
            self._files.write(mod_o, KoFile().to_bytes())
            self._write_cmd(f"{path.rpartition('/')[2]}.mod.o")
        target = f"{path}.ko"
        newest = max(self._files.mtime_ns(f"{path}.o") or 0, self._files.mtime_ns(mod_o) or 0)
        if (self._files.mtime_ns(target) or -1) >= newest:
            return
        self._step("LD [M]", target)
        self._work(_LINK_NS)
        name = path.rpartition("/")[2].replace("-", "_")
        source_version = self._srcversion(path, ko)
        ko.modinfo += [("srcversion", source_version)] if source_version is not None else []
        ko.modinfo += [
            ("depends", ",".join(result.depends[path])),
            ("retpoline", "Y"),
            ("name", name),
        ]
        ko.modinfo.append(("vermagic", f"{self._release} {self._config.get('VERMAGIC_FLAGS', '')}"))
        self._files.write(target, ko.to_bytes())
        self._write_cmd(f"{path.rpartition('/')[2]}.ko")
        self._step("BTF [M]", target)
        self._work(_BTF_NS)
        if self._files.mtime_ns(f"{self._tree}/vmlinux") is None:
            self._err(f"Skipping BTF generation for {target} due to unavailability of vmlinux\n")

    # -- Files ------------------------------------------------------------------------------------

    def _write(self, path: str, text: str) -> None:
        self._files.write(path, text.encode("utf-8", "surrogateescape"))

    def _write_if_new(self, path: str, text: str) -> None:
        if self._files.read(path) != text.encode("utf-8", "surrogateescape"):
            self._write(path, text)

    def _cmd_path(self, name: str) -> str:
        return f"{self._dir}/.{name}.cmd"

    def _cmd_text(self, name: str, command: str) -> str:
        return f"cmd_{self._dir}/{name} := {command} {name}\n"

    # The kernel build keeps the command that made each file: another one makes it anew.
    def _write_cmd(self, name: str, command: str = "vshell") -> None:
        self._write_if_new(self._cmd_path(name), self._cmd_text(name, command))


# ld -r: the parts of a module become one object.
def _link(parts: list[KoFile]) -> KoFile:
    import marshal  # noqa: PLC0415 - composite modules are rare

    whole = KoFile()
    codes: tuple[CodeType, ...] = ()
    for part in parts:
        codes += marshal.loads(part.code)  # noqa: S302 - made by this build a moment ago
        whole.modinfo = part.modinfo + whole.modinfo
        whole.imports += [one for one in part.imports if one not in whole.imports]
        whole.externs += [one for one in part.externs if one not in whole.externs]
        whole.undefined += [one for one in part.undefined if one not in whole.undefined]
        whole.exports += part.exports
        whole.functions += part.functions
        whole.mismatches += part.mismatches
        whole.debug += part.debug
        whole.source = whole.source or part.source
    whole.code = marshal.dumps(codes)
    own = {function.name for function in whole.functions}
    whole.externs = [name for name in whole.externs if name not in own]
    whole.undefined = [name for name in whole.undefined if name not in own]
    return whole
