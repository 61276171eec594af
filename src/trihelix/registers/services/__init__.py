"""Services of the technology market (1 + 10 + N): catalogue, requests, records, visits, researchers’ services, brokers, exchange."""
