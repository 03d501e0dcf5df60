"""find and xargs: which files, and what is done with them."""

from __future__ import annotations

import pytest

FIND_FILES = {
    "dl@": "a",
    "big": "0" * 999 + "1",
    "br@": "nope",
    "huge": "\x00" * 5000,
    "ln@": "a/f.txt",
    "with space": "",
    "c/k.ko": "K\n",
    "c/m.c": "int x;\n",
    "c/m.o": "o\n",
    "a/e": "",
    "a/f.txt": "hi\n",
    "a/b/g": "x\n",
    "d/e/f/": "",
}
FIND = r"""
find | sort
find . | sort
find a c | sort
find nofile
find a nofile c | sort
find . -foo
find . -name
find . x | sort
find . -name x y
find . -name a b
find -maxdepth
find . -maxdepth x
find . -type z
find . -type
find . '('
find . ')' | sort
find . '(' -name x
find . '(' ')'
find . '(' -name x ')' ')'
find . !
find . -name x -o
find . -o -name x
find . -exec
find . -exec echo {}
find . -exec echo +
find . -exec ';'
find . -exec echo {} {} +
find . -size x
find . -size 1kk
find . -size ''
find . -mtime x
find . -newer nofile
find . -perm zz
find . -user nobodyx
find . -group nogrpx
find . -name x -maxdepth 1
find . -regextype foo
find . -printf
find . -maxdepth 0 -printf '%q\n'
find . -maxdepth 0 -printf '%'
find . -maxdepth 0 -printf '\q'
find a -printf '%p %f %h %P %d %H %%|\n' | sort
find a/ -printf '%p %f %h %P %d %H %%|\n' | sort
find . -maxdepth 1 -printf '%p %y %Y %l|\n' | sort
find big ln huge -printf '%p %s %m %M %n %k %b\n'
find big -printf '%TY-%Tm-%Td %TH:%TM:%TS %T@ %T+ %t %Ta %Tb %Tj %TT\n'
find a -printf '%10p|%-10f|%.2f|%5d|%05d|\n' | sort
find a -printf '\101\t\x\n'
find . -name x -delete -prune
find . -path
find . -a
find . -not
find . -empty | sort
find . -links x
find . -exec false ';'
find c -exec nosuch {} ';'
find . -maxdepth 0 -exec nosuch {} +
find . -exec false {} +
find . -type f -size +1 | sort
find . -type f -size 3c | sort
find . -type f -size -2k | sort
find . -type f -size +4k
find . -type f -size 10
find '' -name x
find c/m.c -ok echo {} ';' < /dev/null
yes | find c -name '*.c' -ok echo {} ';'
find c -execdir echo {} ';' | sort
find c -name 'm.c' -execdir echo {} +
find --version | head -n 1
find -H . -quit
find . -quit
find . -maxdepth 1 | sort
find . -maxdepth 0
find . -mindepth 2 | sort
find . -mindepth 2 -maxdepth 2 -type f | sort
find . -name e -type f,d | sort
find . -xtype l
find . -xtype d | sort
find d -depth
find . -name '*.c' -o -name '*.o' | sort
find . -name '*.c' -print -o -name '*.o' | sort
find . '(' -name '*.c' -o -name '*.o' ')' -print | sort
find . ! -name '*.?' -type f | sort
find . -not -type d -a -name 'm*' | sort
find . -name a -prune -o -type f -print | sort
find . -path './a*' | sort
find . -path '*b*' | sort
find . -wholename './c/*' | sort
find . -iname 'F.TXT'
find . -regex '.*/m\.[co]' | sort
find . -regex '.*m.+' | sort
find . -iregex '.*M\.C'
find . -regextype posix-extended -regex '.*/(m|k)\.(c|ko)' | sort
find . -regex '.*\(c\|o\)$' | sort
find . -lname 'a*' | sort
find . -type l | sort
find -L . -type l | sort
find -L dl | sort
find -H dl | sort
find dl
find dl/ | sort
find c -print0 | sort -z | tr '\0' ' '
find c -delete; ls
find . -name '*.c' -delete; ls c
find d -type d -delete; ls
find a -maxdepth 0 -delete
find . -type f -exec echo {} + | tr ' ' '\n' | sort
find c -type f -exec echo x{}y ';' | sort
find . -name '*.c' -exec cat {} \;
find . -type f -exec grep -l x {} + | sort
find . -type f -newermt 2000-01-01 | wc -l
find . -newermt foo
find . -newerXY x
find . -newerab
find . -inum x
find . -maxdepth -1
find -P -O3 . -maxdepth 0
find . -type fd
find . -type f,
find -name
find . -samefile big
find . -links 1 -type f | wc -l
find . -perm 644 -name big
find . -perm -u+r -name big
find . -perm /111 -type f
find . -name big -readable -writable
find . -name big -executable
find . -true -name big
find . -false
find . -mtime +3650 -name big
find . -type f -mmin -1
touch new; find . -mmin -5 -type f
touch new; find . -mtime 0 -type f
find . -name big , -name huge | sort
find . -name big -print , -name huge -print | sort
find / -maxdepth 0
find /etc/passwd
find . -name '[a-c]' | sort
find . -name '*space' -exec ls {} ';'
find . -type d -empty | sort
find . -nouser
find ! -name '*'
find . -exec echo {} ';' -quit
find a -name g -printf '%h\n'
find . -noleaf -xdev -maxdepth 0
find c -name '*.c' -exec sh -c 'echo got $1' _ {} ';'
find . -type f | sort | head -n 2
find a -newer big
touch new; find . -maxdepth 1 -newer big -type f
"""

