"""Exporting a module's symbols to other modules.

Header: include/linux/export.h. Namespaces are not mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro, value_macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.module import Module

    kernel: Kernel
    THIS_MODULE: Module
else:

    @value_macro
    def THIS_MODULE() -> Module:
        """Give the module that this code belongs to.

        C: #define THIS_MODULE (&__this_module)

        Returns:
            The module.

        Context:
            Any.

        Source:
            include/linux/export.h (v6.1)
        """
        return kernel.modules.calling()


__all__ = ["EXPORT_SYMBOL", "EXPORT_SYMBOL_GPL", "THIS_MODULE"]


@macro(named=("sym",))
def EXPORT_SYMBOL(sym: object) -> None:
    """Let other modules link to a function of this one.

    C: #define EXPORT_SYMBOL(sym)

    Args:
        sym: a function defined at the top level of the module.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/export.h (v6.1)
    """
    module = kernel.modules.calling()
    module.exports[str(sym)] = (module.namespace[str(sym)], "EXPORT_SYMBOL")


@macro(named=("sym",))
def EXPORT_SYMBOL_GPL(sym: object) -> None:
    """Let other modules under the GPL link to a function of this one.

    C: #define EXPORT_SYMBOL_GPL(sym)

    Args:
        sym: a function defined at the top level of the module.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/export.h (v6.1)
    """
    module = kernel.modules.calling()
    module.exports[str(sym)] = (module.namespace[str(sym)], "EXPORT_SYMBOL_GPL")
