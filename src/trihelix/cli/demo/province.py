"""Load the demo province from the book's content: nodes, bodies, people, experts, accounts, results, needs.

Everything goes through the same bulk actions and acts as real work, so the journal verifies afterwards.
"""

from __future__ import annotations

import datetime as dt
import importlib
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from trihelix.engines.bookfile import load_file
from trihelix.engines.codes import synthetic_credit_code
from trihelix.kernel import accounts, book, bulk, clock
from trihelix.kernel.actor import Actor
from trihelix.kernel.models import Record, User, seeded_uids
from trihelix.kernel.register import register_of

PASSWORD = "demo-Jilin-2025"  # every demo account; such accounts exist only in a folder marked as a demo
AUTHORITY = {"firm": "91", "university": "12", "institute": "12", "hospital": "12", "government": "11", "association": "51"}
# Further content of the registers, in the order of the house; each module has ``load(context)``.
PARTS: tuple[str, ...] = (
    "services", "events", "inventions", "platforms", "networks", "resources", "patents", "ladder", "contracts", "listings", "programmes", "secondments",
    "reviews", "titles", "finance", "governance",
)  # fmt: skip


@dataclass
class Context:
    """What the loaders share: the operator, the seed's random source, and where the day stands."""

    by: Actor
    rng: random.Random
    today: dt.date
    refs: dict[str, str] = field(default_factory=dict)  # ref in the content → ref in the register
    corpus: list[dict[str, Any]] = field(default_factory=list)

    def actor(self, username: str) -> Actor:
        """The actor of a demo account."""
        return accounts.actor_named(username)


def content(name: str) -> Any:
    """A content file of the demo."""
    path = book.current().path
    return load_file(path / "demo" / f"{name}.yaml", path)


def topics() -> Iterator[tuple[str, dict[str, Any]]]:
    """``(field, topic)`` of every field file, in order."""
    path = book.current().path
    for file in sorted((path / "demo" / "fields").glob("*.yaml")):
        data = load_file(file, path)
        for topic in data["topics"]:
            yield data["field"], topic


def fen(wan: Any) -> int | None:
    return None if wan is None else int(wan * 1_000_000)


def _nodes(ctx: Context) -> None:
    register = register_of("nodes")
    for level in ("1", "10", "n"):  # parents first
        rows = [
            {k: v for k, v in row.items() if register.column(k) is not None and k != "operator"} | {"synthetic": True}
            for row in content("nodes")["nodes"]
            if row["level"] == level
        ]
        bulk.import_rows(register, rows, ctx.by, "演示站点")
    for record in Record.objects.filter(register="nodes", node=None):
        Record.objects.filter(pk=record.pk).update(node=record)


def _bodies(ctx: Context) -> None:
    register = register_of("bodies")
    rows = []
    for i, row in enumerate(content("bodies")["bodies"]):
        code = synthetic_credit_code(i, row["division"], AUTHORITY.get(row["kind"], "91"))
        ctx.refs[row["ref"]] = row["ref"]
        values = {k: v for k, v in row.items() if register.column(k) is not None}
        values["sales_wan"], values["rd_wan"] = fen(row.get("sales_wan")), fen(row.get("rd_wan"))
        rows.append({**values, "credit_code": code, "synthetic": True})
    bulk.import_rows(register, rows, ctx.by, "演示单位")


def _operators(ctx: Context) -> None:
    change = register_of("nodes").acts["change"].run
    for row in content("nodes")["nodes"]:
        if row.get("operator"):
            change(by=ctx.by, record=row["ref"], operator=row["operator"])


def _people(ctx: Context) -> None:
    data = content("people")
    people = [{**row, "synthetic": True} for row in data["people"]]
    bulk.import_rows(register_of("people"), people, ctx.by, "演示人员")
    by_field: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in data["people"]:
        for name in row.get("fields", ()):
            by_field.setdefault((name, row["owner"]), []).append(row)
    academics = [
        {
            "ref": f"x-{row['ref']}", "title": row["title"], "owner": row["owner"], "person": row["ref"], "kind": "academic", "fields": row["fields"],
            "discipline": row["discipline"], "rank": row["rank"], "city": _city(row["owner"]), "max_load": 8, "synthetic": True,
        }
        for row in data["people"] if row["rank"] in ("教授", "研究员")
    ]  # fmt: skip
    bulk.import_rows(register_of("experts"), [{**row, "synthetic": True} for row in data["experts"]] + academics, ctx.by, "演示专家")


def _city(owner: str) -> str:
    division = Record.objects.get(register="bodies", ref=owner).entry.division
    return f"{division[:4]}00"


