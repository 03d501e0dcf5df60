"""``vshell record``: opens the files of a recording, and records lines without a prompt."""

from __future__ import annotations

import os
import sys

from vshell.abi.plain import plain_text
from vshell.machine.dialogue import Dialogue
from vshell.machine.failure import HostFailure
from vshell.transcript.record import Cast, Recorder, Recording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vshell.machine.host import Host

__all__ = ["open_recording", "record_lines"]


def open_recording(
    path: str,
    *,
    title: str = "",
    with_events: bool = False,
    cast_path: str | None = None,
    workspace: str | None = None,
    with_times: bool = True,
) -> Recording:
    """Open the files of a recording.

    Args:
        path: of the transcript; none of the files may exist.
        title: of the transcript; "" for the file's name.
        with_events: whether the kernel's events are kept in PATH.events.jsonl.
        cast_path: of the asciicast, or None.
        workspace: the real directory that is the home directory, or None.
        with_times: whether steps say when they were entered.

    Raises:
        OSError: a file cannot be made, or exists.
    """
    name = os.path.basename(path)
    stem = name.removesuffix(".yaml").removesuffix(".vshell")
    folder = os.path.dirname(path) or "."
    events_path = os.path.join(folder, f"{stem}.events.jsonl") if with_events else None
    beside = ""
    if workspace is not None:
        relative = os.path.relpath(workspace, folder)
        # A transcript names only what is beside it or below; the rest is said with --workspace.
        beside = "" if relative.startswith("..") else relative
    recorder = Recorder(
        path, title or stem, events_path=events_path, workspace=beside, with_times=with_times
    )
    try:
        cast = Cast(cast_path, title or stem) if cast_path is not None else None
    except OSError:
        recorder.close()
        os.unlink(path)
        raise
    return Recording(recorder, cast)


def record_lines(make_host: Callable[[], Host], lines: Iterable[str], recording: Recording) -> int:
    """Type lines at the prompt of a fresh host in free time, and record that.

    What the host shows goes to standard output, what cannot go on to standard error.

    Returns:
        The last command's exit status, 2 if the host failed.
    """
    host = make_host()
    recording.on_boot(host)
    status = 0
    try:
        dialogue = Dialogue(host, observer=recording)
        dialogue.take_output()
        for line in lines:
            if dialogue.has_ended:
                break
            sys.stdout.write(dialogue.type(line))
            sys.stdout.flush()
        status = dialogue.status
    except HostFailure as failure:
        sys.stderr.write(plain_text(f"vshell: {failure}\n"))
        status = 2
    finally:
        host.shut_down()
    return status
