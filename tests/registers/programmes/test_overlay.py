"""New versions of a scheme file confirmed by a second person; a new file dropped into the book."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from trihelix.engines.books import books_root
from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.programmes import overlay, queries
from trihelix.registers.reviews.models import Item, Seat

pytestmark = pytest.mark.django_db
ANSWERS = {
    "summary": "摘要", "goals": "目标与内容", "term_months": 24, "honest": True, "indicators": [{"name": "指标", "target": "1"}], "requested": 8,
    "budget": {"业务费": {"public": 8}},
}  # fmt: skip


def do(register, act, by, record=None, **values):
    return register_of(register).acts[act].run(by=by, **({"record": record} if record is not None else {}), **values)


def code_of(call):
    with pytest.raises(Refused) as caught:
        call()
    return [p.code for p in caught.value.problems]


def client_of(name):
    client = Client()
    client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def with_version(scheme_id="open-bid", **change):
    """The file of a scheme with one version more, from today, under which some keys differ."""
    data = yaml.safe_load(overlay.text_of(scheme_id))
    rows = data.setdefault(
        "versions",
        [{"version": queries.scheme_book().scheme(scheme_id).version.id, "from": queries.scheme_book().scheme(scheme_id).version.since}],
    )
    rows.append({"version": "next", "from": clock.today(), "set": change or {"publicity": {"days": 7}}})
    return data


def written(data):
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def test_the_page_shows_every_key_with_meaning_source_and_mark(db):
    page = client_of("officer").get("/programmes/schemes/open-bid/").content.decode()
    for row in queries.scheme_book().scheme("open-bid").settings:
        assert f"<code>{row}</code>" in page
    assert "默认值" in page and "待核实" in page and "owed_share" in page and 'name="file"' in page
    assert 'name="file"' not in client_of("chiyu").get("/programmes/schemes/open-bid/").content.decode()


def test_file_out_file_in_confirmed_by_a_second_person(actor):
    officer = actor("officer")
    call = do("calls", "create", officer, title="原版本通知", scheme="open-bid", year=2026)
    client = client_of("officer")
    text = client.get("/programmes/schemes/open-bid.yaml").content.decode()
    assert yaml.safe_load(text)["scheme"] == "open-bid"
    sent = client.post("/programmes/schemes/upload/", {"file": SimpleUploadedFile("x.yaml", written(with_version()).encode())})
    assert sent.status_code == 302 and "/scheme_changes/" in sent.url
    record = Record.objects.get(register="scheme_changes")
    assert client.get(sent.url).status_code == 200
    changed = {d["path"]: (d["old"], d["new"]) for d in record.entry.differences}
    assert changed["publicity.days"] == (5, 7)
    assert queries.scheme_book().scheme("open-bid").version.id == "2023"
    assert code_of(lambda: do("scheme_changes", "confirm", officer, record)) == ["second_person"]
    do("scheme_changes", "confirm", operator(), record)
    assert queries.scheme_book().scheme("open-bid").get("publicity.days") == 7
    later = do("calls", "create", officer, title="新版本通知", scheme="open-bid", year=2026, batch=2)
    assert (call.scheme_version, later.scheme_version) == ("2023", "next")
    assert (queries.scheme_of(call).get("publicity.days"), queries.scheme_of(later).get("publicity.days")) == (5, 7)
    assert code_of(lambda: do("scheme_changes", "create", officer, text=overlay.text_of("open-bid"))) == ["nothing_new"]


@pytest.mark.parametrize(("change", "code"), [
    (lambda d: d["versions"].pop(0), "version_removed"), (lambda d: d.update(money={**d["money"], "formula": "marginal(total, bands) * 2"}), "version_changed"),
    (lambda d: d["versions"].pop(), "nothing_new"), (lambda d: d.update(colour="red"), "unknown_key"),
    (lambda d: d["versions"][-1].update({"from": d["versions"][-1]["from"].replace(year=2025)}), "backdated"),
    (lambda d: d["versions"][-1].update(set={"money": {**d["money"], "formula": "total / owed_to_taker"}}), "division_by_zero"),
    (lambda d: d.update(route={"draft": "review", "review": "draft"}), "cycle"), (lambda d: d.update(letter="C"), "duplicate_letter"),
])  # fmt: skip
def test_a_wrong_file_is_refused_with_its_reason_and_nothing_is_kept(actor, change, code):
    data = with_version()
    change(data)
    assert code in code_of(lambda: do("scheme_changes", "create", actor("officer"), text=written(data)))
    assert not Record.objects.filter(register="scheme_changes").exists()


def test_only_the_office_hands_files_in(actor):
    with pytest.raises(Refused):
        do("scheme_changes", "create", actor("chiyu"), text=written(with_version()))


def test_a_new_file_dropped_into_the_book_appears_everywhere(actor, monkeypatch, tmp_path):
    """Portal, call, form, inbox, API and figures, with no Python."""
    folder = tmp_path / "books"
    shutil.copytree(books_root({}), folder)
    source = folder / "jilin" / "schemes" / "training-base.yaml"
    text = source.read_text(encoding="utf-8").replace("scheme: training-base", "scheme: dropped-in").replace("letter: S", "letter: Z")
    text = (
        text.replace("校企实训基地专项补助", "空投计划")
        .replace("年实训名额", "年空投名额")
        .replace("min: 2, max: 4, needs: [firm, university]", "min: 1, max: 4, needs: []")
    )
    (folder / "jilin" / "schemes" / "dropped-in.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("TRIHELIX_BOOKS", str(folder))
    officer, unit = actor("officer"), actor("utcm-office")
    assert "空投计划" in Client().get("/programmes/schemes/").content.decode()
    assert "per_place * places" in Client().get("/programmes/schemes/dropped-in/").content.decode()
    call = do("calls", "create", officer, title="空投通知", scheme="dropped-in", year=2026)
    do("calls", "approve", officer, call)
    do("calls", "publish", officer, call)
    assert "空投通知" in Client().get("/calls/").content.decode()
    case = do("applications", "create", unit, title="空投申报", call=call.number)
    client = client_of("utcm-office")
    assert "年空投名额" in client.get(f"/programmes/applications/{case.uid}/form/").content.decode()
    answers = {
        "summary": "摘要", "goals": "目标", "term_months": 12, "honest": True, "indicators": [{"name": "名额", "target": "100"}], "requested": 50, "places": 100,
        "budget": {"业务费": {"public": 50}},
    }  # fmt: skip
    do("applications", "save", unit, case, answers=answers)
    do("applications", "submit", unit, case)
    assert "空投申报" in client.get("/inbox/").content.decode()
    for act, by, more in (
        ("unit_approve", unit, {}),
        ("recommend", officer, {}),
        ("form_pass", officer, {}),
        ("screen_pass", officer, {"similar_read": True}),
    ):
        do("applications", act, by, case, **more)
    assert queries.review_context(call.record, officer)["items"] == [case.record]
    listed = client.get(f"/api/v1/applications/{case.uid}").json()
    assert listed.get("call") or listed.get("data")
    assert queries.year_count("dropped-in", 2026) == {"done": 0, "planned": 0}


def test_a_scheme_names_a_rule_of_the_book_and_every_clause_is_answered(actor):
    """Eligibility by a named rule: too many people is a refusal with the rule's name, what is not known is shown as such."""
    officer, firm = actor("officer"), actor("chiyu")
    data = with_version("cocoon", rules=[{"rule": "no-such", "zh": "x"}])
    assert code_of(lambda: do("scheme_changes", "create", officer, text=written(data))) == ["unknown_rule"]
    data = with_version("cocoon", rules=[{"rule": "tech-sme", "zh": "科技型中小企业", "source": "letter"}])
    do("scheme_changes", "confirm", operator(), do("scheme_changes", "create", officer, text=written(data)).record)
    call = do("calls", "create", officer, title="按规则申报", scheme="cocoon", year=2026)
    do("calls", "approve", officer, call)
    do("calls", "publish", officer, call)
    case = do("applications", "create", firm, title="按规则申报", call=call.number, class_id="contract")
    do("applications", "save", firm, case, answers={"summary": "摘要", "turnover": 20, "requested": 2, "honest": True})
    owner = case.record.owner.entry
    held = type(owner).objects.filter(pk=owner.pk)
    held.update(staff=501, sales_fen=None, rd_fen=None)
    with pytest.raises(Refused) as caught:
        do("applications", "submit", firm, case)
    assert [(p.code, p.value["failed"]) for p in caught.value.problems] == [("rule_tech-sme", ["staff"])]
    held.update(staff=100)
    do("applications", "submit", firm, case)
    held = next(c for c in type(case).objects.get(pk=case.pk).checks if c["id"] == "rule_tech-sme")
    assert held["outcome"] == "unknown" and {"staff", "resident"} <= {c["clause"] for c in held["clauses"]}
    assert next(c for c in held["clauses"] if c["clause"] == "staff")["outcome"] == "met"
    assert "职工总数不超过 500 人" in client_of("chiyu").get(f"/applications/{case.uid}/").content.decode()


