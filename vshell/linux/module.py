"""What a module says of itself, and references to modules.

Header: include/linux/module.h. Initialisation, the MODULE_ facts and reference counts are mirrored;
symbol lookup by name is not.
"""

from __future__ import annotations

from vshell.abi import state as _st
from vshell.abi.mirror import exported, macro
from vshell.linux.export import THIS_MODULE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel
    from vshell.kernel.module import Module

    kernel: Kernel

__all__ = [
    "KBUILD_MODNAME",
    "MODULE_ALIAS",
    "MODULE_AUTHOR",
    "MODULE_DESCRIPTION",
    "MODULE_INFO",
    "MODULE_LICENSE",
    "MODULE_SOFTDEP",
    "MODULE_VERSION",
    "THIS_MODULE",
    "module_exit",
    "module_init",
    "module_put",
    "module_refcount",
    "try_module_get",
]

KBUILD_MODNAME: str = ""
"""The module's name; ``make`` puts it in."""


@macro()
def module_init(initfn: Callable[[], Any]) -> None:
    """Name the function that runs when the module is loaded.

    C: #define module_init(initfn)

    Args:
        initfn: returns 0, or a negative errno to refuse the load.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/module.h (v6.1)
    """
    kernel.modules.calling().init = initfn


@macro()
def module_exit(exitfn: Callable[[], Any]) -> None:
    """Name the function that runs when the module is unloaded.

    C: #define module_exit(exitfn)

    Args:
        exitfn: returns nothing.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/module.h (v6.1)
    """
    kernel.modules.calling().exit = exitfn


@macro()
def MODULE_LICENSE(_license: str) -> None:
    """Name the licence; without one the module cannot be built.

    C: #define MODULE_LICENSE(_license)

    Args:
        _license: "GPL", "GPL v2", "Dual MIT/GPL", ... or "Proprietary".

    Returns:
        Nothing.

    Context:
        Top level of a module; read by make, kept in .modinfo.

    Source:
        include/linux/module.h (v6.1)
    """


@macro()
def MODULE_AUTHOR(_author: str) -> None:
    """Name an author; may be repeated.

    C: #define MODULE_AUTHOR(_author)

    Args:
        _author: usually "Name <address>".

    Returns:
        Nothing.

    Context:
        Top level of a module; read by make, kept in .modinfo.

    Source:
        include/linux/module.h (v6.1)
    """


@macro()
def MODULE_DESCRIPTION(_description: str) -> None:
    """Say what the module is for.

    C: #define MODULE_DESCRIPTION(_description)

    Args:
        _description: one line.

    Returns:
        Nothing.

    Context:
        Top level of a module; read by make, kept in .modinfo.

    Source:
        include/linux/module.h (v6.1)
    """


@macro()
def MODULE_VERSION(_version: str) -> None:
    """Give the module's version.

    C: #define MODULE_VERSION(_version)

    Args:
        _version: any text.

    Returns:
        Nothing.

    Context:
        Top level of a module; read by make, kept in .modinfo.

    Source:
        include/linux/module.h (v6.1)
    """


@macro()
def MODULE_ALIAS(_alias: str) -> None:
    """Give another name under which modprobe finds the module.

    C: #define MODULE_ALIAS(_alias)

    Args:
        _alias: the name.

    Returns:
        Nothing.

    Context:
        Top level of a module; read by make, kept in .modinfo.

    Source:
        include/linux/module.h (v6.1)
    """


@macro()
def MODULE_SOFTDEP(_softdep: str) -> None:
    """Name modules that modprobe loads before or after.

    C: #define MODULE_SOFTDEP(_softdep)

    Args:
        _softdep: "pre: a b post: c".

    Returns:
        Nothing.

    Context:
        Top level of a module; read by make, kept in .modinfo.

    Source:
        include/linux/module.h (v6.1)
    """


@macro(named=("tag",))
def MODULE_INFO(tag: object, info: str) -> None:
    """Put any fact into .modinfo.

    C: #define MODULE_INFO(tag, info)

    Args:
        tag: its name, without quotes.
        info: its value.

    Returns:
        Nothing.

    Context:
        Top level of a module; read by make, kept in .modinfo.

    Source:
        include/linux/module.h (v6.1)
    """


@exported
def try_module_get(module: Module | None) -> bool:
    """Take a reference on a module, so that it is not unloaded.

    C: bool try_module_get(struct module *module)

    Args:
        module: usually THIS_MODULE; NULL stands for the kernel itself.

    Returns:
        True if it was taken, False if the module is being unloaded.

    Context:
        Any; does not sleep.

    Source:
        kernel/module/main.c (v6.1)
    """
    if module is None:
        return True
    if module.state == _st.MODULE_STATE_GOING:
        return False
    module.refcount += 1
    return True


@exported
def module_put(module: Module | None) -> None:
    """Drop a reference on a module.

    C: void module_put(struct module *module)

    Args:
        module: usually THIS_MODULE; NULL stands for the kernel itself.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        kernel/module/main.c (v6.1)
    """
    if module is not None:
        module.refcount -= 1


@exported
def module_refcount(mod: Module) -> int:
    """Give a module's reference count, as lsmod shows it.

    C: int module_refcount(struct module *mod)

    Returns:
        The count; 1 while init runs, -1 while exit runs.

    Context:
        Any; does not sleep.

    Source:
        kernel/module/main.c (v6.1)
    """
    return mod.refcount
