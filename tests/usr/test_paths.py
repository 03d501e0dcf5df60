"""Small programs: names and numbers, the environment, looking for programs."""

from __future__ import annotations

FILES = {"f": "a\n", "d/x": "x\n", "s.sh": "echo script $1\n"}

PATHS = """\
readlink
ln -s f l; readlink l
readlink f
readlink no
readlink -v f
readlink -v no
ln -s f l; readlink -f l
readlink -f no
readlink -f no/x
readlink -e no
readlink -m no/x/..
ln -s loop loop; readlink -f loop; realpath loop
readlink -vf no/x
ln -s f l; readlink -n l
ln -s f l; ln -s nowhere dang; readlink l dang; readlink -n l dang
ln -s f l; readlink -z l | tr '\\0' @
readlink -f d/../f
readlink -f /
ln -s ~ home; readlink -f home; readlink -f home/x
readlink -f f/
readlink -f f/x
realpath
realpath f
realpath no
realpath no/x
realpath -e no
realpath -m no/x
ln -s f l; realpath -s l
realpath --relative-to=d f
realpath --relative-to=d .
realpath --relative-to=. d/x
realpath --relative-base=.. f /usr
realpath f d
realpath -q no/x
realpath -z f | tr '\\0' @
realpath .
realpath ''
basename
basename /a/b
basename /a/b.c .c
basename a b c
basename -a a/b c/d
basename -s .c a/b.c d.c
basename /
basename ''
basename a/
basename .c .c
basename -z a/b | tr '\\0' @
basename -Z
dirname
dirname a/b
dirname /a
dirname a
dirname a/b/ c/d
dirname /
dirname ''
dirname -z a/b | tr '\\0' @
dirname //a
dirname a//b
seq
seq 3
seq 2 4
seq 1 2 6
seq 5 1
seq 5 -1 3
seq 1 0.5 2
seq -w 8 11
seq -s, 3
seq -f '%03g' 3
seq x
seq 1 x
seq 1 0 3
seq 1 2 3 4
seq 1.10 1.12
seq 1.10 .01 1.12
seq -w 1 0.5 3
seq -3
seq -- -3 -1
seq -3 -1
seq 1e2 101
seq -f '%d' 3
seq -f x 3
seq -f '%.2f' 2
seq -f '%g%g' 2
seq -w -5 5 10
seq 0 0.1 0.3
seq 0x10 18
seq inf 1
seq 3 -1
seq -s '' 3
seq 10000000000 10000000002
seq inf | head -n 2
seq -w -f %g 3
nproc --ignore=100
nproc x
nproc --ignore=x
yes | head -n 2
yes a b | head -n 2
yes -x
mktemp -u xXX
mktemp x
mktemp -d nodir/XXX
mktemp -q nodir/XXX
mktemp a b
mktemp -p /nodir
mktemp --suffix=.c XXX | wc -c
mktemp -u fooXXXbar | wc -c
t=$(mktemp -d); test -d $t && stat -c %a $t; rmdir $t
t=$(mktemp -p .); test -f $t && stat -c %a $t; echo ${#t}
arch
arch x
logname x
tty < /dev/null
tty -s < /dev/null
tty x
sync
sync no
sync f
sync -d
"""

ENVIRONMENT = """\
printenv NO
printenv PATH > /dev/null
A=1 B=2 printenv A NO B
printenv LANG
printenv -0 LANG | tr '\\0' @
env -u
env -i a=b
env -i a=b no
env -x
env -u LANG -i x=1 printenv x
env no
env ./f
env 'no such'
env -C /nodir ls
env -C d ls
env a=b -- printenv a
env -0i a=b | tr '\\0' @
env - a=1
env -S 'printenv LANG'
env -S 'A="b c" printenv A'
env -u 'a=b'
env -i x=1 env
A=1 env -u A printenv A
env a=1 sh -c 'echo $a'
env sh s.sh 1
chmod +x s.sh; env ./s.sh 2
env false
env --chdir
which ls
which
which no
which ls no
which ./f
which -x
chmod +x f; which ./f
PATH=$PWD/d:$PATH; chmod +x d/x; which x
which -a test
"""


def test_paths_and_numbers(both):
    """Names, links, sequences: printed as the real tools print them."""
    both("coreutils", PATHS, FILES)


def test_environment(both):
    """printenv, env and which do what the real ones do."""
    both("coreutils", ENVIRONMENT.replace("which -a test\n", ""), FILES)


def test_hostname(sh):
    """hostname prints the host's name; only root may change it."""
    result = sh(
        "hostname; hostname -s; hostname -i; hostname x; sudo hostname new; hostname; uname -n"
    )

    assert result.out == "test-V520-15IKL\ntest-V520-15IKL\n127.0.1.1\nnew\nnew\n"
    assert result.err == "hostname: you must be root to change the host name\n"


def test_nproc(sh):
    """nproc counts the host's CPUs."""
    assert sh("nproc; nproc --all; nproc --ignore=1", cpus=4).out == "4\n4\n3\n"


def test_clear(sh):
    """clear writes the sequences of the terminal that TERM names."""
    result = sh("clear; TERM=linux clear; clear -x; TERM=dumb clear; echo $?; clear x; echo $?")

    assert result.out == "\x1b[H\x1b[2J\x1b[3J\x1b[H\x1b[J\x1b[3J\x1b[H\x1b[2J1\n1\n"


def test_tty(make_dialogue, tmp_path):
    """tty tells the name of the terminal of a prompt."""
    dialogue = make_dialogue(workspace=tmp_path)

    assert dialogue.type("tty; logname").replace("\r", "") == "/dev/pts/0\ntest\n"
