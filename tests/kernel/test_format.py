from __future__ import annotations

import pytest

from tests.linux.play import start
from vshell.kernel.format import as_int, bit_list, vsprintf

BYTES = [0x00, 0x1F, 0xAB, 0xFF, 0x41, 0x42]


class Pointer:
    """Stands for an error pointer."""

    def __init__(self, errno):
        self.error_pointer = errno


# Real: 19-printk-formats.
RECORDED = [
    ("%d", (42,), "42"),
    ("%d", (-42,), "-42"),
    ("%i", (-1,), "-1"),
    ("%u", (-1,), "4294967295"),
    ("%x", (0xBEEF,), "beef"),
    ("%X", (0xBEEF,), "BEEF"),
    ("%#x", (0xBEEF,), "0xbeef"),
    ("%o", (8,), "10"),
    ("%#o", (8,), "010"),
    ("%5d", (42,), "   42"),
    ("%-5d", (42,), "42   "),
    ("%05d", (42,), "00042"),
    ("%+d", (42,), "+42"),
    ("% d", (42,), " 42"),
    ("%05d", (-42,), "-0042"),
    ("%.3d", (5,), "005"),
    ("%8.3d", (5,), "     005"),
    ("%*d", (6, 42), "    42"),
    ("%-*d", (6, 42), "42    "),
    ("%#010x", (0xBEEF,), "0x0000beef"),
    ("%08X", (0xBEEF,), "0000BEEF"),
    ("%x", (-1,), "ffffffff"),
    ("%hhd", (300,), "44"),
    ("%hd", (70000,), "4464"),
    ("%hhx", (0x1FF,), "ff"),
    ("%ld", (-5000000000,), "-5000000000"),
    ("%lu", (5000000000,), "5000000000"),
    ("%lx", (0xDEADBEEFCAFE,), "deadbeefcafe"),
    ("%lld", (-9223372036854775808,), "-9223372036854775808"),
    ("%llu", (18446744073709551615,), "18446744073709551615"),
    ("%llx", (0xFFFFFFFFFFFFFFFF,), "ffffffffffffffff"),
    ("%zu", (8,), "8"),
    ("%zd", (-3,), "-3"),
    ("%c", (65,), "A"),
    ("%c%c", ("o", "k"), "ok"),
    ("%5c", ("x",), "    x"),
    ("%-5c", ("x",), "x    "),
    ("%%", (), "%"),
    ("%s", ("str",), "str"),
    ("%10s", ("right",), "     right"),
    ("%-10s", ("left",), "left      "),
    ("%.3s", ("truncated",), "tru"),
    ("%10.3s", ("truncated",), "       tru"),
    ("%.*s", (4, "starred"), "star"),
    ("%s", ("",), ""),
    ("%s", (None,), "(null)"),
    ("%p", (None,), "0000000000000000"),
    ("%px", (None,), "0000000000000000"),
    ("%pK", (None,), "0000000000000000"),
    ("%pS", (None,), "0x0"),
    ("%ps", (0x1234,), "0x1234"),
    ("%pe", (Pointer(-12),), "-ENOMEM"),
    ("%pe", (None,), "0000000000000000"),
    ("%p", (Pointer(-12),), "fffffffffffffff4"),
    ("%ps", (Pointer(-12),), "0xfffffffffffffff4"),
    ("%s", (Pointer(-22),), "(efault)"),
    ("%*ph", (6, BYTES), "00 1f ab ff 41 42"),
    ("%*phC", (6, BYTES), "00:1f:ab:ff:41:42"),
    ("%*phN", (6, BYTES), "001fabff4142"),
    ("%*phD", (6, BYTES), "00-1f-ab-ff-41-42"),
    ("%pM", (BYTES,), "00:1f:ab:ff:41:42"),
    ("%pm", (BYTES,), "001fabff4142"),
    ("%pI4", (BYTES,), "0.31.171.255"),
    ("%pi4", (BYTES,), "000.031.171.255"),
    ("%*pE", (6, BYTES), "\\0\\037\\xab\\xffAB"),
    ("%*pbl", (8, [0xD5]), "0,2,4,6-7"),
    ("%*pb", (8, [0xD5]), "d5"),
    ("%pd", (None,), "(null)"),
    ("%pt", (None,), "(null)"),
    ("%pV", (None,), "(null)"),
    ("%pa", (7,), "0x0000000000000007"),
    ("%d %s %d", (1, "two", 3), "1 two 3"),
    ("%08lx", (0x1234,), "00001234"),
    ("%#lx", (0,), "0x0"),
    ("%#x", (0,), "0x0"),
    ("%.0d", (0,), "0"),
    ("%5.0d", (0,), "    0"),
    ("%+u", (5,), "5"),
    ("%-#8xe", (0x1F,), "0x1f    e"),
    ("%tx", (255,), "ff"),
    ("%Lx", (255,), "ff"),
]


