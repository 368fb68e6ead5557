"""From machine code to trajectories; knows floats and arrays only."""
