"""Conflicts of interest found from the registers (回避): a bounded number of queries for any number of items and experts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from trihelix.kernel.models import Link, Participant, Record
from trihelix.kernel.register import REGISTERS
from trihelix.registers.experts.models import EVIDENCE, Expert

TIES = ("equity", "controls", "legal_representative", "adviser", "affiliate")
NOT_PARTIES = ("recommender", "call", "line", "agreement")  # offices and papers of a case, no interest of its own


@dataclass
class Parties:
    """Who stands behind an item: the owner body, further bodies, people."""

    owner: int | None
    bodies: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Found:
    """One conflict: record ids of item and expert, kind, words, and the record that shows it."""

    item: int
    expert: int
    kind: str
    reason: str
    source: int | None = None


def parties_of(records: Sequence[Record]) -> dict[int, Parties]:
    """Bodies and people behind records of any register: owner, participants, references, links."""
    out = {r.pk: Parties(r.owner_id) for r in records}
    by_register: dict[str, list[int]] = defaultdict(list)
    for r in records:
        by_register[r.register].append(r.pk)
    for name, ids in by_register.items():
        refs = [c for c, target in REGISTERS[name].refs.items() if target in ("bodies", "people") and c not in NOT_PARTIES]
        for part in _parts(ids):
            for row in (
                REGISTERS[name].model._default_manager.filter(pk__in=part).values_list("pk", *(f"{c}_id" for c in refs)) if refs else ()
            ):
                for column, value in zip(refs, row[1:], strict=True):
                    if value is not None:
                        (out[row[0]].bodies if REGISTERS[name].refs[column] == "bodies" else out[row[0]].people).add(value)
    for part in _parts(list(out)):
        links = Link.objects.filter(source_id__in=part, target__register__in=("bodies", "people")).exclude(kind__in=NOT_PARTIES)
        for source, target, register in links.values_list("source_id", "target_id", "target__register"):
            (out[source].bodies if register == "bodies" else out[source].people).add(target)
        held = Participant.objects.filter(record_id__in=part, body__isnull=False).exclude(role__in=NOT_PARTIES)
        for record, body in held.values_list("record_id", "body_id"):
            out[record].bodies.add(body)
    return out


def _parts(ids: Iterable[int], size: int = 400) -> Iterable[list[int]]:
    ids = list(ids)
    return (ids[i : i + size] for i in range(0, len(ids), size))


def find(records: Sequence[Record], experts: Sequence[Expert], years: int, today: dt.date, rivals: Collection[int] = ()) -> list[Found]:
    """All conflicts between items and experts, with reason and source; ``years`` looks back for common outputs and secondments.

    ``rivals``: bodies that compete with every item, such as the other applicants of a call; their people review none of them.
    """
    behind = parties_of(records)
    competing = set(rivals)
    since = today - dt.timedelta(days=round(365.25 * years))
    names = _names({b for p in behind.values() for b in (*p.bodies, p.owner) if b is not None} | competing)
    out: dict[tuple[int, int, str], Found] = {}

    def add(item: int, expert: int, kind: str, reason: str, source: int | None = None) -> None:
        out.setdefault((item, expert, kind), Found(item, expert, kind, reason[:200], source))

    by_employer, by_person = defaultdict(list), defaultdict(list)
    for e in experts:
        if e.record.owner_id is not None:
            by_employer[e.record.owner_id].append(e.pk)
        if e.person_id is not None:
            by_person[e.person_id].append(e.pk)
    together = _common_outputs(set(by_person), {p for x in behind.values() for p in x.people}, since)
    posts = _posts(set(by_person), since)
    ties = _ties(set(by_person))
    for item, p in behind.items():
        for expert in by_employer.get(p.owner or -1, ()):
            add(item, expert, "employer", f"与申报单位同一单位：{names.get(p.owner or -1, '')}", p.owner)
        for body in competing - {p.owner}:
            for expert in by_employer.get(body, ()):
                add(item, expert, "rival", f"所在单位在同一通知中申报：{names.get(body, '')}", body)
        everyone = p.bodies | ({p.owner} if p.owner is not None else set())
        for body in p.bodies - {p.owner}:
            for expert in by_employer.get(body, ()):
                add(item, expert, "consortium", f"所在单位参与该项目：{names.get(body, '')}", body)
        for person in p.people:
            for expert in by_person.get(person, ()):
                add(item, expert, "own", "本人参与该项目", item)
            for other, (title, source) in together.get(person, {}).items():
                for expert in by_person.get(other, ()):
                    add(item, expert, "coauthor", f"{years} 年内与项目人员共同完成：{title}", source)
        for body in everyone:
            for person, source in posts.get(body, ()):
                for expert in by_person.get(person, ()):
                    add(item, expert, "secondment", f"在项目单位选派任职：{names.get(body, '')}", source)
            for person, kind in ties.get(body, ()):
                for expert in by_person.get(person, ()):
                    add(item, expert, "interest", f"与项目单位有利益关系（{kind}）：{names.get(body, '')}", body)
    return sorted(out.values(), key=lambda f: (f.item, f.expert, f.kind))


def _names(ids: set[int]) -> dict[int, str]:
    out: dict[int, str] = {}
    for part in _parts(sorted(ids)):
        out.update(Record.objects.filter(pk__in=part).values_list("pk", "title"))
    return out


def _common_outputs(pool: set[int], team: set[int], since: dt.date) -> dict[int, dict[int, tuple[str, int]]]:
    """Person of an item → expert's person → (title, record) of an output both made since a day."""
    by_output: dict[int, tuple[str, set[int], set[int]]] = {}
    for part in _parts(sorted(pool | team)):
        links = Link.objects.filter(target_id__in=part, kind__in=EVIDENCE, at__date__gte=since)
        for source, title, target in links.order_by("source_id").values_list("source_id", "source__title", "target_id"):
            row = by_output.setdefault(source, (title, set(), set()))
            if target in team:
                row[1].add(target)
            if target in pool:
                row[2].add(target)
    out: dict[int, dict[int, tuple[str, int]]] = defaultdict(dict)
    for source, (title, mine, theirs) in by_output.items():
        for person in mine:
            for other in theirs - {person}:
                out[person].setdefault(other, (title, source))
    return out


def _posts(pool: set[int], since: dt.date) -> dict[int, list[tuple[int, int]]]:
    """Host → (person, secondment) of experts sent there, running or ended since a day."""
    register = REGISTERS.get("secondments")
    out: dict[int, list[tuple[int, int]]] = defaultdict(list)
    if register is None:
        return out
    for part in _parts(sorted(pool)):
        rows: Any = register.model._default_manager.filter(person_id__in=part, appointed_on__isnull=False)
        rows = rows.filter(Q(ended_on__gte=since) | Q(ended_on=None) & (Q(ends_on=None) | Q(ends_on__gte=since)))
        for host, person, pk in rows.order_by("pk").values_list("host_id", "person_id", "pk"):
            out[host].append((person, pk))
    return out


def _ties(pool: set[int]) -> dict[int, list[tuple[int, str]]]:
    """Body → (person, kind of tie) by links either way."""
    out: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for part in _parts(sorted(pool)):
        for person, body, kind in Link.objects.filter(source_id__in=part, kind__in=TIES).values_list("source_id", "target_id", "kind"):
            out[body].append((person, kind))
        for body, person, kind in Link.objects.filter(target_id__in=part, kind__in=TIES).values_list("source_id", "target_id", "kind"):
            out[body].append((person, kind))
    return out
