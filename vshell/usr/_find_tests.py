"""The tests of find: what a file is called, what it is, how big and how old.

A test is made from its arguments; it takes an entry and tells whether that passes.

Source: find(1), findutils 4.9
Differs: -context, -fstype and -used are not known.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._files import (
    S_IFBLK,
    S_IFCHR,
    S_IFDIR,
    S_IFIFO,
    S_IFLNK,
    S_IFMT,
    S_IFREG,
    S_IFSOCK,
)
from vshell.usr._find_entry import Comparison, Entry, Run
from vshell.usr._glob import compile_glob
from vshell.usr._quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from vshell.kernel.syscall import Stat

    Test = Callable[[Entry], bool]
    Take = Callable[[], str | None]
    Maker = Callable[[Run, Take, str], Test]

__all__ = ["TESTS", "newer_xy"]

_KINDS = {
    "b": S_IFBLK,
    "c": S_IFCHR,
    "d": S_IFDIR,
    "p": S_IFIFO,
    "f": S_IFREG,
    "l": S_IFLNK,
    "s": S_IFSOCK,
}
_UNITS = {"b": 512, "c": 1, "w": 2, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SECOND_NS = 1_000_000_000
_TIMES = {"a": "atime_ns", "B": "ctime_ns", "c": "ctime_ns", "m": "mtime_ns"}


def _die(run: Run, text: str) -> NoReturn:
    run.io.die(text)


def _argument(run: Run, take: Take, word: str) -> str:
    text = take()
    if text is None:
        _die(run, f"missing argument to `{word}'")
    return text


def _comparison(run: Run, take: Take, word: str) -> Comparison:
    text = _argument(run, take, word)
    sign = text[0] if text[:1] in ("+", "-") else ""
    digits = text[len(sign) :]
    whole, dot, fraction = digits.partition(".")
    if not ((whole + fraction).isascii() and (whole + fraction).isdigit()):
        _die(run, f"invalid argument `{text}' to `{word}'")
    return Comparison(sign, float(digits) if dot else int(digits))


def _stat(run: Run, name: str) -> Stat:
    try:
        return run.io.sys.stat(name)
    except KernelError as error:
        run.io.die(f"{quote(name)}: {strerror(error.errno)}")


# -- Names ------------------------------------------------------------------------------------


def _name(run: Run, take: Take, word: str) -> Test:
    pattern = _argument(run, take, word)
    match = compile_glob(pattern, ignore_case=word.startswith("-i")).fullmatch
    return lambda entry: match(entry.name) is not None


def _path(run: Run, take: Take, word: str) -> Test:
    pattern = _argument(run, take, word)
    match = compile_glob(pattern, ignore_case=word.startswith("-i")).fullmatch
    return lambda entry: match(entry.path) is not None


def _link_name(run: Run, take: Take, word: str) -> Test:
    pattern = _argument(run, take, word)
    match = compile_glob(pattern, ignore_case=word.startswith("-i")).fullmatch
    sys = run.io.sys
    return lambda entry: entry.is_link() and match(sys.readlink(entry.path)) is not None


# The dialect of -regex by default is that of Emacs: basic, with + ? and * as operators.
def _regex(run: Run, take: Take, word: str) -> Test:
    from vshell.usr._regex import RegexError, compile_posix  # noqa: PLC0415 - with -regex only

    pattern = _argument(run, take, word)
    extended = run.regex_kind in ("posix-extended", "posix-egrep", "egrep", "posix-awk", "awk")
    if run.regex_kind in ("findutils-default", "emacs"):
        pattern = _of_emacs(pattern)
    try:
        regex = compile_posix(
            pattern,
            extended=extended,
            ignore_case=word == "-iregex",
            template="(?:{})\\Z",
        )
    except RegexError as error:
        _die(run, f"failed to compile regular expression '{pattern}': {error}")
    return lambda entry: regex.compiled.match(entry.path) is not None


def _of_emacs(pattern: str) -> str:
    out = ""
    position = 0
    while position < len(pattern):
        letter = pattern[position]
        if letter == "\\":
            out += pattern[position : position + 2]
            position += 2
            continue
        out += "\\" + letter if letter in "+?" else letter
        position += 1
    return out


def _regex_type(run: Run, take: Take, word: str) -> Test:
    kind = _argument(run, take, word)
    known = "findutils-default ed emacs gnu-awk grep posix-awk awk posix-basic posix-egrep egrep "
    known += "posix-extended posix-minimal-basic sed"
    if kind not in known.split():
        listed = ", ".join(quote(one) for one in known.split())
        _die(run, f"Unknown regular expression type {quote(kind)}; valid types are {listed}.")
    run.regex_kind = kind
    return lambda _: True


# -- Attributes -------------------------------------------------------------------------------


def _types(run: Run, take: Take, word: str) -> list[int]:
    text = _argument(run, take, word)
    kinds = []
    for position, letter in enumerate(text):
        if position % 2:
            if letter != ",":
                _die(run, f"Must separate multiple arguments to {word} using: ','")
            continue
        if letter not in _KINDS:
            _die(run, f"Unknown argument to {word}: {letter}")
        kinds.append(_KINDS[letter])
    if not text or text.endswith(","):
        ends = "Last file type in list argument to {} is missing, i.e., list is ending on: ','"
        _die(
            run,
            ends.format(word)
            if text
            else f"Arguments to {word} should contain at least one letter",
        )
    return kinds


def _type(run: Run, take: Take, word: str) -> Test:
    kinds = _types(run, take, word)
    return lambda entry: entry.kind() in kinds


# The type of what a link leads to; of a link itself where links are followed.
def _xtype(run: Run, take: Take, word: str) -> Test:
    kinds = _types(run, take, word)
    sys = run.io.sys

    def test(entry: Entry) -> bool:
        try:
            found = sys.lstat(entry.path) if run.follow == "always" else sys.stat(entry.path)
        except KernelError:
            found = entry.found
        return found.mode & S_IFMT in kinds

    return test


def _size(run: Run, take: Take, word: str) -> Test:
    text = _argument(run, take, word)
    sign = text[0] if text[:1] in ("+", "-") else ""
    digits = text[len(sign) :].rstrip("bcwkMG")
    unit = text[len(sign) + len(digits) :]
    if not text:
        _die(run, "invalid null argument to -size")
    if len(unit) > 1 or not (digits.isascii() and digits.isdigit()):
        if not unit and not digits.isdigit() and digits:
            _die(run, f"invalid -size type `{digits[-1]}'")
        _die(run, f"Invalid argument `{text}' to -size")
    scale = _UNITS[unit or "b"]
    comparison = Comparison(sign, int(digits))
    return lambda entry: comparison.holds(-(-entry.found.size // scale))


def _empty(run: Run, take: Take, word: str) -> Test:
    del take, word
    return run.is_empty


def _perm(run: Run, take: Take, word: str) -> Test:
    from vshell.usr._mode import parse_mode  # noqa: PLC0415 - with -perm only

    text = _argument(run, take, word)
    how = text[0] if text[:1] in ("-", "/") else ""
    change = parse_mode(text[len(how) :], 0)
    if change is None:
        _die(run, f"invalid mode {quote(text)}")
    wanted = change(0, False)
    if how == "-":
        return lambda entry: entry.found.mode & wanted == wanted
    if how == "/":
        return lambda entry: not wanted or entry.found.mode & wanted != 0
    return lambda entry: entry.found.mode & 0o7777 == wanted


def _user(run: Run, take: Take, word: str) -> Test:
    text = _argument(run, take, word)
    uid = run.names.uid(text)
    if uid is None:
        _die(run, f"{quote(text)} is not the name of a known user")
    return lambda entry: entry.found.uid == uid


def _group(run: Run, take: Take, word: str) -> Test:
    text = _argument(run, take, word)
    gid = run.names.gid(text)
    if gid is None:
        _die(run, f"{quote(text)} is not the name of an existing group")
    return lambda entry: entry.found.gid == gid


def _no_user(run: Run, take: Take, word: str) -> Test:
    del take, word
    return lambda entry: run.names.user(entry.found.uid) == str(entry.found.uid)


def _no_group(run: Run, take: Take, word: str) -> Test:
    del take, word
    return lambda entry: run.names.group(entry.found.gid) == str(entry.found.gid)


def _number(run: Run, take: Take, word: str) -> Test:
    comparison = _comparison(run, take, word)
    field = {"-links": "links", "-inum": "inode", "-uid": "uid", "-gid": "gid"}[word]
    return lambda entry: comparison.holds(getattr(entry.found, field))


def _access(run: Run, take: Take, word: str) -> Test:
    del take
    mask = {"-readable": 4, "-writable": 2, "-executable": 1}[word]
    return lambda entry: run.io.sys.access(entry.path, mask)


def _same_file(run: Run, take: Take, word: str) -> Test:
    other = _stat(run, _argument(run, take, word))
    wanted = other.device, other.inode
    return lambda entry: (entry.found.device, entry.found.inode) == wanted


def _constant(run: Run, take: Take, word: str) -> Test:
    del run, take
    return lambda _: word == "-true"


# -- Times ------------------------------------------------------------------------------------


def _age(run: Run, take: Take, word: str) -> Test:
    comparison = _comparison(run, take, word)
    field = _TIMES[word[1]]
    days = word.endswith("time")
    unit_ns = (86400 if days else 60) * _SECOND_NS
    now_ns = run.now_ns
    return lambda entry: comparison.holds_for_age(
        now_ns - getattr(entry.found, field), unit_ns, from_zero=days
    )


def _newer(run: Run, take: Take, word: str) -> Test:
    field = {"-anewer": "atime_ns", "-cnewer": "ctime_ns"}.get(word, "mtime_ns")
    than_ns = _stat(run, _argument(run, take, word)).mtime_ns
    return lambda entry: getattr(entry.found, field) > than_ns


def newer_xy(run: Run, word: str, take: Take) -> Test:
    """Make the test -newerXY: time X of the file is later than Y of another, or than a date."""
    x, y = word[-2], word[-1]
    if x not in _TIMES or y not in (*_TIMES, "t"):
        _die(run, f"invalid predicate `{word}'")
    text = _argument(run, take, word)
    if y == "t":
        from vshell.usr._date_words import parse_date  # noqa: PLC0415 - with -newerXt only
        from vshell.usr._dates import zone_of  # noqa: PLC0415 - likewise

        than_ns = parse_date(text, run.now_ns, zone_of(run.io))
        if than_ns is None:
            _die(run, f"I cannot figure out how to interpret {quote(text)} as a date or time")
    else:
        than_ns = getattr(_stat(run, text), _TIMES[y])
    limit_ns = than_ns
    field = _TIMES[x]
    return lambda entry: getattr(entry.found, field) > limit_ns


TESTS: dict[str, Maker] = {
    "-name": _name,
    "-iname": _name,
    "-path": _path,
    "-ipath": _path,
    "-wholename": _path,
    "-iwholename": _path,
    "-lname": _link_name,
    "-ilname": _link_name,
    "-regex": _regex,
    "-iregex": _regex,
    "-regextype": _regex_type,
    "-type": _type,
    "-xtype": _xtype,
    "-size": _size,
    "-empty": _empty,
    "-perm": _perm,
    "-user": _user,
    "-group": _group,
    "-nouser": _no_user,
    "-nogroup": _no_group,
    "-uid": _number,
    "-gid": _number,
    "-links": _number,
    "-inum": _number,
    "-readable": _access,
    "-writable": _access,
    "-executable": _access,
    "-samefile": _same_file,
    "-true": _constant,
    "-false": _constant,
    "-amin": _age,
    "-cmin": _age,
    "-mmin": _age,
    "-atime": _age,
    "-ctime": _age,
    "-mtime": _age,
    "-newer": _newer,
    "-anewer": _newer,
    "-cnewer": _newer,
}
