"""Host files: YAML that names what differs from the default host, or from a profile.

The only file of this layer that reads YAML. ``host.schema.json`` says the same to editors. Whatever
is wrong is told with line and column, and with the key.
"""

from __future__ import annotations

import difflib
import os

import yaml

from vshell.machine.setting_lines import TABLES, check_line
from vshell.machine.settings import HostSettings, SettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["DEFAULT_PROFILE", "profile_names", "read_host_file"]

DEFAULT_PROFILE = "ubuntu-22.10"
"""The profile whose settings are those of a host without a host file."""

_FOLDER = os.path.join(os.path.dirname(__file__), "profiles")
_SUFFIX = ".yaml"
_BYTES_MAX = 1_000_000
_DEPTH_MAX = 20
_NESTED_MAX = 4


class _Loader(yaml.SafeLoader):
    # A host file is plain text: what refers to something else could be larger than it looks.
    def __init__(self, text: str, path: str) -> None:
        super().__init__(text)
        self.path = path
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            _fail(self.path, event.start_mark, "anchors and aliases are not understood")
        if self.depth > _DEPTH_MAX:
            _fail(self.path, event.start_mark, "nested too deeply")
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _fail(path: str, mark: yaml.Mark | None, text: str) -> NoReturn:
    place = f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""
    raise SettingsError(f"{path}{place}: {text}") from None


def profile_names() -> list[str]:
    """List the profiles that come with vshell, the default host's first."""
    names = [one.removesuffix(_SUFFIX) for one in os.listdir(_FOLDER) if one.endswith(_SUFFIX)]
    return sorted(names, key=lambda name: (name != DEFAULT_PROFILE, name))


def read_host_file(name: str) -> HostSettings:
    """Read a host file.

    Args: name: its path, or a profile's name.

    Raises:
        SettingsError: it cannot be read, or says something that cannot be.
    """
    return _read(name, 0)


def _read(name: str, depth: int) -> HostSettings:
    path = _path_of(name)
    text = _text_of(path, name)
    loader = None
    try:
        loader = _Loader(text, name)
        node = loader.get_single_node()
        if node is None:
            return HostSettings()
        return _settings(loader, node, name, depth)
    except yaml.MarkedYAMLError as error:
        words = ": ".join(one for one in (error.context, error.problem) if one)
        _fail(name, error.problem_mark or error.context_mark, words)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        _fail(name, loader.get_mark() if loader is not None else None, " ".join(str(error).split()))


# What a name means: a file, if there is one, else a profile.
def _path_of(name: str) -> str:
    profile = os.path.join(_FOLDER, name + _SUFFIX)
    return profile if "/" not in name and not os.path.exists(name) else name


def _text_of(path: str, name: str) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read(_BYTES_MAX + 1)
    except OSError as error:
        hint = ""
        if path != name and not name.endswith((_SUFFIX, ".yml")):
            hint = f", and no profile (there are {', '.join(profile_names())})"
        raise SettingsError(f"{name}: {error.strerror}{hint}") from None
    if len(data) > _BYTES_MAX:
        raise SettingsError(f"{name}: larger than {_BYTES_MAX} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{name}:{line}: not UTF-8 text") from None


def _settings(loader: _Loader, node: yaml.Node, name: str, depth: int) -> HostSettings:
    if not isinstance(node, yaml.MappingNode):
        _fail(name, node.start_mark, "expected names and values")
    pairs: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, value in node.value:
        word = key.value if isinstance(key, yaml.ScalarNode) else None
        if not isinstance(word, str):
            _fail(name, key.start_mark, "a setting's name must be a word")
        if word in pairs:
            _fail(name, key.start_mark, f"{word} is there twice")
        pairs[word] = (key, value)
    settings = HostSettings()
    base = pairs.pop("profile", None)
    if base is not None:
        settings = _base(loader, base[1], name, depth)
    known = settings.facts()
    for word, (key, value) in pairs.items():
        if word not in known:
            near = difflib.get_close_matches(word, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            _fail(name, key.start_mark, f"there is no setting {word!r}{hint}")
        _check_rows(name, word, value)
        mark = value.start_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}"
        settings.update({word: loader.construct_object(value, deep=True)}, where)
    settings.check(name)
    return settings


# A row of a table that is wrong is told where it begins.
def _check_rows(name: str, word: str, node: yaml.Node) -> None:
    if word not in TABLES or not isinstance(node, yaml.SequenceNode):
        return
    for one in node.value:
        wrong = check_line(word, str(one.value)) if isinstance(one, yaml.ScalarNode) else ""
        if wrong:
            _fail(name, one.start_mark, wrong)


# The settings of the profile that a file builds upon.
def _base(loader: _Loader, node: yaml.Node, name: str, depth: int) -> HostSettings:
    value = loader.construct_object(node)
    if not isinstance(value, str):
        _fail(name, node.start_mark, f"profile must be a name, not {value!r}")
    if depth >= _NESTED_MAX:
        _fail(name, node.start_mark, "profile: too many files that build upon each other")
    try:
        return _read(value, depth + 1)
    except SettingsError as error:
        _fail(name, node.start_mark, f"profile: {error}")
