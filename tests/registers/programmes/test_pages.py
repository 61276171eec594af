"""Pages of the scheme book and the application form; a line that many hands draw on at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from trihelix.kernel import clock
from trihelix.kernel.models import User
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db


def do(register, act, by, record=None, **values):
    return register_of(register).acts[act].run(by=by, **({"record": record} if record is not None else {}), **values)


def client_of(name):
    client = Client()
    client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def draft(actor):
    officer = actor("officer")
    call = do("calls", "create", officer, title="页面测试通知", scheme="plan-project", year=2026)
    do("calls", "approve", officer, call)
    do("calls", "publish", officer, call, closes_on=dt.date(2099, 1, 1), opens_on=dt.date(2026, 1, 1))
    return do("applications", "create", actor("utcm-office"), title="页面测试", call=call.number)


def test_the_scheme_book_shows_every_scheme_and_marks_what_is_not_verified():
    page = Client().get("/programmes/schemes/")
    assert page.status_code == 200 and "揭榜挂帅" in page.content.decode()
    one = Client().get("/programmes/schemes/open-bid/").content.decode()
    assert "marginal(total, bands)" in one and "待核实" in one and "stateDiagram-v2" in one
    assert Client().get("/programmes/schemes/open-bid/?version=1999").status_code == 422


def test_the_form_is_rendered_from_the_scheme_and_saves_by_section(draft):
    client = client_of("utcm-office")
    address = f"/programmes/applications/{draft.record.uid}/form/"
    page = client.get(address).content.decode()
    assert "项目摘要" in page and "经费预算表" in page and "伦理审查文件" not in page
    saved = client.post(address, {"summary": "甲", "budget:0:public": "30", "budget:1:own": "20.5", "ethics:shown": "1", "ethics": "on"})
    assert saved.status_code == 302
    page = client.get(address).content.decode()
    assert "50.5" in page and "伦理审查文件" in page
    client.post(address, {"goals": "乙"})
    held = type(draft).objects.get(pk=draft.pk).answers
    assert (held["summary"], held["goals"], held["ethics"]) == ("甲", "乙", True)


def test_a_wrong_answer_is_named_and_nothing_is_lost(draft):
    client = client_of("utcm-office")
    address = f"/programmes/applications/{draft.record.uid}/form/"
    answer = client.post(address, {"summary": "字" * 801})
    assert answer.status_code == 422 and "最多 800 字" in answer.content.decode() and "字字字" in answer.content.decode()
    as_json = client.post(address, {"requested": "abc"}, headers={"Accept": "application/json"})
    assert as_json.status_code == 422 and as_json.json()["errors"][0]["field"] == "requested"


def test_word_file_and_privacy(draft):
    address = f"/programmes/applications/{draft.record.uid}/form.docx"
    assert client_of("utcm-office").get(address).content[:2] == b"PK"
    assert client_of("jicui").get(address).status_code == 404
    assert Client().get(f"/programmes/applications/{draft.record.uid}/form/").status_code in (302, 404)


def test_the_word_file_has_cover_contents_and_attachments(draft):
    import io

    from docx import Document

    from trihelix.kernel.models import File

    File.objects.create(record=draft.record, name="伦理审查.pdf", size=10, sha256="0" * 64, mime="application/pdf", at=clock.now())
    page = client_of("utcm-office").get(f"/programmes/applications/{draft.record.uid}/form.docx")
    made = Document(io.BytesIO(page.content))
    text = "\n".join(p.text for p in made.paragraphs)
    cells = [c.text for t in made.tables for r in t.rows for c in r.cells]
    assert "目录" in text and "1 基本信息" in text and "附件清单" in text and "伦理审查.pdf" in cells and draft.number in cells


@pytest.mark.parametrize(
    "register",
    ["calls", "boards", "applications", "projects", "budget_lines", "payments", "objections", "subsidy_lists", "integrity_records"],
)
def test_the_generic_pages_answer(register, draft):
    assert client_of("officer").get(f"/{register}/").status_code == 200


def test_record_pages_show_their_panels(draft):
    page = client_of("utcm-office").get(f"/applications/{draft.record.uid}/").content.decode()
    assert "打开申报书" in page


CODE = """
import sys, django
django.setup()
from trihelix.engines.errors import Refused
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.registers.programmes.actions.money import change_line
ok = 0
for _ in range(10):
    try:
        change_line(by=SYSTEM, record=Record.objects.get(uid=sys.argv[1]), field="committed", fen=100)
        ok += 1
    except Refused:
        pass
print(ok)
"""


@pytest.mark.nodb
def test_four_processes_cannot_over_commit_a_line(processes):
    (uid,) = processes.run(
        "import django; django.setup()\n"
        "from trihelix.kernel.accounts import operator\n"
        "from trihelix.kernel.register import register_of\n"
        "print(register_of('budget_lines').acts['create'].run(by=operator(), title='f', kind='fund', year=2026, amount_wan=2500).uid)"
    )
    assert sum(int(told[0]) for told in processes.race(CODE, *[(uid,)] * 4)) == 25
