"""Contract texts as pages: wizard, versions compared, Word file, signed bundle verified off-line, who may read what."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import docx
import pytest
from django.test import Client

from tests.registers.contracts.deals import filled_draft, open_deal, run, signed, with_nda
from trihelix.engines.contracts import signed_text
from trihelix.kernel.models import User
from trihelix.registers.contracts import signing

pytestmark = pytest.mark.django_db


def browser(name):
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


@pytest.fixture
def sides(actor):
    return actor("jicui"), actor("utcm-office")


@pytest.fixture
def deal(sides):
    return open_deal(*sides)


def test_the_start_page_shows_kinds_with_what_the_law_fills_in(deal):
    page = browser("utcm-office").get(f"/deals/{deal.uid}/draft/").content.decode()
    assert "民法典第八百五十九条" in page and "subkind=DEV-E" in page
    form = browser("utcm-office").get(f"/contract_drafts/new/?deal={deal.number}&kind=DEV&subkind=DEV-E&title=x")
    assert form.status_code == 200 and deal.number in form.content.decode()


def test_the_wizard_shows_defaults_and_gaps_and_saves_clauses(deal, sides):
    draft = run("contract_drafts", "create")(by=sides[1], title="粉碎", deal=deal.number, kind="DEV", subkind="DEV-E")
    client = browser("utcm-office")
    page = client.get(f"/contract_drafts/{draft.uid}/wizard/").content.decode()
    assert "归研究开发人；委托人可以免费实施" in page and "必须写明" in page and "目标不明确" in page
    done = client.post(f"/contract_drafts/{draft.uid}/wizard/", {"clause:subject": "<b>目标</b>", "clause:ip_patent": "双方共有"})
    assert done.status_code == 302
    page = client.get(f"/contract_drafts/{draft.uid}/wizard/").content.decode()
    assert "&lt;b&gt;目标" in page and "双方共有" in page
    bad = client.post(f"/contract_drafts/{draft.uid}/wizard/", {"clause:nonsense": "x"})
    assert bad.status_code == 422


def test_strangers_see_nothing_and_the_other_side_only_after_confidentiality(deal, sides):
    draft = filled_draft(deal, sides[1])
    assert browser("chiyu").get(f"/contract_drafts/{draft.uid}/wizard/").status_code == 404
    other = browser("jicui")
    assert other.get(f"/contract_drafts/{draft.uid}/wizard/").status_code == 403
    record = other.get(f"/contract_drafts/{draft.uid}/")
    assert record.status_code == 200 and "75 μm" not in record.content.decode()
    with_nda(deal, *sides)
    assert "75 μm" in other.get(f"/contract_drafts/{draft.uid}/wizard/").content.decode()


def test_versions_are_compared_by_clause(deal, sides):
    with_nda(deal, *sides)
    draft = filled_draft(deal, sides[1])
    run("contract_drafts", "make_version")(by=sides[1], record=draft.uid)
    client = browser("jicui")
    assert client.get(f"/contract_drafts/{draft.uid}/compare/").status_code == 422
    run("contract_drafts", "fill_clause")(
        by=sides[0], record=draft.uid, clause="acceptance", text="双方共同取样，第三方检测，D90 不大于 60 μm 为合格。"
    )
    run("contract_drafts", "make_version")(by=sides[0], record=draft.uid)
    page = client.get(f"/contract_drafts/{draft.uid}/compare/").content.decode()
    assert "<ins>" in page and "<del>" in page and "1 条有变化" in page
    assert client.get(f"/contract_drafts/{draft.uid}/compare/?old=9").status_code == 404
    assert client.get(f"/contract_drafts/{draft.uid}/compare/?old=x").status_code == 422


def test_confirming_and_signing_by_the_buttons_of_the_page(deal, sides):
    with_nda(deal, *sides)
    draft = filled_draft(deal, sides[1])
    run("contract_drafts", "make_version")(by=sides[1], record=draft.uid)
    digest = draft.versions.last().sha256
    for who in ("jicui", "utcm-office"):
        client = browser(who)
        assert f'value="{digest}"' in client.get(f"/contract_drafts/{draft.uid}/").content.decode()
        assert client.post(f"/contract_drafts/{draft.uid}/acts/confirm_version/", {"sha256": digest}).status_code == 302
    for who in ("jicui", "utcm-office"):
        done = browser(who).post(
            f"/contract_drafts/{draft.uid}/acts/sign_text/", {"sha256": digest, "signer": "示例-甲", "provider": "local"}
        )
        assert done.status_code == 302
    page = browser("jicui").get(f"/deals/{deal.uid}/").content.decode()
    assert digest in page and "第 1 期付款" in page
    text = browser("jicui").get(f"/contract_drafts/{draft.uid}/versions/1/").content.decode()
    assert "核对通过" in text and "示例-甲" in text


def test_the_word_file_holds_the_clauses(deal, sides):
    draft = filled_draft(deal, sides[1])
    run("contract_drafts", "make_version")(by=sides[1], record=draft.uid)
    answer = browser("utcm-office").get(f"/contract_drafts/{draft.uid}/versions/1.docx")
    held = docx.Document(io.BytesIO(answer.content))
    words = "\n".join(p.text for p in held.paragraphs)
    assert "第一条" in words and "75 μm" in words and any("传感器" in c.text for t in held.tables for r in t.rows for c in r.cells)


def test_the_signed_bundle_is_verified_off_line(deal, sides, tmp_path):
    with_nda(deal, *sides)
    draft = filled_draft(deal, sides[1])
    client = browser("jicui")
    assert client.get(f"/contract_drafts/{draft.uid}/signed.zip").status_code == 422
    run("contract_drafts", "drop")(by=sides[1], record=draft.uid, reason="重来")
    draft = signed(deal, *sides)
    raw = client.get(f"/contract_drafts/{draft.uid}/signed.zip").content
    answer = signed_text.verify(raw)
    assert (
        answer["ok"] and {s["side"] for s in answer["signers"]} == {"buyer", "seller"} and answer["roots"] == [signing.root_fingerprint()]
    )
    pem = Client().get("/contracts/signing-authority.pem")
    assert signed_text.fingerprint(pem.content.decode()) == answer["roots"][0]
    good = tmp_path / "good.zip"
    good.write_bytes(raw)
    ran = subprocess.run([sys.executable, "-m", "trihelix.cli", "verify", str(good), "--json"], capture_output=True, text=True)
    assert ran.returncode == 0 and json.loads(ran.stdout)["ok"] is True
    altered = tmp_path / "bad.zip"
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(altered, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, body.replace("75 μm".encode(), "95 μm".encode()) if name == "text.md" else body)
    ran = subprocess.run([sys.executable, "-m", "trihelix.cli", "verify", str(altered), "--json"], capture_output=True, text=True)
    assert ran.returncode == 3 and {f["fault"] for f in json.loads(ran.stdout)["faults"]} >= {"member_altered", "signature_invalid"}
