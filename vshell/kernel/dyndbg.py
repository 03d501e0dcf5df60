"""Dynamic debug: which pr_debug() calls print, and what they put before their text.

Each call in a module is a site of its own, listed in /proc/dynamic_debug/control. A query names
sites and says what becomes of their flags; ``insmod MODULE dyndbg=QUERY`` asks the same of the
module's own sites.

Source: lib/dynamic_debug.c, Documentation/admin-guide/dynamic-debug-howto.rst (v6.1).
Real: 17-printk-levels (dyndbg=+pmfl).
"""

from __future__ import annotations

from vshell.abi.errno import E2BIG, EINVAL, KernelError
from vshell.kernel.printk import ERR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

__all__ = ["DebugSite", "DynamicDebug"]

_WORDS_MAX = 9
_WRITE_MAX = 4096
_LINE_MAX = (1 << 32) - 1
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"'}
_HEADING = "# filename:lineno [module]function flags format\n"


class DebugSite:
    """One pr_debug() of a module."""

    __slots__ = ("file", "flags", "format", "function", "line", "module")

    def __init__(
        self, module: str, file: str, function: str, line: int, format_: str, flags: str
    ) -> None:
        """Describe a site.

        Args:
            module: its name.
            file: path of the source.
            function: where it stands.
            line: in the source.
            format_: the message's format.
            flags: letters of what is on from the beginning.
        """
        self.module = module
        self.file = file
        self.function = function
        self.line = line
        self.format = format_
        self.flags = set(flags)


class _Query:
    # Which sites are meant; "" and 0 for any.
    def __init__(self, module: str) -> None:
        self.module = module
        self.file = self.function = self.format = ""
        self.first = 0
        self.last = 0

    def meets(self, site: DebugSite) -> bool:
        names = (site.file, site.file.rpartition("/")[2])
        if self.file and not any(_matches(self.file, name) for name in names):
            return False
        if self.format[:1] == "^" and not site.format.startswith(self.format[1:]):
            return False
        if self.format[:1] != "^" and self.format not in site.format:
            return False
        return (
            (not self.module or _matches(self.module, site.module))
            and (not self.function or _matches(self.function, site.function))
            and self.first <= site.line <= (self.last or _LINE_MAX)
        )


