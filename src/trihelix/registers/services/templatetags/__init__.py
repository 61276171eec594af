"""Template tags of the services pages."""
