"""Typed values of plain keys, and merging of a version's or the house's values, with file and line kept."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from trihelix.engines.bookfile import BookError, Node
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact
from trihelix.engines.schemes.keys import SECTIONS, Key
from trihelix.engines.schemes.model import Setting


def merged(base: Node, over: Node) -> Node:
    """``over`` laid on ``base``: mappings of plain sections key by key, everything else replaced."""
    out = Node(base)
    out.file, out.line, out.lines = base.file, base.line, dict(base.lines)
    for key, new in over.items():
        held = base.get(key)
        out[key] = merged(held, new) if key in SECTIONS and isinstance(held, Node) and isinstance(new, Node) else new
        out.lines[key] = over.lines[key]
    return out


def typed(node: Node, name: str, key: Key) -> Any:
    """The value of a plain key; a wrong type is refused with file and line."""
    raw, kind = node[name], key.type
    if kind == "int" and type(raw) is int and raw >= 0:
        return raw
    if kind == "bool" and isinstance(raw, bool):
        return raw
    if kind == "text" and isinstance(raw, str | int):
        return str(raw)
    if kind == "ratio":
        return _ratio(node, name, raw)
    if kind == "words" and isinstance(raw, list) and all(isinstance(x, str) for x in raw):
        return tuple(raw)
    if kind.startswith("choice:") and str(raw) in kind[7:].split("|"):
        return str(raw)
    if kind.startswith("list:") and isinstance(raw, list) and set(map(str, raw)) <= set(kind[5:].split("|")):
        return tuple(map(str, raw))
    raise BookError.at(node, name, "bad_value", f"“{key.path}”（{key.zh}）的值 {raw!r} 无效，应为 {_expected(kind)}")


def _expected(kind: str) -> str:
    if ":" in kind:
        return ("以下之一：" if kind.startswith("choice") else "以下若干：") + kind.split(":")[1].replace("|", "、")
    return {"int": "非负整数", "bool": "true 或 false", "text": "文字", "ratio": "0 至 1 的比例，如 30%", "words": "文字列表"}[kind]


def _ratio(node: Node, name: str, raw: Any) -> Fraction:
    try:
        held = exact(raw, name)
    except Refused as refusal:
        raise BookError.at(node, name, "bad_ratio", f"“{raw}” 不是比例，请写成 30% 或 2/3") from refusal
    if not 0 <= held <= 1:
        raise BookError.at(node, name, "bad_ratio", f"比例 {raw} 应在 0 与 1 之间")
    return held


def read_settings(node: Node, defaults: Node, source: str) -> tuple[dict[str, Setting], list[Problem]]:
    """Every plain key with the value in force: the file's, else the house's default, which is always marked unverified."""
    out: dict[str, Setting] = {}
    problems: list[Problem] = []
    for section, keys in SECTIONS.items():
        own, house = node.get(section) or Node(), defaults.get(section) or Node()
        problems += _unknown(own, section, keys)
        marks = own.get("unverified", [])
        for name, key in keys.items():
            chosen, default = (own, False) if name in own else (house, True)
            if name not in chosen and key.before is not None:
                chosen = Node({name: key.before})
            if name not in chosen:
                problems.append(
                    Problem("missing_key", f"{node.file}:{node.line}: 缺少 “{key.path}”（{key.zh}），默认值文件中也没有", field=key.path)
                )
                continue
            try:
                value = typed(chosen, name, key)
            except BookError as error:
                problems += error.problems
                continue
            marked = default or marks is True or (isinstance(marks, list) and name in marks)
            origin = "本系统默认值" if default else str(own.get("source") or source)
            out[key.path] = Setting(key.path, value, origin, bool(marked), default)
    return out, problems


def _unknown(own: Node, section: str, keys: dict[str, Key]) -> Iterator[Problem]:
    for name in own:
        if name not in keys and name not in ("source", "unverified"):
            yield Problem(
                "unknown_key", f"{own.where(name)}: {section} 中没有键 “{name}”；可用：{'、'.join(sorted(keys))}", field=f"{section}.{name}"
            )
