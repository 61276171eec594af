"""What a sealed bid says: a price. Keys, keepers and the opening are those of every sealed lot (``engines/sealing``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trihelix.engines import sealing
from trihelix.engines.errors import Refused
from trihelix.engines.money import parse_money

if TYPE_CHECKING:
    import pyrage


def price_in(raw: bytes, lot: pyrage.x25519.Identity) -> tuple[int | None, str]:
    """``(price in fen, "")``, or ``(None, why the bid is void)``. A bid is ``{"price_wan": …}`` or a money text such as 120万元."""
    text, fault = sealing.text_in(raw, lot)
    if fault:
        return None, fault
    try:
        given: Any = json.loads(text) if text.startswith("{") else {"price_wan": text}
        if not isinstance(given, Mapping) or "price_wan" not in given:
            return None, "缺少 price_wan"
        price = given["price_wan"]
        return parse_money(price if isinstance(price, str) else str(price), "wan", field="price_wan"), ""
    except (Refused, ValueError) as refusal:
        return None, refusal.problems[0].message if isinstance(refusal, Refused) else "内容无法读取"
