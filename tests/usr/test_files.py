"""Programs that make, move and remove files: touch, mkdir, rmdir, rm, cp, mv, ln, chmod, chown."""

from __future__ import annotations

import pytest

FILES = {
    "f": "a\n",
    "g": "b\n",
    "d/x": "x\n",
    "d/e/y": "y\n",
    "emp/": "",
    "full/x": "",
    "sub/f": "z\n",
}
# The names of all files, sorted, and what is in them.
SHOW = "find . | sort; cat f"

REMOVE = """\
touch
touch n; ls
touch /nodir/x
touch f/x
touch -d foo f
touch -t 99 f
touch -r no f
touch -c no; ls
touch -t 1 -d 2 x
touch -d '2020-01-02 03:04:05' f; stat -c '%y %x' f
touch -t 202001020304.05 f; stat -c %y f
touch -t 2001020304 f; stat -c %y f
touch -d @86400 f; stat -c '%Y %X' f
touch -a -d @1 f; stat -c %X f
touch -m -d @1 f; stat -c %Y f
touch -d @5 f; touch -r f g; stat -c '%X %Y' g
touch -d @5 f; touch -d '+1 day' -r f g; stat -c '%X %Y' g
mkdir
mkdir d
mkdir a/b
mkdir -p a/b d/e; ls a
mkdir -v n1 n1/n2
mkdir -pv n2/n3/n4
mkdir -m 700 m1; stat -c %a m1
mkdir -m xx m2
mkdir -m u=rwx,go= m3; stat -c %a m3
mkdir -pm 700 p1/p2; stat -c %a p1 p1/p2
mkdir f/x
mkdir -p f/x
mkdir -p f
mkdir n; stat -c %A n
mkdir -p ./n//m/; ls n
rmdir
rmdir d
rmdir f
rmdir no
rmdir -v emp
mkdir -p n2/n3/n4; rmdir -p n2/n3/n4; ls
mkdir -p n2/n3; rmdir -pv n2/n3
rmdir --ignore-fail-on-non-empty d
mkdir -p d/z; rmdir -p d/z
rm
rm -f
rm no
rm d
rm -f no
rm -d d
rm -d emp; ls
rm f; ls
rm -v f g
rm -rv d | sort
rm -r d emp; ls
rm -r .
rm -r ..
rm -rf .
rm -r /
rm -i f; ls
echo y | rm -i f; ls
echo n | rm -i f; ls
printf 'y\\nn\\ny\\n' | rm -ri full; find full
printf 'y\\ny\\ny\\n' | rm -ri d/e; find d
yes | rm -I f g emp; ls
echo y | rm -I -r d; ls
echo n | rm -I f g no1 no2; ls
rm -rf no d; ls
rm f/x
rm -f f/x
ln -s nowhere dang; rm -v dang
ln -s d ld; rm ld; ls
ln -s d ld; rm -r ld; ls d
rm -- -x
rm -x
rm no1 f no2; ls
"""

COPY = """\
cp
cp f
cp no x
cp d x
cp f g no
cp f g f
cp f f
cp f ./f
ln -s f l; cp f l
cp f no/x
cp f g/x
cp -r d d
cp -r d d/new
cp -r d f
cp f d/e; find d | sort
cp -v f d
cp -rv d d2 | sort
cp -r d d2; find d2 | sort; cat d2/e/y
cp -i f g; cat g
echo y | cp -i f g; cat g
cp -n f g; cat g
cp -T f d
cp -t no f
cp -t d f g; find d | sort
cp -r f g d emp; find emp | sort
ln -s nowhere dang; cp dang x
ln -s nowhere dang; cp -P dang x; readlink x
ln -s d ld; cp -rv ld y
ln -s d ld; cp -av ld z
touch -d @5 f; cp -u f g; cat g
cp -lv f hl; stat -c %h f
cp -sv f sl; readlink sl
cp f d f d
cp -v f x/
cp --parents d/x emp; find emp
ln -s nowhere dang; cp f dang
cp f ''
cp '' f
cp -b f g; cat g~
cp f emp/; ls emp
cp f nodir/
cp -r d/. d4; find d4 | sort
cp -r no1 no2 d
cp --preserve=foo f x
cp -t
cp f g d -t emp
cp -Z x
touch -d @5 f; chmod 640 f; cp -p f n; stat -c '%a %Y' n
touch -d @5 f; cp f n; stat -c %Y f
chmod 751 f; cp f n; stat -c %a n
ln f h; cp -a f h emp; stat -c %h emp/f
ln -s f l; cp -r l emp; readlink emp/l
ln -s f l; cp l n; cat n; readlink n
ln -s f l; cp -d l n; readlink n
cp --remove-destination f g; cat g
cp --attributes-only f n; cat n
cp -rT d emp; find emp | sort
cp /dev/null n; cat n
cp -S .o f g; cat g.o
cp -x f n; ls
mv
mv f
mv no x
mv f g no
mv f f
mv f ./f
mv d d
mv d d/e
mv d f
mv f no/x
mv f g/x
mv -v f f2; ls
mv -v f d
mv -v d/x f; cat f
mv -i f g; cat g
echo y | mv -i f g; cat g
mv -n f g; ls; cat g
mv -v f g; cat g
mv -T g d
mv -T d emp; find emp | sort
mv -v emp d; ls d
mv d full; find full | sort
mkdir -p q/full/z; mv full q
mv -t no f
mv -vt d g
ln -s f l; mv -v l l3; readlink l3
ln -s nowhere dang; mv dang/ x
mv f ''
mv d/x d/
mv nof nog d
mkdir d/f; mv f d
mv f nodir/
mv f g d emp; find emp | sort
mv --backup f g; cat g~
mv -x f g
mv sub/f .; cat f
ln
mkdir q; cd q; ln ../f; ls -l | cut -c 1; stat -c %h f
ln f g
ln no x
ln d x
mkdir q; cd q; ln -s ../f; readlink f
ln -s f g
ln -sf f g; readlink g
ln -s f s; ln -s f s
ln -s g s; ln -sfv f s; readlink s
ln -v f h
ln -fv f g; cat g
ln -s d sd; ln -s f sd; ls d
ln -s d sd; ln -sfn f sd; readlink sd
ln -s a b c
ln -s f g emp; ls emp
ln f d; stat -c %h f
ln -s x no/y
ln f no/y
ln -t d g; ls d
ln -T f d
ln -sr d/x rel; readlink rel
ln -sr f d/rel; readlink d/rel
ln -sT f d
ln f f
ln -sf f f
ln -i -s f g
ln -s '' x
ln -s f ''
ln -fs f d; readlink d/f
ln -s x g/y
ln -vs one two
ln -s f s; ln -L s hs; stat -c %h f
ln -s f s; ln -P s ps; readlink ps
ln -n
ln -sb f g; readlink g; cat g~
"""

