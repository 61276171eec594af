"""Acts on data-led lists: agencies' data in, cross-check, list, publicity, payment. Nobody applies."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from trihelix.engines.codes import credit_code
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact, round_half_up
from trihelix.engines.schemes import Scheme, grant
from trihelix.engines.schemes.expressions import truth
from trihelix.engines.schemes.money import names_for
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.standard import create_entry
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.actions.decisions import publicity_end
from trihelix.registers.programmes.actions.money import change_line
from trihelix.registers.programmes.actions.submission import canonical
from trihelix.registers.programmes.models import DataSet, SubsidyList, SubsidyRow


@action("subsidy_lists", "create", "新建免申即享名单", "New list", creates=True, roles=("officer", "operator"))
def create_list(a: Run, subsidy: SubsidyList, **values: Any) -> None:
    """Open the year's list of a data-led scheme. Refuses other schemes and a second list of the year."""
    create_entry(a, subsidy, values)
    scheme = queries.scheme_book().scheme(subsidy.scheme, None if subsidy.scheme_version else a.today, subsidy.scheme_version or "")
    a.require(scheme.shape == "data", "not_data_led", f"“{scheme.zh}” 不是免申即享的计划", field="scheme", value=subsidy.scheme)
    taken = SubsidyList.objects.filter(scheme=subsidy.scheme, year=subsidy.year).exists()
    a.require(not taken, "list_exists", f"{subsidy.year} 年的名单已存在", field="year", value=subsidy.year)
    subsidy.scheme_version = scheme.version.id


@action("subsidy_lists", "supply", "报送数据", "Supply data", roles=("officer", "operator"), fields=(
    Column("agency", "text", "部门", "Agency", required=True), Column("rows", "longtext", "数据", "Rows", required=True, help="JSON 列表：credit_code、name 与该部门的各栏；金额以万元计"), Column("source", "text", "来源", "Source", required=True),
))  # fmt: skip
def supply(a: Run, subsidy: SubsidyList, *, agency: str, rows: Any, source: str) -> None:
    """Take in one agency's data with its source and hash; supplied again, it replaces that agency's columns.

    Refuses unknown agencies and columns, wrong credit codes and numbers, each named by row.
    """
    a.require(subsidy.state == "collecting", "not_collecting", "名单不在汇集数据阶段；请先重新汇集", field="state")
    scheme = queries.scheme_of(subsidy)
    found = next((x for x in scheme.agencies if x.id == agency), None)
    if found is None:
        a.refuse("unknown_agency", f"部门应为：{'、'.join(x.id for x in scheme.agencies)}", field="agency", value=agency)
        return
    given = _rows(rows)
    values = _read(given, found.gives)
    digest = hashlib.sha256(canonical(given).encode()).hexdigest()
    held = {r.credit_code: r for r in SubsidyRow.objects.filter(list=a.record)}
    bodies = _bodies(values)
    fresh, changed = [], []
    for row in held.values():
        if any(k in row.data for k in found.gives):
            row.data = {k: v for k, v in row.data.items() if k not in found.gives}
            changed.append(row)
    for code, (name, data) in values.items():
        row = held.get(code)
        if row is None:
            fresh.append(SubsidyRow(list=a.record, credit_code=code, name=name, body_id=bodies.get(code), data=data))
        else:
            row.data = {**row.data, **data}
            changed.append(row)
    SubsidyRow.objects.bulk_create(fresh, batch_size=500)
    SubsidyRow.objects.bulk_update({r.pk: r for r in changed}.values(), ["data"], batch_size=500)
    DataSet.objects.create(list=a.record, agency=agency, at=a.now, rows=len(values), sha256=digest, source=source, by_id=a.by.user_id)
    a.extra["data"] = [None, {"agency": agency, "rows": len(values), "sha256": digest}]


