"""The only writers of governance."""

from trihelix.registers.governance.actions import commitments, documents, meetings, proposals

__all__ = ["commitments", "documents", "meetings", "proposals"]
