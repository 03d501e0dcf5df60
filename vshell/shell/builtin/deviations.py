"""``help deviations``: where the shell and the programs differ from the real ones on purpose."""

from __future__ import annotations

__all__ = ["TEXT"]

TEXT = """\
Where vshell differs on purpose. Scripts that keep away from these do here what
they do on Linux: bash 5.2, coreutils 9.1, grep 3.8, sed 4.9, procps 4.0.

The shell

  sh             is bash, not dash.
  ulimit         limits are kept, checked and inherited by subshells; none of
                 them is enforced, and programs do not inherit them.
  complete       and compgen keep and show what they are told; Tab completes
                 in vshell's own way. bind takes what it is given, and the keys
                 stay those of the editor.
  fc             lists lines (-l); it edits and repeats none.
  history        reads and writes no file: -a, -n, -r and -w do nothing.
  !word          in a line typed is text: lines are not taken from history.
  [[ =~ ]]       an alternation a|ab takes the first alternative that fits, not
                 the longest.
  LC_ALL, LANG   are kept and change nothing: the locale is C.UTF-8.
  restricted     shells (-r), --debugger and loadable builtins (enable -f) are
                 not there.
  recursion      a function that calls itself for ever ends with SIGSEGV, as on
                 Linux, after as many calls as vshell, not the stack, allows.
  $RANDOM        and process ids are the same on every run of the same lines.
  time           measures virtual time.
  ERR            with set -eE, the trap runs once, not twice, behind a negated
                 pipeline that ends in a subshell.

The terminal

  stty           has no tostop: a job in the background may always write.
  Ctrl-C         a second one gives the prompt back when a job sleeps in the
                 kernel and cannot be killed; on Linux the terminal stays blocked.

The programs

  sudo           asks for no password.

The kernel's own list is in vshell/ARCHITECTURE.md.
"""
"""What is printed: one entry a paragraph, its subject at the beginning."""
