"""What is the recorded machine's and not the kernel's: every rule, each with its reason.

``RULES`` hold for all recordings, ``OWN`` for one each. A rule replaces what it finds on both
sides; rules of ``LEFT_OUT`` take the whole line away. Differences that no rule can express stand
in deviations.yaml. A rule that finds nothing any more is reported by the tests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Rule(NamedTuple):
    """One thing that may differ."""

    pattern: str
    replacement: str | Callable[[re.Match[str]], str]
    reason: str


class Own(NamedTuple):
    """What holds for one recording only."""

    rules: tuple[Rule, ...] = ()
    unordered: str = "(?!)"
    """Lines that two CPUs print in either order; neighbours are sorted."""
    sources: str = "(?!)"
    """Commands that show a module's source: the twin's differs from the C module's."""
    commanded: tuple[str, ...] = ()
    """Events whose time is that of a typed command: when they happen is not compared."""
    exec_ns: int = 0
    """How long the recorded machine took to start a program, where that decides what was seen."""


# -- For all recordings -------------------------------------------------------------------------

LEVEL = r"(?:kern  :\w+ *: )"  # as dmesg -x writes it

RULES = [
    Rule(*one)
    for one in [
        (rf"^({LEVEL}?)\[ *\d+\.\d{{6}}\] ", r"\1", "when: durations are checked by their jiffies"),
        (r" \(\w+\.py:\d+\)", "", "vshell adds the source's line to a module's functions"),
        (
            r"(?:\$HOME|/home/test)/kthread_examples/(\w+)\.(?:c|py):\d+(?=!| \w+\+)",
            r"\1:LINE",
            "the twin is a Python file and has lines of its own",
        ),
        (r"\b(?:CPU: |CPU#)\d", "CPU: N", "which of two idle CPUs was taken"),
        (rf"^({LEVEL}?)Code: (?!Unable).*", r"\1Code: BYTES", "machine code"),
        (
            rf"^({LEVEL}?(?:\(err\) )?(?:RSP|R(?!IP)[A-Z0-9]{{2}}|FS|CS|CR2): ).*",
            r"\1REGISTERS",
            "registers",
        ),
        (r"^(RIP: 0033:).*", r"\1ADDRESS", "addresses of user space"),
        (
            r"\b(P[GUM4T][DE]) [1-9a-f][0-9a-f]{6,}\b",
            r"\1 ENTRY",
            "addresses of page tables",
        ),
        (r"\b(?!0{16})(?:0x)?[0-9a-f]{16}\b", "ADDRESS", "addresses"),
        (r"(\w)\+0x[0-9a-f]+/0x[0-9a-f]+ \[", r"\1+OFFSET/SIZE [", "lengths of machine code"),
        (r"(?<!tw )\bj=\d+", "j=J", "jiffies since boot"),
    ]
]

LEFT_OUT = [
    Rule(
        rf"^{LEVEL}? \? (?!kthread_complete_and_exit).*",
        "",
        "what merely lies on the stack of a report",
    ),
]

# -- Durations ----------------------------------------------------------------------------------

# In jiffies, behind these names; a wait that was cut short returns what was left.
DURATIONS = re.compile(r"\b(waited|stop_took|began_before|wait_back ret(?==\d\d))=(\d+)")
# Since a thread's module was loaded; compared from one event to the next, or from the first.
SINCE = re.compile(r"\bt=(\d+)\b")
SLOW_JIFFIES = 2
"""The recorded machine was an emulator: what it did took a jiffy or two longer."""


def bucket_jiffies(duration: int) -> int:
    """Give by how much a sleep of this length may differ.

    When a command was typed decides where in its wheel level's bucket a sleep begins.
    """
    level, limit = 0, 63
    while abs(duration) >= limit:
        level, limit = level + 1, limit * 8
    return (0 if level == 0 else 8**level) + SLOW_JIFFIES


# -- For one recording --------------------------------------------------------------------------

