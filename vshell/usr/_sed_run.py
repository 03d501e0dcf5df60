"""Running sed scripts: the cycle and the commands.

Source: sed(1), GNU sed 4.9
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._files import records
from vshell.usr._sed_files import SedFiles
from vshell.usr._sed_script import Address, Command, ScriptError
from vshell.usr._sed_subst import substitute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vshell.usr._options import Options
    from vshell.usr._program import Io
    from vshell.usr._regex import Regex

__all__ = ["Sed"]

# What a command tells the cycle to do next, besides the number of the command to go on with.
_NEXT, _END, _DELETE, _AGAIN, _QUIT, _QUIT_SILENTLY = -1, -2, -3, -4, -5, -6
_WORK_STEPS = 64
_STEP_NS = 200
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 92: "\\\\"}


class Sed(SedFiles):
    """One run of sed."""

    def __init__(self, io: Io, options: Options) -> None:
        """Take the options; load() the script, then run()."""
        super().__init__(io, options)
        self.quiet = options.has("n")
        length = options.value("l", "70")
        self.line_length = int(length) if length.isdigit() else 70
        self.line_length = 0 if self.line_length == 1 else self.line_length
        self.commands: list[Command] = []
        self.readers: dict[str, Iterator[bytes]] = {}
        self.hold = ""
        self.hold_ended = True
        self.last_regex: Regex | None = None
        self.steps = 0

    def load(self, commands: list[Command]) -> None:
        """Take the script; open the files it writes to."""
        self.commands = commands
        for command in commands:
            if command.filename and command.name in ("w", "W", "s"):
                self.outputs.setdefault(command.filename, self.open_output(command.filename))

    def run(self, names: list[str]) -> int:
        """Edit files; give the exit code."""
        self.waiting = list(names)
        try:
            while self.read_line():
                if not self.cycle():
                    break
        except ScriptError as error:
            self.io.die(str(error), error.status)
        self.finish_file()
        return self.status

    # -- The cycle --------------------------------------------------------------------------------

    # Run the script on the line at hand; False to end.
    def cycle(self) -> bool:
        while True:
            result = self.run_commands()
            if not self.quiet and result in (_END, _QUIT):
                self.print_space()
            if result != _QUIT_SILENTLY:
                self.flush_appended()
            if result != _AGAIN:
                return result not in (_QUIT, _QUIT_SILENTLY)

    def run_commands(self) -> int:
        index = 0
        commands = self.commands
        while index < len(commands):
            command = commands[index]
            index += 1
            self.count_step()
            if command.first is not None and self.is_selected(command) == command.negated:
                index = command.target if command.name == "{" else index
                continue
            if command.first is None and command.negated:
                index = command.target if command.name == "{" else index
                continue
            result = self.execute(command)
            if result >= 0:
                index = result
            elif result != _NEXT:
                return result
        return _END

    # Scripts loop as well: they use CPU time, and signals end them.
    def count_step(self) -> None:
        self.steps += 1
        if self.steps >= _WORK_STEPS:
            self.steps = 0
            self.io.sys.work(_WORK_STEPS * _STEP_NS)

    def is_selected(self, command: Command) -> bool:
        assert command.first is not None
        if command.second is None:
            return self.matches(command.first)
        if command.range_end is not None:
            return self.goes_on(command, command.second)
        first = command.first
        zero = first.kind == "number" and first.number == 0
        if zero and not command.closed and self.number == 1:
            command.range_end = -1
            return self.goes_on(command, command.second)
        if not self.matches(first):
            return False
        return self.begin(command, command.second)

    # The first address matched: find where the range ends.
    def begin(self, command: Command, second: Address) -> bool:
        end = -1
        if second.kind == "number":
            end = second.number
        elif second.kind == "plus":
            end = self.number + second.number
        elif second.kind == "multiple":
            step = second.number
            end = -(-self.number // step) * step if step else self.number
        if end < 0 or end > self.number:
            command.range_end = end
        return True

    def goes_on(self, command: Command, second: Address) -> bool:
        if command.range_end is not None and command.range_end >= 0:
            inside = self.number <= command.range_end
            if self.number >= command.range_end:
                command.range_end = None
            return inside
        if self.matches(second):
            command.range_end = None
            command.closed = True
        return True

    def matches(self, address: Address) -> bool:
        if address.kind == "number":
            return self.number == address.number
        if address.kind == "last":
            return self.is_last()
        if address.kind == "step":
            if self.number < address.number:
                return False
            return (self.number - address.number) % address.step == 0
        return self.regex(address.regex).matches(self.space)

    def regex(self, regex: Regex | None) -> Regex:
        regex = regex or self.last_regex
        if regex is None:
            raise ScriptError("-e expression #1, char 0: no previous regular expression")
        self.last_regex = regex
        return regex

    # -- Commands ---------------------------------------------------------------------------------

    def execute(self, command: Command) -> int:
        name = command.name
        if name == "s":
            self.substitute(command)
        elif name in ("b", "t", "T"):
            if name == "b" or self.replaced == (name == "t"):
                self.replaced = self.replaced and name == "b"
                return command.target
            self.replaced = False if name == "T" else self.replaced
        elif name in _METHODS:
            return _METHODS[name](self, command) or _NEXT
        return _NEXT

    def substitute(self, command: Command) -> None:
        replacement = command.replacement
        assert replacement is not None
        text, replaced = substitute(replacement, self.regex(replacement.regex), self.space)
        if not replaced:
            return
        self.replaced = True
        if replacement.execute:
            text = self.shell_output(text).removesuffix("\n")
        self.space = text
        if replacement.print:
            self.print_space()
        if command.filename:
            self.put(self.outputs[command.filename], text, ended=self.ended)

    def shell_output(self, text: str) -> str:
        from vshell.usr._spawn import capture  # noqa: PLC0415 - for e only

        return capture(self.io, ["/bin/sh", "-c", text]).decode("utf-8", "surrogateescape")

    def do_execute(self, command: Command) -> None:
        if command.text:
            data = self.shell_output(command.text).encode("utf-8", "surrogateescape")
            self.put_raw(self.output, data)
        else:
            self.space = self.shell_output(self.space).removesuffix("\n")

    def do_append(self, command: Command) -> None:
        data = command.text.encode("utf-8", "surrogateescape")
        self.appended.append(lambda: self.put_raw(self.output, data))

    def do_insert(self, command: Command) -> None:
        self.put_raw(self.output, command.text.encode("utf-8", "surrogateescape"))

    def do_change(self, command: Command) -> int:
        if command.second is None or command.range_end is None or command.negated:
            self.do_insert(command)
        return _DELETE

    def do_delete(self, command: Command) -> int:
        del command
        return _DELETE

    def do_delete_first(self, command: Command) -> int:
        del command
        _, newline, rest = self.space.partition("\n")
        if not newline:
            return _DELETE
        self.space = rest
        return _AGAIN

    def do_next(self, command: Command) -> int:
        del command
        if self.is_last_of_all():
            return _QUIT
        if not self.quiet:
            self.print_space()
        return _NEXT if self.read_line() else _QUIT_SILENTLY

    def do_append_next(self, command: Command) -> int:
        del command
        if self.is_last_of_all():
            return _QUIT
        space = self.space
        replaced = self.replaced
        self.read_line()
        self.replaced = replaced
        self.space = f"{space}{self.end.decode()}{self.space}"
        return _NEXT

    # With -s and -i the files are apart for $ only.
    def is_last_of_all(self) -> bool:
        if self.fill(across=False):
            return False
        return not self.fill(across=True)

    def do_print(self, command: Command) -> None:
        del command
        self.print_space()

    def do_print_first(self, command: Command) -> None:
        del command
        first, newline, _ = self.space.partition("\n")
        self.put(self.output, first, ended=bool(newline) or self.ended)

    def do_number(self, command: Command) -> None:
        del command
        self.put_raw(self.output, b"%d\n" % self.number)

    def do_name(self, command: Command) -> None:
        del command
        self.put_raw(self.output, self.name.encode("utf-8", "surrogateescape") + b"\n")

    def do_list(self, command: Command) -> None:
        width = self.line_length if command.number is None else command.number
        lines = [""]
        for byte in self.space.encode("utf-8", "surrogateescape"):
            shown = _ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}")
            if width and len(lines[-1]) + len(shown) >= width:
                lines[-1] += "\\"
                lines.append("")
            lines[-1] += shown
        self.put_raw(self.output, ("\n".join(lines) + "$\n").encode())

    def do_quit(self, command: Command) -> int:
        self.status = command.number or self.status
        return _QUIT

    def do_quit_silently(self, command: Command) -> int:
        self.status = command.number or self.status
        return _QUIT_SILENTLY

    def do_read(self, command: Command) -> None:
        self.appended.append(lambda: self.append_file(command.filename))

    def do_read_line(self, command: Command) -> None:
        name = command.filename
        if name not in self.readers:
            try:
                fd = 0 if name == "/dev/stdin" else self.io.sys.open(name)
                self.readers[name] = records(self.io, fd, self.end)
            except KernelError:
                self.readers[name] = iter(())
        line = next(self.readers[name], None)
        if line is not None:
            text = line.removesuffix(self.end).decode("utf-8", "surrogateescape")
            ended = line.endswith(self.end)
            self.appended.append(lambda: self.put(self.output, text, ended=ended))

    def do_write(self, command: Command) -> None:
        self.put(self.outputs[command.filename], self.space, ended=self.ended)

    def do_write_first(self, command: Command) -> None:
        first, newline, _ = self.space.partition("\n")
        self.put(self.outputs[command.filename], first, ended=bool(newline) or self.ended)

    def do_translate(self, command: Command) -> None:
        self.space = self.space.translate(command.table)

    def do_hold(self, command: Command) -> None:
        space = self.space
        name = command.name
        if name == "x":
            self.space, self.hold = self.hold, space
            self.ended, self.hold_ended = self.hold_ended, self.ended
        elif name == "g":
            self.space, self.ended = self.hold, self.hold_ended
        elif name == "G":
            self.space = f"{space}\n{self.hold}"
            self.ended = self.hold_ended
        elif name == "h":
            self.hold, self.hold_ended = space, self.ended
        else:
            self.hold = f"{self.hold}\n{space}"
            self.hold_ended = self.ended

    def do_empty(self, command: Command) -> None:
        del command
        self.space = ""


_METHODS: dict[str, Callable[[Sed, Command], int | None]] = {
    "=": Sed.do_number,
    "a": Sed.do_append,
    "c": Sed.do_change,
    "d": Sed.do_delete,
    "D": Sed.do_delete_first,
    "e": Sed.do_execute,
    "F": Sed.do_name,
    "g": Sed.do_hold,
    "G": Sed.do_hold,
    "h": Sed.do_hold,
    "H": Sed.do_hold,
    "i": Sed.do_insert,
    "l": Sed.do_list,
    "n": Sed.do_next,
    "N": Sed.do_append_next,
    "p": Sed.do_print,
    "P": Sed.do_print_first,
    "q": Sed.do_quit,
    "Q": Sed.do_quit_silently,
    "r": Sed.do_read,
    "R": Sed.do_read_line,
    "w": Sed.do_write,
    "W": Sed.do_write_first,
    "x": Sed.do_hold,
    "y": Sed.do_translate,
    "z": Sed.do_empty,
}
