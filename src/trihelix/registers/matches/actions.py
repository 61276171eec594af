"""The only writers of matches."""

from __future__ import annotations

from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM, Actor
from trihelix.kernel.models import Participant, Record
from trihelix.kernel.register import register_of
from trihelix.registers.matches import sheets
from trihelix.registers.matches.models import Match
from trihelix.registers.needs import actions as needs
from trihelix.registers.results import actions as results

DESK = frozenset({"node", "officer", "operator"})


def _side_of(by: Actor, need: Record, result: Record) -> str:
    if need.owner_id in by.bodies:
        return "need"
    if result.owner_id in by.bodies or result.owner_id == by.person_id:
        return "result"
    return "node"


@action("matches", "create", "邀请对接", "Invite", creates=True, roles=("owner", "node", "officer", "operator"), fields=(
    Column("need", "ref", "需求", "Need", required=True), Column("result", "ref", "成果", "Result", required=True),
    Column("note", "longtext", "说明", "Note"), Column("score", "decimal", "得分", "Score"), Column("rank", "integer", "名次", "Rank"),
    Column("reasons", "rows", "推荐理由", "Reasons", rows=(Column("term", "text", "词", "Term"), Column("kind", "text", "类", "Kind"), Column("part", "decimal", "分", "Part"))),
))  # fmt: skip
def invite(
    a: Run,
    match: Match,
    *,
    need: Any,
    result: Any,
    note: str = "",
    score: Any = None,
    rank: int | None = None,
    reasons: list[dict[str, Any]] | None = None,
) -> None:
    """Bring a need and a result together. The other side must answer within the book's clock; silence escalates to the node.

    Refuses: a need or result that is not live, one body on both sides, a pair already matched, a stranger to both sides.
    """
    n, r = find(register_of("needs"), need, a.by), find(register_of("results"), result, a.by)
    side = _side_of(a.by, n, r)
    desk = DESK & (a.by.roles_on(n) | a.by.roles_on(r))
    a.require(side != "node" or desk, "not_yours", "只有需求方、成果方或站点可以发起对接", field="need")
    a.require(n.state in ("published", "matching", "talking"), "need_not_live", f"需求 {n.number} 未在发布期", field="need", value=n.state)
    a.require(r.state in ("listed", "talking"), "result_not_live", f"成果 {r.number} 未在发布期", field="result", value=r.state)
    a.require(n.owner_id != r.owner_id, "same_body", "需求方与成果方是同一单位，无需对接", field="result")
    held = Match.objects.filter(need=n, result=r).first()
    a.require(held is None, "already_matched", f"该需求与成果已在对接中（{held.number if held else ''}）", field="result")
    match.need, match.result, match.initiated_by, match.note = n, r, side, note or ""
    match.score, match.rank, match.reasons, match.invited_at = float(score) if score is not None else None, rank, reasons or [], a.now
    a.record.title = f"{n.title[:180]} ↔ {r.title[:180]}"
    a.record.owner, a.record.node, a.record.visibility = n.owner, n.node or r.node, "owner"
    a.on_saved.append(lambda: _admit_sides(a, n, r, side))


def _admit_sides(a: Run, need: Record, result: Record, side: str) -> None:
    a.admit("need_side", body=need.owner)
    a.admit("result_side", body=result.owner)
    recipient = need.owner if side == "result" else result.owner
    a.admit("recipient", body=recipient)
    a.link(need, "need")
    a.link(result, "result")
    if need.state == "published":
        needs.start_matching(by=SYSTEM, record=need, now=a.now)


