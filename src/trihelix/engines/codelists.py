"""Code lists of a book: who may be called what, since when, on whose word.

A list is one YAML file; a row carries its code, its names and the days on which it is valid. A new
version never edits an old row: a retired code gets ``valid_to`` and ``replaced_by``, so a record of an
earlier day still shows the name of its day. Source: domain page on code lists, section 11.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.engines.errors import Problem, Refused

_HEAD = ("system", "zh", "version", "source", "rows")
_HEAD_MORE = ("en", "standard", "unverified", "expect", "valid_from", "valid_to")
_ROW_MORE = ("en", "kind", "parent", "valid_from", "valid_to", "replaced_by", "maps_to", "note", "note_en", "source", "unverified")


@dataclass(frozen=True)
class CodeRow:
    """One code. ``valid_from`` and ``valid_to`` are days included; ``None`` is open. ``maps_to`` names codes of another list."""

    system: str
    code: str
    zh: str
    en: str
    kind: str = ""
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    replaced_by: str | None = None
    maps_to: tuple[str, ...] = ()
    note: str = ""
    note_en: str = ""
    source: str = ""
    unverified: bool = False

    def valid(self, on: date | None) -> bool:
        """Valid on the day; without a day, not retired."""
        if on is None:
            return self.valid_to is None
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def name(self, lang: str = "zh") -> str:
        """The name in a language; without an English name, the Chinese one."""
        return (self.en or self.zh) if lang == "en" else self.zh


@dataclass(frozen=True)
class CodeList:
    """One list, its rows in the order of the file; ``digest`` names the content."""

    system: str
    zh: str
    en: str
    version: str
    source: str
    rows: tuple[CodeRow, ...]
    standard: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        text = json.dumps([asdict(r) for r in self.rows], default=str, ensure_ascii=False, sort_keys=True)
        object.__setattr__(self, "digest", hashlib.sha256(text.encode()).hexdigest()[:16])
        by_code: dict[str, list[CodeRow]] = {}
        for row in self.rows:
            by_code.setdefault(row.code, []).append(row)
        object.__setattr__(self, "_by_code", by_code)

    def history(self, code: str) -> list[CodeRow]:
        """Every row the code ever had, oldest first."""
        found: list[CodeRow] = self._by_code.get(code, [])  # type: ignore[attr-defined]
        return sorted(found, key=lambda r: r.valid_from or date.min)

    def get(self, code: str, on: date | None = None) -> CodeRow | None:
        """The row valid on the day (without a day: the one not retired), or ``None``."""
        return next((r for r in reversed(self.history(code)) if r.valid(on)), None)

    def row(self, code: str, on: date | None = None, field: str | None = None) -> CodeRow:
        """The row, or a refusal that offers the successor or the nearest codes."""
        found = self.get(code, on)
        if found is None:
            raise Refused(self.problem(code, on, field))
        return found

    def problem(self, code: str, on: date | None = None, field: str | None = None) -> Problem:
        """Why a code cannot be used, in a sentence that says what to use."""
        old = self.history(code)
        day = f"（{on}）" if on else ""
        if old and old[-1].replaced_by and not old[-1].valid(on):
            new = old[-1].replaced_by
            return Problem("code_retired", f"{self.zh}“{code} {old[-1].zh}”已停用，请改用 {new} {self._label(new)}", field, value=code)
        if old:
            return Problem("code_not_valid", f"{self.zh}“{code} {old[-1].zh}”在所填日期{day}无效", field, value=code)
        near = difflib.get_close_matches(code, [r.code for r in self.active(on)], 3) or self._by_name(code, on)
        hint = f"；是否为：{'、'.join(f'{c} {self._label(c)}' for c in near)}" if near else ""
        return Problem("code_unknown", f"{self.zh}中没有“{code}”{hint}", field, value=code)

    def _label(self, code: str) -> str:
        rows = self.history(code)
        return rows[-1].zh if rows else ""

    def _by_name(self, text: str, on: date | None) -> list[str]:
        return [r.code for r in self.active(on) if text and text in r.zh][:3]

    def current(self, code: str) -> CodeRow | None:
        """The row in force today for a code old or new, following its successors."""
        seen: set[str] = set()
        while code not in seen:
            seen.add(code)
            rows = self.history(code)
            if not rows or rows[-1].replaced_by is None:
                return rows[-1] if rows else None
            code = rows[-1].replaced_by
        return None

    def active(self, on: date | None = None, kind: str | None = None) -> list[CodeRow]:
        """The rows valid on the day, in order, of one kind if given."""
        return [r for r in self.rows if r.valid(on) and (kind is None or r.kind == kind)]

    def children(self, parent: str | None, on: date | None = None) -> list[CodeRow]:
        """The valid rows under a parent."""
        return [r for r in self.rows if r.parent == parent and r.valid(on)]

    def path(self, code: str, on: date | None = None) -> list[CodeRow]:
        """From the top to the code: province, prefecture, county. A code not valid on the day gives ``[]``."""
        out: list[CodeRow] = []
        row = self.get(code, on)
        while row is not None:
            out.insert(0, row)
            row = self.get(row.parent, on) if row.parent else None
        return out

    def choices(self, lang: str = "zh", on: date | None = None) -> list[tuple[str, str]]:
        """``[(code, name)]`` for a form; a name that occurs twice is preceded by its parent's."""
        rows = self.active(on)
        names = [r.name(lang) for r in rows]
        twice = {n for n in names if names.count(n) > 1}
        return [
            (r.code, n if n not in twice else " ".join(p.name(lang) for p in self.path(r.code, on)[-2:]))
            for r, n in zip(rows, names, strict=True)
        ]

    def find(self, name: str, on: date | None = None) -> list[CodeRow]:
        """The valid rows whose Chinese or English name is exactly this; several when a name repeats."""
        return [r for r in self.active(on) if name in (r.zh, r.en)]


