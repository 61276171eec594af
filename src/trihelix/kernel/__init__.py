"""How anything is done: the action, the journal, the inbox, permission scopes, files, outbox, jobs."""
