"""Template tags of the finance pages."""
