"""Platforms: laboratories, international platforms, designations, carriers, and what happens on them year by year."""
