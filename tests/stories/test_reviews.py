"""A review from the open pool to the printed draw, through the page, the interface and the command line."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from django.test import Client

from tests.registers.reviews.test_rounds import items, points, pool, token  # noqa: F401
from trihelix.cli.allocate import allocate
from trihelix.cli.records import act
from trihelix.kernel import clock, journal, keys
from trihelix.kernel.models import Record, User
from trihelix.kernel.waits import mine
from trihelix.registers.reviews.models import Conflict, Item, ReviewLink, Round, Run, Seat

pytestmark = pytest.mark.django_db
FAIR = "max_worst_item_total_then_sum"
BEACON = "2026-11-24 沪指收盘 3300.12"


def terminal(name: str, act_name: str, **values: object) -> dict:
    """``trihelix act review_rounds NAME ACT --as officer --json``."""
    args = ["review_rounds", name, act_name, "--as", "officer", "--json"]
    for key, value in values.items():
        args += ["--value", f"{key}={value}"]
    found = CliRunner().invoke(act, args, standalone_mode=False)
    if found.exception is not None:
        raise found.exception
    return json.loads(found.output)


def engine(tmp_path, files: dict[str, bytes], *args: str) -> tuple[int, dict]:
    """``trihelix allocate`` on the files as downloaded."""
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
    found = CliRunner().invoke(allocate, [str(tmp_path / a) if a in files else a for a in args] + ["--json"])
    return found.exit_code, json.loads(found.stdout)


@pytest.fixture
def officer(db):
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    return client


@pytest.fixture
def interface(db, actor):
    """``interface(path, body)``: a request with the officer's key."""
    _, key = keys.issue(by=actor("officer"), name="故事", scopes=("read", "write"))

    def send(path: str, body: dict, method: str = "POST") -> dict:
        headers = {"Authorization": f"Bearer {key}"}
        if method == "PATCH":
            headers["If-Match"] = Client().get(f"/api/v1{path}", headers=headers)["ETag"]
        sent = Client().generic(method, f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)
        assert sent.status_code < 300, sent.content[:400]
        return sent.json()

    return send


def by_page(officer, round_, name: str, **values: object) -> None:
    sent = officer.post(f"/review_rounds/{round_.uid}/acts/{name}/", values)
    assert sent.status_code == 302, sent.content.decode()[-3000:]


def opened(interface, chosen) -> Record:
    """A round made and filled through the interface."""
    closes = (clock.today() + dt.timedelta(days=20)).isoformat()
    made = interface("/review_rounds", {"title": "省级项目评审（故事）", "panel": 5, "closes_on": closes})
    numbers = [i.number for i in chosen]
    interface(f"/review_rounds/{made['number']}/acts/add_items", {"values": {"register": "results", "items": numbers}})
    return Record.objects.get(uid=made["uid"])


def answer_of(round_: Record, number: int) -> dict:
    return Run.objects.get(round=round_, number=number).answer


