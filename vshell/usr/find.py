"""find: look for files in trees, and do something with them.

Source: find(1), findutils 4.9
Differs: directories are read in the order they are kept in, and loops of links are not told.
"""

from __future__ import annotations

from vshell.usr._files import S_IFDIR, S_IFMT
from vshell.usr._find_entry import Entry, Run
from vshell.usr._find_parse import FindError, Parser, is_expression
from vshell.usr._names import Names
from vshell.usr._program import Io, program
from vshell.usr._tree import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]

_HELP = """\
Usage: find [-H] [-L] [-P] [-Olevel] [-D debugopts] [path...] [expression]

The path is the current directory by default, the expression is -print.

Operators, those that bind most first; -a stands between two where none is written:
      ( EXPR )   ! EXPR   -not EXPR   EXPR1 -a EXPR2   EXPR1 -and EXPR2
      EXPR1 -o EXPR2   EXPR1 -or EXPR2   EXPR1 , EXPR2

Options: -daystart -depth -follow -maxdepth LEVELS -mindepth LEVELS -mount -xdev -regextype TYPE

Tests (N can be +N or -N or N):
      -amin N -anewer FILE -atime N -cmin N -cnewer FILE -ctime N -empty -false -gid N
      -group NAME -ilname PATTERN -iname PATTERN -inum N -ipath PATTERN -iregex PATTERN
      -links N -lname PATTERN -mmin N -mtime N -name PATTERN -newer FILE -newerXY FILE
      -nogroup -nouser -path PATTERN -perm [-/]MODE -readable -writable -executable
      -regex PATTERN -samefile FILE -size N[bcwkMG] -true -type [bcdpfls] -uid N -user NAME
      -xtype [bcdpfls]

Actions:
      -delete -print -print0 -printf FORMAT -ls -prune -quit
      -exec COMMAND ; -exec COMMAND {} + -ok COMMAND ;
      -execdir COMMAND ; -execdir COMMAND {} + -okdir COMMAND ;
"""


@program
def main(io: Io, words: list[str]) -> int:
    """Look for files: ``find [-H|-L|-P] [PATH...] [EXPRESSION]``."""
    io.write_complaint = "\u2018standard output\u2019: {}"
    run = Run(io, Names(io), io.sys.clock_realtime_ns())
    while words and (words[0] in ("-H", "-L", "-P") or words[0][:2] == "-O"):
        word, *words = words
        run.follow = {"-H": "operands", "-L": "always", "-P": "never"}.get(word, run.follow)
    for word in words:
        if word in ("-help", "--help"):
            io.out(_HELP)
            return 0
        if word in ("-version", "--version"):
            io.out("find (GNU findutils) 4.9.0\n")
            return 0
    count = next((n for n, word in enumerate(words) if is_expression(word)), len(words))
    try:
        test = Parser(run, words[count:]).parse()
    except FindError as error:
        io.die(str(error))
    for path in words[:count] or ["."]:
        _search(run, path, test)
    for finish in run.finishers:
        finish()
    return run.status


def _search(run: Run, start: str, test: Callable[[Entry], bool]) -> None:
    walk = Walk(
        run.io.sys,
        depth_first=run.depth_first,
        follow=run.follow,
        failed=run.fail,
        unreadable=run.fail,
    )
    run.prune = walk.prune
    device = None
    for path, found, depth in walk.below(start, run.depth_max):
        if device is None and (depth == 0 or run.depth_first):
            device = found.device
        if depth >= run.depth_min:
            test(Entry(path, found, depth, start))
        if run.one_device and found.device != device and found.mode & S_IFMT == S_IFDIR:
            walk.prune()
