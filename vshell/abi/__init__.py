"""Values that cross layers: standard library only, no state, no I/O."""
