"""dmesg: its help text.

Source: dmesg(1), util-linux 2.38.1. Real: 18-dmesg-options.
"""

from __future__ import annotations

from vshell.usr._dmesg_records import FACILITIES, LEVELS

__all__ = ["help_text"]

_LISTED_FACILITIES = 8
_OPTIONS = """\

Usage:
 dmesg [options]

Display or control the kernel ring buffer.

Options:
 -C, --clear                 clear the kernel ring buffer
 -c, --read-clear            read and clear all messages
 -D, --console-off           disable printing messages to console
 -E, --console-on            enable printing messages to console
 -F, --file <file>           use the file instead of the kernel log buffer
 -f, --facility <list>       restrict output to defined facilities
 -H, --human                 human readable output
 -J, --json                  use JSON output format
 -k, --kernel                display kernel messages
 -L, --color[=<when>]        colorize messages (auto, always or never)
                               colors are enabled by default
 -l, --level <list>          restrict output to defined levels
 -n, --console-level <level> set level of messages printed to console
 -P, --nopager               do not pipe output into a pager
 -p, --force-prefix          force timestamp output on each line of multi-line messages
 -r, --raw                   print the raw message buffer
     --noescape              don't escape unprintable character
 -S, --syslog                force to use syslog(2) rather than /dev/kmsg
 -s, --buffer-size <size>    buffer size to query the kernel ring buffer
 -u, --userspace             display userspace messages
 -w, --follow                wait for new messages
 -W, --follow-new            wait and print only new messages
 -x, --decode                decode facility and level to readable string
 -d, --show-delta            show time delta between printed messages
 -e, --reltime               show local time and time delta in readable format
 -T, --ctime                 show human-readable timestamp (may be inaccurate!)
 -t, --notime                don't show any timestamp with messages
     --time-format <format>  show timestamp using the given format:
                               [delta|reltime|ctime|notime|iso]
Suspending/resume will make ctime and iso timestamps inaccurate.
     --since <time>          display the lines since the specified time
     --until <time>          display the lines until the specified time

 -h, --help                  display this help
 -V, --version               display version

"""


def help_text() -> str:
    """Give what --help prints."""
    facilities = list(FACILITIES.items())[:_LISTED_FACILITIES]
    return (
        _OPTIONS
        + "Supported log facilities:\n"
        + "".join(f"{name:>8s} - {meaning}\n" for name, meaning in facilities)
        + "\nSupported log levels (priorities):\n"
        + "".join(f"{name:>8s} - {meaning}\n" for name, meaning in LEVELS.items())
        + "\nFor more details see dmesg(1).\n"
    )
