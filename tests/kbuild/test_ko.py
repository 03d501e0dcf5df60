from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from vshell.abi.ko import CONTAINER_VERSION, PYTHON_TAG, Function, KoError, KoFile

WORDS = some.text("abcdefgh_", min_size=1, max_size=8)
VALUES = some.text(some.characters(blacklist_characters="\0", blacklist_categories=("Cs",)))


@some.composite
def ko_files(draw):
    """Make any container."""
    ko = KoFile()
    ko.modinfo = draw(some.lists(some.tuples(WORDS, VALUES), max_size=4))
    ko.code = draw(some.binary(max_size=60))
    ko.imports = draw(some.lists(some.tuples(WORDS, WORDS, WORDS), max_size=3))
    ko.externs = draw(some.lists(WORDS, max_size=3))
    ko.undefined = draw(some.lists(WORDS, max_size=3))
    offsets = some.integers(0, 9999)
    ko.mismatches = draw(
        some.lists(some.tuples(WORDS, WORDS, offsets, some.booleans()), max_size=3)
    )
    ko.debug = draw(
        some.lists(some.tuples(WORDS, offsets, some.booleans(), some.text()), max_size=3)
    )
    ko.exports = draw(
        some.lists(some.tuples(WORDS, some.integers(0, (1 << 32) - 1), WORDS), max_size=3)
    )
    lines = some.integers(1, 9999)
    names = draw(some.lists(WORDS, max_size=3))
    ko.functions = [
        Function(name, draw(lines), draw(lines), ".text", inlined=draw(some.booleans()))
        for name in names
    ]
    ko.source = draw(VALUES)
    return ko


def parts(ko):
    functions = [(f.name, f.first_line, f.last_line, f.section, f.inlined) for f in ko.functions]
    rest = ko.modinfo, ko.code, ko.comment, ko.imports, ko.externs, ko.exports, ko.source
    return functions, *rest, ko.undefined, ko.mismatches, ko.debug


def read(data):
    """Give the container in the bytes, or None and what is wrong with them."""
    try:
        return KoFile.from_bytes(data), ""
    except KoError as error:
        return None, str(error)


@pytest.mark.slow  # a property of many examples
@settings(derandomize=True, deadline=None)
@given(ko_files())
def test_what_is_written_is_read(ko):
    """A container comes back as it was, whatever it holds."""
    data = ko.to_bytes()

    assert parts(ko) == parts(KoFile.from_bytes(data))
    assert data == KoFile.from_bytes(data).to_bytes()


@pytest.mark.slow  # a property of many examples
@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    ko_files(),
    some.integers(0, 5000),
    some.lists(some.tuples(some.integers(0, 5000), some.integers(1, 255)), max_size=4),
)
def test_damage_is_an_error_or_harmless(ko, cut, changes):
    """Any bytes are read as a container with the same code, or refused; nothing else happens."""
    data = bytearray(ko.to_bytes())
    for position, change in changes:
        data[position % len(data)] ^= change
    if cut < len(data) and cut % 3 == 0:
        del data[cut:]

    found, error = read(bytes(data))
    if found is None:
        assert error == "" or error.startswith("Invalid ")
    else:
        assert parts(ko)[3:] == parts(found)[3:] or ko.modinfo != found.modinfo
        assert (ko.code, ko.imports, ko.externs) == (found.code, found.imports, found.externs)


def test_it_is_an_elf_relocatable():
    """file(1) and readelf see a 64-bit relocatable for x86-64 with named sections."""
    ko = KoFile()
    ko.modinfo = [("license", "GPL")]
    data = ko.to_bytes()
    ident, kind, machine = struct.unpack_from("<16sHH", data)

    assert (b"\x7fELF\x02\x01\x01" + bytes(9), 1, 62) == (ident, kind, machine)
    assert b"license=GPL\0" in data
    assert b"\0.modinfo\0.comment\0" in data
    assert f"vshell {CONTAINER_VERSION} {PYTHON_TAG}" == ko.comment


def test_the_size_does_not_follow_the_bytecode():
    """Programs of nearly the same length have files of the same size, on any Python."""
    one, two = KoFile(), KoFile()
    one.code, two.code = bytes(100), bytes(700)

    assert len(one.to_bytes()) == len(two.to_bytes())


def test_facts_are_found_by_key():
    """info() gives the first value, infos() all of them."""
    ko = KoFile()
    ko.modinfo = [("author", "a"), ("license", "GPL"), ("author", "b")]

    assert ("a", None) == (ko.info("author"), ko.info("version"))
    assert (["a", "b"], []) == (ko.infos("author"), ko.infos("version"))


def test_text_size_counts_what_stays():
    """Code outside init counts by lines and functions."""
    ko = KoFile()
    ko.functions = [Function("f", 1, 10, ".text"), Function("i", 11, 99, ".init.text")]

    assert 24 * 10 + 16 == ko.text_size()


@pytest.mark.parametrize(
    ("section", "text"),
    [
        (".vshell.imports", b"one two\n"),
        (".vshell.exports", b"name nohex EXPORT_SYMBOL\n"),
        (".vshell.functions", b"f one two .text 0\n"),
        (".vshell.mismatch", b"f g five 0\n"),
        (".vshell.debug", b"f one 0 text\n"),
    ],
)
def test_lines_of_another_form_are_refused(monkeypatch, section, text):
    """A section that cannot be read is no module, whoever made it."""
    from vshell.abi import ko as module  # noqa: PLC0415 - its checksum is taken out of the way

    good = module._read_elf(KoFile().to_bytes())
    monkeypatch.setattr(module, "_read_elf", lambda _data: {**good, section: text})
    monkeypatch.setattr(module, "_checksum", lambda sections: sections[".vshell.checksum"])

    with pytest.raises(KoError):
        KoFile.from_bytes(b"")


def test_a_section_beyond_the_file_is_named():
    """Offset and number of the first bad section are said."""
    data = bytearray(KoFile().to_bytes())
    (table,) = struct.unpack_from("<Q", data, 40)
    struct.pack_into("<Q", data, table + 2 * 64 + 24, 1 << 40)

    with pytest.raises(KoError, match=rf"Invalid ELF section offset in section 2: {1 << 40}"):
        KoFile.from_bytes(bytes(data))
