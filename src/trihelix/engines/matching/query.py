"""Power words of the search box: ``field:光电 region:长春,吉林 trl:>=6 year:2020..2024 -field:化工 "气凝胶" -汽车``.

Only where a person types a query. A need's text, or a row of a batch, is never read for power words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from trihelix.engines.errors import Refused
from trihelix.engines.matching.port import KINDS, NUMBERS, Filters, Span

# Chinese names of the common fields; a book or register may pass more.
ALIASES: dict[str, str] = {
    "领域": "field", "地区": "region", "类型": "kind", "状态": "state", "单位": "holder", "成熟度": "trl", "年份": "year", "金额": "amount",
}  # fmt: skip
_PART = re.compile(r'(?P<minus>-)?(?:(?P<name>[A-Za-z_]+|[一-鿿]{2,6})[:：])?(?:"(?P<quoted>[^"]*)"|“(?P<curly>[^”]*)”|(?P<bare>\S+))')
_RANGE = re.compile(r"(?P<low>-?\d+(?:\.\d+)?)?\.\.(?P<high>-?\d+(?:\.\d+)?)?")
_COMPARE = re.compile(r"(?P<op>>=|<=|>|<|=|≥|≤)?(?P<n>-?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Asked:
    """A typed query taken apart: free ``text`` (quoted phrases included, they count as words too) and conditions."""

    text: str
    include: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def over(self, filters: Filters) -> Filters:
        """The caller's filters with these added. Conditions only ever narrow; scopes stay the caller's."""
        kinds = filters.kinds
        if self.kinds:
            kinds = tuple(k for k in self.kinds if not filters.kinds or k in filters.kinds)
            if not kinds:
                raise Refused.one("kind_conflict", "kind: 与当前查找的对象类型不一致", field="kind", value="、".join(self.kinds))
        include = dict(filters.include)
        for name, values in self.include.items():
            both = tuple(v for v in values if v in include[name]) if name in include else values
            # Two lists without a common value can both be met only by nothing; \x00 is no value of any record.
            include[name] = both or ("\x00",)
        return replace(
            filters, kinds=kinds, include=include, exclude=_joined(filters.exclude, self.exclude),
            spans={n: (*filters.spans.get(n, ()), *self.spans.get(n, ())) for n in {*filters.spans, *self.spans}},
            phrases=(*filters.phrases, *self.phrases), without=(*filters.without, *self.without),
        )  # fmt: skip


def _joined(a: Mapping[str, tuple[str, ...]], b: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {n: tuple(dict.fromkeys((*a.get(n, ()), *b.get(n, ())))) for n in sorted({*a, *b})}


def span(name: str, value: str) -> Span:
    """``>=6`` · ``<2020`` · ``6`` · ``4..7`` · ``2020..`` as a numeric condition."""
    bare = value.replace("≥", ">=").replace("≤", "<=")
    if (m := _RANGE.fullmatch(bare)) and (m["low"] or m["high"]):
        low, high = (float(m[x]) if m[x] else None for x in ("low", "high"))
        if low is not None and high is not None and low > high:
            raise Refused.one("empty_range", f"“{name}:{value}”的下限大于上限", field=name, value=value)
        return Span(low, high)
    m = _COMPARE.fullmatch(bare)
    if m is None:
        raise Refused.one("bad_number", f"“{name}:{value}”应写成数或范围，如 {name}:>=6、{name}:4..7", field=name, value=value)
    n, op = float(m["n"]), m["op"] or "="
    if op == "=":
        return Span(n, n)
    return Span(n, None, low_in=op == ">=") if op[0] == ">" else Span(None, n, high_in=op == "<=")


def _known(name: str | None, fields: Collection[str], raw: str) -> str | None:
    """The field a name stands for; ``None`` where the colon is part of ordinary text (``pH:7``, ``比例：3``, ``https://``)."""
    if name is None:
        return None
    found = ALIASES.get(name, name)
    if found in fields or found in NUMBERS or found == "kind":
        return found
    looks_meant = re.fullmatch(r"[a-z_]{2,}", name) and ":" in raw and "://" not in raw
    if looks_meant:
        known = "、".join(sorted({*fields, *NUMBERS, "kind"}))
        raise Refused.one("unknown_field", f"没有“{name}:”这个筛选词，可用：{known}；若是普通文字请加引号", field=name, value=raw)
    return None


def parse(text: str, fields: Collection[str]) -> Asked:
    """Take a typed query apart. ``fields``: the facet names that may be asked for. Unknown ``name:`` words are refused."""
    free: list[str] = []
    include: dict[str, tuple[str, ...]] = {}
    exclude: dict[str, tuple[str, ...]] = {}
    spans: dict[str, tuple[Span, ...]] = {}
    lists: dict[str, list[str]] = {"phrases": [], "without": [], "kinds": []}
    for m in _PART.finditer(text):
        raw, minus = m.group(), bool(m["minus"])
        quoted = m["quoted"] if m["quoted"] is not None else m["curly"]
        value = quoted if quoted is not None else m["bare"]
        name = _known(m["name"], fields, raw)
        if name in NUMBERS:
            if minus:
                raise Refused.one("bad_exclusion", f"数值条件不能排除，请改写比较符：{raw}", field=name, value=raw)
            spans[name] = (*spans.get(name, ()), span(name, value))
        elif name is not None:
            values = (value,) if quoted is not None else tuple(v for v in re.split(r"[,，、|]", value) if v)
            if name == "kind":
                _kinds(values, minus, raw, lists["kinds"])
            else:
                into = exclude if minus else include
                into[name] = (*into.get(name, ()), *values)
        elif m["name"]:
            free.append(raw)
        elif minus and value:
            lists["without"].append(value)
        elif quoted is not None:
            if quoted.strip():
                lists["phrases"].append(quoted)
                free.append(quoted)
        else:
            free.append(raw)
    return Asked(" ".join(free), include, exclude, spans, tuple(lists["phrases"]), tuple(lists["without"]), tuple(lists["kinds"]))


def _kinds(values: tuple[str, ...], minus: bool, raw: str, into: list[str]) -> None:
    unknown = [v for v in values if v not in KINDS]
    if unknown or not values:
        raise Refused.one("unknown_kind", f"没有“{'、'.join(unknown)}”这类对象，可用：{'、'.join(KINDS)}", field="kind", value=raw)
    into += [k for k in KINDS if k not in values] if minus else values
