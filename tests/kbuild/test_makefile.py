"""Reading Makefiles: the expected values and messages are GNU make 4.3's."""

from __future__ import annotations

import pytest

from vshell.kbuild.make_functions import MakeError
from vshell.kbuild.makefile import Makefile

FILES = {"more.mk": "MORE = included\nobj-m += $(MORE)\n", "a.py": "", "sub/b.py": "", "c.o": ""}


def names_in(folder):
    prefix = "" if folder == "." else f"{folder}/"
    inside = [name[len(prefix) :] for name in FILES if name.startswith(prefix)]
    return [name for name in inside if "/" not in name]


class Made(Makefile):
    """A Makefile in a directory with FILES, whose shell knows one command."""

    def __init__(self, text="", environment=None, overrides=None):
        super().__init__(
            {"PATH": "/bin"} if environment is None else environment,
            overrides or {},
            lambda command: f"[{command}]\nsecond\n\n",
            FILES.get,
            names_in,
        )
        self.define("CURDIR", "/home/test")
        self.said, self.warned = [], []
        self.say, self.warn = self.said.append, self.warned.append
        self.parse(text, "Makefile")


VARIABLES = """\
words = c b a b
files := a.c lib/b.c c.o
empty =
blank := $(empty) $(empty)
f = <$(1)-$(2)>
later = $(words)!
now := $(words)!
words = changed
"""

EXPRESSIONS = [
    ("$$", "$"),
    ("a$", "a$"),
    ("$(empty)x$(undefined)", "x"),
    ("${words}", "changed"),
    ("$(later) $(now)", "changed! c b a b!"),
    ("$(files:.c=.o)", "a.o lib/b.o c.o"),
    ("$(files:%.c=x%y)", "xay xlib/by c.o"),
    ("$(files:a.%=b.%)", "b.c lib/b.c c.o"),
    ("$(subst c,d,a.c c.c)", "a.d d.d"),
    ("$(subst ,x,ab)", "abx"),
    ("$(subst a,b,a,a)", "b,b"),
    ("$(patsubst %.c,%.o,$(files))", "a.o lib/b.o c.o"),
    ("$(patsubst a,b,a aa a)", "b aa b"),
    ("$(patsubst %c,%%,ac)", "a%"),
    ("$(strip  a   b )", "a b"),
    ("$(filter %.c a%,$(files) ab)", "a.c lib/b.c ab"),
    ("$(filter-out %.c,$(files))", "c.o"),
    ("$(findstring b,abc)$(findstring x,abc)", "b"),
    ("$(sort c b a b)", "a b c"),
    ("$(word 2,a b c)$(word 9,a)", "b"),
    ("$(wordlist 2,3,a b c d)", "b c"),
    ("$(wordlist 3,9,a b c d)", "c d"),
    ("$(words a b c)$(words )", "30"),
    ("$(firstword a b)$(firstword )$(lastword a b)$(lastword )", "ab"),
    ("$(join a b,1 2 3)", "a1 b2 3"),
    ("$(addprefix p/,a b)", "p/a p/b"),
    ("$(addsuffix .o,a b)", "a.o b.o"),
    ("$(dir a/b c /d)", "a/ ./ /"),
    ("$(notdir a/b c d/)", "b c "),
    ("$(basename a.c d.x/e f.g/h.i)", "a d.x/e f.g/h"),
    ("$(suffix a.c b d.x/e f.g/h.i)", ".c .i"),
    ("$(if x,yes,no)$(if ,yes,no)$(if $(empty),yes)", "yesno"),
    ("$(if $(blank),yes,no)", "yes"),
    ("$(if ,a,b,c)", "b,c"),
    ("$(or ,b,c)$(or $(empty),)", "b"),
    ("$(and a,b)$(and a,,c)", "b"),
    ("$(foreach v,a b,$(v)$(words))", "achanged bchanged"),
    ("$(foreach v,a b,$(v),)", "a, b,"),
    ("$(call f,a,b)", "<a-b>"),
    ("$(call f,a)", "<a->"),
    ("$(call undefined,a)", ""),
    ("$(value f)", "<$(1)-$(2)>"),
    ("$(origin f) $(origin PATH) $(origin nope)", "file environment undefined"),
    ("$(flavor f) $(flavor files) $(flavor nope)", "recursive simple undefined"),
    ("$(abspath x ../y /a/./b/../c)", "/home/test/x /home/y /a/c"),
    ("$(realpath /a)", "/a"),
    ("$(shell echo a,b)", "[echo a,b] second"),
    ("$(wildcard *.py a.py none *.none)", "a.py a.py"),
    ("$(wildcard sub/*.py)", "sub/b.py"),
    ("$(subst (,x,a)", None),
]


