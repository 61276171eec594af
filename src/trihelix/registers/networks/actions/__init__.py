"""The only writers of networks, by part."""
