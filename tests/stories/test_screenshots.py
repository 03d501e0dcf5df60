"""The pictures show what the sessions behind them print now."""

from __future__ import annotations

import pytest

from tests.stories.screenshots import FOLDER, PICTURES, png_digest, svg_digest


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_fresh(name):
    """A picture is what its session draws; ``python -m tests.stories.screenshots`` draws it."""
    assert (FOLDER / name).read_text() == PICTURES[name]()


@pytest.mark.parametrize("name", PICTURES)
def test_its_pixels_are_fresh(name):
    """The PNG beside a picture was made from that picture."""
    svg = (FOLDER / name).read_text()
    assert svg_digest(svg) == png_digest((FOLDER / name).with_suffix(".png").read_bytes())


def test_every_picture_has_a_session():
    """Nothing lies in screenshots/ that no session draws."""
    drawn = [*PICTURES, *(name.replace(".svg", ".png") for name in PICTURES)]
    assert sorted(drawn) == sorted(path.name for path in FOLDER.iterdir())