def _bodies(codes: Iterable[str]) -> dict[str, int]:
    """Registered bodies by credit code, 400 codes a query."""
    wanted, found = list(codes), {}
    for i in range(0, len(wanted), 400):
        known = Record.objects.filter(register="bodies", parties_body__credit_code__in=wanted[i : i + 400])
        found.update(dict(known.values_list("parties_body__credit_code", "pk")))
    return found


def _rows(rows: Any) -> list[Mapping[str, Any]]:
    try:
        given = json.loads(rows) if isinstance(rows, str) else rows
    except ValueError as exc:
        raise Refused.one("bad_json", "数据应为 JSON 列表", field="rows") from exc
    if not isinstance(given, list) or not all(isinstance(r, Mapping) for r in given):
        raise Refused.one("bad_rows", "数据应为对象的列表", field="rows")
    return given


def _read(rows: list[Mapping[str, Any]], gives: tuple[str, ...]) -> dict[str, tuple[str, dict[str, str]]]:
    out: dict[str, tuple[str, dict[str, str]]] = {}
    problems: list[Problem] = []
    for n, row in enumerate(rows, 1):
        unknown = sorted(set(row) - {"credit_code", "name", *gives})
        problems += [Problem("unknown_field", f"该部门没有数据栏 “{u}”；可用：{'、'.join(gives)}", field=u, row=n) for u in unknown]
        try:
            code = credit_code(str(row.get("credit_code") or ""), "credit_code")
            data = {k: str(exact(row[k], k)) for k in gives if row.get(k) is not None}
        except Refused as refusal:
            problems += [p.at(row=n) for p in refusal.problems]
            continue
        if code in out:
            problems.append(Problem("duplicate_row", f"统一社会信用代码 {code} 重复", field="credit_code", row=n, value=code))
        out[code] = (str(row.get("name") or code), data)
    if problems:
        raise Refused.of(problems[:200])
    return out


@action("subsidy_lists", "compute", "交叉比对并计算", "Cross-check and compute")
def compute(a: Run, subsidy: SubsidyList) -> None:
    """Strike out by each agency's rule with the reason, compute the rest. The same data and rule give the same list, under one hash.

    Refuses while an agency has not supplied its data.
    """
    scheme = queries.scheme_of(subsidy)
    supplied = set(DataSet.objects.filter(list=a.record).values_list("agency", flat=True))
    lacking = [x.zh for x in scheme.agencies if x.id not in supplied]
    a.require(not lacking, "data_missing", f"尚缺部门数据：{'、'.join(lacking)}", field="state")
    rows = list(SubsidyRow.objects.filter(list=a.record).order_by("credit_code"))
    for row in rows:
        _decide(row, scheme)
    SubsidyRow.objects.bulk_update(rows, ["struck_by", "struck_reason", "grant_fen", "grant_won"], batch_size=500)
    live = [r for r in rows if not r.struck_by]
    subsidy.listed, subsidy.dropped, subsidy.total_fen = len(live), len(rows) - len(live), sum(r.grant_fen for r in live)
    lines = [[r.credit_code, r.struck_by, r.struck_reason, r.grant_fen] for r in rows]
    subsidy.digest = hashlib.sha256(canonical([scheme.digest, scheme.version.id, lines]).encode()).hexdigest()


def _decide(row: SubsidyRow, scheme: Scheme) -> None:
    """One firm: struck out by the first agency whose rule holds, else its amount; missing figures strike out as such."""
    facts = {k: Fraction(v) for k, v in row.data.items()}
    row.struck_by, row.struck_reason, row.grant_fen, row.grant_won = "", "", 0, ""
    names = names_for(scheme, facts)
    for agency in scheme.agencies:
        holds = truth(agency.strike, names) if agency.strike else False
        if holds is not False:
            row.struck_by, row.struck_reason = agency.id, agency.reason if holds else "缺少数据"
            return
    try:
        found = grant(scheme, facts)
    except Refused as refusal:
        row.struck_by, row.struck_reason = scheme.agencies[0].id, refusal.problems[0].message[:120]
        return
    if found.fen == 0:
        row.struck_by, row.struck_reason = scheme.agencies[0].id, "按规则计算为零"
        return
    row.grant_fen, row.grant_won = found.fen, found.won


