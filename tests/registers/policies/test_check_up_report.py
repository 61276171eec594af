"""The check-up as a paper: live, kept, shared with the node, and the batch with its reasons."""

from __future__ import annotations

import datetime as dt
import json
from html import escape

import pytest
from click.testing import CliRunner
from django.test import Client

from tests.registers.policies.common import DAY, FACTS, client, run
from trihelix.cli.rules import rules
from trihelix.engines import sheets as files
from trihelix.engines.documents import html
from trihelix.engines.errors import Refused
from trihelix.kernel.actor import entries
from trihelix.kernel.models import Record
from trihelix.registers.policies import queries, report
from trihelix.registers.policies.models import CheckUp
from trihelix.registers.policies.pages import BATCH

pytestmark = pytest.mark.django_db


def test_the_paper_holds_every_rule_clause_source_and_gap(firm):
    columns = queries.check_up(firm, DAY, FACTS)
    rows = report.stored_rows(columns)
    text = html(report.document(firm.title, firm.number, DAY, rows, FACTS, "演示数据（合成）"))
    assert {r["rule"] for r in rows} == {r.id for r in queries.firm_rules() if r.on(DAY)}
    for row in rows:
        assert escape(row["title"]) in text
        for clause in (row["answer"] or {"trace": []})["trace"]:
            assert escape(clause["text"]) in text
    assert "第六条第（二）项" in text and "〔填写〕" in text and f"〔单位库 {firm.number}〕" in text
    unknown = next(r for r in rows if r["column"] == "unknown" and r["missing"])
    assert unknown["missing"][0] in text


def test_a_real_pdf_of_the_page(firm):
    answer = client("jicui").get(f"/bodies/{firm.uid}/check-up.pdf?on=2026-05-01&f.tech_staff=40")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-") and answer.content.rstrip().endswith(b"%%EOF") and len(answer.content) > 20_000
    assert client("chiyu").get(f"/bodies/{firm.uid}/check-up.pdf").status_code == 403
    assert client("jicui").get(f"/bodies/{firm.uid}/check-up.pdf?f.colour=1").status_code == 422


def test_a_report_is_kept_shared_and_taken_back(actor, firm):
    station, owner = actor("station-tonghua"), actor("jicui")
    node = Record.objects.get(pk=firm.node_id)
    kept = run("check_ups", "create")(by=owner, on=DAY, facts=FACTS)
    assert kept.met + kept.near + kept.not_met + kept.unknown == len(kept.rows) and kept.met >= 1
    near_node = next(a for a in (station, actor("station-jian"), actor("station-province")) if node.pk in a.node_ids)
    one = run("assessments", "create")(by=owner, rule="tech-sme", on=DAY, facts=FACTS)
    for register, made in (("check_ups", kept), ("assessments", one)):
        seen = []
        for act in ("share", "unshare", "share", "void"):
            seen.append(entries(near_node, type(made)).filter(pk=made.pk).exists())
            run(register, act)(by=owner, record=made.uid, reason="测试")
        seen.append(entries(near_node, type(made)).filter(pk=made.pk).exists())
        assert seen == [False, True, False, True, False], register


def test_a_kept_report_does_not_follow_a_changed_rule(actor, op):
    owner = actor("jicui")
    kept = run("check_ups", "create")(by=owner, on=DAY, facts=FACTS)
    before = CheckUp.objects.get(pk=kept.pk).rows
    change = run("rule_changes", "create")(
        by=actor("officer"), rule="tech-sme", parameter="staff_max", value="50", effective_on=dt.date(2026, 1, 1), source_doc="测试文号"
    )
    run("rule_changes", "confirm")(by=op, record=change.uid)
    again = run("check_ups", "create")(by=owner, on=DAY, facts=FACTS)
    assert CheckUp.objects.get(pk=kept.pk).rows == before and again.book_digest != kept.book_digest
    verdict = {r["rule"]: r["answer"]["verdict"] for r in again.rows if r["answer"]}
    assert verdict["tech-sme"] == "not_met" and next(r for r in before if r["rule"] == "tech-sme")["answer"]["verdict"] == "met"


