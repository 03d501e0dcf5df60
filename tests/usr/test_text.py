"""Programs that take text apart.

head, tail, wc, tee, tac, rev, nl, paste, comm, fold, column, uniq, cut, tr.
"""

from __future__ import annotations

LINES = "".join(f"line {number}\n" for number in range(1, 21))
FILES = {
    "lines": LINES,
    "short": "a\nb\nc",
    "empty": "",
    "words": "one two  three\n\n\tfour five\nsix\n\n\n  seven\n",
    "utf8": "h\u00e9llo w\u00f6rld\n\u65e5\u672c\n",
    "bin": bytes(range(256)),
    "dir/": "",
}


def test_head(both):
    """head prints what the real one prints: lines, bytes, all but some, headers, complaints."""
    both(
        "coreutils",
        """\
head lines
head -n 3 lines
head -n3 lines short
head -3 lines
head -3 -q lines short
head -c 10 lines
head -c 1K lines | wc -c
head -c 2b bin | wc -c
head -n -15 lines
head -n -0 lines
head -n -1 short
head -c -100 lines
head -v lines
head -q lines short
head short empty lines
head - short < lines
head < short
(head -n 2; echo --; head -n 1) < lines
head nofile
head nofile lines
head dir
head dir short
head -n x
head -c x
head -n -x
head -5x
head -n 1kB lines | wc -l
head -Z
head --lines=2 lines
head --lin=2 lines
head --bytes 3 lines
head -n
head --foo
head -z -n 1 bin | wc -c
head -0 lines
head -n 0 lines
head 'a b' 'a:b'
cat lines | head -n 2
head -c 5 short nofile
""",
        FILES,
    )


def test_tail(both):
    """tail prints what the real one prints: from the end, from a line on, headers, complaints."""
    both(
        "coreutils",
        """\
tail lines
tail -n 3 lines
tail -3 lines
tail +18 lines
tail -n +18 lines
tail -n +0 short
tail -n +1 short
tail -c 5 lines
tail -c +5 short
tail -c +0 short
tail -n 0 lines
tail -n 2 short
tail -n 1 short lines
tail -q -n 1 short lines
tail -v -n 1 short
tail nofile
tail nofile short
tail dir
tail dir short
tail -n x
tail -c +x
cat lines | tail -n 2
tail -n 2 - short < lines
tail -1 lines
tail -2c lines
tail empty
tail -n 3 empty short
tail -n 1k lines | wc -l
tail -z -n 1 bin | wc -c
tail -n5 -v nofile
tail --lines=+19 lines
tail --quiet -n1 lines short
tail -Z
tail -n 100 lines | wc -l
tail -s x short
echo x | tail -f
tail -f dir
tail -f nofile
tail -F nofile/x & sleep 0.1; kill $!
""",
        FILES,
    )


def test_wc(both):
    """wc counts as the real one and makes its columns as wide."""
    both(
        "coreutils",
        """\
wc lines
wc -l lines
wc -w lines
wc -c lines
wc -l < lines
wc < lines
cat lines | wc
cat lines | wc -l
wc lines short words
wc -l lines short
wc -lw lines short
wc -m utf8
wc -c utf8
wc -L utf8 words
wc bin
wc -m bin
wc -w bin
wc empty
wc nofile
wc nofile lines
wc dir
wc dir lines
wc - < short
wc lines - < short
wc -lL lines
wc --lines --bytes short
wc -cl short
wc -Z
wc --max-line-length words
printf 'no newline' | wc
printf 'a b' | wc -lw
wc /dev/null
wc short /dev/null
""",
        FILES,
    )


