"""vshell: a Linux host that is not there, for learning kernel threads."""

__version__ = "0.1.0"