class DynamicDebug:
    """The sites of one kernel."""

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        """Start without modules; the kernel's own messages are no sites here."""
        self._kernel = kernel

    def _sites(self) -> list[DebugSite]:
        modules = reversed(self._kernel.modules.list)
        return [site for module in modules for site in module.debug]

    def _flags(self) -> str:
        # Linux: since 6.3 the source's name can be shown.
        return "pmfslt" if self._kernel.config.version_code >= (6, 3) else "pmflt"

    def prefix_at(self, sites: list[DebugSite], function: str, line: int) -> str | None:
        """Give what stands before a message.

        Args:
            sites: of the module that wants to print.
            function: where.
            line: of its source.

        Returns:
            The text, None if the site is silent.
        """
        for site in sites:
            if site.line == line and site.function == function:
                break
        else:
            return None
        if "p" not in site.flags:
            return None
        parts = {
            "m": site.module,
            "f": site.function,
            "s": site.file,
            "l": str(site.line),
        }
        text = "".join(f"{part}:" for flag, part in parts.items() if flag in site.flags)
        text = f"{text} " if text else ""
        if "t" not in site.flags:
            return text
        sched = self._kernel.sched
        return f"{'<intr> ' if sched.in_interrupt else f'[{sched.current.pid}] '}{text}"

    def control_text(self) -> str:
        """Give /proc/dynamic_debug/control."""
        lines = [_HEADING]
        for site in self._sites():
            flags = "".join(flag for flag in self._flags() if flag in site.flags) or "_"
            shown = "".join(_ESCAPES.get(letter, letter) for letter in site.format)
            place = f"{site.file}:{site.line} [{site.module}]{site.function}"
            lines.append(f'{place} ={flags} "{shown}"\n')
        return "".join(lines)

    def write(self, text: str) -> None:
        """Do what was written to the control file.

        Raises:
            KernelError: EINVAL, E2BIG.
        """
        if len(text) >= _WRITE_MAX:
            raise KernelError(E2BIG)
        self.execute(text)

    def execute(self, text: str, module: str = "", sites: list[DebugSite] | None = None) -> None:
        """Do queries, separated by semicolons or newlines; one that is wrong stops no other.

        Args:
            text: the queries.
            module: the only module that is meant, "" for all.
            sites: the only sites that are meant, None for all.

        Raises:
            KernelError: EINVAL, if one of them was wrong.
        """
        failed = False
        for part in text.replace("\n", ";").split(";"):
            query = part.strip()
            if query and not query.startswith("#"):
                failed |= not self._execute_one(query, module, sites)
        if failed:
            raise KernelError(EINVAL)

    def _execute_one(self, text: str, module: str, sites: list[DebugSite] | None) -> bool:
        words = self._words(text)
        if not words:
            return self._wrong("tokenize failed")
        change = self._change(words[-1])
        if change is None:
            return self._wrong("flags parse failed")
        query = self._query(words[:-1], module)
        if query is None:
            return self._wrong("query parse failed")
        sign, flags = change
        for site in self._sites() if sites is None else sites:
            if not query.meets(site):
                continue
            if sign == "=":
                site.flags = set(flags)
            elif sign == "+":
                site.flags |= flags
            else:
                site.flags -= flags
        return True

    def _wrong(self, text: str) -> bool:
        self._kernel.printk.emit(ERR, f"dyndbg: {text}")
        return False

    # Words, separated by spaces; one in quotes may hold some.
    def _words(self, text: str) -> list[str]:
        words: list[str] = []
        rest = text
        while rest:
            if len(words) == _WORDS_MAX:
                self._wrong(f"too many words, legal max <={_WORDS_MAX}")
                return []
            if rest[0] in "\"'":
                word, quote, rest = rest[1:].partition(rest[0])
                if not quote:
                    self._wrong(f"unclosed quote: {word}")
                    return []
            else:
                word = rest.split(maxsplit=1)[0]
                rest = rest[len(word) :]
            words.append(word)
            rest = rest.lstrip()
        return words

    def _change(self, word: str) -> tuple[str, set[str]] | None:
        sign, flags = word[:1], word[1:]
        if sign not in tuple("+-="):
            self._wrong(f"bad flag-op {sign}, at start of {word}")
            return None
        for flag in flags:
            if flag not in self._flags() + "_":
                self._wrong(f"unknown flag '{flag}'")
                return None
        return sign, set(flags) - {"_"}

    def _query(self, words: list[str], module: str) -> _Query | None:
        if len(words) % 2:
            self._wrong("expecting pairs of match-spec <value>")
            return None
        query = _Query(module)
        good = True
        for keyword, value in zip(words[::2], words[1::2], strict=True):
            if keyword == "func":
                query.function = value
            elif keyword == "file":
                good = self._take_file(query, value)
            elif keyword == "module":
                query.module = value
            elif keyword == "format":
                query.format = _unescaped(value)
            elif keyword == "line":
                good = self._take_lines(query, value)
            else:
                good = self._wrong(f'unknown keyword "{keyword}"')
            if not good:
                return None
        return query

    # A file's name, or "file:function", or "file:line".
    def _take_file(self, query: _Query, value: str) -> bool:
        query.file, colon, rest = value.partition(":")
        if not colon:
            return True
        if rest[:1].isalpha() or rest[:1] in ("*", "?", "_"):
            query.function = rest
            return True
        return self._take_lines(query, rest)

    def _take_lines(self, query: _Query, value: str) -> bool:
        first, dash, last = value.partition("-")
        for word in (first, last):
            if word and not (word.isascii() and word.isdigit()):
                return self._wrong(f"bad line-number: {word}")
        query.first = int(first or "0")
        query.last = int(last or _LINE_MAX) if dash else query.first
        if query.last < query.first:
            return self._wrong(f"last-line:{query.last} < 1st-line:{query.first}")
        return True


# Whether a name is of a pattern, in which only * and ? are special.
def _matches(pattern: str, name: str) -> bool:
    from fnmatch import fnmatchcase  # noqa: PLC0415 - only where somebody asks for debug messages

    return fnmatchcase(name, pattern.replace("[", "[[]"))


# \n, \t, \\ and octal numbers, so that a format can be named that holds spaces.
def _unescaped(text: str) -> str:
    out = []
    position = 0
    while position < len(text):
        letter = text[position]
        following = text[position + 1 : position + 4]
        if letter == "\\" and following[:1] in ("\\", "n", "t"):
            out.append({"\\": "\\", "n": "\n", "t": "\t"}[following[0]])
            position += 2
        elif letter == "\\" and len(following) == 3 and all(c in "01234567" for c in following):
            out.append(chr(int(following, 8) & 0xFF))
            position += 4
        else:
            out.append(letter)
            position += 1
    return "".join(out)
