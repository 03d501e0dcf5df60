"""Checks of calls: how many arguments, their types, printk formats."""

from __future__ import annotations

import ast

from vshell.kbuild.checker import Checker
from vshell.kbuild.shapes import arity, conversions, format_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kbuild.headers import Declaration

__all__ = ["CallChecks"]


_INCOMPATIBLE = "incompatible-pointer-types"
_C_TYPES = {
    "int": "int",
    "bool": "_Bool",
    "short": "short int",
    "long": "long int",
    "llong": "long long int",
    "uint": "unsigned int",
    "ulong": "long unsigned int",
    "ullong": "long long unsigned int",
    "size_t": "size_t",
    "str": "char *",
    "charp": "char *",
}
"""The types that may stand beside a variable, in C."""

_SIGNED = {"": "int", "l": "long int", "ll": "long long int", "z": "ssize_t"}
_UNSIGNED = {"": "unsigned int", "l": "long unsigned int", "ll": "long long unsigned int"}


# The type that a conversion such as "%-5ld" takes.
def _expected_type(conversion: str) -> str:
    letter = conversion[-1]
    if letter == "s":
        return "char *"
    modifier = "".join(one for one in conversion if one in "lzLt")
    modifier = {"L": "ll", "t": "l"}.get(modifier, modifier)
    if letter in "di":
        return _SIGNED.get(modifier, "int")
    return {**_UNSIGNED, "z": "size_t"}.get(modifier, "unsigned int")


# How many of a type fit; gcc does not mind the sign.
def _width(kind: str) -> str:
    if kind == "char *":
        return kind
    return (
        "long long" if "long long" in kind else "long" if "long" in kind or "size" in kind else ""
    )


class CallChecks(Checker):
    """The checks of a module's calls."""

    def check_calls(self) -> None:
        """Check all calls of functions that are known."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if any(isinstance(argument, ast.Starred) for argument in node.args):
                continue
            name = node.func.id
            declaration = self.found.names.get(name)
            if declaration is not None:
                self._checkarity(node, name, declaration.least, declaration.most, declaration)
                if declaration.fmt >= 0 or name in ("printk", "pr_cont"):
                    self._check_format(node, declaration, max(declaration.fmt, 0))
                self._check_pointer(node, declaration)
            elif name in self.by_name:
                least, most = arity(self.by_name[name].node)
                self._checkarity(node, name, least, most, None)

    def _checkarity(
        self, node: ast.Call, name: str, least: int, most: int, declaration: Declaration | None
    ) -> None:
        given = len(node.args) + len(node.keywords)
        if least <= given <= most:
            return
        if declaration is not None and declaration.kind in ("macro", "value"):
            how = "requires" if given < least else "passed"
            only = f"but only {given} given" if given < least else f"but takes just {most}"
            verb = f'macro "{name}" {how} {max(given, least)} arguments, {only}'
            self.error(node, len(name), verb)
            return
        what = "few" if given < least else "many"
        message = self.out.add(
            "error",
            node.lineno,
            node.col_offset + 1,
            len(name),
            f"too {what} arguments to function '{name}'",
            function=self.where(node),
        )
        if declaration is not None:
            self.out.note_declaration(message, declaration, "declared here")

    # A format's warnings stand where the macro puts the level before it, in the header.
    def _check_format(self, node: ast.Call, declaration: Declaration, index: int) -> None:
        if index >= len(node.args):
            return
        template = format_text(node.args[index])
        if template is None:
            return
        wanted = conversions(template)
        given = len(node.args) - index - 1
        texts = self._wrong_types(node, index, wanted[:given])
        option = "format="
        if given < len(wanted):
            missing = wanted[given]
            kind = {"p": "void *", "*": "int", "c": "int"}.get(missing[-1])
            kind = kind or _expected_type(missing)
            texts.append(f"format '{missing}' expects a matching '{kind}' argument")
        elif given > len(wanted):
            texts, option = ["too many arguments for format"], "format-extra-args"
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        for text in texts:
            message = self.out.add(
                "warning",
                node.lineno,
                node.col_offset + 1,
                len(name),
                text,
                function=self.where(node),
                option=option,
            )
            self.in_macro(message, declaration)

    def _wrong_types(self, node: ast.Call, index: int, wanted: list[str]) -> list[str]:
        found = []
        for number, conversion in enumerate(wanted):
            argument = node.args[index + 1 + number]
            if conversion[-1] in "pc*":
                continue
            expected = _expected_type(conversion)
            if isinstance(argument, ast.Constant):
                if isinstance(argument.value, bool) or argument.value is None:
                    continue
                # A number that is written out fits wherever a number is wanted.
                actual = "char *" if isinstance(argument.value, str) else "int"
                if (actual == "char *") == (expected == "char *"):
                    continue
            else:
                actual = self._declared_type(argument)
                if not actual or _width(actual) == _width(expected):
                    continue
            found.append(
                f"format '{conversion}' expects argument of type '{expected}', "
                f"but argument {number + 2} has type '{actual}'"
            )
        return found

    # The C type of a variable whose type stands beside it, "" if it is not known.
    def _declared_type(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Name):
            return ""
        function = self.by_name.get(self.where(node))
        places: list[ast.AST] = [function.node] if function is not None else []
        if function is None or node.id not in function.own_names():
            places = [s for s in self.tree.body if not isinstance(s, ast.FunctionDef)]
        for place in places:
            for found in ast.walk(place):
                if (
                    isinstance(found, ast.AnnAssign)
                    and isinstance(found.target, ast.Name)
                    and found.target.id == node.id
                ):
                    return _C_TYPES.get(ast.unparse(found.annotation), "")
        return ""

    def _check_pointer(self, node: ast.Call, declaration: Declaration) -> None:
        types = declaration.parameter_types()
        for number, argument in enumerate(node.args[: len(types)]):
            if "struct " not in types[number] or "*" not in types[number]:
                continue
            if not isinstance(argument, ast.Constant) or argument.value in (None, 0):
                continue
            what = f"passing argument {number + 1} of '{declaration.name}'"
            length = (argument.end_col_offset or 0) - argument.col_offset
            if isinstance(argument.value, str):
                text, option = f"{what} from incompatible pointer type", _INCOMPATIBLE
                actual = "char *"
            else:
                text = f"{what} makes pointer from integer without a cast"
                option, actual = "int-conversion", "int"
            message = self.error(argument, length, text, option)
            message.label = actual
            expected = types[number].rstrip("abcdefghijklmnopqrstuvwxyz_0123456789")
            note = f"expected '{expected}' but argument is of type '{actual}'"
            self.out.note_declaration(message, declaration, note)
