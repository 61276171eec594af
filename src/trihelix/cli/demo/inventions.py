"""Service inventions of the demo province: pilots, results, transfers with shared income, mechanisms — all synthetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.province import Context, fen
from trihelix.kernel import clock
from trihelix.kernel.register import register_of

PILOTS = ("u-tcm", "u-sci", "u-eng", "i-photon")
RESULTS = (
    ("ZKCG-001", "u-tcm", "人参活性物定向提取方法（演示）", "patent", [("p-058", "示例-何二", "0.6"), ("", "示例-团队甲", "0.4")]),
    ("ZKCG-002", "u-sci", "相干光模块封装工艺（演示）", "patent", [("p-042", "示例-周二", "0.7"), ("p-043", "示例-吴二", "0.3")]),
    ("ZKCG-003", "u-eng", "薄壁件在线检测软件（演示）", "software", [("p-034", "示例-柏一", "1")]),
)


def _run(ctx: Context, register: str, act: str, day: dt.date | None = None, **values: Any) -> Any:
    now = clock.end_of(day) if day else None
    return register_of(register).acts[act].run(by=ctx.by, now=now, **values)


def _results(ctx: Context, day: dt.date) -> dict[str, Any]:
    made = {}
    for ref, owner, title, kind, people in RESULTS:
        completers = [{**({"person": p} if p else {}), "name": n, "ratio": r} for p, n, r in people]
        one = _run(
            ctx,
            "inventions",
            "create",
            ref=ref,
            owner=owner,
            title=title,
            kind=kind,
            completers=completers,
            granted_on=day,
            summary="演示成果，内容虚构",
        )
        _run(ctx, "inventions", "disclose", day, record=one.uid)
        _run(ctx, "inventions", "claim", day, record=one.uid, minutes="演示决定", registered_on=day)
        made[ref] = _run(ctx, "inventions", "offer", day, record=one.uid)
    return made


def _shared(ctx: Context, one: Any, day: dt.date) -> None:
    deal = _run(
        ctx,
        "transfers",
        "create",
        ref="ZH-001",
        owner=one.record.owner.ref,
        title="人参活性物提取方法许可（演示）",
        invention=one.number,
        way="licence",
        amount_wan=fen(1000),
        partner_name="示例参业（演示）",
    )
    _run(ctx, "transfers", "sign", day, record=deal.uid, signed_on=day)
    members = [
        {"person": "p-058", "name": "示例-何二", "role": "completer", "ratio": "0.6", "is_main": True},
        {"name": "示例-团队甲", "role": "completer", "ratio": "0.4"},
    ]
    plan = _run(
        ctx,
        "share_plans",
        "create",
        ref="FP-001",
        owner=one.record.owner.ref,
        title="收益分配方案（演示）",
        transfer=deal.number,
        p="0.70",
        members=members,
    )
    end = day + dt.timedelta(days=16)
    _run(ctx, "share_plans", "apply", day, record=plan.uid)
    _run(ctx, "share_plans", "decide", day, record=plan.uid, minutes="演示会议纪要", no_gain=True, alternatives="曾比较六成方案")
    _run(ctx, "share_plans", "announce", day, record=plan.uid, text="收益分配方案公示（演示）")
    _run(ctx, "share_plans", "clear", end, record=plan.uid)
    _run(ctx, "share_plans", "take_effect", end, record=plan.uid)
    got = end + dt.timedelta(days=10)
    _run(
        ctx,
        "transfers",
        "receive",
        got,
        record=deal.uid,
        voucher="DZ-001",
        date=got,
        amount_wan=fen(1000),
        taxes_wan=fen(30),
        upkeep_wan=fen(10),
        direct_wan=fen(20),
    )
    _run(ctx, "transfers", "order_payouts", got, record=deal.uid)


def load(ctx: Context) -> None:
    """Pilots, three results, one transfer shared to people, one use-first offer, one problem of the log."""
    day = ctx.today - dt.timedelta(days=120)
    for owner in PILOTS:
        _run(
            ctx,
            "pilot_bodies",
            "create",
            title=f"试点 {owner}（演示）",
            owner=owner,
            batch="演示批次",
            valid_from=dt.date(2024, 12, 23),
            mechanisms=["income_share", "rights", "separate"],
        )
    made = _results(ctx, day)
    _shared(ctx, made["ZKCG-001"], day)
    second = made["ZKCG-002"]
    _run(
        ctx,
        "use_first_licences",
        "create",
        ref="XS-001",
        owner="u-sci",
        title="相干光模块封装工艺先使用后付费（演示）",
        invention=second.number,
        licensee_name="示例光子（演示）有限公司",
        is_sme=True,
        free_months=12,
        pays_from="term",
        royalty_rate="0.05",
    )
    _run(ctx, "inventions", "separate", day, record=second.uid, ledger_no="DL-DEMO-001", minutes="演示决定")
    _run(
        ctx,
        "reform_problems",
        "create",
        ref="WT-001",
        title="结余经费出资由谁缴税（演示）",
        mechanism="surplus",
        text="单位出资与个人税后出资两种做法如何处理？",
        raised_on=day,
    )
