"""The main job, told step by step on real records: a firm's need finds its result, and both sides open a deal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from trihelix.cli.demo.province import Context, content, fen, topics
from trihelix.engines.errors import Refused
from trihelix.engines.matching import wording
from trihelix.kernel import index
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.needs.register import need_text

Say = Callable[[str], None]


def act(register: str, name: str) -> Callable[..., Any]:
    return register_of(register).acts[name].run


def _topic(field: str, key: str) -> dict[str, Any]:
    return next(t for f, t in topics() if f == field and t["key"] == key)


def _values(ctx: Context, told: dict[str, Any], need: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": need["title"], "problem": need["problem"], "indicators": [dict(r) for r in need["indicators"]], "budget_wan": fen(need["budget_wan"]),
        "ownership": need["ownership"], "ownership_text": told["ownership_text"]["zh"], "deadline": ctx.today + dt.timedelta(days=30 * need["months"]),
        "industry": told["industry"], "division": told["division"], "fields": [told["field"]], "conditions": need["conditions"],
        "tried": need["tried"], "secrecy": told["secrecy"], "anonymous": told["anonymous"], "contact_name": told["contact_name"],
    }  # fmt: skip


def _post(ctx: Context, told: dict[str, Any], draft: dict[str, Any], say: Say) -> Any:
    """The firm posts a first wording, is told what is missing, completes and submits it."""
    firm = ctx.actor(told["posted_by"])
    need = act("needs", "create")(
        by=firm, title=draft["title"], problem=draft["problem"], indicators=[dict(r) for r in draft["indicators"]], budget_wan=fen(draft["budget_wan"]),
        ref="XQ-thread",
    )  # fmt: skip
    say(f"1 企业发布需求：{need.number} {need.title}（{firm.name}）")
    try:
        act("needs", "submit")(by=firm, record=need.uid)
    except Refused as refusal:
        say(f"  系统指出：{refusal.problems[0].message}")
    say(f"  文字里还缺：{'、'.join(wording.advice(wording.missing(need_text(need), given=('indicators', 'money'))))}")
    topic = _topic(told["field"], told["topic"])["need"]
    act("needs", "change")(by=firm, record=need.uid, **_values(ctx, told, topic))
    return act("needs", "submit")(by=firm, record=need.uid)


def _publish(ctx: Context, told: dict[str, Any], need: Any, say: Say) -> None:
    """The node takes it in, refines and publishes after the duplicate check."""
    index.flush()
    act("intakes", "create")(
        by=ctx.by, title=f"征集：{need.title[:40]}", owner=told["owner"], need=need.number, route="market", at_node=told["intake_node"],
        collected_on=ctx.today,
    )  # fmt: skip
    act("needs", "accept")(by=ctx.by, record=need.uid)
    published = _checked(ctx, need, say)
    say(f"2 站点受理、查重并发布：{published.number} → 已发布，到期日 {published.expires_on}")


def _checked(ctx: Context, need: Any, say: Say) -> Any:
    """Publish; where similar needs are known the node says that it compared them and that this is another one."""
    try:
        return act("needs", "publish")(by=ctx.by, record=need.uid)
    except Refused as refusal:
        if refusal.problems[0].code != "possible_duplicate":
            raise
        say(f"  系统指出：{refusal.problems[0].message[:60]}… 站点逐条核对，注明不重复")
        return act("needs", "publish")(by=ctx.by, record=need.uid, not_duplicate=True, note="示例：逐条核对，对象与指标不同")


def _rank(need: Any, by: Any, say: Say, k: int = 5) -> list[dict[str, Any]]:
    """Rank the results with their reasons."""
    index.flush()
    names = [i["name"] for i in need.indicators]
    answer = index.match(
        need_text(need), by=by, kind="results", k=k, indicators=names, given=("indicators", "money", "ownership", "deadline")
    )
    say("3 排序（每条带理由，各理由之和等于得分）")
    for place, hit in enumerate(answer.hits, 1):
        reasons = "，".join(f"{r['term']} {r['part']:.2f}" for r in hit["reasons"][:6] if r["kind"] in ("word", "vector"))
        spoken = "、".join(r["term"] for r in hit["reasons"] if r["kind"] == "indicator")
        say(f"  {place}. {hit['title']}  得分 {hit['score']:.2f}\n     因为：{reasons}" + (f"；谈到指标：{spoken}" if spoken else ""))
    return answer.hits


def _invite(ctx: Context, told: dict[str, Any], need: Any, hits: list[dict[str, Any]], say: Say) -> Any:
    """Invite the holders; each answers, with a reason where it does not fit. Returns the match that goes on."""
    firm, going_on = ctx.actor(told["need"]["posted_by"]), None
    for invitation in told["invitations"]:
        ref = f"CG-{invitation['result']['topic']}"
        result = Record.objects.filter(register="results", ref=ref).first()
        if result is None:
            continue
        rank = next((i for i, h in enumerate(hits, 1) if h["ref"] == ref), None)
        score = next((h["score"] for h in hits if h["ref"] == ref), None)
        match = act("matches", "create")(by=firm, need=need.number, result=result.number, rank=rank, score=score, note="系统推荐")
        by = ctx.actor(invitation["answered_by"]) if invitation.get("answered_by") else ctx.by
        done = act("matches", "answer")(
            by=by,
            record=match.uid,
            answer=invitation["answer"],
            answer_reason=invitation.get("reason", ""),
            answer_text=invitation["text"]["zh"],
        )
        say(f"4 邀请 {result.title[:30]} → {register_of('matches').state_label(done.state)}：{invitation['text']['zh'][:48]}")
        going_on = match if invitation["answer"] == "interested" and going_on is None else going_on
    return going_on


def _open_deal(ctx: Context, told: dict[str, Any], match: Any, say: Say) -> Any:
    """Both accept confidentiality, talk, and open the deal."""
    for step in told["confidentiality"]:
        act("matches", "accept_terms")(by=ctx.actor(step["by"]), record=match.uid, agreed=True)
    say("5 双方接受保密约定，保密部分互相开放")
    for message in told["messages"]:
        act("matches", "message")(by=ctx.actor(message["by"]), record=match.uid, text=message["text"]["zh"])
    first, second = told["deal"]["opened_by"]
    act("matches", "hand_over")(
        by=ctx.actor(first),
        record=match.uid,
        way=told["deal"]["way"],
        amount_wan=fen(told["deal"]["amount_wan"]),
        note=told["deal"]["title"]["zh"],
    )
    deal = register_of("deals").model._default_manager.get(match=match.record)
    deal = act("deals", "confirm")(by=ctx.actor(second), record=deal.uid)
    say(f"6 双方开启交易：{deal.number} {deal.title}，意向金额 {told['deal']['amount_wan']} 万元")
    return deal


def run_thread(ctx: Context, say: Say) -> dict[str, str]:
    """Run the thread; returns the addresses of what to open."""
    told = content("thread")
    need = _post(ctx, told["need"], told["first_draft"], say)
    _publish(ctx, told["need"], need, say)
    need = register_of("needs").model._default_manager.get(pk=need.pk)
    hits = _rank(need, ctx.actor(told["need"]["posted_by"]), say)
    match = _invite(ctx, told, need, hits, say)
    paths = {"需求": f"/needs/{need.uid}/"}
    if match is not None:
        deal = _open_deal(ctx, told, match, say)
        paths |= {"对接": f"/matches/{match.uid}/", "交易": f"/deals/{deal.uid}/"}
    index.flush()
    return paths
