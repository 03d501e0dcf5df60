"""man, whatis and apropos, and the pages that vshell writes of itself."""

from __future__ import annotations

import pytest

PAGE = r""".\" A comment.
.TH SAMPLE 1 "June 2022" "sample 1.0" "User Commands"
.SH NAME
sample \- show what a page can have
.SH SYNOPSIS
.B sample
[\fIOPTION\fR]... [\fIFILE\fR]...
.br
\fBsample\fP \-\-help
.SH DESCRIPTION
Words are filled into lines, and both edges of a full line are straight. This sentence
ends here.
A new one begins after two spaces! It goes on (as long as it needs to) until it is over.
.PP
A second paragraph, with \fBbold\fR and \fIitalic\fR words, a dash \- and quotes \(lqlike these\(rq.
.TP
\fB\-a\fR, \fB\-\-all\fR
do it with everything that there is, which takes a line and a half to say in words
.TP
.B \-x
a short tag
.TP
.BI \-n " N"
so many times
.IP \(bu 2
an item of a list that is long enough to need more than one line of the page
.IP \(bu 2
another one
.SS "A subsection"
Its text.
.nf
  kept as
    it stands
.fi
filled again
.RS 4
indented text that is indented by four columns, and then filled as everything else is
.RE
back
.BR ls (1),
.IR file (5)
.SH "SEE ALSO"
nothing
"""


def test_formatting(both):
    """A page is formatted as groff formats it."""
    both(
        "man-db",
        """\
MANWIDTH=60 man --nh -l page.1
MANWIDTH=80 man --nh -l page.1
MANWIDTH=100 man --nh -l page.1
MANWIDTH=60 man --nh --nj -l page.1
""",
        {"page.1": PAGE},
    )


def test_complaints(both):
    """What is missing is told in man's words, with its exit codes."""
    both(
        "man-db",
        """\
man nosuchpage
man 7 nosuchpage
man
whatis nosuchpage
apropos nosuchpageatall
man -k nosuchpageatall
whatis
apropos
""",
    )


def test_a_kernel_function(sh):
    """man 9 has the functions of the mirror: prototype, arguments, what they return."""
    out = sh("man kthread_park; man -w kthread_park; man 9 kthread_stop | head -n 1").out
    lines = out.splitlines()

    assert ["kthread_park(9)", "Kernel", "API", "Manual", "kthread_park(9)"] == lines[0].split()
    assert 78 == len(lines[0])
    assert "       kthread_park - ask a thread to park, wake it, and wait until it has" in lines
    assert "       #include <linux/kthread.h>" in lines
    assert "       int kthread_park(struct task_struct *k);" in lines
    assert {"ARGUMENTS", "RETURN VALUE", "CONTEXT", "SOURCE"} <= set(lines)
    assert "/usr/share/man/man9/kthread_park.9" == lines[-2]
    assert lines[-1].startswith("kthread_stop(9) ")


def test_every_command_has_a_page(sh):
    """Each program has a page with a name, what it is, and how it is called."""
    out = sh(
        "for path in /usr/bin/* /usr/sbin/*; do name=${path##*/}; "
        'case $name in "["|bash|sh) continue;; esac; '
        'man "$name" > page || echo "$name: none"; grep -q SYNOPSIS page || echo "$name: empty"; '
        "done; ls /usr/bin /usr/sbin | wc -l"
    ).out

    assert 1 == len(out.splitlines()), out


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("whatis kthread_run", "kthread_run (9)      - make a thread and start it\n"),
        ("whatis -w 'lsmo?'", "lsmod (8)            - list the loaded modules\n"),
        ("man -f insmod", "insmod (8)           - load a module from a file\n"),
        ("apropos -e rmmod", "rmmod (8)            - unload modules\n"),
        ("apropos -s 8 'modules$' -r", "lsmod (8)            - list the loaded modules\n"),
    ],
)
def test_the_index(sh, word, shown):
    """whatis and apropos print name, section and what it is."""
    assert shown in sh(word).out


def test_apropos_finds_by_purpose(sh):
    """man -k finds what has a word in its name or its description."""
    out = sh("man -k kthread").out

    assert "kthread_should_park (9) - tell whether" in out
    assert sh("apropos -a park thread -s 9").out.count("\n") < out.count("\n")


def test_a_page_on_the_terminal(make_dialogue):
    """On a terminal a page is shown by less, which tells where one is."""
    dialogue = make_dialogue()
    now_ns = dialogue.host.kernel.now_ns
    dialogue.press(b"q", now_ns + 1_000_000_000)

    shown = dialogue.type("man kthread_create")
    assert "Manual page kthread_create(9) line 1" in shown
    assert "\x1b[1mNAME\x1b[0m" in shown


def test_a_page_of_ones_own(sh, tmp_path):
    """man formats a file, and follows its own language."""
    (tmp_path / "home" / "my.1").write_text('.TH MY 1 "" "" ""\n.SH NAME\nmy \\- own\n')

    assert "NAME\n       my - own\n" in sh("man ./my.1").out
    assert (
        'man_source\n.TH "kthread_run" 9'
        in sh("echo man_source; head -n 1 /usr/share/man/man9/kthread_run.9").out
    )
