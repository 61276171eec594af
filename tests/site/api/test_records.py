"""A need through the API: create, read, change, act, with versions, keys and the refusals of the pages."""

from __future__ import annotations

import pytest

from .conftest import codes

NEED = {
    "title": "接口测试：碳纤维预浸料在线缺陷检测", "problem": "预浸料生产线速度高，人工目检漏检，需要在线检测。",
    "indicators": [{"name": "检出率", "op": ">=", "target": "99", "unit": "%", "method": "标准缺陷样板"}],
    "budget_wan": "120.5", "ownership": "shared", "deadline": "2028-12-31",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(as_user):
    return as_user("chiyu")


@pytest.fixture
def need(firm):
    response = firm.post("/needs", NEED)
    assert response.status_code == 201, response.content
    return response.json()


def test_created_record_answers_with_its_version_and_place(firm):
    response = firm.post("/needs", NEED)
    made = response.json()
    assert response["ETag"] == '"1"' and response["Location"].endswith(made["uid"])
    assert made["budget_fen"] == 120_500_000 // 100 * 100 == 120_500_000
    assert "budget_wan" not in made and made["state"] == "draft" and made["number"].startswith("XQ-")
    read = firm.get(f"/needs/{made['number']}")
    assert read["ETag"] == '"1"' and read.json()["uid"] == made["uid"]
    assert {a["act"] for a in read.json()["acts"]} >= {"submit", "change", "discard"}


def test_money_is_taken_in_either_unit_but_not_both(firm):
    body = {k: v for k, v in NEED.items() if k != "budget_wan"}
    assert firm.post("/needs", {**body, "budget_fen": 8_000_000_00}).json()["budget_fen"] == 800_000_000
    both = firm.post("/needs", {**body, "budget_fen": 1, "budget_wan": 1})
    assert both.status_code == 422 and codes(both) == {"two_units"}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"colour": "红"}, "unknown_field", "colour"),
        ({"title": 5}, "bad_type", "title"),
        ({"deadline": "31/12/2028"}, "bad_date", "deadline"),
        ({"deadline": 20281231}, "bad_type", "deadline"),
        ({"ownership": "mine"}, "bad_choice", "ownership"),
        ({"anonymous": "yes"}, "bad_type", "anonymous"),
        ({"title": "=cmd()"}, "formula", "title"),
        ({"title": "a\u0000b"}, "control_character", "title"),
        ({"budget_wan": "很多"}, None, "budget_wan"),
        ({"indicators": [{"op": ">="}]}, "required", "indicators[0].name"),
    ],
)  # fmt: skip
def test_wrong_values_are_named_and_write_nothing(firm, change, code, field):
    from trihelix.kernel.models import Record

    before = Record.objects.count()
    response = firm.post("/needs", {**NEED, **change})
    assert response.status_code == 422
    found = [e for e in response.json()["errors"] if e["field"] == field]
    assert found and (code is None or found[0]["code"] == code), response.json()
    assert Record.objects.count() == before


def test_several_wrong_values_come_together(firm):
    response = firm.post("/needs", {**NEED, "ownership": "mine", "deadline": "soon", "colour": 1})
    assert {e["field"] for e in response.json()["errors"]} >= {"colour"}


def test_same_key_writes_once_and_another_body_under_it_is_refused(firm):
    headers = {"Idempotency-Key": "k-1"}
    first, again = (firm.post("/needs", NEED, headers=headers) for _ in range(2))
    assert first.json()["uid"] == again.json()["uid"] and again.status_code == 201
    other = firm.post("/needs", {**NEED, "title": "另一条"}, headers=headers)
    assert other.status_code == 409 and codes(other) == {"key_reused"}


def test_change_needs_a_version_and_a_stale_one_tells_the_difference(firm, need):
    path = f"/needs/{need['uid']}"
    bare = firm.patch(path, {"title": "新名"})
    assert bare.status_code == 428 and codes(bare) == {"precondition_required"}
    done = firm.patch(path, {"title": "新名"}, headers={"If-Match": '"1"'})
    assert done.status_code == 200 and done["ETag"] == '"2"' and done.json()["title"] == "新名"
    stale = firm.patch(path, {"problem": "改写后的问题。", "version": 1})
    assert stale.status_code == 412
    assert stale.json()["errors"][0]["value"] == {"yours": 1, "current": 2, "changed": ["title"]}
    both = firm.patch(path, {"title": "x", "version": 1}, headers={"If-Match": '"2"'})
    assert both.status_code == 422 and codes(both) == {"two_versions"}
    assert firm.patch(path, {"title": "x"}, headers={"If-Match": "soon"}).status_code == 400
    assert firm.get(path).json()["problem"] == NEED["problem"]


def test_acts_follow_the_flow_with_its_own_refusals(firm, need, as_user):
    path = f"/needs/{need['uid']}/acts"
    assert firm.post(f"{path}/accept", {}).status_code == 403
    unknown = firm.post(f"{path}/vanish", {})
    assert unknown.status_code == 404 and "submit" in unknown.json()["detail"]
    done = firm.post(f"{path}/submit", {}, headers={"If-Match": '"1"', "Idempotency-Key": "s1"})
    assert done.status_code == 200 and done.json()["state"] == "submitted" and done["ETag"] == '"2"'
    assert firm.post(f"{path}/submit", {}, headers={"If-Match": '"1"', "Idempotency-Key": "s1"}).json()["state"] == "submitted"
    again = firm.post(f"{path}/submit", {})
    assert again.status_code == 409
    reasonless = firm.post(f"{path}/withdraw", {})
    assert reasonless.status_code == 422 and codes(reasonless) == {"reason_required"}
    gone = firm.post(f"{path}/withdraw", {"reason": "测试撤回"})
    assert gone.json()["state"] == "withdrawn"
    history = firm.get(f"/needs/{need['uid']}/history").json()["items"]
    assert (
        history[0]["act"] == "withdraw"
        and history[0]["reason"] == "测试撤回"
        and history[0]["changes"]["state"] == ["submitted", "withdrawn"]
    )