def test_a_review_from_the_pool_to_the_ranking(officer, interface, actor, pool, items, tmp_path):  # noqa: F811
    Record.objects.filter(pk=pool[0].pk).update(owner=items[0].owner)
    round_ = opened(interface, items)

    terminal(round_.number, "find_conflicts")
    page = officer.get(f"/review_rounds/{round_.uid}/assign/").content.decode()
    clash = Conflict.objects.get(round=round_, item=items[0], expert=pool[0].record, kind="employer")
    assert clash.reason in page and items[0].title in page and pool[0].record.title in page

    by_page(officer, round_, "run")  # first setting: greatest total
    interface(f"/review_rounds/{round_.number}", {"objective": FAIR}, "PATCH")
    assert Round.objects.get(pk=round_.pk).objective == FAIR
    interface(f"/review_rounds/{round_.number}/acts/run", {})  # second: worst item first
    greatest, fairest = answer_of(round_, 1), answer_of(round_, 2)
    assert greatest["status"] == fairest["status"] == "optimal"
    assert greatest["objective"] >= fairest["objective"] and fairest["worst_item_total"] >= greatest["worst_item_total"]
    compared = officer.get(f"/review_rounds/{round_.uid}/assign/?left=1&right=2").content.decode()
    for answer in (greatest, fairest):
        assert str(answer["objective"]) in compared and str(answer["worst_item_total"]) in compared

    item, out = greatest["pairs"][0]
    kind = {e.record.number: e.kind for e in pool}
    panel = {e for i, e in greatest["pairs"] if i == item}
    barred = set(Conflict.objects.filter(round=round_, item__number=item).values_list("expert__number", flat=True))
    into = next(e for e in sorted(kind) if e not in panel | barred and kind[e] == kind[out])
    asked = officer.get(f"/review_rounds/{round_.uid}/runs/1/?item={item}&expert={into}")
    assert asked.status_code == 200 and "强制采用将使总亲和度减少" in asked.content.decode()
    by_page(officer, round_, "adjust", run="1", item=item, out=out, into=into, why="专业更近")
    adjusted = Run.objects.get(round=round_, number=3)
    assert f"总分减少 {greatest['objective'] - adjusted.answer['objective']}" in adjusted.note

    files = {f"{w}.json": officer.get(f"/review_rounds/{round_.uid}/runs/2/{w}.json").content for w in ("problem", "answer")}
    code, report = engine(tmp_path, files, "problem.json", "--verify", "answer.json")
    assert code == 0 and report["ok"]

    by_page(officer, round_, "publish", run="3")
    seats = list(Seat.objects.filter(round=round_).order_by("pk"))
    assert len(seats) == len(adjusted.answer["pairs"])
    reviewer = Client()
    gone = seats[0]
    for seat in seats[1:]:
        sent = reviewer.post(f"/r/{token(seat)}/", {"seat": seat.uid, "do": "accept", "promise": "1"})
        assert sent.status_code == 302
    reviewer.post(f"/r/{token(gone)}/", {"seat": gone.uid, "do": "decline", "interest": "担任顾问", "reason": "须回避"})
    assert Conflict.objects.filter(round=round_, item=gone.item, expert=gone.expert, kind="declared").exists()

    terminal(round_.number, "replace", item=gone.item_code, expert=gone.expert.number)
    fresh = Seat.objects.filter(round=round_).exclude(pk__in=[s.pk for s in seats]).get()
    assert (fresh.item_id, fresh.instead_of_id) == (gone.item_id, gone.record.pk)
    assert Seat.objects.filter(round=round_, record__state="accepted").count() == len(seats) - 1  # nobody else was disturbed
    reviewer.post(f"/r/{token(fresh)}/", {"seat": fresh.uid, "do": "accept", "promise": "1"})

    best = Item.objects.filter(round=round_).order_by("code").last().code
    for seat in Seat.objects.filter(round=round_, record__state="accepted"):
        marks = {f"p_{k}": v for k, v in points(8 if seat.item_code == best else 5).items()}
        sent = reviewer.post(f"/r/{token(seat)}/", {"seat": seat.uid, "do": "submit", "g_in_scope": "yes", "t_comment": "可行", **marks})
        assert sent.status_code == 302, sent.content.decode()[-800:]
    assert "close" in {w.act for w in mine(actor("officer")) if w.record_id == round_.pk}

    interface(f"/review_rounds/{round_.number}/acts/close", {})
    ranking = Round.objects.get(pk=round_.pk).ranking
    assert ranking["sensitivity"] and ranking["rows"][0]["item"] == best and ranking["rows"][0]["worst"] == 1
    shown = officer.get(f"/review_rounds/{round_.uid}/progress/").content.decode()
    assert "少一位评委时" in shown and best in shown
    assert not ReviewLink.objects.filter(round=round_, revoked_at=None).exists()
    assert reviewer.get(f"/r/{token_before(fresh)}/").status_code == 410
    by_page(officer, round_, "hand_over")
    assert Round.objects.get(pk=round_.pk).state == "handed_over"
    journal.seal_pending()
    assert journal.verify()["ok"]


def token_before(seat: Seat) -> str:
    """The address a reviewer still has after the round is closed."""
    from trihelix.registers.reviews import links

    return links.token_of(ReviewLink.objects.get(round=seat.round, expert=seat.expert))


def test_a_draw_is_committed_drawn_printed_and_replayed_by_anyone(officer, interface, pool, items, tmp_path):  # noqa: F811
    round_ = opened(interface, items)
    by_page(officer, round_, "commit_seed")
    commit = Round.objects.get(pk=round_.pk).seed_commit
    terminal(round_.number, "draw", beacon=BEACON)
    drawn = Run.objects.get(round=round_)
    sheet = officer.get(f"/review_rounds/{round_.uid}/runs/{drawn.number}/").content.decode()
    record = drawn.answer["certificate"]["draw"]
    for part in ("抽签记录", commit, BEACON, record["seed"], "trihelix allocate problem.json --replay answer.json"):
        assert part in sheet
    files = {f"{w}.json": officer.get(f"/review_rounds/{round_.uid}/runs/{drawn.number}/{w}.json").content for w in ("problem", "answer")}
    code, again = engine(tmp_path, files, "problem.json", "--replay", "answer.json")
    assert (code, again["identical"], again["pairs"]) == (0, True, drawn.answer["pairs"])
    other = json.loads(files["answer.json"])
    other["certificate"]["draw"]["beacon"] = "另一个值"
    files["answer.json"] = json.dumps(other).encode()
    code, again = engine(tmp_path, files, "problem.json", "--replay", "answer.json")
    assert code == 3 and again["identical"] is False
