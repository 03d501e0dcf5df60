"""Whole scripts of the grammar, a strategy for each topic; see ``grammar``.

More than 400 lines, one idea: one list of what bash can do.
"""

from __future__ import annotations

from importlib import util
from pathlib import Path

from hypothesis import strategies as st

__all__ = ["TOPICS"]


def load(name):
    """Load a module that lies beside this file."""
    spec = util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


grammar = load("grammar")
one_of, words, commands, simple = (
    grammar.one_of,
    grammar.words,
    grammar.commands,
    grammar.simple,
)


def script(*lines):
    """Write a script: the variables that all begin with, then lines."""
    return grammar.HEAD + "\n".join(lines) + "\necho end $?\n"


def several(strategy, most=3):
    """Draw one to some of something."""
    return st.lists(strategy, min_size=1, max_size=most)


@st.composite
def general(draw):
    """Make commands of every kind."""
    return script(*draw(several(commands())))


@st.composite
def expansion(draw):
    """Make words, shown one by one."""
    head = draw(one_of("", "set -- 'p q' r ''", "IFS=:", "IFS=", "IFS='ab '", "unset IFS"))
    shown = [f"printf '<%s>' {word}; echo" for word in draw(several(words(), 4))]
    return script(*([head] if head else []), *shown)


@st.composite
def arithmetic(draw):
    """Make expressions in their places: $(( )), (( )), let, subscripts, assignments."""
    lines = []
    for text in draw(several(grammar.arithmetic(), 4)):
        form = draw(
            one_of(
                "echo $(({0})) $n $z",
                "(({0})); echo $? $n",
                "let '{0}'; echo $? $n",
                "echo ${{arr[({0}) & 3]}}",
                "declare -i m; m='{0}'; echo $m",
                "echo ${{v:({0}) & 1}}",
            )
        )
        lines.append(form.format(text))
    return script(*lines)


@st.composite
def status(draw):
    """Make statuses: pipelines, PIPESTATUS, lists, negations, groups, set -e and pipefail."""
    # Every stage reads to the end: nobody gets SIGPIPE, or not.
    stage = one_of("cat", "{ cat; false; }", "(cat; exit 3)", "grep a", "grep x", "wc -c", "tr a b")
    options = draw(one_of("", "set -e", "set -o pipefail", "set -eo pipefail", "set -eE"))
    trap = draw(one_of("", "trap 'echo exit $?' EXIT", "trap 'echo err $?' ERR"))
    lines = [options or ":", trap or ":"]
    for _ in range(draw(st.integers(1, 4))):
        pipe = " | ".join(["echo a", *draw(several(stage, 3))])
        first = draw(one_of("", "! "))
        joint = draw(one_of(" && ", " || ", "; ", "\n"))
        after = draw(one_of("echo ${PIPESTATUS[@]}", "echo $?", "true", "false", "(exit 7)"))
        form = draw(
            one_of(
                "{0}",
                "{{ {0}; }}",
                "({0})",
                "if {0}; then echo y; fi",
                "f() {{ {0}; echo in; }}; f",
                "x=$({0}); echo $?",
                "while {0}; do break; done",
            )
        )
        lines.append(form.format(first + pipe) + joint + after)
    return script(*lines)


@st.composite
def redirection(draw):
    """Make redirections and here-documents."""
    lines = []
    for number in range(draw(st.integers(1, 4))):
        text = " ".join(draw(several(words(1), 2)))
        lines.append(
            draw(
                one_of(
                    f"echo {text} > f{number}; cat f{number}",
                    f"echo {text} >> f; cat f",
                    "{ echo o; echo e >&2; } 2>&1 | sort",
                    "{ echo o; echo e >&2; } > both 2>&1; cat both",
                    "{ echo o; echo e >&2; } &>> both; cat both",
                    f"exec 3> g; echo {text} >&3; exec 3>&-; cat g",
                    "exec 4< a.txt; read -u 4 a; read b <&4; echo $a $b; exec 4<&-",
                    'while read -r l; do echo "[$l]"; done < a.txt',
                    "cat < nosuch; echo $?",
                    "echo x > d1; echo $?",
                    f'cat <<EOF\n{text}\n$v `echo b` $((n+1)) \\$v \\\\ "q"\nEOF',
                    f"cat <<'EOF'\n{text}\n$v `echo b`\nEOF",
                    f"cat <<-EOF | tr a-z A-Z\n\t{text}\n\t\tx\n\tEOF",
                    "cat <<A - <<B\none\nA\ntwo $v\nB",
                    f"cat <<< {draw(words(1))}",
                    "exec {fd}> h; echo $((fd >= 10)); echo hi >&$fd; cat h; exec {fd}>&-",
                    "set -C; echo a > k; echo b > k; echo $?; echo c >| k; cat k; set +C",
                    f"echo {text} 1>&2 2>/dev/null | wc -l",
                    "echo gone >&-; echo $?",
                    "echo w 3>&1 >&3 | tr w z",
                    "cat < <(echo p; echo q) | tail -n 1",
                    "read x y <<< 'one two three'; echo \"$y\"",
                )
            )
        )
    return script(*lines)


