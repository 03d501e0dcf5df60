"""Version magic and the container: what is no module is refused, whatever it is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from tests.kernel.module_sources import (
    SIMPLE,
    line,
)
from vshell.abi.errno import (
    EINVAL,
    ENOEXEC,
)
from vshell.abi.ko import KoFile


def test_version_magic_must_fit(bench):
    """Behind the release every word counts; force loads anyway and taints F."""
    ko = bench.ko(SIMPLE)
    wanted = dict(ko.modinfo)["vermagic"]
    ko.modinfo = [(key, value) for key, value in ko.modinfo if key != "vermagic"]
    ko.modinfo.append(("vermagic", "6.7.9 SMP mod_unload "))

    assert -ENOEXEC == bench.insmod(ko.to_bytes())
    text = f"mod: version magic '6.7.9 SMP mod_unload ' should be '{wanted}'"
    assert [text] == bench.log()
    assert 0 == bench.insmod(ko.to_bytes(), force=True)
    assert "16384 0 - Live (FOE)" == line(bench)
    assert "mod: module_layout: kernel tainted." in bench.log()


def test_another_release_with_the_same_words_is_loaded(bench):
    """With CONFIG_MODVERSIONS the release itself is not compared."""
    ko = bench.ko(SIMPLE)
    ko.modinfo = [
        (key, value.replace("6.7.9", "6.7.8") if key == "vermagic" else value)
        for key, value in ko.modinfo
    ]

    assert 0 == bench.insmod(ko.to_bytes())


def test_bytecode_of_another_python_is_refused(bench):
    """As symbol versions that disagree."""
    ko = bench.ko(SIMPLE)
    ko.comment = "vshell 1 00000000"

    assert -ENOEXEC == bench.insmod(ko.to_bytes())
    assert "mod: disagrees about version of symbol module_layout" in bench.log()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda data: b"\x7fELF", "Invalid ELF header len 4"),
        (lambda data: b"#!/bin/sh\n" * 9, "Invalid ELF header magic: != \x7fELF"),
        (lambda data: data[:-100], "Invalid ELF section header overflow"),
        (lambda data: data[:16] + b"\x02" + data[17:], "Invalid ELF header type: 2 != 1"),
        (lambda data: data[:18] + b"\x28" + data[19:], "Invalid architecture in ELF header: 40"),
        (lambda data: data[:58] + b"\0" + data[59:], "Invalid ELF section header size"),
        (lambda data: data[:62] + b"\xff" + data[63:], "Invalid ELF section name index: 255"),
    ],
)
def test_what_is_no_module_is_refused_in_the_kernels_words(bench, change, text):
    """A damaged header is ENOEXEC with a line in the log."""
    data = change(bench.ko(SIMPLE).to_bytes())

    assert -(ENOEXEC if data else EINVAL) == bench.insmod(data)
    assert [text] == bench.log()


def test_other_objects_are_no_modules(bench):
    """An ELF file without .modinfo's name, such as a .mod.o, is refused without a word."""
    nameless = bench.ko(SIMPLE)
    nameless.modinfo = [pair for pair in nameless.modinfo if pair[0] != "name"]
    foreign = bench.ko(SIMPLE)
    foreign.comment = "GCC: (Debian 12.2.0)"
    broken = bench.ko(SIMPLE)
    broken.code = b"not marshal data"

    for ko in (KoFile(), nameless, foreign, broken):
        assert -ENOEXEC == bench.insmod(ko.to_bytes())
    assert [] == bench.own_log()
    assert [] == bench.kernel.modules.list


@pytest.mark.slow  # a property of many examples
@settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cut=some.none() | some.integers(0, 9000),
    flips=some.lists(some.tuples(some.integers(0, 9000), some.integers(0, 7)), max_size=3),
)
@example(cut=63, flips=[])
@example(cut=64, flips=[])
def test_no_damaged_file_does_more_than_fail(make_bench, cut, flips):
    """Any bytes cut off or flipped give an errno or a module, never anything else."""
    bench = make_bench()
    data = bytearray(bench.ko(SIMPLE).to_bytes())
    for position, bit in flips:
        data[position % len(data)] ^= 1 << bit
    if cut is not None:
        del data[cut % len(data) :]

    status = bench.insmod(bytes(data))
    whole = bytes(data) == bench.ko(SIMPLE).to_bytes()
    assert status in ((0,) if whole else (0, -ENOEXEC, -EINVAL))
    if status == 0:
        # Only .modinfo, padding and what no reader looks at may differ.
        assert KoFile.from_bytes(bytes(data)).code == bench.ko(SIMPLE).code
        assert 1 == len(bench.kernel.modules.list)
        assert line(bench, bench.kernel.modules.list[0].name)


def test_a_module_needs_its_code(bench):
    """Damaged bytecode never reaches the interpreter: the checksum is wrong."""
    data = bytearray(bench.ko(SIMPLE).to_bytes())
    position = data.rindex(b"start") + 1
    data[position] ^= 0x20

    assert -ENOEXEC == bench.insmod(bytes(data))
