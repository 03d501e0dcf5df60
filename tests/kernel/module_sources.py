"""Modules to load, and what is asked about them."""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.kernel import inode as ino
from vshell.kernel import procfs, sysfs
from vshell.kernel.inode import O_NONBLOCK

O_TRUNC = 0o1000
SECOND_NS = 1_000_000_000

HEAD = """\
from vshell.linux.delay import msleep
from vshell.linux.export import EXPORT_SYMBOL, EXPORT_SYMBOL_GPL
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.module import MODULE_INFO, THIS_MODULE, module_put, try_module_get
from vshell.linux.moduleparam import kernel_param_ops, module_param, module_param_array
from vshell.linux.moduleparam import module_param_cb, module_param_string
from vshell.linux.moduleparam import byte, charp, hexint, invbool, long, uint
from vshell.linux.printk import pr_info
"""
GPL = 'MODULE_LICENSE("GPL")\n'

SIMPLE = f"""\
{HEAD}

def start():
    pr_info("start\\n")
    return 0


def end():
    pr_info("end\\n")


module_init(start)
module_exit(end)
{GPL}"""


def returning(value):
    """Give the source of a module whose init returns a value."""
    return SIMPLE.replace("return 0", f"return {value}")


def exporting(kind="EXPORT_SYMBOL", license_="GPL"):
    """Give the source of a module that exports a function."""
    return f"""\
{HEAD}

def answer():
    return 42


{kind}(answer)
MODULE_LICENSE("{license_}")
"""


def using(license_="GPL"):
    """Give the source of a module that uses it."""
    return f"""\
{HEAD}

def answer(): ...


def start():
    pr_info("%d\\n", answer())
    return 0


def end():
    pass


module_init(start)
module_exit(end)
MODULE_LICENSE("{license_}")
"""


def slow(init_ms=2000, exit_ms=2000, ret=0):
    """Give the source of a module that exports a function and takes its time."""
    return f"""\
{HEAD}

def answer():
    return 42


def start():
    msleep({init_ms})
    return {ret}


def end():
    msleep({exit_ms})


EXPORT_SYMBOL(answer)
module_init(start)
module_exit(end)
{GPL}"""


class Loading:
    """Loads and unloads that run side by side, each in a process of its own."""

    def __init__(self, bench):
        self.bench = bench
        self.ended = {}

    def start(self, name, function):
        """Run a function of the loader in a process; its errno will stand under the name."""
        kernel = self.bench.kernel

        def run(_sys):
            begin_ns = kernel.now_ns
            status = 0
            try:
                function(kernel.modules)
            except KernelError as error:
                status = error.errno
            self.ended[name] = (status, round((kernel.now_ns - begin_ns) / SECOND_NS))

        return self.bench.process(run)

    def load(self, name, source, module="mod"):
        """Begin to load a module."""
        data = self.bench.ko(source, module).to_bytes()
        return self.start(name, lambda modules: modules.load_module(data, ""))

    def unload(self, name, module="mod", flags=O_NONBLOCK):
        """Begin to unload a module."""
        return self.start(name, lambda modules: modules.delete_module(module, flags))


def line(bench, name="mod", uid=0):
    """Give the module's line of /proc/modules, address left out."""
    if bench.kernel.vfs.root.lookup("proc") is None:
        procfs.populate(bench.kernel)
        sysfs.populate(bench.kernel)
    text = bench.call(lambda sys: sys.read(sys.open("/proc/modules")), uid=uid).decode()
    for one in text.splitlines():
        words = one.split(" ")
        if words[0] == name:
            return " ".join(words[1:5] + words[6:])
    return None


def sysfile(bench, path):
    return bench.call(lambda sys: sys.read(sys.open(f"/sys/module/{path}"))).decode()


PARAMS = f"""\
{HEAD}
count = 1
module_param(count, int, 0o644)
flag = False
module_param(flag, bool, 0o644)
inverted = True
module_param(inverted, invbool, 0o644)
small = 0
module_param(small, byte, 0o600)
name = "world"
module_param(name, charp, 0o644)
hx = 255
module_param(hx, hexint, 0o444)
arr = [1, 2, 0, 0]
arr_n = 2
module_param_array(arr, int, arr_n, 0o644)
buf = "init"
module_param_string(text, buf, 8, 0o644)
hidden = 5
module_param(hidden, int, 0)


def start():
    pr_info("%d %d %d %s %s %d,%d,%d,%d:%d %s %d\\n", count, flag, small, name, "x", arr[0],
            arr[1], arr[2], arr[3], arr_n, buf, hidden)
    return 0


def end():
    pass


module_init(start)
module_exit(end)
{GPL}"""


def parameter(bench, name, text=None, uid=0):
    """Read a parameter's file, or write it; give the text or -errno."""
    line(bench)
    path = f"/sys/module/mod/parameters/{name}"

    def steps(sys):
        try:
            if text is None:
                return sys.read(sys.open(path)).decode()
            return sys.write(sys.open(path, ino.O_WRONLY), text.encode())
        except KernelError as error:
            return -error.errno

    return bench.call(steps, uid=uid)
