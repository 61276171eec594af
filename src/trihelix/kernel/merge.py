"""Move every reference from a duplicate record to the one that stays. A new relation must be classified here, or a test fails."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from trihelix.kernel.models import Record

# Relations that stay with the duplicate: its own history and what describes it, not what refers to it.
KEPT = frozenset({
    "kernel.JournalEntry.record", "kernel.JournalChange.record", "kernel.JournalPrivate.record", "kernel.Wait.record",
    "kernel.Record.merged_into", "kernel.Notice.record",
})  # fmt: skip


def relations() -> list[tuple[str, Any, Any]]:
    """Every foreign key to ``Record`` in the project: (name, model, field); the typed rows' one-to-one keys are not references."""
    out = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and not isinstance(field, models.OneToOneField) and field.related_model is Record:
                out.append((f"{model._meta.app_label}.{model.__name__}.{field.name}", model, field))
    return sorted(out, key=lambda x: x[0])


def _unique_sets(model: Any, field: str) -> list[tuple[str, ...]]:
    return [tuple(c.fields) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint) and field in c.fields]


def move_references(old: Record, new: Record) -> dict[str, int]:
    """Point everything that referred to ``old`` at ``new``; rows that would double are dropped. Returns counts by relation."""
    moved: dict[str, int] = {}
    for name, model, field in relations():
        if name in KEPT:
            continue
        rows = list(model._base_manager.filter(**{field.name: old}))
        for row in rows:
            if _clashes(model, row, field.name, new):
                _drop_or_rename(row, field.name, new, old)
            else:
                model._base_manager.filter(pk=row.pk).update(**{field.name: new})
        if rows:
            moved[name] = len(rows)
    for alias in Record.objects.filter(merged_into=old):
        alias.merged_into = new
        alias.save(update_fields=["merged_into"])
    return moved


def _clashes(model: Any, row: Any, field: str, new: Record) -> bool:
    if model is not Record and hasattr(row, "source_id") and hasattr(row, "target_id"):
        ends = {row.source_id, row.target_id} - {getattr(row, f"{field}_id")} | {new.pk}
        if len(ends) == 1:
            return True
    for fields in _unique_sets(model, field):
        values = {f: (new if f == field else getattr(row, f)) for f in fields}
        if model._base_manager.filter(**values).exclude(pk=row.pk).exists():
            return True
    return False


def _drop_or_rename(row: Any, field: str, new: Record, old: Record) -> None:
    if isinstance(row, Record):  # two records of one owner with the same external key: the moved one gets a distinct key
        row.ref, row.owner = f"{row.ref}@{old.number}", new
        row.save(update_fields=["ref", "owner"])
    else:
        row.delete()
