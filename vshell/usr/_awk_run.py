"""Running an awk program: records, fields, variables, rules.

Source: mawk(1), 1.3.4 20200120
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._awk_array import Array
from vshell.usr._awk_format import FormatError, sprintf
from vshell.usr._awk_io import Reader, Streams
from vshell.usr._awk_lex import unescape
from vshell.usr._awk_regex import RegexError, awk_regex
from vshell.usr._awk_values import Maybe, number_text, to_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from vshell.usr._program import Io
    from vshell.usr._regex import Regex

    Value = float | str | None
    Frame = list[Value | Array]
    Run = Callable[[Frame], object]

__all__ = ["Exit", "NextFile", "NextRecord", "Runtime", "bytes_text"]

_WORK_STEPS = 64
_STEP_NS = 400
_TEXT_MAX = 1 << 26
_FIELDS_MAX = 1 << 20
_INITIAL: dict[str, Value] = {
    "NF": 0.0,
    "NR": 0.0,
    "FNR": 0.0,
    "FS": " ",
    "OFS": " ",
    "RS": "\n",
    "ORS": "\n",
    "SUBSEP": "\x1c",
    "CONVFMT": "%.6g",
    "OFMT": "%.6g",
    "RSTART": 0.0,
    "RLENGTH": -1.0,
    "FILENAME": None,
    "ARGC": 0.0,
}


class NextRecord(Exception):
    """Control: go on with the next record."""


class NextFile(NextRecord):
    """Control: go on with the next file."""


class Exit(Exception):
    """Control: the program wants to end."""


class Runtime:
    """What a running program has: variables, the record, streams."""

    def __init__(self, io: Io, arguments: list[str], environ: dict[str, str]) -> None:
        """Get ready.

        Args:
            io: the program's streams.
            arguments: ARGV, its own name first.
            environ: for ENVIRON.
        """
        self.io = io
        self.streams = Streams(io)
        self.variables: dict[str, Value] = dict(_INITIAL)
        self.arrays: dict[str, Array] = {}
        self.status = 0
        self.has_failed = False
        """Whether it has ended with a run time error."""
        self._steps = 0
        self._patterns: dict[str, Regex] = {}
        self._line = ""
        self._fields: list[Value] | None = []
        self._line_is_stale = False
        self._field_separator: Value = " "
        self._main: Reader | None = None
        self._argument = 0
        self._has_operand = False
        argv = self.array("ARGV")
        for number, word in enumerate(arguments):
            argv.touch(str(number), is_integer=True)
            argv.values[str(number)] = Maybe(word)
        self.dice: object = None
        """Where random numbers come from, once there were any."""
        self.variables["ARGC"] = float(len(arguments))
        environment = self.array("ENVIRON")
        for name, value in environ.items():
            key = bytes_text(name)
            environment.touch(key, is_integer=False)
            environment.values[key] = Maybe(bytes_text(value))

    def array(self, name: str) -> Array:
        """Give a global array."""
        return self.arrays.setdefault(name, Array())

    def step(self) -> None:
        """Use a little CPU time; signals are acted upon now and then."""
        self._steps += 1
        if self._steps >= _WORK_STEPS:
            steps, self._steps = self._steps, 0
            self.io.sys.work(steps * _STEP_NS)

    def long_text(self, length: int) -> None:
        """Use the CPU time that copying a long text takes; die where there is no memory for it."""
        if length > _TEXT_MAX:
            self.die("out of memory")
        self._steps += length >> 12
        self.step()

    def die(self, text: str) -> NoReturn:
        """End with a run time error."""
        variables = self.variables
        self.io.flush()
        shown = [self.text(variables[name]) for name in ("FILENAME", "FNR", "NR")]
        where = f'\tFILENAME="{shown[0]}" FNR={shown[1]} NR={shown[2]}\n'
        self.io.complain(f"run time error: {text}")
        self.io.err(where)
        self.fail()

    def fail(self) -> NoReturn:
        """End, after an error that has been told."""
        self.status = 2
        self.has_failed = True
        raise Exit

    # -- Values -----------------------------------------------------------------------------------

    def text(self, value: Value) -> str:
        """Give a value as text."""
        if type(value) is float:
            return number_text(value, str(self.variables["CONVFMT"]))
        return "" if value is None else str(value)

    def printed(self, value: Value) -> str:
        """Give a value as print shows it."""
        if type(value) is float:
            return number_text(value, str(self.variables["OFMT"]))
        return "" if value is None else str(value)

    def format(self, name: str, form: str, values: list[Value]) -> str:
        """Put values into a format."""
        try:
            return sprintf(form, values, name, str(self.variables["CONVFMT"]))
        except FormatError as error:
            if name == "printf":
                self.io.out_bytes(error.made.encode("latin-1"))
            self.die(str(error))

    def regex(self, pattern: str) -> Regex:
        """Compile a regular expression, once."""
        found = self._patterns.get(pattern)
        if found is None:
            try:
                found = self._patterns[pattern] = awk_regex(pattern)
            except RegexError as error:
                self.io.flush()
                self.io.complain(f"run time error: regular expression compile failed ({error})")
                self.io.err(f"{pattern}\n")
                self.fail()
        return found

    # -- The record -------------------------------------------------------------------------------

    def set_record(self, line: str) -> None:
        """Make this $0; its fields are split off when somebody asks."""
        self._line = line
        self._line_is_stale = False
        self._fields = None
        self._field_separator = self.variables["FS"]

    def record(self) -> str:
        """Give $0."""
        if self._line_is_stale:
            fields = self._fields or []
            self._line = self.text(self.variables["OFS"]).join(map(self.text, fields))
            self._line_is_stale = False
        return self._line

    def fields(self) -> list[Value]:
        """Give the fields, the first at 0."""
        if self._fields is None:
            by_lines = self.variables["RS"] == ""
            parts = self.split(self._line, self.text(self._field_separator), by_lines=by_lines)
            self._fields = list(map(Maybe, parts))
        return self._fields

    def field(self, number: Value) -> Value:
        """Give one field; 0 is the record."""
        index = int(number) if type(number) is float else int(to_number(number))
        if not index:
            return Maybe(self.record())
        if index < 0:
            self.die(f"negative field index ${index}")
        fields = self._fields if self._fields is not None else self.fields()
        return fields[index - 1] if index <= len(fields) else None

    def set_field(self, number: Value, value: Value) -> None:
        """Change a field; the record follows."""
        index = int(to_number(number))
        if not index:
            self.set_record(self.text(value))
            return
        if index < 0:
            self.die(f"negative field index ${index}")
        if index > _FIELDS_MAX:
            self.die(f"maximum number of fields exceeded: {index}")
        fields = self.fields()
        while len(fields) < index:
            fields.append("")
        fields[index - 1] = value
        self._line_is_stale = True

    def set_field_count(self, value: Value) -> None:
        """Change NF; fields are lost or added."""
        count = int(to_number(value))
        fields = self.fields()
        del fields[max(count, 0) :]
        while len(fields) < count:
            fields.append("")
        self._line_is_stale = True

    def split(self, text: str, separator: str, *, by_lines: bool = False) -> list[str]:
        """Split text as FS would."""
        if not text:
            return []
        if separator == " ":
            # Bytes know no spaces but ASCII's.
            return [one.decode("latin-1") for one in text.encode("latin-1").split()]
        if not separator:
            return list(text)
        if len(separator) == 1 and not by_lines:
            return text.split(separator)
        if len(separator) == 1:
            separator = f"[{separator}]" if separator not in "^\\" else f"\\{separator}"
        return self.split_by(text, self.regex(f"{separator}|\n" if by_lines else separator))

    def split_by(self, text: str, pattern: Regex) -> list[str]:
        """Split text at the matches of a pattern."""
        if not text:
            return []
        parts = []
        position = 0
        for start, end in pattern.spans(text):
            parts.append(text[position:start])
            position = end
        return [*parts, text[position:]]

    # -- Input ------------------------------------------------------------------------------------

    def read_from(self, reader: Reader) -> str | None:
        """Give a reader's next record, by RS."""
        separator = self.text(self.variables["RS"])
        pattern = self.regex(separator) if len(separator) > 1 else None
        return reader.record(separator, pattern)

    def next_main(self) -> str | None:
        """Give the next record of the input, None at its end; NR and FNR count it."""
        variables = self.variables
        while True:
            if self._main is None and not self._open_next():
                return None
            assert self._main is not None
            try:
                line = self.read_from(self._main)
            except KernelError as error:
                self.io.complain(f"read error ({strerror(error.errno)})")
                self.fail()
            if line is not None:
                variables["NR"] = to_number(variables["NR"]) + 1
                variables["FNR"] = to_number(variables["FNR"]) + 1
                return line
            self.skip_file()

    def skip_file(self) -> None:
        """Be done with the file at hand."""
        if self._main is not None and self._main.fd:
            self.io.sys.close(self._main.fd)
        self._main = None

    # Operands are files or assignments; without a file, standard input is read.
    def _open_next(self) -> bool:
        argv = self.array("ARGV")
        while self._argument + 1 < to_number(self.variables["ARGC"]):
            self._argument += 1
            word = self.text(argv.values.get(str(self._argument)))
            if not word:
                continue
            if self.assign_operand(word):
                continue
            self._has_operand = True
            if self._open(word):
                return True
        if self._has_operand:
            return False
        self._has_operand = True
        return self._open("-")

    def _open(self, name: str) -> bool:
        self.variables["FNR"] = 0.0
        if name in ("-", "/dev/stdin"):
            self._main = Reader(self.io, 0)
            if self._argument:
                self.variables["FILENAME"] = name
            return True
        path = name.encode("latin-1").decode("utf-8", "surrogateescape")
        try:
            fd = self.io.sys.open(path)
        except KernelError as error:
            self.io.complain(f"cannot open {path} ({strerror(error.errno)})")
            self.fail()
        self.io.sys.set_cloexec(fd)
        self._main = Reader(self.io, fd)
        self.variables["FILENAME"] = name
        return True

    def assign_operand(self, word: str) -> bool:
        """Obey NAME=VALUE of the command line; tell whether it is one."""
        name, equals, value = word.partition("=")
        if not equals or not name.replace("_", "a").isalnum() or name[:1].isdigit():
            return False
        found = Maybe(unescape(value))
        if name == "NF":
            self.set_field_count(found)
        else:
            self.variables[name] = found
        return True


def bytes_text(text: str) -> str:
    """Give text with a character for each of its bytes."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")
