# printk's conversions. The twin of fmts.c.

from vshell.linux.err import ERR_PTR
from vshell.linux.jiffies import HZ, msecs_to_jiffies
from vshell.linux.kernel import INT_MIN, ULONG_MAX, kstrtoint, scnprintf, snprintf, sprintf, sscanf
from vshell.linux.kthread import kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import DUMP_PREFIX_NONE, DUMP_PREFIX_OFFSET, KERN_INFO
from vshell.linux.printk import _printk, pr_info, print_hex_dump, print_hex_dump_bytes
from vshell.linux.types import s8, s16, size_t, ssize_t, u8, uintptr_t

# What has an address is a list of one: gvar[0] is the variable, gvar is &gvar.
gvar = [7]


def helper(x):
    return x + 1


def F(fmt, *args):
    pr_info("%-14s|" + fmt + "|\n", '"' + fmt + '"', *args)


def fmts_init():
    bytes_ = [0x00, 0x1F, 0xAB, 0xFF, 0x41, 0x42]
    null = None

    F("%d", 42); F("%d", -42); F("%i", -1); F("%u", -1); F("%x", 0xbeef); F("%X", 0xbeef); F("%#x", 0xbeef); F("%o", 8); F("%#o", 8)
    F("%5d", 42); F("%-5d", 42); F("%05d", 42); F("%+d", 42); F("% d", 42); F("%05d", -42); F("%.3d", 5); F("%8.3d", 5); F("%*d", 6, 42); F("%-*d", 6, 42)
    F("%#010x", 0xbeef); F("%08X", 0xbeef); F("%x", -1); F("%hhd", s8(300)); F("%hd", s16(70000)); F("%hhx", u8(0x1ff))
    F("%ld", -5000000000); F("%lu", 5000000000); F("%lx", 0xdeadbeefcafe); F("%lld", -9223372036854775807 - 1); F("%llu", 18446744073709551615); F("%llx", 0xffffffffffffffff)
    F("%zu", 8); F("%zd", ssize_t(-3)); F("%c", "A"); F("%c%c", "o", "k"); F("%5c", "x"); F("%-5c", "x"); F("%%")
    F("%s", "str"); F("%10s", "right"); F("%-10s", "left"); F("%.3s", "truncated"); F("%10.3s", "truncated"); F("%.*s", 4, "starred"); F("%s", ""); F("%s", null)
    F("%p", null); F("%px", null); F("%p", gvar); F("%pK", gvar); F("%pS", helper); F("%ps", helper); F("%pSb", helper)
    F("%pB", helper); F("%pS", uintptr_t(helper) + 2); F("%ps", gvar); F("%pS", kthread_stop); F("%ps", _printk); F("%pS", null); F("%ps", 0x1234)
    F("%pe", ERR_PTR(-12)); F("%pe", ERR_PTR(-9999)); F("%pe", null); F("%p", ERR_PTR(-12)); F("%ps", ERR_PTR(-12)); F("%s", ERR_PTR(-22))
    F("%*ph", 6, bytes_); F("%*phC", 6, bytes_); F("%*phN", 6, bytes_); F("%*phD", 6, bytes_); F("%pM", bytes_); F("%pm", bytes_); F("%pI4", bytes_); F("%pi4", bytes_); F("%*pE", 6, bytes_)
    F("%pUb", bytes_)
    F("%*pbl", 8, [0xd5]); F("%*pb", 8, [0xd5])
    F("%pd", null); F("%pt", null); F("%pV", null); F("%pa", gvar)
    F("%lu", msecs_to_jiffies(10)); F("%d", HZ); F("%d", helper(1)); F("%pK", null)
    F("%d %s %d", 1, "two", 3); F("%08lx", 0x1234); F("%#lx", 0); F("%#x", 0); F("%.0d", 0); F("%5.0d", 0); F("%+u", 5); F("%-#8xe", 0x1f); F("%tx", 255); F("%Lx", 255)
    r, b = snprintf(5, "%s", "overflowing"); pr_info("snprintf r=%d b=[%s]\n", r, b)
    r, b = scnprintf(5, "%s", "overflowing"); pr_info("scnprintf r=%d b=[%s]\n", r, b)
    b = sprintf("%d-%d", 1, 2); pr_info("sprintf r=%d b=[%s]\n", len(b), b)
    r, n, b, gvar[0] = sscanf("12 abc 0x1f", "%d %s %x"); pr_info("sscanf r=%d n=%d b=%s x=%d\n", r, n, b, gvar[0])
    r, n = kstrtoint("077", 0); pr_info("kstrtoint r=%d n=%d\n", r, n)
    r, n = kstrtoint("12a", 10); pr_info("kstrtoint r=%d\n", r)
    pr_info("%s %s\n", __func__, __FILE__[len(__FILE__) - 7:])
    print_hex_dump(KERN_INFO, "dump: ", DUMP_PREFIX_OFFSET, 16, 1, "0123456789ABCDEFGHIJ", 20, True)
    print_hex_dump_bytes("bytes: ", DUMP_PREFIX_NONE, bytes_, len(bytes_))
    pr_info("ulong max %lu int min %d\n", ULONG_MAX, INT_MIN)
    pr_info("bool %d size_t %zx\n", True, size_t(4096))
    return 0


def fmts_exit():
    pass


module_init(fmts_init)
module_exit(fmts_exit)
MODULE_LICENSE("GPL")
