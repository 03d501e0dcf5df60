"""Programs that compare files: cmp and diff."""

from __future__ import annotations

import pytest

CMP_FILES = {
    "dir/": "",
    "b": b"hello\nworld\t\x00\x01\x7f\xff abc",
    "em": "",
    "f1": "a\nb\nc\n",
    "f2": "a\nx\nc\n",
    "f3": "a\n",
    "m": "abc",
    "n": "ab",
}
CMP = r"""
cmp f1 f1
cmp f1 f2
cmp f1 f3
cmp f3 f1
cmp f1 em
cmp em f1
cmp -l f1 f2
cmp -b f1 f2
cmp -bl f1 f2
cmp -s f1 f2
cmp -n 2 f1 f2
cmp -i 3 f1 f2
cmp -i 3:1 f1 f2
cmp f1 nofile
cmp nofile f1
cmp
cmp f1 < f2
cmp f1 f2 3 4 5
cmp -x
cmp -i x f1 f2
cmp f1 - < f2
cmp f1 f2 2 2
cmp -n 1k f1 f2
cmp -l -s f1 f2
cmp -lb b f1
cmp -l f1 f3
cmp -s f1 nofile
cmp f1 dir
cmp n m
cmp -l n m
cmp -l b f2
cmp -b b f2
cmp -n x f1 f2
cmp - f1 < f2
cmp -s n m
cmp -lb f2 b
cmp --version | head -n 1
"""

DIFF_FILES = {
    "b": b"hello\nworld\t\x00\x01\x7f\xff abc",
    "cr": "a\r\nb\r\nc\r\n",
    "em": "",
    "f1": "a\nb\nc\n",
    "f2": "a\nx\nc\n",
    "f3": "a\n",
    "m": "abc",
    "n": "ab",
    "nn": "a\nb\nc",
    "p1.c": "int main(void)\n{\n\tint a;\n\tint b;\n\tint c;\n\tint d;\n\treturn 0;\n}\n",
    "p2.c": "int main(void)\n{\n\tint a;\n\tint b;\n\tint c;\n\tint d;\n\treturn 1;\n}\n",
    "s1": "".join(f"{n}\n" for n in range(1, 31)),
    "s2": (
        "1\n2\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15x\n16\n17\n18\n19\n"
        "20\n21\n22\n23\n24\n25\n26\n27\n28\nnew\n29\n30\n"
    ),
    "s3": (
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15 \n16\n17\n18\n19\n"
        " 20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n"
    ),
    "s4": (
        "1\n2\n3\n4\n\n\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n"
        "19\n20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n"
    ),
    "up": "A\nB\nc\n",
    "w1": "a b\n\n  c\n",
    "w2": "a  b \n c\n",
    "d2/a": "2\n",
    "d2/k": "k\n",
    "d2/only2": "x\n",
    "d2/same": "s\n",
    "d2/sub/z": "r\n",
    "d1/k/": "",
    "d1/o/": "",
    "d1/a": "1\n",
    "d1/only1": "x\n",
    "d1/same": "s\n",
    "d1/sub/z": "q\n",
}
DIFF = r"""
diff
diff f1
diff f1 f2
diff f2 f1
diff f1 f1
diff -q f1 f2
diff -s f1 f1
diff -u f1 nofile
diff f1 dir
diff f1 d1
diff d1 f1
diff -x
diff -u -c f1 f2
diff f1 f2 f3
diff -r x y
diff -U x f1 f2
diff --foo
diff b f1
diff -q b f1
diff -a b f1
diff -u f1 f3
diff -u f3 f1
diff -u em f1
diff -u f1 em
diff em f1
diff -c em f1
diff -c f1 f2
diff -c s1 s2
diff -u s1 s2
diff -U 1 s1 s2
diff -U0 s1 s2
diff -C 1 s1 s2
diff s1 s2
diff s2 s1
diff -u s2 s1
diff -u1 s1 s2
diff --unified=2 s1 s2
diff --context s1 s2
diff n m
diff -u n m
diff f1 nn
diff -u f1 nn
diff -c nn f1
diff -u nn f2
diff -r d1 d2
diff d1 d2
diff -ur d1 d2
diff -rq d1 d2
diff -rN d1 d2
diff -urN d1 d2
diff -rs d1 d2
diff -r -x a -x 'only*' d1 d2
diff -up p1.c p2.c
diff -p p1.c p2.c
diff -i f1 up
diff f1 up
diff -w w1 w2
diff -b w1 w2
diff -B w1 w2
diff -wB w1 w2
diff -b s1 s3
diff -w s1 s3
diff -Z s1 s3
diff -B s1 s4
diff --strip-trailing-cr f1 cr
diff f1 cr
diff -u -L one -L two f1 f2
diff --label one -u f1 f2
diff --color=always f1 f2
diff --color=always -u f1 f2
diff --color=always -c f1 f2
diff --color=x f1 f2
diff f1 - < f2
diff -q f1 - < f2
diff -u -N nofile f1
diff -N nofile f1
diff --version | head -n 1
diff -b nn f1
diff -rq d1/sub d2/sub
diff d1/a d2
diff --brief -s f1 f1
diff - -
"""


def test_cmp(both):
    """cmp compares as the real one."""
    both("diffutils", CMP, CMP_FILES)


@pytest.mark.slow  # a hundred command lines, by the real tools too
def test_diff(both):
    """diff finds and prints differences as the real one."""
    both("diffutils", DIFF, DIFF_FILES)
