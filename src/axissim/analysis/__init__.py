"""Questions asked of models and of results."""
