"""YAML as a tree of nodes with their places: what the library knows of it, and what is refused.

The only file of transcripts that imports the library. Anchors, aliases and tags are refused: a
transcript is plain text, and a file from anywhere must be safe to read.
"""

from __future__ import annotations

import re

import yaml

from vshell.transcript.model import Place, TranscriptError

__all__ = [
    "MappingNode",
    "Node",
    "ScalarNode",
    "SequenceNode",
    "compose",
    "place_of",
    "plain_value",
]

Node = yaml.Node
MappingNode = yaml.MappingNode
ScalarNode = yaml.ScalarNode
SequenceNode = yaml.SequenceNode

_DEPTH_MAX = 20
# What YAML takes for the end of a line and no editor does.
_ODD_LINE_END = re.compile("[\x85\u2028\u2029]|\r(?!\n)")


class _Loader(yaml.SafeLoader):
    # Composes nodes, and refuses what plain text has no use for.
    def __init__(self, text: str, path: str) -> None:
        super().__init__(text)
        self.path = path
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise TranscriptError(
                self.path, place_of(event), "anchors and aliases are not understood"
            )
        if event.tag is not None:
            raise TranscriptError(self.path, place_of(event), "tags are not understood")
        if self.depth > _DEPTH_MAX:
            raise TranscriptError(self.path, place_of(event), "nested too deeply")
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


def compose(text: str, path: str) -> yaml.Node:
    """Read a text's one document.

    Args:
        text: of the file.
        path: of the file, for messages.

    Raises:
        TranscriptError: it is no YAML, or more than is understood.
    """
    loader = None
    try:
        loader = _Loader(text, path)
        odd = _ODD_LINE_END.search(text)
        if odd:
            raise _bad_letter(text, odd.start(), path)
        node = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        raise _bad_letter(text, error.position, path) from None
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, path) from None
    except (ValueError, OverflowError):
        # An escape such as "\UFFFFFFFF".
        assert loader is not None
        place = Place(loader.line + 1, loader.column + 1)
        raise TranscriptError(path, place, "there is no such character") from None
    if node is None:
        raise TranscriptError(path, Place(1), "empty: a transcript has at least 'steps'")
    return node


def _not_yaml(error: yaml.MarkedYAMLError, path: str) -> TranscriptError:
    words = ": ".join(word for word in (error.context, error.problem) if word)
    mark = error.problem_mark
    if "end of stream" in words or "stream end" in words:
        # What was not closed is to be found where it began.
        mark = error.context_mark or mark
    elif "'\\t'" in words:
        words = "a tab; YAML is indented with spaces"
    elif words.startswith("mapping values are not allowed"):
        words = "': ' within plain text; quote the whole, or write it as a block behind '|'"
    assert mark is not None
    return TranscriptError(path, Place(mark.line + 1, mark.column + 1), words)


def _bad_letter(text: str, at: int, path: str) -> TranscriptError:
    place = Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    return TranscriptError(path, place, f"character U+{ord(text[at]):04X} is not allowed")


def place_of(thing: yaml.Node | yaml.Event) -> Place:
    """Tell where something begins."""
    mark = thing.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)


def plain_value(node: yaml.ScalarNode) -> object:
    """Give a scalar's value: text, a number, a truth value, a date or None.

    Raises:
        ValueError: it only looks like one.
    """
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, OverflowError) as error:
        raise ValueError(str(error)) from None
