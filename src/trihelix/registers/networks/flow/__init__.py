"""Flows of networks, by part."""