def test_small_filters(both):
    """tee, tac, nl, paste, comm and fold do what the real ones do."""
    both(
        "coreutils",
        """\
echo a | tee x; cat x
echo a | tee x y -; cat x y
echo a > x; echo b | tee -a x; cat x
echo a | tee dir; echo $?
echo a | tee /nodir/x
tee -Z
tac lines | head -n 3
tac short
tac short short
tac empty
tac nofile
tac -s ' ' words
tac -b -s b short
tac -b short
tac -r -s '[0-9]' lines | head -c 50
tac -rs '[b-c]' short
nl lines
nl words
nl -b a words
nl -ba -w 3 -s ': ' words
nl -n ln short
nl -n rz short
nl -v 10 -i 5 short
nl -b n short
nl -b p^s words
nl -b p'[ax' words
nl -ba -l 2 words
nl nofile
nl dir
nl -b z short
nl -w x short
nl -w 0 short
nl -n xx short
printf 'a\\n\\\\:\\\\:\\nb\\n\\\\:\\nc\\n\\\\:\\\\:\\\\:\\nd\\n' | nl
printf 'a\\n\\\\:\\\\:\\nb\\n' | nl -p -ha
nl -d xy -ba short
nl -v -2 lines | head -4
paste short lines | head -n 4
paste -d , short short
paste -d ',;' short short short
paste -s short
paste -s -d , short lines
paste -sd+ short
paste - - < lines | head -n 3
paste -d '\\n' short short
paste -d '\\0' short short
paste -d '' short short
paste nofile
paste short nofile
paste -d '\\' short
paste short dir
paste -s nofile short
paste empty short
comm short short
printf 'a\\nc\\nd\\n' > x; comm x short
printf 'a\\nc\\nd\\n' > x; comm -12 x short
printf 'a\\nc\\nd\\n' > x; comm -3 x short
printf 'a\\nc\\nd\\n' > x; comm -23 x - < short
printf 'a\\nc\\nd\\n' > x; comm --total x short
printf 'a\\nc\\nd\\n' > x; comm --output-delimiter=, x short
printf 'b\\na\\n' > x; comm x short
printf 'b\\na\\n' > x; comm --check-order x short
printf 'b\\na\\n' > x; comm --nocheck-order x short
printf 'b\\na\\n' > x; comm x x
comm short
comm short nofile
comm a b c
comm
fold -w 5 lines | head -n 4
fold -w 5 -s words
fold -5 words
fold -w 3 -b utf8
fold -w 10 words
fold -s -w 8 words
fold nofile
fold -w 0 short
fold -w x short
fold empty short
printf 'abc\\bd\\tef\\rghijkl\\n' | fold -w 4
""",
        FILES,
    )


def test_util_linux_filters(both):
    """rev and column do what the real ones do."""
    both(
        "util-linux",
        """\
rev short
rev words utf8
rev nofile
rev -Z
printf 'ab' | rev
column lines
column -c 40 lines
column -x -c 40 lines
column -t words
printf 'a b c\\nlonger x\\n' | column -t
printf 'a:b:c\\nlonger::x\\n' | column -t -s :
printf 'a:b:c\\nlonger::x\\n' | column -t -s : -o ' | '
printf 'a b\\nc d\\n' | column -t -N X,YY
printf 'a b\\nccc ddd\\n' | column -t -R 1
printf 'a b\\nccc ddd\\n' | column -t -N X,Y -R Y
printf 'a b c d\\ne f g h\\n' | column -t -l 2
column nofile
column dir
column empty
column short
column -t utf8
printf 'a\\n\\nb\\n' | column -t
printf 'a\\n\\nb\\n' | column -t -L
""",
        FILES,
    )


def test_uniq(both):
    """uniq filters and counts as the real one."""
    both(
        "coreutils",
        """\
uniq rep
uniq -c rep
uniq -d rep
uniq -u rep
uniq -i rep
uniq -ic rep
uniq -D rep
uniq -D -i rep
uniq --all-repeated=separate rep
uniq --all-repeated=prepend rep
uniq -f 1 fields
uniq -f 1 -c fields
uniq -s 2 fields
uniq -w 1 fields
uniq -f1 -s1 -w1 fields
uniq -cd rep
uniq -du rep
uniq rep out; cat out
uniq - < rep
sort rep | uniq -c | sort -rn
uniq nofile
uniq dir
uniq rep /nodir/x
uniq -f x rep
uniq -w x rep
uniq -s x rep
uniq a b c
uniq -cD rep
uniq -z rep
uniq -Z
uniq --count --repeated rep
printf 'a\\na' | uniq
uniq /dev/null
""",
        {
            "rep": "a\na\nA\nb\nc\nc\nc\na\n\n\nd\n",
            "fields": "1 a x\n2 a x\n3 b x\n3 b y\n  4  b y\n",
            "dir/": "",
        },
    )