@pytest.mark.parametrize(("template", "args", "text"), RECORDED)
def test_conversions_are_those_recorded(bench, template, args, text):
    """Every recorded conversion prints what the real kernel printed."""
    assert text == vsprintf(bench.kernel.addresses, template, args)


BEYOND = [
    # Flags and lengths
    ("%#X", (255,), "0XFF"),
    ("%#o", (0,), "0"),
    ("%08.3d", (5,), "00000005"),
    ("%-08d|", (5,), "5       |"),
    ("%+05d", (7,), "+0007"),
    ("%.*d", (-3, 5), "5"),
    ("%*d|", (-4, 5), "5   |"),
    ("%5%", (), "%"),
    ("%lc", (65,), "A"),
    ("%hu", (65537,), "1"),
    # Values that are no numbers
    ("%d", (True,), "1"),
    ("%d", (None,), "0"),
    ("%d", ("A",), "65"),
    ("%d", ("text",), "0"),
    ("%d", (3.9,), "3"),
    ("%d", (object,), "0"),
    # Too few and too many
    ("%d %s", (), "0 (null)"),
    ("%d", (1, 2), "1"),
    ("no conversion", (1,), "no conversion"),
    # Texts
    ("%s", (0,), "(null)"),
    ("%s", (7,), "(efault)"),
    ("%s", (b"bytes\0rest",), "bytes"),
    ("%s", (bytearray(b"ab"),), "ab"),
    ("%s", ("cut\0off",), "cut"),
    ("%s", (["h", 105, 0, "x"],), "hi"),
    ("%.2s", (None,), "(n"),
    # A conversion that the kernel does not know ends the text.
    ("a %n b", (1,), "a "),
    ("a %f b", (1,), "a "),
    ("%qd", (1,), ""),
    ("%jd", (1,), ""),
    ("%lllx", (1,), ""),
    ("100%", (), "100"),
    ("100% sure", (), "100(null)ure"),
    # Pointers
    ("%20p|", (None,), "    0000000000000000|"),
    ("%-20p|", (None,), "0000000000000000    |"),
    ("%10pe|", (Pointer(-4),), "    -EINTR|"),
    ("%pe", (Pointer(-1234),), "-1234"),
    ("%pe", (Pointer(-512),), "-ERESTARTSYS"),
    ("%px", (0x1234,), "0000000000001234"),
    ("%pS", (-12,), "0xfffffffffffffff4"),
    ("%ph", ([1, 2],), "01"),
    ("%*ph", (100, bytes(range(70))), " ".join(f"{n:02x}" for n in range(64))),
    ("%*ph", (2, "ab"), "61 62"),
    ("%*ph", (2, 5), ""),
    ("%pMR", (BYTES,), "42:41:ff:ab:1f:00"),
    ("%pMF", (BYTES,), "00-1f-ab-ff-41-42"),
    ("%pmR", (BYTES,), "4241ffab1f00"),
    ("%*pb", (40, [0x8000000001]), "80,00000001"),
    ("%*pb", (64, 1), "00000000,00000001"),
    ("%*pbl", (4, (0xFF,)), "0-3"),
    ("%pE", ("A",), "A"),
    ("%*pE", (2, " ~"), " ~"),
]


@pytest.mark.parametrize(("template", "args", "text"), BEYOND)
def test_conversions_follow_the_source(bench, template, args, text):
    """What was not recorded follows lib/vsprintf.c."""
    assert text == vsprintf(bench.kernel.addresses, template, args)


UUID = list(range(0x10, 0x20))
UUIDS = [
    ("%pUb", "10111213-1415-1617-1819-1a1b1c1d1e1f"),
    ("%pUB", "10111213-1415-1617-1819-1A1B1C1D1E1F"),
    ("%pUl", "13121110-1514-1716-1819-1a1b1c1d1e1f"),
    ("%pUL", "13121110-1514-1716-1819-1A1B1C1D1E1F"),
    ("%pU", "10111213-1415-1617-1819-1a1b1c1d1e1f"),
]