@pytest.mark.parametrize(
    ("text", "value"), [(text, value) for text, value in EXPRESSIONS if value is not None]
)
def test_references_and_functions(text, value):
    """Every function of a Makefile gives what GNU make gives."""
    assert value == Made(VARIABLES).expand(text)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("X = 1", "X", "1"),
        ("X=1", "X", "1"),
        ("X  :=   1", "X", "1"),
        ("X ::= 1", "X", "1"),
        ("X := a b  # comment", "X", "a b  "),
        (r"X := a\#b", "X", "a#b"),
        ("X := a \\\n    b", "X", "a b"),
        ("X = 1\nX = 2", "X", "2"),
        ("X = 1\nX ?= 2", "X", "1"),
        ("X ?= 2", "X", "2"),
        ("X =\nX ?= 2", "X", ""),
        ("PATH ?= 2", "PATH", "/bin"),
        ("PATH = 2", "PATH", "2"),
        ("X += 1\nX += 2", "X", "1 2"),
        ("Y = 1\nX = $(Y)\nX += 2\nY = 3", "X", "3 2"),
        ("Y = 1\nX := $(Y)\nX += $(Y)\nY = 3", "X", "1 1"),
        ("PATH += x", "PATH", "/bin x"),
        ("X != echo", "X", "[echo] second"),
        ("N = X\n$(N) = 1", "X", "1"),
        ("export X = 1", "X", "1"),
        ("X = 1\nexport X\nunexport X", "X", "1"),
        ("define X\na\n b\nendef", "X", "a\n b"),
        ("define X =\n$(Y)\nendef\nY = 1", "X", "1"),
        ("X = 1\nundefine X", "X", ""),
        ("X = $(eval Z = 5)$(Z)", "X", "5"),
        ("include more.mk", "obj-m", "included"),
        ("-include none.mk more.mk", "obj-m", "included"),
        ("sinclude none.mk\nX = 1", "X", "1"),
    ],
)
def test_assignments(text, name, value):
    """Each operator sets its way; comments, continuations and nested names are read."""
    assert value == Made(text).value(name)


def test_the_command_line_wins():
    """A variable from the command line is kept, unless it is overridden."""
    overridden = Made("X = 1\nX += 2\noverride Y = 3", overrides={"X": "0", "Y": "0"})

    assert ("0", "3") == (overridden.value("X"), overridden.value("Y"))
    assert "command line" == overridden.expand("$(origin X)")
    assert overridden.is_defined("X")
    assert "default" == Made(environment={}).expand("$(origin CURDIR)")


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ("ifeq (a,a)", True),
        ("ifeq (a,b)", False),
        ("ifeq ($(X),1)", True),
        ("ifeq ($(U),)", True),
        ("ifeq (a, a)", True),
        ("ifeq 'a' 'a'", True),
        ('ifeq "a" "b"', False),
        ("ifneq (a,b)", True),
        ("ifneq ($(words a b),2)", False),
        ("ifdef X", True),
        ("ifdef U", False),
        ("ifdef EMPTY", False),
        ("ifndef U", True),
        ("ifndef X", False),
        ("ifdef $(NAME)", True),
    ],
)
def test_conditionals(condition, truth):
    """Lines count where the condition holds, those behind else where it does not."""
    text = f"X = 1\nEMPTY =\nNAME = X\n{condition}\nR = yes\nelse\nR = no\nendif\n"

    assert ("yes" if truth else "no") == Made(text).value("R")


def test_conditionals_nest_and_chain():
    """Inner ones count only inside a true one; else ifeq asks further."""
    text = """\
ifeq (a,b)
R += 1
ifeq (a,a)
R += 2
else
R += 3
endif
else ifeq (a,a)
R += 4
ifdef U
R += 5
else ifndef U
R += 6
else
R += 7
endif
else ifeq (a,a)
R += 8
else
R += 9
endif
"""

    assert "4 6" == Made(text).value("R")


def test_recipes_may_be_conditional():
    """Lines of a recipe inside a false conditional are left out."""
    made = Made("all:\n\techo 1\nifdef U\n\techo 2\nelse\n\techo 3\nendif\n\techo 4\n")

    assert [(2, "echo 1"), (6, "echo 3"), (8, "echo 4")] == made.rules["all"].recipe