MODES = """\
chmod
chmod 644
chmod 600 f; stat -c %a f
chmod 0755 f; stat -c %a f
chmod 4755 f; stat -c '%a %A' f
chmod 1777 d; stat -c '%a %A' d
chmod 2755 d; chmod 755 d; stat -c %a d
chmod 2755 d; chmod 00755 d; stat -c %a d
chmod 888 f
chmod 77777 f
chmod xyz f
chmod u+ f
chmod +x f; stat -c %a f
chmod -x f; stat -c %a f
chmod u+x,go-r f; stat -c %a f
chmod u=rwx,g=rx,o= f; stat -c %a f
chmod a=r f; stat -c %a f
chmod = f; stat -c %a f
chmod go=u f; stat -c %a f
chmod u+s f; stat -c %A f
chmod g+s d; stat -c %A d
chmod +t d; stat -c %A d
chmod o+w-r f; stat -c %a f
chmod +w f; stat -c %a f
chmod -w f; stat -c %a f
chmod -- -w f; stat -c %a f
chmod a+X f d; stat -c %a f d
chmod -R a-x,u+X d; stat -c %a d d/x d/e
chmod -R 700 d; stat -c %a d d/x d/e d/e/y
chmod -v 600 f
chmod -v 644 f
chmod -c 600 f g; chmod -c 600 f
chmod no f
chmod 600 no
chmod -f 600 no
ln -s nowhere dang; chmod 600 dang
ln -s f l; chmod 600 l; stat -c %a f
chmod --reference=d f; stat -c %a f
chmod --reference=no f
chmod -vR u+w,g-w d | sort
chmod ug+rw f; stat -c %a f
chmod u-x+w f; stat -c %a f
chmod 600 f no g; stat -c %a f g
chmod -Z 600 f
chmod 7777 f; chmod u-s f; stat -c %A f
umask 077; chmod +r f; stat -c %a f; chmod =rw f; stat -c %a f
chown
chown x
chown nouser f
chown :nogroup1 f
chown nouser: f
chown -R nouser d
chgrp
chgrp nosuch f
chown root no
chown root no 2>&1 | wc -l
"""


def test_make_and_remove(both):
    """touch, mkdir, rmdir and rm do what the real ones do."""
    both("coreutils", REMOVE, FILES)


@pytest.mark.slow  # a hundred command lines, by the real tools too
def test_copy_and_move(both):
    """cp, mv and ln do what the real ones do."""
    both("coreutils", COPY, FILES)


def test_modes(both):
    """chmod and chown do what the real ones do."""
    both("coreutils", MODES, FILES)


def test_protected_files_are_asked_about_at_a_terminal(make_dialogue, tmp_path):
    """rm and mv ask before they remove or replace what may not be written."""
    dialogue = make_dialogue(workspace=tmp_path)
    dialogue.type("touch a b; chmod 444 a b; echo 1 > c")
    answers = []
    for answer, line in ((b"n\n", "rm a"), (b"y\n", "mv c b"), (b"", "cat b; ls")):
        dialogue.press(answer, dialogue.host.kernel.now_ns + 1_000_000_000)
        answers.append(dialogue.type(line).replace("\r", ""))

    assert answers[0] == "rm: remove write-protected regular empty file 'a'? n\n"
    assert answers[1] == "mv: replace 'b', overriding mode 0444 (r--r--r--)? y\n"
    assert answers[2] == "1\na  b\n"


def test_owners(sh):
    """chown and chgrp change owners for root, tell what they did, and refuse others."""
    commands = (
        "touch f; chown root f; sudo chown -v root:tty f; ls -l f | cut -d' ' -f 3,4;"
        "sudo chgrp -v root f; sudo chown -c test: f; sudo chown -v test f; "
        "sudo chown 7:8 f; ls -n f | cut -d' ' -f 3,4"
    )
    result = sh(commands)

    assert result.out == (
        "changed ownership of 'f' from test:test to root:tty\nroot tty\n"
        "changed group of 'f' from tty to root\n"
        "changed ownership of 'f' from root:root to test:test\n"
        "ownership of 'f' retained as test\n7 8\n"
    )
    assert result.err == "chown: changing ownership of 'f': Operation not permitted\n"
