"""Deals (交易) and technology contracts (技术合同)."""
