"""Lives of inventions, transfers, share plans and mechanisms."""
