"""Proposals from assignment to follow-up, numbers without gap or double, disclosure, meetings, rules in the making, commitments."""

import datetime as dt
from decimal import Decimal

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import book, bulk
from trihelix.kernel.models import Record, Wait
from trihelix.kernel.register import register_of
from trihelix.registers.governance.models import Commitment, NumberSeries, OutgoingDocument, ReservedNumber
from trihelix.registers.governance.queries import commitments_due, light

D = dt.date(2025, 5, 28)


def act(register, name):
    return register_of(register).acts[name].run


def refused(code, call, **values):
    with pytest.raises(Refused) as told:
        call(**values)
    assert told.value.problems[0].code == code, told.value.problems


def proposal(by, **more):
    row = {
        "title": "加强协同的建议", "kind": "proposal", "subkind": "party", "session": "某届一次会议", "session_number": 7, "proposers": ["某党派"],
        "received_on": dt.date(2026, 1, 20), "suggestions": [{"number": 1, "text": "建平台"}, {"number": 2, "text": "给资金"}],
    } | more  # fmt: skip
    return act("proposals", "create")(by=by, **row).record


def test_a_proposal_from_assignment_to_follow_up(op, actor):
    office, lead, co = actor("officer"), actor("utcm-office"), actor("jlau-office")
    p = proposal(office)
    assert p.entry.due_on == dt.date(2026, 6, 19)
    act("proposals", "assign")(by=office, record=p, lead="u-tcm", co=["jlau"])
    wait = Wait.objects.get(record=p, act="accept")
    assert (wait.role, wait.scope.ref, wait.clock) == ("lead", "u-tcm", "proposal.return")
    act("proposals", "accept")(by=lead, record=p)
    act("proposals", "plan")(by=lead, record=p, head="负责人", division="某处")
    act("proposals", "ask_opinions")(by=lead, record=p)
    assert Wait.objects.filter(record=p, act="opinion", scope__ref="jlau").count() == 1
    act("proposals", "opinion")(by=co, record=p, text="同意")
    assert not Wait.objects.filter(record=p, act="opinion").exists()
    refused("unknown_suggestion", act("proposals", "draft"), by=lead, record=p, points=[{"suggestion": 9, "text": "x"}])
    act("proposals", "draft")(by=lead, record=p, points=[{"suggestion": 1, "text": "已建平台"}])
    refused("no_contact", act("proposals", "talk"), by=lead, record=p)
    act("proposals", "contact")(by=lead, record=p, way="phone", person="某委员", satisfied=True)
    act("proposals", "talk")(by=lead, record=p)
    refused("suggestion_unanswered", act("proposals", "clear"), by=office, record=p)
    act("proposals", "send_back")(by=office, record=p, reason="缺第二条")
    act("proposals", "draft")(by=lead, record=p, points=[{"suggestion": 2, "text": "列入计划"}])
    act("proposals", "talk")(by=lead, record=p)
    act("proposals", "clear")(by=office, record=p)
    refused("reason_required", act("proposals", "sign"), by=office, record=p, signer="厅长", result_class="C")
    signed = act("proposals", "sign")(by=office, record=p, signer="厅长", result_class="B")
    assert signed.replies[0]["number"].endswith("号")
    act("proposals", "promise")(by=office, record=p, title="落实资金", text="年内落实", lead_office="省财政厅", due_kind="within_year")
    act("proposals", "send")(by=lead, record=p)
    act("proposals", "feedback")(by=office, record=p, satisfaction="satisfied")
    act("proposals", "close")(by=office, record=p)
    refused("commitments_open", act("proposals", "supplement"), by=office, record=p, text="已解决", solved=True)
    made = Commitment.objects.get(source_record=p)
    act("commitments", "track")(by=office, record=made.record)
    refused("no_evidence", act("commitments", "fulfil"), by=office, record=made.record, conclusion="完成")
    act("commitments", "report")(by=office, record=made.record, note="已安排", evidence="预算文件")
    act("commitments", "fulfil")(by=office, record=made.record, conclusion="完成")
    done = act("proposals", "supplement")(by=office, record=p, text="已解决", solved=True)
    assert (done.result_class, done.tracked) == ("A", False)


def test_a_wrong_item_goes_back_within_its_days(op, actor):
    office, lead = actor("officer"), actor("utcm-office")
    p = proposal(office)
    act("proposals", "assign")(by=office, record=p, lead="u-tcm")
    act("proposals", "give_back")(by=lead, record=p, reason="不属本单位职责")
    p.refresh_from_db()
    assert (p.state, p.entry.lead) == ("returned", None)
    act("proposals", "assign")(by=office, record=p, lead="jlau")
    late = book.current().due("proposal.return", dt.date.today())[0] + dt.timedelta(days=3)
    moment = dt.datetime.combine(late, dt.time(9), tzinfo=dt.UTC)
    refused("return_late", act("proposals", "give_back"), by=actor("jlau-office"), record=p, reason="迟", now=moment)


