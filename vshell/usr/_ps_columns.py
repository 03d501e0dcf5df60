"""ps: its columns, by the names that -o and --sort take.

More than 400 lines, one idea: a table with a line for each column.

Source: ps(1), "STANDARD FORMAT SPECIFIERS", procps 4.0.2.
Real: 06-names, 07-ps-states, 24-sched-attrs, 27-ps-and-users.
"""

from __future__ import annotations

from operator import attrgetter

from vshell.usr._proc import TICKS_PER_SEC
from vshell.usr._ps_row import Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Value = Callable[[Row], int | str]

__all__ = ["COLUMNS", "LEFT", "PER_PROCESS", "PER_THREAD", "PIDS", "RIGHT", "SIGNALS", "UNLIMITED"]
__all__ += ["USER", "WCHAN", "Column", "find_column", "listed_columns"]

# How a column stands in its width: text that is too long is cut only where it says so.
RIGHT, LEFT = "right", "left"
UNLIMITED = "unlimited"
"""Left, cut to the width; the last column takes what is left of the line."""
USER = "user"
"""A name, left and cut with a plus sign; its number, right, where numbers are asked for."""
WCHAN = "wchan"
"""Left and cut; right where numbers are asked for."""
SIGNALS = "signals"
"""A mask, right; all of it where the line is wide enough."""

PIDS = 0
"""The width of numbers of tasks, which depends on the system."""

# Where a listing has lines for processes and for their threads: columns that are on one kind only.
BOTH, PER_PROCESS, PER_THREAD = "both", "process", "thread"


class Column:
    """One column: its header, its place in the line and its value."""

    __slots__ = ("header", "justify", "scope", "show", "value", "width", "write")

    def __init__(
        self,
        header: str,
        width: int,
        justify: str,
        value: Value,
        show: Callable[[int], str] = str,
        scope: str = BOTH,
        write: Callable[[Row], str] | None = None,
    ) -> None:
        """Describe a column.

        Args:
            header: what stands above it.
            width: in characters; PIDS for the system's.
            justify: one of the above.
            value: gives a row's value, by which rows are sorted too.
            show: writes a value that is a number.
            scope: BOTH, PER_PROCESS or PER_THREAD.
            write: writes a row's value where that takes more than the number.
        """
        self.header = header
        self.width = width
        self.justify = justify
        self.value = value
        self.show = show
        self.scope = scope
        self.write = write

    def text(self, row: Row) -> str:
        """Write a row's value."""
        if self.write is not None:
            return self.write(row)
        value = self.value(row)
        return self.show(value) if isinstance(value, int) else value


# -- How numbers are written ----------------------------------------------------------------------


