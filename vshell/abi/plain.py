"""Text that comes from files, shown so that it cannot drive the terminal it is shown on.

What a program of the host prints goes to the user's terminal as it is, as on a real one. What
vshell itself says about names, transcripts and lessons is text and nothing else.
"""

from __future__ import annotations

__all__ = ["plain_text"]

# Control characters of both sets, what turns the direction of writing, odd ends of lines.
_ODD = [*range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F]
_ODD += [*range(0x2028, 0x202F), *range(0x2066, 0x206A)]
_SHOWN = {code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in _ODD}
del _SHOWN[ord("\n")], _SHOWN[ord("\t")]


def plain_text(text: str) -> str:
    r"""Give a text with what is no letter as an escape such as ``\x1b``; newlines and tabs stay."""
    return text if text.isascii() and text.isprintable() else text.translate(_SHOWN)
