"""Read and check scheme files. A wrong file never runs: every problem is named with file, line and reason."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from trihelix.engines.bookfile import BookError, Node, check_keys, load_text
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.rules.model import Expr
from trihelix.engines.schemes import parts, routes, shape
from trihelix.engines.schemes.expressions import NAMES, check
from trihelix.engines.schemes.forms import Form, Section, fact_names, read_form
from trihelix.engines.schemes.keys import AWARDS, KEYS, SECTIONS, SHAPES
from trihelix.engines.schemes.model import Choice, Scheme, Version
from trihelix.engines.schemes.reading import merged, read_settings, typed
from trihelix.engines.schemes.sheets import read_sheet

PAYEES: Final = ("applicant", "demand", "provider", "institute", "team", "none")
ROLES: Final = ("applicant", "demand", "taker", "provider", "partner", "funder", "recommender")
_LISTS: Final = ("tranches", "changes", "documents", "limits", "sanctions")
_TOP: Final = (
    "en", "letter", "office", "sources", "about", "about_en", "version", "from", "until", "source", "unverified", "versions", "route", "life", "parameters",
    "tables", "conditions", "money", "agencies", "classes", "variants", "affiliation_ban", "form", "extra_form", "sheet", "priority", "rules", "confidentiality",
    "retention_years", "opening", *_LISTS, *SECTIONS,
)  # fmt: skip
_PLAIN: Final = (Fraction(0), None)
# What the system knows of an applicant, beside the form's answers; amounts in 万元.
KNOWN: Final[NAMES] = {
    "kind": None, "inside": None, "age_years": _PLAIN, "staff": _PLAIN, "sales": _PLAIN, "rd": _PLAIN, "sectors": _PLAIN, "used_this_year": _PLAIN,
    "awards_this_year": _PLAIN, "open_projects": _PLAIN, "members": _PLAIN, "has_firm": None, "has_university": None, "granted": _PLAIN, "class_id": None,
    "variant": None, "need_listed": None, "on": None,
}  # fmt: skip


class SchemeBook:
    """Every scheme of a book, each with its versions; immutable."""

    def __init__(self, schemes: Mapping[str, tuple[Scheme, ...]]) -> None:
        self.schemes = dict(schemes)

    def ids(self) -> list[str]:
        """Scheme ids in the order of their letters."""
        return sorted(self.schemes, key=lambda i: (self.schemes[i][-1].letter or "~", i))

    def versions(self, scheme_id: str) -> tuple[Scheme, ...]:
        """Every version, oldest first; unknown ids are refused with those at hand."""
        if scheme_id not in self.schemes:
            raise Refused.one(
                "unknown_scheme", f"没有计划类别 “{scheme_id}”；可用：{'、'.join(self.ids())}", field="scheme", value=scheme_id
            )
        return self.schemes[scheme_id]

    def scheme(self, scheme_id: str, on: date | None = None, version: str = "") -> Scheme:
        """A scheme by version, or as in force on a day; without either, the newest."""
        held = self.versions(scheme_id)
        if version:
            found = next((s for s in held if s.version.id == version), None)
            if found is None:
                known = "、".join(s.version.id for s in held)
                raise Refused.one("unknown_version", f"“{held[-1].zh}” 没有版本 {version}；可用：{known}", field="version", value=version)
            return found
        if on is None:
            return held[-1]
        inside = [s for s in held if s.version.since <= on and (s.version.until is None or on <= s.version.until)]
        if not inside:
            spans = "；".join(f"{s.version.id}：{s.version.since} 至 {s.version.until or '今'}" for s in held)
            raise Refused.one("no_version", f"{on} 没有生效的 “{held[-1].zh}” 版本；已有：{spans}", field="on", value=on.isoformat())
        return inside[-1]


def load_schemes(path: Path) -> SchemeBook:
    """Read ``<path>/schemes/*.yaml`` (``defaults.yaml`` holds the house's values). Refuses wrong files, doubled ids and letters."""
    folder = path / "schemes"
    files = {f"schemes/{f.name}": f.read_text(encoding="utf-8") for f in sorted(folder.glob("*.y*ml"))} if folder.is_dir() else {}
    return from_texts(files, rule_ids(path))


def rule_ids(path: Path) -> frozenset[str]:
    """The rules of a book that a scheme may name, by their file names."""
    return frozenset(f.stem for f in (path / "rules").glob("*.yaml"))


def from_texts(files: Mapping[str, str], rules: Collection[str] | None = None, *, strict: bool = True) -> SchemeBook:
    """A scheme book from texts by name. ``strict`` is off for texts stored with a book version: they were accepted by the reader of
    their day, and the cases that opened with them go on.
    """
    texts = {n: t for n, t in files.items() if n.startswith("schemes/")}
    if not texts:
        return SchemeBook({})
    held = next((n for n in texts if Path(n).stem == "defaults"), None)
    defaults = load_text(texts[held], held) if held else Node()
    out: dict[str, tuple[Scheme, ...]] = {}
    letters: dict[str, str] = {}
    for name, text in sorted(texts.items()):
        if name == held:
            continue
        versions = read_scheme(text, name, defaults, rules, strict=strict)
        first = versions[0]
        if first.id in out:
            raise BookError(
                Problem(
                    "duplicate_scheme", f"{name}:1: 计划类别 {first.id} 已在 {out[first.id][0].file} 中", field="scheme", value=first.id
                )
            )
        if first.letter and first.letter in letters:
            raise BookError(
                Problem(
                    "duplicate_letter", f"{name}:1: 字母 {first.letter} 已用于 {letters[first.letter]}", field="letter", value=first.letter
                )
            )
        letters[first.letter] = first.id
        out[first.id] = versions
    return SchemeBook(out)


def read_scheme(text: str, name: str, defaults: Node, rules: Collection[str] | None = None, *, strict: bool = True) -> tuple[Scheme, ...]:
    """Every version of one scheme file, oldest first. Refuses with every problem found, each with file and line.

    ``rules``: the rules of the book; a scheme that names another is refused. None where the book is not at hand.
    """
    node = load_text(text, name)
    if not isinstance(node, Node):
        raise BookError(Problem("not_a_scheme", f"{name}:1: 计划文件应为一组键"))
    check_keys(node, required=("scheme", "zh", "shape", "award", "payee"), optional=_TOP)
    if strict and (wrong := list(shape.problems(node, SECTIONS))):
        raise BookError(*wrong)
    digest = hashlib.sha256(text.encode()).hexdigest()
    out: list[Scheme] = []
    for version, over in _versions(node):
        out.append(_Reader(merged(node, over) if over else node, defaults, version, digest, rules).scheme())
    return tuple(out)


def _versions(node: Node) -> Iterator[tuple[Version, Node | None]]:
    rows = node.get("versions")
    if rows is None:
        yield _version(node, node), None
        return
    if not rows:
        raise BookError.at(node, "versions", "no_version", "versions 至少要有一个版本")
    previous: list[Version] = []
    for row in rows:
        check_keys(row, required=("version", "from"), optional=("until", "source", "unverified", "set"))
        made = _version(row, node)
        if previous and made.since <= previous[-1].since:
            raise BookError.at(row, "from", "dates_order", "各版本的生效日期应从早到晚")
        if previous and previous[-1].until is not None and previous[-1].until >= made.since:
            raise BookError.at(
                row, "from", "dates_overlap", f"版本 {made.id} 生效时版本 {previous[-1].id} 尚未失效（{previous[-1].until}）"
            )
        if made.id in {v.id for v in previous}:
            raise BookError.at(row, "version", "duplicate_version", f"版本 {made.id} 重复")
        previous.append(made)
        over = row.get("set") or Node()
        if isinstance(over, Node) and over:
            check_keys(over, optional=_TOP)
        yield made, over or None


def _version(row: Node, node: Node) -> Version:
    since = row.get("from") or date(2000, 1, 1)
    if not isinstance(since, date):
        raise BookError.at(row, "from", "bad_date", "生效日期应写成 2025-05-28")
    until = row.get("until")
    if until is not None and (not isinstance(until, date) or until < since):
        raise BookError.at(row, "until", "bad_date", "失效日期应为日期且不早于生效日期")
    source = str(row.get("source") or node.get("source") or "")
    return Version(str(row.get("version") or since.year), since, until, source, bool(row.get("unverified")))


class _Reader:
    """Reads one version; collects problems so that all are told at once."""

    def __init__(self, node: Node, defaults: Node, version: Version, digest: str, rules: Collection[str] | None) -> None:
        self.node, self.defaults, self.version, self.digest, self.rules = node, defaults, version, digest, rules
        self.problems: list[Problem] = []

    def scheme(self) -> Scheme:
        node = self.node
        self._choice("shape", SHAPES)
        self._choice("award", AWARDS)
        self._choice("payee", PAYEES)
        source = str(node.get("source") or self.version.source or "default")
        settings, found = read_settings(node, self.defaults, source)
        self.problems += found
        self._done()
        form = self._form(tuple(settings["budget.heads"].value))
        lists = {key: getattr(parts, key)(node if key in node else self.defaults) for key in _LISTS}
        if node["award"] == "status" and "tranches" not in node:
            lists["tranches"] = ()
        sources = {str(k): dict(v) for k, v in {**(self.defaults.get("sources") or {}), **(node.get("sources") or {})}.items()}
        made = Scheme(
            id=str(node["scheme"]), letter=str(node.get("letter") or ""), zh=node["zh"], en=node.get("en") or node["zh"], shape=node["shape"],
            award=node["award"], payee=node["payee"], office=str(node.get("office") or ""), version=self.version, digest=self.digest, file=node.file,
            settings=settings, route=self._way("route", routes.ROUTE_STEPS, "draft", "awarded"), life=self._way("life", routes.LIFE_STEPS, "awarded", "archived"),
            parameters=parts.parameters(node.get("parameters")), tables=parts.tables(node.get("tables")),
            conditions=tuple(parts.clause(c) for c in parts.rows(node, "conditions")), money=parts.money(node.get("money")),
            agencies=parts.agencies(node), classes=parts.choices(node, "classes"), variants=parts.choices(node, "variants"), affiliation_ban=self._bans(),
            form=form, concept=_concept(form) if settings["call.two_stage"].value else None,
            sheet=read_sheet(node["sheet"] if "sheet" in node else self.defaults["sheet"]), sources=sources, about=str(node.get("about") or ""),
            about_en=str(node.get("about_en") or ""), priority=parts.clause(node["priority"]) if "priority" in node else None,
            rules=parts.named_rules(node),
            confidentiality=str(node.get("confidentiality") or "unclassified"), retention_years=int(node.get("retention_years") or 30),
            opening=str(node.get("opening") or ""), **lists,
        )  # fmt: skip
        self.problems += [
            *_expressions(made),
            *_sources(made, node),
            *_consistency(made, node),
            *_choice_settings(made, node),
            *_rules(node, self.rules),
        ]
        self._done()
        routes.flow(made.id, 1, made.route, made.life, bool(made.get("correction.rounds")))
        return made

    def _done(self) -> None:
        if self.problems:
            raise BookError(*self.problems)

    def _choice(self, key: str, allowed: Iterable[str]) -> None:
        if self.node[key] not in allowed:
            text = f"{self.node.where(key)}: “{key}” 的值 {self.node[key]!r} 无效；可用：{'、'.join(allowed)}"
            self.problems.append(Problem("bad_choice", text, field=key, value=str(self.node[key])))

    def _way(self, key: str, known: Mapping[str, Any], start: str, end: str) -> dict[str, str]:
        held = (
            self.node[key] if key in self.node else (self.defaults.get(key) or Node()).get(self.node["award" if key == "life" else "shape"])
        )
        if not isinstance(held, Node) or not held:
            raise BookError.at(self.node, key if key in self.node else None, "no_way", f"缺少 {key}（步骤 → 下一步）")
        steps = {str(k): str(v) for k, v in held.items()}
        found = list(routes.check(key, steps, {k: held.where(k) for k in held}, known, start, end))
        self.problems += found
        self._done()
        return steps

    def _form(self, heads: tuple[str, ...]) -> Form:
        rows = list(self.node["form"] if "form" in self.node else self.defaults.get("form") or [])
        return read_form([*rows, *(self.node.get("extra_form") or [])], heads)

    def _bans(self) -> tuple[tuple[str, str], ...]:
        out = []
        for pair in self.node.get("affiliation_ban") or []:
            if not isinstance(pair, list) or len(pair) != 2 or not set(pair) <= set(ROLES):
                raise BookError.at(self.node, "affiliation_ban", "bad_pair", f"关联禁止应为两种角色一组；可用：{'、'.join(ROLES)}")
            out.append((pair[0], pair[1]))
        return tuple(out)


def _concept(form: Form) -> Form:
    """The concept form: the fields marked ``concept``."""
    kept = [Section(s.id, s.zh, s.en, tuple(f for f in s.fields if f.concept)) for s in form.sections]
    return Form(tuple(s for s in kept if s.fields))


def known_names(scheme: Scheme) -> dict[str, Any]:
    """Every name an expression of the scheme may read, numbers with their bounds."""
    agencies: dict[str, Any] = {g: _PLAIN for a in scheme.agencies for g in a.gives}
    numbers: dict[str, Any] = {k: (p.value, p.value) for k, p in scheme.parameters.items()}
    for choice in (*scheme.classes, *scheme.variants):
        for key, p in choice.parameters.items():
            low, high = numbers.get(key, (p.value, p.value))
            numbers[key] = (min(low, p.value), max(high, p.value))
    return {**KNOWN, **fact_names(scheme.form), **agencies, **numbers, **dict.fromkeys(scheme.tables)}


def _expressions(scheme: Scheme) -> Iterator[Problem]:
    names = known_names(scheme)
    clauses = [*scheme.conditions, *(scheme.money.requires if scheme.money else ()), *([scheme.priority] if scheme.priority else [])]
    truths: list[Expr] = (
        [c.when for c in clauses] + [d.when for d in scheme.documents if d.when] + [a.strike for a in scheme.agencies if a.strike]
    )
    truths += [f.when for f in scheme.form.fields() if f.when]
    for one in truths:
        yield from check(one, names, "truth")
    if scheme.money:
        for one in (scheme.money.formula, *(c.amount for c in scheme.money.caps)):
            yield from check(one, names, "number")


def _sources(scheme: Scheme, node: Node) -> Iterator[Problem]:
    """Sources named but not described."""
    named = (
        {c.source for c in scheme.conditions}
        | {r.source for r in scheme.rules}
        | {p.source for p in scheme.parameters.values()}
        | {t.source for t in scheme.tranches}
        | {scheme.version.source}
    )
    named |= {c.source for c in scheme.money.caps} | {scheme.money.source} if scheme.money else set()
    for name in sorted(n for n in named if n and n not in scheme.sources):
        yield Problem("unknown_source", f"{node.where('sources')}: 来源 “{name}” 没有在 sources 中说明", field="sources", value=name)


def _rules(node: Node, known: Collection[str] | None) -> Iterator[Problem]:
    """Rules named that the book does not have."""
    if known is None:
        return
    for one in parts.rows(node, "rules"):
        if str(one["rule"]) not in known:
            yield Problem("unknown_rule", f"{one.where('rule')}: 规则书没有规则 “{one['rule']}”", field="rules", value=str(one["rule"]))


def _consistency(scheme: Scheme, node: Node) -> Iterator[Problem]:
    def wrong(section: str, code: str, text: str) -> Problem:
        return Problem(code, f"{node.where(section)}: {text}", field=section)

    if scheme.get("review.panel_min") > scheme.get("review.panel"):
        yield wrong("review", "panel", "专家最少数不能多于专家数")
    if scheme.get("term.min_months") > scheme.get("term.max_months") or scheme.get("term.default_months") > scheme.get("term.max_months"):
        yield wrong("term", "term", "执行期的最短、默认、最长月数不一致")
    try:
        date.fromisoformat(f"2024-{scheme.get('overdue.reference')}")
    except ValueError:
        yield wrong("overdue", "bad_date", f"逾期认定日 “{scheme.get('overdue.reference')}” 应写成 06-30")
    if scheme.get("consortium.min") > scheme.get("consortium.max"):
        yield wrong("consortium", "consortium", "参加单位最少数不能多于最多数")
    if scheme.award != "status" and scheme.payee == "none":
        yield wrong("payee", "payee", "给予资金的计划须指明收款方")
    if scheme.award == "grant" and "instrument" not in scheme.life.values():
        yield wrong("life", "no_instrument", "资助项目的 life 须含 instrument（签署文书）")
    if scheme.shape == "data" and not scheme.agencies:
        yield wrong("agencies", "no_agencies", "数据引导的计划须列出提供和筛查数据的部门")
    if scheme.get("call.sealed") != ("sealed" in scheme.route):
        yield wrong("route", "sealed", "call.sealed 与 route 中的 sealed 步骤须一致")
    elif scheme.get("call.sealed") and (scheme.route["draft"] != "sealed" or scheme.get("call.two_stage")):
        yield wrong("route", "sealed", "密封申报须一次提交：route 应为 draft: sealed，且不分概念书与正式申报")


def _choice_settings(scheme: Scheme, node: Node) -> Iterator[Problem]:
    """Plain keys that a class or variant sets must exist and fit their type."""
    for group, rows in (("classes", scheme.classes), ("variants", scheme.variants)):
        for choice, raw in zip(rows, node.get(group) or [], strict=True):
            for path in choice.settings:
                if path not in KEYS:
                    yield Problem("unknown_key", f"{raw.where('set')}: 没有键 “{path}”", field=path)
                else:
                    try:
                        typed(raw["set"], path, KEYS[path])
                    except BookError as error:
                        yield from error.problems


def with_choice(scheme: Scheme, class_id: str = "", variant_id: str = "") -> Scheme:
    """The scheme as it applies to a class and variant: their parameters and settings laid over its own."""
    out = scheme
    for choice in (scheme.choice(class_id), scheme.variant(variant_id)):
        if choice is not None:
            out = _laid(out, choice)
    return out


def _laid(scheme: Scheme, choice: Choice) -> Scheme:
    parameters = dict(scheme.parameters)
    for key, p in choice.parameters.items():
        held = parameters.get(key)
        parameters[key] = replace(held, value=p.value) if held and not p.source else p
    settings = dict(scheme.settings)
    for path, raw in choice.settings.items():
        settings[path] = replace(settings[path], value=tuple(raw) if isinstance(raw, list) else raw, default=False, source=choice.zh)
    return replace(scheme, parameters=parameters, settings=settings)
