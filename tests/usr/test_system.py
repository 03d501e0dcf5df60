"""Programs that show and set what the system is: users, memory, times, tunables, the terminal."""

from __future__ import annotations

ROOT = {"profile": "debian-12", "folder": ""}
USERS = r"""
setpriv
setpriv -V
setpriv --foo
setpriv --reuid
setpriv --reuid x true
setpriv --reuid 1000 true
setpriv --regid 1000 true
setpriv --reuid 1000 --regid 1000 --clear-groups id -u
setpriv --reuid nobody --regid nogroup --clear-groups id
setpriv --reuid nobody --regid nogroup --init-groups id
setpriv --reuid 1000 --regid 1000 --clear-groups --keep-groups id
setpriv --reuid 1000 --regid 1000 --clear-groups nosuch
setpriv --reuid 1000 --regid 1000 --clear-groups /etc/passwd
setpriv --clear-groups id
setsid
setsid --help
setsid -V
setsid -x
setsid nosuch
setsid -w sh -c 'exit 3'
setsid -w true
nohup
nohup nosuch
nohup echo hi
nohup /etc/passwd
nohup -x
nohup sh -c 'exit 5'
nohup sleep 0 2>&1
id
id -u
id -g
id -G
id -un
id -gn
id -Gn
id -ur
id -n
id -u -g
id root
id nosuch
id -u root
id -z
id -zu
id -x
id 0
id root nosuch root
id -a
id -nG root
id -Z
groups
groups root
groups nosuch
groups -x
groups root nosuch
whoami
whoami x
whoami -x
logname
logname x
logname -x
users x
users nofile
users -x
"""
SYSTEM = r"""
sysctl
sysctl -n kernel.ostype
sysctl kernel.ostype
sysctl nosuch.key
sysctl -n nosuch.key
sysctl -e nosuch.key
sysctl -x
sysctl --foo
sysctl -w
sysctl -w kernel.ostype
sysctl -w kernel.ostype=x
sysctl kernel.nosuch=1
sysctl -N kernel.ostype
sysctl -b kernel.ostype
sysctl kernel/ostype
sysctl -V
sysctl --help
sysctl -p nofile
sysctl -q kernel.ostype
sysctl -n kernel.ostype kernel.nosuch kernel.ostype
sysctl -w kernel
uname
uname -s
uname -x
uname x
uname -o
uname -m
uname --foo
arch
arch x
hostname -x
hostname a b
nproc
nproc --all
nproc --ignore=1
nproc --ignore=5
nproc --ignore=x
nproc x
nproc -x
sync
sync nofile
sync -x
sync -d
sync /etc/passwd
sleep
sleep x
sleep 0
sleep 0.01 0.01
sleep -1
sleep 1x
sleep 1 x y
sleep -x
sleep 0x1p-6
sleep 1e-2
stty
stty size
stty -a
stty -x
stty foo
stty -F nofile
stty --help | head -1
"""
TERMINAL = r"""
clear | od -c
clear -x | od -c
clear -V | wc -l
clear foo
TERM=nosuch clear
tput
tput cols
tput lines
tput colors
tput setaf 1 | od -c
tput bold | od -c
tput sgr0 | od -c
tput cup 3 4 | od -c
tput nosuch
tput clear | od -c
tput -T dumb colors
tput -T nosuch colors
tput longname
tput el | od -c
tput rev | od -c
tput smul | od -c
tput setab 4 | od -c
tput setaf 12 | od -c
tput civis | od -c
tput -V | wc -l
tput -x
tput bold sgr0 | od -c
tput -S </dev/null
tput -T xterm colors
tput -T xterm-256color setaf 200 | od -c
tput -T linux colors
tput -T vt100 colors
tput cup | od -c
tput dim | od -c
"""
TOP = r"""
top -x
top -b -n x
top -b -n 0
top -n 1
top -b -n1 -o FOO
top -b -n 1 -u nosuch
top -b -d x
top -b -n1 extra
top -b -n1 -p x
top -b -n1 -d -1
top -h
top -b -n1 -p 1 | sed -n '6,7p'
top -b -n1 -p 999999 | tail -n +6
top -b -n1 -p 999999 -w 60 | tail -n 1
top -b -n1 -p 999999 -w60 | tail -n 1
top -V
"""
MEMORY = r"""
free -x
free --foo
free --help
free -V
free -s x
free -c x
free -c 0
free | head -n 1
free -w | head -n 1
free -s 0.1 -c 2 | grep -c Mem
vmstat -V
vmstat x
vmstat 1 x
vmstat | head -n 2
vmstat -n 1 1 | head -n 2
vmstat -w | head -n 2
uptime -x
uptime -V
uptime --help
uptime x
w -x
w -V
w --help
who -x
who a b c
lscpu --foo
su nosuch
su -x
su -V
gcc
gcc nofile.c
"""


