"""Experts (专家), found by their outputs, never by claims."""
