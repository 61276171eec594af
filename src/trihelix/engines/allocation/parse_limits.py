"""The ``limits`` and ``relief_menu`` parts of the problem file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from .problem import EXPERT_ATTRIBUTES, ITEM_ATTRIBUTES, RELIEFS, Limits, Relief
from .reader import Reader

LIMITS = (
    "max_same_on_panel", "min_share_on_panel", "max_share_on_panel", "min_count_on_panel", "total_by_item", "total_by_expert",
    "forbid_same", "forbid_together", "place_all", "fixed", "max_probability",
)  # fmt: skip
SAME_BODY = ("employer", "city", "group")
Rows = Sequence[Mapping[str, Any]]


def read_limits(
    r: Reader, raw: Any, experts: Rows, items: Rows, item_at: Mapping[str, int], expert_at: Mapping[str, int], top: Mapping[str, Any]
) -> Limits:
    """All hard rules; a minimum for a class nobody has is refused unless the relief menu can supply it."""
    lim = r.mapping(raw, "limits", LIMITS)
    menu = top.get("relief_menu")
    prices = menu.get("prices", {}) if isinstance(menu, Mapping) else {}
    prices = prices if isinstance(prices, Mapping) else {}
    min_share = {k: r.share(v, f"limits.min_share_on_panel.{k}") for k, v in _map(r, lim, "min_share_on_panel").items()}
    max_share = {k: r.share(v, f"limits.max_share_on_panel.{k}") for k, v in _map(r, lim, "max_share_on_panel").items()}
    min_count = {k: r.whole(v, f"limits.min_count_on_panel.{k}") for k, v in _map(r, lim, "min_count_on_panel").items()}
    _classes(r, experts, items, min_share, max_share, min_count, bool({"new_expert", "count_waiver"} & set(prices)))
    out = Limits(
        max_same={k: r.whole(v, f"limits.max_same_on_panel.{k}") for k, v in _map(r, lim, "max_same_on_panel", EXPERT_ATTRIBUTES).items()},
        min_share=min_share, max_share=max_share, min_count=min_count,
        by_item=_totals(r, lim, "total_by_item", ITEM_ATTRIBUTES, items, False),
        by_expert=_totals(r, lim, "total_by_expert", EXPERT_ATTRIBUTES, experts, "new_expert" in prices),
        forbid_same=_attributes(r, lim.get("forbid_same", ())),
        together=_pairs(r, lim.get("forbid_together", ()), "limits.forbid_together", expert_at, expert_at),
        place_all=_flag(r, lim.get("place_all", False)),
        fixed=_pairs(r, lim.get("fixed", ()), "limits.fixed", item_at, expert_at),
        max_probability=_probability(r, lim.get("max_probability")),
    )  # fmt: skip
    if top.get("objective") == "max_expected_sum" and out.max_probability is None:
        r.fault("limits.max_probability", "missing", "抽签（max_expected_sum）须写明概率上限 [a, b]")
    return out


def read_relief(r: Reader, raw: Any) -> Relief:
    """The relief menu; without prices nothing may be bent."""
    menu = r.mapping(raw, "relief_menu", ("prices", "waivable_reasons"))
    prices = r.mapping(menu.get("prices", {}), "relief_menu.prices", RELIEFS)
    reasons = r.array(menu.get("waivable_reasons", ()), "relief_menu.waivable_reasons")
    return Relief(
        {k: r.price(v, f"relief_menu.prices.{k}") for k, v in prices.items() if k in RELIEFS},
        frozenset(r.text(x, f"relief_menu.waivable_reasons[{k}]") for k, x in enumerate(reasons)),
    )


def _map(r: Reader, lim: Mapping[str, Any], key: str, known: Sequence[str] | None = None) -> Mapping[str, Any]:
    found = r.mapping(lim.get(key, {}), f"limits.{key}", known)
    return {k: v for k, v in found.items() if known is None or k in known}


def _flag(r: Reader, value: Any) -> bool:
    if not isinstance(value, bool):
        r.fault("limits.place_all", "not_boolean", "应为 true 或 false", value)
    return value is True


def _attributes(r: Reader, raw: Any) -> tuple[str, ...]:
    names = r.array(raw, "limits.forbid_same")
    for k, name in enumerate(names):
        if name not in SAME_BODY:
            r.fault(f"limits.forbid_same[{k}]", "unknown_attribute", f"可用：{'、'.join(SAME_BODY)}", name)
    return tuple(dict.fromkeys(n for n in names if n in SAME_BODY))


def _pairs(r: Reader, raw: Any, path: str, left: Mapping[str, int], right: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    out: dict[tuple[int, int], None] = {}
    for k, row in enumerate(r.array(raw, path)):
        if not isinstance(row, list | tuple) or len(row) != 2:
            r.fault(f"{path}[{k}]", "not_pair", "应为两个编号", row)
            continue
        bad = [n for n, (name, at) in enumerate(zip(row, (left, right), strict=True)) if not isinstance(name, str) or name not in at]
        for n in bad:
            r.fault(f"{path}[{k}][{n}]", "unknown_id", f"“{row[n]}”不存在", row[n])
        if bad:
            continue
        pair = (left[row[0]], right[row[1]])
        if left is right and pair[0] == pair[1]:
            r.fault(f"{path}[{k}]", "same_twice", "两名专家不能是同一人", row)
        out[tuple(sorted(pair)) if left is right else pair] = None  # type: ignore[index]
    return tuple(out)


def _probability(r: Reader, raw: Any) -> tuple[int, int] | None:
    if raw is None:
        return None
    pair = r.array(raw, "limits.max_probability")
    if len(pair) != 2:
        r.fault("limits.max_probability", "not_pair", "应为 [a, b]，表示概率不超过 a/b", raw)
        return None
    a, b = (r.whole(v, f"limits.max_probability[{k}]", low=1, high=10_000) for k, v in enumerate(pair))
    if a > b:
        r.fault("limits.max_probability", "min_above_max", f"a/b = {a}/{b} 大于 1", raw)
        return None
    return a, b


def _named(rows: Rows, attribute: str) -> set[str]:
    """The values that rows carry; what is not text was refused where it stands."""
    return {v for row in rows if isinstance(v := row.get(attribute), str)}


def _classes(
    r: Reader,
    experts: Rows,
    items: Rows,
    low: Mapping[str, Fraction],
    high: Mapping[str, Fraction],
    count: Mapping[str, int],
    curable: bool,
) -> None:
    have = _named(experts, "type")
    if (low or high or count) and not all("need" in x for x in items):
        r.fault("limits", "share_needs_panel", "类别占比和人数只用于评审组（need）；接收单位（slots）请用 total_by_item 等总量规则")
    for name, wanted in (("min_share_on_panel", low), ("min_count_on_panel", count)):
        for kind, amount in wanted.items():
            if kind not in have and amount > 0 and not curable:
                r.fault(f"limits.{name}.{kind}", "class_nobody_has", f"没有“{kind}”类专家，无法满足该规则", kind)
    for kind in low:
        if kind in high and low[kind] > high[kind]:
            r.fault(f"limits.min_share_on_panel.{kind}", "min_above_max", "最低占比大于最高占比", str(low[kind]))


def _totals(
    r: Reader, lim: Mapping[str, Any], key: str, known: Sequence[str], rows: Rows, curable: bool
) -> dict[str, dict[str, tuple[int, int | None]]]:
    out: dict[str, dict[str, tuple[int, int | None]]] = {}
    for attribute, values in _map(r, lim, key, known).items():
        have = _named(rows, attribute)
        for value, raw in r.mapping(values, f"limits.{key}.{attribute}").items():
            path = f"limits.{key}.{attribute}.{value}"
            pair = r.array(raw, path)
            if len(pair) != 2:
                r.fault(path, "not_pair", "应为 [最少, 最多]，最多可为 null", raw)
                continue
            low = r.whole(pair[0], f"{path}[0]", high=10**9)
            high = None if pair[1] is None else r.whole(pair[1], f"{path}[1]", high=10**9)
            if high is not None and low > high:
                r.fault(path, "min_above_max", f"最少 {low} 大于最多 {high}", raw)
            if low > 0 and value not in have and not curable:
                r.fault(path, "class_nobody_has", f"没有“{value}”，无法满足最少 {low} 席", value)
            out.setdefault(attribute, {})[value] = (low, high)
    return out
