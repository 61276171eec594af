"""The wizard: clauses and what the law fills in, gaps, prices to the fen, differences, signatures checked off-line."""

from __future__ import annotations

import copy
import os
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines.bookfile import BookError
from trihelix.engines.books import books_root
from trihelix.engines.contracts import amounts, load_contract_book, parse_contract
from trihelix.engines.contracts.drafting import Party, Terms, compare, compose, lines, missing, ordinal, price_faults, sha256_of
from trihelix.engines.contracts.record import AmountItem, Payment
from trihelix.engines.contracts.terms import load_terms, terms_of
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb

FOLDER = books_root(os.environ) / "jilin"
BOOK = load_contract_book(FOLDER)
KINDS = load_terms(FOLDER, BOOK)


def terms(**more):
    values = {
        "title": "低温粉碎装备", "subkind": "DEV-E", "buyer": Party("甲公司"), "seller": Party("乙大学"), "items": (AmountItem("开发费", "technical", 100),),
        "payments": (Payment("fixed", 100),), "technical": 100, "term_from": None, "term_to": date(2028, 1, 1), "written": {},
    }  # fmt: skip
    return Terms(**{**values, **more})


def by_id(kind, made):
    return {x.id: x for x in lines(KINDS[kind], made)}


@pytest.mark.parametrize(
    ("kind", "subkind", "clause", "source", "words"),
    [
        ("DEV", "DEV-E", "ip_patent", "民法典第八百五十九条", "归研究开发人"),
        ("DEV", "DEV-C", "ip_patent", "民法典第八百六十条", "各方共有"),
        ("DEV", "DEV-E", "ip_secret", "民法典第八百六十一条", "双方都可使用和转让"),
        ("TRF", "TRF-P", "improvement", "民法典第八百七十五条", "归改进的一方"),
        ("LIC", "LIC-P", "licence_kind", "第二十五条", "普通许可"),
        ("LIC", "LIC-P", "licence_term", "第二十八条", "不限期"),
        ("LIC", "LIC-P", "unpublished", "第二十九条", "技术秘密"),
        ("CON", "CON-F", "new_result", "民法典第八百八十五条", "归取得的一方"),
        ("SER", "SER-G", "costs", "民法典第八百八十六条", "受托人负担"),
        ("SER", "SER-B", "broker_fee", "第三十九条", "合理报酬"),
        ("TRF", "TRF-K", "delay", "第十五条", "三十日"),
        ("CON", "", "mandate", "第七条", "成员承担"),
    ],
)
def test_silence_is_filled_by_the_law_of_the_kind(kind, subkind, clause, source, words):
    line = by_id(kind, terms(subkind=subkind))[clause]
    assert line.origin == "law" and source in line.article and words in line.text


def test_what_the_parties_write_stands_before_the_law():
    line = by_id("DEV", terms(written={"ip_patent": "归双方共有"}))["ip_patent"]
    assert (line.origin, line.text) == ("parties", "归双方共有")


def test_gaps_are_named_with_why_and_article_the_required_ones_first():
    found = missing(lines(KINDS["LIC"], terms(subkind="LIC-K", items=(), payments=())))
    assert [x.id for x in found if x.need == "required"] == ["subject", "ownership", "secrecy_measures", "price"]
    assert all(x.why and x.article for x in found)
    needs = [x.need for x in found]
    assert needs == sorted(needs, key=["required", "advised", "optional"].index)


def test_every_kind_and_subkind_composes():
    for kind in BOOK.kinds.values():
        for subkind in ("", *kind.subkinds):
            made = compose(KINDS[kind.code], terms(subkind=subkind))
            assert made.sha256 == sha256_of(made.text) and "第一条" in made.text and "None" not in made.text


def test_the_price_table_reads_as_filed_and_numbers_count_on():
    made = compose(
        KINDS["DEV"],
        terms(
            items=(AmountItem("开发费", "technical", 60_000_000), AmountItem("样机|一台", "equipment", 5_000_000, True)),
            technical=65_000_000,
        ),
    )
    assert "合同总价 65 万元，其中技术交易额 65 万元" in made.text and "样机\\|一台" in made.text and "合理数量载体" in made.text
    assert [ordinal(n) for n in (1, 10, 11, 20, 21)] == ["第一条", "第十条", "第十一条", "第二十条", "第二十一条"]


