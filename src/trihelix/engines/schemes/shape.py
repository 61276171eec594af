"""The shape of a scheme file: which key holds a text, a number, a list, a set of keys. Checked before anything is read, so that a
wrong kind of value is named with file and line wherever it stands; what the values mean is the affair of the readers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from trihelix.engines.bookfile import Node
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact

KINDS: Final = {
    "text": "文字", "word": "非空文字", "flag": "true 或 false", "count": "非负整数", "number": "数字", "date": "日期（2025-05-28）", "any": "单个值",
    "expr": "表达式", "marks": "true、false 或键名列表",
}  # fmt: skip


class Rows:
    """A list whose items all have one shape."""

    def __init__(self, item: Any) -> None:
        self.item = item


class Each:
    """A set of free keys whose values all have one of these shapes."""

    def __init__(self, *shapes: Any) -> None:
        self.shapes = shapes


Shape = str | Rows | Each | Mapping[str, Any]
_ZH: Final = {"zh": "word", "en": "text", "source": "text", "unverified": "flag"}
_CLAUSE: Final = {**_ZH, "id": "word", "when": "expr", "at": "word"}
_COLUMN: Final = {**_ZH, "id": "word", "kind": "word", "required": "flag", "choices": Each("word"), "unit": "text"}
_FIELD: Final = {
    **_COLUMN, "when": "expr", "max_chars": "count", "min": "number", "max": "number", "choices": Each("word", _ZH), "rows": Rows(_COLUMN), "min_rows": "count",
    "max_rows": "count", "help": "text", "types": Rows("word"), "concept": "flag",
}  # fmt: skip
_FORM: Final = Rows({**_ZH, "id": "word", "fields": Rows(_FIELD)})
_PARAMETERS: Final = Each("number", {**_ZH, "value": "number", "unit": "text"})
_CHOICE: Final = Rows({**_ZH, "id": "word", "parameters": _PARAMETERS, "set": Each("any", Rows("any")), "note": "text"})
_PART: Final = {**_ZH, "id": "word"}
_BAND: Final = {"from": "count", "to": "count", "text": "text"}
_SHEET: Final = {
    "id": "word", "source": "text", "unverified": "flag", "gates": Rows(_PART), "texts": Rows({**_PART, "confidential": "flag"}),
    "groups": Rows({**_PART, "weight": "number", "items": Rows({**_PART, "max": "count", "bands": Rows(_BAND)})}),
}  # fmt: skip
# Keys of a section hold values of every kind; their reader names what each must be.
_SECTION: Final = Each("any", Rows("any"))
TOP: Final[dict[str, Shape]] = {
    "scheme": "word", "zh": "word", "en": "text", "letter": "text", "shape": "word", "award": "word", "payee": "word", "office": "text", "about": "text",
    "about_en": "text", "source": "text", "unverified": "flag", "version": "text", "from": "date", "until": "date", "confidentiality": "text",
    "retention_years": "count", "opening": "text", "sources": Each({"doc": "any", "title": "any", "date": "any"}), "route": Each("word"), "life": Each("word"), "parameters": _PARAMETERS,
    "tables": Each(Rows(Rows("number"))), "conditions": Rows(_CLAUSE), "priority": _CLAUSE, "rules": Rows({**_ZH, "rule": "word"}),
    "money": {**_ZH, "zh": "text", "formula": "expr", "caps": Rows({**_PART, "amount": "expr"}), "requires": Rows(_CLAUSE)},
    "agencies": Rows({**_ZH, "agency": "word", "gives": Rows("word"), "strike": "expr", "reason": "text"}), "classes": _CHOICE, "variants": _CHOICE,
    "affiliation_ban": Rows(Rows("word")), "form": _FORM, "extra_form": _FORM, "sheet": _SHEET,
    "tranches": Rows({**_PART, "trigger": "word", "percent": "number", "condition": "text"}), "changes": Rows({**_ZH, "kind": "word", "approver": "word"}),
    "documents": Rows({**_PART, "when": "expr"}), "limits": Rows({**_PART, "per": "word", "within": "word", "most": "count"}),
    "sanctions": Rows({**_PART, "bars": "word", "years": "count"}),
}  # fmt: skip
VERSIONS: Final = {"version": "text", "from": "date", "until": "date", "source": "text", "unverified": "flag"}


def problems(node: Node, sections: Mapping[str, Any]) -> Iterator[Problem]:
    """What has the wrong shape in a scheme file, each with file and line; unknown keys are left to the readers."""
    top = {**TOP, **dict.fromkeys(sections, _SECTION)}
    whole = {**top, "versions": Rows({**VERSIONS, "set": top})}
    yield from _check(node, whole, node.where(), "计划文件")


def _check(value: Any, shape: Any, place: str, name: str) -> Iterator[Problem]:
    if isinstance(shape, Rows):
        if not isinstance(value, list):
            yield _wrong(place, name, "列表", value)
            return
        for item in value:
            yield from _check(item, shape.item, item.where() if isinstance(item, Node) else place, name)
    elif isinstance(shape, str):
        if not _fits(value, shape):
            yield _wrong(place, name, KINDS[shape], value)
    elif not isinstance(value, Node):
        if not (isinstance(shape, Each) and value is None):
            yield _wrong(place, name, "一组键", value)
    else:
        for key, held in value.items():
            yield from _key(value, key, held, shape)


def _key(node: Node, key: str, held: Any, shape: Any) -> Iterator[Problem]:
    place = node.where(key)
    if isinstance(shape, Each):
        found = [list(_check(held, s, place, key)) for s in shape.shapes]
        if all(found):
            yield from min(found, key=len) if isinstance(held, Node) else found[0]
    elif key in shape:
        yield from _check(held, shape[key], place, key)


def _wrong(place: str, name: str, want: str, value: Any) -> Problem:
    shown = str(value)
    return Problem("bad_shape", f"{place}: “{name}” 应为{want}，现为 {shown[:60]!r}", field=name, value=shown[:200])


def _fits(value: Any, kind: str) -> bool:
    scalar = isinstance(value, str | int | float | date)
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if kind == "number":
        try:
            exact(value, "")
        except Refused:
            return False
        return not isinstance(value, bool)
    tests = {
        "text": value is None or (scalar and not isinstance(value, bool)),
        "word": isinstance(value, str | int) and not isinstance(value, bool) and bool(str(value).strip()),
        "flag": isinstance(value, bool),
        "count": type(value) is int and 0 <= value < 10**9,
        "date": value is None or type(value) is date,
        "any": value is None or scalar,
        "expr": isinstance(value, str | int | float) and bool(str(value).strip()),
        "marks": isinstance(value, bool) or (isinstance(value, list) and all(isinstance(x, str) for x in value)),
    }
    return tests[kind]
