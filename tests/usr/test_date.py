"""date: formats, dates in words, complaints."""

from __future__ import annotations

DATE = r"""
date -Ifoo
date -I -d @0
date -Ih -d @0
date -Iseconds -d @0.5
date -Ins -d @0
date --rfc-3339=ns -d @0
date --rfc-3339=x
date -R -d @0
date +a -R
date -R -R
date -d x -r y
date -d now -s now
date -s foo
date foo
date 010203
date +%s b
date -r /nofile
date -d
printf '@0\n@1\nfoo\n' | date -f - +%s
date -f /nofile
date -u -d @0 +%Q%5Y%-d%:z
date -d '' +%H%M%S
TZ=EST5 date -d @0
TZ=EST5 date -d '2024-01-01 10:00' +%s
date +%a -d '2024-02-30'
date -d @0 > /dev/full
date -Z
date --date
date +%s%N -d @1.5
date a b
date -d @0 foo
date -d '2024-03-05 10:11:12.5 +2 days' +%FT%T.%N
date -d '2024-03-05 10:11:12 2 days ago' +%FT%T
date -d '5 Mar 2024' +%x
date -d 'Mar 5, 2024 3pm' +%c
date -d '2024-03-05 next monday'
date -d '2024-03-05 last friday'
date -d '2024-03-05 friday'
date -d '20240305 1011'
date -d '2024-03-05T10:11:12Z'
date -d '2024-03-05T10:11:12+02:00'
date -d '2024-03-05 10:11 UTC'
date -d '2024-01-31 1 month'
date -d '1 year ago 2024-02-29'
date -d '12/25/2023' +%D
date -d '@1700000000' '+%A %B %d %j %U %V %W %w %u %y %C %G %g'
date -d '@1700000000' '+%e|%k|%l|%I|%p|%P|%r|%R|%T|%X|%x|%c|%D|%F|%h'
date -d '@1700000000' '+%n|%t|%%|%q|%s|%N|%3N|%Z|%z|%:z|%::z|%:::z'
date -d '@1700000000' '+%10Y|%_10d|%-m|%010s|%^a|%#Z|%#a|%^10B|%_H|%+Y|%E|%Ey|%Od|%'
date -d 'TZ="EST5" 2024-01-01 00:00'
date -d '10 sec ago' > /dev/null
date --version | head -n 1
date --resolution
touch -d @86400 f; date -r f
date -d 'noon tomorrow' +%H%M
date -d 'now' +%Y > /dev/null; echo $?
date -d '2024-03-05 25:00'
date -d '99999999999999999999'
date -d '@-1'
date -d 'Tue, 05 Mar 2024 10:11:12 +0100'
date -d 'Tue Mar  5 10:11:12 UTC 2024'
date -d '1 week ago 2024-03-08' +%F
date -d '2024-03-05 +1 week -1 day' +%F
date -d 'third monday 2024-03-05' +%F
date -d '00:00:01' +%T
date -d midnight
date -d 'TZ="EST5" 2024-01-01 00:00' +%s
date -d 'next monday' +%T
date -d 'tomorrow 10:00' +%T
date -d '10:00 tomorrow' +%T
date -d 'today' > /dev/null
date -d '2024-06-15 +3 months' +%F
date -d '2024-06-15 -1 fortnight' +%F
date -d '2024-06-15 14:30:00 -0500'
date -d '2024-06-15 14:30:00 EST'
date -d '2024-06-15 14:30 PST' +%s
date -d '2024-06-15 14:30 CET' +%s
date -d 'jan 1' +%m%d
date -d '1 jan' +%m%d
date -d '1-jan-2020' +%F
date -d 'blah'
date -d '2024-13-01'
date -d '2024-1-1' +%F
date -d '24-1-1' +%F
date -d '10am' +%T
date -d '10 am' +%T
date -d '12am' +%T
date -d '12:30pm' +%T
date -d '@1.123456789' +%s.%N
date -d '2024-01-01 00:00:00.123456789' +%N
date -d '2024-01-01 10' +%T
date -d '2024-01-01 00:00 2 hours 30 minutes' +%T
date -d '2024-01-01 00:00 +90 min' +%T
date -d '2024-W01-1'
date -d '2024/03/05' +%F
date -d '05.03.2024'
date -d '  2024-03-05  ' +%F
date -d '2024-01-05 10:00 CET' +%s
date -d '2024-01-05 10:00 IST' +%s
date -d '2024-01-05 10:00 JST' +%s
date -d '2024-01-05 10:00 NST' +%s
date -d '2024-01-05 10:00 EST' +%s
date -d '2024-01-05 10:00 PST' +%s
"""


def test_date(both):
    """date prints and reads dates as the real one."""
    both("coreutils", DATE)


def test_clock_stays(sh):
    """date prints the date it is asked to set, says that it may not, and sets nothing."""
    result = sh("date -s '2020-01-02 03:04:05'; echo $?; date 0102030420.05; echo $?; date +%Y")

    told = "Thu Jan  2 03:04:05 UTC 2020\n1\n"
    assert f"{told}{told}2024\n" == result.out
    assert "date: cannot set date: Operation not permitted\n" * 2 == result.err


def test_host_clock(sh):
    """date is the host's date, which moves with virtual time, in the zone of TZ."""
    result = sh("date; sleep 3600; date; TZ=EST5 date; date -d tomorrow +%F; date -d '1 hour ago'")

    assert result.out.splitlines() == [
        "Mon Mar 18 10:01:40 UTC 2024",
        "Mon Mar 18 11:01:40 UTC 2024",
        "Mon Mar 18 06:01:40 EST 2024",
        "2024-03-19",
        "Mon Mar 18 10:01:40 UTC 2024",
    ]
