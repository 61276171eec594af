"""What the patent registers know of a firm, for rules that ask for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.kernel.models import Record
from trihelix.registers.patents import sheets
from trihelix.registers.patents.keys import canonical
from trihelix.registers.patents.models import Patent, Product
from trihelix.registers.policies.facts import MORE, titles_on

TITLES = {"hnte", "specialised-sme", "little-giant"}
FILED = ("filed", "recognised", "not_renewed")


def of_firm(rule: Any, firm: Record, on: dt.date) -> dict[str, dict[str, Any]]:
    """Facts of the rule ``model-patent-firm``: rights in force, those in filed products, titles and place. Nothing for a firm without patents on the register."""
    if rule.id != "model-patent-firm":
        return {}
    held = titles_on([firm.pk], on).get(firm.pk, set()) & TITLES
    out: dict[str, dict[str, Any]] = {"in_province": {"value": bool(firm.entry.inside), "source": f"单位库 {firm.number}"}}
    if held:  # another title may be held that is not registered here, so none is not "no"
        out["title_valid"] = {"value": True, "source": "资格认定库"}
    valid = set(Patent.objects.filter(record__owner=firm, status__in=sheets.VALID).values_list("app_no", flat=True))
    products = list(Product.objects.filter(record__owner=firm, record__state__in=FILED))
    if products:
        out["product_filed"] = {"value": True, "source": "专利产品库"}
    if valid:
        used = {canonical(u.get("app_no")) for p in products for u in p.patents_used} & valid
        out["patents_valid"] = {"value": len(valid), "source": "专利库"}
        out["patents_used"] = {"value": len(used), "source": "专利产品库（备案产品所用专利）"}
    return out


if of_firm not in MORE:
    MORE.append(of_firm)
