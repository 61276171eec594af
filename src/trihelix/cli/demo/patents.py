"""Demo content of patents: a stock-taking with pool and tiers, a licence recorded, products to recognition, a centre, cases. All synthetic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from trihelix.cli.demo.province import Context, fen, topics
from trihelix.engines.codes import application_of
from trihelix.kernel import bulk
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of

HOLDERS = ("u-tcm", "u-sci", "u-eng", "u-agri", "i-photon", "i-chem")
ROUND = "PD-demo"
PROSPECTS = ("good", "potential", "unclear", "good", "none")
MODES = (["ordinary"], ["transfer"], ["exclusive", "equity"], ["open"])
MOST = 48


def act(register: str, name: str) -> Any:
    return register_of(register).acts[name].run


def number(serial: int, year: int, kind: int = 1) -> str:
    """A number of the demo: its serial begins with 9, which no demo body's real patent uses here."""
    return application_of(year, 9_000_000 + serial, kind)


def _inventions() -> Iterator[tuple[str, str, str, str]]:
    """``(field, holder, title, abstract)`` from the topics of the demo."""
    held = {r.ref: r for r in Record.objects.filter(register="bodies", ref__in=HOLDERS)}
    by_field: dict[str, list[str]] = {}
    for ref in HOLDERS:
        for name in held[ref].entry.fields if ref in held else ():
            by_field.setdefault(name, []).append(ref)
    for i, (name, topic) in enumerate(topics()):
        result = topic.get("result")
        if result and name in by_field:
            yield name, by_field[name][i % len(by_field[name])], result["title"], result["summary"]


