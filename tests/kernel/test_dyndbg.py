from __future__ import annotations

import pytest

from tests.linux.play import play
from vshell.abi.errno import E2BIG, EINVAL, KernelError

SOURCE = """
def start():
    pr_debug("one %d\\n", 1)
    other()
    return 0
def other():
    pr_debug('a "b"\\t')
    pr_debug("two words\\n")
def stop():
    other()
"""
HEADING = "# filename:lineno [module]function flags format"


def control(bench):
    """Give the lines of the control file below the heading."""
    heading, *lines = bench.kernel.dyndbg.control_text().splitlines()
    assert HEADING == heading
    return [line.rpartition("/")[2] for line in lines]


def flags(bench):
    """Give each site's flags."""
    return [line.split(" =")[1].split(" ")[0] for line in control(bench)]


def refused(bench, query):
    """Write a query that is wrong; give what the log says."""
    since = bench.kernel.printk.end_sequence
    with pytest.raises(KernelError) as caught:
        bench.kernel.dyndbg.write(query)
    assert EINVAL == caught.value.errno
    return [record.text for record in bench.kernel.printk.records(since)]


def test_every_debug_message_is_a_site(bench):
    """The control file lists the modules' sites in the order of loading and of the source."""
    play(bench, SOURCE)
    play(bench, 'def start():\n    pr_debug("x\\n")\n    return 0', name="more")

    assert [
        'mod.py:3 [mod]start =_ "one %d\\n"',
        'mod.py:7 [mod]other =_ "a \\"b\\"\\t"',
        'mod.py:8 [mod]other =_ "two words\\n"',
        'more.py:3 [more]start =_ "x\\n"',
    ] == control(bench)


def test_a_defined_debug_is_on_from_the_beginning(bench):
    """With DEBUG defined the sites print, until somebody says that they do not."""
    stage = play(bench, "DEBUG = 1\n" + SOURCE)
    assert ["p", "p", "p"] == flags(bench)
    assert ["one 1", 'a "b"\t', "two words"] == bench.own_log()

    bench.kernel.dyndbg.write("module mod func other -p")
    stage.other()
    assert [] == bench.own_log()


def test_pr_fmt_is_part_of_the_format(bench):
    """What the macro pr_fmt makes of a format is what is listed."""
    play(bench, "def pr_fmt(fmt): return KBUILD_MODNAME + ': ' + fmt\n" + SOURCE)

    assert control(bench)[0].endswith('"mod: one %d\\n"')


def test_a_removed_module_has_no_sites(bench):
    """Its lines are gone with it."""
    play(bench, SOURCE)
    bench.unload("mod")

    assert [] == control(bench)


MEANT = [
    ("+p", "ppp"),
    ("=p", "ppp"),
    ("func other +p", "_pp"),
    ("func o?her +p", "_pp"),
    ("func * +p", "ppp"),
    ("func oth +p", "___"),
    ("file mod.py +p", "ppp"),
    ("file other.py +p", "___"),
    ("file mod.py:other +p", "_pp"),
    ("file mod.py:3 +p", "p__"),
    ("file mod.py:4-8 +p", "_pp"),
    ("module m* line 7 +p", "_p_"),
    ("module x +p", "___"),
    ("line 3-7 +p", "pp_"),
    ("line 8- +p", "__p"),
    ("line -7 +p", "pp_"),
    ("format one +p", "p__"),
    ('format "two words" +p', "__p"),
    (r"format two\040words +p", "__p"),
    (r"format \t +p", "_p_"),
    ("format ^two +p", "__p"),
    ("format ^words +p", "___"),
    ("+p; line 3 -p", "_pp"),
    ("# nothing\nline 3 +p\n", "p__"),
    ("+p\n=_", "___"),
]


@pytest.mark.parametrize(("query", "expected"), MEANT)
def test_a_query_names_sites(bench, query, expected):
    """By function, file, module, line and format; * and ? stand for letters."""
    play(bench, SOURCE)
    bench.kernel.dyndbg.write(query)

    assert expected == "".join(flags(bench))


PREFIXES = [
    ("+p", "one 1"),
    ("+pm", "mod: one 1"),
    ("+pf", "start: one 1"),
    ("+pl", "3: one 1"),
    ("+pmfl", "mod:start:3: one 1"),
    ("+pt", "[{pid}] one 1"),
    ("+ptl", "[{pid}] 3: one 1"),
    ("+ml", None),
]


@pytest.mark.parametrize(("query", "text"), PREFIXES)
def test_flags_put_something_before_a_message(bench, query, text):
    """m the module, f the function, l the line, t the thread's number; only p prints."""
    play(bench, SOURCE, f'dyndbg="func start {query}"')
    (record,) = bench.kernel.printk.records()[-1:]
    pid = record.caller

    assert ([] if text is None else [text.format(pid=pid)]) == bench.own_log()


@pytest.mark.parametrize(("release", "known"), [("6.1.0-56-amd64", False), ("6.7.9", True)])
def test_the_sources_name_since_6_3(make_bench, release, known):
    """Flag s shows the source's name; before 6.3 it is unknown."""
    bench = make_bench(release=release)
    play(bench, SOURCE)
    if not known:
        assert ["dyndbg: unknown flag 's'", "dyndbg: flags parse failed"] == refused(bench, "+s")
        return
    bench.kernel.dyndbg.write("+ps")

    assert ["ps"] * 3 == flags(bench)


WRONG = [
    ("p", ["bad flag-op p, at start of p", "flags parse failed"]),
    ("+q", ["unknown flag 'q'", "flags parse failed"]),
    ("module +p", ["expecting pairs of match-spec <value>", "query parse failed"]),
    ("modul x +p", ['unknown keyword "modul"', "query parse failed"]),
    ("line x +p", ["bad line-number: x", "query parse failed"]),
    ("line 5-3 +p", ["last-line:3 < 1st-line:5", "query parse failed"]),
    ('format "x +p', ["unclosed quote: x +p", "tokenize failed"]),
    ("a b c d e f g h i +p", ["too many words, legal max <=9", "tokenize failed"]),
]


@pytest.mark.parametrize(("query", "texts"), WRONG)
def test_a_wrong_query_is_refused(bench, query, texts):
    """EINVAL, and the log says what is wrong; the other queries of the text are done."""
    play(bench, SOURCE)

    assert [f"dyndbg: {text}" for text in texts] == refused(bench, f"line 3 +p; {query}")
    assert ["p", "_", "_"] == flags(bench)


def test_a_text_too_long_is_refused(bench):
    """A page is the limit."""
    with pytest.raises(KernelError) as caught:
        bench.kernel.dyndbg.write(" " * 4096)
    assert E2BIG == caught.value.errno


def test_a_wrong_parameter_stops_the_load(bench):
    """insmod with a wrong query fails as with any wrong parameter."""
    play(bench, SOURCE, "dyndbg=nonsense", status=-EINVAL)

    assert "mod: `nonsense' invalid for parameter `dyndbg'" in bench.own_log()
