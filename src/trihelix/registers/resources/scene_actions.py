"""The only writers of scenes and replies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.columns import options
from trihelix.kernel.models import Participant
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.resources import booking as slots
from trihelix.registers.resources import sheets
from trihelix.registers.resources.models import Scene, SceneReply

WRITERS = ("owner", "node", "officer", "operator")


@action("scenes", "create", "提出场景", "New scene", creates=True, roles=WRITERS)
def offer_scene(a: Run, scene: Scene, **values: Any) -> None:
    """Offer a scene, or an ability; a draft."""
    create_entry(a, scene, values)
    if scene.network is not None:
        a.after_saved(lambda: a.link(scene.network, "network"))


@action("scenes", "post", "发给联合体成员", "Post to members", safe=True)
def post_scene(a: Run, scene: Scene) -> None:
    """Post to the members of the network; they see it before everybody else, for the days of the book's clock."""
    a.require(scene.network, "no_network", "请先填写联合体；无联合体的场景可直接申请公开", field="network")
    own = a.by.sees_all or slots.is_member(scene.network, a.record.owner) or scene.network.owner_id == a.record.owner_id
    a.require(own, "not_a_member", f"“{scene.network.title}” 的成员才能在其中发布", field="network")
    scene.members_on, scene.members_until = a.today, book.current().due("scene.members_first", a.today)[0]
    told = _admit_members(a, scene)
    a.notify(f"联合体内新场景：{scene.title}", bodies=told, en=f"New scene for members: {scene.title}")


def _admit_members(a: Run, scene: Scene) -> list[int]:
    """Let today's members see the scene, and those who left no more; returns the bodies."""
    bodies = list(slots.members(scene.network).exclude(pk=a.record.owner_id or 0))
    for body in bodies:
        a.admit("ally", body=body)
    Participant.objects.filter(record=a.record, role="ally", until=None).exclude(body__in=bodies).update(until=a.now)
    return [b.pk for b in bodies]


@action("scenes", "sync_members", "更新可见成员", "Update who sees it", roles=("system",), hidden=True)
def sync_scene(a: Run, scene: Scene) -> None:
    """A member joined or left the network."""
    _admit_members(a, scene)


@action("scenes", "submit", "申请公开", "Ask for publication", safe=True)
def submit_scene(a: Run, scene: Scene) -> None:
    """Ask for publication. A network's scene goes to its members first, for the days of the clock."""
    a.require(scene.secrecy == "open", "members_only", "该场景仅成员可见，不能公开", field="secrecy")
    if scene.network is not None:
        a.require(scene.members_on, "members_first", "联合体的场景须先发给成员", field="network", clause="先成员后公开")
        a.require(
            a.today > scene.members_until,
            "members_first",
            f"成员优先期至 {scene.members_until}，期满后可公开",
            field="network",
            clause="先成员后公开",
        )
    a.record.visibility = "node"


@action("scenes", "return", "退回修改", "Return")
def return_scene(a: Run, scene: Scene) -> None:
    """Send back with the reason."""
    a.notify(f"场景退回修改：{scene.title}（{a.reason}）", roles=("owner",), en=f"Scene returned: {scene.title}")


@action("scenes", "publish", "公开发布", "Publish", safe=True)
def publish_scene(a: Run, scene: Scene) -> None:
    """Everybody sees it and may answer."""
    a.require(scene.answer_by is None or scene.answer_by >= a.today, "date_past", "应答截止已过，请修改", field="answer_by")
    scene.published_on = a.today
    a.record.visibility = "public"


@action("scenes", "pilot", "确定试点", "Start the pilot")
def pilot(a: Run, scene: Scene) -> None:
    """Start with the reply chosen; the others are told."""
    chosen = SceneReply.objects.filter(scene=a.record, record__state="chosen")
    a.require(chosen.exists(), "none_chosen", "请先在应答中选定试点单位", field="state")
    scene.piloted_on = a.today
    for reply in SceneReply.objects.filter(scene=a.record, record__state="answered").order_by("pk"):
        decline(by=SYSTEM, record=reply.record, reason="场景已确定试点单位", now=a.now)


@action("scenes", "report", "报告结果", "Report the result", fields=(
    Column("result", "longtext", "结果", "Result", required=True), Column("demonstration", "boolean", "可作示范场景", "A demonstration"),
))  # fmt: skip
def report_scene(a: Run, scene: Scene, *, result: str, demonstration: bool = False) -> None:
    """Report what came of it. Refuses while pilots run."""
    running = SceneReply.objects.filter(scene=a.record, record__state="chosen").count()
    a.require(not running, "pilots_running", f"尚有 {running} 个试点未报告", field="state")
    scene.result, scene.demonstration, scene.reported_on = result, bool(demonstration), a.today


