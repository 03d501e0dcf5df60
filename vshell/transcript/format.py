"""The YAML form of a transcript, read with the place of every value.

Nothing but mappings, lists and plain values is understood: no tags, no aliases, no objects.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

import yaml

from vshell.transcript.match import PatternError, check_pattern
from vshell.transcript.model import Keys, Place, Step, Transcript, TranscriptError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

__all__ = [
    "LINE_LETTERS_MAX",
    "SUFFIX",
    "parse_duration_ns",
    "parse_yaml",
    "read_text",
    "step_nodes",
]

# What those who edit a transcript get to see of the YAML library.
Node = yaml.Node
MappingNode = yaml.MappingNode

SUFFIX = ".vshell.yaml"
LINE_LETTERS_MAX = 1_000_000
_FILE_BYTES_MAX = 64_000_000
_SEQUENCE = "tag:yaml.org,2002:seq"
_MAPPING = "tag:yaml.org,2002:map"
_STRING = "tag:yaml.org,2002:str"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_TERMINAL_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ns|us|ms|s|min|h)?")
_UNIT_NS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_SECONDS_MAX = 10**9


def parse_duration_ns(text: str) -> int:
    """Read a duration: a number of seconds, or one with a unit (ns, us, ms, s, min, h).

    Raises:
        ValueError: it is none.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    unit_ns = _UNIT_NS[found[2] or "s"]
    duration_ns = Decimal(found[1]) * unit_ns
    if duration_ns > _SECONDS_MAX * _UNIT_NS["s"]:
        raise ValueError(text)
    return round(duration_ns)


