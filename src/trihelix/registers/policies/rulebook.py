"""The rules in force: the shipped book with the officers' confirmed changes laid over it, read by every verdict.

The file format stays the book's YAML: a change is applied to the rule's file text and read again by the same strict loader,
so an overlay can be exported as a file and imported back without loss.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from trihelix.engines import chain
from trihelix.engines.bookfile import load_text
from trihelix.engines.errors import Refused
from trihelix.kernel import book
from trihelix.kernel.actor import SYSTEM, entries
from trihelix.registers.policies.models import RuleChange

if TYPE_CHECKING:
    from trihelix.engines.rules import RuleBook

# The rule engine brings a frame library along; it is imported where a rule is first read, so that every command starts fast.


@book.of_current
def shipped(path: Path) -> RuleBook:
    """The rules as shipped."""
    from trihelix.engines.rules import load_rules

    return load_rules(path)


@book.of_current
def titles(path: Path) -> dict[str, tuple[str, str]]:
    """Rule id → (Chinese, English) name, from the heads of the files only."""
    out = {}
    for file in sorted((path / "rules").glob("*.yaml")):
        head = load_text(file.read_text(encoding="utf-8").split("\ninputs:")[0], file.name)
        out[str(head["rule"])] = (str(head["zh"]), str(head.get("en") or head["zh"]))
    return out


def rule_text(rule: str) -> str:
    """The shipped YAML of a rule."""
    path = book.current().path / "rules" / f"{rule}.yaml"
    if not path.is_file():
        raise Refused.one("unknown_rule", f"没有规则 “{rule}”", field="rule", value=rule)
    return path.read_text(encoding="utf-8")


def changed_text(text: str, changes: Iterable[RuleChange]) -> str:
    """The YAML of a rule with changes of parameters entered into their dated series, oldest first."""
    data: dict[str, Any] = yaml.safe_load(text)
    for change in changes:
        parameters = data.get("parameters") or {}
        if change.parameter not in parameters:
            known = "、".join(parameters) or "无"
            raise Refused.one(
                "unknown_parameter",
                f"规则 {change.rule} 没有参数 “{change.parameter}”；可用：{known}",
                field="parameter",
                value=change.parameter,
            )
        name = f"change-{change.effective_on:%Y%m%d}-{change.parameter}".replace("_", "-")
        data["sources"][name] = {"doc": change.source_doc} | ({"title": change.source_title} if change.source_title else {})
        entry: dict[str, Any] = {"from": change.effective_on, "value": change.value, "source": name}
        if change.article:
            entry["article"] = change.article
        if change.unverified:
            entry["unverified"] = True
        values = [v for v in parameters[change.parameter]["values"] if _day(v["from"]) != change.effective_on]
        parameters[change.parameter]["values"] = sorted([*values, entry], key=lambda v: _day(v["from"]))
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=140)


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def confirmed() -> list[RuleChange]:
    """Confirmed changes, in the order of confirmation. Read by the system: rules are the same for everybody."""
    return list(entries(SYSTEM, RuleChange).filter(record__state="confirmed").order_by("confirmed_at", "pk"))


def with_changes(changes: Iterable[RuleChange]) -> RuleBook:
    """The shipped rules with changes laid over them; refuses what the loader refuses, with file and line."""
    from trihelix.engines.rules import RuleBook
    from trihelix.engines.rules.loader import read_rule

    base, by_rule = shipped(), {}
    for change in changes:
        by_rule.setdefault(change.rule, []).append(change)
    if not by_rule:
        return base
    rules = {
        **base.rules,
        **{rule: read_rule(changed_text(rule_text(rule), rows), f"overlay/{rule}.yaml") for rule, rows in by_rule.items()},
    }
    mark = "+".join(f"{c.rule}.{c.parameter}@{c.effective_on}={c.value}" for rows in by_rule.values() for c in rows)
    return RuleBook(rules, f"{base.digest[:40]}+{chain.digest(mark)[:12]}")


@functools.lru_cache(maxsize=4)
def _overlaid(digest: str, keys: tuple[uuid.UUID, ...]) -> RuleBook:
    return with_changes(confirmed())


def rules() -> RuleBook:
    """The rules in force: book and confirmed changes; one small query, compiled once per set of changes."""
    keys = tuple(entries(SYSTEM, RuleChange).filter(record__state="confirmed").order_by("pk").values_list("record__uid", flat=True))
    return _overlaid(book.current().digest, keys)


def current_text(rule: str) -> str:
    """The YAML of a rule in force: as shipped where nothing was changed, else with the confirmed changes entered."""
    changes = [c for c in confirmed() if c.rule == rule]
    return changed_text(rule_text(rule), changes) if changes else rule_text(rule)


def _without_values(data: dict[str, Any]) -> dict[str, Any]:
    """Everything of a rule file but the parameters' values and the sources they cite."""
    parameters = {k: {x: y for x, y in p.items() if x != "values"} for k, p in (data.get("parameters") or {}).items()}
    return {**{k: v for k, v in data.items() if k not in ("parameters", "sources")}, "parameters": parameters}


def proposals_from(text: str, name: str) -> list[dict[str, Any]]:
    """What an edited rule file proposes: one entry a new or changed parameter value, ready for ``rule_changes.create``.

    The file is read by the book's own loader first. Refused: a file whose clauses, inputs or bands differ (those change with the book,
    not on a page), values taken away, and a file that changes nothing.
    """
    from trihelix.engines.rules.loader import read_rule

    made = read_rule(text, name)
    new: dict[str, Any] = yaml.safe_load(text)
    old: dict[str, Any] = yaml.safe_load(current_text(made.id))
    if _without_values(new) != _without_values(old):
        raise Refused.one(
            "not_a_parameter", "文件中除参数取值外还有其他不同；条款、输入项与评分随规则书发布，不在页面修改", field="file", value=made.id
        )
    out: list[dict[str, Any]] = []
    for key, parameter in (new.get("parameters") or {}).items():
        before = {_day(v["from"]): v for v in old["parameters"][key]["values"]}
        after = {_day(v["from"]): v for v in parameter["values"]}
        if gone := sorted(set(before) - set(after)):
            text_gone = "、".join(d.isoformat() for d in gone)
            raise Refused.one("value_removed", f"参数 {key} 少了自 {text_gone} 起的取值；取值只能增加或更正，不能删去", field=key)
        for day, value in after.items():
            if day in before and before[day]["value"] == value["value"]:
                continue
            source = new["sources"][value["source"]]
            out.append(
                {
                    "rule": made.id,
                    "parameter": key,
                    "value": value["value"],
                    "effective_on": day,
                    "source_doc": str(source["doc"]),
                    "source_title": str(source.get("title") or ""),
                    "article": str(value.get("article") or ""),
                    "unverified": bool(value.get("unverified", False)),
                }
            )
    if not out:
        raise Refused.one("no_difference", "文件与现行规则的参数取值相同，没有可提出的修改", field="file", value=made.id)
    return out
