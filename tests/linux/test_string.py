from __future__ import annotations

import pytest

from tests.linux.play import evaluate, start

CALLS = [
    ('strlen("abc")', 3),
    ('strnlen("abc", 2)', 2),
    ('strcmp("a", "a")', 0),
    ('strcmp("a", "b") < 0', True),
    ('strncmp("abc", "abd", 2)', 0),
    ('strncmp("abc", "abd", 3) < 0', True),
    ('strcasecmp("AbC", "aBc")', 0),
    ('strstr("hello", "ll")', "llo"),
    ('strstr("hello", "x")', None),
    ('strchr("hello", "l")', "llo"),
    ('strrchr("hello", "l")', "lo"),
    ('strchr("hello", "x")', None),
    ('strrchr("hello", "x")', None),
    ('strscpy("hello", 6)', (5, "hello")),
    ('strscpy("hello", 5)', (-7, "hell")),
    ('strscpy("hello", 0)', (-7, "")),
    ('strim("  a b\\n")', "a b"),
    ('skip_spaces("  a ")', "a "),
    ('strsep("a,b;c", ",;")', ("a", "b;c")),
    ('strsep("a", ",")', ("a", None)),
    ('strsep(NULL, ",")', (None, None)),
    ('str_has_prefix("module.x", "module.")', 7),
    ('str_has_prefix("x", "y")', 0),
    ('sysfs_streq("on\\n", "on")', True),
    ('sysfs_streq("on", "off")', False),
    ('match_string(["a", "b"], 2, "b")', 1),
    ('match_string(["a", "b"], 1, "b")', -22),
    ('kbasename("/a/b/c")', "c"),
    ("memcmp(bytes([1, 2]), bytes([1, 3]), 1)", 0),
    ("memcmp(bytes([1, 2]), bytes([1, 3]), 2) < 0", True),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_what_each_function_gives(bench, call, value):
    """Each function gives what C's does."""
    assert value == evaluate(bench, call)


def test_memory(bench):
    """memset() and memcpy() change arrays."""
    lines = """
    some = kmalloc(4, GFP_KERNEL)
    memset(some, 7, 3)
    many = [0] * 4
    memcpy(many, some, 4)
    seen.append(many)
    """
    assert [[7, 7, 7, 0]] == start(bench, lines)


def test_a_null_pointer_is_a_fault(bench):
    """strlen(NULL) reads address 0."""
    start(bench, "strlen(NULL)")

    assert any("address: 0000000000000000" in line for line in bench.log())
