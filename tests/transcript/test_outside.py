"""A transcript reads and writes what is in its folder, whatever links lie there."""

from __future__ import annotations

import os

import pytest

from vshell.transcript.command import replay_command

EVENTS = "events: e.jsonl\nsteps:\n- run: 'true'\n"
WORKSPACE = "workspace: {}\nsteps:\n- run: cat secret\n  out: |\n    x\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret\n")
    made = tmp_path / "course"
    (made / "below").mkdir(parents=True)
    (made / "below" / "secret").write_text("x\n")
    return made


@pytest.fixture
def replay(folder, capsys):
    def run(text, *words):
        (folder / "a.vshell.yaml").write_text(text)
        status = replay_command([*words, str(folder / "a.vshell.yaml")])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


@pytest.mark.parametrize("name", ["link", "below/link", "loop/../link"])
def test_a_workspace_behind_a_link_is_refused(folder, replay, name):
    """A folder that is a link out of the transcript's, at any step, is not read."""
    os.symlink(folder.parent / "outside", folder / "link")
    os.symlink("../../outside", folder / "below" / "link")
    status, told = replay(WORKSPACE.format(name))

    assert 2 == status
    assert "leads out of the transcript's folder" in told or "beside the transcript" in told
    assert "secret" not in told


def test_links_within_the_folder_are_followed(folder, replay):
    """A link to another place below the transcript's folder is as good as that place."""
    os.symlink("below", folder / "link")

    assert (0, "") == replay(WORKSPACE.format("link"))


@pytest.mark.parametrize("words", [[], ["--update"]])
def test_events_behind_a_link_are_neither_read_nor_written(folder, replay, words):
    """A file of events that is a link out of the folder stays as it is, with --update too."""
    os.symlink(folder.parent / "outside" / "secret", folder / "e.jsonl")
    status, told = replay(EVENTS, *words)

    assert 2 == status
    assert "e.jsonl: leads out of the transcript's folder" in told
    assert "secret\n" == (folder.parent / "outside" / "secret").read_text()


@pytest.mark.parametrize("name", ["/etc", "..", "a/../..", "a/..", "", "a\\0b"])
def test_names_that_lead_out_are_mistakes(replay, name):
    """A workspace and a file of events are named from the transcript's folder, without ".."."""
    for key in ("workspace", "events"):
        status, told = replay(f'{key}: "{name}"\nsteps: []\n')

        assert 2 == status
        assert "beside the transcript" in told


def test_files_are_the_virtual_hosts(replay):
    """Files of a transcript lie on the virtual host: /tmp/... there is no file of this computer."""
    path = "/tmp/vshell-never-on-the-disk"
    text = f"files:\n  {path}: |\n    x\nsteps:\n- run: cat {path}\n  out: |\n    x\n"

    assert (0, "") == replay(text)
    assert not os.path.exists(path)
