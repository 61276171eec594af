"""Application forms (申报书) as data: sections, conditions, repeated rows, budgets that add up, counters, files, numbering."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from trihelix.engines.bookfile import BookError, Node, check_keys
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.rules.expressions import parse
from trihelix.engines.rules.model import Expr
from trihelix.engines.schemes.expressions import truth
from trihelix.engines.sheets import Column, cell
from trihelix.engines.sheets import parse as parse_cell

PLAIN: Final = ("text", "longtext", "integer", "decimal", "money_wan", "date", "boolean", "choice", "list")
KINDS: Final = (*PLAIN, "rows", "budget", "file", "body", "person")
FUNDERS: Final = {"public": ("财政资金", "Public money"), "match": ("匹配资金", "Match money"), "own": ("自筹资金", "Own money")}


@dataclass(frozen=True)
class Field:
    """One question. ``when`` shows it only if its condition holds; a hidden field is neither asked nor kept."""

    id: str
    kind: str
    zh: str
    en: str
    required: bool = False
    when: Expr | None = None
    max_chars: int = 0
    least: Fraction | None = None
    most: Fraction | None = None
    choices: Mapping[str, tuple[str, str]] | None = None
    rows: tuple[Column, ...] = ()
    min_rows: int = 0
    max_rows: int = 0
    heads: tuple[str, ...] = ()
    help: str = ""
    types: tuple[str, ...] = ()
    where: str = ""
    concept: bool = False
    unit: str = ""

    def column(self) -> Column:
        """The cell reader of a plain field or of repeated rows."""
        kind = {"body": "ref", "person": "ref", "file": "list"}.get(self.kind, self.kind)
        return Column(self.id, kind, self.zh, self.en, choices=self.choices or {}, rows=self.rows, help=self.help)


@dataclass(frozen=True)
class Section:
    """A numbered part of the form."""

    id: str
    zh: str
    en: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """A form: sections in order."""

    sections: tuple[Section, ...]

    def fields(self) -> Iterator[Field]:
        for section in self.sections:
            yield from section.fields

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields() if f.id == name), None)


def read_form(sections: list[Node], heads: tuple[str, ...]) -> Form:
    """Read ``form``; refuses unknown kinds, doubled ids, conditions on unknown or later-defined names."""
    out: list[Section] = []
    seen: set[str] = set()
    for node in sections:
        check_keys(node, required=("id", "zh", "fields"), optional=("en",))
        fields = []
        for f in node["fields"]:
            made = _field(f, heads)
            if made.id in seen:
                raise BookError.at(f, "id", "duplicate_field", f"表单字段 “{made.id}” 重复")
            if made.when is not None and (unknown := sorted(made.when.names - seen)):
                raise BookError.at(f, "when", "unknown_name", f"字段 “{made.id}” 的条件提到未知或在其后的字段：{'、'.join(unknown)}")
            seen.add(made.id)
            fields.append(made)
        out.append(Section(node["id"], node["zh"], node.get("en") or node["zh"], tuple(fields)))
    return Form(tuple(out))


_OPTIONAL = (
    "en", "required", "when", "max_chars", "min", "max", "choices", "rows", "min_rows", "max_rows", "help", "types", "concept", "unit",
)  # fmt: skip


def _field(node: Node, heads: tuple[str, ...]) -> Field:
    check_keys(node, required=("id", "kind", "zh"), optional=_OPTIONAL)
    if node["kind"] not in KINDS:
        raise BookError.at(node, "kind", "field_kind", f"字段类型 “{node['kind']}” 无效；可用：{'、'.join(KINDS)}")
    if not str(node["id"]).isidentifier():
        raise BookError.at(node, "id", "field_id", f"字段标识 “{node['id']}” 应为英文小写与下划线")
    for held in (node.get("choices") or {}).values():
        if isinstance(held, Node):
            check_keys(held, required=("zh",), optional=("en",))
    choices = {
        str(k): (v["zh"], v.get("en") or v["zh"]) if isinstance(v, Node) else (str(v), str(v))
        for k, v in (node.get("choices") or {}).items()
    }
    if (node["kind"] == "choice") != bool(choices) and node["kind"] != "list":
        raise BookError.at(node, "choices", "field_choices", "单选字段须给出 choices，其他字段不给")
    rows = tuple(_row_column(r) for r in node.get("rows") or [])
    if (node["kind"] == "rows") != bool(rows):
        raise BookError.at(node, "rows", "field_rows", "重复行字段须给出 rows，其他字段不给")
    return Field(
        node["id"], node["kind"], node["zh"], node.get("en") or node["zh"], bool(node.get("required")),
        parse(node["when"], node.where("when")) if "when" in node else None, int(node.get("max_chars") or 0), _number(node, "min"), _number(node, "max"),
        choices or None, rows, int(node.get("min_rows") or 0), int(node.get("max_rows") or 0), heads if node["kind"] == "budget" else (),
        str(node.get("help") or ""), tuple(node.get("types") or ()), node.where(), bool(node.get("concept")),
        str(node.get("unit") or ("万元" if node["kind"] == "money_wan" else "")),
    )  # fmt: skip


def _number(node: Node, key: str) -> Fraction | None:
    if node.get(key) is None:
        return None
    try:
        return Fraction(str(node[key]))
    except (ValueError, ZeroDivisionError) as exc:
        raise BookError.at(node, key, "bad_number", f"“{key}” 应为数字") from exc


def _row_column(node: Node) -> Column:
    check_keys(node, required=("id", "kind", "zh"), optional=("en", "required", "choices", "unit"))
    if node["kind"] not in PLAIN or node["kind"] == "list":
        raise BookError.at(node, "kind", "field_kind", f"重复行内的字段类型 “{node['kind']}” 无效")
    choices = {str(k): (str(v), str(v)) for k, v in (node.get("choices") or {}).items()}
    return Column(
        node["id"],
        node["kind"],
        node["zh"],
        node.get("en") or node["zh"],
        unit=node.get("unit"),
        required=bool(node.get("required")),
        choices=choices,
    )


# Reading answers ---------------------------------------------------------------------------------------------------------


def read_answers(form: Form, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Typed answers of what was given, and every wrong or unknown one by name. Blank answers are absent."""
    problems = [
        Problem("unknown_field", f"申报表没有字段 “{k}”", field=k, value=str(given[k])[:80]) for k in given if form.field(k) is None
    ]
    out: dict[str, Any] = {}
    for field in form.fields():
        raw = given.get(field.id)
        if raw is None or raw == "" or raw == [] or raw == {}:
            continue
        try:
            value = _budget(field, raw) if field.kind == "budget" else parse_cell(field.column(), raw)
        except Refused as refusal:
            problems += [p if p.field and p.field.startswith(field.id) else p.at(field=field.id) for p in refusal.problems]
            continue
        if value not in (None, "", [], {}):
            out[field.id] = value
            problems += _bounds(field, value)
    return out, problems


