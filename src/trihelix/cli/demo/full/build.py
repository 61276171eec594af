"""Build the full province: the small one without its illustrations, then each part, counted by nobody but the figure functions."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from trihelix.cli.demo import province
from trihelix.cli.demo.full.targets import Targets
from trihelix.cli.demo.full.world import World
from trihelix.kernel.models import seeded_uids

PARTS = {
    "market": "市场与合同", "reform": "职务成果改革", "money": "项目与资金", "platforms": "平台与国际合作", "talent": "人才", "patents": "专利",
    "networks": "联盟与研究院", "finance": "榜单与金融",
}  # fmt: skip


def load_full(t: Targets, seed: int = 1, say: Callable[[str], None] = lambda text: None) -> province.Context:
    """Fill an empty, migrated database so that the figures on the day of the reply are the totals asked for."""
    context = province.load_province(seed, say=say, parts=("governance",))
    world = World(context.by, seed, t)
    with seeded_uids(seed + 7_919):
        say("单位")
        _bodies(world)
        for part, label in PARTS.items():
            say(label)
            importlib.import_module(f"trihelix.cli.demo.full.{part}").load(world)
        _external(world)
    return context


def _external(world: World) -> None:
    """Totals that no record of ours makes up: another value than the letter's is entered with its source."""
    for row in province.content("governance")["external"]:
        value = world.t.value.get(row["figure"])
        if value is not None and value != Fraction(str(row["value"])):
            told = Decimal(value.numerator) / Decimal(value.denominator)
            world.put("external_figures", [{**row, "ref": f"{row['ref']}-q", "value": told, "source": "示例：全量演示的目标"}])


def _bodies(world: World) -> None:
    """Firms, universities and institutes that all parts share; enough for the largest total, and some beside it."""
    t = world.t
    firms = max(t(f) for f in ("F09", "F35", "F38", "F39", "F42", "F46", "F47", "F59", "F79", "F85", "F92", "F93"))
    world.make_bodies("firm", max(1_200, firms * 5 // 4 + 40), "firm")
    homes = max(t("F50"), t("F75") - t("F76"), t("F18")) + 8
    world.make_bodies("university", homes // 2, "home")
    world.make_bodies("institute", homes - homes // 2, "home")
    world.make_bodies("university", t("F76") + 3, "away", inside=False)
