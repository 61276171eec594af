"""Needs of firms (企业需求): technical, capital, sales channel."""