XARGS = r"""
echo a b c | xargs
printf "a 'b c' \"d e\" f\\\\ g\n" | xargs -n 1
echo "a 'b" | xargs
echo 'a "b' | xargs
printf 'a\n' | xargs -I{} echo x{}y {}
printf 'a b\n c d\n' | xargs -I X echo '<X>'
printf 'a\0b c\0' | xargs -0 -n1 echo
printf 'a,b,c' | xargs -d, -n 2
printf 'a b\nc d\ne\n' | xargs -L 1
printf 'a b \nc d\ne\n' | xargs -L 1
printf 'a b\nc\n' | xargs -l
printf 'a\nb\nc\n' | xargs -L 2
echo | xargs echo x
echo | xargs -r echo x
xargs -r < /dev/null; xargs echo x < /dev/null
echo a b | xargs -t echo
echo a | xargs false
echo a | xargs nosuch
echo a | xargs /tmp
echo a | xargs sh -c 'exit 255'
echo a | xargs sh -c 'kill -9 $$'
echo a b c | xargs -n 0
echo a b | xargs -n x
echo a b | xargs -s 5 echo
echo aaaaaaaaaaaaaa bb | xargs -s 12 echo
echo a b c d| xargs -s 9 -x -n 4 echo
echo a b c d| xargs -s 9 echo
xargs -Z
xargs --foo
echo a_b | xargs -E b echo
printf 'a\nEOF\nb\n' | xargs -E EOF
xargs -a nofile
printf 'x y' > in; xargs -a in echo
echo a | xargs -I
echo 1 2 3 | xargs -n 1 -P 2 echo | sort
echo 1 2 3 | xargs -n 1 -P 0 echo | sort
echo a b | xargs -i echo {}-
echo a | xargs -d xx
echo a | xargs -d '\n' -t echo 'b c'
printf 'a\tb' | xargs -d '\t' -n1
printf 'axb' | xargs -d '\x78' -n1
echo a b | xargs -L 1 -n 1
echo a b | xargs -n 1 -L 1
echo a b | xargs -n 2 -I{} echo {}
echo a b | xargs -I{} -n 2 echo {}
echo a b | xargs -I{} -n 1 echo {}
echo a b | xargs -0
xargs --version | head -n 1
echo a b c | xargs -n2 sh -c 'echo $#; exit 3' _
echo a | xargs -P x
printf 'a\0b\n' | xargs
echo a b c | xargs -L x
echo a | xargs -x -s 3
printf 'a\n\n b\n' | xargs -n 1 echo
printf 'a\n\nb\n' | xargs -I{} echo [{}]
xargs -E
echo 'a\ b' | xargs -n1
echo "it''s" | xargs
printf 'a \\\nb c\n' | xargs -n1
echo "'' x" | xargs -n1 echo -
seq 1 5 | xargs -n 2 echo
echo f1 f2 | xargs touch; ls
ls | xargs -I% echo %%
seq 30000 | xargs echo | wc -l
seq 3 | xargs -I N sh -c 'echo N; cat'
echo a | xargs cat
echo 5 | xargs seq
"""


@pytest.mark.slow  # a hundred command lines, by the real tools too
def test_find(both):
    """find finds, prints and acts as the real one."""
    both("findutils", FIND, FIND_FILES)


def test_xargs(both):
    """xargs splits its input and runs commands as the real one."""
    both("findutils", XARGS)


def test_find_asks_on_a_terminal(make_dialogue, tmp_path):
    """find -ok asks before each command, and warns about options behind tests."""
    (tmp_path / "f").write_text("x\n")
    dialogue = make_dialogue(workspace=tmp_path)
    dialogue.press(b"y\n", dialogue.host.kernel.now_ns + 1_000_000_000)
    shown = dialogue.type("find f -name f -maxdepth 1 -ok cat {} ';'").replace("\r", "")

    warning = (
        "find: warning: you have specified the global option -maxdepth after the argument -name"
    )
    assert shown.startswith(warning)
    assert shown.endswith("\n< cat ... f > ? y\nx\n")


def test_find_lists_long(sh):
    """find -ls shows a file as ls -dils does."""
    result = sh("echo x > f; ln -s f l; find l f -ls; ls -i f | cut -d' ' -f 1")

    link, file, inode = result.out.splitlines()
    when = "Mar 18 10:01"
    assert f"      0 lrwxrwxrwx   1 test     test            1 {when} l -> f" == link[9:]
    assert f"{inode:>9}      4 -rw-r--r--   1 test     test            2 {when} f" == file


def test_find_tells_what_it_may_not_read(sh):
    """find complains about a directory that it may not read, and goes on."""
    result = sh("mkdir d e; chmod 0 d; find . -mindepth 1; echo $?")

    assert "./d\n./e\n1\n" == result.out
    assert "find: \u2018./d\u2019: Permission denied\n" == result.err


def test_xargs_asks_on_a_terminal(make_dialogue):
    """xargs -p asks on the terminal, and runs what is agreed to."""
    dialogue = make_dialogue()
    dialogue.press(b"y\n", dialogue.host.kernel.now_ns + 1_000_000_000)
    dialogue.press(b"n\n", dialogue.host.kernel.now_ns + 2_000_000_000)
    shown = dialogue.type("echo 1 2 | xargs -n 1 -p echo").replace("\r", "")

    assert "echo 1?...y\n1\necho 2?...n\n" == shown
