"""The command line: the same actions from a terminal. Commands load lazily so that each starts fast."""

from trihelix.cli.base import main

__all__ = ["main"]
