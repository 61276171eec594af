"""How well a person's outputs speak to a text (亲和度): the share of the text's weighted words found in them, with the passages as reason.

Only outputs count (results, inventions, patents linked to the person), never what the person says of himself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trihelix.engines.matching import text as cut
from trihelix.kernel.models import Link, Record
from trihelix.kernel.register import REGISTERS
from trihelix.registers.experts.models import EVIDENCE

MOST_TEXT = 4000  # characters of one record that are read


@dataclass(frozen=True)
class Reason:
    """A word both speak of, its share of the text, and the output that holds it."""

    term: str
    share: float
    output: Record


def text_of(entry: Any) -> str:
    """The open wording of any record: title and long texts, without confidential columns."""
    register = REGISTERS[entry.record.register]
    hidden = register.confidential | register.personal
    parts = [entry.record.title]
    for field in entry._meta.concrete_fields:
        if field.get_internal_type() == "TextField" and field.name not in hidden:
            parts.append(str(getattr(entry, field.name) or ""))
    answers = getattr(entry, "answers", None)
    if isinstance(answers, Mapping):
        parts += [str(v) for k, v in sorted(answers.items()) if isinstance(v, str)]
    return "\n".join(p for p in parts if p)[:MOST_TEXT]


def texts_of(records: Iterable[Record]) -> dict[int, str]:
    """Wording by record id; one query a register and 500 records."""
    by_register: dict[str, list[int]] = defaultdict(list)
    for record in records:
        by_register[record.register].append(record.pk)
    out: dict[int, str] = {}
    for name, ids in by_register.items():
        for i in range(0, len(ids), 500):
            for entry in REGISTERS[name].model._default_manager.filter(pk__in=ids[i : i + 500]):
                out[entry.pk] = text_of(entry)
    return out


def words_of(text: str) -> set[str]:
    """The words of two characters and more."""
    return {w for w in cut.words_of(cut.normalise(text)) if len(w) > 1}


class Evidence:
    """The outputs of many people, ready to be asked about texts."""

    def __init__(self, people: Iterable[int]) -> None:
        ids = sorted(set(people))
        outputs: dict[int, list[Record]] = defaultdict(list)
        for i in range(0, len(ids), 500):
            links = Link.objects.filter(target_id__in=ids[i : i + 500], kind__in=EVIDENCE, source__visibility="public")
            for link in links.select_related("source").order_by("target_id", "-at", "-id"):
                if len(outputs[link.target_id]) < 40:
                    outputs[link.target_id].append(link.source)
        texts = texts_of({o.pk: o for rows in outputs.values() for o in rows}.values())
        words = {pk: words_of(text) for pk, text in texts.items()}
        self.outputs: dict[int, list[tuple[Record, set[str]]]] = {
            person: [(o, words.get(o.pk, set())) for o in rows] for person, rows in outputs.items()
        }
        self.holders: dict[str, set[int]] = defaultdict(set)
        for person, rows in self.outputs.items():
            for _, found in rows:
                for word in found:
                    self.holders[word].add(person)
        self.people = max(1, len(ids))

    def weight(self, word: str) -> float:
        """Rare words say more."""
        return math.log1p(self.people / (1 + len(self.holders.get(word, ()))))

    def shares(self, text: str) -> dict[int, float]:
        """Person → share (0 to 1) of the text's weighted words that the outputs speak of."""
        wanted = words_of(text)
        known = {w for w in wanted if w in self.holders}
        total = sum(self.weight(w) for w in sorted(wanted)) or 1.0
        out: dict[int, float] = defaultdict(float)
        for word in sorted(known):
            for person in self.holders[word]:
                out[person] += self.weight(word) / total
        return dict(out)

    def reasons(self, text: str, person: int, most: int = 6) -> list[Reason]:
        """The heaviest words both speak of, each with an output that holds it."""
        wanted = words_of(text)
        total = sum(self.weight(w) for w in wanted) or 1.0
        found = []
        for word in wanted:
            held = next((o for o, words in self.outputs.get(person, ()) if word in words), None)
            if held is not None:
                found.append(Reason(word, self.weight(word) / total, held))
        return sorted(found, key=lambda r: (-r.share, r.term))[:most]
