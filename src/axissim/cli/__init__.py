"""The command line: arguments in, calls, files out."""

from axissim.cli.app import main

__all__ = ["main"]
