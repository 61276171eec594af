"""A host's need: posted, checked; naming a person on it or offering oneself begins a secondment."""

from __future__ import annotations

from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.secondments import queries, sheets, terms
from trihelix.registers.secondments.models import PostNeed, Secondment

CREATORS = ("owner", "node", "officer", "operator")
FIELDS = tuple(c for c in sheets.NEEDS.columns if c.name not in ("state", "number", "uid", "version", "synthetic"))


@action("secondment_needs", "create", "提出岗位需求", "New post", creates=True, roles=CREATORS, fields=FIELDS)
def create(a: Run, post: PostNeed, **values: Any) -> None:
    """Enter a need. Refuses hosts of a kind that the scheme does not send people to."""
    create_entry(a, post, values)
    rule = terms.kind_terms(post.kind)
    host = a.record.owner
    fits = host is not None and host.register == "bodies" and host.entry.kind in rule["hosts"]
    a.require(fits, "host_kind", f"“{sheets.KINDS[post.kind][0]}” 的接收单位应为：{'、'.join(rule['hosts'])}", field="owner")
    post.days_per_year = post.days_per_year or rule.get("days_per_year")
    if post.recommender is not None:
        a.after_saved(lambda: a.admit("recommender", body=post.recommender))


@action("secondment_needs", "check", "审核通过", "Check", safe=True)
def check(a: Run, post: PostNeed) -> None:
    """Publish the post to everybody, so that people can offer themselves."""
    a.record.visibility = "public"
    a.notify(f"岗位需求已审核：{post.title}", roles=("owner",), en=f"Post checked: {post.title}")


@action("secondment_needs", "refuse", "不予通过", "Refuse", danger=True)
def refuse(a: Run, post: PostNeed) -> None:
    """Refuse with the reason."""
    a.notify(f"岗位需求未通过：{post.title}（{a.reason}）", roles=("owner",), en=f"Post refused: {post.title}")


@action("secondment_needs", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, post: PostNeed) -> None:
    """Take the post back; running choices go on by themselves."""
    a.record.visibility = "node"


def _begin(a: Run, post: PostNeed, person: Record, state: str) -> Secondment:
    a.require(a.record.state == "checked", "not_checked", "岗位需求审核通过后才能点将或自荐", field="state")
    a.require(person.owner is not None, "no_home", f"“{person.title}” 没有登记所在单位", field="person")
    twice = Secondment.objects.filter(post=a.record, person=person, record__state__in=queries.OPEN).first()
    a.require(twice is None, "already_candidate", "此人已是本岗位的人选", field="person", value=person.number)
    made = register_of("secondments").acts["begin"].run(by=SYSTEM, post=a.record, person=person, state=state, now=a.now)
    a.extra["secondment"] = [None, made.number]
    return made  # type: ignore[no-any-return]


@action("secondment_needs", "name_person", "点将", "Name a person", roles=("owner", "officer", "operator"),
        fields=(Column("person", "ref", "人员", "Person", required=True, help="填写人员编号"),))  # fmt: skip
def name_person(a: Run, post: PostNeed, *, person: str) -> Secondment:
    """The host names the person it wants; the person is asked."""
    return _begin(a, post, find(register_of("people"), person, a.by), "named")


@action("secondment_needs", "offer_self", "自荐", "Offer oneself", roles=("anyone",),
        fields=(Column("person", "ref", "人员", "Person", help="本人可留空；单位代为自荐时填写本单位人员"),))  # fmt: skip
def offer_self(a: Run, post: PostNeed, *, person: str = "") -> Secondment:
    """A person (or the home body for one of its people) offers; the host is asked."""
    found = find(register_of("people"), person, a.by) if person else Record.objects.filter(pk=a.by.person_id).first()
    a.require(found is not None, "required", "请填写人员", field="person")
    assert found is not None
    own = found.pk == a.by.person_id or found.owner_id in a.by.bodies or a.by.sees_all
    a.require(own, "not_yours", "只能为本人或本单位人员自荐", field="person", value=found.number)
    return _begin(a, post, found, "offered")
