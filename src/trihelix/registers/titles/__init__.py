"""Titles and talent carriers: delegated review, cases through each channel, combined bodies, stations, bases, studios, enclaves."""
