"""Template tags of the secondment pages."""
