"""A step that two sides take waits for the side that has not taken it yet, and for nobody else."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.registers.contracts.deals import filled_draft, open_deal, run, with_nda
from trihelix.kernel import clock, waits
from trihelix.kernel.models import Record, Wait
from trihelix.kernel.register import register_of
from trihelix.registers.programmes.models import Project

pytestmark = pytest.mark.django_db


def waiting(entry, act):
    return set(Wait.objects.filter(record=entry.record, act=act).values_list("role", flat=True))


def test_confidentiality_of_a_match_and_the_deal_after_it(actor):
    office, firm = actor("utcm-office"), actor("jicui")
    need = Record.objects.filter(register="needs", owner__ref="firm-jicui", state__in=("published", "matching")).first()
    result = Record.objects.filter(register="results", owner__ref="u-tcm", state="listed").first()
    match = run("matches", "create")(by=firm, need=need.number, result=result.number)
    run("matches", "answer")(by=office, record=match.uid, answer="interested")
    assert waiting(match, "accept_terms") == {"need_side", "result_side"} and waiting(match, "hand_over") == set()
    run("matches", "accept_terms")(by=office, record=match.uid, agreed=True)
    assert waiting(match, "accept_terms") == {"need_side"} and waiting(match, "hand_over") == set()
    run("matches", "accept_terms")(by=firm, record=match.uid, agreed=True)
    assert waiting(match, "accept_terms") == set() and waiting(match, "hand_over") == {"need_side", "result_side"}


def test_confirming_and_signing_a_text(actor):
    firm, office = actor("jicui"), actor("utcm-office")
    draft = filled_draft(with_nda(open_deal(firm, office), firm, office), office)
    run("contract_drafts", "make_version")(by=office, record=draft.uid)
    assert waiting(draft, "confirm_version") == {"buyer", "seller"}
    digest = draft.versions.last().sha256
    run("contract_drafts", "confirm_version")(by=office, record=draft.uid, sha256=digest)
    assert waiting(draft, "confirm_version") == {"buyer"}
    run("contract_drafts", "fill_clause")(by=office, record=draft.uid, clause="risk", text="各担一半")
    run("contract_drafts", "make_version")(by=office, record=draft.uid)
    assert waiting(draft, "confirm_version") == {"buyer", "seller"}, "a new version is confirmed anew"
    digest = draft.versions.last().sha256
    for by in (firm, office):
        run("contract_drafts", "confirm_version")(by=by, record=draft.uid, sha256=digest)
    run("contract_drafts", "sign_text")(by=firm, record=draft.uid, sha256=digest, signer="示例-甲")
    assert waiting(draft, "sign_text") == {"seller"}


def test_a_double_mandate(actor, op):
    broker = run("brokers", "create")(by=op, title="示例经理人", owner="firm-chiyu", fields=[])
    run("brokers", "register")(by=op, record=broker.uid)
    case = run("brokerages", "create")(
        by=actor("chiyu"), title="示例委托", broker=broker.number, mandate="both", disclosed=True, buyer="firm-jicui", seller="u-tcm",
        rule="zhenhai", opened_on=clock.today(),
    )  # fmt: skip
    asked = lambda: set(Wait.objects.filter(record=case.record, act="agree").values_list("scope__ref", flat=True))  # noqa: E731
    assert asked() == {"firm-jicui", "u-tcm"}
    run("brokerages", "agree")(by=actor("utcm-office"), record=case.uid)
    assert asked() == {"firm-jicui"}


def test_an_instrument_waits_for_its_parties_and_then_for_the_department(db):
    signers = {"signers": ["demand", "taker", "department"], "signatures": []}
    made = Record.objects.filter(register="projects", state="running").first()
    project = Project.objects.get(record=made)
    Project.objects.filter(pk=project.pk).update(instrument=signers)

    def asked(*signed):
        Project.objects.filter(pk=project.pk).update(instrument={**signers, "signatures": [{"role": r} for r in signed]})
        Record.objects.filter(pk=made.pk).update(state="instrument")
        for role in ("demand", "taker"):
            made.participants.get_or_create(
                role=role, body=made.owner, until=None, defaults={"since": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
            )
        made.refresh_from_db()
        waits.rewrite(register_of("projects"), made, clock.now())
        return waiting(project, "sign")

    assert asked() == {"demand", "taker"}
    assert asked("demand") == {"taker"}
    assert asked("demand", "taker") == {"officer"}
