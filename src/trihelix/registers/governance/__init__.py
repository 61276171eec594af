"""Governance: proposals, outgoing documents, meetings, rules in the making, commitments, measures, plans."""
