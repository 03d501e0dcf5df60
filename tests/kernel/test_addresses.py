from __future__ import annotations

import pytest

from tests.linux.play import play
from vshell.kernel.addresses import KERNEL_TEXT, MODULES_VADDR, mix64
from vshell.kernel.policy import Seeded


class ErrorPointer:
    """Has what an error pointer has."""

    error_pointer = -12


def test_numbers_are_their_own_addresses(bench):
    """None is 0, a number itself, an error pointer its errno, all as 64 bits."""
    addresses = bench.kernel.addresses

    assert [0, 7, (1 << 64) - 12, (1 << 64) - 12] == [
        addresses.address_of(one) for one in (None, 7, -12, ErrorPointer())
    ]


def test_things_keep_their_addresses(bench):
    """A thing has one address for good; two things have two, in order of first use."""
    addresses = bench.kernel.addresses
    first, second = object(), []
    found = [addresses.address_of(one) for one in (first, second, first)]

    assert found[0] == found[2]
    assert 0x40 == found[1] - found[0]
    assert 0xFFFF888000000000 < found[0]


def test_functions_of_the_kernel_lie_in_its_text(bench):
    """Functions that belong to no module get addresses one behind the other."""
    addresses = bench.kernel.addresses

    def one():
        """Do nothing."""

    def two():
        """Do nothing."""

    first, second = addresses.address_of(one), addresses.address_of(two)

    assert KERNEL_TEXT == first
    assert first < second < MODULES_VADDR


def test_functions_of_a_module_lie_in_the_module(bench):
    """A module's function has an address in the module's area that the kernel can explain."""
    stage = play(
        bench,
        """
        def helper(x):
            return x
        def start():
            return helper(0)
        def stop():
            helper(1)
        """,
    )
    addresses = bench.kernel.addresses
    address = addresses.address_of(stage.helper)

    assert address >= MODULES_VADDR
    assert addresses.module_of(stage.helper) is bench.kernel.modules.find("mod")
    assert addresses.module_of(len) is None
    assert "helper" == bench.kernel.modules.symbol_at_address(address).name
    assert addresses.symbol_at(address, offset=False, backtrace=False).startswith("helper")
    assert "helper+0x0/0x" in addresses.symbol_at(address, offset=True, backtrace=False)


def test_hashes_repeat_and_differ_by_seed(bench):
    """%p's hash is the same in every run of one host, and another with another seed."""
    address = 0xFFFF888004000000
    text = bench.kernel.addresses.hashed(address)

    assert text == bench.kernel.addresses.hashed(address)
    assert text != bench.kernel.addresses.hashed(address + 8)
    assert 16 == len(text)
    assert text.startswith("00000000")


def test_the_key_is_the_hosts(make_bench):
    """Another date of boot or another seed gives other hashes."""
    from vshell.kernel.config import KernelConfig  # noqa: PLC0415 - only here
    from vshell.kernel.core import Kernel  # noqa: PLC0415 - only here

    texts = {
        make_bench().kernel.addresses.hashed(64),
        make_bench(boot_wall_ns=5).kernel.addresses.hashed(64),
        Kernel(KernelConfig(), Seeded(9)).addresses.hashed(64),
    }

    assert 3 == len(texts)


@pytest.mark.parametrize("value", [0, 1, 1 << 63, (1 << 64) - 1])
def test_mixing_fills_64_bits(value):
    """mix64() gives 64 bits, one way, the same each time."""
    assert 0 <= mix64(value) < 1 << 64
    assert mix64(value) == mix64(value)
    assert mix64(value) != mix64(value ^ 1)