def _patents(ctx: Context) -> list[dict[str, Any]]:
    rows, found = [], list(_inventions())
    for i, (name, holder, title, summary) in enumerate(found[:: max(1, len(found) // MOST)][:MOST]):
        year = 2016 + i % 7
        filed = dt.date(year, 1 + i % 12, 12)
        rows.append({
            "app_no": number(i, year), "title": title, "owner": holder, "filing_date": filed, "grant_date": filed.replace(year=year + 2), "summary": summary, "fields": [name],
            "fee_paid_to": filed.replace(year=ctx.today.year + 1), "fee_cut": True, "funded": i % 2 == 0, "sei": i % 3 == 0, "synthetic": True,
            "holders": [{"name": Record.objects.get(register="bodies", ref=holder).title}],
        })  # fmt: skip
    family = rows[0]["app_no"]
    twin = {
        **rows[0],
        "app_no": number(MOST, 2016, 2),
        "title": f"{rows[0]['title']}所用装置",
        "family": family,
        "fee_paid_to": rows[0]["fee_paid_to"],
    }
    twin["fee_paid_to"] = min(twin["fee_paid_to"], dt.date(2026, 1, 12))
    bulk.import_rows(register_of("patents"), [*rows, {**twin, "status": "expired"}], ctx.by, "演示专利")
    return rows


def _round(ctx: Context, rows: list[dict[str, Any]]) -> None:
    start = ctx.today - dt.timedelta(days=200)
    bodies = sorted({r["owner"] for r in rows})
    made = act("stock_rounds", "create")(
        by=ctx.by, title="高校院所存量专利盘点（演示）", owner="g-scjg", starts_on=start, bodies=bodies, issuers=["g-scjg", "g-jyt", "g-kjt", "g-gxt"],
        basis="高校和科研机构存量专利盘活工作方案", ref=ROUND,
    )  # fmt: skip
    act("stock_rounds", "start")(by=ctx.by, record=made.uid)
    forms = [
        {"round": ROUND, "patent": r["app_no"], "stars": 2 + i % 4, "prospect": PROSPECTS[i % 5], "trl": 4 + i % 5, "modes": MODES[i % 4], "ask_wan": fen(20 + 5 * i),
         "pool_on": start + dt.timedelta(days=30), "self_assessed_on": start + dt.timedelta(days=10), "synthetic": True}
        for i, r in enumerate(rows[:-1])
    ]  # fmt: skip
    bulk.import_rows(register_of("stock_records"), forms, ctx.by, "演示盘点表")
    act("stock_records", "create")(by=ctx.by, round=ROUND, patent=rows[-1]["app_no"])


def _licence(ctx: Context, rows: list[dict[str, Any]]) -> None:
    row = next((r for r in rows if r["owner"] == "u-tcm"), rows[0])
    signed = ctx.today - dt.timedelta(days=60)
    deal = act("patent_deals", "create")(
        by=ctx.by, title=f"普通许可：{row['title'][:60]}（演示）", owner=row["owner"], kind="ordinary", patents=[row["app_no"]], counterpart="firm-jicui", signed_on=signed, fee_wan=fen(30),
        fee_kind="lump", territory="中国", ref="ZX-demo",
    )  # fmt: skip
    act("patent_deals", "take_effect")(by=ctx.by, record=deal.uid, effective_on=signed)
    act("patent_deals", "record")(by=ctx.by, record=deal.uid, recorded_on=ctx.today - dt.timedelta(days=20), recording_no="演示备案-1")
    years = (ctx.today.year - 2, ctx.today.year - 1)
    events = [
        {"ref": f"BA-{year}-{i}", "title": r["title"], "kind": "licence" if i % 3 else "transfer", "recorded_on": dt.date(year, 1 + i % 12, 8), "app_no": r["app_no"],
         "owner": r["owner"], "holder_kind": "university", "recording_no": f"演示-{year}-{i}", "synthetic": True}
        for year, count in zip(years, (10, 15), strict=True) for i, r in enumerate(rows[:count])
    ]  # fmt: skip
    bulk.import_rows(register_of("patent_recordings"), events, ctx.by, "演示备案")


def _products(ctx: Context, rows: list[dict[str, Any]]) -> None:
    firms = list(Record.objects.filter(register="bodies", parties_body__kind="firm").order_by("ref").values_list("ref", flat=True)[:6])
    year = ctx.today.year - 1
    made = [
        {"ref": f"CP-demo-{i}", "title": f"专利产品 {i + 1}（演示）", "owner": firms[i % len(firms)], "filed_on": dt.date(year, 3 + i % 6, 5), "data_year": year - 1, "takes_part": True,
         "sales_wan": fen(300 + 50 * i), "revenue_wan": fen(2000 + 100 * i), "patents_used": [{"app_no": rows[i]["app_no"], "core": True, "origin": "licensed"}], "synthetic": True,
         "recognised_on": dt.date(year, 12, 1) if i < 2 else None, "certificate_no": f"演示-{i}" if i < 2 else ""}
        for i in range(8)
    ]  # fmt: skip
    bulk.import_rows(register_of("patent_products"), made, ctx.by, "演示专利产品")


def _rest(ctx: Context, rows: list[dict[str, Any]]) -> None:
    own = [r for r in rows if r["owner"] == "u-sci"] or rows
    offer = act("open_licences", "create")(
        by=ctx.by, title=f"开放许可：{own[0]['title'][:60]}（演示）", owner=own[0]["owner"], patent=own[0]["app_no"], declared_on=ctx.today - dt.timedelta(days=40),
        fee_kind="royalty", rate_percent=Decimal(3), ref="KF-demo",
    )  # fmt: skip
    act("open_licences", "file")(by=ctx.by, record=offer.uid)
    act("patent_valuations", "create")(
        by=ctx.by, title="专利价值评估（演示）", owner=own[0]["owner"], patent=own[0]["app_no"], scenario="grading", valued_on=ctx.today, ref="PG-demo",
        scores=[{"indicator": "legal", "score": 80}, {"indicator": "technical", "score": 70}, {"indicator": "economic", "score": 60}],
    )  # fmt: skip
    bulk.import_rows(
        register_of("cultivation_centres"),
        [{"ref": "PY-demo", "title": "光电高价值专利培育中心（演示）", "owner": "i-photon", "field": "光电", "level": "provincial", "recognised_on": dt.date(2024, 6, 1), "synthetic": True}],
        ctx.by, "演示培育中心",
    )  # fmt: skip
    call = act("case_calls", "create")(
        by=ctx.by,
        title="专利产业化十大典型案例（演示）",
        owner="g-scjg",
        wanted=10,
        opens_on=ctx.today - dt.timedelta(days=10),
        closes_on=ctx.today + dt.timedelta(days=20),
        ref="AL-demo",
    )
    act("case_calls", "open")(by=ctx.by, record=call.uid)
    act("patent_cases", "create")(
        by=ctx.by,
        title="一件专利带动一条产线（演示）",
        owner="firm-jicui",
        call="AL-demo",
        patent=rows[0]["app_no"],
        story="校企许可后建成产线",
        ref="ALX-demo",
    )


def load(ctx: Context) -> None:
    """Add the illustrations."""
    rows = _patents(ctx)
    _round(ctx, rows)
    _licence(ctx, rows)
    _products(ctx, rows)
    _rest(ctx, rows)
