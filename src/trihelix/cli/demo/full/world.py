"""What the makers of the full province share: totals, one random source a part, names, dates, parts that add up, bodies and people."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from trihelix.cli.demo.full.targets import Targets
from trihelix.cli.demo.province import AUTHORITY
from trihelix.engines.codes import synthetic_credit_code
from trihelix.engines.money import split
from trihelix.kernel import bulk
from trihelix.kernel.actor import Actor
from trihelix.kernel.register import register_of

AS_OF = dt.date(2025, 5, 28)  # the day of the reply; every period of its figures follows from it
YEAR = AS_OF.year - 1
WAN = 10**6  # fen: money columns take whole fen where rows do not come from a file
CITIES = ("220100", "220200", "220300", "220400", "220500", "220600", "220700", "220800", "222400")
CITY_WEIGHTS = (46, 14, 6, 4, 7, 4, 6, 5, 8)
FIELDS = (
    "optoelectronics",
    "automobile",
    "materials",
    "energy",
    "medicine",
    "machinery",
    "fibre",
    "digital",
    "transport",
    "environment",
    "seed",
    "space",
)
# Share of a year's events by month: a quiet spring festival, a rush before the books close in December.
MONTHS = (6, 4, 7, 7, 8, 9, 7, 7, 9, 8, 11, 17)
HEAD = "辰启瀚宇恒睿凌岳昊朗泽嘉卓远承博锦诚鸿志云海松岭长白北极图们鸭绿"
TRADE = {
    "optoelectronics": "光电", "automobile": "汽车零部件", "materials": "新材料", "energy": "新能源", "medicine": "医药", "machinery": "农机装备",
    "fibre": "光纤", "digital": "数字科技", "transport": "轨道交通", "environment": "环保", "seed": "种业", "space": "空天信息",
}  # fmt: skip
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
FIRST_CODE = 200_000  # numbers of the reserved code range below this belong to the small province


@dataclass
class World:
    """The province in the making. ``firms``, ``homes``, … hold the refs of bodies made, in order of making."""

    by: Actor
    seed: int
    t: Targets
    bodies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    codes: Iterator[int] = field(default_factory=lambda: iter(range(FIRST_CODE, 10**9)))
    names: set[str] = field(default_factory=set)

    def rng(self, part: str) -> random.Random:
        """A random source of its own for each part, so that one part's totals do not move the others."""
        return random.Random(f"{self.seed}:{part}")

    def put(self, register: str, rows: Iterable[dict[str, Any]], what: str = "") -> None:
        """Import rows through the register's bulk action, 5,000 at a time; all are marked synthetic."""
        known, part = register_of(register), []
        for row in rows:
            part.append({**row, "synthetic": True})
            if len(part) == 5_000:
                bulk.import_rows(known, part, self.by, what or f"全量演示：{known.zh}")
                part = []
        if part:
            bulk.import_rows(known, part, self.by, what or f"全量演示：{known.zh}")

    def make_bodies(self, kind: str, count: int, pool: str, *, inside: bool = True) -> list[dict[str, Any]]:
        """``count`` more bodies of a kind, spread over the cities; returns and keeps their rows."""
        kept = self.bodies.setdefault(pool, [])
        rng, rows = self.rng(f"bodies:{pool}:{len(kept)}"), []
        for i in range(count):
            city = CITIES[i % len(CITIES)] if i < len(CITIES) else rng.choices(CITIES, CITY_WEIGHTS)[0]
            topic = rng.choice(FIELDS)
            rows.append(
                {
                    "ref": f"q-{pool}-{len(kept) + i + 1:05d}", "title": self._name(kind, topic, rng), "kind": kind, "inside": inside,
                    "division": city if inside else rng.choice(("110100", "310100", "320100", "440300", "210200", "230100")), "fields": [topic],
                    "credit_code": synthetic_credit_code(next(self.codes), city if inside else "110100", AUTHORITY.get(kind, "91")),
                    "industry": {"firm": "C39", "bank": "J66", "fund": "J67"}.get(kind, "M73"),
                    "established": dt.date(2003 + rng.randrange(20), 1 + rng.randrange(12), 1 + rng.randrange(28)),
                }
            )  # fmt: skip
        kept.extend(rows)
        self.put("bodies", rows)
        return rows

    def _name(self, kind: str, topic: str, rng: random.Random) -> str:
        tail = {
            "firm": f"{TRADE[topic]}有限公司", "university": "大学", "institute": f"{TRADE[topic]}研究院", "bank": "银行吉林分行", "fund": "创业投资基金",
            "hospital": "医院", "government": "事业单位", "association": "协会",
        }[kind]  # fmt: skip
        for length in (2, 2, 2, 3, 3, 4):
            name = f"示例{''.join(rng.choices(HEAD, k=length))}{tail}（演示）"
            if name not in self.names:
                break
        while name in self.names:
            name = f"示例{''.join(rng.choices(HEAD, k=5))}{tail}（演示）"
        self.names.add(name)
        return name


def person_name(rng: random.Random) -> str:
    return f"示例{rng.choice(SURNAMES)}{rng.choice(GIVEN)}{rng.choice(GIVEN)}"


def parts(total: int, count: int, rng: random.Random, *, step: int = 1, spread: float = 1.0) -> list[int]:
    """``count`` positive whole numbers that add up to ``total``, skewed as amounts are in life; multiples of ``step`` but the last.

    Every part is at least one ``step`` (or 1 where the total is too small for that).
    """
    if count == 0:
        return []
    step = step if total >= step * count * 2 else 1
    weights = [Decimal(str(round(rng.lognormvariate(0, spread), 6))) + Decimal("0.02") for _ in range(count)]
    free = total // step - count
    got = split(free, weights) if free > 0 else [0] * count
    out = [(g + 1) * step for g in got]
    out[-1] += total - sum(out)
    return out


def days(count: int, rng: random.Random, first: dt.date, last: dt.date) -> list[dt.date]:
    """``count`` days from ``first`` to ``last``, both included, with the rhythm of a year."""
    span = (last - first).days + 1
    pool = [first + dt.timedelta(days=i) for i in range(span)]
    return sorted(rng.choices(pool, [MONTHS[d.month - 1] for d in pool], k=count))


def cover(pool: Sequence[Any], count: int, rng: random.Random) -> list[Any]:
    """``count`` picks in which every one of ``pool`` appears at least once (``count`` ≥ ``len(pool)``), shuffled."""
    picks = list(pool) + [rng.choice(pool) for _ in range(count - len(pool))] if pool else []
    rng.shuffle(picks)
    return picks
