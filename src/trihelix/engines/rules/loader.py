"""Load a region's rule files into an immutable book; a bad book is refused with file, line and reason."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import Node, check_keys, load_text
from trihelix.engines.rules.derive import put_in_place, read_derived
from trihelix.engines.rules.expressions import wrong
from trihelix.engines.rules.model import Rule, Text, Version
from trihelix.engines.rules.readers import CITE, Citing, an_input, clause, day, nodes, output, parameter, score, sources, table, text
from trihelix.engines.rules.soundness import check_rule

_ABOUT = ("office", "benefit", "deadline", "evidence", "note")
_TOP = ("en", "group", "about", "confirmed", "parameters", "checks", "plausible")
_VERSION = ("to", "extends", "supersedes", "note", "total", "derived", "gates", "scores", "pass", "direct", "outputs", *CITE)


def read_rules(folder: Path) -> tuple[dict[str, Rule], str]:
    """Every ``*.yaml`` of a folder as rules by id, and the digest of their bytes."""
    digest, rules = hashlib.sha256(), dict[str, Rule]()
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise wrong(str(folder), "no_rules", "文件夹中没有规则文件（*.yaml）")
    for path in files:
        raw = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + raw + b"\0")
        rule = read_rule(raw.decode("utf-8"), f"{folder.name}/{path.name}")
        if rule.id in rules:
            raise wrong(f"{rule.file}:1", "duplicate_id", f"规则“{rule.id}”已在 {rules[rule.id].file} 中定义")
        rules[rule.id] = rule
    return rules, digest.hexdigest()


def read_rule(source: str, name: str) -> Rule:
    """One rule from YAML text; ``name`` is the file shown in refusals."""
    node = load_text(source, name)
    if not isinstance(node, Node):
        raise wrong(f"{name}:1", "bad_shape", "规则文件应为一个映射")
    check_keys(node, required=("rule", "zh", "sources", "inputs", "versions"), optional=_TOP)
    citing = Citing(sources(node), day(node, "confirmed"), set())
    inputs = {k: an_input(k, n) for k, n in table(node, "inputs").items()}
    parameters = {k: parameter(k, n, citing) for k, n in table(node, "parameters").items()}
    versions = _versions(node, citing)
    general = citing.within(versions[0].cite)
    rule = Rule(str(node["rule"]), text(node), name, inputs, parameters, versions, citing.sources,
                tuple(clause(n, general) for n in nodes(node, "checks")), tuple(clause(n, general) for n in nodes(node, "plausible")),
                str(node.get("group", "enterprise")), _about(node))  # fmt: skip
    _check_names(rule, node, citing)
    check_rule(rule)
    return rule


def _about(node: Node) -> dict[str, Text]:
    about = node.get("about")
    if about is None:
        return {}
    check_keys(about, optional=_ABOUT)
    return {k: text(v) if isinstance(v, Node) else Text(str(v)) for k, v in about.items()}


def _check_names(rule: Rule, node: Node, citing: Citing) -> None:
    seen: dict[str, str] = {}
    for one in rule.inputs.values():
        for key in (one.key, *one.also):
            if key in seen or key in rule.parameters or not key.isidentifier():
                raise wrong(one.where, "duplicate_id", f"输入项名称“{key}”重复或不合写法")
            seen[key] = one.key
    for key in citing.sources:
        if key not in citing.used:
            raise wrong(table(node, "sources")[key].where(), "unused_source", f"出处“{key}”没有任何条款引用")


def _versions(node: Node, citing: Citing) -> tuple[Version, ...]:
    out: list[Version] = []
    raw: dict[str, Node] = {}
    for one in nodes(node, "versions"):
        check_keys(one, required=("version", "from"), optional=_VERSION)
        merged = _extend(one, raw)
        version = _version(merged, citing)
        before = out[-1] if out else None
        if version.until is not None and version.until < version.since:
            raise wrong(one.where("to"), "dates_order", f"版本“{version.id}”的截止日早于起始日")
        if before is not None and (before.until is None or version.since <= before.until):
            raise wrong(one.where("from"), "overlapping_dates", f"版本“{version.id}”与前一版本“{before.id}”的有效期重叠；请写明前者的 to")
        raw[version.id] = merged
        out.append(version)
    if not out:
        raise wrong(node.where("versions"), "missing_key", "规则没有任何版本")
    return tuple(out)


def _extend(node: Node, raw: dict[str, Node]) -> Node:
    """A version that extends an earlier one takes over what it does not say itself (dates and source always its own)."""
    base = node.get("extends")
    if base is None:
        return node
    if str(base) not in raw:
        raise wrong(node.where("extends"), "unknown_name", f"extends 的版本“{base}”没有在前面定义")
    old = raw[str(base)]
    merged = Node({**{k: v for k, v in old.items() if k in ("derived", "gates", "scores", "pass", "direct", "outputs", "total")}, **node})
    merged.file, merged.line, merged.lines = node.file, node.line, {**old.lines, **node.lines}
    return merged


def _version(node: Node, citing: Citing) -> Version:
    cite = citing.read(node, f"版本“{node['version']}”")
    inner = citing.within(replace(cite, article=None) if cite.article else cite)
    since = day(node, "from")
    assert since is not None
    note: Any = node.get("note")
    parts = {k: tuple(clause(n, inner) for n in nodes(node, k)) for k in ("gates", "pass", "direct")}
    version = Version(str(node["version"]), since, day(node, "to"), cite, node.where(), parts["gates"],
                   tuple(score(n, inner) for n in nodes(node, "scores")), parts["pass"], parts["direct"],
                   tuple(output(n, inner) for n in nodes(node, "outputs")), node.get("supersedes"),
                   None if note is None else text(note) if isinstance(note, Node) else Text(str(note)), node.get("total"))  # fmt: skip
    return put_in_place(version, *read_derived(node), node.where("derived"))
