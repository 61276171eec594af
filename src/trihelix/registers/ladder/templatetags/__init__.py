"""Template tags of the ladder pages."""
