"""Opening a prompt: the host boots, its first prompt appears, then the line editor is loaded.

Loading the editor takes twice as long as all the rest. So nothing here imports it before the first
prompt has been painted; what is typed meanwhile waits in the terminal, unseen.
"""

from __future__ import annotations

import contextlib
import sys
import termios

from vshell.console.keep import guarded
from vshell.console.looks import Looks, is_dumb
from vshell.console.relay import Relay, paint_prompt
from vshell.console.window import own_mode, take_keys, window_size
from vshell.machine.desk import LocalDesk
from vshell.machine.thread import Machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.console.guide import Guide
    from vshell.console.player import Demo
    from vshell.console.stage import ShowPanel
    from vshell.machine.desk import Desk
    from vshell.machine.host import Host
    from vshell.machine.observer import Observer

__all__ = ["run_at", "run_prompt"]

_GREETING = "vshell {version}: a virtual Linux host. Type 'help' to begin, Ctrl-D to leave.\n"
# A host that takes longer to ask for its first line is not waited for.
_PATIENCE_S = 2.0


def run_prompt(
    make_host: Callable[[], Host],
    rate: float,
    observer: Observer | None = None,
    guide: Guide | None = None,
    *,
    show_panel: ShowPanel | None = None,
    demo: Demo | None = None,
    on_served: Callable[[], None] | None = None,
    looks: Looks | None = None,
) -> int:
    """Run the prompt on a new machine until its session ends.

    Args:
        make_host: makes the host, in the machine's thread.
        rate: virtual seconds per real second.
        observer: hears of all that enters and leaves; None for nobody.
        guide: leads through a lesson; None without one.
        show_panel: shows the panel in the terminal until it is left; None if that cannot be.
        demo: played at the prompt; None without one.
        on_served: called, in any thread, when viewers in other processes can attach, after the
            first prompt; None for nobody.
        looks: how it looks; None for what the environment says.

    Returns:
        The session's exit status, 2 if the machine failed.
    """
    from vshell import __version__  # noqa: PLC0415 - only for the greeting

    machine = Machine(make_host, rate, observer)
    sys.stdout.write(_GREETING.format(version=__version__))
    sys.stdout.flush()
    return run_at(
        LocalDesk(machine),
        machine,
        guide,
        show_panel=show_panel,
        demo=demo,
        on_served=on_served or (lambda: None),
        looks=looks,
    )


def run_at(
    desk: Desk,
    machine: Machine | None = None,
    guide: Guide | None = None,
    *,
    show_panel: ShowPanel | None = None,
    demo: Demo | None = None,
    on_served: Callable[[], None] | None = None,
    looks: Looks | None = None,
) -> int:
    """Run a prompt at a desk until its session ends; see ``run_prompt``.

    Args:
        desk: where it sits; it is left at the end.
        machine: if it is in this process; not started yet.
        guide: see ``run_prompt``, as of all that follow.
        show_panel: see there.
        demo: see there.
        on_served: see there.
        looks: see there.
    """
    columns, rows = window_size()
    # A lesson and a demo have something to say before the first prompt.
    is_plain = guide is None and demo is None and sys.stdout.isatty() and not is_dumb()
    relay = Relay(lambda prompt: is_plain and paint_prompt(prompt, columns))
    mode = own_mode(0)
    guard = contextlib.ExitStack()
    try:
        if mode:
            guard.enter_context(guarded(0, mode))
        with contextlib.suppress(termios.error):
            take_keys(0)
        if machine is not None:
            machine.start()
        terminal = desk.open(relay, columns, rows, relay if show_panel is not None else None)
        # Two threads that both compute would make the prompt appear later, not sooner.
        relay.has_heard.wait(_PATIENCE_S)
        from vshell.console.session import Prompt  # noqa: PLC0415 - takes a while

        prompt = Prompt(
            desk,
            looks or Looks(),
            machine=machine,
            guide=guide,
            show_panel=show_panel,
            demo=demo,
            on_served=on_served,
        )
        return prompt.run(relay, terminal, mode)
    finally:
        if mode:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(0, termios.TCSADRAIN, mode)
        guard.close()
        desk.close()
