"""Sheets of networks, by part."""
