"""The growth ladder: firm profile over the years, places, rankings, incubators, consents, implicit needs."""
