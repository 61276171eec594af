"""Figures with an address: definition, period, records, frozen reports, checks and the letter made of them."""
