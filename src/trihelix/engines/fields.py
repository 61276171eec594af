"""Read one JSON object field by field: every wrong or unknown key is named, all problems are reported together.

A :class:`Reader` never guesses. A bad field is noted and a harmless stand-in returned, so that one pass finds every
problem; :meth:`Reader.finish` then raises them all, and nothing is computed from stand-ins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact, parse_money


class Reader:
    """One object of an input file. ``where`` is its path (``parties[2]``); nested readers share one list of problems."""

    def __init__(self, data: Any, where: str = "", problems: list[Problem] | None = None) -> None:
        self.where = where
        self.problems: list[Problem] = [] if problems is None else problems
        self._asked: set[str] = set()
        self._nested: list[Reader] = []
        self._data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.wrong(None, "bad_type", "此处应为一个对象（键与值）", data)

    def path(self, key: str | None) -> str | None:
        """The field's path as shown in refusals."""
        return ".".join(x for x in (self.where, key) if x) or None

    def wrong(self, key: str | None, code: str, message: str, value: Any = None) -> None:
        """Note a problem of a field."""
        self.problems.append(Problem(code, message, field=self.path(key), value=value))

    def has(self, key: str) -> bool:
        """Whether the key is present and not null."""
        return self._data.get(key) is not None

    def raw(self, key: str, *, required: bool = False) -> Any:
        """The value as written; null counts as absent."""
        self._asked.add(key)
        value = self._data.get(key)
        if value is None and required:
            self.wrong(key, "missing_key", f"缺少“{key}”")
        return value

    def text(self, key: str, *, required: bool = False, among: Collection[str] | None = None, default: str = "") -> str:
        """A text, stripped; ``among`` limits it to a list."""
        value = self.raw(key, required=required)
        if value is None:
            return default
        if not isinstance(value, str):
            self.wrong(key, "bad_type", f"“{key}”应为文本", value)
            return default
        words = value.strip()
        if among is not None and words not in among:
            self.wrong(key, "bad_choice", f"“{key}”的值“{words}”不在可选项内：{'、'.join(sorted(among))}", value)
            return default
        if required and not words:
            self.wrong(key, "missing_key", f"“{key}”不能为空")
        return words

    def flag(self, key: str) -> bool | None:
        """True, false, or None where nothing was stated."""
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, "bad_type", f"“{key}”应为 true 或 false", value)
            return None
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        """An ISO date."""
        value = self.raw(key, required=required)
        if value is None or type(value) is date:
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(key, "bad_date", f"“{key}”应为日期，写成 2026-03-01", value)
            return None

    def day_or(self, key: str, stand_in: date = date.min) -> date:
        """A required ISO date; the stand-in is returned only together with a noted problem."""
        return self.day(key, required=True) or stand_in

    def whole(self, key: str, *, required: bool = False, default: int | None = None, least: int = 0) -> int | None:
        """A whole number not under ``least``."""
        value = self.raw(key, required=required)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(key, "bad_number", f"“{key}”应为不小于 {least} 的整数", value)
            return default
        return value

    def ratio(self, key: str, *, required: bool = False, most: Fraction | None = Fraction(1)) -> Fraction | None:
        """A ratio as text or number, from 0 to ``most``."""
        value = self.raw(key, required=required)
        if value is None:
            return None
        try:
            number = exact(value, self.path(key))
        except Refused as refusal:
            self.problems.extend(refusal.problems)
            return None
        if number < 0 or (most is not None and number > most):
            self.wrong(key, "bad_ratio", f"“{key}”的值 {value} 超出允许范围（0 至 {'不限' if most is None else most}）", str(value))
            return None
        return number

    def money(self, key: str, *, required: bool = False, negative: bool = False) -> int | None:
        """Fen from exactly one of ``key_wan`` (万元), ``key_yuan`` (元), ``key_fen``."""
        given = {unit: value for unit in ("wan", "yuan", "fen") if (value := self.raw(f"{key}_{unit}")) is not None}
        if len(given) > 1:
            self.wrong(f"{key}_wan", "two_units", f"“{key}”只能用一种单位填写，不能同时给出 {'、'.join(f'{key}_{u}' for u in given)}")
        if not given:
            if required:
                self.wrong(f"{key}_wan", "missing_key", f"缺少“{key}_wan”（万元）")
            return None
        unit, value = next(iter(given.items()))
        try:
            return parse_money(value, unit, negative=negative, field=self.path(f"{key}_{unit}"))  # type: ignore[arg-type]
        except Refused as refusal:
            self.problems.extend(refusal.problems)
            return None

    def child(self, key: str, *, required: bool = False) -> Reader | None:
        """A nested object, or None where absent."""
        value = self.raw(key, required=required)
        return None if value is None else self._nest(value, self.path(key) or "")

    def rows(self, key: str, *, required: bool = False) -> list[Reader]:
        """A list of objects."""
        return [self._nest(v, f"{self.path(key)}[{i}]") for i, v in enumerate(self._list(key, required))]

    def _nest(self, value: Any, where: str) -> Reader:
        nested = Reader(value, where, self.problems)
        self._nested.append(nested)
        return nested

    def texts(self, key: str, *, among: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        values = self._list(key, False)
        for value in values:
            if not isinstance(value, str) or (among is not None and value not in among):
                options = f"，可选：{'、'.join(sorted(among))}" if among is not None else ""
                self.wrong(key, "bad_choice", f"“{key}”中的“{value}”不合要求{options}", value)
        return tuple(v for v in values if isinstance(v, str))

    def wrapped(self, key: str, name: str) -> list[Reader]:
        """A list of plain values that may not be empty, each as an object with the one key ``name``."""
        values = self._list(key, True)
        return [self._nest({name: v}, f"{self.path(key)}[{i}]") for i, v in enumerate(values)]

    def days(self, key: str) -> tuple[date, ...]:
        """A list of ISO dates, or nothing where the key is absent."""
        self.raw(key)
        return tuple(row.day_or("day") for row in self.wrapped(key, "day")) if self.has(key) else ()

    def _list(self, key: str, required: bool) -> list[Any]:
        value = self.raw(key, required=required)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.wrong(key, "bad_type", f"“{key}”应为列表", value)
            return []
        if required and not value:
            self.wrong(key, "missing_key", f"“{key}”不能为空列表")
        return list(value)

    def close(self) -> None:
        """Note every key that nobody asked for, here and in nested objects."""
        for nested in self._nested:
            nested.close()
        for key in self._data:
            if key not in self._asked:
                self.wrong(str(key), "unknown_key", f"未知的键“{key}”；可用：{'、'.join(sorted(self._asked))}", None)

    def finish(self) -> None:
        """Close, then raise all problems noted so far."""
        self.close()
        if self.problems:
            raise Refused.of(self.problems)
