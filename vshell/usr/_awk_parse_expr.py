"""The grammar of awk's expressions: from words to a tree, whose nodes ``_awk_parse`` lists.

Source: mawk(1), 1.3.4 20200120; POSIX.1-2017, awk
"""

from __future__ import annotations

from vshell.usr._awk_lex import AwkError, Lexer, Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Node = tuple[Any, ...]

__all__ = ["ExpressionParser"]

_ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "^=")
_COMPARISONS = ("<", "<=", "==", "!=", ">", ">=")
_PLACES = ("var", "field", "index")
_CONCATENATED = ("number", "string", "name", "call", "builtin", "$", "(", "++", "--")
# How many arguments a function takes: least and most.
_COUNTS = {
    "atan2": (2, 2),
    "close": (1, 1),
    "cos": (1, 1),
    "exp": (1, 1),
    "fflush": (0, 1),
    "gsub": (2, 3),
    "index": (2, 2),
    "int": (1, 1),
    "length": (0, 1),
    "log": (1, 1),
    "match": (2, 2),
    "mktime": (1, 1),
    "rand": (0, 0),
    "sin": (1, 1),
    "split": (2, 3),
    "sprintf": (1, 255),
    "sqrt": (1, 1),
    "srand": (0, 1),
    "strftime": (0, 3),
    "sub": (2, 3),
    "substr": (2, 3),
    "system": (1, 1),
    "systime": (0, 0),
    "tolower": (1, 1),
    "toupper": (1, 1),
}


