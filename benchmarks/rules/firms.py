"""Synthetic firms for the technology-SME rule: complete facts, seeded, money in 万元 with two decimals."""

from __future__ import annotations

import random
from typing import Any

FLAGS = ("banned", "incident", "blacklisted", "hnte_valid", "national_award_top3", "rd_body_provincial", "led_standard")


def firms(count: int, seed: int = 1) -> dict[str, list[Any]]:
    """Columns of facts, one entry a firm."""
    r = random.Random(seed)
    staff = [r.randint(1, 600) for _ in range(count)]
    sales = [round(r.uniform(1, 25000), 2) for _ in range(count)]
    cost = [round(s * r.uniform(0.5, 1.2) + 1, 2) for s in sales]
    columns: dict[str, list[Any]] = {
        "staff": staff,
        "tech_staff": [r.randint(0, s // 2) for s in staff],
        "sales": sales,
        "assets": [round(r.uniform(0, 25000), 2) for _ in range(count)],
        "cost": cost,
        "rd": [round(c * r.uniform(0, 0.4), 2) for c in cost],
        "ip1": [r.choice((0, 0, 0, 1, 2)) for _ in range(count)],
        "ip2": [r.randint(0, 6) for _ in range(count)],
        "resident": [True] * count,
    }
    return columns | {flag: [r.random() < 0.03 for _ in range(count)] for flag in FLAGS}
