"""Builds the host, owns its OS thread; the only thread-safe surface."""