class ExpressionParser:
    """Reads words and expressions of one program."""

    def __init__(self, text: str) -> None:
        """Begin at the first word."""
        self.lexer = Lexer(text)
        self.calls: list[tuple[str, int, int]] = []
        """The calls of the program's own functions: name, number of arguments, line."""
        self.depth = 0
        self.no_greater = False
        self.token = self.lexer.next()

    # -- Words ------------------------------------------------------------------------------------

    def advance(self) -> Token:
        before = self.token
        self.token = self.lexer.next()
        return before

    def take(self, kind: str) -> bool:
        if self.token.kind != kind:
            return False
        self.advance()
        return True

    def expect(self, kind: str) -> Token:
        if self.token.kind != kind:
            if kind == ")" and self.token.kind in (";", "newline", "}", "end"):
                self.refuse("missing ) near ")
            self.refuse()
        return self.advance()

    # Complain about the word at hand.
    def refuse(self, what: str = "syntax error at or near ") -> NoReturn:
        token = self.token
        if token.kind == "end" and self.depth:
            raise AwkError(f"line {self.lexer.line}: missing }} near end of file")
        if token.kind == "}" and not self.depth:
            shown = f"mawk: line {token.line}: syntax error at or near end of line"
            raise AwkError(f"line {token.line}: extra '}}'\n{shown}")
        shown = {"newline": "end of line", "end": "end of line"}.get(token.kind, token.text)
        raise AwkError(f"line {token.line}: {what}{shown}")

    def complain(self, text: str) -> NoReturn:
        raise AwkError(f"line {self.token.line}: {text}")

    def skip_ends(self) -> None:
        while self.token.kind in (";", "newline"):
            self.advance()

    def skip_newlines(self) -> None:
        while self.token.kind == "newline":
            self.advance()

    # -- Expressions ------------------------------------------------------------------------------

    def expressions(self, end: str) -> list[Node]:
        found = []
        saved, self.no_greater = self.no_greater, False
        self.skip_newlines()
        if end == ")" and self.token.kind == "}":
            self.refuse("missing ) near ")
        if self.token.kind != end:
            found.append(self.expression())
            while self.take(","):
                self.skip_newlines()
                found.append(self.expression())
        self.skip_newlines()
        self.no_greater = saved
        return found

    # A list in parentheses may stand only behind print.
    def expression(self, *, in_print: bool = False) -> Node:
        node = self.alternation()
        if self.take("?"):
            self.skip_newlines()
            then = self.expression()
            self.skip_newlines()
            self.expect(":")
            self.skip_newlines()
            node = ("cond", node, then, self.expression())
        if node[0] == "group" and not in_print:
            self.refuse()
        return node

    def alternation(self) -> Node:
        node = self.conjunction()
        while self.take("||"):
            self.skip_newlines()
            node = ("or", node, self.conjunction())
        return node

    def conjunction(self) -> Node:
        node = self.membership()
        while self.take("&&"):
            self.skip_newlines()
            node = ("and", node, self.membership())
        return node

    def membership(self) -> Node:
        node = self.matching()
        while self.token.kind == "in" or (node[0] == "in" and self.compares()):
            if self.token.kind != "in":
                operator = self.advance().kind
                node = ("compare", operator, node, self.concatenation())
                continue
            self.advance()
            keys = node[1] if node[0] == "group" else [node]
            node = ("in", keys, self.expect("name").text)
        return node

    def matching(self) -> Node:
        node = self.comparison()
        while self.token.kind in ("~", "!~"):
            negated = self.advance().kind == "!~"
            node = ("match", negated, node, self.comparison())
        return node

    def comparison(self) -> Node:
        node = self.concatenation()
        while self.compares():
            operator = self.advance().kind
            node = ("compare", operator, node, self.concatenation())
        return node

    def compares(self) -> bool:
        return self.token.kind in _COMPARISONS and not (self.token.kind == ">" and self.no_greater)

    def concatenation(self) -> Node:
        node = self.additive()
        while self.token.kind in _CONCATENATED:
            node = ("concat", node, self.additive())
        return node

    def additive(self) -> Node:
        node = self.multiplicative()
        while self.token.kind in ("+", "-"):
            operator = self.advance().kind
            node = ("arith", operator, node, self.multiplicative())
        return node

    def multiplicative(self) -> Node:
        node = self.unary()
        while self.token.kind in ("*", "/", "%"):
            operator = self.advance().kind
            node = ("arith", operator, node, self.unary())
        return node

    def unary(self) -> Node:
        kind = self.token.kind
        if kind in ("!", "-", "+"):
            self.advance()
            return ({"!": "not", "-": "minus", "+": "plus"}[kind], self.unary())
        return self.power()

    def power(self) -> Node:
        node = self.postfix()
        if self.take("^"):
            # What stands behind may have a sign.
            return ("arith", "^", node, self.unary())
        return node

    def postfix(self, *, assigns: bool = True) -> Node:
        kind = self.token.kind
        if kind in ("++", "--"):
            self.advance()
            place = self.postfix(assigns=False)
            if place[0] not in _PLACES:
                self.refuse()
            return ("step", True, 1 if kind == "++" else -1, place)
        node = self.primary()
        if node[0] in _PLACES:
            kind = self.token.kind
            if kind in ("++", "--"):
                self.advance()
                node = ("step", False, 1 if kind == "++" else -1, node)
            elif kind in _ASSIGNMENTS and assigns:
                self.advance()
                self.skip_newlines()
                return ("assign", kind[:-1], node, self.expression())
        while self.token.kind == "|" and assigns:
            saved = (self.lexer.position, self.lexer.line, self.token)
            self.advance()
            if not self.take("getline"):
                self.lexer.position, self.lexer.line, self.token = saved
                break
            node = ("getline", "|", self.optional_place(), node)
        return node

    def optional_place(self) -> Node | None:
        if self.token.kind in ("name", "$"):
            return self.primary()
        return None

    def primary(self) -> Node:
        token = self.token
        kind = token.kind
        if kind == "number":
            self.advance()
            return ("num", float(token.text))
        if kind == "string":
            self.advance()
            return ("str", token.text)
        if kind in ("/", "/="):
            pattern = self.lexer.regex(token)
            self.advance()
            return ("re", pattern, token.line)
        if kind == "$":
            self.advance()
            sign = self.token.kind
            if sign in ("-", "+", "!"):
                return ("field", self.unary())
            return (
                "field",
                self.postfix(assigns=False) if sign in ("++", "--") else self.primary(),
            )
        if kind == "(":
            self.advance()
            inside = self.expressions(")")
            if not inside:
                self.refuse()
            self.expect(")")
            return ("paren", inside[0]) if len(inside) == 1 else ("group", inside)
        if kind == "getline":
            self.advance()
            place = self.optional_place()
            if self.take("<"):
                return ("getline", "<", place, self.postfix(assigns=False))
            return ("getline", "", place, None)
        if kind == "name":
            self.advance()
            if self.take("["):
                indices = self.expressions("]")
                if not indices:
                    self.refuse()
                self.expect("]")
                return ("index", token.text, indices)
            return ("var", token.text)
        if kind == "call":
            self.advance()
            self.advance()
            arguments = self.expressions(")")
            self.expect(")")
            self.calls.append((token.text, len(arguments), token.line))
            return ("call", token.text, arguments)
        if kind == "builtin":
            return self.builtin()
        return self.refuse()

    def builtin(self) -> Node:
        name = self.advance().text
        if self.token.kind != "(":
            if name != "length":
                self.refuse()
            return ("builtin", name, [])
        self.advance()
        arguments = self.expressions(")")
        if self.token.kind == ")" and not arguments and name == "split":
            self.refuse()
        self.expect(")")
        least, most = _COUNTS[name]
        if not least <= len(arguments) <= most:
            self.complain(f"wrong number of arguments in call to {name}")
        return ("builtin", name, arguments)
