"""Sealed calls: encrypted before they reach the server, opened by two of three keepers, early only on the record."""

from __future__ import annotations

import base64
import datetime as dt
import json
import shutil

import pyrage
import pytest

from trihelix.engines import sealing
from trihelix.engines.books import books_root
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.models import JournalEntry, Notice, User
from trihelix.kernel.register import register_of
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.models import Application, ApplicationVersion, Call

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
ANSWERS = {
    "summary": "参须低温粉碎", "goals": "研究工艺与装备", "term_months": 24, "honest": True, "indicators": [{"name": "D90", "target": "75"}], "result_ref": "CG-1",
    "requested": 50, "budget": {"业务费": {"public": 50}},
}  # fmt: skip
SECRET_WORDS = ("参须", "CG-1", "D90")


def do(register, act, by, entry=None, now=NOW, **values):
    return register_of(register).acts[act].run(by=by, now=now, **({"record": entry.record} if entry is not None else {}), **values)


def fresh(entry):
    return type(entry).objects.get(pk=entry.pk)


def codes(step):
    with pytest.raises(Refused) as caught:
        step()
    return [p.code for p in caught.value.problems]


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: NOW.date())


@pytest.fixture
def keepers(actor):
    """Three keepers with their own private keys: ``[(actor, username, identity)]``."""
    return [(actor(n), n, pyrage.x25519.Identity.generate()) for n in ("officer", "finance", "utcm-office")]


@pytest.fixture
def call(actor, keepers, monkeypatch, tmp_path):
    folder = tmp_path / "books"
    shutil.copytree(books_root({}), folder)
    text = (folder / "jilin" / "schemes" / "transfer-project.yaml").read_text(encoding="utf-8")
    sealed = "call: {sealed: true}\nroute: {draft: sealed, sealed: decision, decision: publicity, publicity: awarded}\nparameters"
    text = text.replace("scheme: transfer-project", "scheme: sealed-project").replace("letter: U", "letter: X")
    (folder / "jilin" / "schemes" / "sealed-project.yaml").write_text(
        text.replace("source: letter\nparameters", f"source: letter\n{sealed}"), "utf-8"
    )
    monkeypatch.setenv("TRIHELIX_BOOKS", str(folder))
    assert queries.scheme_book().scheme("sealed-project").letter == "X"
    officer = actor("officer")
    made = do("calls", "create", officer, title="密封申报通知", scheme="sealed-project", year=2026)
    do("calls", "approve", officer, made)
    assert codes(lambda: do("calls", "publish", officer, made, closes_on=dt.date(2026, 3, 31))) == ["no_keepers"]
    rows = [{"username": n, "public_key": str(k.to_public())} for _, n, k in keepers]
    assert codes(lambda: do("calls", "set_keepers", officer, made, keepers=rows[:2])) == ["three_keepers"]
    assert codes(lambda: do("calls", "set_keepers", officer, made, keepers=[*rows[:2], rows[0]])) == ["three_keepers"]
    do("calls", "set_keepers", officer, made, keepers=rows)
    do("calls", "publish", officer, made, closes_on=dt.date(2026, 3, 31))
    assert codes(lambda: do("calls", "set_keepers", officer, made, keepers=rows)) == ["published"]
    return fresh(made)


def ciphertext(call, content):
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    key = pyrage.x25519.Recipient.from_str(call.lot_key)
    return base64.b64encode(pyrage.encrypt(text.encode(), [key])).decode()


def handed_in(actor, call, content, title="示例密封申报", now=NOW):
    case = do("applications", "create", actor("chiyu"), title=title, call=call.number, now=now)
    do("applications", "submit_sealed", actor("chiyu"), case, sealed=ciphertext(call, content), now=now)
    return case


def secret_of(call, keepers, inner=0, outer=1):
    """What the two keepers get off-line: the filed layer and the lot's secret key."""
    layer = sealing.peel(fresh(call).wrapped[f"{inner}+{outer}"], str(keepers[outer][2]))
    return f"{inner}+{outer}", layer, sealing.peel(layer, str(keepers[inner][2]))


