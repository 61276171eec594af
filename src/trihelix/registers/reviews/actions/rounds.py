"""A round is opened, its items gathered, its conflicts found, declared, waived."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import files
from trihelix.kernel.action import Run as Act
from trihelix.kernel.action import action, find
from trihelix.kernel.models import File, Record
from trihelix.kernel.register import REGISTERS, register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.experts.models import Expert
from trihelix.registers.reviews import conflicts, panels, redaction, rulebook, sheets
from trihelix.registers.reviews.flow import OFFICE
from trihelix.registers.reviews.models import Conflict, Item, Round

FIELDS = tuple(c for c in sheets.ROUNDS.columns if c.name not in ("state", "number", "uid", "version", "synthetic"))


@action("review_rounds", "create", "新建评审轮次", "New round", creates=True, roles=OFFICE, fields=FIELDS)
def create(a: Act, entry: Round, **values: Any) -> None:
    """Open a round. With a call, the scheme's score sheet, panel rules and switches are taken over where nothing is stated."""
    create_entry(a, entry, values)
    entry.rules = entry.rules or "default"
    if entry.call is not None:
        _from_scheme(entry, values)
    sheet = entry.sheet or rulebook.sheets()[entry.sheet_id or next(iter(rulebook.sheets()))].as_json()
    entry.sheet, entry.sheet_id = sheet, entry.sheet_id or sheet["id"]
    a.require(entry.closes_on is None or entry.closes_on >= a.today, "date_past", "评审截止日早于今天", field="closes_on")


def _from_scheme(entry: Round, values: dict[str, Any]) -> None:
    scheme = rulebook.scheme_of(entry.call)
    if not values.get("sheet_id"):
        entry.sheet = scheme.sheet.as_json()
    given = {
        "panel": scheme.get("review.panel"),
        "finance_min": scheme.get("review.finance_min"),
        "drop_from": scheme.get("review.drop_from"),
    }
    share = scheme.get("review.enterprise_share")
    given["enterprise_percent"] = int(share * 100)  # rounded down: ⌈33% of the seats⌉ is a third of them up to thirty seats
    for name, value in given.items():
        if getattr(entry, name) is None:
            setattr(entry, name, value)
    for name in ("normalise", "blind"):
        if values.get(name) is None:
            setattr(entry, name, bool(scheme.get(f"review.{name}")))


@action("review_rounds", "add_items", "加入待评项目", "Add items", roles=OFFICE, fields=(
    Column("register", "text", "登记库", "Register", help="缺省为 applications（申报）"), Column("items", "list", "编号", "Numbers", help="留空则加入该申报通知下全部待评项目"),
))  # fmt: skip
def add_items(a: Act, entry: Round, *, register: str = "", items: Iterable[str] = ()) -> None:
    """Add records of any register; without numbers, all applications of the call that wait for review."""
    a.require(a.record.state == "drafting", "not_drafting", "分配阶段才能增减项目", field="state")
    declared = register_of(register or "applications")
    names = list(items)
    if names:
        records = [find(declared, n, a.by) for n in names]
    else:
        a.require(
            entry.call is not None and declared.id == "applications", "required", "请填写项目编号，或为本轮指定申报通知", field="items"
        )
        rows = declared.model._default_manager.filter(call=entry.call, record__state="review").order_by("pk")
        records = [e.record for e in rows]
    held = set(Item.objects.filter(round=a.record).values_list("record_id", flat=True))
    fresh = [r for r in dict.fromkeys(records) if r.pk not in held]
    a.require(fresh, "nothing_new", "没有可加入的项目", field="items")
    number = Item.objects.filter(round=a.record).count()
    Item.objects.bulk_create((Item(round=a.record, record=r, code=f"P{number + i:04d}") for i, r in enumerate(fresh, 1)), batch_size=500)
    a.extra["items"] = [None, [r.number for r in fresh]]


@action(
    "review_rounds",
    "drop_item",
    "移出项目",
    "Drop an item",
    roles=OFFICE,
    fields=(Column("item", "text", "编号或代码", "Item", required=True),),
)
def drop_item(a: Act, entry: Round, *, item: str) -> None:
    """Take an item out before the panels are published."""
    a.require(a.record.state == "drafting", "not_drafting", "分配阶段才能增减项目", field="state")
    held = item_of(a.record, item)
    Conflict.objects.filter(round=a.record, item=held.record).delete()
    held.delete()
    a.extra["items"] = [held.record.number, None]


def item_of(round_: Record, name: str) -> Item:
    """An item of a round by its code or its record's number. Refuses others."""
    from trihelix.engines.errors import Refused

    held = Item.objects.filter(round=round_).select_related("record")
    found = held.filter(code=name).first() or held.filter(record__number=name).first()
    if found is None:
        raise Refused.one("unknown_item", f"本轮没有项目 “{name}”", field="item", value=name)
    return found