def test_users(both):
    """id, groups, whoami, logname, users, setpriv, setsid, nohup: as the real ones."""
    both("util-linux", USERS, **ROOT)


def test_system(both):
    """sysctl, uname, hostname, nproc, sync, sleep, stty: as the real ones."""
    both("procps", SYSTEM, **ROOT)


def test_terminal(both):
    """tput and clear give the sequences and complaints of the real ones."""
    both("procps", TERMINAL)


def test_command_line_of_top(both):
    """top refuses what the real one refuses, and has its header."""
    both("procps", TOP, **ROOT)


def test_memory_and_sessions(both):
    """free, vmstat, uptime, w, who, su, gcc: headers, usages and complaints of the real ones."""
    both("procps", MEMORY, **ROOT)


def test_becoming_another_user(sh):
    """sudo and su run programs as others, and refuse who or what does not exist."""
    result = sh(
        """\
exec 2>&1
sudo id -un; sudo -u nobody id -un; sudo -n true; echo $?; sudo -k; sudo -v; echo $?
sudo nosuch; echo $?; sudo -u nosuch true; echo $?; sudo >/tmp/u 2>&1; echo $?; head -n 1 /tmp/u
sudo X=1 env | grep -E '^(X|HOME|SUDO_USER|USER)=' | sort; sudo -s echo '$HOME'; sudo -i pwd
sudo -l | tail -n 2; sudo false; echo $?; sudo bash -c 'exit 5'; echo $?
su nosuch; echo $?; sudo su -c 'id -un'; sudo su nobody -s /bin/bash -c 'id -un'
sudo setpriv --reuid 1000 --regid 1000 --clear-groups bash -c 'echo $UID; sudo id -un'
"""
    )

    assert (
        """\
root
nobody
0
0
sudo: nosuch: command not found
1
sudo: unknown user nosuch
sudo: error initializing audit plugin sudoers_audit
1
1
usage: sudo -h | -K | -k | -V
HOME=/root
SUDO_USER=test
USER=root
X=1
/root
/root
User test may run the following commands on test-V520-15IKL:
    (ALL : ALL) ALL
1
5
su: user nosuch does not exist or the user entry does not contain all the required fields
1
root
nobody
1000
root
"""
    ) == result.out


def test_sysctl(sh):
    """sysctl sets what root may set, in either spelling, and says what it cannot."""
    result = sh(
        """\
exec 2>&1
sudo sysctl -w kernel.hung_task_timeout_secs=5; sysctl -n kernel/hung_task_timeout_secs
sysctl kernel.hung_task_timeout_secs=7; echo $?; sysctl kernel.nosuch; echo $?
sysctl -a | grep -c hung_task_timeout_secs; sudo sysctl -q kernel.hostname=other; hostname
echo kernel.watchdog_thresh = 3 > f; sudo sysctl -p f
"""
    )

    assert (
        """\
kernel.hung_task_timeout_secs = 5
5
sysctl: permission denied on key "kernel.hung_task_timeout_secs"
1
sysctl: cannot stat /proc/sys/kernel/nosuch: No such file or directory
1
1
other
kernel.watchdog_thresh = 3
"""
    ) == result.out


def test_ending_the_host(sh):
    """Only root ends the host; shutdown takes now, and -c has nothing to cancel."""
    refused = sh("reboot; echo $?; shutdown -c; echo $?")
    ended = sh("sudo reboot; sleep 1")

    assert "1\n0\n" == refused.out
    assert refused.err.endswith("Failed to talk to init daemon.\n")
    assert not ended.out


def test_names_of_the_system(sh):
    """uname, arch, nproc, lsb_release, lscpu and gcc tell what the host's settings say."""
    result = sh(
        """\
uname -srm; uname -n; arch; nproc; taskset 1 nproc; lsb_release -ds; lscpu | grep '^CPU(s)'
gcc --version | head -n 1; gcc -dumpversion; gcc -dumpmachine; echo > x.c; gcc x.c; echo $?
"""
    )

    assert (
        "Linux 6.7.9 x86_64\ntest-V520-15IKL\nx86_64\n2\n1\nUbuntu 22.10\n"
        "CPU(s):                                  2\n"
        "gcc (Ubuntu 12.2.0-3ubuntu1) 12.2.0\n12\nx86_64-linux-gnu\n1\n"
    ) == result.out
    assert result.err.endswith("compilation terminated.\n")


