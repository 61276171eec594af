"""Template filters of deals."""
