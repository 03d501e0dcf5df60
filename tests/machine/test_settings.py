"""Host files: what they may say, and what is said of those that are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import vshell.machine
from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host, HostSettings, load_settings
from vshell.machine.host_file import DEFAULT_PROFILE, profile_names
from vshell.machine.settings import SettingsError
from vshell.transcript.format import parse_yaml
from vshell.transcript.model import TranscriptError


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


# -- Where a mistake is ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("cpus: 2\nhostnam: x\n", "2:1: there is no setting 'hostnam'; did you mean hostname?"),
        ("cpus: 2\nhz: 333\n", "2:5: hz must divide 1000, not 333"),
        ("cpus: 2\ncpus: 3\n", "2:1: cpus is there twice"),
        ("1: x\n", "1:1: there is no setting '1'"),
        ("[a]: x\n", "1:1: a setting's name must be a word"),
        ("cpus: &a 2\n", "1:7: anchors and aliases are not understood"),
        ("user: [\n", "2:1: while parsing a flow node: expected the node content"),
        ("user: " + "[" * 40, "1:27: nested too deeply"),
        ("profile: nope\n", "1:10: profile: nope: No such file or directory"),
        ("profile: [a]\n", "1:10: profile must be a name"),
        ("services:\n- 1 0 root ? init\n- two\n", "3:3: services: expected 'PID PARENT USER"),
        ("kernel_threads:\n- 9 R 0 x\n", "2:3: kernel_threads: expected 'PID S|I NICE NAME'"),
        ("kernel_threads:\n- 9 S 30 x\n", "2:3: kernel_threads: nice must be -20 to 19"),
        ("boot_log:\n- 0.1 <9> x\n", "2:3: boot_log: expected 'SECONDS <LEVEL> TEXT'"),
        ("users:\n- {name: Anna}\n", "2:1: users: name must be a user's name, not 'Anna'"),
        ("users:\n- {name: a, sodu: yes}\n", "2:1: users: there is no key 'sodu'"),
        ("users:\n- {name: a, sudo: 1}\n", "2:1: users: sudo must be true or false, not 1"),
        ("users: [a 5, b 5]\n", "1:8: users: b: uid 5 is another's"),
        ("users: [a, a]\n", "1:8: users: a is there twice"),
        ("users: [daemon]\n", "1:8: users: daemon is there already"),
    ],
)
def test_a_mistake_has_line_and_column(tmp_path, text, place):
    """What is wrong is told with the file, the line, the column and the key."""
    path = tmp_path / "h.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(str(path))

    assert str(caught.value).startswith(f"{path}:{place}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "services:\n- 1 0 root ? a\n- 1 0 root ? b\n",
            "services: '1 0 root ? b': pid 1 is that of",
        ),
        ("init: shell\n", "services: '1 0 root ? /sbin/init splash': pid 1 is that of the shell"),
        ("pid_max: 100\n", "kernel_threads: '217 S 0 jbd2/sda2-8': pid 217 is above pid_max"),
        ('boot_log: ["0.1 <6> {nothing}"]\n', "boot_log: in braces stands no setting"),
        ("users: [anna 1000]\n", "users: 'anna 1000 -': uid 1000 is that of test"),
    ],
)
def test_settings_must_fit_together(tmp_path, text, message):
    """What each setting allows, but not all of them, is told with the row."""
    path = tmp_path / "h.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(str(path))

    assert str(caught.value).startswith(f"{path}: {message}")


def test_files_that_build_upon_themselves_are_refused(tmp_path):
    """A chain of host files has an end."""
    path = tmp_path / "h.yaml"
    path.write_text(f"profile: {path}\n")
    with pytest.raises(SettingsError, match="too many files that build upon each other"):
        load_settings(str(path))


# -- Profiles -------------------------------------------------------------------------------------


def test_the_profiles_that_come_along():
    """There are three, and the first is the default host."""
    assert ["ubuntu-22.10", "debian-12", "minimal"] == profile_names()
    assert HostSettings().facts() == load_settings(DEFAULT_PROFILE).facts()


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_boots(name):
    """Every profile is a host with a shell, on which a module can be built and loaded."""
    host = Host(load_settings(name))
    done = Dialogue(host).type(
        "cp -r /home/*/kthread_examples /tmp/k 2>/dev/null || cp -r ~/kthread_examples /tmp/k; "
        "cd /tmp/k; make > /tmp/log 2>&1; insmod=insmod; [ $UID = 0 ] || insmod='sudo insmod'; "
        "$insmod ./kthread.ko; lsmod | grep -c kthread"
    )

    assert "1" == done.split()[-1]


def test_processes_are_there_as_the_profile_says(sh):
    """An Ubuntu has its services at boot, each with its owner."""
    listed = sh("ps -eo user:16,comm --no-headers").out.splitlines()
    found = {tuple(line.split(None, 1)) for line in listed}

    assert {
        ("root", "systemd"),
        ("systemd-timesync", "systemd-timesyn"),
        ("messagebus", "dbus-daemon"),
        ("syslog", "rsyslogd"),
        ("test", "gnome-shell"),
        ("test", "dbus-daemon"),
    } <= found


def test_the_minimal_host_has_nothing_else():
    """A minimal host's only process is its shell, and every kernel thread is needed."""
    host = Host(load_settings("minimal"))

    host.open_session(["bash"], host.add_terminal())

    assert [1] == [process.pid for process in host.kernel.processes]
    assert (
        "kthreadd rcu_gp ksoftirqd/0 rcu_preempt migration/0 migration/1 ksoftirqd/1"
        == " ".join(
            task.name for task in host.kernel.tasks if task.pid > 1 and task.name != "khungtaskd"
        )
    )


