"""Listings of the demo province: one lot on the market, one agreed price on notice — synthetic."""

from __future__ import annotations

from trihelix.cli.demo.province import Context, fen
from trihelix.kernel.register import register_of


def load(ctx: Context) -> None:
    """Two lots over the demo's service inventions (loaded before)."""
    run = {name: act.run for name, act in register_of("listings").acts.items()}
    lot = run["create"](
        by=ctx.by,
        ref="GP-001",
        owner="u-eng",
        title="薄壁件在线检测软件许可（演示）",
        invention="ZKCG-003",
        way="listing",
        kind="LIC",
        base_wan=fen(60),
        price_basis="三家询价（演示）",
        deposit_wan=fen(3),
        step_wan=fen(1),
    )
    run["decide"](by=ctx.by, record=lot.uid, minutes="演示会议纪要", no_gain=True)
    run["submit"](by=ctx.by, record=lot.uid)
    run["publish"](by=ctx.by, record=lot.uid, text="挂牌公告（演示）：底价 60 万元，报价至截止日 17:00", closes_time="17:00")
    agreed = run["create"](
        by=ctx.by,
        ref="GP-002",
        owner="u-sci",
        title="相干光模块封装工艺许可（演示）",
        invention="ZKCG-002",
        way="agreement",
        kind="LIC",
        base_wan=fen(120),
        price_basis="同类合同比较（演示）",
        buyer_name="示例光子（演示）有限公司",
    )
    run["decide"](by=ctx.by, record=agreed.uid, minutes="演示会议纪要", no_gain=True)
    run["announce"](by=ctx.by, record=agreed.uid, text="协议价格公示（演示）：拟许可价 120 万元", scope=["market"])
