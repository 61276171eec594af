"""A demo over texts of one's own: rows ``{"id", "text", "disc"?}`` become results, some of them worded as needs too."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from trihelix.cli.demo.province import Context, content, fen
from trihelix.kernel import bulk
from trihelix.kernel.register import register_of

TITLE = 40
NEEDS = 60  # every so-many-th row is also turned into a firm's need, from the second half of its text


def _title(text: str) -> str:
    """The first clause of a text, as a heading."""
    clause = re.split(r"[。;；.!！?？,，]", text.strip(), maxsplit=1)[0].strip()
    return (clause or text.strip())[:TITLE] or "（无题）"


def result_rows(ctx: Context) -> list[dict[str, Any]]:
    """One result a row; ``ref`` is the row's id as text."""
    holders = [b["ref"] for b in content("bodies")["bodies"] if b["kind"] in ("university", "institute")]
    return [
        {"ref": str(row["id"]), "title": _title(row["text"]), "owner": holders[i % len(holders)], "summary": row["text"], "synthetic": True}
        for i, row in enumerate(ctx.corpus)
    ]


def need_rows(ctx: Context) -> list[dict[str, Any]]:
    """Needs worded from the tail of some texts."""
    firms = [b for b in content("bodies")["bodies"] if b["kind"] == "firm"]
    step = max(1, len(ctx.corpus) // NEEDS)
    rows = []
    for i, row in enumerate(ctx.corpus[::step]):
        firm, tail = firms[i % len(firms)], row["text"][len(row["text"]) // 2 :].strip("，。；,.; ")
        rows.append(
            {
                "ref": f"XQ-{row['id']}", "title": f"寻求：{_title(tail)}", "owner": firm["ref"], "kind": "technical", "problem": f"我公司希望解决以下问题：{tail}",
                "indicators": [{"name": "达到的效果", "op": "text", "target": "以验收为准"}], "budget_wan": fen(20 + 5 * (i % 20)),
                "ownership": "negotiable", "deadline": ctx.today + dt.timedelta(days=365), "division": firm["division"], "synthetic": True,
            }
        )  # fmt: skip
    return rows


def load(ctx: Context) -> None:
    """Import the texts as results and the derived needs."""
    bulk.import_rows(register_of("results"), result_rows(ctx), ctx.by, "语料成果")
    bulk.import_rows(register_of("needs"), need_rows(ctx), ctx.by, "语料需求")