# -- The schema -----------------------------------------------------------------------------------

SCHEMA = json.loads(
    Path(vshell.machine.__file__).with_name("host.schema.json").read_text(encoding="utf-8")
)


def test_the_schema_has_every_setting_with_its_default():
    """The schema's keys are the settings, with their defaults, each described."""
    rules = dict(SCHEMA["properties"])

    assert "profile" in rules
    del rules["profile"]
    assert set(HostSettings().facts()) == set(rules)
    assert [] == [name for name, rule in rules.items() if not rule["description"]]
    told = {name: rule["default"] for name, rule in rules.items() if "default" in rule}
    assert told == {name: HostSettings().facts()[name] for name in told}


@pytest.mark.parametrize("name", profile_names())
def test_profiles_are_as_the_schema_says(name):
    """The schema accepts every profile, and each names it for editors."""
    folder = Path(vshell.machine.__file__).parent / "profiles"
    text = (folder / f"{name}.yaml").read_text()

    assert "# yaml-language-server: $schema=../host.schema.json" == text.partition("\n")[0]
    assert [] == wrong_by_schema(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("name", "value"),
    [("hostnam", "x"), ("cpus", "many"), ("cpus", 0), ("console", 1), ("preempt", "never")],
)
def test_the_schema_refuses_what_the_reader_does(name, value):
    """A wrong name or value is wrong for the schema, too."""
    with pytest.raises(SettingsError):
        HostSettings().update({name: value}, "x")

    assert [name] == wrong_by_schema({name: value})


_KINDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list}


def wrong_by_schema(settings):
    """Give the keys that are not as the schema says: the part of the standard used there."""
    wrong = []
    for name, value in settings.items():
        rule = SCHEMA["properties"].get(name)
        if rule is None or not is_as_said(rule, value):
            wrong.append(name)
    return wrong


def is_as_said(rule, value):
    """Tell whether a plain value is as a rule says."""
    kinds = rule.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    is_kind = not kinds or any(
        isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))
        for kind in kinds
    )
    is_listed = "enum" not in rule or value in rule["enum"]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    is_between = not is_number or (
        rule.get("minimum", value) <= value <= rule.get("maximum", value)
    )
    return is_kind and is_listed and is_between


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"cpus: 0x{'f' * 100_000}", "cpus: a number of 400000 bits"),
        (f"hostname: 0x{'f' * 100_000}", "hostname: a number of 400000 bits"),
        (f"memory_kib: 1{':00' * 60_000}", "memory_kib: a number of 354414 bits"),
        (f"cpus: {'9' * 5000}", "value has 5000 digits"),
        (f"uptime: 1{':00' * 60_000}.5", "int too large to convert to float"),
        ("uptime: 100000001", "uptime must be three years at most, not 100000001"),
        ('hostname: "\\e[2J"', "hostname: a control character"),
        ('boot_log: ["0.5 <6> a\\x9b"]', "boot_log: a control character"),
    ],
    ids=lambda text: text[:20],
)
def test_what_could_overwhelm_is_refused(tmp_path, text, message):
    """Endless numbers and control characters are refused, in host files and in transcripts."""
    path = tmp_path / "h.yaml"
    path.write_text(text + "\n")
    with pytest.raises(SettingsError, match=message):
        load_settings(str(path))

    with pytest.raises(TranscriptError, match=f"host: {text.split(':')[0]}"):
        parse_yaml(f"host:\n  {text}\nsteps: []\n", "a.vshell.yaml")
