"""Panels: run the engine, grant a cure, adjust by hand with the price, draw with a committed seed, publish, replace."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import bulk, clock
from trihelix.kernel.action import Run as Act
from trihelix.kernel.action import action, find, stored_book
from trihelix.kernel.models import Record, new_uid
from trihelix.kernel.register import register_of
from trihelix.registers.experts.models import Expert
from trihelix.registers.reviews import links, panels
from trihelix.registers.reviews.actions.rounds import PAIR, item_of
from trihelix.registers.reviews.flow import OFFICE
from trihelix.registers.reviews.models import Conflict, Item, ReviewLink, Round, Run, Seat

SECONDS = 60.0
RUN = Column("run", "integer", "方案号", "Run", required=True)
GRANTED = ("expert_cap", "waive_conflict", *panels.KEPT)


def keep_run(a: Act, kind: str, problem: dict[str, Any], answer: dict[str, Any], note: str = "") -> Run:
    """Store a run under the next number; the round is locked, so numbers never collide."""
    number = (Run.objects.filter(round=a.record).aggregate(n=Max("number"))["n"] or 0) + 1
    made = Run.objects.create(
        round=a.record, number=number, kind=kind, problem=problem, answer=answer, note=note[:300], at=a.now, by_id=a.by.user_id
    )
    a.extra["run"] = [
        None,
        {"number": number, "kind": kind, "status": answer["status"], "objective": answer.get("objective"), "problem": digest(problem)},
    ]
    return made


def digest(problem: dict[str, Any]) -> str:
    """The hash of a problem, as certificates quote it."""
    from trihelix.engines.allocation.reader import digest_of

    return digest_of(problem)


def run_of(round_: Record, number: int) -> Run:
    """A stored run by number. Refuses unknown ones."""
    found = Run.objects.filter(round=round_, number=number).first()
    if found is None:
        raise Refused.one("unknown_run", f"本轮没有方案 {number}", field="run", value=number)
    return found


def _ready(a: Act, entry: Round) -> tuple[list[Item], list[Expert]]:
    a.require(a.record.state == "drafting", "not_drafting", "名单已发布；如有专家退出请用“换人”", field="state")
    items = list(Item.objects.filter(round=a.record).select_related("record"))
    a.require(items, "no_items", "请先加入待评项目", field="items")
    experts, _ = panels.pool(entry, a.today)
    a.require(experts, "no_experts", "没有可用的专家", field="experts")
    return items, experts


@action("review_rounds", "run", "分配专家", "Run", roles=OFFICE)
def run(a: Act, entry: Round) -> Run:
    """Solve and keep the run with its certificate. Where it cannot be done, the run keeps the reason and the cheapest cures."""
    from trihelix.engines import allocation

    items, experts = _ready(a, entry)
    problem = panels.problem(entry, items, experts)
    return _kept(a, "solve", problem, allocation.solve(problem, SECONDS))


def _kept(a: Act, kind: str, problem: dict[str, Any], answer: dict[str, Any], note: str = "") -> Any:
    keep_run(a, kind, problem, answer, note)
    return None  # the act answers with the round itself


@action("review_rounds", "relieve", "采用放宽办法", "Grant a cure", roles=OFFICE, fields=(
    RUN, Column("cure", "integer", "第几个办法", "Cure", required=True), Column("why", "text", "理由", "Why", required=True),
))  # fmt: skip
def relieve(a: Act, entry: Round, *, run: int, cure: int, why: str) -> None:
    """Grant one of the cures that a run without a solution offered, and solve again."""
    from trihelix.engines import allocation

    _ready(a, entry)
    repairs = run_of(a.record, run).answer.get("repairs") or []
    a.require(1 <= cure <= len(repairs), "unknown_cure", f"方案 {run} 没有第 {cure} 个办法", field="cure", value=cure)
    changes = repairs[cure - 1]["changes"]
    more = [c for c in changes if c[0] not in GRANTED]
    a.require(not more, "needs_experts", "此办法需要新增专家：请从名单中选入，或先入库，再重新分配", field="cure", value=more)
    for change in changes:
        if change[0] == "waive_conflict":
            rows = Conflict.objects.filter(round=a.record, item__number=change[1], expert__number=change[2])
            rows.update(waived=why[:200])
        elif change[0] == "expert_cap":
            room = next(e["cap"] for e in run_of(a.record, run).problem["experts"] if e["id"] == change[1])
            entry.relief = [*(r for r in entry.relief if r[:2] != change[:2]), [change[0], change[1], room + change[2]]]
        else:
            entry.relief = [*entry.relief, change]
    a.extra["cure"] = [None, {"run": run, "changes": changes, "why": why}]
    items, experts = _ready(a, entry)
    problem = panels.problem(entry, items, experts)
    keep_run(a, "solve", problem, allocation.solve(problem, SECONDS), f"采用方案 {run} 的放宽办法 {cure}：{why}")


@action("review_rounds", "let_in", "选入专家", "Let experts in", roles=OFFICE, fields=(
    Column("experts", "list", "专家编号", "Experts", required=True), Column("why", "text", "理由", "Why", required=True),
))  # fmt: skip
def let_in(a: Act, entry: Round, *, experts: Iterable[str], why: str) -> None:
    """Let experts of the pool into this round though they rest, sat often, or have little credit; who is away or paused stays out."""
    a.require(a.record.state == "drafting", "not_drafting", "名单已发布；如有专家退出请用“换人”", field="state")
    done = []
    for name in dict.fromkeys(experts):
        person = find(register_of("experts"), name, a.by)
        a.require(person.state == "active", "not_active", f"{person.title} 不在库，请先恢复或入库", field="experts", value=person.number)
        held = Expert.objects.get(record=person)
        a.require(
            not panels.away(held, a.today, entry.closes_on or a.today),
            "away",
            f"{person.title} 不可用",
            field="experts",
            value=person.number,
        )
        done.append([person.number, why[:200]])
    entry.admitted = [*(x for x in entry.admitted if x[0] not in {n for n, _ in done}), *done]


@action("review_rounds", "keep_apart", "不得同组", "Keep apart", roles=OFFICE, fields=(
    Column("left", "ref", "专家", "Expert", required=True), Column("right", "ref", "另一专家", "Other expert", required=True), Column("why", "text", "理由", "Why", required=True),
))  # fmt: skip
def keep_apart(a: Act, entry: Round, *, left: str, right: str, why: str) -> None:
    """Two experts who must not sit on one panel (师生、亲属、长期合作)."""
    a.require(a.record.state == "drafting", "not_drafting", "名单已发布", field="state")
    one, two = (find(register_of("experts"), n, a.by) for n in (left, right))
    a.require(one.pk != two.pk, "same_twice", "两名专家不能是同一人", field="right")
    pair = sorted((one.number, two.number))
    entry.apart = [*(x for x in entry.apart if sorted(x[:2]) != pair), [*pair, why[:200]]]


@action("review_rounds", "lift_apart", "取消不得同组", "Lift", roles=OFFICE, fields=(
    Column("left", "ref", "专家", "Expert", required=True), Column("right", "ref", "另一专家", "Other expert", required=True),
))  # fmt: skip
def lift_apart(a: Act, entry: Round, *, left: str, right: str) -> None:
    """The two may sit together again."""
    pair = sorted(find(register_of("experts"), n, a.by).number for n in (left, right))
    rest = [x for x in entry.apart if sorted(x[:2]) != pair]
    a.require(len(rest) < len(entry.apart), "no_pair", "没有这一组限制", field="right")
    entry.apart = rest


@action("review_rounds", "adjust", "手工调整", "Adjust", roles=OFFICE, fields=(
    RUN, Column("item", "text", "项目编号或代码", "Item", required=True), Column("out", "text", "换下专家", "Out", required=True), Column("into", "text", "换上专家", "In", required=True),
    Column("why", "text", "理由", "Why", required=True),
))  # fmt: skip
def adjust(a: Act, entry: Round, *, run: int, item: str, out: str, into: str, why: str) -> None:
    """Change one seat of a run by hand; every other seat stays. The run keeps the price. Refuses what the rules forbid, with the reason."""
    from trihelix.engines import allocation

    _ready(a, entry)
    base, held = run_of(a.record, run), item_of(a.record, item)
    off, on = find(register_of("experts"), out, a.by), find(register_of("experts"), into, a.by)
    before = [tuple(p) for p in base.answer.get("pairs") or []]
    a.require((held.record.number, off.number) in before, "not_seated", f"{off.title} 不在 {held.code} 的专家组", field="out")
    after = [p for p in before if p != (held.record.number, off.number)] + [(held.record.number, on.number)]
    a.require(len(set(after)) == len(after), "seated_already", f"{on.title} 已在 {held.code} 的专家组", field="into")
    problem = {k: v for k, v in base.problem.items() if k != "relief_menu"}
    if problem["objective"] == "max_expected_sum":
        problem = {**problem, "objective": "max_sum", "limits": {k: v for k, v in problem["limits"].items() if k != "max_probability"}}
    problem = {**problem, "limits": {**problem["limits"], "fixed": [list(p) for p in after]}}
    answer = allocation.solve(problem, SECONDS)
    if answer["status"] == "infeasible":
        a.refuse("not_allowed", f"不能这样调整：{answer['reason']['sentence']}", field="into", value=on.number)
    price = (base.answer.get("objective") or 0) - answer["objective"]
    keep_run(a, "adjust", problem, answer, f"方案 {run} 的 {held.code}：{off.number} 换为 {on.number}，总分减少 {price}。{why}")


@action("review_rounds", "commit_seed", "公布抽签承诺值", "Commit the seed", roles=OFFICE)
def commit_seed(a: Act, entry: Round) -> None:
    """Fix the commitment before the public value is known; it cannot be changed afterwards."""
    a.require(not entry.seed_commit, "committed", "承诺值已公布，不能更改", field="seed_commit")
    entry.seed_commit, entry.committed_at = hashlib.sha256(secrets.token_bytes(32)).hexdigest(), a.now


@action("review_rounds", "draw", "随机抽取", "Draw", roles=OFFICE, fields=(
    Column("beacon", "text", "公共随机数", "Public value", required=True, help="承诺值公布之后才产生的公开数字，例如当日指定的开奖号码或指数收盘值"),
))  # fmt: skip
def draw(a: Act, entry: Round, *, beacon: str) -> None:
    """Draw with bounded probabilities; the run replays bit for bit from its two published files. Each round is drawn once."""
    from trihelix.engines import allocation

    a.require(entry.seed_commit, "no_commit", "请先公布抽签承诺值", field="beacon")
    a.require(not Run.objects.filter(round=a.record, kind="draw").exists(), "drawn", "本轮已抽取；换人请用补抽规则", field="beacon")
    items, experts = _ready(a, entry)
    problem = panels.problem(entry, items, experts, draw=True)
    answer = allocation.draw(problem, entry.seed_commit, beacon.strip(), SECONDS)
    if answer["status"] == "infeasible":
        a.refuse("infeasible", answer["reason"]["sentence"], field="beacon")
    keep_run(a, "draw", problem, answer, f"公共随机数 {beacon.strip()}")


@action("review_rounds", "publish", "发布名单并发出邀请", "Publish and invite", fields=(RUN,))
def publish(a: Act, entry: Round, *, run: int) -> None:
    """Make a run the panels: a seat each, one signed link an expert, mail to those with an address. Refuses a run that knows no solution or is out of date."""
    chosen = run_of(a.record, run)
    a.require(chosen.answer["status"] != "infeasible", "infeasible", "该方案无解，不能发布", field="run", value=run)
    a.require(entry.closes_on is not None and entry.closes_on >= a.today, "date_past", "评审截止日已过，请先修改", field="closes_on")
    items = {i.record.number: i for i in Item.objects.filter(round=a.record).select_related("record")}
    pairs = [tuple(p) for p in chosen.answer["pairs"]]
    a.require({i for i, _ in pairs} == set(items), "out_of_date", "方案之后项目有增减，请重新分配", field="run", value=run)
    experts = {e.record.number: e for e in Expert.objects.filter(record__number__in={e for _, e in pairs})}
    barred = _barred(a.record)
    clash = [p for p in pairs if p in barred]
    a.require(not clash, "out_of_date", f"方案之后发现回避关系：{clash[:3]}，请重新分配", field="run", value=run)
    make_seats(a, entry, [(items[i], experts[e]) for i, e in pairs], run)
    entry.published_run, entry.published_at = run, a.now


def _barred(round_: Record) -> set[tuple[str, str]]:
    return set(Conflict.objects.filter(round=round_, waived="").values_list("item__number", "expert__number"))


def make_seats(a: Act, entry: Round, pairs: Iterable[tuple[Item, Expert]], run: int, instead_of: Record | None = None) -> None:
    """Write seats in bulk, then links and invitations."""
    seats, version = register_of("review_seats"), stored_book()
    decision = bulk.Decision()
    people: dict[int, Expert] = {}
    for item, expert in pairs:
        uid = new_uid()
        record = Record(
            uid=uid, register="review_seats", state="invited", title=f"{item.code} {expert.record.title}"[:400], ref=str(uid), visibility="sealed", synthetic=a.record.synthetic,
            book=version, created_at=a.now, updated_at=a.now, created_by_id=a.by.user_id, flow_version=seats.flow.version,
        )  # fmt: skip
        seat = Seat(
            record=record,
            round=a.record,
            item=item.record,
            expert=expert.record,
            item_code=item.code,
            kind=expert.kind,
            run=run,
            invited_on=a.today,
            instead_of=instead_of,
        )
        decision.creates.append((seat, record, {}))
        people[expert.pk] = expert
    bulk.apply(seats, decision, a.by, name=f"{a.record.number} 方案 {run}")
    closes = clock.end_of(entry.closes_on or a.today)
    for expert in people.values():
        link = links.make(a.record, expert.record, closes, a.now)
        links.send(link, "invite", a.now)


@action(
    "review_rounds",
    "extend",
    "延长评审",
    "Extend",
    roles=OFFICE,
    fields=(Column("closes_on", "date", "评审截止", "Closes on", required=True),),
)
def extend(a: Act, entry: Round, *, closes_on: Any) -> None:
    """A later last day; the links live as long."""
    a.require(a.record.state in ("drafting", "reviewing"), "not_open", "评审已汇总", field="state")
    a.require(closes_on >= a.today, "date_past", "截止日早于今天", field="closes_on")
    entry.closes_on = closes_on
    ReviewLink.objects.filter(round=a.record, revoked_at=None).update(expires_at=clock.end_of(closes_on))


@action("review_rounds", "remind", "催办", "Remind", roles=OFFICE)
def remind(a: Act, entry: Round) -> None:
    """Send the link again to everybody with an open seat; at most once a day."""
    open_experts = Seat.objects.filter(round=a.record, record__state__in=panels.OPEN).values("expert_id")
    count = 0
    for link in ReviewLink.objects.filter(round=a.record, revoked_at=None, expert_id__in=open_experts):
        if link.reminded_at is None or clock.local_date(link.reminded_at) < a.today:
            links.send(link, f"remind:{a.today}", a.now)
            ReviewLink.objects.filter(pk=link.pk).update(reminded_at=a.now)
            count += 1
    a.extra["reminded"] = [None, count]


@action("review_rounds", "revoke_link", "停用链接", "Revoke a link", roles=OFFICE, fields=(
    Column("expert", "ref", "专家", "Expert", required=True), Column("renew", "boolean", "另发新链接", "Send a new one"),
))  # fmt: skip
def revoke_link(a: Act, entry: Round, *, expert: str, renew: bool = False) -> None:
    """The address stops working at once; a new one can be sent in its place."""
    person = find(register_of("experts"), expert, a.by)
    changed = ReviewLink.objects.filter(round=a.record, expert=person, revoked_at=None).update(revoked_at=a.now)
    a.require(changed, "no_link", "该专家没有有效链接", field="expert")
    if renew:
        links.send(links.make(a.record, person, clock.end_of(entry.closes_on or a.today), a.now), "invite", a.now)
    a.extra["link"] = [person.number, None]


@action("review_rounds", "replace", "换人", "Replace", roles=(*OFFICE, "system"), fields=PAIR)
def replace(a: Act, entry: Round, *, item: str, expert: str) -> None:
    """An expert steps out: the replacement that disturbs the others least. Seats accepted or scored never move."""
    a.require(a.record.state == "reviewing", "not_reviewing", "评审中才能换人", field="state")
    held, person = item_of(a.record, item), find(register_of("experts"), expert, a.by)
    seats = list(Seat.objects.filter(round=a.record))
    seat = next((s for s in seats if s.item_id == held.record_id and s.expert_id == person.pk), None)
    a.require(seat is not None, "not_seated", f"{person.title} 不在 {held.code} 的专家组", field="expert")
    assert seat is not None
    a.require(seat.state in (*panels.OPEN, "declined", "expired"), "scored", "已评分的席位不能换人", field="expert")
    found = nearest(a, entry, held, person, seats)
    _apply(a, entry, found, seats, seat)


def nearest(a: Act, entry: Round, held: Item, person: Record, seats: list[Seat]) -> dict[str, Any]:
    """The assignment nearest to the present one without that pair, and without pairs that are gone already."""
    from trihelix.engines import allocation

    items = list(Item.objects.filter(round=a.record).select_related("record"))
    number = dict(Record.objects.filter(pk__in={s.expert_id for s in seats}).values_list("pk", "number"))
    code = {i.record_id: i.record.number for i in items}
    pair = (held.record.number, person.number)
    present = [(code[s.item_id], number[s.expert_id]) for s in seats if s.state in (*panels.OPEN, "submitted", "abstained")]
    gone = {(code[s.item_id], number[s.expert_id]) for s in seats} - set(present) - {pair}
    settled = [(code[s.item_id], number[s.expert_id]) for s in seats if s.state in ("accepted", "submitted", "abstained")]
    able, _ = panels.pool(entry, a.today)
    seated = Expert.objects.filter(pk__in={s.expert_id for s in seats})
    pool = {e.pk: e for e in seated.order_by("record__number")} | {e.pk: e for e in able}
    for e in pool.values():  # who is seated already stays able to sit where he sits
        for name in ("ever", "busy"):
            if not hasattr(e, name):
                setattr(e, name, 0)
    problem = panels.problem(entry, items, [pool[k] for k in sorted(pool)], fixed=[p for p in settled if p != pair], without=gone)
    problem.pop("relief_menu", None)
    _let_present_stand(problem, present, pair)
    answer = allocation.replacement(problem, pair[0], pair[1], {"pairs": sorted({*present, pair})}, SECONDS)
    if answer["status"] == "infeasible":
        a.refuse("infeasible", f"没有可替换的专家：{answer['reason']['sentence']}", field="expert")
    keep_run(a, "replace", problem, answer, f"{held.code}：{person.number} 退出")
    return answer


def _let_present_stand(problem: dict[str, Any], present: list[tuple[str, str]], pair: tuple[str, str]) -> None:
    """Seats in force stay allowed even where a later find would bar them: only the office ends those."""
    standing = {*present, pair}
    listed = {(i, e) for i, e, _ in problem["affinity"]}
    problem["affinity"] += [[i, e, 1] for i, e in sorted(standing - listed)]
    problem["conflicts"] = [c for c in problem["conflicts"] if (c[0], c[1]) not in set(present) - {pair}]
    held: dict[str, int] = {}
    for _, e in standing:
        held[e] = held.get(e, 0) + 1
    for row in problem["experts"]:
        row["cap"] = max(row["cap"], held.get(row["id"], 0))


def _apply(a: Act, entry: Round, answer: dict[str, Any], seats: list[Seat], gone: Seat) -> None:
    items = {i.record.number: i for i in Item.objects.filter(round=a.record).select_related("record")}
    experts = {e.record.number: e for e in Expert.objects.filter(record__number__in={e for _, e in answer["added"]})}
    number = dict(Record.objects.filter(pk__in={s.expert_id for s in seats}).values_list("pk", "number"))
    by_pair = {(s.item.number, number[s.expert_id]): s for s in seats}
    end = register_of("review_seats").acts["replace"].run
    for pair in answer["removed"]:
        seat = by_pair[tuple(pair)]
        if seat.state in panels.OPEN:
            end(by=a.by, record=seat.record, reason="换人", now=a.now)
    fresh = [(items[i], experts[e]) for i, e in answer["added"]]
    run = Run.objects.filter(round=a.record).aggregate(n=Max("number"))["n"] or 0
    make_seats(a, entry, fresh, run, instead_of=gone.record)
