"""The only writers of partners, introductions, clients, contacts and prospects."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.models import Participant, Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.networks.actions.alliances import create_for
from trihelix.registers.networks.models import Client, ClientContact, Introduction, Partner, Prospect
from trihelix.registers.networks.sheets import others as sheets

WRITERS = ("owner", "node", "officer", "operator")
NEXT_ON = Column("next_on", "date", "下次跟进", "Next on")


@action("partners", "create", "登记合作方", "New partner", creates=True, roles=WRITERS)
def enter_partner(a: Run, partner: Partner, **values: Any) -> None:
    """Enter a partner; every signed-in account sees the directory, without personal contacts."""
    create_entry(a, partner, values)
    a.record.visibility = "members"


@action("introductions", "create", "引荐", "Introduce", creates=True, roles=WRITERS)
def introduce(a: Run, made: Introduction, **values: Any) -> None:
    """Introduce a body to a partner; whoever introduces follows it up."""
    create_for(a, made, values)
    if made.by_body is None and len(a.by.bodies) == 1 and not a.by.bodies & {a.record.owner_id}:
        made.by_body = Record.objects.get(pk=next(iter(a.by.bodies)))
    own = a.by.sees_all or bool(a.by.node_ids) or bool(a.by.bodies & {a.record.owner_id, made.by_body_id})
    a.require(own, "not_yours", "您不能以其他单位的名义引荐", field="by_body")
    made.asked_on = made.asked_on or a.today

    def admit() -> None:
        a.link(made.partner, "partner")
        for target, kind in ((made.network, "network"), (made.need, "need"), (made.result, "result")):
            if target is not None:
                a.link(target, kind)
        if made.by_body is not None:
            a.admit("introducer", body=made.by_body)
        a.notify(f"引荐：{made.partner.title}", roles=("owner",), en=f"An introduction: {made.partner.title}")

    a.after_saved(admit)


@action("introductions", "meet", "登记会面", "They met", fields=(
    Column("met_on", "date", "会面日期", "Met on", required=True), Column("people", "text", "参加人", "People", required=True), NEXT_ON,
))  # fmt: skip
def meet(a: Run, made: Introduction, *, met_on: dt.date, people: str, next_on: dt.date | None = None) -> None:
    """They met: who, when, what next."""
    a.require((made.asked_on or met_on) <= met_on <= a.today, "date_order", "会面日期应在提出日与今天之间", field="met_on")
    made.met_on, made.people, made.next_on = met_on, people, next_on


@action("introductions", "answer", "登记答复", "Answer", fields=(Column("answer", "longtext", "答复", "Answer", required=True), NEXT_ON))
def answer(a: Run, made: Introduction, *, answer: str, next_on: dt.date | None = None) -> None:
    """What the partner answered."""
    made.answer, made.answered_on, made.next_on = answer, a.today, next_on


@action(
    "introductions",
    "agree",
    "登记达成",
    "Agreed",
    fields=(Column("outcome", "longtext", "结果", "Outcome", required=True), Column("contract", "ref", "技术合同", "Contract")),
)
def agree(a: Run, made: Introduction, *, outcome: str, contract: Any = None) -> None:
    """What came of it, with the contract where there is one."""
    made.outcome = outcome
    if contract:
        made.contract = find(register_of("contracts"), contract, a.by)
        a.link(made.contract, "contract")


@action("introductions", "decline", "未达成", "Declined")
def decline(a: Run, made: Introduction) -> None:
    """Nothing came of it; the reason stays."""
    made.outcome = a.reason


@action("clients", "create", "建立客户档案", "New client", creates=True, roles=WRITERS)
def open_client(a: Run, client: Client, **values: Any) -> None:
    """Open the one record of a client. Refuses a second one."""
    create_for(a, client, values)
    a.require(not Client.objects.filter(body=a.record.owner).exists(), "client_already", "该单位已有客户档案", field="owner")
    client.body, client.since = a.record.owner, client.since or a.today
    own = a.by.sees_all or a.record.owner_id in a.by.bodies
    serves = bool(a.by.node_ids) or Record.objects.filter(pk__in=a.by.bodies).exclude(parties_body__kind="firm").exists()
    a.require(own or serves, "not_yours", "企业只能建立本单位的档案", field="owner")
    a.require(own or client.consent_on is None, "consent_by_client", "是否同意共享由客户自己登记", field="consent_on")
    a.record.visibility = "node"
    mine = [b for b in a.by.bodies if b != a.record.owner_id]
    if mine:
        a.after_saved(lambda: a.admit("servant", body=Record.objects.get(pk=min(mine))))


@action("clients", "consent", "同意共享", "Consent to sharing", roles=("owner", "officer", "operator"))
def consent(a: Run, client: Client) -> None:
    """The client agrees that the lines share what they know of it."""
    client.consent_on = client.consent_on or a.today


@action("clients", "end_consent", "撤回同意", "End the consent", roles=("owner", "officer", "operator"), danger=True)
def end_consent(a: Run, client: Client) -> None:
    """The client withdraws; institutions no longer see each other's contacts."""
    client.consent_on = None
    lines = list(ClientContact.objects.filter(client=a.record).values_list("record_id", flat=True))
    Participant.objects.filter(record_id__in=lines, role="line", until=None).update(until=a.now)
    a.extra["contacts_closed"] = [None, len(lines)]


