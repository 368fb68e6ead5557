"""From a model to machine code."""
