"""Module parameters.

Header: include/linux/moduleparam.h. Parameters of all scalar types, arrays,
strings and callbacks are mirrored.

A parameter is named, not passed, and its type is a word::

    count = 1
    module_param(count, int, 0o644)
    MODULE_PARM_DESC(count, "how many times")
"""

from __future__ import annotations

from vshell.abi.errno import KernelError as _KernelError
from vshell.abi.mirror import macro
from vshell.kernel.params import INTEGER_TYPES as _INTEGER_TYPES
from vshell.kernel.params import ModuleParam as _ModuleParam
from vshell.kernel.params import parse_bool as _parse_bool
from vshell.kernel.params import parse_integer as _parse_integer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "MODULE_PARM_DESC",
    "byte",
    "charp",
    "hexint",
    "invbool",
    "kernel_param",
    "kernel_param_ops",
    "long",
    "module_param",
    "module_param_array",
    "module_param_array_named",
    "module_param_cb",
    "module_param_named",
    "module_param_string",
    "param_get_bool",
    "param_get_int",
    "param_set_bool",
    "param_set_int",
    "short",
    "uint",
    "ullong",
    "ulong",
    "ushort",
]

# The words for types; ``int`` and ``bool`` are Python's own names. They are compared as text only.
byte = "byte"
short = "short"
ushort = "ushort"
uint = "uint"
long = "long"
ulong = "ulong"
ullong = "ullong"
hexint = "hexint"
charp = "charp"
invbool = "invbool"


class kernel_param:
    """What a parameter's callbacks get: ``name``, and ``arg``, its variable.

    Header: include/linux/moduleparam.h.
    """

    __slots__ = ("arg", "name", "namespace")

    def __init__(self, name: str, arg: str, namespace: dict[str, Any]) -> None:
        """Describe a parameter. Modules never make one."""
        self.name = name
        self.arg = arg
        self.namespace = namespace


class kernel_param_ops:
    """The callbacks of a parameter.

    Header: include/linux/moduleparam.h. ``set`` gets the text and the kernel_param, and returns 0
    or a negative errno; ``get`` gets the kernel_param and returns the text.
    """

    __slots__ = ("get", "set")

    def __init__(
        self,
        set: Callable[[str, kernel_param], int] | None = None,
        get: Callable[[kernel_param], str] | None = None,
    ) -> None:
        """Name the callbacks: ``kernel_param_ops(set=..., get=...)``."""
        self.set = set
        self.get = get


def _declare(name: object, variable: object, kind: str, perm: int) -> _ModuleParam:
    module = kernel.modules.calling()
    param = _ModuleParam(module.namespace, str(name), str(variable), kind, perm)
    module.params.append(param)
    return param


@macro(named=("name", "type"))
def module_param(name: object, type: object, perm: int) -> None:
    """Let a variable be set when the module is loaded.

    C: #define module_param(name, type, perm)

    Args:
        name: a variable of the module's top level.
        type: byte, short, ushort, int, uint, hexint, long, ulong, ullong, charp, bool or invbool.
        perm: permissions of its file in /sys/module, 0 for none.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/moduleparam.h (v6.1)
    """
    _declare(name, name, str(type), perm)


@macro(named=("name", "value", "type"))
def module_param_named(name: object, value: object, type: object, perm: int) -> None:
    """Let a variable be set under another name.

    C: #define module_param_named(name, value, type, perm)

    Args:
        name: what insmod calls it.
        value: a variable of the module's top level.
        type: as for module_param().
        perm: permissions of its file, 0 for none.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/moduleparam.h (v6.1)
    """
    _declare(name, value, str(type), perm)


@macro(named=("name", "type", "nump"))
def module_param_array(name: object, type: object, nump: object, perm: int) -> None:
    """Let a list be set, its values separated by commas.

    C: #define module_param_array(name, type, nump, perm)

    Args:
        name: a list of the module's top level; its length is the most that can be given.
        type: of one value.
        nump: the variable that is told how many were given, or None.
        perm: permissions of its file, 0 for none.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/moduleparam.h (v6.1)
    """
    _array(name, name, type, nump, perm)


