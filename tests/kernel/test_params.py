from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from vshell.abi.errno import EINVAL, ENOENT, ENOSPC, ERANGE, KernelError
from vshell.kernel.params import ModuleParam, find_param, parse_bool, parse_integer, split_args

TYPES = {
    "byte": (8, False),
    "short": (16, True),
    "ushort": (16, False),
    "int": (32, True),
    "uint": (32, False),
    "hexint": (32, False),
    "long": (64, True),
    "ulong": (64, False),
    "ullong": (64, False),
}


def outcome(function, *args, **named):
    """Give what a function returns, or -errno as text."""
    try:
        return function(*args, **named)
    except KernelError as error:
        return f"-{error.errno}"


def kstrtox(text: str, bits: int, *, signed: bool):
    """Read a number as lib/kstrtox.c does, letter by letter."""
    position = 0
    negative = signed and text[:1] == "-"
    if negative or text[:1] == "+":
        position = 1
    base = 10
    if text[position : position + 1] == "0":
        follows = text[position + 1 : position + 3]
        is_hex = follows[:1] in ("x", "X") and follows[1:] in tuple("0123456789abcdefABCDEF")
        base = 16 if is_hex else 8
        position += 2 if is_hex else 0
    value = count = 0
    while text[position : position + 1] in tuple("0123456789abcdefABCDEF"):
        digit = int(text[position], 16)
        if digit >= base:
            break
        value = value * base + digit
        position += 1
        count += 1
    if value >= 1 << 64:
        return f"-{ERANGE}"
    if not count:
        return f"-{EINVAL}"
    if text[position:] not in ("", "\n"):
        return f"-{EINVAL}"
    value = -value if negative else value
    least = -(1 << (bits - 1)) if signed else 0
    most = (1 << (bits - 1 if signed else bits)) - 1
    return value if least <= value <= most else f"-{ERANGE}"


def next_arg(args: str):
    """Take a command line apart, byte by byte, as the function of lib/cmdline.c does."""
    found = []
    args = args.lstrip(" \t\n\v\f\r")
    while args:
        in_quote = quoted = args[0] == '"'
        if quoted:
            args = args[1:]
        letters = [*args, "\0"]
        i = equals = 0
        while letters[i] != "\0":
            if letters[i] in " \t\n\v\f\r" and not in_quote:
                break
            if not equals and letters[i] == "=":
                equals = i
            if letters[i] == '"':
                in_quote = not in_quote
            i += 1
        rest = args[i + 1 :]
        value_at = equals + 1
        # A zero byte in its place ends a text in C.
        ended = [*letters[:i], "\0"]
        if equals:
            ended[equals] = "\0"
            if ended[value_at] == '"':
                value_at += 1
                if ended[i - 1] == '"':
                    ended[i - 1] = "\0"
        if quoted and i > 0 and ended[i - 1] == '"':
            ended[i - 1] = "\0"
        name = "".join(ended).split("\0")[0]
        value = "".join(ended[value_at:]).split("\0")[0] if equals else None
        found.append((name, value))
        args = rest.lstrip(" \t\n\v\f\r")
    return found


@given(
    some.text(alphabet="0123456789abcdefxXg+-_ \n٣", max_size=24)
    | some.integers(-(1 << 66), 1 << 66).map(str)
    | some.integers(0, 1 << 66).map(hex),
    some.sampled_from(sorted(TYPES)),
)
@example("0o17", "int")
@example("0x0x5", "int")
@example("00b1", "int")
@example("99999999999999999999x", "int")
@example("08", "uint")
@example("0", "ullong")
@example("-9223372036854775808", "long")
@example("-9223372036854775809", "long")
@example("18446744073709551615", "ulong")
@example("18446744073709551616", "ulong")
@example("-2147483648", "int")
@example("-2147483649", "int")
@example("2147483647\n", "int")
@example("2147483647\n\n", "int")
@example("-", "int")
@example("+", "int")
@example("-+5", "int")
@example("0x", "int")
@example("", "int")
def test_numbers_are_read_as_kstrtoint_reads_them(text, kind):
    """Any text becomes the number, EINVAL or ERANGE that lib/kstrtox.c makes of it."""
    bits, signed = TYPES[kind]

    assert kstrtox(text, bits, signed=signed) == outcome(parse_integer, text, bits, signed=signed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(one, True) for one in ("y", "Y", "1", "t", "T", "true", "yes", "on", "On", "ON", "oN")],
        *[(one, False) for one in ("n", "N", "0", "f", "false", "no", "off", "Off", "oFF")],
        *[(one, f"-{EINVAL}") for one in ("", "2", "o", "ox", "maybe", " y", "-1")],
        (None, True),
    ],
)
def test_truth_values_are_read_as_kstrtobool_reads_them(text, expected):
    """The first letter decides, after an o the second; no value at all is true."""
    assert expected == outcome(parse_bool, text)


