"""Demo content of secondments: six past batches, a post on which a firm named a person, one term with service. All synthetic."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from trihelix.cli.demo.province import Context, fen
from trihelix.kernel import bulk, clock
from trihelix.kernel.actor import actor_for
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.secondments.actions import terms_end
from trihelix.registers.secondments.models import Secondment
from trihelix.registers.secondments.terms import years_on

DAYS = (dt.date(2023, 3, 1), dt.date(2023, 6, 15), dt.date(2023, 10, 20), dt.date(2024, 3, 18), dt.date(2024, 7, 1), dt.date(2024, 11, 20))
A_BATCH = 4


def act(register: str, name: str) -> Any:
    return register_of(register).acts[name].run


def _batches(ctx: Context) -> None:
    rows = [
        {
            "ref": f"KCP-{n}", "title": f"第{n}批科创专员（演示）", "owner": "g-kjt", "kind": "commissioner", "number_in_line": n, "year": day.year, "planned": 100, "appointed_on": day,
            "synthetic": True,
        }
        for n, day in enumerate(DAYS, 1)
    ]  # fmt: skip
    bulk.import_rows(register_of("secondment_batches"), rows, ctx.by, "演示批次")


def _outside(ctx: Context) -> None:
    """Two home bodies outside the province, each with a person."""
    bodies = [
        {"ref": f"out-{n}", "title": f"示例省外大学{n}（演示）", "kind": "university", "division": None, "inside": False, "synthetic": True} for n in (1, 2)
    ]  # fmt: skip
    bulk.import_rows(register_of("bodies"), bodies, ctx.by, "演示省外单位")
    people = [
        {"ref": f"a-out-{n}", "title": f"示例-外{n}", "owner": f"out-{n}", "rank": "教授", "fields": ["medicine"], "synthetic": True} for n in (1, 2)
    ]  # fmt: skip
    bulk.import_rows(register_of("people"), people, ctx.by, "演示省外人员")


def _terms(ctx: Context) -> None:
    homes = Record.objects.filter(register="people", owner__parties_body__kind__in=("university", "institute", "hospital"))
    people = list(homes.select_related("owner").order_by("ref"))
    firms = list(Record.objects.filter(register="bodies", parties_body__kind="firm").order_by("ref"))
    fields = dict(Record.objects.filter(pk__in=[p.pk for p in people]).values_list("pk", "parties_person__fields"))
    rows = []
    for n, day in enumerate(DAYS):
        for k in range(A_BATCH):
            i = n * A_BATCH + k
            person = people[i % len(people)]
            rows.append(
                {
                    "ref": f"KCY-{i:03d}", "kind": "commissioner", "owner": person.owner.ref if person.owner else "", "person": person.ref, "host": firms[(i * 7) % len(firms)].ref, "batch": f"KCP-{n + 1}",
                    "field": (fields.get(person.pk) or [""])[0] or None, "post_title": "科技副总", "duties": ["solve", "research"], "days_per_year": 120, "appointed_on": day, "starts_on": day,
                    "ends_on": years_on(day, 2), "letter_no": f"演示-{i:03d}", "synthetic": True,
                }
            )  # fmt: skip
    bulk.import_rows(register_of("secondments"), rows, ctx.by, "演示选派")
    terms_end.watch_imports(clock.now())


def _service(ctx: Context) -> None:
    """One running term with a log that the host confirmed, an output and a subsidy on its way."""
    row = Secondment.objects.filter(record__ref__startswith="KCY-", record__state="serving").order_by("-starts_on", "pk").first()
    if row is None:
        return
    day = min(ctx.today, row.ends_on or ctx.today) - dt.timedelta(days=3)
    log = act("secondment_logs", "create")(
        by=ctx.by,
        secondment=row.number,
        title="现场诊断工艺（演示）",
        on=day,
        days=Decimal(2),
        problem="设备能耗偏高",
        result="给出改造办法",
        solved=True,
        ref="KRZ-demo",
    )
    host = User.objects.filter(grants__scope=row.host, is_active=True).order_by("pk").first()
    if host is not None:
        act("secondment_logs", "confirm")(by=actor_for(host), record=log.record, satisfaction=5)
    act("secondments", "add_output")(by=ctx.by, record=row.record, kind="standard", output="企业标准（演示）", on=day)
    act("secondments", "approve_subsidy")(by=ctx.by, record=row.record, amount_wan=fen(6), basis="演示，金额非规定")
    act("secondments", "allot_subsidy")(by=ctx.by, record=row.record, amount_wan=fen(3))


def _post(ctx: Context) -> None:
    """A firm's need, checked, with a person named and asked."""
    firm = ctx.actor("jicui")
    post = act("secondment_needs", "create")(
        by=firm,
        title="红参加工工艺负责人（演示）",
        problem="红参干燥内白率偏高，缺干燥曲线与在线检测",
        field="medicine",
        wished_rank="教授",
        duties=["solve", "transfer"],
        ref="KCX-demo",
    )
    act("secondment_needs", "post")(by=firm, record=post.uid)
    act("secondment_needs", "check")(by=ctx.by, record=post.uid)
    act("secondment_needs", "name_person")(by=firm, record=post.uid, person="p-058")


def _professor(ctx: Context) -> None:
    """The return leg: an industry professor from a firm's own staff needs people of firms; the post alone is shown."""
    office = ctx.actor("utcm-office")
    post = act("secondment_needs", "create")(
        by=office,
        title="产业教授：中药炮制工程（演示）",
        kind="professor",
        problem="每年不少于 30 学时的授课与实践指导",
        duties=["teaching"],
        ref="KCX-prof",
    )
    act("secondment_needs", "post")(by=office, record=post.uid)


def load(ctx: Context) -> None:
    """A handful of records of each register, through imports and acts."""
    _batches(ctx)
    _outside(ctx)
    _terms(ctx)
    _service(ctx)
    _post(ctx)
    _professor(ctx)
