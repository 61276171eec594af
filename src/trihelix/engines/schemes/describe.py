"""A scheme in plain data: for lists, pages and other programs. Every value says where it comes from and whether it was verified."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from trihelix.engines.flow import Flow, mermaid
from trihelix.engines.money import ratio_text
from trihelix.engines.rules.model import Expr
from trihelix.engines.schemes import routes
from trihelix.engines.schemes.forms import Field, Form
from trihelix.engines.schemes.keys import AWARDS, KEYS, SECTION_NAMES, SHAPES
from trihelix.engines.schemes.model import Choice, Clause, Scheme


def scheme_flow(scheme: Scheme) -> Flow:
    """The scheme's whole way as a flow."""
    return routes.flow(scheme.id, 1, scheme.route, scheme.life, bool(scheme.get("correction.rounds")))


def diagram(scheme: Scheme, lang: str = "zh", current: str | None = None) -> str:
    """A Mermaid state diagram of the scheme."""
    return mermaid(scheme_flow(scheme), lang, current)


def plain(value: Any) -> Any:
    """Exact numbers as text a person reads: 30%, 2/3."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else ratio_text(value)
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    return value


def summary_json(scheme: Scheme) -> dict[str, Any]:
    """One line of the list."""
    return {
        "id": scheme.id, "letter": scheme.letter, "zh": scheme.zh, "en": scheme.en, "shape": scheme.shape, "shape_zh": SHAPES[scheme.shape][0],
        "award": scheme.award, "award_zh": AWARDS[scheme.award][0], "payee": scheme.payee, "office": scheme.office, "version": scheme.version.id,
        "from": scheme.version.since, "file": scheme.file, "digest": scheme.digest, "unverified": scheme.version.unverified or any(s.unverified for s in scheme.settings.values()),
    }  # fmt: skip


def settings_json(scheme: Scheme) -> list[dict[str, Any]]:
    """Every plain key by section: meaning, value, source, whether unverified, whether the house's default."""
    out = []
    for path, key in KEYS.items():
        s = scheme.settings[path]
        zh, en = SECTION_NAMES[key.section]
        out.append(
            {
                "path": path, "section": key.section, "section_zh": zh, "section_en": en, "zh": key.zh, "en": key.en, "type": key.type,
                "value": plain(s.value), "source": scheme.source(s.source), "unverified": s.unverified, "default": s.default,
            }
        )  # fmt: skip
    return out


def _clause(scheme: Scheme, c: Clause) -> dict[str, Any]:
    return {
        "id": c.id,
        "zh": c.zh,
        "en": c.en,
        "when": c.when.text,
        "at": c.at,
        "source": scheme.source(c.source),
        "unverified": c.unverified,
    }


def _choice(c: Choice) -> dict[str, Any]:
    return {
        "id": c.id,
        "zh": c.zh,
        "en": c.en,
        "parameters": {k: plain(p.value) for k, p in c.parameters.items()},
        "set": dict(c.settings),
        "note": c.note,
    }


def _expr(e: Expr | None) -> str | None:
    return e.text if e else None


def field_json(f: Field) -> dict[str, Any]:
    """A form field for pages and programs."""
    return {
        "id": f.id, "kind": f.kind, "zh": f.zh, "en": f.en, "required": f.required, "when": _expr(f.when), "max_chars": f.max_chars or None,
        "min": plain(f.least), "max": plain(f.most), "choices": {k: list(v) for k, v in (f.choices or {}).items()},
        "rows": [{"id": c.name, "kind": c.kind, "zh": c.zh, "en": c.en, "required": c.required} for c in f.rows], "heads": list(f.heads),
        "min_rows": f.min_rows, "max_rows": f.max_rows, "help": f.help, "types": list(f.types), "unit": f.unit,
    }  # fmt: skip


def form_json(form: Form) -> list[dict[str, Any]]:
    """A form for pages and programs."""
    return [
        {"id": s.id, "number": n, "zh": s.zh, "en": s.en, "fields": [field_json(f) for f in s.fields]}
        for n, s in enumerate(form.sections, 1)
    ]


def scheme_json(scheme: Scheme) -> dict[str, Any]:
    """The whole scheme."""
    money = scheme.money
    return {
        **summary_json(scheme), "about": scheme.about, "sources": {k: dict(v) for k, v in scheme.sources.items()}, "route": routes.ordered(scheme.route, "draft"),
        "life": routes.ordered(scheme.life, "awarded"), "settings": settings_json(scheme),
        "parameters": {k: {"value": plain(p.value), "zh": p.zh, "unit": p.unit, "source": scheme.source(p.source), "unverified": p.unverified} for k, p in scheme.parameters.items()},
        "tables": {k: [[plain(a), plain(b)] for a, b in t] for k, t in scheme.tables.items()},
        "conditions": [_clause(scheme, c) for c in scheme.conditions],
        "rules": [{"rule": r.rule, "zh": r.zh, "en": r.en, "source": scheme.source(r.source), "unverified": r.unverified} for r in scheme.rules],
        "money": None if money is None else {
            "formula": money.formula.text, "requires": [_clause(scheme, c) for c in money.requires],
            "caps": [{"id": c.id, "zh": c.zh, "amount": c.amount.text, "source": scheme.source(c.source), "unverified": c.unverified} for c in money.caps],
        },
        "tranches": [{"id": t.id, "zh": t.zh, "trigger": t.trigger, "percent": ratio_text(t.percent * 100) + "%", "condition": t.condition, "unverified": t.unverified} for t in scheme.tranches],
        "changes": [{"kind": c.kind, "zh": c.zh, "approver": c.approver} for c in scheme.changes],
        "documents": [{"id": d.id, "zh": d.zh, "when": _expr(d.when)} for d in scheme.documents],
        "limits": [{"id": x.id, "zh": x.zh, "per": x.per, "within": x.within, "most": x.most, "unverified": x.unverified} for x in scheme.limits],
        "sanctions": [{"id": x.id, "zh": x.zh, "on": x.on, "years": x.years, "source": scheme.source(x.source)} for x in scheme.sanctions],
        "agencies": [{"agency": a.id, "zh": a.zh, "gives": list(a.gives), "strike": _expr(a.strike), "reason": a.reason} for a in scheme.agencies],
        "classes": [_choice(c) for c in scheme.classes], "variants": [_choice(c) for c in scheme.variants], "affiliation_ban": [list(p) for p in scheme.affiliation_ban],
        "form": form_json(scheme.form), "sheet": scheme.sheet.as_json(), "confidentiality": scheme.confidentiality, "retention_years": scheme.retention_years,
    }  # fmt: skip