def _clock(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    text = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{days}-{text}" if days else text


def _cpu_clock(ticks: int) -> str:
    return _clock(ticks // TICKS_PER_SEC)


def _seconds(ticks: int) -> str:
    return str(ticks // TICKS_PER_SEC)


def _elapsed(seconds: int) -> str:
    text = _clock(seconds)
    return text[3:] if seconds < 3600 else text


def _minutes(ticks: int) -> str:
    minutes, seconds = divmod(ticks // TICKS_PER_SEC, 60)
    return f"{minutes:3d}:{seconds:02d}"


def _tenths(permille: int) -> str:
    return f"{permille // 10}" if permille > 999 else f"{permille // 10:2d}.{permille % 10}"


def _thousandths(share: int) -> str:
    return f"{share // 1000}.{share % 1000:03d}"


def _octal(number: int) -> str:
    return f"{number:o}"


def _address(number: int) -> str:
    return f"{number:016x}"


def _fits(limit: int) -> Callable[[int], str]:
    return lambda number: str(min(number, limit))


# -- Values that take an argument -----------------------------------------------------------------


def _task(name: str) -> Value:
    value: Value = attrgetter(f"task.{name}")
    return value


def _priority(base: int, sign: int = 1) -> Value:
    return lambda row: base + sign * row.task.priority


def _id(key: str, index: int) -> Value:
    return lambda row: row.task.ids(key)[index]


def _user(index: int) -> Value:
    def value(row: Row) -> int | str:
        uid = row.task.ids("Uid")[index]
        return uid if row.shot.numeric else row.shot.names.user(uid)

    return value


def _group(index: int) -> Value:
    def value(row: Row) -> int | str:
        gid = row.task.ids("Gid")[index]
        return gid if row.shot.numeric else row.shot.names.group(gid)

    return value


def _mask(key: str) -> Value:
    return lambda row: row.task.status(key) or "0" * 16


def _namespace(kind: str) -> Value:
    # A link such as "pid:[4026531836]".
    return lambda row: row.task.link(f"ns/{kind}").partition("[")[2].rstrip("]") or "-"


def _io(key: str) -> Value:
    return lambda row: row.io_count(key)


def _file(name: str, default: int = 0) -> Value:
    return lambda row: int(row.task.read(name) or default)


def _always(text: str) -> Value:
    return lambda row: text  # noqa: ARG005 - a column's value takes the row


def _start(header: str, width: int, kind: str) -> Column:
    return Column(header, width, RIGHT, _task("start"), write=lambda row: row.start_text(kind))


_NONE = _always("-")


# -- The columns ----------------------------------------------------------------------------------

_COMMAND_WIDTH = 27


def _command(header: str) -> Column:
    return Column(header, _COMMAND_WIDTH, UNLIMITED, Row.command, scope=PER_PROCESS)


def _comm(header: str) -> Column:
    return Column(header, 15, UNLIMITED, Row.name, scope=PER_PROCESS)


def _text(header: str, width: int, value: Value = _NONE, scope: str = BOTH) -> Column:
    return Column(header, width, UNLIMITED if value is not _NONE else LEFT, value, scope=scope)


def _number(
    header: str,
    width: int,
    value: Value,
    show: Callable[[int], str] = str,
    scope: str = BOTH,
) -> Column:
    return Column(header, width, RIGHT, value, show, scope)


def _of_process(header: str, width: int, value: Value, show: Callable[[int], str] = str) -> Column:
    return Column(header, width, RIGHT, value, show, PER_PROCESS)


def _of_thread(header: str, width: int, value: Value, show: Callable[[int], str] = str) -> Column:
    return Column(header, width, RIGHT, value, show, PER_THREAD)


def _name(header: str, value: Value) -> Column:
    return Column(header, 8, USER, value)


def _signals(header: str, key: str, scope: str = BOTH) -> Column:
    return Column(header, 9, SIGNALS, _mask(key), scope=scope)


COLUMNS: dict[str, Column] = {
    "%cpu": _number("%CPU", 4, Row.summed_permille, _tenths),
    "%mem": _of_process("%MEM", 4, Row.memory_permille, _tenths),
    # What ps's makers try their columns with.
    "_left": Column("LLLLLLLL", 8, LEFT, _always("tty7")),
    "_left2": Column("L2L2L2L2", 8, LEFT, _always("3270/tty4")),
    "_right": Column("RRRRRRRRRRR", 11, RIGHT, _always("59:59")),
    "_right2": Column("R2R2R2R2R2R", 11, RIGHT, _always("999-23:59:59")),
    "_unlimited": Column("U", 16, UNLIMITED, _always("[123456789-12345] <defunct>")),
    "_unlimited2": Column("U2", 16, UNLIMITED, _always("[123456789-12345] <defunct>")),
    "ag_id": _number("AGID", 5, _always("-1")),
    "ag_nice": _number("AGNI", 4, _always("0")),
    "args": _command("COMMAND"),
    "atime": _number("TIME", 8, Row.cpu_ticks, _cpu_clock),
    "blocked": _signals("BLOCKED", "SigBlk", PER_THREAD),
    "bsdstart": _start("START", 6, "bsdstart"),
    "bsdtime": _number("TIME", 6, Row.summed_ticks, _minutes),
    "c": _number("C", 2, Row.cpu_percent),
    "caught": _signals("CAUGHT", "SigCgt", PER_THREAD),
    "cgname": _text("CGNAME", _COMMAND_WIDTH, Row.cgroup, PER_PROCESS),
    "cgroup": _text("CGROUP", _COMMAND_WIDTH, Row.cgroup, PER_PROCESS),
    "cgroupns": _number("CGROUPNS", 10, _namespace("cgroup")),
    "class": Column("CLS", 3, LEFT, Row.scheduler, scope=PER_THREAD),
    "cls": _of_thread("CLS", 3, Row.scheduler),
    "cmd": _command("CMD"),
    "comm": _comm("COMMAND"),
    "command": _command("COMMAND"),
    "context": _text("CONTEXT", 31),
    "cp": _number("CP", 3, Row.cpu_permille, _fits(999)),
    "cpuid": _of_thread("CPUID", 5, _task("processor")),
    "cputime": _number("TIME", 8, Row.cpu_ticks, _cpu_clock),
    "cputimes": _number("TIME", 8, Row.cpu_ticks, _seconds),
    "cuc": _number("%CUC", 7, Row.family_cpu_share, _thousandths),
    "cuu": _number("%CUU", 6, Row.own_cpu_share, _thousandths),
    "drs": _of_process("DRS", 5, Row.data_kib),
    "dsiz": _of_process("DSIZ", 4, Row.data_kib),
    "egid": _number("EGID", 5, _id("Gid", 1)),
    "egroup": _name("EGROUP", _group(1)),
    "eip": _of_thread("EIP", 16, _task("eip"), _address),
    "esp": _of_thread("ESP", 16, _task("esp"), _address),
    "etime": _number("ELAPSED", 11, Row.elapsed_seconds, _elapsed),
    "etimes": _number("ELAPSED", 7, Row.elapsed_seconds),
    "euid": _number("EUID", 5, _id("Uid", 1)),
    "euser": _name("EUSER", _user(1)),
    "exe": _text("EXE", _COMMAND_WIDTH, Row.executable, PER_PROCESS),
    "f": _number("F", 1, Row.flags_octal, _octal),
    "fgid": _number("FGID", 5, _id("Gid", 3)),
    "fgroup": _name("FGROUP", _group(3)),
    "flag": _number("F", 1, Row.flags_octal, _octal),
    "flags": _number("F", 1, Row.flags_octal, _octal),
    "fname": Column("COMMAND", 8, LEFT, Row.short_name, scope=PER_PROCESS),
    "fsgid": _number("FSGID", 5, _id("Gid", 3)),
    "fsgroup": _name("FSGROUP", _group(3)),
    "fsuid": _number("FSUID", 5, _id("Uid", 3)),
    "fsuser": _name("FSUSER", _user(3)),
    "fuid": _number("FUID", 5, _id("Uid", 3)),
    "fuser": _name("FUSER", _user(3)),
    "gid": _number("GID", 5, _id("Gid", 1)),
    "group": _name("GROUP", _group(1)),
    "ignored": _signals("IGNORED", "SigIgn", PER_THREAD),
    "intpri": _of_thread("PRI", 3, _priority(60)),
    "ipcns": _number("IPCNS", 10, _namespace("ipc")),
    "label": _text("LABEL", 31),
    "lastcpu": _of_thread("C", 3, _task("processor")),
    "lim": _number("LIM", 5, Row.resident_limit),
    "longtname": Column("TTY", 8, LEFT, Row.terminal, scope=PER_PROCESS),
    "lsession": _text("SESSION", 11),
    "lstart": _start("STARTED", 24, "lstart"),
    "luid": _number("LUID", 5, Row.login_id),
    "lwp": _of_thread("LWP", PIDS, _task("pid")),
    "lxc": _text("LXC", 8),
    "m_drs": _of_process("DRS", 5, Row.data_kib),
    "m_size": _of_process("SIZE", 5, _task("vsize")),
    "m_trs": _of_process("TRS", 5, Row.code_kib),
    "machine": _text("MACHINE", 31),
    "maj_flt": _number("MAJFL", 6, _task("majflt")),
    "majflt": _number("MAJFLT", 6, _task("majflt")),
    "min_flt": _number("MINFL", 6, _task("minflt")),
    "minflt": _number("MINFLT", 6, _task("minflt")),
    "mntns": _number("MNTNS", 10, _namespace("mnt")),
    "netns": _number("NETNS", 10, _namespace("net")),
    "ni": _of_thread("NI", 3, Row.nice),
    "nice": _of_thread("NI", 3, Row.nice),
    "nlwp": _of_process("NLWP", 4, _task("threads")),
    "numa": _number("NUMA", 4, _always("-1")),
    "nwchan": _of_thread("WCHAN", 6, _NONE),
    "oom": _of_thread("OOM", 4, _file("oom_score")),
    "oomadj": _of_thread("OOMADJ", 5, _file("oom_score_adj")),
    "opri": _of_thread("PRI", 3, _priority(60)),
    "ouid": _text("OWNER", 5),
    "pagein": _number("PAGEIN", 6, _task("majflt")),
    "pcpu": _number("%CPU", 4, Row.summed_permille, _tenths),
    "pending": _signals("PENDING", "ShdPnd"),
    "pgid": _of_process("PGID", PIDS, _task("pgrp")),
    "pgrp": _of_process("PGRP", PIDS, _task("pgrp")),
    "pid": _of_process("PID", PIDS, _task("pid")),
    "pidns": _number("PIDNS", 10, _namespace("pid")),
    "pmem": _of_process("%MEM", 4, Row.memory_permille, _tenths),
    "policy": Column("POL", 3, LEFT, Row.scheduler, scope=PER_THREAD),
    "ppid": _of_process("PPID", PIDS, _task("ppid")),
    "pri": _of_thread("PRI", 3, _priority(39, -1)),
    "pri_api": _of_thread("API", 3, _priority(-1, -1)),
    "pri_bar": _of_thread("BAR", 3, _priority(1)),
    "pri_baz": _of_thread("BAZ", 3, _priority(100)),
    "pri_foo": _of_thread("FOO", 3, _priority(-20)),
    "priority": _of_thread("PRI", 3, _priority(0)),
    "psr": _of_thread("PSR", 3, _task("processor")),
    "pss": _of_process("PSS", 5, _always("0")),
    "rbytes": _of_thread("RBYTES", 5, _io("read_bytes")),
    "rchars": _of_thread("RCHARS", 5, _io("rchar")),
    "rgid": _number("RGID", 5, _id("Gid", 0)),
    "rgroup": _name("RGROUP", _group(0)),
    "rops": _of_thread("ROPS", 5, _io("syscr")),
    "rss": _of_process("RSS", 5, Row.resident_kib),
    "rssize": _of_process("RSS", 5, Row.resident_kib),
    "rsz": _of_process("RSZ", 5, Row.resident_kib),
    "rtprio": _of_thread("RTPRIO", 6, Row.realtime_priority),
    "ruid": _number("RUID", 5, _id("Uid", 0)),
    "ruser": _name("RUSER", _user(0)),
    "s": Column("S", 1, LEFT, _task("state"), scope=PER_THREAD),
    "sched": _of_thread("SCH", 3, _task("policy")),
    "seat": _text("SEAT", 11),
    "sess": _of_process("SESS", PIDS, _task("session")),
    "session": _of_process("SESS", PIDS, _task("session")),
    "sgi_p": _of_thread("P", 1, Row.running_on),
    "sgi_rss": Column("RSS", 4, LEFT, Row.resident_kib, scope=PER_PROCESS),
    "sgid": _number("SGID", 5, _id("Gid", 2)),
    "sgroup": _name("SGROUP", _group(2)),
    "sid": _of_process("SID", PIDS, _task("session")),
    "sig": _signals("PENDING", "ShdPnd"),
    "sig_block": _signals("BLOCKED", "SigBlk", PER_THREAD),
    "sig_catch": _signals("CATCHED", "SigCgt", PER_THREAD),
    "sig_ignore": _signals("IGNORED", "SigIgn", PER_THREAD),
    "sig_pend": _signals("SIGNAL", "ShdPnd"),
    "sigcatch": _signals("CAUGHT", "SigCgt", PER_THREAD),
    "sigignore": _signals("IGNORED", "SigIgn", PER_THREAD),
    "sigmask": _signals("BLOCKED", "SigBlk", PER_THREAD),
    "size": _of_process("SIZE", 5, Row.swappable_kib),
    "slice": _text("SLICE", 31),
    "spid": _of_thread("SPID", PIDS, _task("pid")),
    "stackp": _of_process("STACKP", 16, _task("start_stack"), _address),
    "start": _start("STARTED", 8, "start"),
    "start_stack": _of_process("STACKP", 16, _task("start_stack"), _address),
    "start_time": _start("START", 5, "stime"),
    "stat": Column("STAT", 4, LEFT, Row.state_letters, scope=PER_THREAD),
    "state": Column("S", 1, LEFT, _task("state"), scope=PER_THREAD),
    "stime": _start("STIME", 5, "stime"),
    "suid": _number("SUID", 5, _id("Uid", 2)),
    "supgid": _text("SUPGID", 20, Row.group_ids, PER_PROCESS),
    "supgrp": _text("SUPGRP", 40, Row.group_names, PER_PROCESS),
    "suser": _name("SUSER", _user(2)),
    "svgid": _number("SVGID", 5, _id("Gid", 2)),
    "svgroup": _name("SVGROUP", _group(2)),
    "svuid": _number("SVUID", 5, _id("Uid", 2)),
    "svuser": _name("SVUSER", _user(2)),
    "sz": _of_process("SZ", 5, Row.virtual_pages),
    "tgid": _of_process("TGID", PIDS, _task("pid")),
    "thcount": _of_process("THCNT", 5, _task("threads")),
    "tid": _of_thread("TID", PIDS, _task("pid")),
    "time": _number("TIME", 8, Row.cpu_ticks, _cpu_clock),
    "timens": _number("TIMENS", 10, _namespace("time")),
    "times": _number("TIME", 8, Row.cpu_ticks, _seconds),
    "tname": Column("TTY", 8, LEFT, Row.terminal, scope=PER_PROCESS),
    "tpgid": _of_process("TPGID", PIDS, _task("tpgid")),
    "trs": _of_process("TRS", 4, Row.code_kib),
    "trss": _of_process("TRSS", 4, Row.code_kib),
    "tsig": _signals("PENDING", "SigPnd"),
    "tsiz": _of_process("TSIZ", 4, Row.code_kib),
    "tt": Column("TT", 8, LEFT, Row.terminal, scope=PER_PROCESS),
    "tty": Column("TT", 8, LEFT, Row.terminal, scope=PER_PROCESS),
    "tty4": Column("TTY", 4, LEFT, Row.short_terminal, scope=PER_PROCESS),
    "tty8": Column("TTY", 8, LEFT, Row.terminal, scope=PER_PROCESS),
    "ucmd": _comm("CMD"),
    "ucomm": _comm("COMMAND"),
    "uid": _number("UID", 5, _id("Uid", 1)),
    "uid_hack": _name("UID", _user(1)),
    "uname": _name("USER", _user(1)),
    "unit": _text("UNIT", 31),
    "user": _name("USER", _user(1)),
    "userns": _number("USERNS", 10, _namespace("user")),
    "uss": _of_process("USS", 5, _always("0")),
    "util": _number("C", 2, Row.cpu_percent),
    "utsns": _number("UTSNS", 10, _namespace("uts")),
    "uunit": _text("UUNIT", 31),
    "vsize": _of_process("VSZ", 6, Row.virtual_kib),
    "vsz": _of_process("VSZ", 6, Row.virtual_kib),
    "wbytes": _of_thread("WBYTES", 5, _io("write_bytes")),
    "wcbytes": _of_thread("WCBYTES", 5, _io("cancelled_write_bytes")),
    "wchan": Column("WCHAN", 6, WCHAN, Row.wait_channel, scope=PER_THREAD),
    "wchars": _of_thread("WCHARS", 5, _io("wchar")),
    "wname": Column("WCHAN", 6, WCHAN, Row.wait_channel, scope=PER_THREAD),
    "wops": _of_thread("WOPS", 5, _io("syscw")),
    "zone": _text("ZONE", 31),
}

# Names of other systems' columns, which hold nothing here; those of ps's own formats among them.
_EMPTY = """\
acflag ACFLG 5, acflg ACFLG 5, addr ADDR 4, addr_1 ADDR 1, alarm ALARM 5, argc ARGC 4, ctid CTID 5,
cursig CURSIG 6, end_code E_CODE 16, inblk INBLK 5, inblock INBLK 5, jobc JOBC 4, ktrace KTRACE 8,
ktracep KTRACEP 8, m_dt DT 4, m_lrs LRS 5, m_resident RES 5, m_share SHRD 5, m_swap SWAP 5,
msgrcv MSGRCV 6, msgsnd MSGSND 6, nivcsw IVCSW 5, nsignals NSIGS 5, nsigs NSIGS 5, nvcsw VCSW 5,
osz SZ 2, oublk OUBLK 5, oublock OUBLK 5, p_ru P_RU 6, paddr PADDR 6, projid PROJID 5, pset PSET 4,
psxpri PPR 3, rlink RLINK 8, scnt SCNT 4, scount SC 4, sl SL 3, start_code S_CODE 16,
status STATUS 6, systime SYSTEM 6, taskid TASKID 5, tdev TDEV 4, timeout TMOUT 5, tmout TMOUT 5,
tsess TSESS 0, tsession TSESS 0, tsid TSID 0, u_procp UPROCP 6, umask UMASK 5, upr UPR 3,
uprocp UPROCP 8, usertime USER 4, usrpri UPR 3, vm_data DATA 5, vm_exe EXE 5, vm_lib LIB 5,
vm_lock LCK 3, vm_stack STACK 5, xstat XSTAT 5"""


def find_column(name: str) -> Column | None:
    """Find a column by name, also one that is always empty."""
    found = COLUMNS.get(name)
    if found is not None:
        return found
    for entry in _EMPTY.split(","):
        known, header, width = entry.split()
        if known == name:
            return _of_process(header, int(width), _NONE)
    return None


def listed_columns() -> list[tuple[str, str]]:
    """List the names that L shows, with their headers, sorted."""
    return [(name, column.header) for name, column in COLUMNS.items() if name != "nwchan"]
