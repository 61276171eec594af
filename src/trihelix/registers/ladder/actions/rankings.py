"""Acts on rankings: compute by the published method or take the official list, then publish."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from trihelix.engines import chain
from trihelix.kernel import bulk
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.ladder import data, queries
from trihelix.registers.ladder.models import RankedFirm, Ranking
from trihelix.registers.ladder.ranking import Placed, rank


@action("rankings", "create", "新建榜单", "New ranking", creates=True, roles=("officer", "operator"))
def create(a: Run, ranking: Ranking, **values: Any) -> None:
    """Open a ranking; its method is kept with the version of the day."""
    create_entry(a, ranking, values)
    method = data.method(ranking.method)
    ranking.method_version, ranking.size = method.version, ranking.size or method.size
    a.record.visibility = "owner"


@action("rankings", "compute", "按方法测算", "Compute")
def compute(a: Run, ranking: Ranking) -> None:
    """Rank the population by the method. Firms with equal points share a rank; those sharing the last place all stand on the list.

    Refuses an empty population. Computed again, firms that fell out are dropped, not deleted.
    """
    method = data.method(ranking.method)
    firms, ranking.left_out = queries.candidates(method, ranking.as_of)
    a.require(firms, "empty_population", "没有符合总体条件且数据齐全的企业", field="method", value=ranking.method)
    size = ranking.size or method.size
    run = rank(method, firms, size)
    listed = [p for p in run.placed if p.rank <= size]
    ranking.method_version, ranking.size = method.version, size
    ranking.population, ranking.listed, ranking.tied = len(run.placed), len(listed), sum(p.tied for p in listed)
    ranking.sensitivity = run.sensitivity
    ranking.digest = chain.digest("\n".join(f"{p.key}:{p.rank}:{p.points}" for p in listed))[:64]
    a.after_saved(lambda: _write(a, listed))


def _write(a: Run, listed: list[Placed]) -> None:
    firms = Record.objects.in_bulk([p.key for p in listed])
    rows = [
        {
            "ref": a.record.number, "title": firms[p.key].title, "owner": str(firms[p.key].uid), "ranking": a.record.number, "rank": p.rank, "tied": p.tied,
            "score": round(Decimal(p.points.numerator) / Decimal(p.points.denominator), 4), "best_rank": p.best, "worst_rank": p.worst,
            "parts": [{**part, "points": Decimal(part["points"])} for part in p.parts],
        }
        for p in listed
    ]  # fmt: skip
    register = register_of("ranked_firms")
    bulk.import_rows(register, rows, SYSTEM, f"榜单测算 {a.record.number}")
    kept = {p.key for p in listed}
    held = RankedFirm.objects.filter(ranking=a.record).select_related("record")
    for one in held:
        if one.record.owner_id not in kept and one.record.state == "listed":
            register.acts["drop"].run(by=SYSTEM, record=one.record, reason="重新测算后未入榜", now=a.now)
        elif one.record.owner_id in kept and one.record.state == "dropped":
            register.acts["restore"].run(by=SYSTEM, record=one.record, now=a.now)


@action("rankings", "accept_list", "以导入名单为准", "Take the imported list")
def accept_list(a: Run, ranking: Ranking) -> None:
    """The list imported into the ranked firms is the ranking. Refuses an empty list, a rank given twice without a tie, and a list without source."""
    rows = list(RankedFirm.objects.filter(ranking=a.record, record__state="listed").order_by("rank"))
    a.require(rows, "empty", "请先导入上榜企业", field="ranking")
    a.require(ranking.source, "no_source", "请填写官方名单的来源", field="source")
    seen: dict[int, RankedFirm] = {}
    for row in rows:
        clash = row.rank in seen and not (row.tied and seen[row.rank].tied)
        a.require(not clash, "rank_twice", f"名次 {row.rank} 出现两次而未注明并列", field="rank", value=row.rank)
        seen[row.rank] = row
    ranking.listed, ranking.population, ranking.tied = len(rows), None, sum(r.tied for r in rows)
    ranking.sensitivity, ranking.left_out = [], []
    ranking.digest = chain.digest("\n".join(f"{r.record.owner_id}:{r.rank}" for r in rows))[:64]


@action("rankings", "publish", "发布", "Publish")
def publish(a: Run, ranking: Ranking) -> None:
    """Publish with its method; the firms on it are public from then on and are told."""
    ranking.published_on = ranking.published_on or a.today
    a.require(ranking.published_on <= a.today, "date_future", f"发布日期 {ranking.published_on} 在今天之后", field="published_on")
    a.record.visibility = "public"
    show = register_of("ranked_firms").acts["show"].run
    for row in RankedFirm.objects.filter(ranking=a.record, record__state="listed").select_related("record"):
        show(by=SYSTEM, record=row.record, now=a.now)


@action("rankings", "void", "作废", "Void", danger=True)
def void(a: Run, ranking: Ranking) -> None:
    """Void with the reason; its firms leave the list."""
    drop = register_of("ranked_firms").acts["drop"].run
    for row in RankedFirm.objects.filter(ranking=a.record, record__state="listed").select_related("record"):
        drop(by=SYSTEM, record=row.record, reason=f"榜单作废：{a.reason}", now=a.now)


@action("ranked_firms", "show", "公开", "Show", hidden=True, roles=("system",))
def show(a: Run, row: RankedFirm) -> None:
    """The ranking was published."""
    a.record.visibility = "public"
    if a.record.owner is not None:
        a.notify(
            f"贵单位列入：{row.ranking.title}（第 {row.rank} 名）",
            bodies=(a.record.owner_id,),
            en=f"Listed: {row.ranking.title} (rank {row.rank})",
        )