def read_text(path: str) -> str:
    """Read a file that must be text.

    Raises:
        TranscriptError: it is too large, or not UTF-8.
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        data = file.read(_FILE_BYTES_MAX + 1)
    if len(data) > _FILE_BYTES_MAX:
        raise TranscriptError(path, Place(1), f"larger than {_FILE_BYTES_MAX} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        raise TranscriptError(path, place, "not UTF-8 text") from None
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE_LETTERS_MAX:
            raise TranscriptError(
                path, Place(number, LINE_LETTERS_MAX), f"line of {len(line)} characters"
            )
    return text


def parse_yaml(text: str, path: str) -> Transcript:
    """Read a transcript.

    Args:
        text: of the file.
        path: of the file, for messages.

    Raises:
        TranscriptError: it is none; the first mistake.
    """
    return _Reader(path).transcript(_compose(text, path))


def step_nodes(text: str, path: str) -> list[yaml.MappingNode]:
    """Give the nodes of a transcript's steps, for those who edit it.

    Raises:
        TranscriptError: it is none.
    """
    parse_yaml(text, path)
    root = _compose(text, path)
    assert isinstance(root, yaml.MappingNode)
    return next(value.value for key, value in root.value if key.value == "steps")


def _compose(text: str, path: str) -> yaml.Node:
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise TranscriptError(path, _place(event), "aliases are not understood here")
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise TranscriptError(
            path, place, f"character U+{ord(text[error.position]):04X} is not allowed"
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1)
        words = [word for word in (error.context, error.problem) if word]
        raise TranscriptError(path, place, ": ".join(words) or "not YAML") from None
    except (RecursionError, yaml.YAMLError):
        raise TranscriptError(path, Place(1), "not YAML: nested too deeply") from None
    if node is None:
        raise TranscriptError(path, Place(1), "empty: a transcript has at least 'steps'")
    return node


def _place(thing: yaml.Node | yaml.Event) -> Place:
    mark = thing.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)


class _Reader:
    # Turns nodes into values; every mistake is reported at its node.
    def __init__(self, path: str) -> None:
        self.path = path

    def fail(self, node: yaml.Node, text: str) -> NoReturn:
        raise TranscriptError(self.path, _place(node), text)

    # -- The whole --------------------------------------------------------------------------------

    def transcript(self, node: yaml.Node) -> Transcript:
        keys = self.mapping(
            node,
            "a transcript",
            ("title", "host", "workspace", "files", "events", "steps"),
            ("steps",),
        )
        profile, host = self.host(keys.get("host"))
        events = keys.get("events")
        workspace = keys.get("workspace")
        return Transcript(
            path=self.path,
            title=self.string(keys["title"], "title") if "title" in keys else "",
            profile=profile,
            host=host,
            files=self.files(keys.get("files")),
            workspace="" if workspace is None else self.folder(workspace),
            events="" if events is None else self.name_beside(events),
            steps=tuple(map(self.step, self.sequence(keys["steps"], "steps"))),
        )

    def host(self, node: yaml.Node | None) -> tuple[str, dict[str, object]]:
        if node is None:
            return "", {}
        if isinstance(node, yaml.ScalarNode):
            return self.string(node, "host"), {}
        settings: dict[str, object] = {}
        for key, value in self.pairs(node, "host"):
            settings[key.value] = self.plain(value)
        profile = settings.pop("profile", "")
        if not isinstance(profile, str):
            self.fail(node, "host: profile must be text")
        return profile, settings

    def files(self, node: yaml.Node | None) -> dict[str, str]:
        if node is None:
            return {}
        found = {}
        for key, value in self.pairs(node, "files"):
            if ".." in key.value.split("/") or not key.value.strip("/"):
                self.fail(key, f"files: no path of a file: {key.value!r}")
            found[key.value] = self.string(value, f"files: {key.value}")
        return found

    def name_beside(self, node: yaml.Node) -> str:
        name = self.string(node, "events")
        if "/" in name or "\\" in name or name.startswith(".") or not name:
            self.fail(node, "events must name a file beside the transcript")
        return name

    def folder(self, node: yaml.Node) -> str:
        name = self.string(node, "workspace")
        if not name or name.startswith("/") or ".." in name.split("/"):
            self.fail(node, "workspace must name a folder beside the transcript or below it")
        return name

    # -- A step -----------------------------------------------------------------------------------

    def step(self, node: yaml.Node) -> Step:
        readers: dict[str, Callable[[yaml.Node], object]] = {
            "say": lambda one: self.string(one, "say"),
            "run": self.run,
            "key": self.key,
            "out": self.out,
            "status": self.status,
            "at": self.seconds_ns,
            "wait": self.duration_ns,
            "hint": lambda one: self.string(one, "hint"),
            "goal": self.goal,
            "terminal": self.terminal,
            "press": self.press,
            "size": self.size,
        }
        names = {"at": "at_ns", "wait": "wait_ns"}
        keys = self.mapping(node, "a step", tuple(readers), ())
        if "run" in keys and "key" in keys:
            self.fail(keys["key"], "'run' and 'key' exclude each other")
        for name in ("out", "status", "press", "goal", "size"):
            if name in keys and "run" not in keys and "key" not in keys:
                self.fail(keys[name], f"{name!r} without 'run'")
        if not keys:
            self.fail(node, "an empty step")
        if "at" in keys and "wait" in keys:
            self.fail(keys["wait"], "'at' and 'wait' exclude each other")
        values = {names.get(name, name): readers[name](one) for name, one in keys.items()}
        return Step(place=_place(node), **values)  # type: ignore[arg-type]

    def run(self, node: yaml.Node) -> str:
        text = self.string(node, "run").removesuffix("\n")
        if not text:
            self.fail(node, "run: nothing to type")
        if any(letter < " " and letter not in "\n\t" for letter in text):
            self.fail(node, "run: a control character; keys go under 'press'")
        return text

    def key(self, node: yaml.Node) -> str:
        name = self.string(node, "key")
        if name not in ("enter", "ctrl-c", "ctrl-d"):
            self.fail(node, f"key must be enter, ctrl-c or ctrl-d, not {name!r}")
        return name

    def size(self, node: yaml.Node) -> tuple[int, int]:
        found = re.fullmatch(r"(\d{1,4})x(\d{1,4})", self.string(node, "size"))
        if found is None or "0" in found.groups():
            self.fail(node, "size must be columns and rows such as 80x24")
        return int(found[1]), int(found[2])

    def out(self, node: yaml.Node) -> tuple[str, ...]:
        text = self.string(node, "out")
        lines = text.removesuffix("\n").split("\n") if text else []
        for number, line in enumerate(lines):
            try:
                check_pattern(line)
            except PatternError as error:
                is_block = getattr(node, "style", None) in ("|", ">")
                first = _place(node).line - 1 + is_block
                raise TranscriptError(
                    self.path, Place(first + number + 1), f"out: {error}"
                ) from None
        return tuple(lines)

    def status(self, node: yaml.Node) -> int:
        value = self.plain(node)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 255:
            self.fail(node, "status must be a number from 0 to 255")
        return value

    def goal(self, node: yaml.Node) -> tuple[str, ...]:
        if isinstance(node, yaml.ScalarNode):
            return (self.string(node, "goal"),)
        return tuple(self.string(one, "goal") for one in self.sequence(node, "goal"))

    def terminal(self, node: yaml.Node) -> str:
        name = self.string(node, "terminal")
        if not _TERMINAL_NAME.fullmatch(name):
            self.fail(node, "terminal must be a name of letters, digits, '_' and '-'")
        return name

    def press(self, node: yaml.Node) -> tuple[Keys, ...]:
        found = []
        for one in self.sequence(node, "press"):
            keys = self.mapping(one, "a press", ("at", "after", "keys"), ("keys",))
            if ("at" in keys) == ("after" in keys):
                self.fail(one, "a press needs either 'at' or 'after'")
            when = self.seconds_ns(keys["at"]) if "at" in keys else self.duration_ns(keys["after"])
            found.append(Keys(when, "at" in keys, self.string(keys["keys"], "keys")))
        return tuple(found)

    # -- Values -----------------------------------------------------------------------------------

    def mapping(
        self, node: yaml.Node, what: str, known: tuple[str, ...], needed: tuple[str, ...]
    ) -> dict[str, yaml.Node]:
        keys: dict[str, yaml.Node] = {}
        for key, value in self.pairs(node, what):
            if key.value not in known:
                self.fail(key, f"unknown key {key.value!r} in {what}; known: {', '.join(known)}")
            keys[key.value] = value
        for name in needed:
            if name not in keys:
                self.fail(node, f"{what} needs {name!r}")
        return keys

    def pairs(self, node: yaml.Node, what: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode) or node.tag != _MAPPING:
            self.fail(node, f"{what} must be a mapping of keys to values")
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fail(key, f"{what}: a key must be plain text")
            if key.value in seen:
                self.fail(key, f"{key.value!r} appears twice in {what}")
            seen.add(key.value)
        return node.value  # type: ignore[no-any-return]

    def sequence(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or node.tag != _SEQUENCE:
            self.fail(node, f"{what} must be a list")
        return node.value  # type: ignore[no-any-return]

    def string(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.fail(node, f"{what} must be text")
        if node.tag != _STRING and node.tag not in _NUMBERS:
            self.fail(node, f"{what} must be text; quote it: {node.value!r}")
        return str(node.value)

    def plain(self, node: yaml.Node) -> object:
        if not isinstance(node, yaml.ScalarNode):
            self.fail(node, "must be a plain value")
        try:
            return yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError):
            self.fail(node, f"not a value: {node.value!r}")

    def seconds_ns(self, node: yaml.Node) -> int:
        text = self.string(node, "at")
        try:
            seconds = Decimal(text)
        except InvalidOperation:
            seconds = Decimal(-1)
        if not 0 <= seconds <= _SECONDS_MAX:
            self.fail(node, f"'at' must be seconds since boot, not {text!r}")
        return int(seconds * 1_000_000_000)

    def duration_ns(self, node: yaml.Node) -> int:
        text = self.string(node, "wait")
        try:
            return parse_duration_ns(text)
        except ValueError:
            self.fail(node, f"must be a duration such as 3s or 250ms, not {text!r}")
