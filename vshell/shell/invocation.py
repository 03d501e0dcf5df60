"""How bash is called: its options and what is wrong with them.

Source: bash(1), "Options"; texts are bash 5.2's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.state import Shell

__all__ = ["Invocation"]

_USAGE = """\
Usage:\tbash [GNU long option] [option] ...
\tbash [GNU long option] [option] script-file ...
GNU long options:
\t--debug
\t--debugger
\t--dump-po-strings
\t--dump-strings
\t--help
\t--init-file
\t--login
\t--noediting
\t--noprofile
\t--norc
\t--posix
\t--pretty-print
\t--rcfile
\t--restricted
\t--verbose
\t--version
Shell options:
\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)
\t-abefhkmnptuvxBCEHPT or -o option
"""


class Invocation:
    """The options and arguments bash is started with."""

    def __init__(self, shell: Shell, argv: list[str]) -> None:
        """Take them; ``parse`` looks at them."""
        self.shell = shell
        self.words = argv[1:]
        self.interactive = False
        self.login = argv[0].startswith("-")

    def parse(self) -> int | None:
        """Take the options off; give the exit code if there is nothing more to do."""
        words = self.words
        while words and words[0][:1] in ("-", "+") and len(words[0]) > 1:
            word = words.pop(0)
            if word == "--":
                return None
            is_long = word.startswith("--")
            status = self._long_option(word[2:]) if is_long else self._letters(word)
            if status is not None:
                return status
        if words[:1] == ["-"]:
            words.pop(0)
        return None

    def _long_option(self, name: str) -> int | None:
        if name == "version":
            text = "GNU bash, version 5.2.2(1)-release (x86_64-pc-linux-gnu)\n"
            self.shell.sys.write(1, text.encode())
            return 0
        if name in ("login", "norc", "noprofile", "posix", "noediting"):
            self.login = self.login or name == "login"
            return None
        if name == "verbose":
            self.shell.options.add("v")
            return None
        return self._refuse(f"--{name}")

    def _letters(self, word: str) -> int | None:
        from vshell.shell.builtin.option import (  # noqa: PLC0415 - bash is mostly started without
            OPTION_NAMES,
            SHOPT_NAMES,
        )

        shell = self.shell
        change = shell.options.add if word[0] == "-" else shell.options.discard
        for letter in word[1:]:
            if letter == "i":
                self.interactive = True
            elif letter == "l":
                self.login = True
            elif letter in "oO":
                name = self.words.pop(0) if self.words else ""
                known = OPTION_NAMES if letter == "o" else SHOPT_NAMES
                if name not in known:
                    shell.write_error(f"{shell.name}: {name}: invalid shell option name\n")
                    return 2
                if letter == "o":
                    change(OPTION_NAMES[name])
                elif word[0] == "-":
                    shell.shopt.add(name)
                else:
                    shell.shopt.discard(name)
            elif letter in "abcefhmnpstuvxBCEHPT":
                change(letter)
            else:
                return self._refuse(word[0] + letter)
        return None

    def _refuse(self, option: str) -> int:
        self.shell.write_error(f"{self.shell.name}: {option}: invalid option\n{_USAGE}")
        return 2
