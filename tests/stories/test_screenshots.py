"""The pictures show what the sessions behind them print now."""

from __future__ import annotations

import pytest

from tests.stories.screenshots import FOLDER, PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_fresh(name):
    """A picture is what its session draws; ``python -m tests.stories.screenshots`` draws it."""
    assert (FOLDER / name).read_text() == PICTURES[name]()


def test_every_picture_has_a_session():
    """Nothing lies in screenshots/ that no session draws."""
    assert sorted(PICTURES) == sorted(path.name for path in FOLDER.iterdir())
