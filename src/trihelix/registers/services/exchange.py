"""The exchange with the national node (``trihelix-exchange/1``): an ordered feed of changes out, acknowledgements in.

The feed is read from the sealed journal, so its order is the order of the seals and never changes; asked again from the same
place it gives the same entries. Only what is public leaves the house. Each change carries the record's identity and, while the
record is still public, its present public columns; a record that is public no more is told as withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines import sheets
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import values as vals
from trihelix.kernel.actor import VISITOR, Actor
from trihelix.kernel.models import JournalChange, JournalEntry, JournalSeal, Record
from trihelix.kernel.register import register_of
from trihelix.registers.services.models import ExchangeAck

FORMAT = "trihelix-exchange/1"
# Kind of object as the national platform names it → register.
KINDS = {
    "organisation": "bodies", "result": "results", "need": "needs", "node": "nodes", "service": "service_offers", "broker": "brokers",
    "event": "events", "listing": "listings", "transaction": "deals", "contract": "contracts",
}  # fmt: skip
OF = {register: kind for kind, register in KINDS.items()}


def last_seq() -> int:
    """The number of the latest sealed change."""
    return JournalSeal.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def changes(after: int = 0, limit: int = 500, kinds: Iterable[str] = ()) -> dict[str, Any]:
    """Changes with numbers above ``after``, in order: ``{"format", "after", "next", "last", "changes": [...]}``.

    ``next`` is where to go on, whether or not anything public lay between. Refuses unknown kinds, ``after`` below zero and
    limits outside 1 to 2,000.
    """
    wanted = list(kinds)
    problems = [
        Problem("unknown_kind", f"没有对象类别 “{k}”；可用：{'、'.join(KINDS)}", field="kind", value=k) for k in wanted if k not in KINDS
    ]
    if after < 0:
        problems.append(Problem("out_of_range", "after 不能为负", field="after", value=after))
    if not 1 <= limit <= 2000:
        problems.append(Problem("out_of_range", "limit 应在 1 与 2000 之间", field="limit", value=limit))
    if problems:
        raise Refused.of(problems)
    registers = {KINDS[k] for k in wanted} or set(OF)
    seals = list(JournalSeal.objects.filter(seq__gt=after).select_related("entry").order_by("seq")[:limit])
    touched = _touched([s.entry for s in seals], registers)
    rows = _public_rows({r for records in touched.values() for r in records})
    out = []
    for seal in seals:
        for position, record in enumerate(touched.get(seal.entry_id, ())):
            if (change := _change(seal, position, record, rows)) is not None:
                out.append(change)
    return {"format": FORMAT, "after": after, "next": seals[-1].seq if seals else after, "last": last_seq(), "changes": out}


def _touched(found: list[JournalEntry], registers: set[str]) -> dict[int, list[Record]]:
    """The records that each journal entry changed, of the wanted registers; bulk acts have several."""
    pairs: list[tuple[int, int]] = [(e.pk, e.record_id) for e in found if e.record_id and e.register in registers]
    bulk = [e.pk for e in found if e.rows and e.register in registers]
    for i in range(0, len(bulk), 400):
        children = JournalChange.objects.filter(entry_id__in=bulk[i : i + 400]).order_by("entry_id", "position")
        pairs += list(children.values_list("entry_id", "record_id"))
    ids = sorted({r for _, r in pairs})
    records: dict[int, Record] = {}
    for i in range(0, len(ids), 400):
        records.update(Record.objects.select_related("owner", "node").in_bulk(ids[i : i + 400]))
    out: dict[int, list[Record]] = {}
    for entry, record in pairs:
        if record in records and records[record].register in registers:
            out.setdefault(entry, []).append(records[record])
    return out


def _public_rows(records: set[Record]) -> dict[int, dict[str, Any]]:
    """The public columns of records that are public now, by record id."""
    out: dict[int, dict[str, Any]] = {}
    by_register: dict[str, list[Record]] = {}
    for record in records:
        if record.visibility == "public":
            by_register.setdefault(record.register, []).append(record)
    for name, group in by_register.items():
        register = register_of(name)
        linked = vals.linked_refs(group, [kind for _, kind in register.links.values()])
        ids = [r.pk for r in group]
        for i in range(0, len(ids), 400):
            for entry in register.model._default_manager.filter(record_id__in=ids[i : i + 400]):
                row = vals.to_row(register, entry, linked.get(entry.record.pk), vals.hidden_for_list(register, VISITOR, entry))
                out[entry.record.pk] = sheets.plain_row(register.sheet, row)
    return out


def _change(seal: JournalSeal, position: int, record: Record, rows: Mapping[int, dict[str, Any]]) -> dict[str, Any] | None:
    head = {"seq": seal.seq, "position": position, "kind": OF[record.register], "id": str(record.uid), "number": record.number}
    head |= {"at": seal.entry.at.isoformat(), "act": seal.entry.action, "hash": seal.hash}
    if record.pk in rows:
        return {
            **head,
            "op": "upsert",
            "version": record.version,
            "state": record.state,
            "synthetic": record.synthetic,
            "data": rows[record.pk],
        }
    moved = (seal.entry.changes or {}).get("visibility") or [None]
    if seal.entry.public or moved[0] == "public":  # it was public when this happened, or until then, and is no more
        return {**head, "op": "withdraw"}
    return None


def acknowledge(rows: Iterable[Mapping[str, Any]], by: Actor) -> dict[str, Any]:
    """Take in acknowledgements ``{"peer", "seq", "status", "remote_id", "message"}``: all or none, a repeat changes nothing.

    The same change acknowledged again with other content (pending, then accepted) updates the one row. Returns the import result.
    """
    from trihelix.kernel import bulk

    register = register_of("exchange_acks")
    typed, problems, last = [], [], last_seq()
    for number, row in enumerate(rows, 1):
        values, wrong = sheets.parse_values(
            vals.own_columns(register),
            {"ref": f"{row.get('peer')}-{row.get('seq')}", "title": f"{row.get('peer')} {row.get('seq')}", **row},
            number,
        )
        wrong += [Problem("required", f"请填写 {n}", field=n, row=number) for n in ("peer", "seq", "status") if row.get(n) in (None, "")]
        if not wrong and not 1 <= values["seq"] <= last:
            wrong = [
                Problem("unknown_change", f"没有序号为 {values['seq']} 的变更（最新 {last}）", field="seq", row=number, value=values["seq"])
            ]
        problems += wrong
        typed.append((number, values))
    decision = bulk.decide(register, typed, problems, by)
    if decision.problems:
        raise Refused.of(decision.problems)
    entry = bulk.apply(register, decision, by, name=FORMAT)
    return decision.summary(entry)


def unanswered(peer: str, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
    """Changes sent that a partner did not accept yet, for sending again."""
    done = set(
        ExchangeAck.objects.filter(peer=peer, seq__gt=after, status="accepted", record__state="received").values_list("seq", flat=True)
    )
    return [c for c in changes(after, limit)["changes"] if c["seq"] not in done]
