"""Shell patterns for names: ``*``, ``?``, ``[...]`` and the backslash.

Source: fnmatch(3), glob(7)
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

__all__ = ["compile_glob"]


def compile_glob(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Compile a shell pattern; use ``fullmatch``. A slash is a character like any other."""
    import re  # noqa: PLC0415 - only programs that match names need it

    from vshell.usr._regex import RegexError, basic  # noqa: PLC0415 - likewise

    out = []
    position = 0
    while position < len(pattern):
        letter = pattern[position]
        position += 1
        if letter == "*":
            out.append("[\\s\\S]*")
        elif letter == "?":
            out.append("[\\s\\S]")
        elif letter == "[":
            end = _end_of_set(pattern, position)
            try:
                text = pattern[position:end]
                text = "^" + text[1:] if text[:1] == "!" else text
                out.append(basic(f"[{text}]") if end else "\\[")
                position = end + 1 if end else position
            except RegexError:
                out.append("\\[")
        elif letter == "\\" and position < len(pattern):
            out.append(re.escape(pattern[position]))
            position += 1
        else:
            out.append(re.escape(letter))
    return re.compile("".join(out), re.IGNORECASE if ignore_case else 0)


# Where the "]" is that closes a set; 0 if there is none.
def _end_of_set(pattern: str, position: int) -> int:
    position += pattern[position : position + 1] in ("!", "^")
    position += pattern[position : position + 1] == "]"
    while position < len(pattern):
        if pattern[position] == "]":
            return position
        if pattern[position : position + 2] in ("[:", "[.", "[="):
            end = pattern.find(pattern[position + 1] + "]", position + 2)
            position = end + 1 if end >= 0 else position
        position += 1
    return 0
