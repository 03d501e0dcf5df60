from __future__ import annotations

import pytest

from tests.linux.play import start

STRUCT = """
class job:
    def __init__(self):
        self.link = list_head()
        self.n = 0
def make(n):
    one = job()
    one.n = n
    return one
head = LIST_HEAD()
other = LIST_HEAD()
a, b, c = make(1), make(2), make(3)
def numbers(which):
    return [pos.n for pos in list_for_each_entry(which, link)]
"""


def test_adding_and_taking_out(bench):
    """list_add() puts in front, list_add_tail() at the end; list_del_init() leaves a list."""
    lines = """
    seen.append((list_empty(head), list_is_singular(head)))
    list_add(a.link, head)
    seen.append((list_empty(head), list_is_singular(head)))
    list_add(b.link, head)
    list_add_tail(c.link, head)
    seen.append(numbers(head))
    seen.append([pos.n for pos in list_for_each_entry_reverse(head, link)])
    seen.append((list_count_nodes(head), list_is_last(c.link, head), list_is_last(a.link, head)))
    list_del_init(a.link)
    seen.append((numbers(head), list_empty(a.link)))
    list_del(b.link)
    seen.append((b.link.next == LIST_POISON1, b.link.prev == LIST_POISON2))
    seen.append(len([pos for pos in list_for_each(head)]))
    """
    wanted = [(1, 0), (0, 1), [2, 1, 3], [3, 1, 2], (3, 1, 0), ([2, 3], 1), (True, True), 1]
    assert wanted == start(bench, lines, STRUCT)


def test_first_and_last(bench):
    """list_first_entry() and its relatives lead to structures; NULL for an empty list."""
    lines = """
    seen.append(list_first_entry_or_null(head, job, link))
    list_add_tail(a.link, head)
    list_add_tail(b.link, head)
    seen.append((list_first_entry(head, job, link).n, list_last_entry(head, job, link).n))
    seen.append((list_entry(a.link, job, link).n, list_first_entry_or_null(head, job, link).n))
    """
    assert [None, (1, 2), (1, 1)] == start(bench, lines, STRUCT)


def test_moving_replacing_and_splicing(bench):
    """Links move within and between lists; a spliced list is put in front."""
    lines = """
    for one in (a, b, c):
        list_add_tail(one.link, head)
    list_move(c.link, head)
    seen.append(numbers(head))
    list_move_tail(c.link, head)
    seen.append(numbers(head))
    d = make(4)
    list_replace(b.link, d.link)
    seen.append(numbers(head))
    list_add(make(9).link, other)
    list_splice_init(head, other)
    seen.append((numbers(other), list_empty(head)))
    list_splice(head, other)
    INIT_LIST_HEAD(other)
    seen.append(list_empty(other))
    """
    wanted = [[3, 1, 2], [1, 2, 3], [1, 4, 3], ([1, 4, 3, 9], 1), 1]
    assert wanted == start(bench, lines, STRUCT)


def test_the_safe_loop_may_take_out(bench):
    """list_for_each_entry_safe() goes on when its body deletes the current structure."""
    lines = """
    for one in (a, b, c):
        list_add_tail(one.link, head)
    for pos in list_for_each_entry_safe(head, link):
        list_del(pos.link)
        seen.append(pos.n)
    seen.append(list_empty(head))
    """
    assert [1, 2, 3, 1] == start(bench, lines, STRUCT)


WRONG = [
    (
        "list_del(a.link)\nlist_del(a.link)",
        49,
        "->next is LIST_POISON1 (dead000000000100)",
    ),
    ("list_add(a.link, head)", 33, "list_add double add: new="),
    ("a.link.prev.next = b.link\nlist_del(a.link)", 56, "list_del corruption. prev->next should"),
    ("head.next.prev = b.link\nlist_add(c.link, head)", 25, "list_add corruption. next->prev"),
]


@pytest.mark.parametrize(("call", "line", "text"), WRONG)
def test_a_corrupt_list_is_a_bug(bench, call, line, text):
    """Each corruption prints what it is, and is a BUG in lib/list_debug.c."""
    start(bench, f"list_add(a.link, head)\n{call}", STRUCT)
    log = bench.own_log()

    assert text in log[0]
    assert f"kernel BUG at lib/list_debug.c:{line}!" == log[2]


def test_a_plain_loop_falls_into_poison(bench):
    """Deleting in list_for_each_entry() is a general protection fault at the next turn."""
    lines = "for pos in list_for_each_entry(head, link):\n    list_del(pos.link)"
    start(bench, f"list_add(a.link, head)\n{lines}", STRUCT)

    assert any("non-canonical address 0xdead000000000100" in line for line in bench.log())
