"""What the lab gives to take away."""
