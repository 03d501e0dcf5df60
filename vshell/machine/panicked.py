"""After a panic: what a terminal shows, and who is asked whether to boot again."""

from __future__ import annotations

from vshell.kernel.printk import stamp_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.tty import Tty
    from vshell.machine.host import Host

__all__ = ["PROMPT", "screen", "wants_to_leave"]

PROMPT = "vshell: panic; Enter boots the host again, Ctrl-D leaves: "


def screen(host: Host, tty: Tty) -> bytes:
    """Give what a terminal still has to show: the report, unless it is the kernel's console.

    Args:
        host: whose kernel has panicked.
        tty: the terminal.
    """
    lines = []
    if not (host.settings.console and tty is host.ttys[0]):
        for record in host.kernel.printk.records(host.kernel.oops.report_sequence):
            lines += [stamp_text(record.time_ns) + line for line in record.text.split("\n")]
    return "".join(f"\r\n{line}" for line in lines).encode() + b"\r\n"


def wants_to_leave(kind: str, value: object) -> bool:
    """Tell whether an entry from outside means that the host is to stay off."""
    words = value.split() if isinstance(value, str) else []
    return kind in ("stop", "eof", "hangup") or words[:1] in (["exit"], ["logout"], ["poweroff"])
