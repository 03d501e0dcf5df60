"""The virtual kernel: single-threaded, deterministic, no real time, no printing."""
