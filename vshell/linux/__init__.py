"""The mirror of the kernel's headers: one file per header, the header's spelling."""
