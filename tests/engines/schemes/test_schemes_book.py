"""The scheme book: every file loads, money is exact, a wrong file is refused with line and reason."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.cli.base import main
from trihelix.engines.bookfile import load_file
from trihelix.engines.errors import Refused
from trihelix.engines.schemes import diagram, from_texts, grant, load_schemes, parts_of, scheme_json, with_choice
from trihelix.engines.schemes.loader import read_scheme
from trihelix.engines.schemes.quota import Ladder, is_overdue, places, quota_after, standing

pytestmark = pytest.mark.nodb
ROOT = Path(__file__).resolve().parents[3] / "books" / "jilin"
BOOK = load_schemes(ROOT)
DEFAULTS = load_file(ROOT / "schemes" / "defaults.yaml", ROOT)
WAN = 1_000_000


def text_of(name: str) -> str:
    return (ROOT / "schemes" / f"{name}.yaml").read_text(encoding="utf-8")


def refusal(text: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        read_scheme(text, "x.yaml", DEFAULTS)
    assert all(p.message.startswith("x.yaml:") and p.message.split(":")[1].isdigit() for p in caught.value.problems), caught.value
    return [p.code for p in caught.value.problems]


def test_the_book_has_every_letter_from_a_to_u():
    assert [BOOK.scheme(i).letter for i in BOOK.ids()] == list("ABCDEFGHIJKLMNOPQRSTU")


def test_every_shape_and_every_kind_of_award_is_there():
    newest = [BOOK.scheme(i) for i in BOOK.ids()]
    assert {s.shape for s in newest} == {"guide", "demand", "agreement", "data", "claim"}
    assert {s.award for s in newest} == {"grant", "status", "payment"}


@pytest.mark.parametrize("scheme_id", BOOK.ids())
def test_every_scheme_draws_and_describes_itself(scheme_id):
    scheme = BOOK.scheme(scheme_id)
    drawn = diagram(scheme)
    assert drawn.startswith("stateDiagram-v2") and "[*] --> draft" in drawn and "archived --> [*]" in drawn
    whole = scheme_json(scheme)
    assert all(s["zh"] and s["source"] for s in whole["settings"])
    assert all(s["unverified"] for s in whole["settings"] if s["default"])


@pytest.mark.parametrize(("total", "owed", "wan", "won"), [
    (300, 300, 90, "formula"), (500, 500, 150, "formula"), (800, 800, 225, "formula"), (1000, 1000, 275, "formula"), (1125, 1125, 300, "formula"),
    (1200, 1200, 300, "cap"), (5000, 1000, 300, "cap"), (1000, 200, 200, "owed"), (1000, "200.000001", "200.000001", "owed"),
])  # fmt: skip
@pytest.mark.parametrize("scheme_id", ["open-bid", "military-order"])
@pytest.mark.parametrize("version", ["2021", "2023"])
def test_the_open_bid_maximum_and_which_limit_won(scheme_id, version, total, owed, wan, won):
    found = grant(BOOK.scheme(scheme_id, version=version), {"total": Fraction(total), "owed_to_taker": Fraction(owed)})
    assert (found.fen, found.won) == (int(Fraction(wan) * WAN), won)


def test_less_than_a_fifth_to_the_taker_is_refused_with_the_clause():
    with pytest.raises(Refused) as caught:
        grant(BOOK.scheme("open-bid"), {"total": Fraction(1000), "owed_to_taker": Fraction(1999999, 10000)})
    assert caught.value.problems[0].code == "owed_to_taker_share"
    with pytest.raises(Refused) as unknown:
        grant(BOOK.scheme("open-bid"), {"total": Fraction(1000)})
    assert unknown.value.problems[0].code == "missing_input"


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_the_open_bid_equals_the_printed_formula(total_fen, owed_fen):
    total, owed = Fraction(total_fen, WAN), Fraction(owed_fen, WAN)
    scheme = BOOK.scheme("open-bid")

    def clamp(x, top):
        return max(Fraction(0), min(x, Fraction(top)))

    want = min(
        Fraction(300), owed,
        Fraction(30, 100) * min(total, 500) + Fraction(25, 100) * clamp(total - 500, 500) + Fraction(20, 100) * clamp(total - 1000, 1000)
        + Fraction(15, 100) * max(total - 2000, Fraction(0)),
    )  # fmt: skip
    if owed < total / 5:
        with pytest.raises(Refused):
            grant(scheme, {"total": total, "owed_to_taker": owed})
    else:
        assert grant(scheme, {"total": total, "owed_to_taker": owed}).fen == want * WAN // 1


@pytest.mark.parametrize(("class_id", "asked", "match", "total", "ok"), [
    ("major", 200, 1000, 1300, True), ("major", 200, 999, 1300, False), ("key", 100, 500, 700, True), ("key", 100, "499.999999", 700, False),
    ("ordinary", 50, 100, 200, True), ("ordinary", "50.000001", 100, 200, False),
])  # fmt: skip
def test_province_and_academy_match_by_class(class_id, asked, match, total, ok):
    scheme = with_choice(BOOK.scheme("cas-fund"), class_id)
    facts = {"requested": Fraction(asked), "firm_match": Fraction(match), "total_input": Fraction(total)}
    if ok:
        assert grant(scheme, facts).fen == min(asked, Fraction(35, 100) * total) * WAN
    else:
        with pytest.raises(Refused):
            grant(scheme, facts)


def test_a_voucher_counts_what_the_firm_had_this_year():
    scheme = BOOK.scheme("voucher")
    facts = {
        "service_kind": "testing",
        "paid_service": Fraction(30),
        "requested": Fraction(30),
        "is_incubated": False,
        "used_this_year": Fraction(5),
    }
    found = grant(scheme, facts)
    assert (found.fen, found.won) == (15 * WAN, "yearly")
    assert grant(scheme, {**facts, "used_this_year": Fraction(25)}).fen == 0


def test_data_led_money_by_increment_and_stock():
    scheme = BOOK.scheme("rd-subsidy")
    small = grant(scheme, {"rd_last": Fraction(700), "rd_before": Fraction(500), "large": Fraction(0)})
    large = grant(scheme, {"rd_last": Fraction(700), "rd_before": Fraction(800), "large": Fraction(1)})
    assert (small.fen, large.fen) == (6 * WAN, int(Fraction(35, 10) * WAN))


@given(st.sampled_from(BOOK.ids()), st.integers(0, 10**11))
def test_tranches_add_up_to_the_fen(scheme_id, fen):
    assert sum(parts_of(BOOK.scheme(scheme_id), fen)) == fen


def test_a_board_keeps_the_version_of_its_day():
    assert BOOK.scheme("open-bid", date(2023, 11, 30)).version.id == "2021"
    assert BOOK.scheme("open-bid", date(2023, 12, 1)).version.id == "2023"
    with pytest.raises(Refused, match="没有生效"):
        BOOK.scheme("open-bid", date(2020, 12, 31))


@pytest.mark.parametrize(("old", "new", "code"), [
    ("payee: applicant", "payee: applicant\ncolour: red", "unknown_key"),
    ("shape: guide", "shape: lottery", "bad_choice"),
    ("formula: requested", "formula: requested / budget_total", "division_by_zero"),
    ("formula: requested", "formula: requested / 0", "division_by_zero"),
    ("formula: requested", "formula: requested / (top - top)", "division_by_zero"),
    ("formula: requested", "formula: asked_for", "unknown_name"),
    ("formula: requested", "formula: requested >= 1", "wrong_kind"),
    ("formula: requested", "formula: open('x')", "bad_expression"),
    ("formula: requested", "formula: requested +", "bad_expression"),
    ("source: letter\nparameters", "source: nowhere\nparameters", "unknown_source"),
    ("letter: U", "letter: U\nletter: V", "duplicate_key"),
    ("shape: guide", "shape: guide\nroute: {draft: review, review: decision, decision: review, publicity: awarded}", "cycle"),
    ("shape: guide", "shape: guide\nroute: {draft: review, review: decision}", "dead_state"),
    ("shape: guide", "shape: guide\nroute: {draft: awarded, review: awarded}", "unreachable_state"),
    ("shape: guide", "shape: guide\nroute: {draft: magic, magic: awarded}", "unknown_step"),
    ("shape: guide", "shape: guide\ncall: {sealed: true}", "sealed"),
    ("shape: guide", "shape: guide\npublicity: {days: -1}", "bad_value"),
    ("shape: guide", "shape: guide\npublicity: {days: 5, hours: 3}", "unknown_key"),
    ("shape: guide", "shape: guide\nreview: {panel: 3, panel_min: 5}", "panel"),
    ("shape: guide", "shape: guide\ntranches: [{id: a, zh: 甲, trigger: signed, percent: 60%}]", "tranche_sum"),
    ("shape: guide", "shape: guide\nsheet: {id: s, groups: [{id: g, zh: 组, weight: 90%, items: [{id: i, zh: 项, max: 5}]}]}", "weights"),
])  # fmt: skip
def test_a_wrong_file_is_refused_with_line_and_reason(old, new, code):
    text = text_of("transfer-project")
    assert old in text
    assert code in refusal(text.replace(old, new, 1))


def test_a_guarded_division_is_fine():
    text = text_of("transfer-project").replace("formula: requested", "formula: requested / budget_total if budget_total > 0 else 0", 1)
    assert read_scheme(text, "x.yaml", DEFAULTS)[0].money is not None


def test_two_files_may_not_share_a_letter():
    files = {
        "schemes/defaults.yaml": text_of("defaults"),
        "schemes/a.yaml": text_of("voucher"),
        "schemes/b.yaml": text_of("cocoon").replace("letter: N", "letter: Q"),
    }
    with pytest.raises(Refused, match="字母 Q"):
        from_texts(files)


def test_the_score_sheet_weighs_exactly():
    sheet = BOOK.scheme("plan-project").sheet
    points = {"topic": 20, "novelty": 20, "route": 10, "base": 10, "prospect": 10, "budget": 10}
    assert sheet.total(points, {"in_scope": True}) == 80
    assert sheet.total(points, {"in_scope": False}) is None
    with pytest.raises(Refused, match="0 至 20"):
        sheet.total({**points, "topic": 21}, {"in_scope": True})


LADDER = Ladder(6, 30, Fraction(1, 10), 1, 5, 2, 3)


@pytest.mark.parametrize(
    ("base", "beyond", "late", "quota"),
    [(31, 0, 0, 31), (31, 1, 1, Fraction(279, 10)), (10, 3, 4, 7), (10, 4, 4, 6), (10, 0, 5, 0), (10, 5, 5, 0)],
)
def test_the_quota_ladder(base, beyond, late, quota):
    assert quota_after(base, beyond, late, LADDER) == quota
    assert places(quota_after(base, beyond, late, LADDER)) == int(quota)


def test_overdue_counts_from_the_reference_day():
    assert not is_overdue(date(2024, 3, 31), date(2024, 6, 29), LADDER)
    assert is_overdue(date(2024, 3, 31), date(2024, 6, 30), LADDER)
    assert not is_overdue(date(2024, 7, 1), date(2025, 6, 29), LADDER)
    held = standing(10, [date(2022, 12, 31), date(2024, 12, 31), date(2025, 3, 1)], date(2025, 7, 1), LADDER)
    assert (held.overdue, held.beyond, held.forced, held.quota) == (3, 1, 1, 9)
    with pytest.raises(Refused):
        quota_after(10, 3, 2, LADDER)


def test_commands_answer_and_refuse(capsys, tmp_path):
    main(["schemes", "list", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 21 and rows[0]["letter"] == "A" and [v["version"] for v in rows[0]["versions"]] == ["2021", "2023"]
    (tmp_path / "f.json").write_text('{"total": 800, "owed_to_taker": "800"}')
    main(["schemes", "grant", "open-bid", "--facts", str(tmp_path / "f.json"), "--json"])
    assert json.loads(capsys.readouterr().out)["grant_fen"] == 225 * WAN
    (tmp_path / "bad.yaml").write_text(
        text_of("voucher").replace("shape: claim", "shape: claim\nroute: {draft: review, review: draft}"), encoding="utf-8"
    )
    with pytest.raises(SystemExit) as stop:
        main(["schemes", "check", str(tmp_path / "bad.yaml"), "--json"])
    assert stop.value.code == 2 and json.loads(capsys.readouterr().out)["errors"][0]["code"] == "cycle"


def test_a_stored_book_from_before_a_key_goes_on_without_its_rule():
    older = text_of("defaults").replace("affiliation: {", "similarity_of_old: {").split("\n")
    texts = {"schemes/defaults.yaml": "\n".join(x for x in older if "similarity_of_old" not in x), "schemes/u.yaml": text_of("open-bid")}
    assert from_texts(texts).scheme("open-bid").get("affiliation.posts") == ()
    assert "董事长" in BOOK.scheme("open-bid").get("affiliation.posts")


def test_answers_are_filled_in_and_checked_off_line(capsys, tmp_path):
    file = tmp_path / "answers.json"
    main(["schemes", "answers", "transfer-project", str(file), "--empty", "--json"])
    assert json.loads(capsys.readouterr().out)["fields"] == len(json.loads(file.read_text(encoding="utf-8")))
    with pytest.raises(SystemExit) as stop:
        main(["schemes", "answers", "transfer-project", str(file), "--json"])
    fields = {e["field"] for e in json.loads(capsys.readouterr().out)["errors"]}
    assert stop.value.code == 2 and {"summary", "goals", "result_ref"} <= fields
    given = {
        "summary": "摘要", "goals": "目标", "term_months": 24, "honest": True, "indicators": [{"name": "指标", "target": "1"}], "result_ref": "CG-1", "requested": 50,
        "budget": {"业务费": {"public": 50}},
    }  # fmt: skip
    file.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    main(["schemes", "answers", "transfer-project", str(file), "--json"])
    assert json.loads(capsys.readouterr().out)["ok"] is True
    with pytest.raises(SystemExit):
        main(["schemes", "answers", "transfer-project", str(file), "--empty", "--json"])
    assert json.loads(capsys.readouterr().out)["errors"][0]["code"] == "file_exists"