@st.composite
def functions(draw):
    """Make functions: local variables, return, recursion, arguments, unset."""
    body = draw(commands(1))
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        form = draw(
            one_of(
                'f() {{ local v={0}; echo "$v" $#; {1}; }}; f {0}; echo "$v"',
                'f() {{ echo $1; shift; [ $# -gt 0 ] && f "$@"; }}; f {0} {0}; echo $?',
                "f() {{ return $1; echo no; }}; f 3 || echo $?; f 300; echo $?; f x; echo $?",
                "g() {{ v=g; local w=1 n=5; h; echo $v$w; }}; h() {{ w=2; n+=1; }}; g; echo $w $n",
                "fact() {{ (($1 < 2)) && echo 1 || echo $(($1 * $(fact $(($1 - 1))))); }}; fact 5",
                'f() {{ local -a a=({0}); echo ${{#a[@]}} "${{a[0]}}"; }}; f; echo ${{a[0]}}',
                "f() ({1}; v=sub); f; echo $v",
                'f() {{ for i; do echo "<$i>"; done; }}; f {0} \'\' "$@"',
                "f() {{ {1}; }} > out; f; cat out",
                'f() {{ local IFS=-; echo "$*"; set -- x; echo "$*"; }}; set -- 1; f a b; echo $*',
                "function k {{ echo $FUNCNAME ${{FUNCNAME[1]}}; }}; k; unset -f k; k; echo $?",
                "f() {{ local -i c=2; c+=3; local -r r=1; echo $c; r=2; echo no; }}; f; echo $?",
                'f() {{ declare x={0}; declare -g y={0}; }}; f; echo "${{x-unset}}$y"',
                "f() {{ if true; then return 2; fi; }}; f; echo $?; f && echo y || echo n",
                'f() {{ local -n r=$1; r={0}; }}; f v; echo "$v"',
                "f() {{ while :; do for x in 1 2; do return 5; done; done; }}; f; echo $?",
            )
        )
        lines.append(form.format(draw(words(1)), body))
    return script(*lines)


@st.composite
def arrays(draw):
    """Make arrays and associative arrays: assigning, slices, keys, appending, unset."""
    lines = []
    for _ in range(draw(st.integers(2, 5))):
        form = draw(
            one_of(
                'arr[{1}]={0}; echo "${{arr[@]}}" ${{#arr[@]}} ${{!arr[@]}}',
                "arr+=({0}); printf '<%s>' \"${{arr[@]}}\"; echo",
                'arr+={0}; echo "${{arr[0]}}"',
                "arr=({0} [5]={0} x); declare -p arr",
                "unset 'arr[{1}]'; echo ${{!arr[@]}}",
                'echo "${{arr[@]:1:2}}" "${{arr[*]: -1}}" "${{arr[{1}]}}"',
                'for i in "${{!arr[@]}}"; do echo "$i=${{arr[i]}}"; done',
                'copy=("${{arr[@]}}"); echo ${{#copy[@]}}; arr=()',
                'declare -A m; m[{0}]=1; m[k]+=2; echo ${{#m[@]}} "${{m[k]}}"',
                'declare -A h=([a]={0} [b]=2); echo "${{h[a]}}" "${{!h[@]}}"; declare -p h',
                'IFS=,; echo "${{arr[*]}}"; unset IFS',
                'read -ra arr <<< "1 2 {1}"; echo ${{arr[2]}}',
                "mapfile -t arr < a.txt; echo ${{#arr[@]}} ${{arr[-1]}}",
                "echo ${{arr[@]/a/X}} ${{arr[@]#x}} ${{arr[@]^}} ${{#arr[1]}}",
                "arr=($(echo {0} b)); echo ${{#arr[@]}}",
                'arr[-1]={0}; echo "${{arr[-1]}}" ${{arr[n-2]}}',
                'set -- "${{arr[@]}}"; echo $# "$2"',
                "[[ -v arr[{1}] ]]; echo $?; declare -a; echo ${{arr[@]+set}}",
                "readonly -a ro=(1 2); ro[0]=3; echo ${{ro[0]}}",
                "a2=([{1}]=p q); echo ${{!a2[*]}}; a2[n]=z; echo ${{a2[@]}}",
            )
        )
        if "declare -a;" in form:
            form = form.replace("declare -a; ", "")
        lines.append(form.format(draw(words(1)), draw(one_of("0", "1", "n", "7", "n-1", "$n"))))
    return script(*lines)


