"""Demo content of shared resources and scenes: an instrument with a booking, a line in the ledger, a public scene with a reply. All synthetic."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from trihelix.cli.demo.province import Context
from trihelix.kernel import bulk
from trihelix.kernel.register import register_of

YUAN = 100


def act(register: str, name: str) -> Any:
    return register_of(register).acts[name].run


def load(ctx: Context) -> None:
    """A handful of records of each register, through the acts."""
    made = act("shared_resources", "create")(
        by=ctx.by, title="高分辨质谱仪（演示）", kind="instrument", owner="u-tcm", exclusive=True, must_open=True, instrument_class="analysis", original_wan=3_200_000 * YUAN,
        price_yuan=300 * YUAN, member_price_yuan=200 * YUAN, price_basis="成本补偿", division="220103", fields=["medicine"], opened_on=dt.date(2023, 1, 1), ref="YQ-demo-ms",
    )  # fmt: skip
    act("shared_resources", "open")(by=ctx.by, record=made.uid)
    booked = act("bookings", "create")(
        by=ctx.actor("jicui"),
        title="红参成分检测（演示）",
        resource=made.number,
        day=ctx.today + dt.timedelta(days=7),
        starts_at="09:00",
        ends_at="11:30",
        ref="YYD-demo",
    )
    act("bookings", "confirm")(by=ctx.by, record=booked.uid)
    bulk.import_rows(
        register_of("usage_logs"),
        [{"ref": "JS-demo", "title": "成分检测（演示）", "owner": "u-tcm", "resource": made.number, "user": "firm-jicui", "user_kind": "firm", "outside": True,
          "day": dt.date(2024, 5, 6), "hours": Decimal("3.5"), "fee_yuan": 1050 * YUAN, "synthetic": True}],
        ctx.by, "演示台账",
    )  # fmt: skip
    scene = act("scenes", "create")(
        by=ctx.by, title="人参智能分级（演示）", kind="scene_chance", owner="firm-jicui", problem="人工分级慢、标准不一", conditions=[{"kind": "site", "text": "一条分级产线"}],
        division="220500", fields=["medicine", "digital"], answer_by=ctx.today + dt.timedelta(days=60), ref="CJ-demo",
    )  # fmt: skip
    act("scenes", "submit")(by=ctx.by, record=scene.uid)
    act("scenes", "publish")(by=ctx.by, record=scene.uid)
    act("scenes", "answer")(by=ctx.actor("utcm-office"), record=scene.uid, title="视觉分级方案（演示）", proposal="以图像识别分级")
