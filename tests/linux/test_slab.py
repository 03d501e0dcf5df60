from __future__ import annotations

import pytest

from tests.linux.play import play, source, start

JOB = """
class job:
    def __init__(self):
        self.number = 7
        self.next = NULL
"""


@pytest.mark.parametrize("call", ["kmalloc", "kzalloc", "kvmalloc", "kvzalloc"])
def test_one_object(bench, call):
    """sizeof() a class gives an object of it, a number that many bytes."""
    lines = f"""
    one = {call}(sizeof(job), GFP_KERNEL)
    seen.append((one.number, one.next))
    some = {call}(10, GFP_ATOMIC)
    seen.append((len(some), some[9]))
    kfree(one)
    kvfree(some)
    kfree(NULL)
    """
    assert [(7, None), (10, 0)] == start(bench, lines, JOB)


@pytest.mark.parametrize("call", ["kmalloc_array", "kcalloc", "kvmalloc_array", "kvcalloc"])
def test_an_array(bench, call):
    """An array is a list of fresh objects; of sizeof(int), of zeros."""
    lines = f"""
    many = {call}(3, sizeof(job), GFP_KERNEL)
    many[1].number = 8
    seen.append([one.number for one in many])
    kfree(many)
    seen.append({call}(4, sizeof(int), GFP_KERNEL))
    """
    assert [[7, 8, 7], [0, 0, 0, 0]] == start(bench, lines, JOB)


def test_sizes(bench):
    """sizeof(): 4 for int, 8 per member, text with its end, an array all of its members."""
    lines = """
    seen.append((sizeof(int), sizeof(bool), sizeof(job), sizeof(job()), sizeof("abc")))
    seen.append((sizeof(5), sizeof([1, 2, 3]), sizeof(NULL)))
    """
    assert [(4, 1, 16, 16, 4), (4, 12, 8)] == start(bench, lines, JOB)


def test_a_text_is_duplicated(bench):
    """kstrdup() gives the text, None for None."""
    assert ["abc", None] == start(
        bench, 'seen.append(kstrdup("abc", GFP_KERNEL))\nseen.append(kstrdup(NULL, GFP_NOWAIT))'
    )


def test_freeing_twice_is_a_bug(bench):
    """A second kfree() of one object: kernel BUG at mm/slub.c."""
    start(bench, "one = kmalloc(8, GFP_KERNEL | __GFP_ZERO)\nkfree(one)\nkfree(one)")

    assert any(line.startswith("kernel BUG at mm/slub.c:") for line in bench.log())


LEAK = (
    JOB + "kept = []\ndef start():\n    kept.append(kzalloc(sizeof(job), GFP_KERNEL))\n    return 0"
)


def test_a_leak_is_reported_when_leaks_are_looked_for(make_bench):
    """With kmemleak=on unloading says how much is left; without, nothing is said, as on Linux."""
    bench = make_bench(cmdline="quiet kmemleak=on")
    play(bench, LEAK)
    bench.unload()
    line = "kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)"

    assert [line] == bench.own_log()
    assert "(size 16):\n  comm " in bench.kernel.slab.kmemleak_text()

    silent = make_bench()
    play(silent, LEAK)
    silent.unload()
    assert [] == silent.own_log()


def test_what_is_freed_is_no_leak(make_bench):
    """A module that gives everything back leaves nothing to report."""
    bench = make_bench(cmdline="kmemleak=on")
    start(bench, "kfree(kmalloc(8, GFP_KERNEL | __GFP_NOWARN))")
    bench.unload()

    assert [] == bench.own_log()
    assert "" == bench.kernel.slab.kmemleak_text()


def test_container_of(bench):
    """container_of() leads from a member to its structure, and faults where there is none."""
    struct = """
class box:
    def __init__(self):
        self.timer = timer_list()
b = box()
other = timer_list()
"""
    lines = """
    seen.append(container_of(b.timer, box, timer) == b)
    b.pointer = other
    seen.append(container_of(other, box, pointer) == b)
    container_of(timer_list(), box, timer)
    """
    assert [True, True] == start(bench, lines, struct)
    assert any(line.startswith("BUG: unable to handle page fault") for line in bench.log())


def test_leaks_can_be_read(tmp_path, sh):
    """With kmemleak=on the report names a file that has the piece of memory, for root."""
    (tmp_path / "home" / "mod.py").write_text(source(LEAK))
    (tmp_path / "home" / "Makefile").write_text(
        "obj-m += mod.o\nall:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n"
    )
    command = "make >/dev/null 2>&1; sudo insmod mod.ko; sudo rmmod mod"
    read = "sudo cat /sys/kernel/debug/kmemleak"
    shown = sh(f"{command}; {read}", cmdline="quiet kmemleak=on")

    assert shown.out.startswith("unreferenced object 0xffff"), shown
    assert '  comm "insmod", pid ' in shown.out
    assert 1 == sh(read).status
