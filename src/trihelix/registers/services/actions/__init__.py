"""The only writers of the services registers."""

from trihelix.registers.services.actions import brokers, records, requests, visits

__all__ = ["brokers", "records", "requests", "visits"]
