"""grep: patterns, what is printed of a match, files and folders, exit codes."""

from __future__ import annotations

import pytest

FILES = {
    "f": "one\ntwo\nthree\nfour\nfive\nsix\nseven\n",
    "g": "a*b\na+b\na{1\nab\n\n^b$\naab\nfoo bar\nfoo_bar\nFoo.Bar\n"
    "(x)|y\na\\b\n\ttab\nh\u00e9llo\n",
    "d/x": "one\n",
    "d/y.c": "int one;\n",
    "d/e/z.c": "one more\n",
    "bin": b"a\0one\nb\n",
    "enc": b"one\n\xff one\none\n",
    "pats": "one\nfour\n",
    "empty": "",
}

OPTIONS = """\
grep o f
grep -n o f
grep -c o f
grep -v o f
grep -i ONE f
grep -y ONE f
grep -iv ONE f
grep -i --no-ignore-case ONE f
grep -o e f
grep -on e f
grep -ob o f
grep -ov e f
grep -b e f
grep -w foo g
grep -w 'foo\\|b' g
grep -x two f
grep -x 'fo*' f
grep -xv two f
grep -q one f
grep -q zzz f
grep -q one f nofile
grep -q one nofile f
grep -q zzz f nofile
grep -s x nofile
grep -l one f d/x g
grep -L one f d/x g
grep -lv o f
grep -c one f d/x
grep -H one f
grep -h one f d/x
grep one f d/x
grep -m 1 o f
grep -m 2 -A 1 o f
grep -m 0 o f
grep -m -1 o f
grep -cm2 e f
grep -A1 two f
grep -B1 two f
grep -C1 -n two f
grep -2 four f
grep -12 four f
grep -C 1 -e one -e four f
grep -A 1 -e one -e five f
grep -n -A1 -e one -e five f
grep -A 1 --group-separator=XX -e one -e five f
grep --no-group-separator -A1 -e one -e five f
grep -A1 one f d/x
grep -on -A1 e f
grep -c -A1 o f
grep -e one -e two f
grep -f pats f
grep -f pats -e six f
grep -f empty f
grep -f nofile f
grep -e 'one
grep '' f
grep -v '' f
grep -n '' f
grep '^$' g
grep -c '^$' g
grep -T -n one f
grep -T one f d/x
grep -Tnb e f
grep -z one bin | tr '\\0' '@'
grep --null -l one f | tr '\\0' '@'
grep -Z -c one f | tr '\\0' '@'
grep one bin
grep -a one bin | tr '\\0' '@'
grep -I one bin
grep -c one bin enc
grep one enc
grep -o one enc
grep -v one enc
grep --binary-files=without-match one bin f
grep --binary-files=x one bin f
grep one nofile
grep one nofile f
grep one d
grep one d f
grep -d skip one d f
grep -s one d
grep one - f < f
grep -c one - < f
grep --label=foo -H one < f
cat f | grep -n two
grep one < f
grep
grep -Z
grep --foo x f
grep -e
grep -A x o f
grep -m x o f
grep -EF a f
grep -EP a f
grep -A
grep -nr one d | sort
grep -r one d/x
grep -r one d f | sort
grep -rh one d | sort
grep -rl one . | sort
cd d; grep -r one | sort
grep -rc one d | sort
grep -r --include='*.c' one . | sort
grep -r --include='*.c' --include=x one . | sort
grep -r --exclude='*.c' one d | sort
grep -r --exclude-dir=e one . 2>&1 | sort
grep -r --exclude-dir=d one . 2>&1 | sort
grep -rn nothing d
grep -R one d | sort
ln -s f lnk; ln -s nowhere dang; grep -r one lnk; grep one lnk dang
mkdir t; cp f t; ln -s ../g t/lnk; grep -r . t | sort
mkdir t; cp f t; ln -s ../pats t/lnk; grep -R four t | sort
grep --color=always -n o f
grep --color=always -nH -C1 three f
grep --color=always -e three -e seven -A1 f
grep --color=always -v one f
grep --color=always -o e f
grep --color=always -l one f
grep --color=always -c one f d/x
grep --color=auto one f
grep --colour=never one f
grep --color one f
grep --line-buffered one f
grep --context=1 two f
grep --count --invert-match o f
grep --max-count=1 --line-number o f
grep --regexp=one f
grep --files-with-matches one f d/x
grep -U one f
grep -D skip one f
egrep 'one|two' f
fgrep 'a*b' g
egrep '(' f
grep -V | head -n 1
"""

PATTERNS = """\
grep 'a*b' g
grep 'a\\*b' g
grep '*b' g
grep 'a\\+b' g
grep 'a\\?b' g
grep 'a\\{2\\}b' g
grep 'a\\{1,\\}b' g
grep 'a{1' g
grep '\\(a\\)\\1' g
grep 'foo\\|two' g f
grep '[[:upper:]]' g
grep '[[:punct:]]' g
grep '[^[:alnum:][:space:]]' g
grep '[a-c]a' g
grep '[]x]' g
grep '[$^]' g
grep '\\bfoo\\b' g
grep '\\<foo\\>' g
grep 'foo\\B' g
grep '\\wo\\W' g
grep '\\s' g
grep 'h.llo' g
grep -o 'h.l' g
grep '^[^a]' g
grep 'b$' g
grep '\\.' g
grep -E 'a+b' g
grep -E 'a|b{2}' g
grep -E '(foo|Foo).(b|B)ar' g
grep -E '^(a|\\^)' g
grep -E 'a{2}' g
grep -E 'a{1' g
grep -E 'a{,1}b' g
grep -E '(a)\\1' g
grep -E ')' g
grep -E '\\(x\\)\\|y' g
grep -E '()' g
grep -E 'a||b' g
grep -E '*b' g
grep -E 'x|*b' g
grep -oE 'foo|foo_bar' g
grep -oE 'o(ne|n)' f
grep -oE '(f|fo)(our|ou|u)*' f
grep -owE 'foo|foo_bar' g
grep -oE '[a-z]+' g
grep -oE 'x*' g
grep -o '' g
grep -F 'a*b' g
grep -F -e a -e ab -o g
grep -Fo 'aab
grep -F '(x)|y' g
grep -Fi FOO g
grep -Fw foo g
grep -Fx ab g
grep -F '' g
grep -iE 'FOO[ _]' g
grep -i 'H\u00c9LLO' g
grep -P '\\d' g
grep -P 'foo(?=_)' g
grep -oP 'fo\\K.' g
grep -oP '(?<=t)\\w+' f
grep -P '^\\S+\\s\\S+$' g
grep -P '(' f
grep -P '[' f
grep -P 'a**' f
grep '\\(' f
grep '\\)' f
grep -E '(' f
grep '[a' f
grep '[[:foo:]]' f
grep '[:space:]' f
grep '[b-a]' f
grep 'a\\' f
grep '\\(a\\)\\2' f
grep 'a\\{1' f
grep 'a\\{x\\}' f
grep -E 'a{2,1}' f
grep -E 'a{99999}' f
grep -- -x f
grep -e -x g
"""


@pytest.mark.slow  # a hundred command lines, by the real tools too
def test_grep_options(both):
    """grep selects, prints and complains as the real one."""
    both("grep", OPTIONS.replace("'one\n", "'one\\n'\n"), FILES)


def test_grep_patterns(both):
    """grep reads basic, extended, fixed and Perl patterns as the real one."""
    both("grep", PATTERNS.replace("'aab\n", "'aab'\n"), FILES)
