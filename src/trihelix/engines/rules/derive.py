"""Derived figures (派生指标): an expression named once in a version and put in place wherever the name is used.

Putting the expression itself in place keeps one meaning everywhere: compiled form, trace and missing inputs all see the inputs.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import fields, is_dataclass, replace
from typing import Any

from trihelix.engines.bookfile import Node, check_keys
from trihelix.engines.rules.expressions import parse, wrong
from trihelix.engines.rules.model import Expr, Version
from trihelix.engines.rules.readers import nodes


class _Inline(ast.NodeTransformer):
    def __init__(self, known: dict[str, Expr]) -> None:
        self.known, self.hit = known, set[str]()

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.known:
            return node
        self.hit.add(node.id)
        return copy.deepcopy(self.known[node.id].tree)


def read_derived(node: Node) -> tuple[dict[str, Expr], set[str]]:
    """The derived figures of a version, and which of them later ones use."""
    out, used = dict[str, Expr](), set[str]()
    for one in nodes(node, "derived"):
        check_keys(one, required=("id", "zh", "value"))
        if one["id"] in out or not str(one["id"]).isidentifier():
            raise wrong(one.where("id"), "duplicate_id", f"派生指标“{one['id']}”重复或不合写法")
        expr, hit = _inline(parse(one["value"], one.where("value")), out)
        used |= hit
        out[str(one["id"])] = expr
    return out, used


def _inline(expr: Expr, known: dict[str, Expr]) -> tuple[Expr, set[str]]:
    if not expr.names & set(known):
        return expr, set()
    work = _Inline(known)
    tree = work.visit(copy.deepcopy(expr.tree))
    inner = frozenset[str]().union(*(known[k].names for k in work.hit))
    return replace(expr, tree=tree, names=(expr.names - work.hit) | inner), work.hit


def put_in_place(version: Version, known: dict[str, Expr], used: set[str], where: str) -> Version:
    """The version with every derived figure put in place; one that nothing uses is refused."""

    def rebuild(value: Any) -> Any:
        if isinstance(value, Expr):
            expr, hit = _inline(value, known)
            used.update(hit)
            return expr
        if isinstance(value, tuple):
            return tuple(rebuild(v) for v in value)
        if is_dataclass(value) and not isinstance(value, type):
            changed = {f.name: new for f in fields(value) if (new := rebuild(old := getattr(value, f.name))) is not old}
            return replace(value, **changed) if changed else value
        return value

    if not known:
        return version
    out: Version = rebuild(version)
    idle = sorted(set(known) - used)
    if idle:
        raise wrong(where, "unused_derived", f"派生指标“{idle[0]}”没有任何条款用到")
    return out
