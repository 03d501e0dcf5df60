"""modpost: checks a build's objects and completes .modinfo.

The objects are checked against each other and the kernel.

Source: scripts/mod/modpost.c (v6.1). Real: 28-kbuild-ok, 29-kbuild-errors.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.abi.ko import KoFile
    from vshell.kbuild.headers import Headers

__all__ = ["ModpostResult", "Symvers", "mod_c_text", "modpost", "srcversion"]

_GPL = (
    "GPL",
    "GPL v2",
    "GPL and additional rights",
    "Dual BSD/GPL",
    "Dual MIT/GPL",
    "Dual MPL/GPL",
)


class Symvers:
    """A Module.symvers: which symbol is exported by which module.

    One line per symbol: checksum, name, module, kind of export, namespace, separated by tabs.
    """

    def __init__(self, text: str = "") -> None:
        """Read the text of a file."""
        self.symbols: dict[str, tuple[int, str, str]] = {}
        for line in text.splitlines():
            fields = line.split("\t")
            if len(fields) >= 4:
                self.symbols[fields[1]] = (int(fields[0], 16), fields[2], fields[3])

    def text(self) -> str:
        """Write it."""
        return "".join(
            f"{crc:#010x}\t{name}\t{module}\t{kind}\t\n"
            for name, (crc, module, kind) in self.symbols.items()
        )


class ModpostResult:
    """Messages, whether the build may go on, and the new Module.symvers."""

    def __init__(self) -> None:
        """Start clean."""
        self.messages: list[str] = []
        self.failed = False
        self.symvers = Symvers()
        self.depends: dict[str, list[str]] = {}


def modpost(
    objects: dict[str, KoFile],
    headers: Headers,
    extra: Symvers,
    version: tuple[int, int] = (6, 1),
    *,
    warn: bool = False,
) -> ModpostResult:
    """Check the objects of a build.

    Args:
        objects: path without suffix ("/home/u/m/hello") to linked object, in the order of obj-m.
        headers: of the kernel.
        extra: symbols of other modules that were named to the build.
        version: the kernel's, such as (6, 7).
        warn: whether to warn of more, as W=1 asks.

    Returns:
        The result; depends holds for each path the names of the modules it needs.
    """
    result = ModpostResult()
    for path, ko in objects.items():
        for name, crc, kind in ko.exports:
            result.symvers.symbols[name] = (crc, path, kind)
    for path, ko in objects.items():
        _check_one(path, ko, headers, extra, result)
        # Linux: since 6.7 with W=1.
        if warn and version >= (6, 7) and ko.info("description") is None:
            text = f"WARNING: modpost: missing MODULE_DESCRIPTION() in {path}.o"
            result.messages.append(text)
        result.messages += _mismatches(path, ko, version)
    return result


# Code of a section that is given back after init, or left out, must not be referred to from others.
def _mismatches(path: str, ko: KoFile, version: tuple[int, int]) -> list[str]:
    sections = {function.name: function.section for function in ko.functions}
    messages = []
    for caller, name, offset, always in ko.mismatches:
        section, shown = sections[caller], caller
        where = f"{path}.o"
        if version >= (6, 4):
            # Linux: since 6.5 modpost tells the offset; since 6.4 __init is not __cold to gcc 12.
            shown, where = f"{caller}+{offset:#x}", path
        elif always and section == ".text":
            # Who calls cold code whenever it runs is cold itself.
            section = ".text.unlikely"
        messages.append(
            f"WARNING: modpost: {where}: section mismatch in reference: "
            f"{shown} (section: {section}) -> {name} (section: {sections[name]})"
        )
    return messages


def _check_one(
    path: str, ko: KoFile, headers: Headers, extra: Symvers, result: ModpostResult
) -> None:
    license_ = ko.info("license")
    name = path.rpartition("/")[2]
    if license_ is None:
        result.failed = True
        result.messages.append(f"ERROR: modpost: missing MODULE_LICENSE() in {path}.o")
    own = {exported for exported, _, _ in ko.exports} | {function.name for function in ko.functions}
    depends: list[str] = []
    undefined = []
    for symbol in ko.externs:
        if symbol in own:
            continue
        where = result.symvers.symbols.get(symbol) or extra.symbols.get(symbol)
        if where is None:
            undefined.append(symbol)
            continue
        provider = where[1].rpartition("/")[2]
        if provider not in depends:
            depends.append(provider)
        if where[2].endswith("_GPL"):
            _check_gpl(name, license_, symbol, result)
    for header, symbol, _ in ko.imports:
        found = headers.get("linux/" + header.replace(".", "/") + ".h")
        declaration = found.declarations.get(symbol) if found is not None else None
        if declaration is None or (declaration.kind == "function" and not declaration.export):
            undefined.append(symbol)
        elif declaration.export.endswith("_GPL"):
            _check_gpl(name, license_, symbol, result)
    for symbol in undefined:
        result.failed = True
        result.messages.append(f'ERROR: modpost: "{symbol}" [{path}.ko] undefined!')
    result.depends[path] = depends


def _check_gpl(name: str, license_: str | None, symbol: str, result: ModpostResult) -> None:
    if license_ is not None and license_ not in _GPL:
        result.failed = True
        text = f"GPL-incompatible module {name}.ko uses GPL-only symbol '{symbol}'"
        result.messages.append(f"ERROR: modpost: {text}")


def srcversion(source: str) -> str:
    """Give a module's srcversion: 23 hexadecimal digits, as modpost does.

    They change with the source, not with its layout or comments.
    """
    from zlib import crc32  # noqa: PLC0415 - only modules with a version need it

    squeezed = " ".join(line.split("#")[0].strip() for line in source.splitlines()).encode()
    words = (crc32(squeezed), crc32(squeezed, 0x5EED), crc32(squeezed, 0xC0DE))
    return "".join(f"{word:08X}" for word in words)[:23]


def mod_c_text(imported: list[tuple[str, int]], depends: list[str], srcver: str | None) -> str:
    """Write a module's .mod.c, the source of what the kernel build adds to it.

    Args:
        imported: names of the kernel's symbols it uses, with their checksums.
        depends: names of the modules it needs.
        srcver: its srcversion, None if it has none.
    """
    versions = "".join(f'\t{{ {crc:#010x}, "{name}" }},\n' for name, crc in imported)
    text = f"""#include <linux/module.h>
#define INCLUDE_VERMAGIC
#include <linux/build-salt.h>
#include <linux/elfnote-lto.h>
#include <linux/export-internal.h>
#include <linux/vermagic.h>
#include <linux/compiler.h>

BUILD_SALT;
BUILD_LTO_INFO;

MODULE_INFO(vermagic, VERMAGIC_STRING);
MODULE_INFO(name, KBUILD_MODNAME);

__visible struct module __this_module
__section(".gnu.linkonce.this_module") = {{
	.name = KBUILD_MODNAME,
	.init = init_module,
#ifdef CONFIG_MODULE_UNLOAD
	.exit = cleanup_module,
#endif
	.arch = MODULE_ARCH_INIT,
}};

#ifdef CONFIG_RETPOLINE
MODULE_INFO(retpoline, "Y");
#endif


static const struct modversion_info ____versions[]
__used __section("__versions") = {{
{versions}}};

MODULE_INFO(depends, "{",".join(depends)}");

"""
    if srcver is not None:
        text += f'\nMODULE_INFO(srcversion, "{srcver}");\n'
    return text