@macro(named=("name", "array", "type", "nump"))
def module_param_array_named(
    name: object,
    array: object,
    type: object,
    nump: object,
    perm: int,
) -> None:
    """Let a list be set under another name.

    C: #define module_param_array_named(name, array, type, nump, perm)

    Args:
        name: what insmod calls it.
        array: a list of the module's top level.
        type: of one value.
        nump: the variable that is told how many were given, or None.
        perm: permissions of its file, 0 for none.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/moduleparam.h (v6.1)
    """
    _array(name, array, type, nump, perm)


def _array(name: object, variable: object, kind: object, nump: object, perm: int) -> None:
    param = _declare(name, variable, "array", perm)
    param.element = str(kind)
    param.count_variable = "" if str(nump) in ("None", "NULL") else str(nump)


@macro(named=("name", "string"))
def module_param_string(name: object, string: object, len: int, perm: int) -> None:
    """Let a text of limited length be set.

    C: #define module_param_string(name, string, len, perm)

    Args:
        name: what insmod calls it.
        string: a variable of the module's top level.
        len: its room in characters, one more than the longest text.
        perm: permissions of its file, 0 for none.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/moduleparam.h (v6.1)
    """
    _declare(name, string, "string", perm).length_max = len


@macro(named=("name", "arg"))
def module_param_cb(name: object, ops: kernel_param_ops, arg: object, perm: int) -> None:
    """Let functions of the module handle a parameter.

    C: #define module_param_cb(name, ops, arg, perm)

    Args:
        name: what insmod calls it.
        ops: the callbacks.
        arg: the variable behind it, or None.
        perm: permissions of its file, 0 for none.

    Returns:
        Nothing.

    Context:
        Top level of a module.

    Source:
        include/linux/moduleparam.h (v6.1)
    """
    param = _declare(name, arg, "callback", perm)
    kp = kernel_param(str(name), str(arg), kernel.modules.calling().namespace)
    setter, getter = ops.set, ops.get
    param.use_callbacks(
        (lambda text: kernel.c_int(setter(text, kp))) if setter is not None else None,
        (lambda: str(getter(kp))) if getter is not None else None,
    )


@macro(named=("_parm",))
def MODULE_PARM_DESC(_parm: object, desc: str) -> None:
    """Say what a parameter is for.

    C: #define MODULE_PARM_DESC(_parm, desc)

    Args:
        _parm: the parameter.
        desc: one line.

    Returns:
        Nothing.

    Context:
        Top level of a module; read by make, kept in .modinfo.

    Source:
        include/linux/moduleparam.h (v6.1)
    """


@macro()
def param_set_int(val: str, kp: kernel_param) -> int:
    """Set the variable behind a parameter from text, as an int.

    C: int param_set_int(const char *val, const struct kernel_param *kp)

    Returns:
        0, -EINVAL for no number, -ERANGE for one that does not fit.

    Context:
        A parameter's callback.

    Source:
        kernel/params.c (v6.1)
    """
    bits, signed = _INTEGER_TYPES["int"]
    try:
        kp.namespace[kp.arg] = _parse_integer(val, bits, signed=signed)
    except _KernelError as error:
        return -error.errno
    return 0


@macro()
def param_get_int(kp: kernel_param) -> str:
    """Give the variable behind a parameter as text.

    C: int param_get_int(char *buffer, const struct kernel_param *kp)

    Returns:
        The number.

    Context:
        A parameter's callback.

    Source:
        kernel/params.c (v6.1)

    Differs:
        The buffer is the result.
    """
    return str(kp.namespace[kp.arg])


@macro()
def param_set_bool(val: str, kp: kernel_param) -> int:
    """Set the variable behind a parameter from text, as a bool.

    C: int param_set_bool(const char *val, const struct kernel_param *kp)

    Returns:
        0, or -EINVAL.

    Context:
        A parameter's callback.

    Source:
        kernel/params.c (v6.1)
    """
    try:
        kp.namespace[kp.arg] = _parse_bool(val)
    except _KernelError as error:
        return -error.errno
    return 0


@macro()
def param_get_bool(kp: kernel_param) -> str:
    """Give the variable behind a parameter as Y or N.

    C: int param_get_bool(char *buffer, const struct kernel_param *kp)

    Returns:
        "Y" or "N".

    Context:
        A parameter's callback.

    Source:
        kernel/params.c (v6.1)

    Differs:
        The buffer is the result.
    """
    return "Y" if kp.namespace[kp.arg] else "N"