@action("matches", "answer", "答复", "Answer", safe=False, fields=(
    Column("answer", "choice", "答复", "Answer", required=True, choices=sheets.ANSWERS),
    Column("answer_reason", "choice", "原因", "Reason", choices=sheets.REASONS), Column("answer_text", "longtext", "说明", "Text"),
))  # fmt: skip
def answer(a: Run, match: Match, *, answer: str, answer_reason: str = "", answer_text: str = "") -> None:
    """Answer an invitation. Anything but interest needs a reason code, which returns to the author of the other side."""
    a.require(answer in sheets.ANSWERS, "unknown_answer", f"答复应为 {'、'.join(sheets.ANSWERS)}", field="answer", value=answer)
    a.require(
        answer == "interested" or answer_reason in sheets.REASONS, "reason_required", "请选择原因，以便对方改进", field="answer_reason"
    )
    a.require(answer_reason != "other" or answer_text, "text_required", "原因为“其他”时请写明", field="answer_text")
    match.answer, match.answer_reason, match.answer_text, match.answered_at = answer, answer_reason or "", answer_text or "", a.now
    a.go(answer)
    word, why = sheets.ANSWERS[answer][0], sheets.REASONS.get(answer_reason, ("", ""))[0]
    other = {match.need.owner_id, match.result.owner_id} - set(a.by.bodies)
    a.notify(
        f"{match.title}：{word}{f'（{why}）' if why else ''}", bodies=other, key="answer", en=f"{match.title}: {sheets.ANSWERS[answer][1]}"
    )


@action("matches", "accept_terms", "接受保密约定", "Accept confidentiality", fields=(
    Column("agreed", "boolean", "我代表本单位接受保密约定", "I accept for my body", required=True),
))  # fmt: skip
def accept_terms(a: Run, match: Match, *, agreed: bool) -> None:
    """Accept the confidentiality terms for one's body; once both did, each may read the other's closed part. Logged."""
    a.require(agreed, "not_agreed", "须勾选接受保密约定", field="agreed")
    mine = Participant.objects.filter(record=a.record, until=None, body_id__in=a.by.bodies, role__in=("need_side", "result_side"))
    fresh = mine.filter(confidential_at=None)
    a.require(fresh.exists(), "already_accepted", "贵单位已接受保密约定，等待对方", field="agreed")
    sides = sorted(fresh.values_list("role", flat=True))
    fresh.update(confidential_at=a.now)
    a.extra["confidential"] = [None, sides]
    both = not Participant.objects.filter(record=a.record, until=None, role__in=("need_side", "result_side"), confidential_at=None).exists()
    if both:
        _open_closed_parts(a, match)
    else:
        a.notify(
            f"对方已接受保密约定：{match.title}",
            bodies={match.need.owner_id, match.result.owner_id} - set(a.by.bodies),
            key="terms",
            en=f"The other side accepted: {match.title}",
        )


def _open_closed_parts(a: Run, match: Match) -> None:
    """Both accepted: let each side into the other's record with confidentiality accepted, and mark both ends as talking."""
    for record, body in ((match.result, match.need.owner), (match.need, match.result.owner)):
        Participant.objects.get_or_create(
            record=record, body=body, user=None, role="partner", defaults={"since": a.now, "confidential_at": a.now}
        )
    if match.need.state in ("published", "matching"):
        needs.start_talking(by=SYSTEM, record=match.need, now=a.now)
    if match.result.state == "listed":
        results.start_talking(by=SYSTEM, record=match.result, now=a.now)
    a.notify(
        f"双方已接受保密约定，可以洽谈：{match.title}",
        bodies={match.need.owner_id, match.result.owner_id},
        key="open",
        en=f"Both accepted, talks may begin: {match.title}",
    )


@action("matches", "close", "关闭", "Close", danger=True)
def close(a: Run, match: Match) -> None:
    """Close without a deal, with a reason; access to closed parts ends."""
    for record, body in ((match.result, match.need.owner), (match.need, match.result.owner)):
        Participant.objects.filter(record=record, body=body, role="partner", until=None).update(until=a.now)
    others = {match.need.owner_id, match.result.owner_id} - set(a.by.bodies)
    a.notify(f"对接已关闭：{match.title}（{a.reason}）", bodies=others, key="close", en=f"Match closed: {match.title}")
