"""What is simulated: expressions, models, units, and reading them from text."""
