"""pstree, compared with the real one below a shell of its own."""

from __future__ import annotations

import pytest


@pytest.mark.slow  # the real ones sleep for real
def test_pstree(both):
    """pstree draws, sorts and groups as the real one does."""
    both(
        "psmisc",
        r"""
bash -c 'sleep 1 & sleep 1 & sleep 0.2; pstree $$; true'
bash -c 'sleep 1 & sleep 0.2; pstree $$; true'
bash -c 'pstree $$; true'
bash -c 'sleep 1 & (sleep 1; true) & sleep 0.2; pstree $$; true'
bash -c 'sleep 1 & (sleep 1; true) & sleep 0.2; pstree -U $$; true'
bash -c 'sleep 1 & (sleep 1; true) & sleep 0.2; pstree -n $$; true'
bash -c 'sleep 1 & sleep 1 & sleep 0.2; pstree -c $$; true'
bash -c '(sleep 1; true) & (sleep 1; true) & sleep 1 & sleep 0.2; pstree $$; true'
bash -c 'sleep 1 & bash -c "sleep 2 & sleep 1; true" & sleep 0.2; pstree $$; true'
bash -c '(sleep 2 & sleep 1; true) & (sleep 2 & sleep 1; true) & sleep 0.2; pstree $$; true'
bash -c 'sleep 11 & sleep 0.2; pstree -a $$ | grep -v pstree; kill %1'
bash -c 'sleep 11 & (sleep 12; true) & sleep 0.2; pstree -a $$ | grep -o ".-sleep.*"; pkill -P $$'
bash -c 'sleep 1 & sleep 1 & sleep 0.2; COLUMNS=8 pstree $$; true'
pstree 999999
pstree nosuchuser
pstree -x 2>&1 | head -n 1
pstree -V 2>&1 | head -n 1
""",
    )


def test_the_whole_tree(modules_sh):
    """The tree begins with process 1; kernel threads are below kthreadd."""
    result = modules_sh(
        "make > /dev/null 2>&1; sudo insmod kthread.ko; pstree -p | head -n 1; "
        "pstree 2 | grep kthread_park; pstree -s -p $$ | head -n 1",
        folder="kthread_examples",
    )
    lines = result.out.splitlines()

    assert lines[0].startswith("systemd(1)-+-")
    assert "kthread_park" in lines[1]
    assert lines[-1].startswith("systemd(1)---")


def test_who_they_run_as(sh):
    """-u names the user where he changes; -h shows the caller and what is above in bold."""
    assert "(test)" in sh("pstree -u").out
    assert "\x1b[1msystemd\x1b[0m" in sh("pstree -h").out


def test_unicode_on_a_terminal(make_dialogue):
    """On a terminal with UTF-8 the lines are drawn."""
    assert "\u2500\u252c\u2500" in make_dialogue().type("pstree")
