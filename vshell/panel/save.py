"""Saves what the panel shows: the picture as SVG and text, the events for other viewers."""

from __future__ import annotations

from vshell.machine.export import Exports
from vshell.panel.looks import stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from vshell.panel.app import Panel
    from vshell.panel.world import World

__all__ = ["picture_text", "save_events", "save_picture"]


def picture_text(panel: Panel) -> str:
    """Give what the panel shows as lines of text."""
    width, height = panel.size
    lines = panel.screen._compositor.render_strips()  # noqa: SLF001 - as export_screenshot does
    texts = ["".join(segment.text for segment in strip)[:width].rstrip() for strip in lines]
    return "\n".join(texts[:height]) + "\n"


def save_picture(panel: Panel, folder: Path) -> list[str]:
    """Write the picture.

    Args:
        panel: what to show.
        folder: where.

    Returns:
        The names of the files: an SVG and a text. Files that exist are kept, new ones get others.

    Raises:
        OSError: one cannot be written.
    """
    stem = _free_stem(folder, panel.world, (".svg", ".txt"))
    svg = panel.export_screenshot(title="vshell panel")
    _write(folder / f"{stem}.svg", svg)
    _write(folder / f"{stem}.txt", picture_text(panel))
    return [f"{stem}.svg", f"{stem}.txt"]


def save_events(world: World, folder: Path) -> list[str]:
    """Write the events that the panel has kept, as ``--trace`` and ``--ftrace`` do.

    Args:
        world: whose events.
        folder: where.

    Returns:
        The names of the files: Chrome JSON and ftrace text.

    Raises:
        OSError: one cannot be written.
    """
    if world.begins is None or world.hello is None:
        return []
    stem = _free_stem(folder, world, (".json", ".ftrace.txt"))
    names = [f"{stem}.json", f"{stem}.ftrace.txt"]
    exports = Exports(*(str(folder / name) for name in names))
    taints = {module.name: module.taints for module in world.modules}
    failures = exports.write(
        world.begins,
        world.record,
        world.now_ns,
        world.hello.jiffies,
        lambda name: taints.get(name, ""),
    )
    if failures:
        raise OSError(0, failures[0].partition(": ")[2], names[0])
    return names


def _free_stem(folder: Path, world: World, suffixes: tuple[str, ...]) -> str:
    stem = first = f"vshell-{stamp(world.moment_ns)}"
    number = 1
    while any((folder / f"{stem}{suffix}").exists() for suffix in suffixes):
        number += 1
        stem = f"{first}-{number}"
    return stem


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
