"""Host files: what they may say, and what is said of those that are wrong."""

from __future__ import annotations

import pytest

from vshell.machine.host import HostSettings, load_settings
from vshell.machine.settings import SettingsError


def test_the_default_host_is_the_tutorials():
    """Without a host file the settings are those of the tutorial's machine."""
    settings = load_settings(None)

    assert ("test", "test-V520-15IKL", "6.7.9") == (
        settings.user,
        settings.hostname,
        settings.release,
    )


def test_a_host_file_names_what_differs(tmp_path):
    """A setting of the file replaces the default, the others stay."""
    path = tmp_path / "h.yaml"
    path.write_text("hostname: pi\ncpus: 4\nuptime: 7.5\nboot_log: [0.5 <6> hello]\n")
    settings = load_settings(str(path))

    assert ("pi", 4, "6.7.9") == (settings.hostname, settings.cpus, settings.release)
    assert 7_500_000_000 == settings.kernel_config().uptime_ns
    assert "0.5 <6> hello" == settings.boot_log


def test_profiles_are_known_by_name():
    """A bare name that is no file means a profile that comes with vshell."""
    assert "6.1.0-56-amd64" == load_settings("debian-12").release


def test_a_file_may_build_upon_a_profile(tmp_path):
    """The key ``profile`` names what the file differs from."""
    path = tmp_path / "h.yaml"
    path.write_text("profile: debian-12\ncpus: 1\n")
    settings = load_settings(str(path))

    assert ("6.1.0-56-amd64", 1) == (settings.release, settings.cpus)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hostnam: x", "there is no setting 'hostnam'"),
        ("cpus: many", "cpus must be a number, not 'many'"),
        ("cpus: 0", "cpus must be 1 to 64, not 0"),
        ("console: 1", "console must be true or false, not 1"),
        ("preempt: never", "preempt must be none, voluntary or full, not 'never'"),
        ("hz: 333", "hz must divide 1000, not 333"),
        ("init: sysv", "init must be systemd or shell, not 'sysv'"),
        ("boot_date: soon", "boot_date must be a date, not 'soon'"),
        ("uptime: -5", "uptime must be a number, not -5"),
        ("- a\n- b", "expected names and values"),
        ("a: [", "while parsing"),
    ],
)
def test_wrong_host_files_are_refused(tmp_path, text, message):
    """A mistake in a host file is named, with the file."""
    path = tmp_path / "h.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(str(path))

    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_host_file_is_named():
    """A host file that is not there is an error with the real reason."""
    with pytest.raises(SettingsError, match=r"nowhere.yaml: No such file or directory"):
        load_settings("nowhere.yaml")


def test_two_settings_objects_share_nothing():
    """Changing one host's settings leaves the next one's alone."""
    HostSettings().update({"cpus": 8}, "test")

    assert 2 == HostSettings().cpus
