"""The demo province: synthetic bodies, people, needs and results, loaded through the real bulk actions."""
