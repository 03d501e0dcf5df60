"""Programs that show bytes: od, hexdump, xxd."""

from __future__ import annotations

OD_FILES = {
    "dir/": "",
    "b": b"hello\nworld\t\x00\x01\x7f\xff abc",
    "e": "",
    "s": "abcdefgh\x00ij\x00klmnop\tq\x00",
    "z": "\x00" * 100,
}
OD = r"""
od  b
od -c b
od -a b
od -t f4 b
od -t f8 b
od -t x1z b
od -A x -t x1z -v b
od -A d -t d2 b
od -t x1 -t c b
od -t x4 -t x1 b
od -t f8 -t x1 b
od -N 3 -t x1 b
od -j 3 -t x1 b
od -w8 -t x1 b
od -w3 -t x2 b
od -S 3 b
od -t z b
od -t x3 b
od -t f3 b
od -j 100 b
od -A q b
od -N x b
od --endian=big -t x2 b
od --endian=foo b
od -t d8 -t u1 -t o1 b
od -An -c b
od -xc b
od -t x1z -t cz b
od -b b
od -d b
od -f b
od -h b
od -i b
od -l b
od -o b
od -s b
od -x b
od -B b
od -D b
od -e b
od -F b
od -H b
od -I b
od -L b
od -O b
od -X b
od -t b
od -w -t x1 b
od -w20 -c b
od -N 1k b
od -j 0x3 -c b
od --foo b
od -Z b
od -An -tx1 -v b
od -t dCxSoLuI b
od -w0 b
od --read-bytes=zz b
od -N 3x b
od -t x1 -N 0 b
od -x z
od -v -x z
od -c z
od e
od -An e
od -S 2 s
od -S 8 s
od -A d -S3 s
od -An -S s
od nofile b
od dir
od -c b z
od -j 22 -c b s
od -c - < b
od -c s
od -t x1z -w4 z
printf '\342\202\254' | od -c
echo hi | od -An -tx1
printf abc | od -t x2 --endian=big
"""

HEXDUMP_FILES = {
    "dir/": "",
    "b": b"hello\nworld\t\x00\x01\x7f\xff abc",
    "e": "",
    "s": "abcdefgh\x00ij\x00klmnop\tq\x00",
    "z": "\x00" * 100,
}
HEXDUMP = r"""
hexdump -C b
hexdump b
hexdump -b b
hexdump -c b
hexdump -d b
hexdump -o b
hexdump -x b
hexdump -C -n 5 b
hexdump -C -s 3 b
hexdump -n 5 b
hexdump -Cv z
hexdump -C z
hexdump z
hexdump nofile
hexdump nofile b
hexdump -n x b
hexdump -Z
hexdump -s 0x3 -C b
hexdump -C /dev/null
hexdump e
printf abc | hexdump
printf abc | hexdump -d
printf abc | hexdump -C
hexdump -C b s
hexdump -bc b
hexdump -s 100 -C b
hexdump -s 20 -C b
hexdump -n 16 -C z
hexdump -n 32 -C z
hexdump -n 1k -C b
hexdump --version
hexdump dir
"""

XXD_FILES = {
    "dir/": "",
    "b": b"hello\nworld\t\x00\x01\x7f\xff abc",
    "e": "",
    "s": "abcdefgh\x00ij\x00klmnop\tq\x00",
    "z": "\x00" * 100,
}
XXD = r"""
xxd b
xxd -b b
xxd -c 8 b
xxd -g 4 b
xxd -g 0 b
xxd -p b
xxd -i b
xxd -i < b
xxd -u b
xxd -e b
xxd -l 5 b
xxd -s 3 b
xxd -s -3 b
xxd -ps -c 5 b
xxd -d b
xxd -a z
xxd -a -l 48 z
xxd nofile
xxd -p b | xxd -r -p | cmp - b
xxd b | xxd -r | cmp - b
xxd -c 0 b
xxd -c 300 b
xxd -g 3 b
xxd -b -g 2 b
xxd -n foo -i b
xxd -C -i b
xxd -o 16 b
xxd -v
xxd -i dir/../s
xxd -g1 b
xxd -c4 -g1 b
xxd -l 0x4 b
xxd b out; cat out
xxd -i e
xxd e
xxd -u -p b
xxd -ps z
echo '0000010: 41 42' | xxd -r | od -c
echo 414243 | xxd -r -p
xxd -plain b
xxd -len 3 b
xxd -cols 4 b
"""


def test_od(both):
    """od shows bytes as the real one."""
    both("coreutils", OD, OD_FILES)


def test_hexdump(both):
    """hexdump shows bytes as the real one."""
    both("util-linux", HEXDUMP, HEXDUMP_FILES)


def test_xxd(both):
    """xxd shows bytes, and makes bytes, as the real one."""
    both("xxd", XXD, XXD_FILES)


def test_endless_device(sh):
    """A limit ends the reading of a device that never ends."""
    result = sh("xxd -l 4 /dev/zero; od -An -tx1 -N 2 /dev/zero; hexdump -n 2 /dev/zero")

    assert result.out.splitlines() == [
        "00000000: 0000 0000                                ....",
        " 00 00",
        "0000000 0000                                   ",
        "0000002",
    ]


def test_cmp_of_endless_devices(sh):
    """cmp -n compares the beginnings of devices that never end."""
    assert "0\n" == sh("cmp -n 10000 /dev/zero /dev/zero; echo $?").out


def test_cmp_with_an_endless_device(sh):
    """cmp reads no more of a device than it needs to tell that the file is shorter."""
    result = sh("head -c 10 /dev/zero > f; cmp f /dev/zero; cmp /dev/zero f; echo $?")

    assert "cmp: EOF on f after byte 10, in line 1\n" * 2 == result.err
    assert "1\n" == result.out
