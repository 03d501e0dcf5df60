"""Computing and checking digests, for md5sum and its kin.

Source: md5sum(1), sha256sum(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError
from vshell.usr._files import complain_of, records
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._quote import quotef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["checksum"]

_LONG = {
    "binary": "b",
    "check": "c",
    "ignore-missing": "ignore-missing",
    "quiet": "quiet",
    "status": "status",
    "strict": "strict",
    "tag": "tag",
    "text": "t",
    "warn": "w",
    "zero": "z",
}
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_WARNINGS = (
    ("line is improperly formatted", "lines are improperly formatted"),
    ("listed file could not be read", "listed files could not be read"),
    ("computed checksum did NOT match", "computed checksums did NOT match"),
)


def checksum(io: Io, words: list[str], algorithm: str, digits: int) -> int:
    """Print or check digests; give the exit code.

    Args:
        io: the program's streams.
        words: its arguments.
        algorithm: as BSD tools name it, such as "SHA256".
        digits: of a digest in hexadecimal.
    """
    io.write_complaint = "write error"
    usage = f"[OPTION]... [FILE]...\nPrint or check {algorithm} checksums."
    options = parse(io, words, "bctwz", _LONG, usage=usage)
    _refuse_nonsense(io, options)
    names = options.operands or ["-"]
    if options.has("c"):
        return max(_Check(io, options, algorithm, digits).run(name) for name in names)
    status = 0
    for name in names:
        try:
            digest = _digest(io, name, algorithm)
        except KernelError as error:
            complain_of(io, name, error)
            status = 1
            continue
        io.out(_line(name, digest, options, algorithm))
    return status


def _refuse_nonsense(io: Io, options: Options) -> None:
    checking = options.has("c")
    if options.has("tag") and options.last_of("bt") == "t":
        usage_error(io, "--tag does not support --text mode")
    if options.has("z") and checking:
        text = "the --zero option is not supported when verifying checksums"
        usage_error(io, text)
    if options.has("tag") and checking:
        usage_error(io, "the --tag option is meaningless when verifying checksums")
    if options.has("b", "t") and checking:
        text = "the --binary and --text options are meaningless when verifying checksums"
        usage_error(io, text)
    for name in ("ignore-missing", "status", "w", "quiet", "strict"):
        if options.has(name) and not checking:
            shown = "warn" if name == "w" else name
            text = f"the --{shown} option is meaningful only when verifying checksums"
            usage_error(io, text)


def _digest(io: Io, name: str, algorithm: str) -> str:
    import hashlib  # noqa: PLC0415 - it loads a library

    sys = io.sys
    state = hashlib.new(algorithm.lower(), usedforsecurity=False)
    fd = 0 if name == "-" else sys.open(name)
    try:
        while data := sys.read(fd):
            state.update(data)
    finally:
        if fd:
            sys.close(fd)
    return state.hexdigest()


def _line(name: str, digest: str, options: Options, algorithm: str) -> str:
    end = "\0" if options.has("z") else "\n"
    shown = name if options.has("z") else "".join(_ESCAPES.get(one, one) for one in name)
    head = "\\" if shown != name else ""
    if options.has("tag"):
        return f"{head}{algorithm} ({shown}) = {digest}{end}"
    mark = "*" if options.last_of("bt") == "b" else " "
    return f"{head}{digest} {mark}{shown}{end}"


class _Check:
    def __init__(self, io: Io, options: Options, algorithm: str, digits: int) -> None:
        self.io = io
        self.options = options
        self.algorithm = algorithm
        self.digits = digits
        self.silent = options.has("status")

    # Check the digests listed in a file.
    def run(self, list_name: str) -> int:
        sys = self.io.sys
        shown = "standard input" if list_name == "-" else list_name
        wrong_lines = unreadable = mismatched = proper = matched = 0
        try:
            fd = 0 if list_name == "-" else sys.open(list_name)
            for number, record in enumerate(records(self.io, fd), 1):
                line = record.removesuffix(b"\n").decode("utf-8", "surrogateescape")
                if line.startswith("#"):
                    continue
                pair = self.split(line.rstrip("\r"))
                if pair is None:
                    wrong_lines += 1
                    if self.options.has("w"):
                        what = f"improperly formatted {self.algorithm} checksum line"
                        self.io.complain(f"{quotef(shown)}: {number}: {what}")
                    continue
                proper += 1
                result = self.verify(*pair)
                unreadable += result == "unreadable"
                mismatched += result == "mismatched"
                matched += result == "matched"
        except KernelError as error:
            complain_of(self.io, list_name, error)
            return 1
        if not proper:
            self.io.complain(f"{quotef(shown)}: no properly formatted checksum lines found")
            return 1
        if not self.silent:
            self.warn((wrong_lines, unreadable, mismatched))
        unverified = self.options.has("ignore-missing") and not matched
        if unverified and not mismatched and not self.silent:
            self.io.complain(f"{quotef(shown)}: no file was verified")
        strict = self.options.has("strict") and wrong_lines
        return int(bool(mismatched or unreadable or strict or unverified))

    def warn(self, counts: tuple[int, int, int]) -> None:
        for count, (one, many) in zip(counts, _WARNINGS, strict=True):
            if count:
                self.io.complain(f"WARNING: {count} {one if count == 1 else many}")

    # The digest of a line and the name of the file; None if the line is not of any known form.
    def split(self, line: str) -> tuple[str, str] | None:
        line = line.lstrip(" \t")
        escaped = line.startswith("\\")
        line = line[escaped:]
        if line.startswith(f"{self.algorithm} ("):
            name, mark, digest = line[len(self.algorithm) + 2 :].rpartition(") = ")
            if not mark:
                return None
        else:
            digest, name = line[: self.digits], line[self.digits :]
            if name[:1] not in (" ", "\t") or len(name) < 2:
                return None
            name = name[2:] if name[1] in " *" else name[1:]
        proper = len(digest) == self.digits and not digest.strip("0123456789abcdefABCDEF")
        if not proper or not name:
            return None
        if escaped:
            name = name.replace("\\\\", "\0").replace("\\n", "\n").replace("\\r", "\r")
            name = name.replace("\0", "\\")
        return digest.lower(), name

    def verify(self, digest: str, name: str) -> str:
        shown = name
        if "\n" in name:
            shown = "\\" + "".join(_ESCAPES.get(one, one) for one in name)
        try:
            found = _digest(self.io, name, self.algorithm)
        except KernelError as error:
            if error.errno == ENOENT and self.options.has("ignore-missing"):
                return "missing"
            complain_of(self.io, name, error)
            if not self.silent:
                self.io.out(f"{shown}: FAILED open or read\n")
            return "unreadable"
        if found == digest:
            if not self.silent and not self.options.has("quiet"):
                self.io.out(f"{shown}: OK\n")
            return "matched"
        if not self.silent:
            self.io.out(f"{shown}: FAILED\n")
        return "mismatched"
