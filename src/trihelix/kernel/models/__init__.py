"""Tables of the kernel: one row a record, and what points at it."""

from trihelix.kernel.models.content import File, Link, Message, Participant
from trihelix.kernel.models.desk import (
    Deputy,
    Editing,
    Invitation,
    Job,
    Label,
    Mailbox,
    Note,
    Preference,
    SavedSearch,
    SeenHit,
    SignedLink,
    Star,
)
from trihelix.kernel.models.journal import JournalChange, JournalEntry, JournalPrivate, JournalSeal
from trihelix.kernel.models.people import ApiKey, Grant, User
from trihelix.kernel.models.record import BookVersion, Entry, Record, Series, new_uid, seeded_uids
from trihelix.kernel.models.work import IdempotencyKey, Notice, Outbox, Snooze, Wait

__all__ = [
    "ApiKey", "BookVersion", "Deputy", "Editing", "Entry", "File", "Grant", "IdempotencyKey", "Invitation", "Job", "JournalChange", "JournalEntry",
    "JournalPrivate", "JournalSeal", "Label", "Link", "Mailbox", "Message", "Note", "Notice", "Outbox", "Participant", "Preference", "Record", "SavedSearch",
    "SeenHit", "Series", "SignedLink", "Snooze", "Star", "User", "Wait", "new_uid", "seeded_uids",
]  # fmt: skip
