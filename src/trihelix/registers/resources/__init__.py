"""Shared resources with their bookings and ledger, the yearly review of sharing, application scenes."""