@pytest.mark.parametrize(("template", "text"), UUIDS)
def test_identifiers_of_sixteen_bytes(bench, template, text):
    """%pU: five groups, big or little endian, in small or large letters."""
    assert text == vsprintf(bench.kernel.addresses, template, (UUID,))


def test_a_backtrace_names_the_function_before(bench):
    """%pB takes an address for where a call returns to: at a function's entry, the one before."""
    texts = start(
        bench,
        """
        seen.append(sprintf("%pB", first))
        seen.append(sprintf("%pB", second))
        seen.append(sprintf("%pS", uintptr_t(second) + 2))
        """,
        "def first(x):\n    return second(x) + 1\ndef second(x):\n    return first(x)",
    )

    assert texts[0].startswith("0xffffffffc")
    assert texts[1].startswith("first+0x20/0x20 [mod]")
    assert texts[2].startswith("second+0x2/0x20 [mod]")


def test_pointers_to_variables(bench):
    """%ps gives a variable's name."""
    texts = start(bench, 'seen.append(sprintf("%ps|%pS", shared, shared))', "shared = [7]")

    assert ["shared [mod]|shared+0x0/0x8 [mod]"] == texts


HASHED = ["%p", "%pZ", "%pI6", "%pd", "%pe", "%pK"]


@pytest.mark.parametrize("template", HASHED)
def test_a_pointer_is_hashed(bench, template):
    """%p, and %p with letters it does not know, print 16 digits that do not tell the address."""
    thing = object()
    addresses = bench.kernel.addresses
    text = vsprintf(addresses, template + "|", (thing,))

    assert 17 == len(text)
    assert text.startswith("00000000")
    assert f"{addresses.address_of(thing):016x}" not in text
    assert text == vsprintf(addresses, "%p|", (thing,))


def test_letters_behind_a_pointer_are_eaten(bench):
    """%pSb prints as %pS; any letter or digit behind %p belongs to it."""
    assert "0x0|" == vsprintf(bench.kernel.addresses, "%pSb12|", (None,))


def test_pointers_to_functions(bench):
    """%pS: name, offset, size and module; %ps without the numbers; %pB finds no entry."""
    texts = start(
        bench,
        """
        seen.append(sprintf("%pS", helper))
        seen.append(sprintf("%ps", helper))
        seen.append(sprintf("%ps", kthread_stop))
        seen.append(sprintf("%pS", kthread_stop))
        seen.append(sprintf("%p %p", helper, helper))
        seen.append(sprintf("%pB", helper))
        """,
        "def helper(x):\n    return x + 1",
    )
    name, _, rest = texts[0].partition("+0x0/0x")

    assert "helper" == name
    assert rest.endswith(" [mod]")
    assert ["helper [mod]", "kthread_stop", "kthread_stop+0x0/0x170"] == texts[1:4]
    assert 1 == len(set(texts[4].split()))
    assert "helper" in texts[5] or texts[5].startswith("0x")


RESTRICTIONS = [
    # kptr_restrict, root, whether the address shows as it is, as zeros or hashed.
    (0, 0, "hashed"),
    (1, 0, "plain"),
    (1, 1000, "zeros"),
    (2, 0, "zeros"),
]


@pytest.mark.parametrize(("restrict", "uid", "kind"), RESTRICTIONS)
def test_kptr_restrict(bench, restrict, uid, kind):
    """%pK: hashed with 0; with 1 plain for root, zeros for others; zeros with 2."""
    bench.kernel.sysctls.kptr_restrict = restrict
    addresses = bench.kernel.addresses
    address = 0xFFFF888004000000
    text = bench.call(lambda sys: vsprintf(addresses, "%pK", (address,)), uid=uid)

    assert {
        "hashed": addresses.hashed(address),
        "plain": f"{address:016x}",
        "zeros": "0" * 16,
    }[kind] == text


def test_a_width_from_a_value_that_is_no_number(bench):
    """A `*` without a value is a width of 0."""
    assert "7" == vsprintf(bench.kernel.addresses, "%*d", (None, 7))


MASKS = [(0, ""), (1, "0"), (3, "0-1"), (0b1011, "0-1,3"), (1 << 40, "40")]


@pytest.mark.parametrize(("mask", "text"), MASKS)
def test_bit_lists(mask, text):
    """A mask prints as ranges of bits."""
    assert text == bit_list(mask)


def test_as_int_takes_what_c_would():
    """Numbers, truth values, characters and None are numbers in C."""
    assert [5, 1, 0, 97, 2] == [as_int(one) for one in (5, True, None, "a", 2.5)]
