"""test, [: evaluate a condition.

Source: bash(1) builtin test, 5.2; test(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat, Sys

__all__ = ["binary_test", "evaluate_command", "main", "unary_test"]

_UNARY = frozenset(
    [
        "-a",
        "-b",
        "-c",
        "-d",
        "-e",
        "-f",
        "-g",
        "-G",
        "-h",
        "-k",
        "-L",
        "-n",
        "-N",
        "-o",
        "-O",
        "-p",
        "-r",
        "-s",
        "-S",
        "-t",
        "-u",
        "-v",
        "-w",
        "-x",
        "-z",
    ]
)
_BINARY = frozenset(
    ["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]
)
_KINDS = {
    "-b": 0o060000,
    "-c": 0o020000,
    "-d": 0o040000,
    "-f": 0o100000,
    "-p": 0o010000,
    "-S": 0o140000,
}


class _TestError(Exception):
    pass


def main(argv: list[str], sys: Sys) -> int:
    """Evaluate a condition: ``test EXPRESSION`` or ``[ EXPRESSION ]``; 0 true, 1 false, 2 error."""
    name = argv[0].rpartition("/")[2]
    return evaluate_command([name, *argv[1:]], sys, "")


def evaluate_command(argv: list[str], sys: Sys, prefix: str) -> int:
    """Evaluate the arguments of test.

    Args:
        argv: "test" or "[", and the expression.
        sys: system calls.
        prefix: what stands before a complaint.
    """
    words = argv[1:]
    try:
        if argv[0] == "[":
            if not words or words[-1] != "]":
                raise _TestError("missing `]'")  # noqa: TRY301 - said as the others are
            words = words[:-1]
        return int(not _Evaluator(words, sys).run())
    except _TestError as error:
        sys.write(2, f"{prefix}{argv[0]}: {error}\n".encode("utf-8", "surrogateescape"))
        return 2


class _Evaluator:
    def __init__(self, words: list[str], sys: Sys) -> None:
        self.words = words
        self.sys = sys
        self.position = 0

    def run(self) -> bool:
        words = self.words
        # POSIX says by the number of arguments what is meant.
        if not words:
            return False
        if len(words) == 1:
            return words[0] != ""
        if len(words) == 2:
            if words[0] == "!":
                return words[1] == ""
            if words[0] in _UNARY:
                return unary_test(words[0], words[1], self.sys)
            raise _TestError(f"{words[0]}: unary operator expected")
        if len(words) == 3:
            return self.three(words)
        if len(words) == 4 and words[0] == "!":
            return not self.three(words[1:])
        value = self.disjunction()
        if self.position < len(words):
            raise _TestError("too many arguments")
        return value

    def three(self, words: list[str]) -> bool:
        if words[1] in _BINARY:
            return self.binary(words[0], words[1], words[2])
        if words[1] == "-a":
            return bool(words[0]) and bool(words[2])
        if words[1] == "-o":
            return bool(words[0]) or bool(words[2])
        if words[0] == "!":
            return not _Evaluator(words[1:], self.sys).run()
        if words[0] == "(" and words[2] == ")":
            return words[1] != ""
        raise _TestError(f"{words[1]}: binary operator expected")

    def peek(self, ahead: int = 0) -> str | None:
        index = self.position + ahead
        return self.words[index] if index < len(self.words) else None

    def take(self) -> str:
        word = self.peek()
        if word is None:
            raise _TestError("argument expected")
        self.position += 1
        return word

    def disjunction(self) -> bool:
        value = self.conjunction()
        while self.peek() == "-o":
            self.take()
            right = self.conjunction()
            value = value or right
        return value

    def conjunction(self) -> bool:
        value = self.negation()
        while self.peek() == "-a":
            self.take()
            right = self.negation()
            value = value and right
        return value

    def negation(self) -> bool:
        if self.peek() == "!":
            self.take()
            return not self.negation()
        if self.peek() == "(":
            self.take()
            value = self.disjunction()
            if self.peek() != ")":
                raise _TestError("`)' expected")
            self.take()
            return value
        following = self.peek(1)
        if following in _BINARY:
            left, operator = self.take(), self.take()
            return self.binary(left, operator, self.take())
        word = self.take()
        if word in _UNARY and self.peek() is not None:
            return unary_test(word, self.take(), self.sys)
        return word != ""

    def binary(self, left: str, operator: str, right: str) -> bool:
        if operator in ("=", "=="):
            return left == right
        if operator == "!=":
            return left != right
        if operator in ("<", ">"):
            return left < right if operator == "<" else left > right
        if operator in ("-nt", "-ot", "-ef"):
            return binary_test(left, operator, right, self.sys)
        a, b = _integer(left), _integer(right)
        return {
            "-eq": a == b,
            "-ne": a != b,
            "-lt": a < b,
            "-le": a <= b,
            "-gt": a > b,
            "-ge": a >= b,
        }[operator]


def _integer(text: str) -> int:
    digits = text.strip().removeprefix("-").removeprefix("+")
    if not digits.isascii() or not digits.isdigit() or abs(int(text)) >= 1 << 63:
        raise _TestError(f"{text}: integer expression expected")
    return int(text)


def _stat(path: str, sys: Sys, *, follow: bool = True) -> Stat | None:
    try:
        return sys.stat(path) if follow else sys.lstat(path)
    except KernelError:
        return None


def unary_test(operator: str, operand: str, sys: Sys) -> bool:
    """Evaluate a test with one operand, such as ``-f FILE``."""
    if operator == "-n":
        return operand != ""
    if operator == "-z":
        return operand == ""
    if operator == "-t":
        return operand.isdigit() and sys.isatty(int(operand))
    if operator in ("-o", "-v"):
        return operator == "-v" and operand in sys.environ()
    if operator in ("-r", "-w", "-x"):
        return sys.access(operand, {"-r": 4, "-w": 2, "-x": 1}[operator])
    found = _stat(operand, sys, follow=operator not in ("-h", "-L"))
    if found is None:
        return False
    if operator in _KINDS:
        return found.mode & 0o170000 == _KINDS[operator]
    uid, euid, _, egid, _ = sys.credentials()
    del uid
    return {
        "-a": True,
        "-e": True,
        "-h": found.mode & 0o170000 == 0o120000,
        "-L": found.mode & 0o170000 == 0o120000,
        "-s": found.size > 0,
        "-g": bool(found.mode & 0o2000),
        "-u": bool(found.mode & 0o4000),
        "-k": bool(found.mode & 0o1000),
        "-O": found.uid == euid,
        "-G": found.gid == egid,
        "-N": found.mtime_ns > found.atime_ns,
    }[operator]


def binary_test(left: str, operator: str, right: str, sys: Sys) -> bool:
    """Compare two files: -nt newer, -ot older, -ef the same."""
    a, b = _stat(left, sys), _stat(right, sys)
    if operator == "-ef":
        return a is not None and b is not None and (a.device, a.inode) == (b.device, b.inode)
    a_ns = a.mtime_ns if a is not None else -1
    b_ns = b.mtime_ns if b is not None else -1
    return a_ns > b_ns if operator == "-nt" else a_ns < b_ns
