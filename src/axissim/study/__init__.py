"""Many trajectories: designs, sweeps and where they are kept."""
