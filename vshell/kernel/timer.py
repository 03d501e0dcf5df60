"""The timer wheel: when timers of jiffies fire, and in which order.

Linux keeps nine levels of 64 buckets; each level is eight times coarser than the one below. A
timer goes into the level its distance asks for, rounded up to that level's grain, and is never
moved again: that is why msleep(1000) takes 1.024 s. Here a bucket is found by its (level, moment)
in a dictionary, and each bucket with timers has one entry in the kernel's event heap, so that
arming or deleting a timer touches the heap once per bucket and an idle machine costs nothing. A
bucket is an insertion-ordered dictionary: constant-time insertion and deletion, and last in first
out when it fires, as Linux does.

Facts pinned by the recordings 20 and 21, all 1300 firings of them:

* level L: delta < 63, 504, 4032, 32256, ... -> 0, 1, 2, 3, ...
* fires at ((expires >> 3L) + 1) << 3L; level 0 adds one too.
* delta is counted from base->clk: jiffies, or one more if this CPU has run a timer in this jiffy.
* several levels due in one jiffy: the highest goes first.

Rejected: moving timers down the levels as time passes (what Linux did before 4.8, and
more precise than what it does now). A change of Linux's level shift or bucket count
would change the constants below.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.kernel.queue import RANK_TIMER
from vshell.kernel.struct import Member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.sched import Cpu
    from vshell.kernel.task import Task

__all__ = ["LEVELS", "Bucket", "Timer", "TimerWheel", "bucket_expiry", "timer_name"]

LEVELS = 9
_SHIFT = 3
_LEVEL_STARTS = [63 << (_SHIFT * level) for level in range(LEVELS)]
# The farthest a timer can be away; what lies beyond fires there.
_MEMO_MAX = 4096
_TASK_NORMAL = st.TASK_NORMAL
_MAX_TIMEOUT = (1 << 63) - 1
_CUTOFF = 63 << (_SHIFT * (LEVELS - 1))
_TIMEOUT_MAX = _CUTOFF - (1 << (_SHIFT * (LEVELS - 1)))


def bucket_expiry(expires: int, clk: int) -> tuple[int, int]:
    """Find the bucket of a timer.

    Args:
        expires: the jiffies the timer asks for.
        clk: the wheel's own jiffies (base->clk) when it is armed.

    Returns:
        The jiffies at which it fires, and the level of its bucket.
    """
    # Linux: kernel/time/timer.c calc_wheel_index() (v6.1).
    delta = expires - clk
    if delta < 63:
        return (expires + 1, 0) if delta >= 0 else (clk, 0)
    if delta < 504:
        return ((expires >> 3) + 1) << 3, 1
    if delta < 4032:
        return ((expires >> 6) + 1) << 6, 2
    for level in range(3, LEVELS - 1):
        if delta < _LEVEL_STARTS[level]:
            break
    else:
        level = LEVELS - 1
        if delta >= _CUTOFF:
            expires = clk + _TIMEOUT_MAX
    shift = _SHIFT * level
    return ((expires >> shift) + 1) << shift, level


class Timer(Member):
    """A timer_list: calls its function once, in softirq context, when due."""

    __slots__ = ("bucket", "container", "expires", "flags", "function", "task")

    def __init__(
        self, function: Callable[[Timer], object] | None, task: Task | None = None
    ) -> None:
        """Make an inactive timer.

        Args:
            function: called with the timer; must not sleep. None: it cannot be armed.
            task: whom it is for, if it only wakes a task.
        """
        self.function = function
        self.expires = 0
        self.flags = 0
        self.container = None
        self.bucket: Bucket | None = None
        self.task = task

    def is_pending(self) -> bool:
        """Tell whether it is armed (timer_pending())."""
        return self.bucket is not None


class Bucket(dict[Timer, None]):
    """The timers of one CPU that fire together."""

    __slots__ = ("cpu", "expiry", "key", "wheel")

    def __init__(self, wheel: TimerWheel, cpu: Cpu, key: int, expiry: int) -> None:
        """Make an empty bucket that fires when jiffies has reached ``expiry``."""
        # A dict needs no call of its own to be empty.
        self.wheel = wheel
        self.cpu = cpu
        self.key = key
        self.expiry = expiry

    # A dict, and not meant to be a key.
    __hash__ = None

    def fire(self) -> None:
        """Run the timers, the one armed last first."""
        self.wheel.expire(self)


class TimerWheel:
    """The wheels of all CPUs."""

    __slots__ = ("_buckets", "_clock", "_extra_jiffy", "_kernel", "_trace", "msleep_jiffies")

    def __init__(self, kernel: Kernel) -> None:
        """Make empty wheels."""
        self._kernel = kernel
        self._clock = kernel.clock
        self._trace = kernel.trace
        self._buckets: dict[int, Bucket] = {}
        # Linux dropped the extra jiffy in 6.12 (4381b895f544).
        self._extra_jiffy = int(kernel.config.version_code < (6, 12))
        self.msleep_jiffies: dict[int, int] = {}
        """The jiffies that msleep() asks for, by milliseconds, as far as somebody has asked."""

    def mod_timer(self, timer: Timer, expires: int, cpu: Cpu | None = None) -> int:
        """Arm a timer, or move it.

        Args:
            timer: inactive or active; one without a function stays as it is.
            expires: absolute jiffies.
            cpu: on whose wheel; the CPU that runs now if not said.

        Returns:
            1 if it was active, else 0.

        Context: any; never sleeps.
        """
        old = timer.bucket
        active = int(old is not None)
        if timer.function is None or (active and timer.expires == expires):
            return active
        kernel = self._kernel
        sched = kernel.sched
        cpu = cpu or sched.cpu
        now_ns = sched.now_ns
        jiffies = self._clock.jiffies(now_ns)
        clk = cpu.timer_clk
        expiry, level = bucket_expiry(expires, clk if clk > jiffies else jiffies)
        key = (expiry * LEVELS + level) << 8 | cpu.id
        timer.expires = expires
        if old is not None:
            if old.key == key:
                # Linux: kernel/time/timer.c __mod_timer() (v6.1): it keeps its place among them.
                return 1
            del old[timer]
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._open_bucket(cpu, key, expiry, level)
        bucket[timer] = None
        timer.bucket = bucket
        if self._trace.on:
            event = (now_ns, cpu.id, sched.current.pid, "timer_start", timer_name(timer))
            self._trace.emit((*event, timer.task.pid if timer.task else 0, expires, expiry))
        return active

    def _open_bucket(self, cpu: Cpu, key: int, expiry: int, level: int) -> Bucket:
        kernel = self._kernel
        clock = kernel.clock
        sched = kernel.sched
        bucket = self._buckets[key] = Bucket(self, cpu, key, expiry)
        time_ns = clock.at(expiry + clock.lag_jiffies)
        if time_ns <= sched.now_ns:
            # Due already: the next tick will see it.
            time_ns = clock.at(clock.jiffies(sched.now_ns) + 1)
        kernel.queue.push(time_ns, _rank(cpu, level), bucket)
        if time_ns < sched.horizon_ns:
            sched.horizon_ns = time_ns
        return bucket

    def del_timer(self, timer: Timer) -> int:
        """Disarm a timer.

        Returns:
            1 if it was active, else 0.
        """
        bucket = timer.bucket
        if bucket is None:
            return 0
        del bucket[timer]
        timer.bucket = None
        kernel = self._kernel
        if kernel.trace.on:
            sched = kernel.sched
            event = (
                sched.now_ns,
                sched.cpu.id,
                sched.current.pid,
                "timer_cancel",
                timer_name(timer),
            )
            kernel.trace.emit((*event, timer.task.pid if timer.task else 0))
        return 1

    def shut_down(self, timer: Timer) -> int:
        """Disarm a timer for good: nothing arms it until it is set up anew.

        Returns:
            1 if it was active, else 0.
        """
        active = self.del_timer(timer)
        timer.function = None
        return active

    def expire(self, bucket: Bucket) -> None:
        """Run a bucket that is due. Hub only."""
        interrupts = self._kernel.interrupts
        cpu = bucket.cpu
        task = cpu.curr
        if task.irqs_off or task.preempt_count:
            rank = _rank(cpu, (bucket.key >> 8) % LEVELS)
            if interrupts.hold_back(cpu, rank, bucket, softirq=True):
                return
        # Out of the wheel first: a timer armed from here on belongs to a later bucket.
        del self._buckets[bucket.key]
        if not bucket:
            return
        kernel = self._kernel
        sched = kernel.sched
        trace = self._trace
        with kernel.interrupt(cpu, "softirq"):
            cpu.timer_clk = self._clock.jiffies(sched.now_ns) + 1
            while bucket:
                timer, _ = bucket.popitem()
                timer.bucket = None
                sleeper = timer.task
                if trace.on:
                    event = (sched.now_ns, cpu.id, sched.current.pid, "timer_expire_entry")
                    pid = sleeper.pid if sleeper else 0
                    trace.emit((*event, timer_name(timer), pid, timer.expires))
                if sleeper is not None:
                    # What process_timeout() does.
                    sched.try_to_wake_up(sleeper, _TASK_NORMAL)
                    continue
                function = timer.function
                assert function is not None
                interrupts.check_memory(function, timer, "__run_timers")
                self._call_timer_fn(function, timer)

    # A frame of its own, for backtraces.
    def _call_timer_fn(self, function: Callable[[Timer], object], timer: Timer) -> None:
        self._kernel.interrupts.call(function, timer)

    def pending(self) -> list[tuple[int, Timer]]:
        """List armed timers with the jiffies at which they fire, soonest first."""
        found = [(bucket.expiry, timer) for bucket in self._buckets.values() for timer in bucket]
        return sorted(found, key=lambda pair: pair[0])

    # -- Sleeping -------------------------------------------------------------------------------

    def msleep_to_jiffies(self, msecs: int) -> int:
        """Give how many jiffies msleep() asks for."""
        jiffies = self._clock.msecs_to_jiffies(msecs) + self._extra_jiffy
        if len(self.msleep_jiffies) < _MEMO_MAX:
            self.msleep_jiffies[msecs] = jiffies
        return jiffies

    def schedule_timeout(self, timeout_jiffies: int) -> int:
        """Sleep until woken or until the timeout has passed.

        current's state must be set before.

        Args:
            timeout_jiffies: MAX_SCHEDULE_TIMEOUT for no limit.

        Returns:
            Jiffies left, 0 if the timeout has passed.

        Context: process context; sleeps (returns at once if current's state is running).
        """
        kernel = self._kernel
        sched = kernel.sched
        clock = self._clock
        if timeout_jiffies >= _MAX_TIMEOUT:
            sched.schedule()
            return timeout_jiffies
        task = sched.current
        if timeout_jiffies < 0:
            kernel.oops.wrong_timeout(timeout_jiffies)
            task.state = 0
            return 0
        expires = clock.jiffies(sched.now_ns) + timeout_jiffies
        timer = task.timer
        if timer is None:
            timer = task.timer = Timer(self._process_timeout, task)
        self.mod_timer(timer, expires)
        sched.schedule()
        if timer.bucket is not None:
            self.del_timer(timer)
        left = expires - clock.jiffies(sched.now_ns)
        return left if left > 0 else 0

    def _process_timeout(self, timer: Timer) -> None:
        task = timer.task
        assert task is not None
        self._kernel.sched.wake_up_process(task)


# Due in one jiffy, the highest level goes first.
def _rank(cpu: Cpu, level: int) -> int:
    return RANK_TIMER + cpu.id * LEVELS + LEVELS - 1 - level


def timer_name(timer: Timer) -> str:
    """Name a timer's function as a trace shows it."""
    return getattr(timer.function, "__name__", "?").lstrip("_")
