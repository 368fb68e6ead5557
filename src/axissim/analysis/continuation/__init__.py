"""Branches of rests and of cycles in a parameter, and where they change kind."""

from axissim.analysis.continuation.diagram import continuation

__all__ = ["continuation"]