@action("review_rounds", "redact", "填写隐名材料", "Redact", roles=OFFICE, fields=(
    Column("item", "text", "编号或代码", "Item", required=True), Column("redacted", "longtext", "隐名材料", "Redacted text", required=True),
))  # fmt: skip
def redact(a: Act, entry: Round, *, item: str, redacted: str) -> None:
    """What blind reviewers read. An item without it shows them nothing: the original is never a stand-in. Refuses names behind the item."""
    held = item_of(a.record, item)
    redaction.refuse_named(held.record, redacted, field="redacted")
    held.redacted = redacted.strip()
    held.save(update_fields=["redacted"])
    a.extra["redacted"] = [None, held.code]


@action("review_rounds", "redact_file", "上传隐名文件", "Redacted file", roles=OFFICE, hidden=True, fields=(
    Column("item", "text", "编号或代码", "Item", required=True), Column("stream", "text", "文件", "File", required=True), Column("name", "text", "文件名", "Name", required=True),
))  # fmt: skip
def redact_file(a: Act, entry: Round, *, item: str, stream: Any, name: str) -> None:
    """The file that reviewers of an item read. It is kept and sent under the item's code; a later one takes its place.

    Refuses the item's own files, files in which a name behind the item stands, and files that cannot be read whole.
    """
    held = item_of(a.record, item)
    stored, sha, size, mime = files.store(stream, name)
    redaction.refuse_file(held.record, stored.read_bytes(), name, sha)
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    made = File.objects.create(
        record=a.record, name=f"{held.code}{suffix}", size=size, mime=mime, sha256=sha, part="confidential", replaces=held.redacted_file,
        by_id=a.by.user_id, at=a.now,
    )  # fmt: skip
    held.redacted_file = made
    held.save(update_fields=["redacted_file"])
    a.extra["redacted_file"] = [None, {"item": held.code, "uid": str(made.uid), "sha256": sha}]


def _rivals(entry: Round, records: Iterable[Record]) -> set[int]:
    """The other applicants of the round's call and of the round, where the scheme lets no body judge its rivals."""
    if entry.call is None or not rulebook.scheme_of(entry.call).get("review.rivals"):
        return set()
    rows = register_of("applications").model._default_manager.filter(call=entry.call).exclude(record__state__in=("draft", "withdrawn"))
    return ({r.owner_id for r in records} | set(rows.values_list("record__owner_id", flat=True))) - {None}


@action("review_rounds", "find_conflicts", "查找回避关系", "Find conflicts", roles=OFFICE)
def find_conflicts(a: Act, entry: Round) -> None:
    """Search employers, consortia, common outputs, secondments and ties again; waived, declared and the office's own stay."""
    records = [i.record for i in Item.objects.filter(round=a.record).select_related("record")]
    a.require(records, "no_items", "请先加入待评项目", field="items")
    experts = list(Expert.objects.filter(record__state="active"))
    found = conflicts.find(records, experts, panels.rules_of(entry).years, a.today, _rivals(entry, records))
    Conflict.objects.filter(round=a.record, waived="").exclude(kind__in=("declared", "office")).delete()
    rows = (Conflict(round=a.record, item_id=f.item, expert_id=f.expert, kind=f.kind, reason=f.reason, source_id=f.source) for f in found)
    Conflict.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    a.extra["conflicts"] = [None, len(found)]


PAIR = (Column("item", "text", "项目编号或代码", "Item", required=True), Column("expert", "ref", "专家", "Expert", required=True))


@action(
    "review_rounds",
    "declare_conflict",
    "认定回避",
    "State a conflict",
    roles=OFFICE,
    fields=(*PAIR, Column("why", "text", "理由", "Why", required=True)),
)
def declare_conflict(a: Act, entry: Round, *, item: str, expert: str, why: str) -> None:
    """The office knows of a conflict that no register shows."""
    held, person = item_of(a.record, item), find(register_of("experts"), expert, a.by)
    Conflict.objects.update_or_create(
        round=a.record, item=held.record, expert=person, kind="office", defaults={"reason": why[:200], "waived": ""}
    )
    a.extra["conflict"] = [None, [held.code, person.number, why]]


@action(
    "review_rounds",
    "waive",
    "豁免回避",
    "Waive a conflict",
    roles=OFFICE,
    fields=(*PAIR, Column("why", "text", "理由", "Why", required=True)),
)
def waive(a: Act, entry: Round, *, item: str, expert: str, why: str) -> None:
    """Waive the conflicts of a pair with the reason, where the rules allow it; own work, employer and declared ones never."""
    held, person = item_of(a.record, item), find(register_of("experts"), expert, a.by)
    rows = list(Conflict.objects.filter(round=a.record, item=held.record, expert=person, waived=""))
    a.require(rows, "no_conflict", "这一组合没有回避关系", field="expert")
    allowed = set(panels.rules_of(entry).relief["waivable"])
    hard = [r for r in rows if r.kind not in allowed]
    a.require(not hard, "not_waivable", f"此类回避不能豁免：{'；'.join(r.reason for r in hard)}", field="expert")
    Conflict.objects.filter(pk__in=[r.pk for r in rows]).update(waived=why[:200])
    a.extra["waived"] = [None, [held.code, person.number, why]]


def registers_with_items() -> list[str]:
    """Registers whose records may be reviewed."""
    return [r for r in ("applications", "projects", "boards", "topics", "inventions", "results") if r in REGISTERS]
