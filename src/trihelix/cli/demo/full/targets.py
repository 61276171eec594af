"""Totals of the full province: read, brought to whole raw numbers, and refused where they contradict each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from trihelix.cli.demo.province import content
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact, round_half_up
from trihelix.registers.figures import numbers
from trihelix.registers.figures.book import Figure, figures

FEN = {"元": 100, "万元": 10**6, "亿元": 10**10}
COMPARE = {"<=": lambda a, b: a <= b, "==": lambda a, b: a == b}


@dataclass(frozen=True)
class Targets:
    """``value[F]`` is exact in the figure's unit; ``raw[F]`` the whole number to be counted (fen for money)."""

    value: dict[str, Fraction]
    raw: dict[str, int]

    def __call__(self, figure: str) -> int:
        return self.raw[figure]

    def base(self, figure: str, growth: str, step: int = 1) -> int:
        """The number of the period before, so that the growth rounds to the target; whole steps where they do."""
        now, rate = self.raw[figure], self.value[growth]
        digits = figures().figure(growth).digits
        for unit in dict.fromkeys((step, 1)):
            base = round_half_up(Fraction(now) / (1 + rate / 100) / unit) * unit
            if base > 0 and numbers.rounded(Fraction(now - base, base) * 100, digits) == numbers.rounded(rate, digits):
                return int(base)
        raise Refused.one("no_base", f"{figure} 与 {growth} 的目标不能同时成立：没有整数基数得到此增幅", field=growth, value=str(rate))


def _number(value: Any, figure: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Refused.one("bad_number", f"{figure} 的目标应为数", field=figure, value=str(value))
    return exact(repr(value) if isinstance(value, float) else value, figure)


def _raw(figure: Figure, value: Fraction) -> int:
    if value < 0:
        raise Refused.one("negative", f"{figure.id} 的目标不能为负", field=figure.id, value=str(value))
    if figure.operation == "growth":
        return 0
    raw = value / figure.scale if figure.scale is not None else value * FEN.get(figure.unit, 1)
    if raw.denominator != 1:
        raise Refused.one("not_whole", f"{figure.id} 的目标应为整数（{figure.unit}）", field=figure.id, value=str(value))
    return raw.numerator


def read(path: Path | None) -> dict[str, Any]:
    """A file of totals ``{"F29": 4830, "F30": "150.02"}``; numbers stay as written."""
    if path is None:
        return {}
    try:
        given = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str)
    except ValueError as exc:
        raise Refused.one("bad_json", f"目标文件不是 JSON：{exc}", field="targets") from exc
    if not isinstance(given, dict):
        raise Refused.one("bad_targets", '目标文件应为 {"F29": 4830, …}', field="targets")
    return given


def targets(given: Mapping[str, Any]) -> Targets:
    """The letter's totals with those of ``given`` in their place. Refuses unknown figures and contradictions, each named."""
    data, known = content("full"), figures()
    totals = {k: _number(v, k) for k, v in data["totals"].items()}
    same, problems, read_in = data["same"], [], {}
    for name, value in given.items():
        try:
            if name not in totals and name not in same:
                known.figure(name)
                raise Refused.one("not_settable", f"{name} 取自公文、计划或其本身是目标，不能在此设定", field=name, value=str(value))
            read_in[name] = _number(value, name)
            _raw(known.figure(name), read_in[name])
        except Refused as refusal:
            problems += [Problem(p.code, p.message, field=name, value=p.value) for p in refusal.problems]
    if problems:
        raise Refused.of(problems)
    for twin, first in same.items():
        if twin in read_in:
            if read_in.get(first, read_in[twin]) != read_in[twin]:
                raise Refused.one("contradiction", f"{twin} 与 {first} 是同一个数，应相同", field=twin, value=str(read_in[twin]))
            read_in[first] = read_in.pop(twin)
    totals |= read_in
    raw = {k: _raw(known.figure(k), v) for k, v in totals.items() if not known.figure(k).external}
    found = Targets(totals, raw)
    if problems := list(_contradictions(data, found)):
        raise Refused.of(problems)
    return found


def _contradictions(data: Mapping[str, Any], t: Targets) -> Iterator[Problem]:
    shown = {k: numbers.exact(v) for k, v in t.value.items()}
    for left, op, right, why in data["contradictions"]:
        if not COMPARE[op](t.value[left], t.value[right]):
            yield Problem("contradiction", f"{why}：{left}＝{shown[left]}，{right}＝{shown[right]}", field=left, value=shown[left])
    for name, (low, high, why) in data["limits"].items():
        if not low <= t.value[name] <= high:
            yield Problem("out_of_range", f"{why}：{name} 应在 {low} 与 {high} 之间，现为 {shown[name]}", field=name, value=shown[name])
    for count, amount in data["needs_both"]:
        if (t.raw[count] == 0) != (t.raw[amount] == 0) or t.raw[amount] < t.raw[count]:
            text = f"{count}＝{shown[count]} 与 {amount}＝{shown[amount]} 矛盾：有记录才有金额，每条记录至少一分"
            yield Problem("contradiction", text, field=count, value=shown[count])
