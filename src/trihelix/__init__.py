"""Trihelix (三螺旋): a province's industry–university–research integration, from a firm's need to the letter that reports it."""

__version__ = "0.1.0"
