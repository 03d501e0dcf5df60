"""The shell's grammar: tokens to commands, one complete command at a time.

Source: bash(1), "Shell Grammar"; POSIX.1-2017, "Shell Grammar". Error texts are bash 5.2's.

More than 400 lines, one idea: it is one grammar, a method for every rule.
"""

from __future__ import annotations

from vshell.shell.lexer import Incomplete, Lexer, ShellSyntaxError, Token
from vshell.shell.syntax import (
    AndOr,
    ArithmeticCommand,
    ArithmeticFor,
    Assignment,
    Case,
    Conditional,
    For,
    Function,
    Group,
    If,
    List,
    Literal,
    Loop,
    Node,
    Pipeline,
    Redirect,
    Simple,
    Subshell,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Parser"]

_RESERVED = frozenset(
    [
        "if",
        "then",
        "elif",
        "else",
        "fi",
        "for",
        "while",
        "until",
        "do",
        "done",
        "case",
        "esac",
        "function",
        "select",
        "in",
        "{",
        "}",
        "!",
        "[[",
        "]]",
        "time",
    ]
)
_REDIRECTIONS = frozenset(("<", ">", ">>", "<>", ">|", "<&", ">&", "<<", "<<-", "<<<", "&>", "&>>"))
_ENDS_LIST = frozenset(("then", "do", "done", "fi", "elif", "else", "esac", "}"))


class Parser:
    """Parses a text, command by command."""

    def __init__(
        self, text: str, line: int = 1, aliases: Callable[[str], str | None] | None = None
    ) -> None:
        """Parse from the beginning.

        Args:
            text: the source.
            line: number of its first line.
            aliases: gives what an alias stands for.
        """
        self._lexer = Lexer(text, self._parse_substitution, line)
        self._aliases = aliases
        self._alias_end = 0
        self._expanding: set[str] = set()

    # -- Entry points -----------------------------------------------------------------------------

    def next_command(self) -> List | None:
        """Parse the next complete command: up to the end of its line.

        Returns:
            The command, None at the end of the text.

        Raises:
            Incomplete: the text ends in the middle of it.
            ShellSyntaxError: it is none.
        """
        while self._lexer.peek().kind == "\n":
            self._lexer.take()
        if self._lexer.peek().kind == "end":
            return None
        parsed = self._list(stop_at_newline=True)
        token = self._lexer.peek()
        if token.kind == "\n":
            self._lexer.take()
        elif token.kind != "end":
            self._unexpected(token)
        if token.kind == "end" and self._lexer.awaits_here_document:
            raise Incomplete(token.line, text="here-document delimited by end-of-file")
        return parsed

    @property
    def line(self) -> int:
        """Number of the line the parser stands at."""
        return self._lexer.line

    def _parse_substitution(self, lexer: Lexer) -> List:
        outer, self._lexer = self._lexer, lexer
        try:
            body = self._list(stop_at_newline=False, allow_empty=True)
            token = lexer.take()
            if token.kind == "end":
                raise Incomplete(token.line, text="unexpected EOF while looking for matching `)'")
            if token.kind != ")":
                self._unexpected(token)
            return body
        finally:
            self._lexer = outer

    def _unexpected(self, token: Token) -> None:
        if token.kind == "end":
            raise Incomplete(token.line, text="syntax error: unexpected end of file")
        shown = "newline" if token.kind == "\n" else token.shown()
        raise ShellSyntaxError(token.line, shown)

    def _skip_newlines(self) -> None:
        while self._lexer.peek().kind == "\n":
            self._lexer.take()

    def _expect(self, word: str) -> None:
        token = self._lexer.peek()
        if token.plain() != word:
            self._unexpected(token)
        self._lexer.take()

    # -- Lists ------------------------------------------------------------------------------------

    def _list(self, *, stop_at_newline: bool, allow_empty: bool = False) -> List:
        result = List(self._lexer.line)
        if not stop_at_newline:
            self._skip_newlines()
        while True:
            token = self._lexer.peek()
            if self._ends_list(token):
                if not result.items and not allow_empty:
                    self._unexpected(token)
                return result
            command = self._and_or()
            separator = self._lexer.peek()
            source = self._lexer.text[token.start : separator.start].strip()
            result.items.append((command, separator.kind == "&", source))
            if separator.kind in ("&", ";"):
                self._lexer.take()
                if self._lexer.peek().kind == "\n" and not stop_at_newline:
                    self._skip_newlines()
            elif separator.kind == "\n" and not stop_at_newline:
                self._skip_newlines()
            else:
                return result
            if stop_at_newline and self._lexer.peek().kind in ("\n", "end"):
                return result

    def _ends_list(self, token: Token) -> bool:
        return token.kind in ("end", ")", ";;", ";&", ";;&") or (token.plain() or "") in _ENDS_LIST

    def _and_or(self) -> AndOr:
        token = self._lexer.peek()
        result = AndOr(token.line, self._pipeline())
        while self._lexer.peek().kind in ("&&", "||"):
            operator = self._lexer.take().kind
            self._skip_newlines()
            result.rest.append((operator, self._pipeline()))
        return result

    def _pipeline(self) -> Pipeline:
        first = self._lexer.peek()
        negated = timed = False
        while self._lexer.peek().plain() in ("!", "time"):
            word = self._lexer.take().plain()
            if word == "time":
                timed = True
                if self._lexer.peek().plain() == "-p":
                    self._lexer.take()
            else:
                negated = not negated
        if timed and self._lexer.peek().kind in ("\n", "end", ";"):
            pipeline = Pipeline(first.line, [Simple(first.line)])
        else:
            pipeline = Pipeline(first.line, [self._command()])
        pipeline.negated = negated
        pipeline.timed = timed
        while self._lexer.peek().kind in ("|", "|&"):
            if self._lexer.take().kind == "|&":
                pipeline.merged.add(len(pipeline.commands) - 1)
            self._skip_newlines()
            pipeline.commands.append(self._command())
        return pipeline

    # -- Commands ---------------------------------------------------------------------------------

    def _command(self) -> Node:
        self._expand_alias()
        token = self._lexer.peek()
        node = self._compound(token)
        if node is not None:
            while self._redirect(node):
                pass
            return node
        if token.kind not in ("word", *_REDIRECTIONS):
            self._unexpected(token)
        if (token.plain() or "") in _ENDS_LIST:
            self._unexpected(token)
        return self._simple()

    def _compound(self, token: Token) -> Node | None:
        if token.kind == "(":
            if self._lexer.text.startswith("((", token.start):
                arithmetic = self._arithmetic_command(token)
                if arithmetic is not None:
                    return arithmetic
            self._lexer.take()
            body = self._list(stop_at_newline=False)
            closing = self._lexer.take()
            if closing.kind != ")":
                self._unexpected(closing)
            return Subshell(token.line, body)
        word = token.plain()
        if word is None or word not in _RESERVED:
            return None
        methods = {
            "if": self._if,
            "while": self._loop,
            "until": self._loop,
            "for": self._for,
            "case": self._case,
            "{": self._group,
            "[[": self._conditional,
            "function": self._function_keyword,
        }
        method = methods.get(word)
        if method is None:
            return None
        self._lexer.take()
        return method(token)

    def _arithmetic_command(self, token: Token) -> Node | None:
        lexer = self._lexer
        lexer.rewind(token)
        lexer.position = token.start + 2
        word = lexer.read_arithmetic_text("))")
        if word is None:
            lexer.rewind(token)
            return None
        return ArithmeticCommand(token.line, word)

    def _if(self, token: Token) -> Node:
        node = If(token.line)
        while True:
            condition = self._list(stop_at_newline=False)
            self._expect("then")
            node.branches.append((condition, self._list(stop_at_newline=False)))
            word = self._lexer.peek().plain()
            if word == "elif":
                self._lexer.take()
                continue
            if word == "else":
                self._lexer.take()
                node.otherwise = self._list(stop_at_newline=False)
            self._expect("fi")
            return node

    def _loop(self, token: Token) -> Node:
        condition = self._list(stop_at_newline=False)
        body = self._do_body()
        return Loop(token.line, condition, body, until=token.plain() == "until")

    def _do_body(self) -> List:
        self._expect("do")
        body = self._list(stop_at_newline=False)
        self._expect("done")
        return body

    def _for(self, token: Token) -> Node:
        following = self._lexer.peek()
        if following.kind == "(" and self._lexer.text.startswith("((", following.start):
            return self._arithmetic_for(token, following)
        name = self._lexer.take().plain()
        if name is None or not name.isidentifier():
            shown = following.word.source if following.word is not None else following.shown()
            if following.kind != "word":
                self._unexpected(following)
            raise ShellSyntaxError(token.line, text=f"`{shown}': not a valid identifier")
        words: list[Word] | None = None
        self._skip_newlines()
        if self._lexer.peek().plain() == "in":
            self._lexer.take()
            words = []
            while self._lexer.peek().kind == "word":
                word = self._lexer.take().word
                assert word is not None
                words.append(word)
            if self._lexer.peek().kind not in (";", "\n"):
                self._unexpected(self._lexer.peek())
        if self._lexer.peek().kind == ";":
            self._lexer.take()
        self._skip_newlines()
        if self._lexer.peek().plain() == "{":
            self._lexer.take()
            body = self._list(stop_at_newline=False)
            self._expect("}")
            return For(token.line, name, words, body)
        return For(token.line, name, words, self._do_body())

    def _arithmetic_for(self, token: Token, opening: Token) -> Node:
        lexer = self._lexer
        lexer.rewind(opening)
        lexer.position = opening.start + 2
        parts = []
        for closing in (";", ";", "))"):
            word = lexer.read_arithmetic_text(closing)
            if word is None:
                self._unexpected(opening)
            assert word is not None
            parts.append(word)
        if lexer.peek().kind == ";":
            lexer.take()
        self._skip_newlines()
        return ArithmeticFor(token.line, parts[0], parts[1], parts[2], self._do_body())

    def _case(self, token: Token) -> Node:
        subject = self._lexer.take()
        if subject.word is None:
            self._unexpected(subject)
        assert subject.word is not None
        node = Case(token.line, subject.word)
        self._skip_newlines()
        self._expect("in")
        self._skip_newlines()
        while self._lexer.peek().plain() != "esac":
            node.items.append(self._case_item())
            self._skip_newlines()
        self._lexer.take()
        return node

    def _case_item(self) -> tuple[list[Word], List, str]:
        if self._lexer.peek().kind == "(":
            self._lexer.take()
        patterns = []
        while True:
            token = self._lexer.take()
            if token.word is None:
                self._unexpected(token)
            assert token.word is not None
            patterns.append(token.word)
            separator = self._lexer.take()
            if separator.kind == ")":
                break
            if separator.kind != "|":
                self._unexpected(separator)
        body = self._list(stop_at_newline=False, allow_empty=True)
        terminator = ";;"
        if self._lexer.peek().kind in (";;", ";&", ";;&"):
            terminator = self._lexer.take().kind
        elif self._lexer.peek().plain() != "esac":
            self._unexpected(self._lexer.peek())
        return patterns, body, terminator

    def _group(self, token: Token) -> Node:
        body = self._list(stop_at_newline=False)
        self._expect("}")
        return Group(token.line, body)

    def _conditional(self, token: Token) -> Node:
        words: list[Word] = []
        while True:
            following = self._lexer.peek()
            if following.kind == "end":
                raise Incomplete(following.line, text="unexpected EOF while looking for `]]'")
            if following.plain() == "]]":
                self._lexer.take()
                return Conditional(token.line, words)
            if words and words[-1].plain() == "=~" and following.kind in ("word", "("):
                words.append(self._regular_expression(following))
                continue
            self._lexer.take()
            if following.kind == "\n":
                continue
            if following.word is not None:
                words.append(following.word)
            else:
                words.append(Word([Literal(following.kind)], following.line, following.kind))

    # Behind =~ parentheses and bars belong to the word.
    def _regular_expression(self, token: Token) -> Word:
        self._lexer.rewind(token)
        parts: list[Word] = []
        depth = 0
        while True:
            word = self._lexer.read_word(" \t\n()|" if not depth else "\n()|")
            parts.append(word)
            letter = self._lexer.text[self._lexer.position : self._lexer.position + 1]
            if letter in ("(", ")", "|") and (letter != ")" or depth):
                depth += (letter == "(") - (letter == ")")
                self._lexer.position += 1
                parts.append(Word([Literal(letter)], token.line, letter))
                continue
            joined = [part for word in parts for part in word.parts]
            return Word(joined, token.line, "".join(word.source for word in parts))

    # -- Functions --------------------------------------------------------------------------------

    def _function_keyword(self, token: Token) -> Node:
        name = self._lexer.take().plain()
        if name is None:
            self._unexpected(token)
        assert name is not None
        if self._lexer.peek().kind == "(":
            self._lexer.take()
            closing = self._lexer.take()
            if closing.kind != ")":
                self._unexpected(closing)
        return self._function_body(token, name)

    def _function_body(self, token: Token, name: str) -> Node:
        self._skip_newlines()
        body = self._compound(self._lexer.peek())
        if body is None:
            self._unexpected(self._lexer.peek())
        assert body is not None
        while self._redirect(body):
            pass
        source = self._lexer.text[token.start : self._lexer.peek().start].rstrip()
        return Function(token.line, name, body, source)

    # -- Simple commands --------------------------------------------------------------------------

    def _simple(self) -> Node:
        first = self._lexer.peek()
        node = Simple(first.line)
        while True:
            if self._redirect(node):
                continue
            token = self._lexer.peek()
            if token.kind != "word" or token.word is None:
                break
            if not node.words:
                assignment = self._assignment(token)
                if assignment is not None:
                    node.assignments.append(assignment)
                    continue
            self._lexer.take()
            node.words.append(token.word)
            if len(node.words) == 1 and not node.assignments and self._lexer.peek().kind == "(":
                return self._function_definition(token)
        return node

    def _function_definition(self, token: Token) -> Node:
        name = token.plain()
        opening = self._lexer.take()
        closing = self._lexer.peek()
        if name is None or closing.kind != ")":
            self._unexpected(opening if name is None else closing)
        assert name is not None
        self._lexer.take()
        return self._function_body(token, name)

    def _assignment(self, token: Token) -> Assignment | None:
        word = token.word
        assert word is not None
        first = word.parts[0] if word.parts else None
        if not isinstance(first, Literal):
            return None
        name, equals, rest = first.text.partition("=")
        index = None
        if "[" in name or ("[" in first.text and not equals):
            return self._indexed_assignment(word, first)
        append = name.endswith("+")
        name = name.removesuffix("+")
        if not equals or not _is_name(name):
            return None
        self._lexer.take()
        if not rest and len(word.parts) == 1 and self._adjacent_parenthesis(token):
            return Assignment(name, None, append=append, index=None, elements=self._elements())
        parts = ([Literal(rest)] if rest else []) + word.parts[1:]
        return Assignment(
            name, Word(parts, word.line, rest), append=append, index=index, elements=None
        )

    def _indexed_assignment(self, word: Word, first: Literal) -> Assignment | None:
        name, _, rest = first.text.partition("[")
        if not _is_name(name):
            return None
        subscript, closing, value = rest.partition("]")
        append = value.startswith("+=")
        if not closing or not value.startswith(("=", "+=")):
            return None
        self._lexer.take()
        value = value[2:] if append else value[1:]
        parts = ([Literal(value)] if value else []) + word.parts[1:]
        index = Word([Literal(subscript)], word.line, subscript)
        return Assignment(
            name, Word(parts, word.line, value), append=append, index=index, elements=None
        )

    def _adjacent_parenthesis(self, token: Token) -> bool:
        following = self._lexer.peek()
        return following.kind == "(" and following.start == token.end

    def _elements(self) -> list[Word]:
        self._lexer.take()
        words: list[Word] = []
        while True:
            token = self._lexer.take()
            if token.kind == ")":
                return words
            if token.kind == "end":
                raise Incomplete(token.line, text="unexpected EOF while looking for matching `)'")
            if token.word is not None:
                words.append(token.word)
            elif token.kind != "\n":
                self._unexpected(token)

    # -- Redirections -----------------------------------------------------------------------------

    def _redirect(self, node: Node) -> bool:
        token = self._lexer.peek()
        fd = None
        operator = token
        if token.kind == "word":
            digits = token.plain() or ""
            adjacent = self._lexer.text[token.end : token.end + 1] in ("<", ">")
            if not (digits.isascii() and digits.isdigit() and adjacent):
                return False
            self._lexer.take()
            fd = int(digits)
            operator = self._lexer.peek()
        if operator.kind not in _REDIRECTIONS:
            return False
        self._lexer.take()
        target = self._lexer.peek()
        if target.kind != "word" or target.word is None:
            self._unexpected(target)
        self._lexer.take()
        assert target.word is not None
        redirect = Redirect(fd, operator.kind, target.word)
        if operator.kind in ("<<", "<<-"):
            self._lexer.expect_here_document(redirect)
        node.redirects.append(redirect)
        return True

    # -- Aliases ----------------------------------------------------------------------------------

    def _expand_alias(self) -> None:
        if self._aliases is None:
            return
        while True:
            token = self._lexer.peek()
            name = token.plain()
            if token.start >= self._alias_end:
                self._expanding.clear()
            if name is None or name in self._expanding:
                return
            value = self._aliases(name)
            if value is None:
                return
            self._expanding.add(name)
            lexer = self._lexer
            lexer.rewind(token)
            lexer.text = lexer.text[: token.start] + value + lexer.text[token.end :]
            self._alias_end = max(self._alias_end, token.start) + len(value)


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier()