@action("subsidy_lists", "publish", "公示", "Publish")
def publish_list(a: Run, subsidy: SubsidyList) -> None:
    """Publish the list for the scheme's days."""
    subsidy.publicity_to = publicity_end(queries.scheme_of(subsidy), a.today)
    a.record.visibility = "public"


@action("subsidy_lists", "reopen", "重新汇集数据", "Collect again")
def reopen(a: Run, subsidy: SubsidyList) -> None:
    """Take data in again with a reason; the list is computed anew."""
    subsidy.publicity_to = None
    a.record.visibility = "owner"


@action("subsidy_lists", "approve", "确定名单", "Approve")
def approve_list(a: Run, subsidy: SubsidyList) -> None:
    """The list is the plan; its money is committed on the line."""
    if subsidy.line is not None:
        change_line(by=SYSTEM, record=subsidy.line, field="committed", fen=subsidy.total_fen, now=a.now)


@action("subsidy_lists", "pay", "拨付", "Pay")
def pay_list(a: Run, subsidy: SubsidyList) -> None:
    """One payment to every listed firm."""
    SubsidyRow.objects.filter(list=a.record, struck_by="").update(paid_on=a.today)
    subsidy.paid_fen, subsidy.paid_on = subsidy.total_fen, a.today
    if subsidy.line is not None:
        change_line(by=SYSTEM, record=subsidy.line, field="allotted", fen=subsidy.total_fen, now=a.now)
        change_line(by=SYSTEM, record=subsidy.line, field="paid", fen=subsidy.total_fen, now=a.now)


@action("subsidy_lists", "record_paid", "补登已拨付名单", "Record a list paid earlier", roles=("officer", "operator"), fields=(
    Column("rows", "longtext", "名单", "Rows", required=True, help="JSON 列表：credit_code、name、grant（万元）"), Column("paid_on", "date", "拨付日期", "Paid on", required=True),
    Column("source", "text", "依据文件", "Source", required=True),
))  # fmt: skip
def record_paid(a: Run, subsidy: SubsidyList, *, rows: Any, paid_on: dt.date, source: str) -> None:
    """Take in a list that was decided and paid before this register was kept: amounts as the document states them, not computed.

    Refuses a day to come, data already supplied, wrong codes and amounts by row.
    """
    a.require(paid_on <= a.today, "date_future", "拨付日期不能晚于今天", field="paid_on", value=str(paid_on))
    supplied = SubsidyRow.objects.filter(list=a.record).exists()
    a.require(not supplied, "data_supplied", "名单已有部门数据，请按数据计算；补登只用于空名单", field="rows")
    given = _rows(rows)
    values = _read(given, ("grant",))
    wrong = [Problem("required", "补助金额应大于零", field="grant", value=code) for code, (_, d) in values.items() if not _grant(d)]
    if wrong:
        raise Refused.of(wrong[:200])
    bodies = _bodies(values)
    made = [
        SubsidyRow(list=a.record, credit_code=code, name=name, body_id=bodies.get(code), grant_fen=_grant(data), grant_won="document", paid_on=paid_on)
        for code, (name, data) in values.items()
    ]  # fmt: skip
    SubsidyRow.objects.bulk_create(made, batch_size=500)
    digest = hashlib.sha256(canonical(given).encode()).hexdigest()
    DataSet.objects.create(list=a.record, agency="document", at=a.now, rows=len(made), sha256=digest, source=source, by_id=a.by.user_id)
    subsidy.listed, subsidy.total_fen = len(made), sum(r.grant_fen for r in made)
    subsidy.paid_fen, subsidy.paid_on, subsidy.digest = subsidy.total_fen, paid_on, digest
    a.record.visibility = "public"
    a.extra["data"] = [None, {"agency": "document", "rows": len(made), "sha256": digest}]


def _grant(data: Mapping[str, str]) -> int:
    return round_half_up(exact(data.get("grant") or 0) * 1_000_000)
