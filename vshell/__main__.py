"""Run vshell as a module: ``python -m vshell``."""

from vshell.cli import main

raise SystemExit(main())
