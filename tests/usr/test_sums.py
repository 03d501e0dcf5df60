"""md5sum, sha1sum, sha256sum and sha512sum."""

from __future__ import annotations

SUMS_FILES = {
    "dir/": "",
    "a": "hi\n",
    "a\\b": "",
    "bad": ("764efa883dda1e11db47671c4a3bbd9e  a\n79e7e210bdf335bb8651a46b9a8417ab  c\njunk\n"),
    "c": "ho\n",
    "em": "",
    "g": "d41d8cd98f00b204e9800998ecf8427e  gone\n",
    "m": (
        "d41d8cd98f00b204e9800998ecf8427e  gone\n"
        "764efa883dda1e11db47671c4a3bbd9e  a\n"
        "79e7e210bdf335bb8651a46b9a8417ab  c\n"
    ),
    "q": (
        "\\d41d8cd98f00b204e9800998ecf8427e  x\\ny\n\\d41d8cd98f00b204e9800998ecf8427e  a\\\\b\n"
    ),
    "s": "764efa883dda1e11db47671c4a3bbd9e  a\n79e7e210bdf335bb8651a46b9a8417ab  c\n",
    "t": "MD5 (a) = 764efa883dda1e11db47671c4a3bbd9e\n",
    "x\ny": "",
}
SUMS = r"""
md5sum a c
md5sum < a
md5sum nofile a
md5sum -c s
echo x > c; md5sum -c s
echo x > c; md5sum -c --quiet s
echo x > c; md5sum --status -c s
md5sum -c a
md5sum -c bad
md5sum -cw bad
md5sum -c --strict bad
md5sum -c g
md5sum -c --ignore-missing g
md5sum -c --ignore-missing m
md5sum -c m
md5sum --tag a
md5sum -c t
md5sum -b a
md5sum -z a
md5sum -c nofile
md5sum --quiet a
md5sum -bc a
md5sum --tag -c a
md5sum --tag -t a
md5sum --tag -b a
md5sum -zc a
md5sum -x
sha256sum a
sha1sum a em
sha512sum a
sha256sum a | md5sum -c
sha256sum a | sha256sum -c
md5sum dir
md5sum x*
md5sum a?b
md5sum --tag x*
md5sum -c q
md5sum - < a
md5sum --warn a
md5sum --strict a
md5sum --status a
md5sum --ignore-missing a
echo 'D41D8CD98F00B204E9800998ECF8427E *em' | md5sum -c
md5sum -c - < s
md5sum -c s t
md5sum --version | head -n 1
md5sum -c em
echo '00000000000000000000000000000000  a' | md5sum -c
printf '# remark\n' | cat - s | md5sum -c
sha256sum --foo
"""


def test_sums(both):
    """Digests are printed and checked as by the real tools."""
    both("coreutils", SUMS, SUMS_FILES)