def test_the_same_number_of_a_session_is_refused_twice(op):
    proposal(op)
    with pytest.raises(Refused) as told:
        proposal(op)
    assert told.value.problems[0].code == "number_taken"


def document(by, **more):
    row = {"title": "通知", "kind": "notice", "org_code": "吉科发", "division_code": "试", "text": "正文"} | more
    return act("documents", "create")(by=by, **row).record


def test_numbers_run_without_gap_or_double(op):
    first, second, third = (document(op) for _ in range(3))
    a = act("documents", "sign")(by=op, record=first, signer="厅长")
    b = act("documents", "sign")(by=op, record=second, signer="厅长")
    year = a.signed_on.year
    assert (a.doc_number, b.doc_number) == (f"吉科发试〔{year}〕1号", f"吉科发试〔{year}〕2号")
    refused("number_gap", act("documents", "sign"), by=op, record=third, signer="厅长", doc_number=f"吉科发试〔{year}〕9号")
    refused("number_taken", act("documents", "sign"), by=op, record=third, signer="厅长", doc_number=f"吉科发试〔{year}〕2号")
    refused("bad_number", act("documents", "sign"), by=op, record=third, signer="厅长", doc_number=f"吉科发试〔{year}〕03号")
    act("documents", "void")(by=op, record=second, reason="重复发文")
    c = act("documents", "sign")(by=op, record=third, signer="厅长")
    assert c.doc_number == f"吉科发试〔{year}〕3号"
    series = NumberSeries.objects.get(division_code="试")
    assert [(r.number, r.void) for r in ReservedNumber.objects.filter(series=series.record)] == [(1, False), (2, True), (3, False)]
    act("number_series", "void_number")(by=op, record=series.record, number=4, why="误占")
    series.refresh_from_db()
    assert series.last == 4


def test_the_disclosure_clock_starts_at_signature(op, actor):
    office = actor("officer")
    paper = document(office, division_code="开")
    signed = dt.datetime(2025, 5, 28, 4, tzinfo=dt.UTC)
    done = act("documents", "sign")(by=office, record=paper, signer="厅长", now=signed, index_number="11220000013544429K/2025-09991")
    assert (done.signed_on, done.publish_due) == (D, dt.date(2025, 6, 26))
    later = dt.datetime(2025, 6, 10, 4, tzinfo=dt.UTC)
    act("documents", "check_secrecy")(by=office, record=paper, name="保密员", now=later)
    assert Wait.objects.get(record=paper).due_at.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == dt.date(2025, 6, 26)
    refused("reason_required", act("documents", "decide"), by=office, record=paper, disclosure="request", now=later)
    act("documents", "decide")(by=office, record=paper, disclosure="open", now=later)
    act("documents", "first_review")(by=office, record=paper, name="甲", now=later)
    refused("same_reviewer", act("documents", "second_review"), by=office, record=paper, name="甲", now=later)
    act("documents", "second_review")(by=office, record=paper, name="乙", now=later)
    act("documents", "publish")(by=office, record=paper, name="丙", now=later)
    found = OutgoingDocument.objects.get(record=paper)
    assert (found.published_on, found.record.state, found.record.visibility) == (dt.date(2025, 6, 10), "published", "public")


def test_a_wrong_index_number_is_refused(op):
    refused(
        "bad_index_number",
        act("documents", "create"),
        by=op,
        title="t",
        kind="notice",
        org_code="吉科发",
        index_number="112200000135444291/2025-01281",
    )
    refused("bad_index_number", act("documents", "create"), by=op, title="t", kind="notice", org_code="吉科发", index_number="2025-1281")


def test_a_meeting_decides_every_item(loaded):
    made = act("meetings", "create")(
        by=loaded, title="第二次会议", kind="commission", commission="WYH-PROVINCE", agenda=[{"item": "甲"}, {"item": "乙"}]
    ).record
    refused("undecided", act("meetings", "hold"), by=loaded, record=made, held_on=D, decisions=[{"item": "甲", "outcome": "adopted"}])
    held = act("meetings", "hold")(
        by=loaded, record=made, held_on=D, decisions=[{"item": "甲", "outcome": "adopted"}, {"item": "乙", "outcome": "deferred"}]
    )
    assert held.ordinal == 2
    act("meetings", "task")(
        by=loaded, record=made, title="落实甲", text="落实", lead_office="省科技厅", due_kind="date", due_on=dt.date(2027, 1, 1)
    )
    assert Commitment.objects.get(source_record=made).record.state == "registered"


