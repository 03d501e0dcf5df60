"""Texts and bytes.

Header: include/linux/string.h. A char array is a str, which cannot be changed: what C writes into a
buffer is a result here.

More than 400 lines, one idea: the header is one file.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, macro
from vshell.kernel.oops import Oops as _Oops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "kbasename",
    "match_string",
    "memcmp",
    "memcpy",
    "memset",
    "skip_spaces",
    "str_has_prefix",
    "strcasecmp",
    "strchr",
    "strcmp",
    "strim",
    "strlen",
    "strncmp",
    "strnlen",
    "strrchr",
    "strscpy",
    "strsep",
    "strstr",
    "sysfs_streq",
]


def _text(s: object) -> str:
    if isinstance(s, str):
        return s
    raise _Oops("page", kernel.addresses.address_of(s))


def _compare(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


@exported
def strlen(s: str) -> int:
    """Give the length of a text.

    C: size_t strlen(const char *s)

    Returns:
        How many bytes it has.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    return len(_text(s))


@exported
def strnlen(s: str, count: int) -> int:
    """Give the length of a text, at most a number.

    C: size_t strnlen(const char *s, size_t count)

    Returns:
        How many bytes it has, at most ``count``.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    return min(len(_text(s)), count)


@exported
def strcmp(cs: str, ct: str) -> int:
    """Compare two texts.

    C: int strcmp(const char *cs, const char *ct)

    Returns:
        0 if they are equal, negative if the first comes first, else positive.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    return _compare(_text(cs), _text(ct))


@exported
def strncmp(cs: str, ct: str, count: int) -> int:
    """Compare the beginnings of two texts.

    C: int strncmp(const char *cs, const char *ct, size_t count)

    Args:
        cs: one text.
        ct: the other.
        count: how many bytes count.

    Returns:
        0 if they are equal, negative if the first comes first, else positive.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    return _compare(_text(cs)[:count], _text(ct)[:count])


@exported
def strcasecmp(s1: str, s2: str) -> int:
    """Compare two texts, capitals and small letters alike.

    C: int strcasecmp(const char *s1, const char *s2)

    Returns:
        0 if they are equal, negative if the first comes first, else positive.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    return _compare(_text(s1).lower(), _text(s2).lower())


@exported
def strstr(s1: str, s2: str) -> str | None:
    """Find a text in another.

    C: char *strstr(const char *s1, const char *s2)

    Returns:
        The rest of the first from there on; NULL if it is not in it.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    place = _text(s1).find(_text(s2))
    return None if place < 0 else s1[place:]


@exported
def strchr(s: str, c: str) -> str | None:
    """Find a character in a text.

    C: char *strchr(const char *s, int c)

    Returns:
        The rest of the text from the first such character on; NULL if there is none.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    place = _text(s).find(c)
    return None if place < 0 else s[place:]


@exported
def strrchr(s: str, c: str) -> str | None:
    """Find a character's last place in a text.

    C: char *strrchr(const char *s, int c)

    Returns:
        The rest of the text from the last such character on; NULL if there is none.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    place = _text(s).rfind(c)
    return None if place < 0 else s[place:]


@exported
def strscpy(src: str, count: int) -> tuple[int, str]:
    """Copy a text into limited room.

    C: ssize_t strscpy(char *dest, const char *src, size_t count)

    Args:
        src: the text.
        count: the room, one more than the longest text that fits.

    Returns:
        The length of what was copied, -E2BIG if it was cut; and the copy.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)

    Differs:
        The copy is part of the result.
    """
    if count <= 0:
        return -7, ""
    copied = _text(src)[: count - 1]
    return (len(copied) if copied == src else -7), copied


@exported
def strim(s: str) -> str:
    """Take blanks away at both ends of a text.

    C: char *strim(char *s)

    Returns:
        The text without them.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    return _text(s).strip(" \t\n\r\v\f")


@exported
def skip_spaces(str: str) -> str:
    """Take blanks away at the beginning of a text.

    C: char *skip_spaces(const char *str)

    Returns:
        The text without them.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    return _text(str).lstrip(" \t\n\r\v\f")


@exported
def strsep(s: str | None, ct: str) -> tuple[str | None, str | None]:
    """Cut a text at the first of some characters.

    ``word, rest = strsep(rest, " ")``.

    C: char *strsep(char **s, const char *ct)

    Returns:
        What stands before it, NULL at the end; and the rest, NULL if there is none.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)

    Differs:
        The rest is part of the result.
    """
    if s is None:
        return None, None
    for place, letter in enumerate(_text(s)):
        if letter in ct:
            return s[:place], s[place + 1 :]
    return s, None


@macro()
def str_has_prefix(str: str, prefix: str) -> int:
    """Tell whether a text begins with another.

    C: size_t str_has_prefix(const char *str, const char *prefix)

    Returns:
        The length of the prefix, 0 if not.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h (v6.1)
    """
    return len(prefix) if _text(str).startswith(prefix) else 0


@exported
def sysfs_streq(s1: str, s2: str) -> bool:
    """Compare two texts, a newline at the end aside.

    C: bool sysfs_streq(const char *s1, const char *s2)

    Returns:
        True if they are equal.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    return _text(s1).removesuffix("\n") == _text(s2).removesuffix("\n")


@exported
def match_string(array: Sequence[str], n: int, string: str) -> int:
    """Find a text in an array.

    C: int match_string(const char * const *array, size_t n, const char *string)

    Args:
        array: of texts.
        n: how many of them count.
        string: the text.

    Returns:
        Its index, -EINVAL if it is not in it.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    found = [one for one in array[:n] if one is not None]
    return found.index(_text(string)) if string in found else -22


@macro()
def kbasename(path: str) -> str:
    """Give the last part of a path.

    C: const char *kbasename(const char *path)

    Returns:
        What stands behind the last slash.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h (v6.1)
    """
    return _text(path).rsplit("/", 1)[-1]


@exported
def memset(s: Any, c: int, n: int) -> Any:
    """Set bytes, or elements of an array.

    C: void *memset(void *s, int c, size_t n)

    Args:
        s: a bytearray or a list.
        c: the value.
        n: how many.

    Returns:
        The array.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    for place in range(n):
        s[place] = c
    return s


@exported
def memcpy(dest: Any, src: Any, n: int) -> Any:
    """Copy bytes, or elements of an array.

    C: void *memcpy(void *dest, const void *src, size_t n)

    Args:
        dest: a bytearray or a list.
        src: bytes or a list.
        n: how many.

    Returns:
        The array that was written.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    dest[:n] = src[:n]
    return dest


@exported
def memcmp(cs: Any, ct: Any, count: int) -> int:
    """Compare bytes.

    C: int memcmp(const void *cs, const void *ct, size_t count)

    Args:
        cs: some bytes.
        ct: the others.
        count: how many of them.

    Returns:
        0 if they are equal, negative if the first comes first, else positive.

    Context:
        Any; does not sleep.

    Source:
        include/linux/string.h, lib/string.c (v6.1)
    """
    return _compare(cs[:count], ct[:count])
