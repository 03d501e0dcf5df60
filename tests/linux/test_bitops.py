from __future__ import annotations

from tests.linux.play import start


def test_bits_one_by_one(bench):
    """Bits are set, cleared, turned and tested; the test_and_ forms give the old value."""
    lines = """
    set_bit(3, flags)
    seen.append((test_bit(3, flags), test_bit(2, flags)))
    change_bit(2, flags)
    clear_bit(3, flags)
    seen.append(flags.value)
    seen.append((test_and_set_bit(5, flags), test_and_set_bit(5, flags)))
    seen.append((test_and_clear_bit(5, flags), test_and_clear_bit(5, flags)))
    seen.append((test_and_change_bit(0, flags), test_and_change_bit(0, flags)))
    """
    wanted = [(True, False), 4, (False, True), (True, False), (False, True)]
    assert wanted == start(bench, lines, "flags = DECLARE_BITMAP(64)")


def test_finding_bits(bench):
    """The first and the next bit that is set or clear; the size if there is none."""
    lines = """
    seen.append((find_first_bit(flags, 64), find_first_zero_bit(flags, 64)))
    for nr in (0, 1, 40):
        set_bit(nr, flags)
    seen.append((find_first_bit(flags, 64), find_next_bit(flags, 64, 2)))
    seen.append((find_first_zero_bit(flags, 64), find_next_bit(flags, 64, 41)))
    seen.append([bit for bit in for_each_set_bit(flags, 64)])
    """
    wanted = [(64, 0), (0, 40), (2, 64), [0, 1, 40]]
    assert wanted == start(bench, lines, "flags = DECLARE_BITMAP(64)")


def test_numbers(bench):
    """BIT(), GENMASK(), counting and finding bits of numbers."""
    lines = """
    seen.append((BIT(4), GENMASK(7, 4), hweight_long(-1), ffs(12), ffs(0), fls(12), fls(0)))
    """
    assert [(16, 0xF0, 64, 3, 0, 4, 0)] == start(bench, lines)
