"""Tables of the kernel: one row a record, and what points at it."""

from trihelix.kernel.models.content import File, Link, Message, Participant
from trihelix.kernel.models.journal import JournalChange, JournalEntry, JournalPrivate, JournalSeal
from trihelix.kernel.models.people import ApiKey, Grant, User
from trihelix.kernel.models.record import BookVersion, Entry, Record, Series, new_uid, seeded_uids
from trihelix.kernel.models.work import IdempotencyKey, Notice, Outbox, Wait

__all__ = [
    "ApiKey", "BookVersion", "Entry", "File", "Grant", "IdempotencyKey", "JournalChange", "JournalEntry", "JournalPrivate", "JournalSeal",
    "Link", "Message", "Notice", "Outbox", "Participant", "Record", "Series", "User", "Wait", "new_uid", "seeded_uids",
]  # fmt: skip
