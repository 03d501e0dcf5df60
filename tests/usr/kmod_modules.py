"""Modules for kmod's tools, built for the recorded machine."""

from __future__ import annotations

import textwrap

from tests.conftest import compiled

ALPHA = """
    from vshell.linux.export import EXPORT_SYMBOL_GPL
    from vshell.linux.module import MODULE_AUTHOR, MODULE_DESCRIPTION, MODULE_LICENSE
    from vshell.linux.module import MODULE_VERSION, module_exit, module_init
    from vshell.linux.moduleparam import MODULE_PARM_DESC, module_param
    from vshell.linux.printk import pr_info

    level = 1
    module_param(level, int, 0o644)
    MODULE_PARM_DESC(level, "how loud")


    def alpha_fn():
        return level


    EXPORT_SYMBOL_GPL(alpha_fn)


    def alpha_init():
        pr_info("alpha init level=%d\\n", level)
        return 0


    def alpha_exit():
        pr_info("alpha exit\\n")


    module_init(alpha_init)
    module_exit(alpha_exit)
    MODULE_LICENSE("GPL")
    MODULE_AUTHOR("Test Author")
    MODULE_DESCRIPTION("base module")
    MODULE_VERSION("0.1")
"""
BETA = """
    from vshell.linux.module import MODULE_ALIAS, MODULE_LICENSE, module_exit, module_init
    from vshell.linux.printk import pr_info


    def alpha_fn(): ...


    def beta_init():
        pr_info("beta init %d\\n", alpha_fn())
        return 0


    def beta_exit():
        pr_info("beta exit\\n")


    module_init(beta_init)
    module_exit(beta_exit)
    MODULE_LICENSE("GPL")
    MODULE_ALIAS("beta-alias")
"""
BARE = """
    from vshell.linux.module import MODULE_LICENSE

    MODULE_LICENSE("GPL v2")
"""
INITRET = """
    from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
    from vshell.linux.moduleparam import module_param

    ret = 0
    module_param(ret, int, 0o444)


    def initret_init():
        return ret


    def initret_exit():
        return


    module_init(initret_init)
    module_exit(initret_exit)
    MODULE_LICENSE("GPL")
"""
SLOW = """
    from vshell.linux.delay import msleep
    from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
    from vshell.linux.moduleparam import module_param

    init_ms = 2000
    exit_ms = 2000
    module_param(init_ms, int, 0o444)
    module_param(exit_ms, int, 0o444)


    def slow_init():
        msleep(init_ms)
        return 0


    def slow_exit():
        msleep(exit_ms)


    module_init(slow_init)
    module_exit(slow_exit)
    MODULE_LICENSE("GPL")
"""
HELD = """
    from vshell.linux.module import MODULE_LICENSE, THIS_MODULE, module_exit, module_init
    from vshell.linux.module import try_module_get


    def held_init():
        try_module_get(THIS_MODULE)
        return 0


    def held_exit():
        return


    module_init(held_init)
    module_exit(held_exit)
    MODULE_LICENSE("GPL")
"""
VERMAGIC = "6.1.0-56-amd64 SMP preempt mod_unload modversions "
AS_USER = "setpriv --reuid 1000 --regid 1000 --clear-groups"


def ko(source: str, name: str, depends: str = "") -> bytes:
    """Give a module's file for the recorded machine."""
    built = compiled(textwrap.dedent(source), name)
    built.modinfo = [pair for pair in built.modinfo if pair[0] not in ("name", "vermagic")]
    built.modinfo += [("depends", depends), ("name", name), ("vermagic", VERMAGIC)]
    return built.to_bytes()


def kmod_modules() -> dict[str, bytes]:
    """Give two modules of which one uses the other, and one that is only a licence."""
    return {
        "alpha.ko": ko(ALPHA, "alpha"),
        "beta_mod.ko": ko(BETA, "beta_mod", "alpha"),
        "bare.ko": ko(BARE, "bare"),
    }