def test_nothing_readable_is_on_the_server_before_the_opening(actor, call):
    firm = actor("chiyu")
    case = do("applications", "create", firm, title="示例密封申报", call=call.number)
    assert codes(lambda: do("applications", "save", firm, case, answers=ANSWERS)) == ["sealed_only"]
    assert codes(lambda: do("applications", "submit", firm, case)) == ["sealed_only"]
    plain = base64.b64encode(json.dumps(ANSWERS).encode()).decode()
    assert codes(lambda: do("applications", "submit_sealed", firm, case, sealed=plain)) == ["not_sealed"]
    assert codes(lambda: do("applications", "submit_sealed", firm, case, sealed="不是 base64")) == ["not_sealed"]
    do("applications", "submit_sealed", firm, case, sealed=ciphertext(call, ANSWERS))
    held, version = fresh(case), ApplicationVersion.objects.get(application=case.record)
    assert held.state == "sealed" and held.record.visibility == "sealed" and held.answers == {}
    assert held.receipt == version.sha256 == sealing.digest(base64.b64decode(held.sealed))
    kept = (
        held.sealed
        + json.dumps(version.answers)
        + "".join(json.dumps(e.changes, ensure_ascii=False) for e in JournalEntry.objects.filter(record=case.record))
    )
    assert not [w for w in SECRET_WORDS if w in kept]


@pytest.mark.parametrize(("inner", "outer"), [(0, 1), (0, 2), (1, 2)])
def test_any_two_of_three_keepers_open_after_the_deadline(actor, call, keepers, inner, outer):
    firm = actor("chiyu")
    case = handed_in(actor, call, {**ANSWERS, "summary": "初稿"})
    first = fresh(case).receipt
    do("applications", "submit_sealed", firm, case, sealed=ciphertext(call, ANSWERS), now=call.closes_at)  # replaced in the last second
    late = call.closes_at + dt.timedelta(seconds=1)
    assert codes(lambda: do("applications", "submit_sealed", firm, case, sealed=ciphertext(call, "{}"), now=late)) == ["late"]
    do("calls", "close", actor("officer"), call, now=late)
    pair, layer, secret = secret_of(call, keepers, inner, outer)
    alone = {"pair": pair, "lot_key": secret, "now": late}
    assert codes(lambda: do("calls", "unseal", keepers[inner][0], call, **alone)) == ["second_keeper"]
    do("calls", "peel", keepers[outer][0], call, pair=pair, layer=layer, now=late)
    assert codes(lambda: do("calls", "unseal", keepers[outer][0], call, **alone)) == ["second_keeper"]
    stranger = str(pyrage.x25519.Identity.generate())
    assert codes(lambda: do("calls", "unseal", keepers[inner][0], call, pair=pair, lot_key=stranger, now=late)) == ["wrong_lot_key"]
    assert fresh(call).unsealed_at is None and fresh(case).answers == {}
    do("calls", "unseal", keepers[inner][0], call, **alone)
    held, opened = fresh(case), fresh(call)
    assert held.state == "decision" and held.answers["result_ref"] == "CG-1" and held.answers["summary"] == "参须低温粉碎"
    assert held.requested_fen == 50_000_000 and held.record.visibility == "owner" and not opened.opened_early
    assert [(r["number"], r["intact"], r["valid"]) for r in opened.opening] == [(case.number, True, True)]
    assert [v.why for v in ApplicationVersion.objects.filter(application=case.record)] == ["submit", "submit", "open"]
    assert first != held.receipt
    assert codes(lambda: do("calls", "extend", actor("officer"), call, closes_on=dt.date(2026, 4, 30), reason="x", now=late)) != []


def test_who_is_no_keeper_opens_nothing(actor, call, keepers):
    late = call.closes_at + dt.timedelta(seconds=1)
    do("calls", "close", actor("officer"), call, now=late)
    pair, layer, secret = secret_of(call, keepers)
    for act, values in (("peel", {"pair": pair, "layer": layer}), ("unseal", {"pair": pair, "lot_key": secret})):
        with pytest.raises(Refused) as caught:
            do("calls", act, actor("chiyu"), call, now=late, **values)
        assert caught.value.problems[0].code == "denied"
    with pytest.raises(Refused, match="打不开"):
        sealing.peel(fresh(call).wrapped["0+1"], str(keepers[0][2]))