def test_sessions(make_dialogue):
    """w, who, users and uptime know the sessions; stty and tput their terminal's size."""
    dialogue = make_dialogue()

    assert "test     pts/0        2024-03-18 10:01\n" == dialogue.type("who")
    assert "test\n" == dialogue.type("users")
    assert ",  1 user,  load average: " in dialogue.type("uptime")
    assert "test     pts/0    " == dialogue.type("w -h")[:18]
    assert "24 80\n" == dialogue.type("stty size")
    assert "80\n24\n" == dialogue.type("tput cols lines")
    assert "/dev/pts/0\n" == dialogue.type("tty")
    assert "test\n" == dialogue.type("logname")


def test_sudo_refuses_in_its_own_words(make_dialogue):
    """Who may not use sudo hears what the real one says; what /etc/sudoers allows, goes."""
    typed = make_dialogue(users="anna 1001 -\nbob 1002 sudo").type
    typed("sudo su - anna")

    refused = "anna is not in the sudoers file.  This incident will be reported.\n"
    assert refused == typed("sudo id")
    assert refused == typed("sudo nosuch")
    assert "Sorry, user anna may not run sudo on test-V520-15IKL.\n" == typed("sudo -l")
    assert "Sorry, user anna may not run sudo on test-V520-15IKL.\n" == typed("sudo -v")
    assert (
        "Sorry, user anna is not allowed to execute 'list' as root on test-V520-15IKL.\n"
        == typed("sudo -l -U root")
    )
    assert "su: Authentication failure\n1\n" == typed("su bob -c id; echo $?")
    assert "cat: /etc/sudoers: Permission denied\n" == typed("cat /etc/sudoers")

    typed("exit")
    typed(
        "sudo bash -c 'echo \"anna ALL=(root) NOPASSWD: /usr/bin/id, !/usr/bin/ls, "
        "/usr/bin/dmesg -T, /usr/bin/seq [1-3]\" > /etc/sudoers.d/anna'"
    )
    typed("sudo su - anna")
    rules = "(root) NOPASSWD: /usr/bin/id, !/usr/bin/ls, /usr/bin/dmesg -T, /usr/bin/seq [1-3]"
    assert f"    {rules}\n" == typed("sudo -l | tail -n 1")
    assert "0\n" == typed("sudo id -u")
    assert "1\n2\n" == typed("sudo seq 2")
    for command in ("/usr/bin/ls", "/usr/bin/dmesg", "/usr/bin/seq 4"):
        assert (
            f"Sorry, user anna is not allowed to execute '{command}' as root on "
            "test-V520-15IKL.\n" == typed(f"sudo {command}")
        )
    assert (
        "Sorry, user anna is not allowed to execute '/usr/bin/id' as bob on test-V520-15IKL.\n"
        == typed("sudo -u bob id")
    )
    assert "/usr/bin/id\n0\n1\n" == typed("sudo -l id; echo $?; sudo -l ls; echo $?")

    typed("exit")
    assert "User bob may run the following commands on test-V520-15IKL:\n    (ALL : ALL) ALL\n" == (
        typed("sudo -l -U bob | tail -n 2")
    )
    assert "User nobody is not allowed to run sudo on test-V520-15IKL.\n" == (
        typed("sudo -l -U nobody")
    )


def test_a_session_without_rights(make_dialogue):
    """A host file can take the session's user the right to become root."""
    typed = make_dialogue(sudo=False).type

    assert "1000 1000\n" == typed("echo $UID $(id -G)")
    assert "test is not in the sudoers file.  This incident will be reported.\n" == typed("sudo -s")
    assert "sudo:x:27:\n" == typed("grep ^sudo: /etc/group")


def test_the_tables_of_users_agree(make_dialogue):
    """What /etc/passwd, /etc/group, id and the homes say of a user is one thing."""
    typed = make_dialogue(users="anna 1001 - Anna Example\nbob 1005 sudo").type

    assert "anna:x:1001:1001:Anna Example:/home/anna:/bin/bash\n" == typed("grep anna /etc/passwd")
    assert "uid=1005(bob) gid=1005(bob) groups=1005(bob),27(sudo)\n" == typed("id bob")
    assert "sudo:x:27:test,bob\n" == typed("grep ^sudo /etc/group")
    assert "750 bob bob\n" == typed("stat -c '%a %U %G' /home/bob")
    assert "440 root root\n" == typed("stat -c '%a %U %G' /etc/sudoers")
    assert "/home/bob\n" == typed("sudo su - bob -c pwd")
