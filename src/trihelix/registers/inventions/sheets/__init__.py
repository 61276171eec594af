"""Sheets of service inventions."""
