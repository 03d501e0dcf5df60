"""What the module tools share: kmod's texts and lookups."""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["insert_error", "module_name", "removal_error", "version_text"]

_INSERT_TEXTS = {
    8: "Invalid module format",
    2: "Unknown symbol in module",
    3: "Module has wrong symbol version",
    22: "Invalid parameters",
}


def version_text() -> str:
    """Give what --version prints."""
    return "kmod version 30\n+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL\n"


def insert_error(errno: int) -> str:
    """Give insmod's words for an error of finit_module(2)."""
    return _INSERT_TEXTS.get(errno) or strerror(errno)


def module_name(text: str) -> str:
    """Give the name of the module that a file name or a name with dashes means."""
    base = text.rpartition("/")[2]
    for suffix in (".ko.xz", ".ko.zst", ".ko.gz", ".ko"):
        base = base.removesuffix(suffix)
    return base.replace("-", "_")


def removal_error(io: Io, name: str, error: KernelError) -> str:
    """Write libkmod's own line about a failed removal; give the rest of the tool's."""
    text = strerror(error.errno)
    where = "../libkmod/libkmod-module.c:856 kmod_module_remove_module()"
    io.complain(f"ERROR: {where} could not remove '{name}': {text}")
    return f"could not remove module {name}: {text}"