def test_unknown_values_of_an_act_are_named(firm, need):
    response = firm.post(f"/needs/{need['uid']}/acts/renew", {"values": {"deadlin": "2029-01-01"}})
    assert response.status_code == 422 and response.json()["errors"][0]["field"] == "deadlin"


def test_others_see_nothing_of_a_draft(need, visitor, as_user):
    assert visitor.get(f"/needs/{need['uid']}").status_code == 404
    assert as_user("jicui").get(f"/needs/{need['number']}").status_code == 404
    listed = as_user("jicui").get("/needs?limit=200").json()["items"]
    assert need["uid"] not in {i["uid"] for i in listed}


def test_personal_and_confidential_columns_are_left_out_for_others(visitor, operator):
    item = operator.get("/needs?state=published&limit=1").json()["items"][0]
    change = {"contact_name": "测试联系人", "contact_phone": "0431-00000000", "version": item["version"]}
    assert operator.patch(f"/needs/{item['uid']}", change).status_code == 200
    seen = visitor.get(f"/needs/{item['uid']}").json()
    assert not {"contact_name", "contact_phone", "contact_email", "tried"} & set(seen)
    assert "contact_name" in operator.get(f"/needs/{item['uid']}").json()
    for row in visitor.get("/needs?limit=200").json()["items"]:
        assert not {"contact_name", "contact_phone", "tried"} & set(row)
    denied = visitor.get("/needs?contact_name=测试联系人")
    assert denied.status_code == 403 and codes(denied) == {"hidden_column"}
    assert visitor.get("/needs?sort=contact_phone").status_code == 403
    history = visitor.get(f"/needs/{item['uid']}/history").json()["items"]
    assert all("contact_phone" not in h["changes"] and "actor" not in h for h in history)


def test_messages_files_and_thread_follow_the_case(firm, need, visitor, as_user):
    path = f"/needs/{need['uid']}"
    sent = firm.post(f"{path}/messages", {"text": "请补充样件"}, headers={"Idempotency-Key": "m1"})
    assert sent.status_code == 201 and [m["text"] for m in sent.json()["items"]] == ["请补充样件"]
    assert as_user("jicui").get(f"{path}/messages").status_code == 404
    assert firm.post(f"{path}/messages", {"text": " "}).status_code == 422
    assert firm.get(f"{path}/links").json() == {"items": []}


def test_files_are_typed_by_their_bytes_and_open_by_case(firm, need, visitor):
    from django.core.files.uploadedfile import SimpleUploadedFile

    path = f"/api/v1/needs/{need['uid']}/files"

    def upload(name, body):
        return firm.client.post(path, {"file": SimpleUploadedFile(name, body)}, headers=firm.headers)

    made = upload("说明.txt", "样件要求".encode())
    assert made.status_code == 201, made.content
    item = made.json()
    assert item["size"] == 12 and item["mime"] == "text/plain"
    assert upload("病毒.exe", b"MZ").status_code == 422
    assert upload("假.pdf", b"not a pdf").status_code == 422
    got = firm.client.get(item["url"], headers=firm.headers)
    assert b"".join(got.streaming_content) == "样件要求".encode() and got["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in got["Content-Disposition"]
    assert visitor.client.get(item["url"]).status_code == 404
    voided = firm.post(f"/needs/{need['uid']}/files/{item['uid']}/void", {"reason": "传错"})
    assert voided.json()["items"] == []


def test_references_are_taken_as_owner_and_ref_and_ambiguity_is_refused(operator):
    item = operator.get("/needs?limit=1").json()["items"][0]
    assert operator.get(f"/needs/{item['owner']}:{item['ref']}").json()["uid"] == item["uid"]
    assert operator.get("/needs/nothing-such").status_code == 404


def test_an_anonymous_need_does_not_name_its_firm_to_strangers(visitor, operator, as_user):
    from trihelix.kernel.models import Record
    from trihelix.registers.needs.models import Need

    item = operator.get("/needs?state=published&limit=1").json()["items"][0]
    Need._base_manager.filter(record__uid=item["uid"]).update(anonymous=True)
    owner = Record.objects.get(uid=item["uid"]).owner
    for caller in (visitor, as_user("ciomp-teacher")):
        for answer in (caller.get(f"/needs/{item['uid']}"), caller.get("/needs?limit=200"), caller.get(f"/needs/{item['uid']}/history")):
            rows = answer.json().get("items", [answer.json()])
            mine = [r for r in rows if r.get("uid") == item["uid"]]
            assert all("owner" not in r for r in mine)
        for query in (f"owner={owner.ref}", f"owner__not=nobody&owner={owner.number}", "sort=owner"):
            assert item["uid"] not in {i["uid"] for i in caller.get(f"/needs?{query}&limit=200").json()["items"]}
        assert item["uid"] in {i["uid"] for i in caller.get("/needs?limit=200").json()["items"]}
    assert operator.get(f"/needs/{item['uid']}").json()["owner"] == owner.ref
    assert item["uid"] in {i["uid"] for i in operator.get(f"/needs?owner={owner.ref}&limit=200").json()["items"]}


def test_a_match_does_not_name_the_owner_of_its_need(operator):
    listed = operator.get("/matches?limit=200").json()["items"]
    assert all("owner" not in i for i in listed)
    assert operator.get("/matches?owner=x").status_code == 422
