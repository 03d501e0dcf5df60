"""The recordings of a real kernel, replayed on Python twins of their modules.

Each folder holds the twins, run.sh (what was typed) and real.txt (what the console showed). The
twins are built, run.sh is run by the shell that is process 1 of the recorded machine's profile,
and what the terminal shows is compared line by line with real.txt.

How a comparison works: ``normalise`` takes out of each line what is the machine's and not the
kernel's; every rule says why. Durations in jiffies are compared as such, within the width of the
timer wheel's bucket they fall into, because when a command was typed decides where in a bucket
a sleep begins. What then still differs must be listed under ``accepted``, with its reason.
"""

from __future__ import annotations

import difflib
import re
import shutil
from pathlib import Path

import pytest

from vshell.machine.free import run_free
from vshell.machine.host import Host, load_settings

HERE = Path(__file__).parent
NAMES = sorted(path.name for path in HERE.iterdir() if (path / "real.txt").exists())

# The recorded machine's first line: `c COMMAND` shows a command and runs it.
PRELUDE = 'c() { echo "\\$ $*"; eval "$*"; }\n'
FIRST_PID = 94  # the first that the recorded machine's boot had left over

# The machine's own, replaced wherever it stands.
MACHINE = [
    (r"^\[ *\d+\.\d{6}\] ", "", "when: durations are checked by their jiffies"),
    (r" \(\w+\.py:\d+\)", "", "vshell adds the source's line to a module's functions"),
    (r"\b(?:CPU: |CPU#)\d", "CPU: N", "which of two idle CPUs was taken"),
    (r"^Code: (?!Unable).*", "Code: BYTES", "machine code"),
    (r"^((?:\(err\) )?(?:RSP|R[A-Z0-9]{2}|FS|CS|CR2): ).*", r"\1REGISTERS", "registers"),
    (r"\b(?:0x)?[0-9a-f]{16}\b", "ADDRESS", "addresses"),
    (r"\b0x[0-9a-f]{12}\b", "ADDRESS", "addresses of user space"),
    (r"(\w)\+0x[0-9a-f]+/0x[0-9a-f]+ \[", r"\1+OFFSET/SIZE [", "lengths of machine code"),
    (r"\bj=\d+", "j=J", "jiffies since boot"),
]

# Lines that are left out on both sides.
LEFT_OUT = [
    (r"^ \? ", "what merely lies on the stack of a report, below the module's own functions"),
]

# Durations in jiffies stand behind these names; a wait that was cut short returns what was left.
DURATIONS = re.compile(r"\b(waited|stop_took|began_before|wait_back ret(?==\d\d))=(\d+)")
SINCE = re.compile(r"\bt=(\d+)\b")
SLOW_JIFFIES = 2
"""The recorded machine was an emulator: what it did took a jiffy or two longer."""


class Recording:
    """What one recording needs beside its files."""

    def __init__(self, accepted=(), masked=(), unordered="$^", commanded=()):
        """Describe it.

        Args:
            accepted: pairs of a pattern and a reason: lines that may stand on one side only.
            masked: triples of a pattern, what it becomes, and a reason: what is the machine's.
            unordered: pattern of lines that two CPUs print in either order; neighbours are sorted.
            commanded: patterns of events whose time is that of a typed command.
        """
        self.accepted = accepted
        self.masked = masked
        self.unordered = unordered
        self.commanded = commanded

    def lines(self, text):
        """Take out of a console's text what is the machine's, in this recording."""
        lines = normalise(text)
        for pattern, replacement, _ in self.masked:
            lines = [re.sub(pattern, replacement, line) for line in lines]
        ordered: list[str] = []
        for line in lines:
            # Sorts as it goes: a line moves up past its larger neighbours of the same kind.
            place = len(ordered)
            while (
                re.match(self.unordered, line)
                and place
                and re.match(self.unordered, ordered[place - 1])
                and line < ordered[place - 1]
            ):
                place -= 1
            ordered.insert(place, line)
        return ordered


SLOW = "the recorded machine was an emulator: a loop did not get as far in the same time"
SPEED = "shares of a CPU and the time used are those of the recorded machine"

DYNDBG = "the kernel's own file params.c, which dyndbg=+p has made talkative, is not modelled"
Z_YIELD = "whether it runs or sleeps at a moment is chance"