def _accounts(ctx: Context) -> None:
    encoded = make_password(PASSWORD)  # one hash serves all: hashing is slow on purpose
    for row in content("accounts")["accounts"]:
        person = Record.objects.filter(register="people", ref=row["person"]).first() if row.get("person") else None
        user = accounts.create_account(
            by=ctx.by, username=row["username"], display_name=row["display_name"]["zh"], encoded=encoded, demo=True, person=person,
            email=f"{row['username']}@demo.example",
        )  # fmt: skip
        scope = None
        if row.get("scope"):
            scope = Record.objects.get(register__in=("bodies", "nodes"), ref=row["scope"])
        for role in row["roles"]:
            accounts.grant(by=ctx.by, user=user, role=role, scope=scope, valid_from=dt.date(2024, 1, 1))


def _pick(rng: random.Random, rows: list[Any], count: int) -> list[Any]:
    return rng.sample(rows, min(count, len(rows)))


def _result_rows(ctx: Context) -> list[dict[str, Any]]:
    people = content("people")["people"]
    told = content("thread")["expected"]
    rows = []
    for name, topic in topics():
        result = topic.get("result")
        if not result:
            continue
        able = [p for p in people if name in p["fields"]]
        lead = ctx.rng.choice(able)
        if topic["key"] == told["best"]["topic"]:
            team = [next(p for p in people if p["ref"] == c["person"]) for c in told["completers"]]
            lead = next(p for p in team if p["owner"] == told["owner"])
        else:
            team = [lead, *_pick(ctx.rng, [p for p in able if p["owner"] == lead["owner"] and p is not lead], 2)]
        rows.append(
            {
                "ref": f"CG-{topic['key']}", "title": result["title"], "owner": lead["owner"], "holders": [lead["owner"]], "summary": result["summary"],
                "confidential_part": result.get("confidential", ""), "completers": [p["title"] for p in team], "people": [p["ref"] for p in team],
                "fields": [name], "division": f"{_division(lead['owner'])[:4]}00", "maturity": result.get("maturity"), "ip_kind": result.get("ip_kind"),
                "transfer_ways": list(result.get("transfer_ways", ())), "price_wan": fen(result.get("price_wan")),
                "price_rule": "negotiable" if result.get("price_wan") is None else "fixed", "limits": result.get("limits", ""),
                "application": result.get("application", ""), "synthetic": True,
            }
        )  # fmt: skip
    return rows


def _division(ref: str) -> str:
    return str(Record.objects.get(register="bodies", ref=ref).entry.division)


def _need_rows(ctx: Context) -> list[dict[str, Any]]:
    firms = [b for b in content("bodies")["bodies"] if b["kind"] == "firm"]
    told = content("thread")["need"]["topic"]  # posted live by the thread, not imported
    rows = []
    for name, topic in topics():
        need = topic.get("need")
        if not need or topic["key"] == told:
            continue
        firm = next((f for f in firms if f["ref"] == need.get("firm")), None) or ctx.rng.choice(
            [f for f in firms if name in f["fields"]] or firms
        )
        deadline = ctx.today + dt.timedelta(days=30 * int(need.get("months", 12)))
        rows.append(
            {
                "ref": f"XQ-{topic['key']}", "title": need["title"], "owner": firm["ref"], "kind": "technical", "problem": need["problem"],
                "indicators": [dict(row) for row in need["indicators"]], "budget_wan": fen(need["budget_wan"]), "ownership": need["ownership"],
                "deadline": deadline, "industry": firm["industry"], "fields": [name], "division": firm["division"],
                "conditions": need.get("conditions", ""), "tried": need.get("tried", ""), "synthetic": True,
            }
        )  # fmt: skip
    return rows


def load_province(
    seed: int = 1,
    *,
    corpus: Iterable[dict[str, Any]] = (),
    say: Callable[[str], None] = lambda text: None,
    parts: Iterable[str] | None = None,
) -> Context:
    """Fill an empty, migrated database; the same seed gives the same records. ``parts`` names the illustrations to load, all by default."""
    ctx = Context(accounts.operator(), random.Random(seed), clock.today(), corpus=list(corpus))
    with seeded_uids(seed):
        for label, step in (
            ("市场站点", _nodes), ("单位", _bodies), ("站点运营单位", _operators), ("人员与专家", _people), ("演示账号", _accounts),
        ):  # fmt: skip
            say(label)
            step(ctx)
        say("成果与需求")
        if ctx.corpus:
            importlib.import_module("trihelix.cli.demo.corpus").load(ctx)
        else:
            bulk.import_rows(register_of("results"), _result_rows(ctx), ctx.by, "演示成果")
            bulk.import_rows(register_of("needs"), _need_rows(ctx), ctx.by, "演示需求")
        for part in PARTS if parts is None else parts:
            say(register_label(part))
            importlib.import_module(f"trihelix.cli.demo.{part}").load(ctx)
    return ctx


def register_label(part: str) -> str:
    return str(importlib.import_module(f"trihelix.registers.{part}.apps").__dict__[f"{part.title()}Config"].verbose_name)


def demo_users() -> list[User]:
    """The demo accounts, for the sign-in page."""
    return list(User.objects.filter(demo=True, is_active=True).order_by("pk"))
