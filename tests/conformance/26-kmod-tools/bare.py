# The smallest module: only a license. The twin of bare.c.
from vshell.linux.module import MODULE_LICENSE

MODULE_LICENSE("GPL v2")
