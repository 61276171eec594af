"""How people reach it: settings, urls, portal pages, theme, API root, accounts."""