def test_an_early_opening_needs_a_reason_ends_the_intake_and_stays_marked(actor, call, keepers):
    case = handed_in(actor, call, ANSWERS)
    pair, layer, secret = secret_of(call, keepers)
    at = NOW + dt.timedelta(days=2)
    do("calls", "peel", keepers[1][0], call, pair=pair, layer=layer, now=at)
    assert codes(lambda: do("calls", "unseal_early", keepers[0][0], call, pair=pair, lot_key=secret, now=at)) == ["reason_required"]
    do("calls", "unseal_early", keepers[0][0], call, pair=pair, lot_key=secret, reason="司法要求", now=at)
    opened = fresh(call)
    assert opened.opened_early and opened.state == "closed" and opened.unsealed_at == at and fresh(case).state == "decision"
    entry = JournalEntry.objects.get(action="calls.unseal_early")
    assert entry.reason == "司法要求" and entry.changes["unsealed"][1]["early"] is True
    assert JournalEntry.objects.get(action="calls.peel").changes["peeled"][1]["early"] is True
    assert Notice.objects.filter(user=User.objects.get(username="chiyu"), text__contains="提前开启").exists()
    second = {"pair": pair, "lot_key": secret, "reason": "再开", "now": at}
    assert codes(lambda: do("calls", "unseal_early", keepers[0][0], call, **second)) != []
    with pytest.raises(Refused):
        handed_in(actor, call, ANSWERS, now=at + dt.timedelta(hours=1))
    outage = do(
        "outages", "create", actor("officer"), title="断电", started_at=(call.closes_at - dt.timedelta(hours=2)).isoformat(),
        ended_at=(call.closes_at - dt.timedelta(hours=1)).isoformat(), now=call.closes_at,
    )  # fmt: skip
    do("outages", "apply", actor("officer"), outage, now=call.closes_at)
    assert fresh(outage).moved == [] and fresh(call).closes_at == call.closes_at  # what was opened is never opened to more


@pytest.mark.parametrize(("content", "word"), [
    ("不是 JSON", "JSON"), ({**ANSWERS, "colour": "red"}, "colour"), ({k: v for k, v in ANSWERS.items() if k != "goals"}, "研究目标与内容"),
    ({**ANSWERS, "requested": -1}, "负"),
])  # fmt: skip
def test_what_cannot_be_taken_is_refused_at_the_opening_and_says_why(actor, call, keepers, content, word):
    bad = handed_in(actor, call, content)
    good = handed_in(actor, call, ANSWERS, title="另一项密封申报")
    late = call.closes_at + dt.timedelta(seconds=1)
    do("calls", "close", actor("officer"), call, now=late)
    pair, layer, secret = secret_of(call, keepers)
    do("calls", "peel", keepers[1][0], call, pair=pair, layer=layer, now=late)
    do("calls", "unseal", keepers[0][0], call, pair=pair, lot_key=secret, now=late)
    assert (fresh(bad).state, fresh(good).state) == ("form_refused", "decision")
    assert any(word in c["text"] for c in fresh(bad).checks), fresh(bad).checks
    assert [r["valid"] for r in fresh(call).opening] == [False, True]


def test_what_was_sealed_to_another_key_stays_closed_but_intact(actor, call, keepers):
    case = do("applications", "create", actor("chiyu"), title="误用公钥", call=call.number)
    stranger = pyrage.x25519.Identity.generate().to_public()
    wrong = base64.b64encode(pyrage.encrypt(json.dumps(ANSWERS).encode(), [stranger])).decode()
    do("applications", "submit_sealed", actor("chiyu"), case, sealed=wrong)
    late = call.closes_at + dt.timedelta(seconds=1)
    do("calls", "close", actor("officer"), call, now=late)
    pair, layer, secret = secret_of(call, keepers)
    do("calls", "peel", keepers[1][0], call, pair=pair, layer=layer, now=late)
    do("calls", "unseal", keepers[0][0], call, pair=pair, lot_key=secret, now=late)
    assert fresh(case).state == "form_refused" and "不能用密封私钥解密" in fresh(case).checks[0]["text"]
    assert Call.objects.get(pk=call.pk).opening[0]["intact"] is True and Application.objects.get(pk=case.pk).answers == {}