def test_unknown_facts_strangers_and_other_kinds_of_body_are_refused(actor):
    for who, values, code in (
        ("jicui", {"facts": {"colour": "2"}}, "unknown_key"), ("jicui", {"owner": "firm-chiyu"}, "not_yours"), ("officer", {"owner": "u-tcm"}, "not_a_firm"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            run("check_ups", "create")(by=actor(who), **values)
        assert refusal.value.problems[0].code == code


def test_the_page_keeps_and_shares_in_one_step(firm):
    page = client("jicui")
    answer = page.post(f"/bodies/{firm.uid}/check-up/keep/?on=2026-05-01&f.ip1=2", {"share": "1"})
    kept = CheckUp.objects.get(record__owner=firm)
    assert answer.status_code == 302 and answer["Location"] == f"/check_ups/{kept.record.uid}/"
    assert kept.record.state == "shared" and kept.typed == {"ip1": "2"} and kept.on == DAY
    assert page.get(f"/check_ups/{kept.record.uid}/").status_code == 200
    assert page.get(f"/check_ups/{kept.record.uid}/report.pdf").content.startswith(b"%PDF-")
    assert client("chiyu").get(f"/check_ups/{kept.record.uid}/report.pdf").status_code == 404
    assert Client().post(f"/bodies/{firm.uid}/check-up/keep/").status_code in (302, 403)


def test_the_firms_page_leads_to_the_check_up_and_prints_without_forms(firm):
    assert f"/bodies/{firm.uid}/check-up/" in client("jicui").get(f"/bodies/{firm.uid}/").content.decode()
    page = client("jicui").get(f"/bodies/{firm.uid}/check-up/").content.decode()
    assert 'class="panel no-print"' in page and page.count('name="f.tech_staff"') <= 1
    assert "<form" not in page[page.index("<title>") : page.index("</title>")]


def test_the_batch_gives_reasons_in_words(actor, tmp_path):
    rows = queries.batch("tech-sme", actor("officer"), "22", DAY)
    assert rows and {r["column"] for r in rows} <= set(queries.COLUMNS)
    answer = client("officer").get("/policies/batch/?rule=specialised-sme&division=22&on=2026-05-01&format=xlsx")
    out = tmp_path / "batch.xlsx"
    out.write_bytes(b"".join(answer.streaming_content))
    found, problems = files.read(BATCH, out)
    read, rule = [row for _, row in found], queries.rules().rule("specialised-sme")
    assert not problems
    names = {i.label.zh for i in rule.inputs.values()}
    assert len(read) == len(queries.batch("specialised-sme", actor("officer"), "22", DAY))
    told = [row for row in read if row.get("failed") or row.get("missing")]
    assert told and all(any(row["missing"].startswith(n) for n in names) for row in told if row.get("missing"))


def test_commands_read_the_shipped_book_unless_asked_for_the_overlay(actor, op, tmp_path):
    change = run("rule_changes", "create")(
        by=actor("officer"), rule="tech-sme", parameter="staff_max", value="50", effective_on=dt.date(2026, 1, 1), source_doc="测试文号"
    )
    run("rule_changes", "confirm")(by=op, record=change.uid)
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(FACTS))
    asked = ["check", "tech-sme", "--facts", str(facts), "--on", "2026-05-01", "--json"]
    plain, overlaid = (json.loads(CliRunner().invoke(rules, [*asked, *more]).output) for more in ([], ["--overlay"]))
    assert (plain["verdict"], overlaid["verdict"]) == ("met", "not_met") and overlaid["failed"] == ["staff"]
    assert overlaid["book"] != plain["book"] and overlaid["book"].startswith(plain["book"][:40])
    told = CliRunner().invoke(rules, ["explain", "tech-sme", "--on", "2026-05-01", "--overlay"])
    assert told.exit_code == 0 and "测试文号" in told.output
    wrong = CliRunner().invoke(rules, [*asked, "--overlay", "--book", "elsewhere"])
    assert isinstance(wrong.exception, Refused) and wrong.exception.problems[0].code == "other_book"
