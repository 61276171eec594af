"""Reads of needs used by more than one caller, scoped to the viewer."""

from __future__ import annotations

from typing import Any

from trihelix.kernel import index
from trihelix.kernel.actor import Actor, entries
from trihelix.registers.needs import flow
from trihelix.registers.needs.models import Need

SIMILAR = 0.35  # weighted share of words in common from which two needs count as possibly the same


def similar_needs(need: Need, by: Actor, k: int = 5) -> list[dict[str, Any]]:
    """Live needs whose wording is close to this one's, best first: the duplicate check before publication.

    Closeness is the weighted share of words in common (0 to 1), so it does not depend on length.
    """
    from trihelix.registers.needs.register import need_text

    text = need_text(need)
    hits = index.similar(text, kinds=("needs",), by=by, k=k + 1)
    uids = [h["uid"] for h in hits if h["closeness"] >= SIMILAR and h["uid"] != str(need.record.uid)]
    found = entries(by, Need).filter(record__uid__in=uids, record__state__in=("submitted", "refining", "contracted", *flow.LIVE))
    by_uid = {str(n.record.uid): n for n in found}
    return [
        {"uid": u, "number": by_uid[u].record.number, "title": by_uid[u].record.title, "state": by_uid[u].record.state}
        for u in uids
        if u in by_uid
    ][:k]
