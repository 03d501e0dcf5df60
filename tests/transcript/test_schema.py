"""The JSON Schema that editors use says the same as the reader of transcripts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

import vshell.transcript
from vshell.transcript import format as transcript_format
from vshell.transcript.load import load
from vshell.transcript.model import TranscriptError

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(Path(vshell.transcript.__file__).with_name("schema.json").read_text())
STEP = SCHEMA["$defs"]["step"]
CORPUS = sorted(Path(__file__).with_name("malformed").glob("*.yaml"))
GOOD = sorted(ROOT.joinpath("tests", "stories").glob("*.vshell.yaml")) + sorted(
    ROOT.joinpath("vshell", "transcript", "lessons").glob("*.vshell.yaml")
)
# What a schema cannot say: what is no YAML or none of its plain values, and what a value means.
BEYOND = re.compile(
    r"anchor|alias|tag|merge|yaml-|key-twice|key-is|host-|unknown-setting|out-bad|out-escape|"
    r"files-above|workspace-above|run-|out-is-null|nested|status-is-text|at-is-nan|sexagesimal|"
    r"title-is-a-date"
)

_KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def is_kind(value, kind):
    """Tell whether a value is of a type of JSON."""
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def accepts(schema, value):
    """Tell whether a value is as a schema says: the part of the standard that is used here."""
    if "$ref" in schema:
        return accepts(STEP, value)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    checks = [
        not kinds or any(is_kind(value, kind) for kind in kinds),
        "enum" not in schema or value in schema["enum"],
        "anyOf" not in schema or any(accepts(one, value) for one in schema["anyOf"]),
        "oneOf" not in schema or sum(accepts(one, value) for one in schema["oneOf"]) == 1,
        "not" not in schema or not accepts(schema["not"], value),
    ]
    if isinstance(value, str):
        checks += [
            "pattern" not in schema or re.search(schema["pattern"], value) is not None,
            len(value) >= schema.get("minLength", 0),
        ]
    elif is_kind(value, "number"):
        checks += [schema.get("minimum", value) <= value <= schema.get("maximum", value)]
    elif isinstance(value, list) and "items" in schema:
        checks += [accepts(schema["items"], one) for one in value]
    elif isinstance(value, dict):
        checks += [name in value for name in schema.get("required", [])]
        checks += [len(value) >= schema.get("minProperties", 0)]
        checks += [accepts(schema.get("propertyNames", {}), name) for name in value]
        checks += [
            accepts(rule, value)
            for name, rule in schema.get("dependentSchemas", {}).items()
            if name in value
        ]
        for name, one in value.items():
            rule = properties.get(name, others)
            checks.append(accepts(rule, one) if isinstance(rule, dict) else rule)
    return all(checks)


def test_the_keys_are_the_readers():
    """The schema knows the same keys as the reader, on every level."""
    press = STEP["properties"]["press"]["items"]["properties"]

    assert set(transcript_format.KEYS) == set(SCHEMA["properties"])
    assert set(transcript_format.STEP_KEYS) == set(STEP["properties"])
    assert set(transcript_format.PRESS_KEYS) == set(press)
    assert list(transcript_format.PROMPT_KEYS) == STEP["properties"]["key"]["enum"]
    assert set(transcript_format.NEED_AN_ACT) == set(STEP["dependentSchemas"])


def test_every_key_is_described():
    """Each key has a description for the editor to show."""
    keys = SCHEMA["properties"] | STEP["properties"]
    keys |= STEP["properties"]["press"]["items"]["properties"]

    assert [] == [name for name, rule in keys.items() if not rule.get("description")]


def test_the_schema_uses_what_is_checked_here():
    """The schema has no keyword that this test's small validator would pass over."""
    known = {"$schema", "title", "description", "type", "properties", "additionalProperties"}
    known |= {"required", "anyOf", "oneOf", "not", "enum", "items", "pattern", "minLength"}
    known |= {"minimum", "maximum", "minProperties", "propertyNames", "dependentSchemas", "$ref"}
    known |= {"$defs"}
    found = set()

    def walk(schema):
        found.update(schema)
        for name, value in schema.items():
            if name in ("properties", "dependentSchemas", "$defs"):
                for one in value.values():
                    walk(one)
            elif isinstance(value, dict):
                walk(value)
            elif isinstance(value, list):
                for one in value:
                    if isinstance(one, dict):
                        walk(one)

    walk(SCHEMA)
    assert set() == found - known


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_transcripts_are_accepted(path):
    """The stories and lessons are as the schema says."""
    assert accepts(SCHEMA, yaml.safe_load(path.read_text()))


@pytest.mark.parametrize(
    "path", [one for one in CORPUS if not BEYOND.search(one.stem)], ids=lambda path: path.stem
)
def test_malformed_transcripts_are_refused(path):
    """What the reader refuses, the schema does, as far as a schema can say it."""
    with pytest.raises(TranscriptError):
        load(str(path))
    assert not accepts(SCHEMA, yaml.safe_load(path.read_text()))
