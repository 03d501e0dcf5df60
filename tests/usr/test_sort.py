"""sort: order, keys, checks, complaints."""

from __future__ import annotations

import pytest

FILES = {
    "w": "banana\nApple\ncherry\n\n  date\napple\nBanana\n_x\n10\n9\n",
    "n": "10\n9\n-5\n3.5\n3.49\n0\n-0\n-5.5\n-5.25\nabc\n1e3\n  7\n+4\n007\n.5\n-.5\n",
    "h": "1K\n2M\n500\n1.5K\n3G\n10\n-1K\n-2\n0\n1k\n100M\n",
    "m": "Mar\njan\nFEB x\nfoo\n\n dec\n",
    "v": "file-10\nfile-9\nfile-1.10\nfile-1.9\nfile\n.hid\n"
    "file-1.tar.gz\nfile-1a\nfile~\na1b2\na01b1\n",
    "p": "root:x:0:zz\nbob:x:1000:aa\nalice:x:1000:aa\ndaemon:x:1:mm\n",
    "s": "b 2 x\na  10 y\nc 2 z\na 1\tw\n",
    "g": "1e3\n10\nnan\n-inf\ninf\nabc\n-1.5e-3\n0x10\n1e400\n\n",
    "dup": "a 1\nb 1\na 2\nA 3\na 1\n",
    "nul": b"b\0a\0c",
    "noeol": "b\na",
    "dir/": "",
}

TABLE = """\
sort w
sort -r w
sort -f w
sort -fr w
sort -u w
sort -fu w
sort -b w
sort -d w
sort -i w
sort -s -f w
sort -fs w
sort -n n
sort -nr n
sort -rn n
sort -nu n
sort -g g
sort -gr g
sort -h h
sort -hr h
sort -M m
sort -V v
sort -rV v
sort -t: -k3 p
sort -t: -k3n p
sort -t: -k3,3n p
sort -t: -k3,3n -k1,1 p
sort -t: -k3,3nr -k1,1 p
sort -t: -k4,4 -k3,3nr p
sort -t: -k1.2 p
sort -t: -k1.2,1.3 p
sort -t: -s -k3,3 p
sort -t : -k 3nr p
sort -t: -u -k2,2 p
sort -k2 s
sort -k2n s
sort -k2,2 s
sort -b -k2 s
sort -k2b s
sort -k2,2n -k3 s
sort -n -k2 s
sort -k 2b,2 -k 1,1r s
sort -rk2n s
sort -k1,1 -k2n dup
sort -u -k1,1 dup
sort -su -k1,1 dup
sort -f -u -k1,1 dup
sort -k1,1f dup
sort -k1fr dup
sort -k1.1,1.1r dup
sort -z nul | tr '\\0' '\\n'
sort noeol
sort noeol w | head -n 3
sort - < w
cat w n | sort | head -n 5
sort -o out w; cat out
sort -o w w; cat w
sort w -o out; cat out
sort -m noeol w
sort -c w
sort -C w; echo $?
sort w | sort -c; echo $?
sort -cu dup
sort -c -k1,1 dup
sort -cn n
sort -cr n
printf '1\\n1\\n' | sort -cu
sort --check=quiet w; echo $?
sort --numeric-sort n
sort --sort=numeric n
sort --sort=month m
sort --key=2 s
sort --field-separator=: --key=3n p
sort --reverse --unique w
sort -n -S 1M -T /tmp --parallel=2 n
sort nofile
sort nofile w
sort dir
sort -k x w
sort -k 0 w
sort -k 1.0 w
sort -t ab w
sort -k 1x w
sort -nM w
sort -hn w
sort -dn w
sort -gn w
sort -c nofile
sort -C dir
sort -o dir w
sort -ck1 w w
sort -k 1,x w
sort -t '' w
sort -k 1.x w
sort -k -1 w
sort -k '' w
sort --sort=foo w
sort --sort=n w
sort -Z
sort --foo
sort -k
sort -o /nodir/x w
sort -t '\\0' -k 2 w | head -n 1
sort empty 2>&1 | head -n 1
sort /dev/null
sort -nk2,2 -k1,1 s
sort -k2,1 s
sort -k 3,3.2 s
sort -t' ' -k2 s
sort -t' ' -k2n,2 -k3r s
"""


@pytest.mark.slow  # a hundred command lines, by the real tools too
def test_sort(both):
    """sort sorts, checks and complains as the real one."""
    both("coreutils", TABLE, FILES)