def lookup(lists: Mapping[str, CodeList], system: str, code: str, on: date | None = None) -> CodeRow:
    """The row of a code in a system on a day; refused when the system or the code is unknown."""
    if system not in lists:
        raise Refused.one("system_unknown", f"没有代码表 “{system}”；可用：{'、'.join(sorted(lists))}", field="system", value=system)
    return lists[system].row(code, on)


def load_codelists(path: Path) -> dict[str, CodeList]:
    """Read every ``*.yaml`` of a book's ``codes`` folder, by system; BookError names file and line.

    Checked on load: row count and golden samples of the file, parents and successors exist, no code is
    valid twice on one day, no name is empty, dates in order.
    """
    if not path.is_dir():
        raise Refused.one("no_codes", f"找不到代码表文件夹 {path}", field="codes", value=str(path))
    lists: dict[str, CodeList] = {}
    for file in sorted(path.glob("*.yaml")):
        node = load_file(file, path)
        if not isinstance(node, Node):
            raise BookError(Problem("bad_codes", f"{file.name}: 应为键值对"))
        one = _list(node)
        if one.system in lists:
            raise BookError.at(node, "system", "duplicate_system", f"代码表 {one.system} 已在另一个文件中")
        lists[one.system] = one
    return lists


def _list(node: Node) -> CodeList:
    check_keys(node, required=_HEAD, optional=_HEAD_MORE)
    places = [r for r in node["rows"] or () if isinstance(r, Node)]
    if not places or len(places) != len(node["rows"]):
        raise BookError.at(node, "rows", "bad_codes", "rows 须为非空的列表，每行为一组键")
    rows = [_row(node, place) for place in places]
    made = CodeList(
        node["system"], node["zh"], node.get("en", ""), str(node["version"]), node["source"], tuple(rows), node.get("standard", "")
    )
    _check_rows(made, places)
    _check_expected(made, node)
    return made


def _row(head: Node, node: Node) -> CodeRow:
    check_keys(node, required=("code", "zh"), optional=_ROW_MORE)
    for key in ("code", "zh"):
        if not isinstance(node[key], str) or not node[key].strip():
            raise BookError.at(node, key, "bad_row", f"“{key}” 须为非空文本（数字代码请加引号）")
    dates: dict[str, Any] = {k: node.get(k, head.get(k)) for k in ("valid_from", "valid_to")}
    for key, value in dates.items():
        if value is not None and type(value) is not date:
            raise BookError.at(node, key, "bad_date", f"“{key}” 须为日期，得到 {value!r}")
    if dates["valid_from"] and dates["valid_to"] and dates["valid_to"] < dates["valid_from"]:
        raise BookError.at(node, "valid_to", "bad_date", "valid_to 早于 valid_from")
    return CodeRow(
        system=head["system"],
        code=node["code"],
        zh=node["zh"],
        maps_to=tuple(node.get("maps_to") or ()),
        source=node.get("source", head["source"]),
        unverified=bool(node.get("unverified", head.get("unverified", False))),
        **dates,
        **{k: node[k] for k in ("kind", "parent", "replaced_by", "note", "note_en") if node.get(k) is not None},
        en=node.get("en", ""),
    )


def _check_rows(made: CodeList, places: list[Node]) -> None:
    known = {r.code for r in made.rows}
    for row, place in zip(made.rows, places, strict=True):
        for key, target in (("parent", row.parent), ("replaced_by", row.replaced_by)):
            if target is not None and target not in known:
                raise BookError.at(place, key, "code_unknown", f"{key} “{target}” 不在本表")
        later = [r for r in made.history(row.code) if r is not row]
        first, last = row.valid_from or date.min, row.valid_to or date.max
        if any(first <= (r.valid_to or date.max) and (r.valid_from or date.min) <= last for r in later):
            raise BookError.at(place, "code", "duplicate_code", f"代码 {row.code} 重复，有效期重叠")


def _check_expected(made: CodeList, node: Node) -> None:
    expect = node.get("expect") or Node()
    if expect:
        check_keys(expect, optional=("rows", "golden"))
    if "rows" in expect and expect["rows"] != len(made.rows):
        raise BookError.at(expect, "rows", "row_count", f"应有 {expect['rows']} 行，实有 {len(made.rows)} 行")
    for code, name in (expect.get("golden") or {}).items():
        found = made.get(code)
        if found is None or found.zh != name:
            raise BookError.at(expect["golden"], code, "golden", f"代码 {code} 应为“{name}”，得到“{found.zh if found else '无'}”")