def test_a_round_reviews_under_the_scheme_that_officers_added(actor, op):
    """An own scheme and a later version of a shipped one, both handed in as files, go from call to ranking by their own score sheet."""
    officer, unit = actor("officer"), actor("utcm-office")
    own = yaml.safe_load(overlay.text_of("natural-fund"))
    own |= {
        "versions": [{"version": "first", "from": clock.today()}],
        "scheme": "officers-own",
        "letter": "Z",
        "zh": "本厅自设计划",
        "en": "Own scheme",
    }
    own["review"] = {
        **own["review"],
        "panel": 3,
        "panel_min": 3,
        "drop_from": 3,
        "blind": True,
        "finance_min": 0,
        "enterprise_share": "0%",
        "rivals": False,
    }
    own["sheet"] = {
        "id": "own-sheet", "source": "default", "unverified": True, "gates": [{"id": "in_scope", "zh": "属于范围", "en": "In scope"}],
        "groups": [{"id": "all", "zh": "总评", "en": "Overall", "weight": "100%", "items": [
            {"id": "use", "zh": "用处", "en": "Use", "max": 60}, {"id": "base", "zh": "基础", "en": "Base", "max": 40}]}],
        "texts": [],
    }  # fmt: skip
    for data in (own, with_version("natural-fund", review={"panel": 7})):
        do("scheme_changes", "confirm", operator(), do("scheme_changes", "create", officer, text=written(data)).record)
    call = do("calls", "create", officer, title="自设计划通知", scheme="officers-own", year=2026)
    for act in ("approve", "publish"):
        do("calls", act, officer, call.record)
    later = do("calls", "create", officer, title="新版本通知", scheme="natural-fund", year=2026)
    closes = clock.today() + dt.timedelta(days=20)
    assert do("review_rounds", "create", officer, title="新版本轮次", call=later.number, closes_on=closes).panel == 7

    case = do("applications", "create", unit, title="自设计划申报", call=call.number, class_id="young")
    do("applications", "save", unit, case.record, answers=ANSWERS)
    for act, by, more in (
        ("submit", unit, {}), ("unit_approve", unit, {}), ("recommend", officer, {}), ("form_pass", officer, {}), ("screen_pass", officer, {"similar_read": True}),
    ):  # fmt: skip
        do("applications", act, by, case.record, **more)
    round_ = do("review_rounds", "create", officer, title="自设计划轮次", call=call.number, closes_on=closes)
    assert (round_.panel, round_.blind, round_.sheet["id"]) == (3, True, "own-sheet")
    do("review_rounds", "add_items", officer, round_.record)
    assert [i.record_id for i in Item.objects.filter(round=round_.record)] == [case.pk]
    rows = [
        {"title": f"自设专家{n}", "ref": f"own-{n}", "kind": "academic", "fields": ["medicine"], "city": "220100", "max_load": 6, "owner": home, "synthetic": True}
        for n, home in enumerate(("jlau", "ciomp", "u-eng", "u-sci", "i-chem"))
    ]  # fmt: skip
    Record.objects.filter(register="experts").update(state="paused")
    bulk.import_rows(register_of("experts"), rows, op)
    for act in ("find_conflicts", "run"):
        do("review_rounds", act, officer, round_.record)
    do("review_rounds", "publish", officer, round_.record, run=1)
    seats = list(Seat.objects.filter(round=round_.record))
    assert len(seats) == 3
    for n, seat in enumerate(seats):
        do("review_seats", "accept", SYSTEM, seat.record, promise=True)
        do("review_seats", "submit", SYSTEM, seat.record, points={"use": 50, "base": 30 + n}, gates={"in_scope": True}, texts={})
    for act in ("close", "hand_over"):
        do("review_rounds", act, officer, round_.record)
    held = Record.objects.get(pk=case.pk).entry
    assert (held.score, held.rank) == (81, 1)
