"""A full cycle by acts: N applications submitted, checked, reviewed by five experts each, ranked, decided, announced; throughput of
each step, then the server time and the number of queries of list and dashboard pages at that size.

Run: ``python benchmarks/programmes/cycle.py [N [APPLICATIONS REVIEWS]]`` (with the further numbers, rows are copied up to that size before
the pages are timed) in a data folder of its own (``TRIHELIX_HOME``), with tables made by this script.
"""

from __future__ import annotations

import copy
import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("TRIHELIX_HOME", tempfile.mkdtemp(prefix="trihelix-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trihelix.site.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from trihelix.engines.codes import synthetic_credit_code  # noqa: E402
from trihelix.kernel import bulk, clock  # noqa: E402
from trihelix.kernel.accounts import create_account, grant, operator  # noqa: E402
from trihelix.kernel.actor import SYSTEM, Actor  # noqa: E402
from trihelix.kernel.models import Record, User  # noqa: E402
from trihelix.kernel.models.record import new_uid  # noqa: E402
from trihelix.kernel.register import register_of  # noqa: E402
from trihelix.kernel.tables import without_migrations  # noqa: E402
from trihelix.registers.programmes.models import Application  # noqa: E402
from trihelix.registers.reviews.models import Item, Run, Seat  # noqa: E402

ANSWERS = {
    "summary": "摘要", "goals": "目标与内容", "term_months": 24, "honest": True, "indicators": [{"name": "指标", "target": "1"}], "requested": 8,
    "budget": {"业务费": {"public": 8}},
}  # fmt: skip
POINTS = {"topic": 16, "novelty": 15, "route": 16, "base": 15, "prospect": 8, "budget": 8}
PANEL, LOAD, PER_ROUND = 5, 30, 500
BATCH = 250  # acts in one transaction, as an import would group them


def timed(name: str, items: Iterable[Any], act: Callable[[Any], Any]) -> list[Any]:
    """Run an act over items in batches; print its throughput, by the clock and by the processor's own time (others may share it)."""
    held, out = list(items), []
    started, busy = time.perf_counter(), time.process_time()
    for i in range(0, len(held), BATCH):
        with transaction.atomic():
            out += [act(x) for x in held[i : i + BATCH]]
    took, busy = time.perf_counter() - started, time.process_time() - busy
    print(f"{name:<16}{len(held):>7}  {took:8.1f} s  {len(held) / took:8.0f} /s  {len(held) / busy:8.0f} /s of processor time", flush=True)
    return out


def pages(call: Any, round_: Any) -> None:
    """The list and dashboard pages over what was made: best of three times, and the number of queries."""
    client = Client()
    client.force_login(User.objects.get(username="bench-officer"), backend="django.contrib.auth.backends.ModelBackend")
    addresses = (
        "/calls/", "/applications/", "/applications/?state=publicity", f"/calls/{call.uid}/", "/projects/", "/review_rounds/", f"/review_rounds/{round_.uid}/",
        "/review_seats/", "/programmes/schemes/", "/inbox/", "/",
    )  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        queries = len(seen)  # counted now: the next request empties the log
        took, busy = [], []
        for _ in range(3):
            started, worked = time.perf_counter(), time.process_time()
            client.get(address)
            took.append(time.perf_counter() - started)
            busy.append(time.process_time() - worked)
        shown = address.replace(str(call.uid), "…").replace(str(round_.uid), "…")
        print(
            f"{shown:<34}{answer.status_code:>4}{min(took) * 1000:8.0f} ms{min(busy) * 1000:8.0f} ms of processor{queries:>5} queries",
            flush=True,
        )


def do(register: str, act: str, record: Any = None, by: Any = None, **values: Any) -> Any:
    """One act, by the operator unless told otherwise."""
    run = register_of(register).acts[act].run
    return run(by=by or operator(), **({"record": record.record} if record is not None else {}), **values)


def submitted(count: int, call: Any) -> list[Any]:
    """Applications of as many bodies, handed in and through the checks up to the review."""
    op = operator()
    codes = [synthetic_credit_code(i, "220101", "12") for i in range(count)]
    bodies = timed(
        "bodies",
        range(count),
        lambda i: do("bodies", "create", by=op, title=f"示例大学{i}", kind="university", credit_code=codes[i], inside=True),
    )
    cases = timed(
        "create",
        bodies,
        lambda b: do("applications", "create", by=op, title=f"申报 {b.ref}", call=call.number, owner=b.ref, class_id="young"),
    )
    # the unit's own acts are done by an actor of that unit
    owners = {c.pk: Actor(op.user_id, "基准", body_roles={c.record.owner_id: frozenset({"transfer_office"})}) for c in cases}
    timed("save", cases, lambda c: do("applications", "save", c, owners[c.pk], answers=ANSWERS))
    timed("submit", cases, lambda c: do("applications", "submit", c, owners[c.pk]))
    timed("unit check", cases, lambda c: do("applications", "unit_approve", c, owners[c.pk]))
    timed("recommend", cases, lambda c: do("applications", "recommend", c, op))
    timed("form check", cases, lambda c: do("applications", "form_pass", c, op))
    timed("screening", cases, lambda c: do("applications", "screen_pass", c, op, similar_read=True))
    return cases


def reviewed(call: Any, cases: list[Any]) -> Any:
    """Rounds of a panel of five each: assigned by the solver, accepted and scored seat by seat, ranked, handed over."""
    op = operator()
    experts = [
        {"title": f"专家{n}", "ref": f"bench-{n}", "kind": "finance" if n % 3 == 0 else "enterprise" if n % 3 == 1 else "academic", "fields": ["medicine"],
         "city": "220100", "max_load": LOAD, "owner": cases[n % len(cases)].record.owner.number, "synthetic": True}
        for n in range(max(len(cases) * PANEL * 3 // (LOAD * max(len(cases) // PER_ROUND, 1)), 12))
    ]  # fmt: skip
    bulk.import_rows(register_of("experts"), experts, op)
    closes = clock.today() + dt.timedelta(days=20)
    rounds = []
    for start in range(0, len(cases), PER_ROUND):
        made = do(
            "review_rounds", "create", by=op, title=f"第 {start // PER_ROUND + 1} 组", call=call.number, panel=PANEL, closes_on=closes, finance_min=0,
        )  # fmt: skip
        do("review_rounds", "add_items", made, op, items=[c.number for c in cases[start : start + PER_ROUND]])
        rounds.append(made)
    timed("conflicts", rounds, lambda r: do("review_rounds", "find_conflicts", r, op))
    timed("assign", rounds, lambda r: do("review_rounds", "run", r, op))
    timed("publish", rounds, lambda r: do("review_rounds", "publish", r, op, run=Run.objects.filter(round=r.record).last().number))
    seats = list(Seat.objects.filter(record__state="invited").select_related("record").order_by("pk"))
    timed("accept", seats, lambda s: do("review_seats", "accept", s, SYSTEM, promise=True))
    spread = iter(range(len(seats)))

    def score(seat: Any) -> Any:
        shift = next(spread) % 7
        return do(
            "review_seats",
            "submit",
            seat,
            SYSTEM,
            points={k: max(v - shift, 1) for k, v in POINTS.items()},
            gates={"in_scope": True},
            texts={},
        )

    timed("score", seats, score)
    timed("rank", rounds, lambda r: do("review_rounds", "close", r, op))
    timed("hand over", rounds, lambda r: do("review_rounds", "hand_over", r, op))
    print(f"{'items':<16}{Item.objects.count():>7}{'reviews':>14}{Seat.objects.filter(record__state='submitted').count():>7}", flush=True)
    return rounds[0]


def copied(entry: Any, number: str, **changes: Any) -> tuple[Record, Any]:
    """A record and its typed row once more, under a number of its own."""
    record, row = copy.copy(entry.record), copy.copy(entry)
    record.pk, record.uid, record.number, record.ref = None, new_uid(), number, number
    row.pk = None
    for name, value in changes.items():
        setattr(row, name, value)
    return record, row


def grow(call: Any, applications: int, reviews: int) -> None:
    """Copy applications of the call and seats of its first round until there are so many: what lists and dashboards answer at that size."""
    held, seats = list(Application.objects.filter(call=call.record)), list(Seat.objects.select_related("record").order_by("pk"))
    round_ = seats[0].round

    def add(model: Any, made: list[tuple[Record, Any]]) -> list[Record]:
        records = Record.objects.bulk_create([r for r, _ in made], batch_size=500)
        for record, (_, row) in zip(records, made, strict=True):
            row.record = record
        model.objects.bulk_create([row for _, row in made], batch_size=500)
        return records

    more = add(Application, [copied(held[i % len(held)], f"SB-X-{i:06d}") for i in range(applications - len(held))])
    first = Item.objects.filter(round=round_).count()
    Item.objects.bulk_create((Item(round=round_, record=r, code=f"X{first + i:05d}") for i, r in enumerate(more)), batch_size=500)
    panel = list(dict.fromkeys(s.expert_id for s in seats))
    pairs = ((r, e, f"X{first + i:05d}") for i, r in enumerate(more) for e in panel[:PANEL])
    made = [
        copied(seats[n % len(seats)], f"XW-X-{n:06d}", round_id=round_.pk, item=item, expert_id=expert, item_code=code)
        for n, (item, expert, code) in zip(range(reviews - len(seats)), pairs, strict=False)
    ]
    add(Seat, made)
    print(f"grown to {Application.objects.count()} applications, {Seat.objects.count()} reviews", flush=True)


def main(count: int, *grown: int) -> None:
    """The cycle over ``count`` applications with five reviews each; ``grown`` then copies rows up to so many applications and reviews."""
    without_migrations()
    call_command("migrate", run_syncdb=True, verbosity=0)
    user = create_account(by=operator(), username="bench-officer", display_name="基准", encoded="!")
    grant(by=operator(), user=user, role="officer", scope=None, valid_from=clock.today())
    call = do("calls", "create", title="基准通知", scheme="natural-fund", year=clock.today().year)
    do("calls", "approve", call)
    do("calls", "publish", call)
    started, busy = time.perf_counter(), time.process_time()
    cases = submitted(count, call)
    round_ = reviewed(call, cases)
    timed("decide", cases, lambda c: do("applications", "decide", c, outcome="award", note="同意"))
    timed("announce", [call], lambda c: do("calls", "announce", c))
    published = Application.objects.filter(record__state="publicity").count()
    print(f"whole cycle: {count} applications, {published} published, {time.perf_counter() - started:.0f} s", end=", ")
    print(f"{count / (time.process_time() - busy):.1f} applications a second of processor time", flush=True)
    if grown:
        grow(call, *grown)
    pages(call, round_)


if __name__ == "__main__":
    main(*(int(n) for n in sys.argv[1:4])) if len(sys.argv) > 1 else main(5000)
