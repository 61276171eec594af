"""The commands `money` and `contract`: answers, exit codes, exact decimals, every refusal as JSON."""

from __future__ import annotations

import json

import pytest

from trihelix.cli.base import main

pytestmark = pytest.mark.nodb

SHARE = """{"rule": "zhejiang", "p": "0.70", "office": 0.05,
 "receipts": [{"date": "2025-03-01", "amount_wan": 12345678901.123456, "taxes_wan": "30"}],
 "members": [{"id": "a", "ratio": "0.8", "main": true}, {"id": "b", "ratio": 0.2}]}"""
CONTRACT = {
    "kind": "DEV",
    "subkind": "DEV-E",
    "rule_set": "NAT-2026",
    "sign_date": "2026-02-01",
    "parties": [{"side": "buyer", "name": "甲"}, {"side": "seller", "name": "乙"}],
    "amount_items": [{"label": "研发", "kind": "technical", "amount_wan": 500}],
}


@pytest.fixture
def run(capsys, tmp_path):
    def call(*args, files=()):
        for name, text in dict(files).items():
            (tmp_path / name).write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
        code = 0
        try:
            main([str(tmp_path / a) if a in dict(files) else a for a in args])
        except SystemExit as stop:
            code = stop.code
        return code, json.loads(capsys.readouterr().out)

    return call


def test_share_reads_decimals_exactly(run):
    code, answer = run("money", "share", "s.json", "--json", files={"s.json": SHARE})
    total = answer["total"]
    assert code == 0 and answer["refusals"] == []
    assert total["net_fen"] == 12_345_678_901_123_456 - 30_000_000
    assert total["pool_fen"] + total["unit_fen"] == total["net_fen"]
    assert sum(total["members"].values()) + total["office_fen"] == total["pool_fen"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (SHARE.replace('"0.70"', '"0.60"'), "p_below_floor"),
        (SHARE.replace('"rule"', '"p": "0.8", "rule"'), "duplicate_key"),
        (SHARE.replace("zhejiang", "nowhere"), "unknown_rule"),
        ("[]", "bad_type"),
        ("{", "bad_json"),
    ],
)
def test_share_refuses_with_exit_code_two(run, text, code):
    exit_code, answer = run("money", "share", "s.json", "--json", files={"s.json": text})
    assert exit_code == 2
    assert code in {e["code"] for e in answer["errors"]}
    assert all(set(e) == {"row", "field", "code", "message", "clause", "value"} for e in answer["errors"])


def test_split_adds_up(run):
    assert run("money", "split", "100", "1/3", "1/3", "1/3", "--json") == (0, {"parts": [34, 33, 33]})
    assert run("money", "split", "-100", "0.5", "0.5", "--json") == (0, {"parts": [-50, -50]})
    assert run("money", "split", "1.5", "1", "--json")[0] == 2


def test_check_prints_the_agreed_keys(run):
    code, answer = run("contract", "check", "c.json", "--on", "2026-03-10", "--json", files={"c.json": CONTRACT})
    assert code == 0
    assert (answer["turnover_fen"], answer["technical_fen"], answer["large"]) == (500_000_000, 500_000_000, True)
    assert (answer["due"], answer["decision_hint"], answer["reason_codes"]) == ("2026-04-22", "register", [])
    assert isinstance(answer["trace"], list) and answer["trace"]


def test_check_refuses_bad_dates_and_unknown_keys(run):
    assert run("contract", "check", "c.json", "--on", "soon", "--json", files={"c.json": CONTRACT})[0] == 2
    code, answer = run("contract", "check", "c.json", "--on", "2026-03-10", "--json", files={"c.json": {**CONTRACT, "colour": 1}})
    assert (code, [(e["code"], e["field"]) for e in answer["errors"]]) == (2, [("unknown_key", "colour")])


@pytest.mark.parametrize("kind", ["instalments", "royalty", "use-first", "fund-first", "concession", "commission", "custom"])
def test_every_sample_can_be_fed_back(run, kind):
    _, sample = run("contract", "timeline", "--example", kind)
    code, rows = run("contract", "timeline", "i.json", "--on", "2027-12-31", "--json", files={"i.json": sample})
    assert code == 0 and rows
    assert all({"due", "from", "to", "amount_fen", "because"} <= set(r) for r in rows)


def test_timeline_without_a_file_says_what_to_do(run):
    code, answer = run("contract", "timeline", "--json")
    assert code == 2 and "--example" in answer["errors"][0]["message"]
