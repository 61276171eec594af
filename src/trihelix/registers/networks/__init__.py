"""Networks: consortia and alliances, the innovation research institute, investors, partners, shared clients, prospects."""
