"""From candidate to agreement: two-sided choice, consent, recommendation, checks, publicity, appointment, three signatures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.secondments import queries, sheets, terms
from trihelix.registers.secondments.flow import PARTIES
from trihelix.registers.secondments.models import PostNeed, Secondment

SHEET = {c.name: c for c in sheets.SECONDMENTS.columns}
CREATORS = ("owner", "officer", "operator")
LATER = ("appointed_on", "letter_no", "term_no", "ended_on", "end_kind", "grade", "state", "number", "uid", "version", "synthetic")
BEGIN = tuple(c for c in sheets.SECONDMENTS.columns if c.name not in LATER)


def admit_parties(a: Run, row: Secondment) -> None:
    """Host, person and recommending office take part in the case."""
    a.admit("host", body=row.host)
    if row.recommender is not None:
        a.admit("recommender", body=row.recommender)
    for user in User.objects.filter(person_id=row.person_id, is_active=True):
        a.admit("secondee", user_id=user.pk)


def complete(record: Record, row: Secondment) -> None:
    """Fill what follows from person and host: title, city, rank, discipline, field."""
    person = row.person.entry
    record.title = record.title or f"{row.person.title} → {row.host.title}"
    row.city = row.city or queries.city_of(row.host)
    row.rank, row.discipline = row.rank or person.rank, row.discipline or person.discipline
    row.field = row.field or (person.fields[0] if person.fields else "")
    rule = terms.kind_terms(row.kind)
    row.days_per_year = row.days_per_year or rule.get("days_per_year")
    row.hours_per_year = row.hours_per_year or rule.get("hours_per_year")


@action("secondments", "create", "登记人选", "New candidate", creates=True, roles=CREATORS, fields=BEGIN)
def create(a: Run, row: Secondment, **values: Any) -> None:
    """Enter a candidate by hand. The home body is the person's employer."""
    person = find(register_of("people"), values.get("person"), a.by) if values.get("person") else None
    a.require(person is not None, "required", "请填写 “人员”", field="person")
    if not values.get("owner") and person is not None and person.owner is not None:
        values["owner"] = str(person.owner.uid)
    create_entry(a, row, values)
    complete(a.record, row)
    a.require(row.host_id != a.record.owner_id, "same_party", "接收单位与派出单位不能是同一单位", field="host")
    a.after_saved(lambda: admit_parties(a, row))


@action("secondments", "begin", "由岗位需求发起", "Begin from a post", creates=True, hidden=True)
def begin(a: Run, row: Secondment, *, post: Record, person: Record, state: str, batch: Record | None = None) -> None:
    """A host named a person, a person offered, or the dispatch of a batch proposed the pair; done by the acts of post and batch."""
    need: PostNeed = post.entry
    row.kind, row.person, row.host, row.post, row.recommender = need.kind, person, need.record.owner, post, need.recommender
    row.batch = batch
    row.days_per_year, row.pay_fen, row.duties, row.field = need.days_per_year, need.pay_fen, need.duties, need.field
    a.record.title, a.record.owner, a.record.node, a.record.state = "", person.owner, need.record.node, state
    complete(a.record, row)
    a.require(row.host_id != a.record.owner_id, "same_party", "接收单位与派出单位不能是同一单位", field="person")
    a.after_saved(lambda: (admit_parties(a, row), a.link(post, "post")))


def place_free(a: Run, row: Secondment) -> None:
    """Refuse where the post has no place left; the post stays locked until the act is written, so two cannot take the last one."""
    if row.post_id is None:
        return
    post = Record.objects.select_for_update(of=("self",)).get(pk=row.post_id)
    places = post.entry.posts
    a.require(
        queries.taken(post) < places, "post_full", f"该岗位 {places} 个名额已定，请先与在前的人选了结", field="post", value=post.number
    )


@action("secondments", "name", "点将", "Name", safe=True)
def name(a: Run, row: Secondment) -> None:
    """The host wants this person."""


@action("secondments", "offer", "自荐", "Offer", safe=True)
def offer(a: Run, row: Secondment) -> None:
    """The person wants this post."""


@action("secondments", "accept", "接受邀请", "Accept", safe=True)
def accept(a: Run, row: Secondment) -> None:
    """The person named agrees. Refused when every place of the post is taken."""
    place_free(a, row)
    a.notify(f"人选已接受：{row.title}", roles=("host",), en=f"Accepted: {row.title}")


@action("secondments", "take", "同意接收", "Take", safe=True)
def take(a: Run, row: Secondment) -> None:
    """The host agrees to the person who offered. Refused when every place of the post is taken."""
    place_free(a, row)
    a.notify(f"接收单位已同意：{row.title}", roles=("secondee", "owner"), en=f"The host agreed: {row.title}")


@action("secondments", "consent", "派出单位同意", "Home consents", safe=True)
def consent(a: Run, row: Secondment) -> None:
    """The home body keeps the post at home and lets the person go for the agreed time."""


