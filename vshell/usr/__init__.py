"""Userland: one program per file; system calls only."""