SLOW = "the recorded machine was an emulator: a loop did not get as far in the same time"
SPEED = "shares of a CPU and the time used are those of the recorded machine"
SIZES = "sizes of binaries"
WORKERS = "meanwhile the recorded kernel made workers of its own"
WHEN = "when it was said"
YIELD = "whether it runs or sleeps at a moment is chance"

# What is compiled is Python here, line for line what was C there.
SOURCE = "the twin is written in Python"
BUILD = (
    Rule(r"/home/test/", "$HOME/", "the recorder wrote its home directory so"),
    Rule(r"(?<!\.mod)\.(?:c|py)\b", ".SRC", SOURCE),
    Rule(r"(\.SRC:\d+):\d+:", r"\1:COLUMN:", SOURCE),
    Rule(r"(include/linux/\w+\.h:)\d+:\d+:", r"\1LINE:COLUMN:", "the mirror's headers are shorter"),
    Rule(r"^ *\d+ \|.*", "LINE | SOURCE", SOURCE),
    Rule(r"^ +\| +[~^]+$", "| CARET", SOURCE),
    Rule(r"^ +\| +(?=\S)", "| ", SOURCE),
    Rule(
        r"(\.SRC:)\d+(:COLUMN: error: (?:no return statement|control reaches end))",
        r"\1END\2",
        "a function of Python ends without a brace",
    ),
    Rule(r"\b0x[0-9a-f]{8}\b", "CHECKSUM", "checksums of declarations"),
)

# With another suffix a source stands elsewhere among its products.
_PRODUCTS = r"\w+\.(?:SRC|o|ko|mod[.\w]*)$"