@action("secondments", "recommend", "市（州）推荐", "Recommend", fields=(SHEET["batch"],))
def recommend(a: Run, row: Secondment, *, batch: str = "") -> None:
    """The city recommends, into a batch that is open for this kind."""
    if batch:
        row.batch = find(register_of("secondment_batches"), batch, a.by)
        held = row.batch.entry
        a.require(
            held.kind == row.kind and held.state in ("planned", "open"), "batch_closed", "该批次不在征集中，或类型不符", field="batch"
        )


@action("secondments", "qualify", "资格审查", "Check the qualification", fields=(
    SHEET["starts_on"], SHEET["ends_on"], SHEET["batch"], Column("override", "longtext", "不符项的采信理由", "Reason to pass what failed"),
))  # fmt: skip
def qualify(
    a: Run, row: Secondment, *, starts_on: dt.date | None = None, ends_on: dt.date | None = None, batch: str = "", override: str = ""
) -> None:
    """Run the tests on company and personnel data. A failed one needs a reason, which stays with the case; an overlap never passes."""
    row.starts_on, row.ends_on = starts_on or row.starts_on, ends_on or row.ends_on
    row.batch = find(register_of("secondment_batches"), batch, a.by) if batch else row.batch
    row.checks = queries.checks_of(row)
    failed = [c for c in row.checks if not c["ok"]]
    if any(c["id"] == "no_overlap" for c in failed):
        a.refuse("overlap", f"该人员同期已有选派：{next(c['found'] for c in failed if c['id'] == 'no_overlap')}", field="person")
    names = "、".join(f"{c['zh']}（{c['found']}）" for c in failed)
    a.require(not failed or override.strip(), "check_failed", f"未通过：{names}。确需通过请填写采信理由", field="override")
    if failed:
        row.checks = [
            *row.checks,
            {"id": "override", "zh": "采信理由", "ok": True, "found": override.strip(), "source": a.by.name, "unverified": False},
        ]


@action("secondments", "publicise", "公示", "Publicity", safe=True)
def publicise(a: Run, row: Secondment) -> None:
    """Show the list; the last day is counted by the official calendar."""
    rule = terms.terms()["publicity"]
    row.publicity_to = book.current().calendar.add(a.today, rule["days"], kind=rule["kind"]).date
    a.record.visibility = "public"


@action("secondments", "object", "异议成立待查", "Objection", danger=True)
def object_(a: Run, row: Secondment) -> None:
    """An objection stands: back to the qualification check."""
    row.publicity_to = None


@action("secondments", "appoint", "聘任", "Appoint", fields=(SHEET["starts_on"], SHEET["ends_on"], SHEET["letter_no"], SHEET["post_title"]))
def appoint(
    a: Run, row: Secondment, *, starts_on: dt.date | None = None, ends_on: dt.date | None = None, letter_no: str = "", post_title: str = ""
) -> None:
    """Appoint with a letter. Default term: the scheme's years from today."""
    row.appointed_on = a.today
    row.starts_on = starts_on or row.starts_on or a.today
    row.ends_on = ends_on or row.ends_on or terms.years_on(row.starts_on, terms.kind_terms(row.kind)["term_years"])
    a.require(row.ends_on > row.starts_on, "date_order", "任期止日应晚于起日", field="ends_on")
    a.require(not queries.overlapping(row), "overlap", "该人员同期已有选派", field="person")
    row.letter_no = letter_no or row.letter_no or f"{row.appointed_on.year}-{a.record.number}"
    row.post_title = post_title or row.post_title or sheets.KINDS[row.kind][0]
    a.notify(
        f"已聘任：{row.title}，请签署三方协议", roles=("host", "secondee", "owner"), en=f"Appointed: {row.title}; please sign the agreement"
    )


@action("secondments", "sign", "签署三方协议", "Sign the agreement", fields=(Column("name", "text", "签署人", "Signed by", required=True),))
def sign(a: Run, row: Secondment, *, name: str) -> None:
    """Each of the three parties signs once; with the third signature the term runs."""
    roles = a.by.roles_on(a.record)
    parties = [p for p, role in PARTIES.items() if role in roles or (p == "person" and a.by.person_id == row.person_id)]
    done = {s["party"] for s in row.signatures}
    fresh = [p for p in parties if p not in done][:1]
    if not fresh and "owner" in roles and "person" not in done and not row.person_signs:
        fresh = ["person"]  # the home body signs for a person without an account
    a.require(fresh, "signed_already", "贵方已签署，待其他方签署", field="name")
    row.signatures = [*row.signatures, {"party": fresh[0], "name": name.strip(), "at": a.now.isoformat()}]
    a.go("serving" if set(PARTIES) <= {s["party"] for s in row.signatures} else "appointed")