@given(some.text(alphabet='ab=" \t\x1c-', max_size=14))
@example('"x="y""')
@example('name="two words" count=3')
@example("=4 = a==b")
@example('"')
@example('a="')
def test_command_lines_are_split_as_the_kernel_splits_them(text):
    """Names, values and quotes come out as lib/cmdline.c next_arg() gives them."""
    assert next_arg(text) == list(split_args(text))


def test_spaces_inside_quotes_belong_to_the_value():
    """Both ways to quote a value with a space that recording 10 tried give that value."""
    assert [("name", "two words")] == list(split_args('name="two words"'))
    assert [("name", "two words")] == list(split_args('"name=two words"'))
    assert [("name", "two"), ("words", None)] == list(split_args("name=two words"))


def param(kind, value=0, **more):
    """Make a parameter named p over a variable v."""
    made = ModuleParam({"v": value, "n": 0}, "p", "v", kind, 0o644)
    for name, one in more.items():
        setattr(made, name, one)
    return made


def set_to(made, text):
    """Set a parameter; give 0 or -errno, the variable, and the lines logged."""
    lines = []
    status = outcome(made.set, text, lines.append)
    return status, made._namespace["v"], lines


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_integers_keep_their_bounds(kind):
    """The least and the greatest value of each type fit; one more does not and changes nothing."""
    bits, signed = TYPES[kind]
    most = (1 << (bits - signed)) - 1
    least = -most - 1 if signed else 0
    made = param(kind, 7)

    assert (None, most, []) == set_to(made, str(most))
    assert (f"-{ERANGE}", most, []) == set_to(made, str(most + 1))
    assert (None, least, []) == set_to(made, str(least))
    assert (f"-{ERANGE if signed else EINVAL}", least, []) == set_to(made, str(least - 1))


@pytest.mark.parametrize(
    "kind", [*sorted(TYPES), "charp", "invbool", "string", "array", "callback"]
)
def test_a_missing_value_is_refused(kind):
    """Only a bool may stand without "=": only its type has the flag NOARG."""
    assert (f"-{EINVAL}", 7, []) == set_to(param(kind, 7), None)


def test_a_bool_without_value_is_set():
    """The name of a bool alone sets it."""
    assert (None, True, []) == set_to(param("bool", value=False), None)


def test_an_inverted_bool_turns_round():
    """What an invbool is told and what its variable holds are opposites, in /sys too."""
    made = param("invbool", value=True)

    assert "N\n" == made.get()
    assert (None, False, []) == set_to(made, "y")
    assert "Y\n" == made.get()
    assert (f"-{EINVAL}", False, []) == set_to(made, "2")


def test_texts_have_a_limit():
    """A charp takes 1024 characters and no more."""
    made = param("charp", "old")

    assert (None, "", []) == set_to(made, "")
    assert (None, "x" * 1024, []) == set_to(made, "x" * 1024)
    status, _, lines = set_to(made, "x" * 1025)
    assert (f"-{ENOSPC}", ["p: string parameter too long"]) == (status, lines)


def test_a_string_has_its_own_room():
    """A string of 8 takes 7 characters; recording 10 has the words for more."""
    made = param("string", "init", length_max=8)

    assert (None, "1234567", []) == set_to(made, "1234567")
    expected = (f"-{ENOSPC}", "1234567", ["p: string doesn't fit in 7 chars."])
    assert expected == set_to(made, "12345678")
    assert "1234567\n" == made.get()


