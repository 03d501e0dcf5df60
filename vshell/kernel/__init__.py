"""The virtual kernel: one thread, no real time, no chance, no printing."""
