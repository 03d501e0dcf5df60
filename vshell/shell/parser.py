"""The shell's grammar: tokens to commands, one complete command at a time.

Source: bash(1), "Shell Grammar"; POSIX.1-2017, "Shell Grammar". Error texts are bash 5.2's.

More than 400 lines, one idea: it is one grammar, a method for every rule.
"""

from __future__ import annotations

from vshell.shell.lexer import DECLARATIONS, Incomplete, Lexer, ShellSyntaxError, Token
from vshell.shell.syntax import (
    AndOr,
    ArithmeticCommand,
    ArithmeticFor,
    Assignment,
    Case,
    Coproc,
    DoubleQuoted,
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
    Select,
    Simple,
    Subshell,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.reader import WordReader

__all__ = ["Parser", "quoted_word"]

_REDIRECTIONS = frozenset(("<", ">", ">>", "<>", ">|", "<&", ">&", "<<", "<<-", "<<<", "&>", "&>>"))
_ENDS_LIST = frozenset(("then", "do", "done", "fi", "elif", "else", "esac", "}"))
_NEVER_COMMANDS = _ENDS_LIST | {"in"}
_BLANK = " \t\n"


class Parser:
    """Parses a text, command by command."""

    def __init__(
        self,
        text: str,
        line: int = 1,
        aliases: Callable[[str], str | None] | None = None,
        *,
        more_to_come: bool = False,
    ) -> None:
        """Parse from the beginning.

        Args:
            text: the source.
            line: number of its first line.
            aliases: gives what an alias stands for.
            more_to_come: whether a here-document that does not end is incomplete, not complete.
        """
        self.lexer = Lexer(text, self._parse_substitution, line)
        self.lexer.here_documents_may_end = not more_to_come
        self._aliases = aliases
        self._alias_end = 0
        self._alias_next = -1
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
        self._skip_newlines()
        if self.lexer.peek().kind == "end":
            return None
        parsed = self._list(stop_at_newline=True)
        token = self.lexer.peek()
        if token.kind == "\n":
            self.lexer.take()
        elif token.kind != "end":
            self.unexpected(token)
        else:
            self.lexer.last_line = token.line
        return parsed

    @property
    def input_line(self) -> int:
        """Number of the last line that has been read."""
        return self.lexer.last_line

    def take_warnings(self) -> list[tuple[int, str]]:
        """Take what has been found odd: numbers of lines and texts."""
        warnings, self.lexer.warnings = self.lexer.warnings, []
        return warnings

    def is_at_end(self) -> bool:
        """Tell whether nothing but white space is left."""
        lexer = self.lexer
        return not lexer.has_peeked and not lexer.text[lexer.position :].strip()

    def rest(self) -> str:
        """Give what has not been read yet."""
        return self.lexer.text[self.lexer.position :]

    def _parse_substitution(self, reader: WordReader, closing: str) -> List:
        assert isinstance(reader, Lexer)
        outer, self.lexer = self.lexer, reader
        saved, inner = reader.suspend(), reader.inner
        reader.inner = True
        try:
            body = self._list(stop_at_newline=False, allow_empty=True)
            token = reader.take()
            if token.kind == "end":
                if closing:
                    text = "unexpected EOF while looking for matching `)'"
                    raise Incomplete(reader.end_line(), text=text)
            elif token.kind != closing:
                self.unexpected(token)
            return body
        finally:
            self.lexer = outer
            reader.inner = inner
            reader.resume(saved)

    def unexpected(self, token: Token) -> None:
        """Complain about a token.

        Raises:
            ShellSyntaxError: always.
        """
        if token.kind == "end":
            raise Incomplete(self.lexer.end_line(), text="syntax error: unexpected end of file")
        raise ShellSyntaxError(token.line, token.shown())

    def _skip_newlines(self) -> None:
        while self.lexer.peek().kind == "\n":
            self.lexer.take()

    # Look at the next token where the end of the text counts as the end of a line.
    def _peek_on_line(self) -> Token:
        token = self.lexer.peek()
        if token.kind == "end":
            raise ShellSyntaxError(token.line, "newline")
        return token

    def _expect(self, word: str) -> None:
        token = self.lexer.peek()
        if token.plain() != word:
            self.unexpected(token)
        self.lexer.take()

    # -- Lists ------------------------------------------------------------------------------------

    def _list(self, *, stop_at_newline: bool, allow_empty: bool = False) -> List:
        self.lexer.begin_command()
        result = List(self.lexer.line)
        if not stop_at_newline:
            self._skip_newlines()
        while True:
            token = self.lexer.peek()
            if self._ends_list(token):
                if not result.items and not allow_empty:
                    self.unexpected(token)
                return result
            command = self._and_or()
            separator = self.lexer.peek()
            result.items.append((command, separator.kind == "&"))
            if separator.kind in ("&", ";"):
                self.lexer.take()
                if self.lexer.peek().kind == "\n" and not stop_at_newline:
                    self._skip_newlines()
            elif separator.kind == "\n" and not stop_at_newline:
                self._skip_newlines()
            else:
                return result
            if stop_at_newline and self.lexer.peek().kind in ("\n", "end"):
                return result

    def _ends_list(self, token: Token) -> bool:
        return token.kind in ("end", ")", ";;", ";&", ";;&") or (token.plain() or "") in _ENDS_LIST

    def _and_or(self) -> AndOr:
        token = self.lexer.peek()
        result = AndOr(token.line, self._pipeline())
        while self.lexer.peek().kind in ("&&", "||"):
            operator = self.lexer.take().kind
            self._skip_newlines()
            result.rest.append((operator, self._pipeline()))
        return result

    def _pipeline(self) -> Pipeline:
        first = self.lexer.peek()
        negated = timed = posix = False
        while self.lexer.peek().plain() in ("!", "time"):
            word = self.lexer.take().plain()
            if word == "!":
                negated = not negated
                continue
            timed = True
            if self.lexer.peek().plain() == "-p":
                self.lexer.take()
                self.lexer.begin_command()
                posix = True
        if (timed or negated) and self.lexer.peek().kind in ("\n", "end", ";"):
            pipeline = Pipeline(first.line, [Simple(first.line)])
        else:
            pipeline = Pipeline(first.line, [self._command()])
        pipeline.negated = negated
        pipeline.timed = timed
        pipeline.posix_time = posix
        while self.lexer.peek().kind in ("|", "|&"):
            if self.lexer.take().kind == "|&":
                pipeline.merged.add(len(pipeline.commands) - 1)
            self._skip_newlines()
            if self.lexer.peek().plain() == "!":
                self.unexpected(self.lexer.peek())
            pipeline.commands.append(self._command())
        return pipeline

    # -- Commands ---------------------------------------------------------------------------------

    def _command(self) -> Node:
        self._expand_alias()
        token = self.lexer.peek()
        node = self._compound(token)
        if node is not None:
            while self._redirect(node):
                pass
            return node
        if token.kind not in ("word", *_REDIRECTIONS):
            self.unexpected(token)
        if (token.plain() or "") in _NEVER_COMMANDS:
            self.unexpected(token)
        return self._simple()

    def _compound(self, token: Token) -> Node | None:
        if token.kind == "(":
            if self.lexer.text.startswith("((", token.start):
                arithmetic = self._arithmetic_command(token)
                if arithmetic is not None:
                    return arithmetic
            self.lexer.take()
            body = self._list(stop_at_newline=False)
            closing = self.lexer.take()
            if closing.kind != ")":
                self.unexpected(closing)
            return Subshell(token.line, body)
        methods = {
            "if": self._if,
            "while": self._loop,
            "until": self._loop,
            "for": self._for,
            "select": self._for,
            "case": self._case,
            "{": self._group,
            "[[": self._conditional,
            "function": self._function_keyword,
            "coproc": self._coproc,
        }
        method = methods.get(token.plain() or "")
        if method is None:
            return None
        self.lexer.take()
        return method(token)

    def _arithmetic_command(self, token: Token) -> Node | None:
        lexer = self.lexer
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
            word = self.lexer.peek().plain()
            if word == "elif":
                self.lexer.take()
                continue
            if word == "else":
                self.lexer.take()
                node.otherwise = self._list(stop_at_newline=False)
            self._expect("fi")
            return node

    def _loop(self, token: Token) -> Node:
        condition = self._list(stop_at_newline=False)
        body = self._do_body()
        return Loop(token.line, condition, body, until=token.plain() == "until")

    def _do_body(self) -> List:
        self.lexer.begin_command()
        self._expect("do")
        body = self._list(stop_at_newline=False)
        self._expect("done")
        return body

    def _for(self, token: Token) -> Node:
        following = self._peek_on_line()
        is_select = token.plain() == "select"
        if (
            not is_select
            and following.kind == "("
            and self.lexer.text.startswith("((", following.start)
        ):
            return self._arithmetic_for(token, following)
        self.lexer.take()
        if following.word is None:
            self.unexpected(following)
        assert following.word is not None
        words: list[Word] | None = None
        self._skip_newlines()
        if self.lexer.peek().plain() == "in":
            self.lexer.take()
            words = []
            while self.lexer.peek().kind == "word":
                word = self.lexer.take().word
                assert word is not None
                words.append(word)
            if self.lexer.peek().kind not in (";", "\n"):
                self.unexpected(self.lexer.peek())
        if self.lexer.peek().kind == ";":
            self.lexer.take()
        self._skip_newlines()
        if self.lexer.peek().plain() == "{":
            self.lexer.take()
            body = self._list(stop_at_newline=False)
            self._expect("}")
        else:
            body = self._do_body()
        kind = Select if is_select else For
        return kind(token.line, following.word.source, words, body)

    def _arithmetic_for(self, token: Token, opening: Token) -> Node:
        lexer = self.lexer
        lexer.rewind(opening)
        lexer.position = opening.start + 2
        whole = lexer.read_arithmetic_text("))")
        if whole is None:
            error = ShellSyntaxError(opening.line, text=" ")
            error.status = 0
            raise error
        source = lexer.text[opening.start : lexer.position]
        if whole.source.count(";") != 2:
            text = "syntax error: arithmetic expression required"
            raise ShellSyntaxError(opening.line, f"syntax error: `{source}'", text)
        lexer.position = opening.start + 2
        lexer.line = opening.line
        parts = []
        for closing in (";", ";", "))"):
            word = lexer.read_arithmetic_text(closing)
            assert word is not None
            parts.append(word)
        lexer.begin_command()
        if lexer.peek().kind == ";":
            lexer.take()
        self._skip_newlines()
        if lexer.peek().plain() == "{":
            lexer.take()
            body = self._list(stop_at_newline=False)
            self._expect("}")
        else:
            body = self._do_body()
        return ArithmeticFor(token.line, parts[0], parts[1], parts[2], body)

    def _case(self, token: Token) -> Node:
        subject = self._peek_on_line()
        self.lexer.take()
        if subject.word is None:
            self.unexpected(subject)
        assert subject.word is not None
        node = Case(token.line, subject.word)
        self._skip_newlines()
        self._expect("in")
        self._skip_newlines()
        while self.lexer.peek().plain() != "esac":
            node.items.append(self._case_item())
            self._skip_newlines()
        self.lexer.take()
        return node

    def _case_item(self) -> tuple[list[Word], List, str]:
        if self.lexer.peek().kind == "(":
            self.lexer.take()
        patterns = []
        while True:
            token = self.lexer.take()
            if token.word is None:
                self.unexpected(token)
            assert token.word is not None
            patterns.append(token.word)
            separator = self.lexer.take()
            if separator.kind == ")":
                break
            if separator.kind != "|":
                self.unexpected(separator)
        body = self._list(stop_at_newline=False, allow_empty=True)
        terminator = ";;"
        if self.lexer.peek().kind in (";;", ";&", ";;&"):
            terminator = self.lexer.take().kind
        elif self.lexer.peek().plain() != "esac":
            self.unexpected(self.lexer.peek())
        return patterns, body, terminator

    # coproc [NAME] COMPOUND, coproc SIMPLE: a word is a name only before a compound command.
    def _coproc(self, token: Token) -> Node:
        name = "COPROC"
        self.lexer.begin_command()
        first = self._peek_on_line()
        body = self._compound(first)
        if body is None and first.kind == "word":
            self.lexer.take()
            self.lexer.begin_command()
            body = self._compound(self.lexer.peek())
            if body is None:
                self.lexer.rewind(first)
                self.lexer.begin_command()
            else:
                name = first.word.source if first.word is not None else name
        if body is None:
            if first.kind not in ("word", *_REDIRECTIONS) or first.plain() in _NEVER_COMMANDS:
                self.unexpected(self.lexer.peek() if first.kind == "\n" else first)
            return Coproc(token.line, name, self._simple())
        while self._redirect(body):
            pass
        return Coproc(token.line, name, body)

    def _group(self, token: Token) -> Node:
        body = self._list(stop_at_newline=False)
        self._expect("}")
        return Group(token.line, body)

    def _conditional(self, token: Token) -> Node:
        from vshell.shell.condition import parse_conditional  # noqa: PLC0415 - [[ only

        return parse_conditional(self, token)

    # -- Functions --------------------------------------------------------------------------------

    def _function_keyword(self, token: Token) -> Node:
        name = self._peek_on_line()
        self.lexer.take()
        if name.word is None:
            self.unexpected(name)
        assert name.word is not None
        if self.lexer.peek().kind == "(":
            self.lexer.take()
            closing = self.lexer.take()
            if closing.kind != ")":
                self.unexpected(closing)
        return self._function_body(token, name.word.source)

    def _function_body(self, token: Token, name: str) -> Node:
        self.lexer.begin_command()
        self._skip_newlines()
        body = self._compound(self.lexer.peek())
        if body is None:
            self.unexpected(self.lexer.peek())
        assert body is not None
        while self._redirect(body):
            pass
        return Function(token.line, name, body)

    # -- Simple commands --------------------------------------------------------------------------

    def _simple(self) -> Node:
        first = self.lexer.peek()
        node = Simple(first.line)
        declaring = False
        while True:
            if self._redirect(node):
                continue
            token = self.lexer.peek()
            if token.kind != "word" or token.word is None:
                break
            if not node.words:
                assignment = self._assignment(token)
                if assignment is not None:
                    node.assignments.append(assignment)
                    continue
                if node.assignments:
                    self._expand_alias()
                    token = self.lexer.peek()
            if node.words and self._alias_next >= 0 and token.start >= self._alias_next:
                self._alias_next = -1
                self._expand_alias()
                continue
            word = token.word
            if word is None:
                break
            if declaring:
                assignment = self._assignment(token)
                word.assignment = assignment
                if assignment is not None:
                    assignment.source = word.source
                    if assignment.elements is not None:
                        source = self.lexer.source_from(token.start)
                        assignment.source = word.source = source
                    node.words.append(word)
                    continue
            self.lexer.take()
            node.words.append(word)
            if len(node.words) == 1:
                declaring = token.plain() in DECLARATIONS
                if not node.assignments and self.lexer.peek().kind == "(":
                    return self._function_definition(token)
        # bash counts a command to the line it ends on.
        node.line = self.lexer.peek().line
        return node

    def _function_definition(self, token: Token) -> Node:
        opening = self.lexer.take()
        closing = self.lexer.peek()
        assert token.word is not None
        if closing.kind != ")":
            self.unexpected(opening if token.plain() is None else closing)
        self.lexer.take()
        return self._function_body(token, token.word.source)

    # Take an assignment, if the next token is one.
    def _assignment(self, token: Token) -> Assignment | None:
        word = token.word
        assert word is not None
        target = word.target
        if target is not None:
            self.lexer.take()
            return Assignment(
                target.name,
                Word(word.parts, word.line, word.source),
                append=target.append,
                index=target.index,
                elements=None,
                source=word.source,
            )
        first = word.parts[0] if word.parts else None
        if not isinstance(first, Literal):
            return None
        name, equals, rest = first.text.partition("=")
        append = name.endswith("+")
        name = name.removesuffix("+")
        if not equals or not _is_name(name):
            return None
        self.lexer.take()
        if not rest and len(word.parts) == 1 and self._adjacent_parenthesis(token):
            elements = self._elements()
            return Assignment(
                name,
                None,
                append=append,
                index=None,
                elements=elements,
                source=self.lexer.source_from(token.start),
            )
        parts = ([Literal(rest)] if rest else []) + word.parts[1:]
        value = Word(parts, word.line, word.source.partition("=")[2])
        return Assignment(name, value, append=append, index=None, elements=None, source=word.source)

    def _adjacent_parenthesis(self, token: Token) -> bool:
        following = self.lexer.peek()
        return following.kind == "(" and following.start == token.end

    # The words between the parentheses of name=(...).
    def _elements(self) -> list[Word]:
        lexer = self.lexer
        opening = lexer.take()
        words: list[Word] = []
        while True:
            while lexer.text[lexer.position : lexer.position + 1] in tuple(_BLANK):
                lexer.line += lexer.text[lexer.position] == "\n"
                lexer.position += 1
            start, line = lexer.position, lexer.line
            target = None
            if lexer.text.startswith("[", start):
                target = lexer.read_target_from(start, start, line)
            token = None if target is not None else lexer.take()
            if token is None:
                word = lexer.read_word()
                word.target = target
                word.source = lexer.source_from(start)
                words.append(word)
            elif token.kind == ")":
                return words
            elif token.kind == "end":
                text = "unexpected EOF while looking for matching `)'"
                incomplete = Incomplete(opening.line, text=text)
                incomplete.status = 1
                raise incomplete
            elif token.word is not None:
                words.append(token.word)
            elif token.kind != "\n":
                error = ShellSyntaxError(token.line, token.shown())
                error.status = 1
                raise error

    # -- Redirections -----------------------------------------------------------------------------

    def _redirect(self, node: Node) -> bool:
        token = self.lexer.peek()
        fd = None
        variable = ""
        operator = token
        if token.kind == "word":
            text = token.plain() or ""
            if self.lexer.text[token.end : token.end + 1] not in ("<", ">"):
                return False
            if self.lexer.text[token.end + 1 : token.end + 2] == "(":
                return False
            if text[:1] == "{" and text[-1:] == "}" and _is_variable(text[1:-1]):
                variable = text[1:-1]
            elif text.isascii() and text.isdigit():
                fd = int(text)
            else:
                return False
            self.lexer.take()
            operator = self.lexer.peek()
        if operator.kind not in _REDIRECTIONS:
            return False
        self.lexer.take()
        target = self._peek_on_line()
        if target.kind != "word" or target.word is None:
            self.unexpected(target)
        if (target.plain() or "").isdigit() and self.lexer.text[target.end : target.end + 1] in (
            "<",
            ">",
        ):
            self.unexpected(target)
        self.lexer.take()
        assert target.word is not None
        redirect = Redirect(fd, operator.kind, target.word)
        redirect.variable = variable
        if operator.kind in ("<<", "<<-"):
            self.lexer.expect_here_document(redirect)
        node.redirects.append(redirect)
        return True

    # -- Aliases ----------------------------------------------------------------------------------

    def _expand_alias(self) -> None:
        if self._aliases is None:
            return
        while True:
            token = self.lexer.peek()
            name = token.plain()
            if token.start >= self._alias_end:
                self._expanding.clear()
            if name is None or name in self._expanding:
                return
            value = self._aliases(name)
            if value is None:
                return
            self._expanding.add(name)
            lexer = self.lexer
            lexer.rewind(token)
            lexer.begin_command()
            lexer.text = lexer.text[: token.start] + value + lexer.text[token.end :]
            self._alias_end = max(self._alias_end, token.start) + len(value)
            if value[-1:] in (" ", "\t"):
                self._alias_next = token.start + len(value)


def quoted_word(text: str) -> Word:
    """Read a text as if it stood between double quotes."""
    parser = Parser(text)
    return Word([DoubleQuoted(parser.lexer.read_double_quoted(None))], 1, text)


# A name, or an element's.
def _is_variable(text: str) -> bool:
    name, bracket, index = text.partition("[")
    return _is_name(name) and (not bracket or (len(index) > 1 and index[-1] == "]"))


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier()
