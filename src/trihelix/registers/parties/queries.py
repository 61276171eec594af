"""Reads of parties used by more than one caller."""

from __future__ import annotations

from trihelix.kernel.models import Record
from trihelix.registers.parties.models import Node

PROVINCE = "220000"


def node_for(division: str) -> Record | None:
    """The market node in charge of a division: county station, else city sub-market, else the provincial market."""
    city = division[:4] + "00" if division else ""
    found = Node.objects.filter(record__state="open", division__in={division, city, PROVINCE} - {""}).order_by("pk")
    by_division: dict[str, Record] = {}
    for node in found:
        by_division.setdefault(node.division, node.record)
    return by_division.get(division) or by_division.get(city) or by_division.get(PROVINCE)
