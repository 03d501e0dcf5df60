"""Fixtures of the kernel's tests."""

from __future__ import annotations

import pytest

from tests.kernel.module_sources import Loading
from tests.kernel.terminal import Terminal
from tests.kernel.vfs_steps import USER
from vshell.abi.errno import KernelError
from vshell.kernel.inode import RegularFile
from vshell.kernel.process import PROGRAM_MAGIC


@pytest.fixture
def vfs(bench):
    """Give a tree with /tmp as it should be and a home of the user's."""
    tree = bench.kernel.vfs
    tree.make_directories("/tmp").permissions = 0o1777
    tree.make_directories("/home", USER, USER)
    return tree


@pytest.fixture
def do(bench, vfs):
    """Run a function on system calls, as root or another user; give its value."""

    def run(function, uid=0):
        return bench.call(function, uid=uid, seconds=200_000)

    return run


@pytest.fixture
def fails(do):
    """Run a function on system calls; give the errno it fails with, 0 if it does not."""

    def run(function, uid=0):
        try:
            do(function, uid)
        except KernelError as error:
            return error.errno
        return 0

    return run


@pytest.fixture
def init(bench):
    """Make a process 1 that waits for nobody."""
    processes = bench.kernel.processes
    processes.init = processes.add_idle(1, ["/sbin/init"], "/sbin/init", bench.kernel.vfs.root)
    return processes.init


@pytest.fixture
def programs(bench):
    """Give a dictionary of programs; adding one makes its file in /bin."""

    class Programs(dict):
        def __setitem__(self, name, main):
            super().__setitem__(name, main)
            data = PROGRAM_MAGIC + b"\0" * 9 + f"vshell program: {name}\n".encode()
            vfs = bench.kernel.vfs
            vfs.place(f"/bin/{name}", RegularFile(vfs, 0o755, 0, 0, data))

    found = Programs()
    bench.kernel.processes.load_program = found.__getitem__
    return found


@pytest.fixture
def loading(bench):
    return Loading(bench)


@pytest.fixture
def terminal(bench):
    return Terminal(bench)