def test_a_rule_issued_is_the_evidence_of_its_commitment(loaded):
    rule = Record.objects.get(register="rulemakings", ref="LGX-HVP")
    act("rulemakings", "begin_draft")(by=loaded, record=rule)
    act("rulemakings", "consult")(by=loaded, record=rule, consult_from=dt.date(2025, 1, 1), consult_to=dt.date(2025, 2, 1), text="草案")
    act("rulemakings", "answer_opinion")(by=loaded, record=rule, sender="某单位", text="意见")
    refused("opinion_unanswered", act("rulemakings", "cosign"), by=loaded, record=rule)
    entry = rule.entry

    type(entry).objects.filter(pk=entry.pk).update(opinions=[])
    act("rulemakings", "cosign")(by=loaded, record=rule)
    act("rulemakings", "submit")(by=loaded, record=rule)
    refused(
        "not_adopted",
        act("rulemakings", "issue"),
        by=loaded,
        record=rule,
        doc_number="吉市监〔2026〕1号",
        issued_on=D,
        issuers=["省市场监管厅"],
    )
    act("rulemakings", "decide")(by=loaded, record=rule, body="厅务会", outcome="adopted")
    act("rulemakings", "decide")(by=loaded, record=rule, body="省政府常务会议", outcome="revised")
    issued = act("rulemakings", "issue")(by=loaded, record=rule, doc_number="吉市监〔2026〕1号", issued_on=D, issuers=["省市场监管厅"])
    assert issued.policy.state == "in_force"
    assert "省政府常务会议" in issued.policy.entry.summary
    assert Commitment.objects.get(record__ref="K66").progress[0]["evidence"].startswith("policies:")


def test_the_letter_is_loaded_whole(loaded):
    counts = {name: Record.objects.filter(register=name).count() for name in ("measures", "result_clauses", "commitments", "action_plans")}
    assert counts == {"measures": 41, "result_clauses": 33, "commitments": 38, "action_plans": 3}
    measured = Commitment.objects.exclude(measure="").values_list("record__ref", flat=True)
    assert set(measured) == {"K34", "K38", "K64", "K81", "K109", "K110"}
    act("commitments", "merge")(by=loaded, record=Record.objects.get(register="commitments", ref="K112"), same_as="K59")
    assert len(commitments_due(loaded, D, limit=99)) == 37
    assert all(c.due_on or c.review_on for c in Commitment.objects.all())


def test_loading_twice_changes_nothing(loaded):
    import random

    from trihelix.cli.demo import governance
    from trihelix.cli.demo.province import Context

    before = set(Record.objects.values_list("pk", "version"))
    governance.load(Context(loaded, random.Random(1), D))
    assert set(Record.objects.values_list("pk", "version")) == before


@pytest.mark.parametrize(
    ("change", "day", "expected"),
    [
        ({}, D, "grey"), ({"due_on": dt.date(2025, 1, 1)}, D, "red"), ({"measure": "数", "target": Decimal(10), "reached": Decimal(10)}, D, "green"),
        ({"measure": "数", "target": Decimal(10), "due_on": dt.date(2025, 6, 20)}, D, "amber"),
        ({"measure": "数", "target": Decimal(10), "reached": Decimal(3), "starts_on": dt.date(2025, 1, 1), "due_on": dt.date(2025, 12, 31)}, D, "amber"),
        ({"measure": "数", "target": Decimal(10), "reached": Decimal(4), "starts_on": dt.date(2025, 1, 1), "due_on": dt.date(2025, 12, 31)}, D, "green"),
    ],
)  # fmt: skip
def test_traffic_light(change, day, expected):
    assert light(Commitment(record=Record(state="tracked"), **change), day) == expected


def test_progress_of_a_figure_is_not_typed_in(loaded):
    k34 = Record.objects.get(register="commitments", ref="K34")
    refused("figure_counts", act("commitments", "report"), by=loaded, record=k34, note="x", value=Decimal(40))


def test_published_and_started_are_two_states(loaded):
    plan = Record.objects.get(register="action_plans", ref="XDJ-INTEGRATION")
    assert plan.state == "published"
    refused("date_order", act("action_plans", "start"), by=loaded, record=plan, started_on=dt.date(2020, 1, 1))
    assert act("action_plans", "start")(by=loaded, record=plan, started_on=dt.date(2025, 7, 1)).record.state == "started"


@pytest.mark.parametrize(
    "name",
    ["proposals", "documents", "commissions", "meetings", "commitments", "measures", "result_clauses", "action_plans", "rulemakings"],
)
def test_an_export_imported_again_changes_nothing(loaded, name, tmp_path):
    from trihelix.engines import sheets
    from trihelix.kernel.actor import entries

    register = register_of(name)
    path = tmp_path / "rows.xlsx"
    sheets.write(register.sheet, bulk.export_rows(register, entries(loaded, register.model), loaded), path)
    answer = bulk.import_file(register, path, loaded)
    assert (answer["errors"], answer["created"], answer["updated"]) == ([], 0, 0)
    assert answer["unchanged"] == answer["read"] > 0