def test_cut(both):
    """cut cuts and complains as the real one."""
    both(
        "coreutils",
        """\
cut -d: -f1 p
cut -d: -f1,3 p
cut -d: -f3,1 p
cut -d: -f2- p
cut -d: -f-2 p
cut -d : -f 1-2,4 p
cut -d: -f 2-3,3-4 p
cut -f 1 p
cut -f 2 tabs
cut -f 1,3 tabs
cut -s -d: -f1 p tabs
cut -d: --complement -f2 p
cut -d: -f1,3 --output-delimiter=' | ' p
cut -d: -f1-2,4- --output-delimiter=, p
cut -c 1-3 p
cut -c -3 p
cut -c 3- p
cut -c 1,3,5 p
cut -b 2 p
cut -c 1-3,5-6 --output-delimiter=, p
cut -c 1-3,4-6 --output-delimiter=, p
cut -c 1-4,3-6 --output-delimiter=, p
cut --complement -c 2-4 p
cut -c 1 utf8 | od -An -tx1
cut -d ' ' -f 2 utf8
cut -d '' -f 1 p
cut -z -d: -f1 p | od -c | head -n 2
cut p
cut -f x p
cut -f 0 p
cut -f 3-2 p
cut -d ab -f 1 p
cut -b 1 -f 2 p
cut -d: -b 1 p
cut -s -b 1 p
cut -f - p
cut -c 0 p
cut -f 1,,2 p
cut -f 1x p
cut -f 1-x p
cut -f 1-2-3 p
cut -c a p
cut -f '1 3' tabs
cut -d: -f1 nofile p
cut -d: -f1 dir
cut -d: -f1 - < p
cut -f 9 -d: p
cut -c 100 p
cut -f 99999999 p
cut -Z
printf 'a:b' | cut -d: -f2
printf ':\\n::\\n' | cut -d: -f2
cut -d: -f 1 /dev/null
cut -d\\\\ -f 1 p
""",
        {
            "p": "root:x:0:0:root\nplain\n\ndaemon:x:1:1\na::b\n",
            "tabs": "a\tb\tc\nd\te\n",
            "utf8": "h\u00e9 w\u00f6rld x\n",
            "dir/": "",
        },
    )


def test_tr(both):
    """tr translates, squeezes, deletes and complains as the real one."""
    both(
        "coreutils",
        """\
tr a-z A-Z < t
tr '[:lower:]' '[:upper:]' < t
tr '[:upper:]' '[:lower:]' < t
tr -d aeiou < t
tr -d '[:space:]' < t
tr -d '\\n' < t
tr -s ' ' < t
tr -s '[:space:]' '\\n' < t
tr -cs '[:alnum:]' '\\n' < t
tr -c '[:alpha:]\\n' _ < t
tr -cd '[:digit:]' < t
tr -ds a-m l-z < t
tr abc xy < t
tr -t abc xy < t
tr a-c x < t
tr 'a-c' '[x*]' < t
tr 'a-e' '[x*2]yz' < t
tr 'a-e' 'z[x*]y' < t
tr 'a-e' '[x*010]' < t
tr ' ' '\\n' < t
tr '\\040' '\\t' < t
tr '\\\\' / < t
tr / '\\\\' < t
tr -- -a xy < t
tr a- xy < t
tr '[a]' '(b)' < t
tr '[=a=]' x < t
tr '[:digit:]' x < t
tr 0-9 '#' < t
tr -s '[:lower:]' < t
tr -s lo 01 < t
tr '[:*]' x < t
tr '[a*' 123 < t
tr 'e\\-a' XYZ < t
tr -C a-z . < t
tr '\\101' b < t
tr '\\9' b < t
tr '[:alpha:]' x < t
tr '[:lower:]' x < t
tr -d '[:punct:][:cntrl:]' < t
tr
tr a
tr a b c
tr -d a b
tr -ds a
tr '[:foo:]' x
tr z-a x
tr -t
tr '[:upper:]' '[:digit:]'
tr -c x ''
tr a ''
tr '[a*3]' x
tr 'a\\' x < t
tr '[=ab=]' x
tr a '[b*x]'
tr '[:upper:]' '[:lower:]x' < t
tr x '[:lower:]'
tr -s
tr -d
tr -dsc a
tr -cs '[:alpha:]' '[x*]' < t
tr -c '[:alpha:]' xy < t
tr -Z
tr a-z b-za < t
tr '\\n' ' ' < t
tr -s '\\n' < t
tr '\\0' x < t
tr '[:lower:][:upper:]' '[:upper:][:lower:]' < t
tr 'A-Za-z' 'N-ZA-Mn-za-m' < t
tr '[:xdigit:]' . < t
tr '[:graph:]' . < t
tr '[:blank:]' . < t
tr '\\a\\b\\f\\v' x < t
tr '' x < t
""",
        {"t": "Hello,  World! 123\n\n\nabc\\def/ghi [x] (y) -z :* loo\n\ttab\n"},
    )