@st.composite
def cases(draw):
    """Make case commands: patterns, quoted ones, falling through."""
    lines = [draw(one_of(":", "shopt -s extglob", "shopt -s nocasematch"))]
    for _ in range(draw(st.integers(1, 3))):
        items = []
        for number in range(draw(st.integers(1, 4))):
            pattern = "|".join(
                draw(
                    several(
                        one_of(
                            "a*",
                            "'a*'",
                            "[a-c]?",
                            "[!x]*",
                            "?",
                            "*.txt",
                            "$w",
                            '"$w"',
                            "*",
                            "''",
                            "[[:digit:]]",
                            "\\*",
                            "a b".replace(" ", "\\ "),
                            "$v",
                            "[]x]",
                            "[a",
                            "3",
                        ),
                        2,
                    )
                )
            )
            end = draw(one_of(";;", ";;", ";&", ";;&"))
            items.append(f"{draw(one_of('', '('))}{pattern}) echo {number} {end}")
        lines.append(f"case {draw(words(1))} in {' '.join(items)} esac; echo $?")
    return script(*lines)


@st.composite
def tests(draw):
    """Make [[ ]] and [ ]."""
    lines = [
        f'[[ {condition} ]]; echo $? "${{BASH_REMATCH[@]}}"'
        for condition in draw(several(grammar.conditions(), 4))
    ]
    word = draw(words(1))
    lines.append(
        draw(
            one_of(
                f'[ "{{}}" = {word} ]; echo $?'.replace("{}", "a"),
                f"test -n {word}; echo $?",
                f'[ -f a.txt -a "$n" -eq {draw(one_of("3", "x", "03", " 3 "))} ]; echo $?',
                f"[ {word} ]; echo $?",
                "[ ! -e nosuch ] && [ a.txt -ef a.txt -o -d x ]; echo $?",
            )
        )
    )
    return script(*lines)


@st.composite
def traps(draw):
    """Make traps of EXIT, ERR, RETURN, DEBUG and signals sent to oneself."""
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        lines.append(
            draw(
                one_of(
                    "trap 'echo exit $?' EXIT",
                    "trap 'echo exit $?; exit 9' EXIT",
                    "trap 'echo err $?' ERR",
                    "set -E; trap 'echo err $? $FUNCNAME' ERR",
                    "trap 'echo usr $?; false' USR1",
                    "trap '' USR1 TERM",
                    "trap 'echo term; exit 4' TERM",
                    "trap 'echo ret' RETURN",
                    "set -T; trap 'echo ret' RETURN",
                    "trap 'echo int' INT",
                    "set -e",
                    "trap -p EXIT USR1",
                    "trap - EXIT ERR",
                )
            )
        )
        lines.append(
            draw(
                one_of(
                    "false",
                    "kill -USR1 $$; echo after $?",
                    "kill -TERM $$; echo after $?",
                    "kill -INT $$; echo after $?",
                    "f() { false; echo in; }; f",
                    "(exit 3); echo $?",
                    "(trap 'echo sub' EXIT; exit 2); echo $?",
                    "x=$(trap 'echo inner' EXIT; echo out); echo $x",
                    "false || true; ! false; if false; then :; fi",
                    "(kill -USR1 $BASHPID; echo sub); echo $?",
                    "trap",
                    "exit 6",
                    "{ false; echo g; } | cat",
                    "eval 'false; echo ev'",
                )
            )
        )
    return script(*lines)


