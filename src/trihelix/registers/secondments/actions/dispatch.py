"""A whole batch at once: home bodies answer, the engine runs, the office adjusts with the price shown, proposals go to both sides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.columns import options as choices
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.secondments import dispatch, queries
from trihelix.registers.secondments.flow import DESK
from trihelix.registers.secondments.models import Batch, Dispatch, HomeAnswer, Secondment

OBJECTIVES = choices(
    ("max_sum", "总契合度最大", "Greatest total fit"), ("max_worst_item_total_then_sum", "先保最差岗位，再求总分", "Worst post first, then total"),
    ("stable", "双向稳定（人员优先）", "Stable, best for people"), ("stable_host", "双向稳定（单位优先）", "Stable, best for hosts"),
    ("min_blocking_pairs", "不稳定的组合最少", "Fewest unstable pairs"),
)  # fmt: skip
CONSENT = choices(
    ("not_refused", "派出单位未反对即可", "Home has not refused"), ("required", "派出单位须已同意", "Home has agreed"),
)  # fmt: skip
HOW = choices(("place", "安排到此岗位", "Place on this post"), ("bar", "不去此岗位", "Keep off this post"))
RUN = Column("run", "integer", "方案号", "Run", required=True)
WHY = Column("why", "text", "理由", "Why", required=True)
NUMBERS = (
    Column("most", "integer", "总人数至多", "People at most", unit="人", help="留空取批次计划或年度计划的余数"), Column("city_min", "integer", "每个市（州）至少", "A city at least", unit="人"),
    Column("city_most", "integer", "每个市（州）至多", "A city at most", unit="人"), Column("home_most", "integer", "每个派出单位至多", "A home body at most", unit="人"),
    Column("host_most", "integer", "每个接收单位至多", "A host at most", unit="人"),
)  # fmt: skip
ASKED = (
    Column("objective", "choice", "目标", "Objective", choices=OBJECTIVES, help="留空为总契合度最大"), *NUMBERS,
    Column("fill_all", "boolean", "每个岗位至少一人", "Every post filled"), Column("field_fit", "boolean", "领域须相符", "Field must agree"),
    Column("consent", "choice", "派出单位意见", "Home consent", choices=CONSENT),
)  # fmt: skip


@action("secondment_batches", "home_answer", "派出单位意见", "Answer of the home body", roles=("anyone",), fields=(
    Column("people", "list", "人员编号", "People", required=True), Column("agrees", "boolean", "同意选派", "Agrees"), Column("why", "text", "说明", "Why"),
))  # fmt: skip
def home_answer(a: Run, batch: Batch, *, people: Iterable[str], agrees: bool = False, why: str = "") -> None:
    """A home body says who may go with a batch, and who may not. A later answer replaces an earlier one."""
    a.require(a.record.state in ("planned", "open"), "batch_closed", "该批次不在征集中", field="people")
    done = []
    for name in dict.fromkeys(people):
        person = find(register_of("people"), name, a.by)
        own = person.owner_id in a.by.bodies or bool(a.by.roles & set(DESK))
        a.require(own, "not_yours", f"{person.number} 不是本单位人员", field="people", value=person.number)
        a.require(agrees or why.strip(), "reason_required", "不同意选派须说明理由", field="why")
        HomeAnswer.objects.update_or_create(
            batch=a.record, person=person, defaults={"agrees": bool(agrees), "why": why.strip()[:200], "on": a.today, "by_id": a.by.user_id}
        )
        done.append(person.number)
    a.extra["home_answer"] = [None, {"people": done, "agrees": bool(agrees)}]


def run_of(batch: Record, number: int) -> Dispatch:
    """A stored run by number. Refuses unknown ones."""
    found = Dispatch.objects.filter(batch=batch, number=number).first()
    if found is None:
        raise Refused.one("unknown_run", f"本批次没有方案 {number}", field="run", value=number)
    return found


def _open(a: Run) -> None:
    a.require(a.record.state in ("planned", "open"), "batch_closed", "该批次不在征集中，不能再分配", field="state")


def _keep(a: Run, kind: str, asked: dispatch.Options, raw: dict[str, Any], answer: dict[str, Any], **more: Any) -> Dispatch:
    """Store a run under the next number; the batch is locked, so numbers never collide."""
    number = (Dispatch.objects.filter(batch=a.record).aggregate(n=Max("number"))["n"] or 0) + 1
    made = Dispatch.objects.create(
        batch=a.record, number=number, kind=kind, options=asked.plain(), problem=raw, answer=answer, at=a.now, by_id=a.by.user_id, **more
    )
    a.extra["run"] = [None, {"number": number, "kind": kind, "status": answer["status"], "objective": answer.get("objective")}]
    return made


def _solve(a: Run, batch: Batch, asked: dispatch.Options, note: str = "") -> None:
    from trihelix.engines import allocation

    case = dispatch.gather(batch, asked, a.by)
    a.require(case.posts, "no_posts", "没有审核通过且尚有名额的岗位", field="posts")
    raw = dispatch.problem(batch, asked, case)
    a.require(raw["affinity"], "no_candidates", "没有与岗位契合的人选：请补充人员库与其产出，或修改岗位画像", field="people")
    answer = allocation.solve(raw, dispatch.SECONDS)
    cures: list[dict[str, Any]] = []
    if answer["status"] == "infeasible":
        cures = dispatch.softer(lambda o: dispatch.problem(batch, o, dispatch.gather(batch, o, a.by)), asked)
    _keep(a, "solve", asked, raw, answer, beside=dispatch.beside(raw, answer), cures=cures, note=note[:300])


@action("secondment_batches", "dispatch", "整批分配", "Dispatch", roles=DESK, fields=ASKED)
def run(a: Run, batch: Batch, **asked: Any) -> None:
    """Solve and keep the run with its certificate; where it cannot be done, the reason and cures, each proven."""
    _open(a)
    given = {k: v for k, v in asked.items() if v not in (None, "")}
    for name in ("most", "city_min", "city_most", "home_most", "host_most"):
        a.require(given.get(name, 0) >= 0, "negative", "数值不能为负", field=name, value=given.get(name))
    low, high = given.get("city_min", 0), given.get("city_most")
    a.require(high is None or low <= high, "min_above_max", "每个市（州）至少的人数大于至多的人数", field="city_min", value=low)
    if "most" not in given:
        given["most"] = dispatch.room(batch, a.today)
    _solve(a, batch, dispatch.Options(**given))


@action(
    "secondment_batches",
    "soften",
    "采用放宽办法",
    "Grant a cure",
    roles=DESK,
    fields=(RUN, Column("cure", "integer", "第几个办法", "Cure", required=True), WHY),
)
def soften(a: Run, batch: Batch, *, run: int, cure: int, why: str) -> None:
    """Take one of the changed options that a run without a solution offered, and solve again."""
    _open(a)
    base = run_of(a.record, run)
    a.require(1 <= cure <= len(base.cures), "unknown_cure", f"方案 {run} 没有第 {cure} 个办法", field="cure", value=cure)
    _solve(a, batch, dispatch.Options(**{**base.options, **base.cures[cure - 1]}), f"采用方案 {run} 的放宽办法 {cure}：{why}")


@action(
    "secondment_batches",
    "let_through",
    "豁免组合",
    "Let pairs through",
    roles=DESK,
    fields=(RUN, Column("cure", "integer", "第几个办法", "Cure", required=True), WHY),
)
def let_through(a: Run, batch: Batch, *, run: int, cure: int, why: str) -> None:
    """Waive the field or the missing consent of the pairs that a repair names, and solve again. Ties with the host are never waived."""
    _open(a)
    base = run_of(a.record, run)
    repairs = base.answer.get("repairs") or []
    a.require(1 <= cure <= len(repairs), "unknown_cure", f"方案 {run} 没有第 {cure} 个办法", field="cure", value=cure)
    changes = repairs[cure - 1]["changes"]
    more = [c for c in changes if c[0] != "waive_conflict"]
    a.require(not more, "needs_people", "此办法需要补充人选：请先登记人员，再重新分配", field="cure", value=more)
    batch.waived = [*batch.waived, *([c[1], c[2], why[:200]] for c in changes)]
    _solve(a, batch, dispatch.Options(**base.options), f"采用方案 {run} 的豁免 {cure}：{why}")


@action("secondment_batches", "adjust", "手工调整", "Adjust", roles=DESK, fields=(
    RUN, Column("post", "ref", "岗位", "Post", required=True), Column("person", "ref", "人员", "Person", required=True), Column("how", "choice", "方式", "How", required=True, choices=HOW), WHY,
))  # fmt: skip
def adjust(a: Run, batch: Batch, *, run: int, post: str, person: str, how: str, why: str) -> None:
    """Force a pair into a run, or keep it out; the others move as little as the objective lets them, and the run keeps the price in total fit."""
    from trihelix.engines import allocation

    _open(a)
    base = run_of(a.record, run)
    a.require(base.answer["status"] != "infeasible", "infeasible", "该方案无解，不能调整", field="run", value=run)
    place, who = find(register_of("secondment_needs"), post, a.by), find(register_of("people"), person, a.by)
    pair = [place.number, who.number]
    raw = {**base.problem, "limits": dict(base.problem["limits"])}
    if how == "place":
        taken = [p for p in raw["limits"].get("fixed", []) if p[1] != pair[1]]
        raw["limits"]["fixed"] = [*taken, pair]
    else:
        a.require(pair in base.answer["pairs"], "not_placed", f"{who.number} 不在方案 {run} 的 {place.number}", field="person")
        raw["limits"]["fixed"] = [p for p in raw["limits"].get("fixed", []) if p != pair]
        raw["conflicts"] = [*raw["conflicts"], [*pair, "office"]]
    if raw["objective"] in ("stable", "stable_host"):
        raw["objective"] = "min_blocking_pairs"  # a forced pair need not be stable; as few others as possible may be unstable
    answer = allocation.solve(raw, dispatch.SECONDS)
    if answer["status"] == "infeasible":
        a.refuse("not_allowed", f"不能这样调整：{answer['reason']['sentence']}", field="person", value=who.number)
    found = dispatch.beside(raw, answer)
    price = base.beside["total"] - found["total"]
    words = "安排到" if how == "place" else "不去"
    note = f"方案 {run}：{who.number} {words} {place.number}，总契合度减少 {price}。{why}"
    _keep(a, "adjust", dispatch.Options(**base.options), raw, answer, beside={**found, "price": price}, note=note[:300])


@action("secondment_batches", "propose", "提出人选", "Propose", roles=DESK, fields=(RUN,))
def propose(a: Run, batch: Batch, *, run: int) -> None:
    """Make every pair of a run a candidate of this batch: host and person then choose as ever. Refuses a run that is out of date."""
    _open(a)
    chosen = run_of(a.record, run)
    a.require(chosen.answer["status"] != "infeasible", "infeasible", "该方案无解，不能提出人选", field="run", value=run)
    pairs = [tuple(p) for p in chosen.answer["pairs"]]
    a.require(pairs, "no_pairs", "该方案没有安排任何人", field="run", value=run)
    asked = dispatch.Options(**chosen.options)
    case = dispatch.gather(batch, asked, a.by)
    posts, people = ({e.record.number: k for k, e in side.items()} for side in (case.posts, case.people))
    gone = [p for p in pairs if p[0] not in posts or p[1] not in people or (posts[p[0]], people[p[1]]) in case.against]
    a.require(not gone, "out_of_date", f"方案之后情况有变：{gone[:3]}，请重新分配", field="run", value=run)
    begin = register_of("secondments").acts["begin"].run
    made = []
    for post, person in pairs:
        place, who = case.posts[posts[post]].record, case.people[people[person]].record
        held = Secondment.objects.filter(post=place, person=who, record__state__in=queries.OPEN).first()
        if held is None:
            held = begin(by=SYSTEM, post=place, person=who, state="listed", batch=a.record, now=a.now)
            made.append(held.number)
    a.extra["proposed"] = [None, {"run": run, "made": made}]
    a.notify(
        f"方案 {run} 已提出 {len(made)} 个人选", roles=("officer",), key=f"proposed{run}", en=f"Run {run}: {len(made)} candidates proposed"
    )
