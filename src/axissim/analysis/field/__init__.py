"""A model's rates as a function of states and parameters: what rest, cycles and branches ask."""