@st.composite
def options(draw):
    """Make set -e, -u, -x, -f, -v, -n and shopt."""
    option = draw(
        one_of("-x", "-x", "-u", "-e", "-f", "-ux", "-eu", "-a", "-B +B", "-v", "-ex", "-o posix")
    )
    lines = [f"set {option}"]
    lines.append(draw(one_of(":", "PS4='> '", "shopt -s nullglob", "shopt -s dotglob")))
    lines += [
        text
        for text in draw(several(st.one_of(simple(), commands(1)), 3))
        if "|" not in text.replace("||", "") and "`" not in text and "$(" not in text
    ]
    lines.append(
        draw(
            one_of(
                "[[ $n -gt 2 && -n $v ]]; ((n += 1)); echo $n",
                "for i in 1 '2 3'; do echo $i; done",
                "case $v in a*) echo y;; esac",
                "x=1 y='2 3' env > vars; grep '^[xy]=' vars",
                "f() { echo $1 $unset; }; f 'a b'",
                "echo ${unset-d} ${unset:+x} ${#unset}",
                "arr[2]=z; echo ${arr[@]} ${arr[9]}",
                "echo $- | tr -d hBcs; set +x",
                "echo *.txt .h*; set +f; echo *.c",
                "declare -i k=3+4; export q=r; readonly t=1",
                "[ -z $e ] && test -n a",
                "cat <<< $v > /dev/null",
            )
        )
    )
    return script(*lines)


@st.composite
def reading(draw):
    """Make read, word splitting, IFS, mapfile, getopts."""
    ifs = draw(one_of("", "IFS= ", "IFS=: ", "IFS=, ", "IFS=' :' ", "IFS=x "))
    text = draw(
        one_of("a:b:c", " a  b c ", "a\\ b c", "::x:", "x,,y,", "1 2:3", "", "a\\\\nb", "axbx")
    )
    names = draw(one_of("a", "a b", "a b c d", "-a a", "-r a b", "", "-n 2 a", "-d : a", "-N 3 a"))
    lines = [
        f"{ifs}read {names} <<< '{text}'; echo $? \"[$a][$b][$c][$d][$REPLY]\" ${{#a[@]}}",
        f"printf '%s' '{text}' | {{ {ifs}read {names}; echo $? \"[$a][$b]\"; }}",
    ]
    lines.append(
        draw(
            one_of(
                f'{ifs}; set -- $v:x:$s; for i; do echo "<$i>"; done'.replace(" ;", ";", 1),
                f'q=\'{text}\'; IFS=:; for i in $q"$q"$q; do echo "<$i>"; done',
                f"q='{text}'; IFS=' :'; set -- $q; echo $#; echo \"$*\"; IFS=; echo $*",
                'while IFS=o read -r x y; do echo "$y|$x"; done < a.txt',
                'mapfile -t -n 2 m < a.txt; echo "${m[*]}"; mapfile -d o m < a.txt; echo ${#m[@]}',
                "set -- -a -b val x; while getopts ab:c o; do echo $o $OPTARG; done; echo $OPTIND",
                "set -- -z -b; while getopts :ab: o; do echo $o $OPTARG; done; echo $OPTIND",
                "IFS=/; set -- x/y//z/; echo $#; IFS=$' \\t\\n'; echo $*",
            )
        )
    )
    return script(*(line for line in lines if not line.startswith(";")))


@st.composite
def printing(draw):
    """Make printf and echo with options."""
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        flags = draw(one_of("", "-", "0", "+", " ", "#", "-0", "+0"))
        width = draw(one_of("", "1", "5", "8", "*"))
        precision = draw(one_of("", ".0", ".2", ".5", "."))
        letter = draw(one_of(*"sdixXoucbqfeg"))
        values = " ".join(
            grammar.single(one)
            for one in draw(
                several(
                    one_of("3", "-7", "42", "abc", "", "0x1f", "a b", "1.5", "'A", "010", "\\n")
                )
            )
        )
        star = "4 " if width == "*" else ""
        lines.append(
            draw(
                one_of(
                    f"printf '[%{flags}{width}{precision}{letter}]\\n' {star}{values}; echo $?",
                    f"printf -v out '%{flags}{width}{letter}|' {star}{values}; echo \"$out\"",
                    f"echo {draw(one_of('-e', '-n', '-E', '-ne', '-x'))} {values} 'a\\tb\\c' x",
                    "printf '%b|' 'a\\tb' '\\101' '\\0101' 'x\\c' y; echo",
                    f"printf '%s %q\\n' {values}",
                    "printf '\\x41\\101\\e[\\u00e9\\n%%%%\\n'",
                )
            )
        )
    return script(*lines)


TOPICS = {
    "general": general(),
    "expansion": expansion(),
    "arithmetic": arithmetic(),
    "status": status(),
    "redirection": redirection(),
    "functions": functions(),
    "arrays": arrays(),
    "cases": cases(),
    "tests": tests(),
    "traps": traps(),
    "options": options(),
    "reading": reading(),
    "printing": printing(),
}
"""A strategy of scripts for each topic."""