def _bounds(field: Field, value: Any) -> list[Problem]:
    found: list[Problem] = []
    if field.max_chars and isinstance(value, str) and len(value) > field.max_chars:
        found.append(Problem("too_long", f"“{field.zh}” 有 {len(value)} 字，最多 {field.max_chars} 字", field=field.id, value=len(value)))
    if field.kind in ("integer", "decimal", "money_wan"):
        number = Fraction(value, 1_000_000) if field.kind == "money_wan" else Fraction(value)
        if field.least is not None and number < field.least:
            found.append(Problem("too_small", f"“{field.zh}” 不能小于 {field.least}{field.unit}", field=field.id, value=str(number)))
        if field.most is not None and number > field.most:
            found.append(Problem("too_large", f"“{field.zh}” 不能大于 {field.most}{field.unit}", field=field.id, value=str(number)))
    if field.kind == "rows" and field.max_rows and len(value) > field.max_rows:
        found.append(Problem("too_many_rows", f"“{field.zh}” 最多 {field.max_rows} 行，现为 {len(value)} 行", field=field.id))
    return found


def _budget(field: Field, raw: Any) -> dict[str, dict[str, int]]:
    """``{head: {funder: fen}}``; refuses unknown heads and funders."""
    if not isinstance(raw, Mapping):
        raise Refused.one("bad_budget", f"“{field.zh}” 应按科目填写", field=field.id)
    problems, out = [], {}
    for head, parts in raw.items():
        if head not in field.heads or not isinstance(parts, Mapping):
            problems.append(Problem("unknown_head", f"没有预算科目 “{head}”；可用：{'、'.join(field.heads)}", field=field.id, value=head))
            continue
        row = {}
        for funder, amount in parts.items():
            if funder not in FUNDERS:
                problems.append(
                    Problem("unknown_funder", f"没有资金来源 “{funder}”；可用：{'、'.join(FUNDERS)}", field=field.id, value=funder)
                )
                continue
            if amount in (None, ""):
                continue
            try:
                row[funder] = parse_cell(Column(field.id, "money_wan", f"{head}·{FUNDERS[funder][0]}", head), amount)
            except Refused as refusal:
                problems += [p.at(field=field.id) for p in refusal.problems]
        if row:
            out[head] = row
    if problems:
        raise Refused.of(problems)
    return out