@action(
    "clients",
    "serve",
    "加入服务机构",
    "Join as a serving institution",
    roles=("owner", "officer", "operator", "node"),
    fields=(Column("institution", "ref", "机构", "Institution", required=True),),
)
def serve(a: Run, client: Client, *, institution: Any) -> None:
    """Let an institution (market, centre, platform, investor) work with this record; needs the client's consent."""
    a.require(client.consent_on, "no_consent", "客户尚未同意共享", field="consent_on")
    a.admit("servant", body=find(register_of("bodies"), institution, a.by))


@action("clients", "close", "归档", "Close", danger=True)
def close_client(a: Run, client: Client) -> None:
    """No longer served."""
    client.ended_on = a.today


@action("client_contacts", "create", "登记联系", "New contact", creates=True, roles=WRITERS)
def contact(a: Run, made: ClientContact, **values: Any) -> None:
    """Log a contact. With the client's consent the other serving institutions read it; a referral becomes a task of the body named."""
    create_entry(a, made, values)
    client = Client.objects.get(record_id=made.client_id)
    serving = {p.body_id for p in client.record.participants.filter(role="servant", until=None)}
    a.require(
        a.by.sees_all or a.by.node_ids or a.record.owner_id in serving or a.record.owner_id == client.body_id, "not_serving", "本机构未加入该客户的服务", field="client",
    )  # fmt: skip
    a.require(made.refer_to is None or client.consent_on, "no_consent", "客户未同意共享，不能转介", field="refer_to")
    a.record.node, a.record.visibility = client.record.node, "owner"

    def admit() -> None:
        a.link(client.record, "client")
        if client.consent_on:
            for body in Record.objects.filter(pk__in=serving - {a.record.owner_id}):
                a.admit("line", body=body)
        if made.refer_to is not None:
            a.admit("referred", body=made.refer_to)
            a.notify(f"客户转介：{client.title}", roles=("referred",), en=f"A client referred to you: {client.title}")

    a.after_saved(admit)


@action("client_contacts", "finish", "办结", "Finish", fields=(Column("outcome", "longtext", "结果", "Outcome", required=True),))
def finish(a: Run, made: ClientContact, *, outcome: str) -> None:
    """Done, with the result."""
    made.outcome = outcome


@action("prospects", "create", "列入储备", "New prospect", creates=True, roles=WRITERS)
def list_prospect(a: Run, made: Prospect, **values: Any) -> None:
    """List a talk that may lead to money or a large partner."""
    create_entry(a, made, values)
    a.record.visibility = "node"


@action("prospects", "talk", "登记洽谈", "Record a talk", fields=(
    *sheets.TALK, Column("next_step", "text", "下一步", "Next step", required=True), Column("next_on", "date", "下一步日期", "Next on", required=True),
))  # fmt: skip
def talk(a: Run, made: Prospect, *, talked_on: dt.date, note: str, next_step: str, next_on: dt.date) -> None:
    """A talk, what was said, what comes next and when."""
    a.require(talked_on <= a.today, "date_future", "洽谈日期不能晚于今天", field="talked_on")
    a.require(next_on >= talked_on, "date_order", "下一步日期早于洽谈日期", field="next_on")
    made.talks = [*made.talks, {"talked_on": str(talked_on), "note": note}]
    made.next_step, made.next_on = next_step, next_on


@action(
    "prospects",
    "propose",
    "提出方案",
    "Propose",
    fields=(
        Column("stage_note", "longtext", "方案要点", "Proposal", required=True),
        Column("expected_wan", "money_wan", "预期金额", "Expected", unit="万元"),
    ),
)
def propose(a: Run, made: Prospect, *, stage_note: str, expected_wan: int | None = None) -> None:
    """A proposal lies on the table."""
    made.stage_note = stage_note
    made.expected_fen = made.expected_fen if expected_wan is None else expected_wan


@action("prospects", "agree", "登记达成", "Agreed", fields=(
    Column("agreed_on", "date", "达成日期", "Agreed on", required=True), Column("agreement", "text", "协议", "Agreement", required=True),
    Column("agreed_wan", "money_wan", "达成金额", "Agreed", unit="万元"),
))  # fmt: skip
def agree_prospect(a: Run, made: Prospect, *, agreed_on: dt.date, agreement: str, agreed_wan: int | None = None) -> None:
    """Agreed; the agreement is named."""
    a.require(agreed_on <= a.today, "date_future", "达成日期不能晚于今天", field="agreed_on")
    made.agreed_on, made.agreement, made.agreed_fen = agreed_on, agreement, agreed_wan