def test_rules():
    """Targets, prerequisites and recipes are kept by target; the first one is the goal."""
    made = Made(
        ".PHONY: all clean\n%.o: %.c\n\tcc\nall clean: one | two\n\tline one \\\n\tgoes on\n"
        "all: three ; last\n$(X)\nX = 1\n\tX = 2\nclean:: four\n"
    )
    rules = made.rules

    assert "all" == made.first_target
    assert {"all", "clean"} == made.phony
    assert ["one", "two", "three"] == rules["all"].prerequisites
    assert [(5, "line one \\\ngoes on"), (7, "last")] == rules["all"].recipe
    assert ["one", "two", "four"] == rules["clean"].prerequisites
    assert ["%.c"] == rules["%.o"].prerequisites
    assert ("Makefile", 4) == (rules["all"].file, rules["all"].line)
    assert "2" == made.value("X")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ifeq (a,a)\nall:\n\techo hi\n", "Makefile:4: *** missing 'endif'.  Stop."),
        ("ifeq (a,a)\nall:\n\techo hi", "Makefile:4: *** missing 'endif'.  Stop."),
        ("\techo hi\nall:\n", "Makefile:1: *** recipe commences before first target.  Stop."),
        ("X := $(foo\n", "Makefile:1: *** unterminated variable reference.  Stop."),
        (
            "Y := $(subst a,b)\n",
            "Makefile:1: *** insufficient number of arguments (2) to function 'subst'.  Stop.",
        ),
        (
            "Y := $(word x,a b)\n",
            "Makefile:1: *** non-numeric first argument to 'word' function: 'x'.  Stop.",
        ),
        (
            "Y := $(word 0,a b)\n",
            "Makefile:1: *** first argument to 'word' function must be greater than 0.  Stop.",
        ),
        (
            "Y := $(wordlist 0,1,a b)\n",
            "Makefile:1: *** invalid first argument to 'wordlist' function: '0'.  Stop.",
        ),
        ("\n$(error bad, very bad)\n", "Makefile:2: *** bad, very bad.  Stop."),
        ("else\n", "Makefile:1: *** extraneous 'else'.  Stop."),
        ("endif\n", "Makefile:1: *** extraneous 'endif'.  Stop."),
        ("ifeq a b\nendif\n", "Makefile:1: *** invalid syntax in conditional.  Stop."),
        ("ifeq (a)\nendif\n", "Makefile:1: *** invalid syntax in conditional.  Stop."),
        ("ifeq 'a'\nendif\n", "Makefile:1: *** invalid syntax in conditional.  Stop."),
        (
            "ifeq (a,a)\nelse\nelse\nendif\n",
            "Makefile:3: *** only one 'else' per conditional.  Stop.",
        ),
        ("foo bar\n", "Makefile:1: *** missing separator.  Stop."),
        (
            "all:\n        echo hi\n",
            "Makefile:2: *** missing separator (did you mean TAB instead of 8 spaces?).  Stop.",
        ),
        (
            "X = $(X)\n\nY := $(X)\n",
            "Makefile:1: *** Recursive variable 'X' references itself (eventually).  Stop.",
        ),
        (
            "X = $(Y)\nY=$(X)\nZ := $(X)\n",
            "Makefile:1: *** Recursive variable 'X' references itself (eventually).  Stop.",
        ),
        ("define X\na\n", "Makefile:1: *** missing 'endef', unterminated 'define'.  Stop."),
        ("include none.mk\n", "No rule to make target 'none.mk'.  Stop."),
    ],
)
def test_what_make_stops_for(text, message):
    """Errors have their place and words."""
    with pytest.raises(MakeError) as caught:
        Made(text)

    assert message == str(caught.value)
    missing = "Makefile:1: none.mk: No such file or directory\n"
    assert (missing if "none.mk" in text else "") == caught.value.before


def test_messages_of_a_makefile():
    """info and warning speak while the Makefile is read, warning with its place."""
    made = Made("$(info hello, you)\n$(warning careful)\nX = $(info late)\nY := $(X)\n")

    assert (["hello, you\n", "late\n"], ["Makefile:2: careful\n"]) == (made.said, made.warned)


def test_errors_outside_a_file_have_no_place():
    """An expansion that belongs to no line fails without one."""
    with pytest.raises(MakeError, match=r"^unterminated variable reference\.  Stop\.$"):
        Made().expand("$(x")
