"""One engineer's title through each channel: what waits for whom, who decides, what strangers see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from trihelix.kernel import journal
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.kernel.waits import mine

pytestmark = pytest.mark.django_db
UNTIL = dt.date(2027, 12, 31)
SPAN = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
NOVEMBER = dt.datetime(2026, 11, 3, 2, tzinfo=dt.UTC)
AFTER_NOTICE = dt.datetime(2026, 11, 16, 2, tzinfo=dt.UTC)
DECEMBER = dt.datetime(2026, 12, 20, 2, tzinfo=dt.UTC)


def run(register: str, act: str):
    return register_of(register).acts[act].run


def waiting(actor, entry) -> set[str]:
    return {w.act for w in mine(actor) if w.record_id == entry.pk}


def prepare(op, owner: str, **more):
    made = run("review_committees", "create")(
        by=op, owner=owner, title="农业系列评委会", series="agriculture", levels=["associate_senior"], size=9, **more
    )
    run("review_committees", "approve")(by=op, record=made.uid, filing_number="PW-1", valid_to=UNTIL)
    return made


@pytest.mark.parametrize("channel", ["ordinary", "social", "direct"])
def test_a_case_through_each_channel(channel, actor, op):
    firm, officer = actor("jicui"), actor("officer")
    paper = run("title_authorisations", "create")(
        by=firm, title="自主评审授权", series=["agriculture"], levels=["associate_senior"], capacity="高级工程师 12 人"
    )
    assert "authorise" in waiting(officer, paper)
    run("title_authorisations", "authorise")(
        by=officer, record=paper.uid, number_given="吉人社授〔2026〕1号", valid_to=UNTIL, doc_number="吉人社函〔2026〕1号"
    )
    own = prepare(op, "firm-jicui", authorisation=paper.number)
    run("recognitions", "create")(
        by=op, owner="firm-jicui", title="“小巨人”", title_kind="little-giant", valid_from=dt.date(2025, 1, 1), valid_to=UNTIL
    )
    before = evaluate("titles.cases", op, SPAN, channel=channel).raw()

    made = run("title_cases", "create")(
        by=firm, title="农业系列副高级申报", channel=channel, applicant_name="示例己", year=2026, series="agriculture", speciality="农业机械", level="associate_senior",
        works=[{"name": "干燥装备", "kind": "专利", "role": "主持"}], now=NOVEMBER,
    )  # fmt: skip
    run("title_cases", "submit")(by=firm, record=made.uid, now=NOVEMBER)
    if channel != "social":
        assert "pass_unit" in waiting(firm, made)
        run("title_cases", "pass_unit")(by=firm, record=made.uid, originals_checked=True, now=NOVEMBER)
        run("title_cases", "end_notice")(by=firm, record=made.uid, now=AFTER_NOTICE)
    if channel != "direct":
        assert Record.objects.get(pk=made.pk).state == "upward_check"
        run("title_cases", "pass_upward")(by=officer, record=made.uid, now=AFTER_NOTICE)
    made.refresh_from_db()
    assert (Record.objects.get(pk=made.pk).state, made.committee) == ("routed", own.record)
    assert "review" in waiting(firm, made)  # the firm's own committee has the task
    run("title_cases", "review")(by=firm, record=made.uid, attended=7, agreed=5, conclusion="同意", defence=True, now=AFTER_NOTICE)
    run("title_cases", "announce")(by=firm, record=made.uid, now=AFTER_NOTICE)
    run("title_cases", "object")(
        by=actor("chiyu"), record=made.uid, objector="示例庚", text="证书编号存疑", reason="证书存疑", now=AFTER_NOTICE
    )
    assert "settle" in waiting(officer, made)
    run("title_cases", "settle")(by=officer, record=made.uid, upheld=False, finding="查实无误", now=AFTER_NOTICE)
    run("title_cases", "grant")(by=firm, record=made.uid, certificate_no="JL-2026-1", now=DECEMBER)
    made.refresh_from_db()
    assert made.granted_on == AFTER_NOTICE.date()
    assert evaluate("titles.cases", op, SPAN, channel=channel).raw() == before + 1
    client = Client()
    client.force_login(User.objects.get(username="chiyu"))
    assert client.get(f"/title_cases/{made.uid}/").status_code == 404  # over: a matter of employer and office again
    client.force_login(User.objects.get(username="officer"))
    page = client.get(f"/title_cases/{made.uid}/").content.decode()
    assert "渠道与公示" in page and "5 / 7" in page
    journal.seal_pending()
    assert journal.verify()["ok"]
