"""Write the tables of scripts that the grammar makes, with what the real bash does with them.

``python tests/shell/made.py`` makes the scripts anew, from fixed seeds, and asks the bash of this
machine, which must be 5.2. ``test_tables`` then runs them as it does those written by hand.
"""

from __future__ import annotations

from importlib import util
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

__all__ = ["PER_TOPIC", "scripts"]

HERE = Path(__file__).parent
PER_TOPIC = 30
"""How many scripts each topic has in its table."""
_SEED = 20240311
# Longer ones say no more, and are hard to read when they fail.
_LENGTH_MAX = 420


def load(name):
    """Load a module that lies beside this file."""
    spec = util.spec_from_file_location(name, HERE / f"{name}.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scripts(strategy, count, start):
    """Draw different short scripts; the same seed gives the same ones."""
    found = {}

    @seed(start)
    @settings(
        max_examples=count * 5,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(script):
        if len(script) <= _LENGTH_MAX:
            found[script] = None

    collect()
    # Those drawn last are the least alike.
    return list(found)[-count:]


def main():
    """Write the tables."""
    table, topics = load("table"), load("topics")
    for topic, strategy in topics.TOPICS.items():
        cases = []
        for script in scripts(strategy, PER_TOPIC, _SEED):
            case = table.Case("$", 0)
            case.script = script
            cases.append(case)
        for case, result in zip(cases, table.run_real(cases), strict=True):
            case.out, case.err, case.status = result
        head = f"# Made by a grammar: {topic}.\n"
        text = head + "\n".join(table.shown(case) for case in cases)
        (table.CASES / f"made_{topic}.txt").write_text(text, encoding="utf-8")
        print(topic, len(cases))


if __name__ == "__main__":
    main()