def test_room_is_counted_in_bytes():
    """A letter outside ASCII takes its bytes, as in C."""
    made = param("string", "", length_max=4)

    assert f"-{ENOSPC}" == set_to(made, "éé")[0]
    assert None is set_to(made, "é!")[0]


def test_an_array_counts_what_it_was_given():
    """The count variable is told how many; elements that were not given stay."""
    made = param("array", [1, 2, 0, 0], element="int", count_variable="n")

    assert (None, [5, 2, 0, 0], []) == set_to(made, "5")
    assert 1 == made._namespace["n"]
    assert "5\n" == made.get()
    assert (None, [5, 6, 7, 8], []) == set_to(made, "5,6,7,8")
    assert "5,6,7,8\n" == made.get()


def test_an_array_refuses_one_too_many():
    """The fifth value of four is refused, after the first four are in place."""
    made = param("array", [0] * 4, element="int", count_variable="n")

    expected = (f"-{EINVAL}", [5, 6, 7, 8], ["p: can only take 4 arguments"])
    assert expected == set_to(made, "5,6,7,8,9")
    assert 4 == made._namespace["n"]


def test_a_bad_element_stops_an_array_there():
    """What stands before a bad element is set and counted, the element and the rest are not."""
    made = param("array", [0] * 4, element="int", count_variable="n")

    assert (f"-{EINVAL}", [1, 0, 0, 0], []) == set_to(made, "1,x,3")
    assert 1 == made._namespace["n"]
    assert f"-{EINVAL}" == set_to(made, "")[0]
    assert f"-{EINVAL}" == set_to(made, "1,")[0]


def test_an_array_without_count_shows_all():
    """Without a count variable every element is shown, each as its type is."""
    made = param("array", [True, False, True], element="bool")

    assert (None, [False, True, True], []) == set_to(made, "n,y")
    assert "N,Y,Y\n" == made.get()


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("int", -3, "-3\n"),
        ("int", True, "1\n"),
        ("bool", True, "Y\n"),
        ("bool", False, "N\n"),
        ("hexint", 255, "0x0000ff\n"),
        ("hexint", 0xFFFFFFFF, "0xffffffff\n"),
        ("charp", "abc", "abc\n"),
        ("charp", None, "(null)\n"),
        ("ullong", (1 << 64) - 1, "18446744073709551615\n"),
    ],
)
def test_values_are_shown_as_their_type_is(kind, value, shown):
    """/sys shows numbers in decimal, hexint with %#08x, bool as Y or N, a NULL text as (null)."""
    assert shown == param(kind, value).get()


def test_callbacks_handle_a_parameter():
    """A setter's negative number is the errno; a getter's text is the file."""
    seen = []

    def setter(text):
        seen.append(text)
        return -ENOSPC if text == "big" else 0

    made = param("callback")
    made.use_callbacks(setter, lambda: "now")

    assert None is outcome(made.set, "7", seen.append)
    assert f"-{ENOSPC}" == outcome(made.set, "big", seen.append)
    assert ["7", "big"] == seen
    assert "now\n" == made.get()


def test_callbacks_may_be_missing():
    """Without a setter nothing can be set, without a getter the file is empty."""
    made = param("callback")
    made.use_callbacks(None, None)

    assert f"-{EINVAL}" == outcome(made.set, "7", print)
    assert "\n" == made.get()


def test_a_dash_is_an_underscore_in_names():
    """Parameters are found whichever of the two is written."""
    params = [ModuleParam({}, "a_b-c", "v", "int", 0)]

    assert params[0] is find_param(params, "a-b_c")
    with pytest.raises(KernelError) as caught:
        find_param(params, "abc")
    assert ENOENT == caught.value.errno


@pytest.mark.parametrize(
    ("mode", "expected"), [(0o444, False), (0o644, True), (0, False), (0o200, True)]
)
def test_writable_is_what_any_write_bit_says(mode, expected):
    """A file may be written if its mode has a w anywhere."""
    assert expected == ModuleParam({}, "p", "v", "int", mode).is_writable()
