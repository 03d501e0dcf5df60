# Neither init nor exit: it can be loaded and removed.
# The twin of neither.c.

from vshell.linux.module import MODULE_LICENSE

MODULE_LICENSE("GPL")
