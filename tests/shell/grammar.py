"""A grammar of small scripts for the shell, as strategies of hypothesis: one for each topic.

Scripts end by themselves, read nothing but what they have written, start nothing in the background
and print the same on every machine. What two processes write at the same time would come in any
order: at most one stage of a pipeline writes to a stream.
"""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["HEAD", "arithmetic", "commands", "conditions", "one_of", "simple", "single", "words"]

HEAD = "v='a b' w='*' e= n=3 s=foo.bar.txt arr=(x 'y z' '' q) p=abcabc\n"
NAMES = ("v", "w", "e", "n", "s", "p", "nope", "arr")
LITERALS = ("a", "b c", "x=1", "0", "a*", "~", "one  two", "a:b:c", "-n", "[ab]", "\\", "#", "q'q")
WORDS = ("a", "b", "ab", "xyz", "07", "3", "-5", "a.b", "--", "?", "x/y/z", "Q")

_BINARY = ("+", "-", "*", "<", ">", "<=", ">=", "==", "!=", "&&", "||", "&", "|", "^", ",")


def one_of(*choices):
    """Draw one of some texts."""
    return st.sampled_from(choices)


def single(text):
    """Put a text between single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


@st.composite
def arithmetic(draw, depth=0):
    """Make an expression whose value is defined."""
    kind = draw(st.integers(0, 9 if depth < 2 else 2))
    if kind < 2:
        return draw(one_of("0", "1", "2", "7", "10", "0x1f", "010", "2#101", "36#z", "-4"))
    if kind == 2:
        return draw(one_of("n", "$n", "${#v}", "nope", "arr", "${#arr[@]}", "n"))
    left, right = draw(arithmetic(depth + 1)), draw(arithmetic(depth + 1))
    if kind < 6:
        operator = draw(one_of(*_BINARY))
        return f"{left} {operator} {right}"
    if kind == 6:
        return f"({left} {draw(one_of('/', '%', '<<', '>>', '**'))} {draw(one_of('2', '3', '5'))})"
    if kind == 7:
        return f"{draw(one_of('!', '~', '- ', '+ '))}({left})"
    if kind == 8:
        return f"({left} ? {right} : {draw(arithmetic(depth + 1))})"
    return draw(one_of("n++", "++n", "n--", "n += 2", "n *= 3", "n <<= 1", "z = 4", "n %= 2"))


@st.composite
def parameters(draw):
    """Make an expansion of a parameter: ${name...}, with any operator."""
    name = draw(one_of(*NAMES, "1", "2", "arr[1]", "arr[@]", "arr[*]", "@", "*"))
    kind = draw(st.integers(0, 9))
    if kind < 2:
        return f"${{{name}}}"
    if kind == 2:
        simple = draw(one_of("v", "e", "n", "s", "nope", "arr[@]", "arr[1]", "1", "arr"))
        return f"${{#{simple}}}"
    if kind in (3, 4):
        operator = draw(one_of(":-", "-", ":+", "+"))
        argument = draw(one_of("d", "'a b'", '"$v"', "x y", "$w", "", "${s%.*}", "*.c", "~"))
        return f"${{{name}{operator}{argument}}}"
    if kind in (5, 6):
        operator = draw(one_of("#", "##", "%", "%%"))
        argument = draw(one_of("*.", ".*", "a", "?", "[a-c]", "*b", "'*'", '"$w"', "$w", "*", ""))
        return f"${{{name}{operator}{argument}}}"
    if kind == 7:
        operator = draw(one_of("/", "//", "/#", "/%"))
        pattern = draw(one_of("a", "?", "b*", "[xyz]", ".", " ", "'*'", "bc"))
        return f"${{{name}{operator}{pattern}/{draw(one_of('', 'X', '<&>', '$n', '/'))}}}"
    if kind == 8:
        return f"${{{name}{draw(one_of('^', '^^', ',', ',,', '^^[a-b]', '@Q', '@U', '@u'))}}}"
    scalar = draw(one_of("v", "s", "p", "arr[@]", "@"))
    return f"${{{scalar}:{draw(one_of('1', '0', '2:1', '1:2', ' -2', ' -3:2', 'n', 'n-2:1'))}}}"


@st.composite
def words(draw, depth=0):
    """Make one word: literal, quoted, or expanded."""
    kind = draw(st.integers(0, 13 if depth < 2 else 9))
    if kind == 0:
        return draw(one_of(*WORDS))
    if kind == 1:
        return draw(one_of("*.txt", "[ab].txt", "?.txt", "d*/*.c", "nosuch*", "d?", ".h*", "*/"))
    if kind == 2:
        return single(draw(one_of(*LITERALS)))
    if kind == 3:
        return f'"{draw(one_of("a  b", "", "$", "{a,b}", "~", "it", "*"))} {draw(parameters())}"'
    if kind in (4, 5):
        return draw(parameters())
    if kind == 6:
        return f'"{draw(parameters())}"'
    if kind == 7:
        return f"$(({draw(arithmetic())}))"
    if kind == 8:
        return draw(one_of("$#", "$?", '"$@"', "$*", "$@", '"$*"', "$n", "$1", "\\$v", "a\\ b"))
    if kind == 9:
        return draw(
            one_of("$'a\\tb'", "$'\\x41\\101\\u00e9'", "$'it\\'s'", '$"s $n"', "a''b", '""')
        )
    if kind == 10:
        return draw(braces())
    if kind == 11:
        quote = draw(one_of("", '"'))
        return f"{quote}$({draw(simple(depth + 1))}){quote}"
    if kind == 12:
        return f"`{draw(one_of('echo b c', 'echo $v', 'printf %s $n', 'false'))}`"
    return draw(words(depth + 1)) + draw(words(depth + 1))


@st.composite
def braces(draw):
    """Make a brace or tilde expansion."""
    kind = draw(st.integers(0, 4))
    if kind == 0:
        first, last = draw(st.integers(-3, 12)), draw(st.integers(-3, 12))
        return f"{{{first}..{last}{draw(one_of('', '..2', '..3', '..-2'))}}}"
    if kind == 1:
        return f"{{{draw(one_of('a..e', 'e..a', 'a..i..3', '01..10..4', '-02..2', 'a..3'))}}}"
    if kind == 2:
        return draw(one_of("~", "~/x", "~root", "a~", "x=~", "x=a:~", "~nosuchuser", "'~'", "~+"))
    parts = draw(
        st.lists(
            one_of("a", "b c".replace(" ", "\\ "), "", "$n", "'x,y'", "{p,q}", "1..3"),
            min_size=1,
            max_size=3,
        )
    )
    return f"{draw(one_of('', 'x', '$v'))}{{{','.join(parts)}}}{draw(one_of('', 'y', '{1,2}'))}"


@st.composite
def simple(draw, depth=0):
    """Make a simple command that prints something or sets a status."""
    some = " ".join(draw(st.lists(words(depth + 1), min_size=1, max_size=3)))
    kind = draw(st.integers(0, 6))
    if kind < 2:
        return f"echo {some}"
    if kind == 2:
        return f"printf '<%s>' {some}"
    if kind == 3:
        return f"{draw(one_of('v', 'w', 'n2', 'new'))}={draw(words(depth + 1))}"
    if kind == 4:
        return draw(one_of("true", "false", "(exit 3)", ":", "! true", "[ $n -gt 2 ]", "let n+=1"))
    if kind == 5:
        return f"cat <<< {draw(words(depth + 1))}"
    return draw(one_of("set -- p 'q r' s", "shift", "echo $#", "type echo", "unset v", "echo $n"))


@st.composite
def commands(draw, depth=0):
    """Make a command, perhaps of others."""
    kind = draw(st.integers(0, 15 if depth < 2 else 3))
    if kind < 4:
        return draw(simple(depth))
    first, second = draw(commands(depth + 1)), draw(commands(depth + 1))
    word = draw(words(1))
    forms = {
        4: f"{first} {draw(one_of('&&', '||', ';'))} {second}",
        5: f"if {first}; then {second}; else echo no; fi",
        6: f'for t in {word} {draw(words(1))}; do echo "[$t]"; {second}; done',
        7: f"case {word} in a*|[0-9]) {first};; *) {second};; esac",
        8: f"f() {{ {first}; return 4; }}; f {word}; echo $?",
        9: f"({first}; {second})",
        10: f"{{ {first}; }} > out{depth}; cat out{depth}",
        11: f'printf "%s\\n" {word} | while read -r l; do echo "<$l>"; done',
        12: f"! {{ {first}; }}; echo $?",
        13: f"{first} 2>/dev/null | {draw(filters())}",
        14: draw(loops(first, second, "ijk"[depth])),
        15: f"if [[ {draw(conditions())} ]]; then {first}; else {second}; fi",
    }
    return forms[kind]


def filters():
    """Draw a program that reads and writes."""
    return one_of("cat", "tr a-c A-C", "sort", "wc -l", "head -n 1", "sed 's/a/<&>/g'", "cut -c1-3")


@st.composite
def loops(draw, first, second, counter):
    """Make a loop of two commands, which ends: nothing else changes its counter."""
    leave = draw(
        one_of("", "(({0} == 1)) && continue;", "(({0} == 2)) && break;", "(({0} > 1)) && break 2;")
    )
    text = draw(
        one_of(
            "for (({0} = 0; {0} < 3; {0}++)); do {1} {2}; done; echo {0}=${0}",
            "{0}=0; while (({0} < 3)); do ((++{0})); {1} {3}; done; echo {0}=${0} $?",
            "{0}=3; until (({0}-- <= 0)); do {1} {2}; done",
            "for {0} in 0 1 2; do for m in a b; do {1} echo ${0}$m; done; {3}; done",
            "for {0}; do {1} echo ${0}; done",
        )
    )
    return text.format(counter, leave.format(counter), first, second)


@st.composite
def conditions(draw, depth=0):
    """Make what stands between [[ and ]]."""
    kind = draw(st.integers(0, 9 if depth < 2 else 6))
    left = draw(one_of("$v", '"$v"', "abc", "$n", "$s", "$nope", "a*", "''", '"$w"', "$w"))
    if kind == 0:
        operator = draw(one_of("==", "=", "!="))
        right = draw(one_of("a*", "'a*'", "$w", '"$w"', "[a-c]*", "?*", "a?b", "$v", "''", "*.txt"))
        return f"{left} {operator} {right}"
    if kind == 1:
        return f"{left} {draw(one_of('<', '>'))} {draw(one_of('abc', 'b', '$n', '1'))}"
    if kind == 2:
        return f"{draw(one_of('-z', '-n'))} {left}"
    if kind == 3:
        flag = draw(one_of("-e", "-f", "-d", "-r", "-s", "-x", "-L"))
        return f"{flag} {draw(one_of('a.txt', 'd1', 'nosuch', 'run.sh', '$nope'))}"
    if kind == 4:
        operator = draw(one_of("-eq", "-ne", "-lt", "-le", "-gt", "-ge"))
        return f"{draw(one_of('$n', 'n', '3', '010', 'n+1'))} {operator} {draw(arithmetic(2))}"
    if kind == 5:
        pattern = draw(
            one_of("^a", "b$", "[[:digit:]]+", "(.)(.)", "'a b'", "^$", "a|b", "\\.", "$v", ".*x?")
        )
        return f"{left} =~ {pattern}"
    if kind == 6:
        return f"-v {draw(one_of('v', 'nope', 'arr[1]', 'arr[9]', 'e', 'arr'))}"
    if kind == 7:
        return f"! {draw(conditions(depth + 1))}"
    operator = draw(one_of("&&", "||"))
    return f"({draw(conditions(depth + 1))}) {operator} {draw(conditions(depth + 1))}"
