"""Linux's error numbers, their names and the text that goes with them.

Source: include/uapi/asm-generic/errno-base.h, errno.h, include/linux/errno.h (v6.1);
texts are glibc's strerror().
"""

from __future__ import annotations

__all__ = [
    "E2BIG",
    "EACCES",
    "EAGAIN",
    "EBADF",
    "EBUSY",
    "ECHILD",
    "EDEADLK",
    "EEXIST",
    "EFAULT",
    "EFBIG",
    "EINTR",
    "EINVAL",
    "EIO",
    "EISDIR",
    "ELOOP",
    "EMFILE",
    "ENAMETOOLONG",
    "ENFILE",
    "ENODATA",
    "ENODEV",
    "ENOENT",
    "ENOEXEC",
    "ENOMEM",
    "ENOSPC",
    "ENOSYS",
    "ENOTDIR",
    "ENOTEMPTY",
    "ENOTTY",
    "ENXIO",
    "EOPNOTSUPP",
    "EPERM",
    "EPIPE",
    "ERANGE",
    "ERESTARTSYS",
    "EROFS",
    "ESPIPE",
    "ESRCH",
    "ETIME",
    "ETIMEDOUT",
    "ETXTBSY",
    "EXDEV",
    "NAMES",
    "KernelError",
    "name_of",
    "strerror",
]

# One line per error: number, name, text.
_TABLE = """\
1 EPERM Operation not permitted
2 ENOENT No such file or directory
3 ESRCH No such process
4 EINTR Interrupted system call
5 EIO Input/output error
6 ENXIO No such device or address
7 E2BIG Argument list too long
8 ENOEXEC Exec format error
9 EBADF Bad file descriptor
10 ECHILD No child processes
11 EAGAIN Resource temporarily unavailable
12 ENOMEM Cannot allocate memory
13 EACCES Permission denied
14 EFAULT Bad address
15 ENOTBLK Block device required
16 EBUSY Device or resource busy
17 EEXIST File exists
18 EXDEV Invalid cross-device link
19 ENODEV No such device
20 ENOTDIR Not a directory
21 EISDIR Is a directory
22 EINVAL Invalid argument
23 ENFILE Too many open files in system
24 EMFILE Too many open files
25 ENOTTY Inappropriate ioctl for device
26 ETXTBSY Text file busy
27 EFBIG File too large
28 ENOSPC No space left on device
29 ESPIPE Illegal seek
30 EROFS Read-only file system
31 EMLINK Too many links
32 EPIPE Broken pipe
33 EDOM Numerical argument out of domain
34 ERANGE Numerical result out of range
35 EDEADLK Resource deadlock avoided
36 ENAMETOOLONG File name too long
37 ENOLCK No locks available
38 ENOSYS Function not implemented
39 ENOTEMPTY Directory not empty
40 ELOOP Too many levels of symbolic links
42 ENOMSG No message of desired type
43 EIDRM Identifier removed
60 ENOSTR Device not a stream
61 ENODATA No data available
62 ETIME Timer expired
71 EPROTO Protocol error
74 EBADMSG Bad message
75 EOVERFLOW Value too large for defined data type
84 EILSEQ Invalid or incomplete multibyte or wide character
90 EMSGSIZE Message too long
95 EOPNOTSUPP Operation not supported
98 EADDRINUSE Address already in use
105 ENOBUFS No buffer space available
107 ENOTCONN Transport endpoint is not connected
110 ETIMEDOUT Connection timed out
111 ECONNREFUSED Connection refused
114 EALREADY Operation already in progress
115 EINPROGRESS Operation now in progress
122 EDQUOT Disk quota exceeded
125 ECANCELED Operation canceled
126 ENOKEY Required key not available
127 EKEYEXPIRED Key has expired
128 EKEYREVOKED Key has been revoked
129 EKEYREJECTED Key was rejected by service
512 ERESTARTSYS -
513 ERESTARTNOINTR -
514 ERESTARTNOHAND -
515 ENOIOCTLCMD -
516 ERESTART_RESTARTBLOCK -
517 EPROBE_DEFER -
524 ENOTSUPP -
"""

EPERM = 1
ENOENT = 2
ESRCH = 3
EINTR = 4
EIO = 5
ENXIO = 6
E2BIG = 7
ENOEXEC = 8
EBADF = 9
ECHILD = 10
EAGAIN = 11
ENOMEM = 12
EACCES = 13
EFAULT = 14
EBUSY = 16
EEXIST = 17
EXDEV = 18
ENODEV = 19
ENOTDIR = 20
EISDIR = 21
EINVAL = 22
ENFILE = 23
EMFILE = 24
ENOTTY = 25
ETXTBSY = 26
EFBIG = 27
ENOSPC = 28
ESPIPE = 29
EROFS = 30
EPIPE = 32
ERANGE = 34
EDEADLK = 35
ENAMETOOLONG = 36
ENOSYS = 38
ENOTEMPTY = 39
ELOOP = 40
ENODATA = 61
ETIME = 62
EOPNOTSUPP = 95
ETIMEDOUT = 110
ERESTARTSYS = 512

NAMES: dict[int, str] = {}
"""Name of every error by its (positive) number."""

_TEXTS: dict[int, str] = {}


def _fill() -> None:
    for line in _TABLE.splitlines():
        number, name, text = line.split(" ", 2)
        NAMES[int(number)] = name
        if text != "-":
            _TEXTS[int(number)] = text


_fill()


def strerror(number: int) -> str:
    """Give an error number's text, as the C library has it.

    Args:
        number: a positive error number; 0 gives "Success".

    Returns:
        The text, "Unknown error N" for numbers that user space does not know.
    """
    if number == 0:
        return "Success"
    return _TEXTS.get(number) or f"Unknown error {number}"


def name_of(number: int) -> str:
    """Give an error number's name ("EINTR" for 4), its digits if it has none."""
    return NAMES.get(number) or str(number)


class KernelError(Exception):
    """An operation failed as Linux lets it fail, with a positive errno.

    System calls raise it, programs catch it at their edge and print ``strerror(errno)``.
    """

    def __init__(self, errno: int) -> None:
        """Fail with this positive error number."""
        super().__init__(errno)
        self.errno = errno

    def __str__(self) -> str:
        """The text user space would print."""
        return strerror(self.errno)
