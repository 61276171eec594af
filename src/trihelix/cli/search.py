"""`trihelix search`: what the search page finds, with the words that brought each hit."""

from __future__ import annotations

from typing import Any

import click

from trihelix.cli import setup
from trihelix.cli.base import emit
from trihelix.engines.errors import Problem, Refused


def _narrowed(pairs: list[tuple[str, str]], known: tuple[str, ...]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """``field=value`` (any of them) and ``field!=value`` (none of them). Refuses unknown fields by name."""
    include: dict[str, list[str]] = {}
    exclude: dict[str, list[str]] = {}
    problems = []
    for key, value in pairs:
        name = key.removesuffix("!")
        if name not in known:
            problems.append(Problem("unknown_filter", f"没有筛选项 “{name}”；可用：{'、'.join(known)}", field="filter", value=name))
        elif not value.strip():
            problems.append(Problem("bad_value", f"请给出 “{name}” 的值", field="filter", value=key))
        else:
            (exclude if key.endswith("!") else include).setdefault(name, []).append(value.strip())
    if problems:
        raise Refused.of(problems)
    return include, exclude


@click.command()
@click.argument("kind", type=click.Choice(["results", "needs", "experts", "patents", "bodies"]))
@click.argument("text")
@click.option("-k", default=10, show_default=True, help="返回条数")
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE", help="筛选，可多次；FIELD!=VALUE 为排除 / may be repeated")
@click.option("--facet", "facets", multiple=True, metavar="FIELD", help="计数的分面 / count values of a field")
@setup.as_option
@setup.json_option
def search(kind: str, text: str, k: int, filters: tuple[str, ...], facets: tuple[str, ...], username: str, as_json: bool) -> None:
    """检索成果、需求、专家、专利或单位；支持 field:、region:、trl:>=6 等限定词，给出命中的词与理由。"""
    setup.ready()
    from trihelix.kernel import index

    by = setup.actor(username)
    include, exclude = _narrowed(setup.pairs(filters, "filter"), index.FIELDS)
    _narrowed([(f, "x") for f in facets], index.FIELDS)
    index.flush()
    answer = index.search(text, by=by, kinds=(kind,), k=k, include=include, exclude=exclude, facets=facets).as_json()
    emit(answer, as_json, _readable(answer))


def _readable(answer: dict[str, Any]) -> str:
    lines = []
    for place, hit in enumerate(answer["hits"], 1):
        words = "，".join(f"{r['term']} {r['part']:.2f}" for r in hit["reasons"][:6])
        lines.append(f"{place:>2}. {hit['title']}  [{hit['ref']}]  {hit['score']:.3f}\n      {words}")
    for field, counts in answer["facets"].items():
        lines.append(f"{field}：" + "，".join(f"{value} {n}" for value, n in counts.items()))
    return "\n".join(lines) or "没有找到相符的记录；请减少限定词或换一种说法"
