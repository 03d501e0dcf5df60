"""cat prints what the real one prints."""

from __future__ import annotations

FILES = {
    "a": "one\ntwo\n",
    "b": "three",
    "blank": "x\n\n\n\ny\n",
    "bin": bytes(range(256)),
    "d/": "",
}


def test_cat(both):
    """Files one after the other, numbered, squeezed, made visible; complaints and statuses."""
    both(
        "coreutils",
        """\
cat a b
cat -n a b a
cat -b blank
cat -s blank
cat -sn blank
cat -E a b
cat -A bin
cat -v bin
cat -T bin | od -c | head -n 3
cat nosuch a
cat d
cat -
cat - < a
cat a - b < blank
cat < a >> a
cat a > a
cat a b >> b
cat -n a - < b >> b
cat <&-
cat -z
cat --number-nonblank blank
""",
        FILES,
    )