RECORDINGS = {name: Recording() for name in NAMES} | {
    "01-two-threads-park": Recording(
        commanded=[r"ev=exit\b", r"ev=ctl_return", r"ev=slave_return"],
        masked=[(r"\bloops=1[56]\b", "loops=15 or 16", SLOW)],
    ),
    "02-park-edges": Recording(
        commanded=[r"ev=fn_resumed$", r"ev=park_call"],
        accepted=[
            (r"\+ +14[67] Running", "meanwhile the recorded kernel made a worker of its own")
        ],
    ),
    "05-self-exit": Recording(accepted=[(r"^-ev=orphan_tick i=4$", SLOW)]),
    "06-names": Recording(
        unordered=r"id=\d+ comm=",
        accepted=[
            (r"^-.*readlink: command not found$", "the recorded machine had no readlink"),
            (r"^-rc=127$", "the recorded machine had no readlink"),
            (r"^\+rc=1$", "a kernel thread has no executable"),
        ],
    ),
    "07-ps-states": Recording(
        masked=[
            (r"^(root +\d+) +[\d.]+( +0\.\d +\d+ +\d+ .* )\d:\d\d ", r"\1 SHARE\2TIME ", SPEED),
            (r"^(root +\d+ +\d+(?: +\d+)? )[ \d]\d( .*)00:00:0\d ", r"\1 N\2TIME ", SPEED),
            (r"^((?:\d )?[RDS] +0 +\d+ +\d+ )[ \d]\d ", r"\1 N ", SPEED),
            (r"( [?] +(?:R +)?)(?:00:0)?0:0\d ", r"\1TIME ", SPEED),
            (r" 0\.\d +\d+ +\d+( ttyS0 .* grep -E)", r" SIZES\1", "sizes of binaries"),
            (r" \d+ +\d+ pipe_r( .* grep -E)", r" SIZES\1", "sizes of binaries"),
            (r"^zoo z_yield (pid=\d+) __state=0x[02]", r"zoo z_yield \1", Z_YIELD),
            (r"^(?!zoo).*\bz_yield\b.*", "Z_YIELD", Z_YIELD),
            (r"^(97 \(z_int\) S (?:\S+ ){18})\d+( .*) [01]((?: 0){13})$", r"\1\2\3", "when, where"),
            (r"^(se\.(?:exec_start|vruntime|sum_exec_runtime|nr_migr\w+) +:) .*", r"\1", SPEED),
        ],
        accepted=[
            (r"^-se\.avg\.", "the scheduler's averages of load are not modelled"),
            (r"^-clock-delta ", "a measurement of the recorded machine's clock"),
            (r"^-(numa_|total_numa_faults|current_node=0)", "NUMA balancing is not modelled"),
        ],
    ),
    "08-init-errors": Recording(
        masked=[(r"^PGD .* PTE 0$", "PGD", "addresses of page tables")],
        accepted=[(r"^[-+]rc=1$", "the report of another CPU's thread is printed meanwhile")],
    ),
    "10-params": Recording(
        masked=[
            (r"\b[0-9A-F]{23}$", "SRCVERSION", "the twin's source is not the C module's"),
            (r"^(-[-rw]{9})\d ", r"\1M ", "the last digit of the minute"),
        ],
        accepted=[
            (r"^-(doing params, parsing ARGS|handling count with)", DYNDBG),
        ],
    ),
    "11-loading-states": Recording(
        masked=[(r" 16\d Killed", " PID Killed", "the recorded kernel made workers of its own")],
    ),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Give the folder of a recording with its modules built, on a host of its own."""

    def build(name):
        folder = tmp_path_factory.mktemp(name) / "kthread_examples"
        folder.mkdir()
        for path in (HERE / name).iterdir():
            if path.suffix in (".py", ".sh") or path.name == "Makefile":
                shutil.copy(path, folder)
        run_on_host(folder, "make >/tmp/log 2>&1 || cat /tmp/log", write=True)
        return folder

    return build


def run_on_host(folder, command, *, write=False):
    """Run a command text as process 1 of the recorded machine; give what its terminal shows."""
    settings = load_settings("debian-12")
    settings.update({"first_pid": FIRST_PID}, "test")
    host = Host(settings, workspace=str(folder.parent), write=write)
    host.kernel.vfs.place_text("/run.sh", PRELUDE + (folder / "run.sh").read_text())
    tty = host.add_terminal()
    shown: list[bytes] = []
    tty.output = shown.append
    process = host.open_session(["bash", "-c", command + "\nexit"], tty)
    run_free(host, lambda: process.pid in host.exit_statuses)
    host.shut_down()
    return b"".join(shown).decode()


def normalise(text):
    """Take out of a console's text what is the machine's."""
    lines = text.splitlines()
    for pattern, replacement, _ in MACHINE:
        lines = [re.sub(pattern, replacement, line) for line in lines]
    return [line for line in lines if not any(re.match(one, line) for one, _ in LEFT_OUT)]


def bucket_jiffies(duration):
    """Give by how much a sleep of this length may differ: the width of its wheel level's bucket."""
    level, limit = 0, 63
    while abs(duration) >= limit:
        level, limit = level + 1, limit * 8
    return (0 if level == 0 else 8**level) + SLOW_JIFFIES


def split_durations(lines, commanded):
    """Take the durations out of lines: give the lines without them, and the durations in order."""
    texts, durations = [], []
    before = 0
    for line in lines:
        since = SINCE.search(line)
        if since is not None:
            now = int(since.group(1))
            if not any(re.search(pattern, line) for pattern in commanded):
                durations.append((line, now - before if now >= before else now, now))
            before = now
        durations += [(line, int(field.group(2)), 0) for field in DURATIONS.finditer(line)]
        texts.append(DURATIONS.sub(r"\1=N", SINCE.sub("t=T", line)))
    return texts, durations


def differences(real, ours, accepted):
    """Give the lines of a unified diff that no accepted difference explains."""
    diff = difflib.unified_diff(real, ours, "real.txt", "vshell", lineterm="", n=0)
    changed = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return [line for line in changed if not any(re.search(one, line) for one, _ in accepted)]


@pytest.mark.parametrize("name", NAMES)
def test_recording(name, workspace):
    """What was recorded on a real kernel happens here, line by line and in the same time."""
    recording = RECORDINGS[name]
    shown = run_on_host(workspace(name), ". /run.sh")
    recorded = recording.lines((HERE / name / "real.txt").read_text())
    real, real_durations = split_durations(recorded, recording.commanded)
    ours, our_durations = split_durations(recording.lines(shown), recording.commanded)

    different = differences(real, ours, recording.accepted)
    assert [] == different, "\n".join(different)
    pairs = zip(real_durations, our_durations, strict=True)
    wrong = [
        f"{line}: {expected} jiffies there, {found} here"
        for (line, expected, since), (_, found, our_since) in pairs
        if abs(expected - found) > bucket_jiffies(expected)
        # Between two events of one thread there may be one of another: look from the start, too.
        and (not since or abs(since - our_since) > bucket_jiffies(since))
    ]
    assert [] == wrong, "\n".join(wrong)