OWN = {
    "01-two-threads-park": Own(
        rules=(Rule(r"\bloops=1[56]\b", "loops=15 or 16", SLOW),),
        commanded=(r"ev=exit\b", r"ev=ctl_return", r"ev=slave_return"),
    ),
    "02-park-edges": Own(
        rules=(Rule(r"(\+ +)14[67] Running", r"\1PID Running", WORKERS),),
        commanded=(r"ev=fn_resumed$", r"ev=park_call"),
    ),
    "06-names": Own(unordered=r"id=\d+ comm="),
    "07-ps-states": Own(
        rules=(
            Rule(r"^(root +\d+) +[\d.]+( +0\.\d +\d+ +\d+ .* )\d:\d\d ", r"\1 SHARE\2TIME ", SPEED),
            Rule(r"^(root +\d+ +\d+(?: +\d+)? )[ \d]\d( .*)00:00:0\d ", r"\1 N\2TIME ", SPEED),
            Rule(r"^((?:\d )?[RDS] +0 +\d+ +\d+ )[ \d]\d ", r"\1 N ", SPEED),
            Rule(r"( [?] +(?:R +)?)(?:00:0)?0:0\d ", r"\1TIME ", SPEED),
            Rule(r" 0\.\d +\d+ +\d+( ttyS0 .* grep -E)", r" SIZES\1", SIZES),
            Rule(r" \d+ +\d+ pipe_r( .* grep -E)", r" SIZES\1", SIZES),
            Rule(r"^zoo z_yield (pid=\d+) __state=0x[02]", r"zoo z_yield \1", YIELD),
            Rule(r"^(?!zoo).*\bz_yield\b.*", "Z_YIELD", YIELD),
            Rule(
                r"^(97 \(z_int\) S (?:\S+ ){18})\d+( .*) [01]((?: 0){13})$",
                r"\1\2\3",
                "when and on which CPU it began",
            ),
            Rule(r"^(se\.(?:exec_start|vruntime|sum_exec_runtime|nr_migr\w+) +:) .*", r"\1", SPEED),
        ),
    ),
    "10-params": Own(
        rules=(
            Rule(r"\b[0-9A-F]{23}$", "SRCVERSION", "the twin's source is not the C module's"),
            Rule(r"^(-[-rw]{9})\d ", r"\1M ", "the last digit of the minute"),
        ),
    ),
    "11-loading-states": Own(
        rules=(Rule(r" 16\d Killed", " PID Killed", WORKERS),),
    ),
    "13-oops": Own(
        rules=(
            Rule(r"\b(PID: |bad_thread\[|line 1: +)\d+\b", r"\1PID", WORKERS),
            Rule(r"\bdo_bad\.cold\+", "do_bad+", "where gcc puts code that is rarely run"),
        ),
    ),
    "14-bug-warn": Own(
        rules=(Rule(r"\b(PID: |line 1: +)1[1-6]\d\b", r"\1PID", WORKERS),),
    ),
    "15-softlockup": Own(
        rules=(
            Rule(
                r"idle=[0-9a-f]+/1/(?:ADDRESS|0x4000000000000000) softirq=\d+/\d+ fqs=\d+",
                "COUNTERS",
                "RCU's own counters",
            ),
            Rule(r"jiffies g=-?\d+ q=\d+ ", "jiffies COUNTERS ", "RCU's own counters"),
        ),
        exec_ns=45_000_000,
    ),
    "17-printk-levels": Own(
        rules=(
            Rule(r"^(\w+ *:\w+ *: )\[ *\d+\.\d{6}\] ", r"\1", WHEN),
            Rule(r"\bpid 9\d$", "pid N", "the recorded kernel had one worker less"),
        ),
        # A kernel message overtakes what programs have written and the serial line has not sent.
        unordered=r"from user$|\$ echo 'from user'",
    ),
    "18-dmesg-options": Own(
        rules=(
            Rule(r"[ +]*\d+\.\d{6}", " SECONDS", WHEN),
            Rule(r"^2026-11-23T\d\d:\d\d:\d\d,\d{6}\+00:00 ", "DATE ", WHEN),
            Rule(r"^\[Mon Nov 23 \d\d:\d\d:\d\d 2026", "[DATE", WHEN),
            Rule(r"\[Nov23 \d\d:\d\d\] ", "[DATE] ", WHEN),
            Rule(r"^(\d+),\d+,\d+,-;", r"\1,SEQ,USEC,-;", "when, and how much boot had to say"),
        ),
    ),
    "19-printk-formats": Own(
        rules=(
            Rule(r"(001fabff-4142-).*", r"\1REST", "what lies behind an array of six bytes"),
            Rule(r"fmts\.(?:c|py)$", "fmts.SRC", SOURCE),
        ),
    ),
    "26-kmod-tools": Own(
        rules=(Rule(r"\b[0-9A-F]{23}$", "SRCVERSION", "the twin's source is not the C module's"),),
    ),
    "27-ps-and-users": Own(
        rules=(
            Rule(r" 0[78]:\d\d ", " HH:MM ", WHEN),
            Rule(r"^( +1 ttyS0 +)00:00:0\d( bash)", r"\1TIME\2", SPEED),
            Rule(r"\b(?:00:0)?0:\d\d(?= .*psm_busy)", "TIME", SPEED),
            Rule(r"^(root +9\d) +[\d.]+( +0\.0 )", r"\1 SHARE\2", SPEED),
            Rule(r"^(root +(\d+) +[12](?: +\2)?) +\d+( .*HH:MM)", r"\1 SHARE\3", SPEED),
            Rule(r"^(root +9\d +2 SHARE +0 +0 +)[01] ", r"\1CPU ", "which of two CPUs"),
            Rule(r"^(R +0 +96 +2 +)\d+", r"\1SHARE", SPEED),
            Rule(
                r"^( +9\d +2 root .* )00:\d\d +\d( \w +\w \w 1) +\d+ +[\d.]+( .* 19) +[01] ",
                r"\1SECONDS\2 SHARE\3 CPU ",
                SPEED,
            ),
        ),
    ),
    "28-kbuild-ok": Own(
        rules=BUILD,
        # make -j4 links in any order.
        unordered=_PRODUCTS + "|Skipping BTF",
    ),
    "29-kbuild-errors": Own(
        rules=(
            *BUILD,
            Rule(
                r".*/(?:printk|kern_levels)\.h:LINE:COLUMN: (?=warning: format)",
                "HEADER:LINE:COLUMN: ",
                "the mirror's printk.h holds what Linux has in kern_levels.h",
            ),
        ),
        unordered=_PRODUCTS,
        sources=r"\$ cat \w+\.SRC$",
    ),
}