def test_an_unknown_kind_and_a_broken_book_are_named(tmp_path):
    with pytest.raises(Refused, match="没有合同类型"):
        terms_of(KINDS, "XXX")
    import shutil

    shutil.copytree(FOLDER / "money", tmp_path / "money")
    shutil.copytree(FOLDER / "contract_terms", tmp_path / "contract_terms")
    target = tmp_path / "contract_terms" / "dev.yaml"
    target.write_text(target.read_text(encoding="utf-8").replace("default: dev_secret", "default: nowhere"), encoding="utf-8")
    with pytest.raises(BookError, match=r"dev\.yaml"):
        load_terms(tmp_path, load_contract_book(tmp_path))


MONEY = st.integers(0, 10**13)
ITEMS = st.lists(st.tuples(st.sampled_from(sorted(BOOK.amount_kinds)), MONEY, st.booleans()), min_size=1, max_size=12)


@given(ITEMS)
def test_items_add_up_to_the_fen_and_carriers_stay_in(rows):
    data = {
        "kind": "DEV", "sign_date": "2026-01-05", "parties": [{"side": "seller", "name": "乙"}, {"side": "buyer", "name": "甲"}],
        "amount_items": [{"label": "项", "kind": k, "amount_fen": a, "is_reasonable_carrier": c} for k, a, c in rows],
    }  # fmt: skip
    found = amounts(parse_contract(data, BOOK), BOOK)
    out = sum(a for k, a, c in rows if k != "technical" and not c)
    assert found.turnover == sum(a for _, a, _ in rows) and found.technical == found.turnover - out
    assert found.turnover == found.technical + sum(i.amount for i in found.deducted)


@given(st.lists(MONEY, min_size=1, max_size=8), st.lists(MONEY, min_size=1, max_size=8))
def test_a_fixed_plan_holds_only_when_it_adds_up(prices, parts):
    made = terms(items=tuple(AmountItem("项", "technical", p) for p in prices), payments=tuple(Payment("fixed", p) for p in parts))
    assert bool(price_faults(made)) == (sum(prices) != sum(parts))
    assert not price_faults(terms(items=made.items, payments=(*made.payments, Payment("royalty"))))


TEXT = st.text(alphabet="甲乙丙丁12\n", max_size=30)
CLAUSES = st.lists(st.tuples(st.sampled_from("abcdef"), TEXT), max_size=6, unique_by=lambda x: x[0]).map(
    lambda x: [(i, i, t) for i, t in x]
)


@given(CLAUSES, CLAUSES)
def test_differences_give_back_both_texts(old, new):
    found = {d.id: d for d in compare(old, new)}
    assert set(found) == {i for i, *_ in old} | {i for i, *_ in new}
    for key, _, text in new:
        assert "".join(t for op, t in found[key].pieces if op != "removed") == text
    for key, _, text in old:
        assert "".join(t for op, t in found[key].pieces if op != "added") == text
    before, after = {i: t for i, _, t in old}, {i: t for i, _, t in new}
    assert all((d.kind == "same") == (before.get(d.id) == after.get(d.id)) for d in found.values())


def test_an_envelope_holds_for_its_text_only(monkeypatch, tmp_path):
    monkeypatch.setenv("TRIHELIX_HOME", str(tmp_path))
    from trihelix.engines.contracts import signed_text
    from trihelix.registers.contracts import signing

    digest = sha256_of("甲乙约定")
    payload = {
        "kind": signed_text.KIND, "document": "WB-1", "version": 1, "text_sha256": digest, "side": "buyer", "party": "甲公司", "signer": "张某",
        "at": "2026-11-24T02:00:00+00:00",
    }  # fmt: skip
    good = signing.provider("local").sign(payload)
    assert signed_text.fault_of(good, digest) == "" and (tmp_path / "secrets" / signing.AUTHORITY).stat().st_mode & 0o77 == 0
    assert "不是这一份" in signed_text.fault_of(good, sha256_of("别的"))
    for change in ({"party": "乙公司"}, {"at": "2026-11-24T02:00:01+00:00"}, {"at": "2027-11-24T02:00:00+00:00"}, {"signer": "李某"}):
        bad = copy.deepcopy(good)
        bad["payload"] |= change
        assert signed_text.fault_of(bad, digest)
    other = signing.provider("local").sign({**payload, "signer": "李某"})
    assert signed_text.fault_of({**good, "certificate": other["certificate"]}, digest)
    monkeypatch.setenv("TRIHELIX_HOME", str(tmp_path / "elsewhere"))
    assert signed_text.fault_of({**good, "chain": [signing.root_pem()]}, digest), "another authority did not issue it"
    assert signed_text.fault_of({}, digest) and signed_text.fault_of({**good, "signature": "x"}, digest)
    with pytest.raises(Refused, match="没有签名服务"):
        signing.provider("nobody")
