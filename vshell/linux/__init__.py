"""The mirror of the kernel's headers: one file per header, its spelling."""