@action("scenes", "copy", "登记推广", "Copied elsewhere", roles=WRITERS, fields=sheets.COPY)
def copied(a: Run, scene: Scene, *, place: str, copied_on: dt.date) -> None:
    """Note where a reported scene was copied."""
    a.require(a.record.state in ("reported", "closed"), "not_reported", "报告结果后才能登记推广", field="state")
    a.require(copied_on <= a.today, "date_future", "日期不能晚于今天", field="copied_on")
    scene.copies = [*scene.copies, {"place": place, "copied_on": str(copied_on)}]


@action("scenes", "answer", "应答", "Answer", roles=("anyone",), fields=(
    Column("title", "text", "名称", "Title", required=True), Column("proposal", "longtext", "方案", "Proposal", required=True),
    Column("price_wan", "money_wan", "报价", "Price", unit="万元"), Column("ability", "ref", "对应能力", "Ability"),
))  # fmt: skip
def answer(a: Run, scene: Scene, *, title: str, proposal: str, price_wan: int | None = None, ability: Any = None) -> None:
    """Answer a scene for one's own body."""
    made = register_of("scene_replies").acts["create"].run(
        by=a.by, title=title, scene=str(a.record.uid), proposal=proposal, now=a.now, **({"price_wan": price_wan} if price_wan is not None else {}), **({"ability": ability} if ability else {})
    )  # fmt: skip
    a.extra["reply"] = [None, made.number]


@action("scene_replies", "create", "应答场景", "Answer a scene", creates=True, roles=WRITERS)
def reply(a: Run, made: SceneReply, **values: Any) -> None:
    """Answer a scene that one sees. Refuses closed scenes, one's own, and a second answer."""
    create_entry(a, made, values)
    scene = Scene.objects.get(record_id=made.scene_id)
    find(register_of("scenes"), scene.record, a.by)
    a.require(
        scene.state in ("members", "public") and scene.kind != "ability",
        "not_open",
        "该场景不在征集应答",
        field="scene",
        value=scene.number,
    )
    a.require(scene.answer_by is None or a.today <= scene.answer_by, "closed", f"应答已于 {scene.answer_by} 截止", field="scene")
    a.require(scene.record.owner_id != a.record.owner_id, "own_scene", "不能应答本单位的场景", field="scene")
    same = SceneReply.objects.filter(scene=scene.record, record__owner=a.record.owner).exclude(record__state="withdrawn")
    a.require(not same.exists(), "answered_already", "本单位已应答该场景", field="scene")
    a.record.node = scene.record.node

    def admit() -> None:
        a.link(scene.record, "scene")
        if scene.record.owner is not None:
            a.admit("demand", body=scene.record.owner)
            a.notify(f"场景收到应答：{scene.title}", bodies=(scene.record.owner_id,), en=f"A reply to your scene: {scene.title}")

    a.after_saved(admit)


@action("scene_replies", "choose", "选定试点", "Choose", fields=(
    Column("pilot_from", "date", "试点自", "Pilot from", required=True), Column("pilot_to", "date", "试点至", "Pilot to", required=True),
))  # fmt: skip
def choose(a: Run, made: SceneReply, *, pilot_from: dt.date, pilot_to: dt.date) -> None:
    """Choose the reply for a pilot with its days."""
    a.require(pilot_from <= pilot_to, "date_order", "试点止日早于起日", field="pilot_to")
    made.pilot_from, made.pilot_to = pilot_from, pilot_to
    a.notify(f"场景应答被选定试点：{made.title}", roles=("owner",), en=f"Your reply was chosen: {made.title}")


@action("scene_replies", "decline", "不选用", "Decline")
def decline(a: Run, made: SceneReply) -> None:
    """Not chosen; the supplier is told the reason."""
    a.notify(f"场景应答未选用：{made.title}（{a.reason}）", roles=("owner",), en=f"Your reply was not chosen: {made.title}")


@action("scene_replies", "report", "报告试点", "Report the pilot", fields=(
    Column("report", "longtext", "试点报告", "Pilot report", required=True), Column("contract", "ref", "技术合同", "Contract"),
    Column("outcome", "choice", "结论", "Outcome", required=True, choices=options(("met", "达到目标", "Met"), ("failed", "未达目标", "Not met"))),
))  # fmt: skip
def report_pilot(a: Run, made: SceneReply, *, report: str, outcome: str, contract: Any = None) -> None:
    """Report the pilot, with the contract that followed where there is one."""
    a.require(made.pilot_from is not None and made.pilot_from <= a.today, "too_early", "试点尚未开始", field="pilot_from")
    made.report, made.reported_on, made.succeeded = report, a.today, outcome == "met"
    if contract:
        made.contract = find(register_of("contracts"), contract, a.by)
        a.link(made.contract, "contract")
    if outcome == "failed":
        a.go("failed")
