"""The YAML form of a transcript, read with the place of every value.

Nothing but mappings, lists and plain values is understood: no tags, no aliases, no objects. The
same rules stand in ``schema.json`` for editors.
"""

from __future__ import annotations

import re
from contextlib import suppress

from vshell.machine.goal import check_goal
from vshell.machine.host import load_settings
from vshell.machine.settings import SettingsError
from vshell.transcript.duration import parse_duration_ns, parse_seconds_ns
from vshell.transcript.match import PatternError, check_pattern
from vshell.transcript.model import Keys, Place, Step, Transcript, TranscriptError
from vshell.transcript.nodes import (
    MappingNode,
    ScalarNode,
    SequenceNode,
    compose,
    place_of,
    plain_value,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from vshell.machine.settings import HostSettings
    from vshell.transcript.nodes import Node

__all__ = [
    "KEYS",
    "NEED_AN_ACT",
    "PRESS_KEYS",
    "PROMPT_KEYS",
    "STEP_KEYS",
    "SUFFIX",
    "parse_duration_ns",
    "parse_yaml",
    "step_nodes",
]

SUFFIX = ".vshell.yaml"
KEYS = ("title", "host", "workspace", "files", "events", "steps")
STEP_KEYS = (
    *("say", "run", "key", "out", "status", "at", "wait", "hint", "goal"),
    *("terminal", "press", "size"),
)
PRESS_KEYS = ("at", "after", "keys")
PROMPT_KEYS = ("enter", "ctrl-c", "ctrl-d")
NEED_AN_ACT = ("out", "status", "press", "goal", "size")
"""Keys of a step that make no sense where nothing is typed."""
_NULL = "tag:yaml.org,2002:null"
_TEXTS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float"))
_TERMINAL_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
_PROFILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_SIZE = re.compile(r"([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")
# Half a character; U+DC80 and above are bytes that are no UTF-8.
_SURROGATE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def parse_yaml(text: str, path: str) -> Transcript:
    """Read a transcript.

    Args:
        text: of the file.
        path: of the file, for messages.

    Raises:
        TranscriptError: it is none; the first mistake.
    """
    return _Reader(path).transcript(compose(text, path))


def step_nodes(text: str, path: str) -> list[MappingNode]:
    """Give the nodes of a transcript's steps, for those who edit it.

    Raises:
        TranscriptError: it is none.
    """
    root = compose(text, path)
    _Reader(path).transcript(root)
    assert isinstance(root, MappingNode)
    return next(value.value for key, value in root.value if key.value == "steps") or []


class _Reader:
    # Turns nodes into values; every mistake is reported at its node.
    def __init__(self, path: str) -> None:
        self.path = path

    def fail(self, node: Node, text: str) -> NoReturn:
        raise TranscriptError(self.path, place_of(node), text)

    # -- The whole --------------------------------------------------------------------------------

    def transcript(self, node: Node) -> Transcript:
        keys = self.mapping(node, "a transcript", KEYS, ("steps",))
        profile, host = self.host(keys.get("host"))
        return Transcript(
            path=self.path,
            title=self.string(keys["title"], "title") if "title" in keys else "",
            profile=profile,
            host=host,
            files=self.files(keys.get("files")),
            workspace=self.folder(keys["workspace"]) if "workspace" in keys else "",
            events=self.name_beside(keys["events"]) if "events" in keys else "",
            steps=self.steps(keys["steps"]),
        )

    def steps(self, node: Node) -> tuple[Step, ...]:
        if node.tag == _NULL and not node.value:
            # A recording that was interrupted before its first line.
            return ()
        return tuple(map(self.step, self.sequence(node, "steps")))

    # The settings are checked here, where their places are known.
    def host(self, node: Node | None) -> tuple[str, dict[str, object]]:
        if node is None:
            return "", {}
        if isinstance(node, ScalarNode):
            return self.profile(node)[0], {}
        pairs = {key.value: (key, value) for key, value in self.pairs(node, "host")}
        name, settings = self.profile(pairs.pop("profile", (None, None))[1])
        changes = {}
        for key, value in pairs.values():
            changes[key.value] = self.plain(value, f"host: {key.value}")
            try:
                settings.update({key.value: changes[key.value]}, "host")
            except SettingsError as error:
                self.fail(key, str(error))
        return name, changes

    def profile(self, node: Node | None) -> tuple[str, HostSettings]:
        if node is None:
            return "", load_settings(None)
        name = self.string(node, "host: profile")
        settings = None
        if _PROFILE_NAME.fullmatch(name):
            with suppress(SettingsError):
                settings = load_settings(name)
        if settings is None:
            self.fail(node, f"host: there is no profile {name!r}")
        return name, settings

    def files(self, node: Node | None) -> dict[str, str]:
        if node is None:
            return {}
        found = {}
        for key, value in self.pairs(node, "files"):
            path = self.string(key, "files: a path")
            if ".." in path.split("/") or path.rpartition("/")[2] in ("", ".") or "\0" in path:
                self.fail(key, f"files: no path of a file: {path!r}")
            found[path] = self.string(value, f"files: {path}")
        return found

    def name_beside(self, node: Node) -> str:
        name = self.string(node, "events")
        if not name or name.startswith(".") or any(letter in name for letter in "/\\\0"):
            self.fail(node, "events must name a file beside the transcript")
        return name

    def folder(self, node: Node) -> str:
        name = self.string(node, "workspace")
        if not name or name.startswith("/") or ".." in name.split("/") or "\0" in name:
            self.fail(node, "workspace must name a folder beside the transcript or below it")
        return name

    # -- A step -----------------------------------------------------------------------------------

    def step(self, node: Node) -> Step:
        readers: dict[str, Callable[[Node], object]] = {
            "say": lambda one: self.string(one, "say"),
            "run": self.run,
            "key": self.key,
            "out": self.out,
            "status": self.status,
            "at": self.at_ns,
            "wait": lambda one: self.duration_ns(one, "wait"),
            "hint": lambda one: self.string(one, "hint"),
            "goal": self.goal,
            "terminal": self.terminal,
            "press": lambda one: tuple(map(self.press, self.sequence(one, "press"))),
            "size": self.size,
        }
        names = {"at": "at_ns", "wait": "wait_ns"}
        keys = self.mapping(node, "a step", STEP_KEYS, ())
        if not keys:
            self.fail(node, "an empty step")
        for one, other in (("run", "key"), ("at", "wait")):
            if one in keys and other in keys:
                self.fail(keys[other], f"{one!r} and {other!r} exclude each other")
        for name in NEED_AN_ACT:
            if name in keys and "run" not in keys and "key" not in keys:
                self.fail(keys[name], f"{name!r} without 'run'")
        values = {names.get(name, name): readers[name](one) for name, one in keys.items()}
        if "out" in keys:
            values["out_line"] = self.out_line(keys["out"])
        # What is typed is what everybody wants to be led to, not the prose above it.
        place = place_of(keys.get("run", keys.get("key", node)))
        return Step(place=place, **values)  # type: ignore[arg-type]

    def run(self, node: Node) -> str:
        text = self.string(node, "run").removesuffix("\n")
        if not text:
            self.fail(node, "run: nothing to type")
        if any((letter < " " and letter not in "\n\t") or letter == "\x7f" for letter in text):
            self.fail(node, "run: a control character; keys go under 'press'")
        return text

    def key(self, node: Node) -> str:
        name = self.string(node, "key")
        if name not in PROMPT_KEYS:
            self.fail(node, f"key must be enter, ctrl-c or ctrl-d, not {name!r}")
        return name

    def size(self, node: Node) -> tuple[int, int]:
        found = _SIZE.fullmatch(self.string(node, "size"))
        if found is None:
            self.fail(node, "size must be columns and rows such as 80x24")
        return int(found[1]), int(found[2])

    def out(self, node: Node) -> tuple[str, ...]:
        text = self.string(node, "out")
        lines = text.removesuffix("\n").split("\n") if text else []
        first = self.out_line(node)
        for number, line in enumerate(lines):
            try:
                check_pattern(line)
            except PatternError as error:
                place = Place(first + number) if first else place_of(node)
                raise TranscriptError(self.path, place, f"out: {error}") from None
        return tuple(lines)

    # The file's line on which the first expected line stands; 0 if they do not stand one by one.
    def out_line(self, node: Node) -> int:
        if getattr(node, "style", None) == "|":
            return place_of(node).line + 1
        return 0 if "\n" in node.value.removesuffix("\n") else place_of(node).line

    def status(self, node: Node) -> int:
        value = self.plain(node, "status")
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 255:
            self.fail(node, "status must be a number from 0 to 255")
        return value

    def goal(self, node: Node) -> tuple[str, ...]:
        nodes = [node]
        if not isinstance(node, ScalarNode):
            nodes = self.sequence(node, "goal")
        goals = tuple(self.string(one, "goal") for one in nodes)
        for one, goal in zip(nodes, goals, strict=True):
            if wrong := check_goal(goal):
                self.fail(one, wrong)
        return goals

    def terminal(self, node: Node) -> str:
        name = self.string(node, "terminal")
        if not _TERMINAL_NAME.fullmatch(name):
            self.fail(node, "terminal must be a name of letters, digits, '_' and '-'")
        return name

    def press(self, node: Node) -> Keys:
        keys = self.mapping(node, "a press", PRESS_KEYS, ("keys",))
        if ("at" in keys) == ("after" in keys):
            self.fail(node, "a press needs either 'at' or 'after'")
        text = self.string(keys["keys"], "keys")
        if not text:
            self.fail(keys["keys"], "keys: nothing to press")
        if "at" in keys:
            return Keys(self.at_ns(keys["at"]), is_absolute=True, text=text)
        return Keys(self.duration_ns(keys["after"], "after"), is_absolute=False, text=text)

    # -- Values -----------------------------------------------------------------------------------

    def mapping(
        self, node: Node, what: str, known: tuple[str, ...], needed: tuple[str, ...]
    ) -> dict[str, Node]:
        keys: dict[str, Node] = {}
        for key, value in self.pairs(node, what):
            if key.value not in known:
                self.fail(key, f"unknown key {key.value!r} in {what}; known: {', '.join(known)}")
            keys[key.value] = value
        for name in needed:
            if name not in keys:
                self.fail(node, f"{what} needs {name!r}")
        return keys

    def pairs(self, node: Node, what: str) -> list[tuple[ScalarNode, Node]]:
        if not isinstance(node, MappingNode):
            self.fail(node, f"{what} must be a mapping of keys to values")
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                self.fail(key, f"{what}: a key must be plain text")
            if key.tag == "tag:yaml.org,2002:merge":
                self.fail(key, "merge keys are not understood")
            if key.value in seen:
                self.fail(key, f"{key.value!r} appears twice in {what}")
            seen.add(key.value)
        return node.value  # type: ignore[no-any-return]

    def sequence(self, node: Node, what: str) -> list[Node]:
        if not isinstance(node, SequenceNode):
            self.fail(node, f"{what} must be a list")
        return node.value  # type: ignore[no-any-return]

    def string(self, node: Node, what: str) -> str:
        if not isinstance(node, ScalarNode):
            self.fail(node, f"{what} must be text")
        if node.tag == _NULL and not node.value:
            self.fail(node, f"{what} has no value")
        if node.tag not in _TEXTS:
            self.fail(node, f"{what} must be text; quote it: {node.value!r}")
        if _SURROGATE.search(node.value):
            self.fail(node, f"{what}: half a character")
        return str(node.value)

    def plain(self, node: Node, what: str) -> object:
        if isinstance(node, SequenceNode):
            return [self.string(one, what) for one in node.value]
        if not isinstance(node, ScalarNode):
            self.fail(node, f"{what} must be a plain value")
        try:
            return plain_value(node)
        except ValueError:
            self.fail(node, f"{what}: not a value: {node.value[:80]!r}")

    def at_ns(self, node: Node) -> int:
        text = self.string(node, "at")
        try:
            return parse_seconds_ns(text)
        except ValueError:
            self.fail(node, f"at must be seconds since boot, not {text[:80]!r}")

    def duration_ns(self, node: Node, what: str) -> int:
        text = self.string(node, what)
        try:
            return parse_duration_ns(text)
        except ValueError:
            self.fail(node, f"{what} must be a duration such as 3s or 250ms, not {text[:80]!r}")
