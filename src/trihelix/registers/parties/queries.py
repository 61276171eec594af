"""Reads of parties used by more than one caller."""

from __future__ import annotations

from trihelix.kernel.models import Record
from trihelix.registers.parties.models import Node


def node_for(division: str) -> Record | None:
    """The market node in charge of a division: its county station, else the sub-market of its city, else the provincial market."""
    city = f"{division[:4]}00"
    found = {(n.level, n.division): n.record for n in Node.objects.filter(record__state="open", level__in=("n", "10")).order_by("-pk")}
    if node := found.get(("n", division)) or found.get(("10", city)):
        return node
    province = Node.objects.filter(record__state="open", level="1").order_by("pk").first()
    return province.record if province else None
