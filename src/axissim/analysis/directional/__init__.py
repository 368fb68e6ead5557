"""A model together with its derivative in the direction of one of its quantities."""