def shown(form: Form, answers: Mapping[str, Any]) -> list[Field]:
    """The fields that apply to these answers (a condition that is unknown hides)."""
    names = facts_of(form, answers)
    return [f for f in form.fields() if f.when is None or truth(f.when, names) is True]


def missing(form: Form, answers: Mapping[str, Any]) -> list[Problem]:
    """Required answers that are absent, and rows that are too few."""
    out = []
    for field in shown(form, answers):
        value = answers.get(field.id)
        if (field.required and value in (None, "", [], {})) or (field.required and field.kind == "boolean" and value is False):
            out.append(Problem("required", f"请填写 “{field.zh}”", field=field.id))
        elif field.min_rows and len(value or []) < field.min_rows and (field.required or value):
            out.append(Problem("too_few_rows", f"“{field.zh}” 至少 {field.min_rows} 行", field=field.id))
    return out


def completeness(form: Form, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each section: how many required fields apply, how many are filled."""
    fields = {f.id for f in shown(form, answers)}
    lacking = {p.field for p in missing(form, answers)}
    out = []
    for number, section in enumerate(form.sections, 1):
        due = [f for f in section.fields if f.id in fields and f.required]
        done = sum(1 for f in due if f.id not in lacking)
        out.append(
            {
                "id": section.id,
                "number": number,
                "zh": section.zh,
                "en": section.en,
                "required": len(due),
                "filled": done,
                "done": done == len(due),
            }
        )
    return out


def budget_totals(value: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Totals in fen: by funder, by head, and all."""
    out = {"total": 0, **dict.fromkeys(FUNDERS, 0)}
    for head, row in value.items():
        for funder, fen in row.items():
            out[funder] += fen
            out["total"] += fen
            out[f"head:{head}"] = out.get(f"head:{head}", 0) + fen
    return out


def facts_of(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as values of the expression language: money in 万元 as fractions, rows as their number, budgets as totals."""
    out: dict[str, Any] = {}
    for field in form.fields():
        value = answers.get(field.id)
        if field.kind == "budget":
            sums = budget_totals(value or {})
            names = {"total": f"{field.id}_total", **{k: f"{field.id}_{k}" for k in FUNDERS}}
            for key, name in names.items():
                out[name] = Fraction(sums[key], 1_000_000) if value else None
            for i, head in enumerate(field.heads, 1):
                out[f"{field.id}_head{i}"] = Fraction(sums.get(f"head:{head}", 0), 1_000_000) if value else None
        elif field.kind == "rows":
            out[field.id] = Fraction(len(value or []))
        elif field.kind == "money_wan":
            out[field.id] = None if value is None else Fraction(value, 1_000_000)
        elif field.kind in ("integer", "decimal"):
            out[field.id] = None if value is None else Fraction(value)
        elif field.kind in ("list", "file"):
            out[field.id] = Fraction(len(value or []))
        else:
            out[field.id] = value
    return out


def fact_names(form: Form) -> dict[str, tuple[Fraction | None, Fraction | None] | None]:
    """Names a form gives to expressions, numbers with their least and most value."""
    zero = (Fraction(0), None)
    out: dict[str, tuple[Fraction | None, Fraction | None] | None] = {}
    for f in form.fields():
        if f.kind == "budget":
            out |= dict.fromkeys(
                [f"{f.id}_total", *(f"{f.id}_{k}" for k in FUNDERS), *(f"{f.id}_head{i + 1}" for i in range(len(f.heads)))], zero
            )
        elif f.kind in ("rows", "list", "file"):
            out[f.id] = (Fraction(f.min_rows if f.required else 0), None)
        elif f.kind in ("integer", "decimal", "money_wan"):
            out[f.id] = (f.least if f.least is not None else (Fraction(0) if f.kind == "money_wan" else None), f.most)
        else:
            out[f.id] = None
    return out


def plain_answers(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as JSON keeps them: exactly what :func:`read_answers` reads back to the same values."""
    out: dict[str, Any] = {}
    for field in form.fields():
        value = answers.get(field.id)
        if value in (None, "", [], {}):
            continue
        if field.kind == "budget":
            money = Column(field.id, "money_wan", field.zh, field.en)
            out[field.id] = {h: {k: cell(money, fen) for k, fen in row.items()} for h, row in value.items()}
        else:
            from trihelix.engines.sheets import plain

            out[field.id] = plain(field.column(), value)
    return out
