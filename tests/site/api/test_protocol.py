"""The protocol: who may call, how refusals look, the document, the feed, keys, verification."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from trihelix.kernel import keys
from trihelix.kernel.models import ApiKey, JournalEntry

from .conftest import Caller, codes

pytestmark = pytest.mark.django_db


def test_unknown_addresses_and_methods_are_problems(visitor, as_user):
    assert visitor.get("/nothing/here/at/all").status_code == 404
    assert visitor.get("/colours").status_code == 404
    refused = visitor.call("DELETE", "/needs")
    assert refused.status_code == 405 and "GET" in refused["Allow"]
    assert codes(as_user("chiyu").get("/colours/1/history")) == {"unknown_register"}


@pytest.mark.parametrize(
    ("raw", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_json"), (b'{"title": 1, "title": 2}', "application/json", 400, "bad_json"),
        (b'{"title": NaN}', "application/json", 400, "bad_json"), (b"\xff\xfe", "application/json", 400, "bad_json"),
        (b"[" * 100_000, "application/json", 400, "bad_json"), (b"title=x", "application/x-www-form-urlencoded", 415, "media_type"),
        (b"[]", "application/json", 422, None), (b"null", "application/json", 422, None),
    ],
)  # fmt: skip
def test_bodies_that_are_not_json_are_refused(as_user, raw, kind, status, code):
    response = as_user("chiyu").post("/needs", raw=raw, content_type=kind)
    assert response.status_code == status, response.content
    assert code is None or codes(response) == {code}


def test_a_write_needs_an_account_and_a_session_needs_its_token(visitor, db):
    from trihelix.kernel.models import User

    assert visitor.post("/needs", {"title": "x"}).status_code == 401
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="chiyu"))
    body = json.dumps({"name": "程序"})
    refused = client.post("/api/v1/me/keys", body, content_type="application/json")
    assert refused.status_code == 403 and codes(refused) == {"csrf"}
    client.cookies["csrftoken"] = token = "a" * 32
    made = client.post("/api/v1/me/keys", body, content_type="application/json", headers={"X-CSRFToken": token})
    assert made.status_code == 201, made.content
    assert Caller(made.json()["token"]).get("/me").json()["key"] == made.json()["prefix"]


def test_keys_are_scoped_expire_are_revoked_and_never_read_back(as_user, actor, time_machine=None):
    reader = as_user("chiyu", ("read",))
    assert reader.get("/me").json()["signed_in"]
    refused = reader.post("/needs", {"title": "x"})
    assert refused.status_code == 403 and codes(refused) == {"scope"}
    assert Caller("thx_000000000000_nothing").get("/me").status_code == 401
    key, token = keys.issue(by=actor("chiyu"), name="短期", days=1)
    assert key.hash not in token and token not in json.dumps(list(ApiKey.objects.values("prefix", "hash")), default=str)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=key.created_at)
    assert codes(Caller(token).get("/me")) == {"bad_key"}
    owner = as_user("chiyu")
    mine = owner.get("/me/keys").json()["items"]
    assert {k["name"] for k in mine} == {"test", "短期"} and all("hash" not in k and "token" not in k for k in mine)
    assert owner.post(f"/me/keys/{mine[0]['prefix']}/revoke").json()["revoked_at"]
    assert as_user("jicui").post(f"/me/keys/{key.prefix}/revoke").status_code == 404
    assert owner.post("/me/keys", {"name": "以钥换钥"}).status_code == (
        401 if mine[0]["prefix"] == owner.headers["Authorization"].split("_")[1] else 403
    )
    acts = list(JournalEntry.objects.filter(action__startswith="kernel.").values_list("action", flat=True))
    assert acts.count("kernel.issue_key") == 4 and acts.count("kernel.revoke_key") == 1


def test_reading_writes_nothing(as_user, django_assert_num_queries):
    caller = as_user("chiyu")
    caller.get("/me")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        for path in ("/me", "/needs", "/inbox", "/changes", "/registers"):
            assert caller.get(path).status_code == 200
    assert not [q["sql"] for q in seen if q["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]


def test_an_account_that_ended_has_no_key(as_user):
    from trihelix.kernel.models import User

    caller = as_user("chiyu")
    User.objects.filter(username="chiyu").update(is_active=False)
    assert caller.get("/me").status_code == 401


def test_too_many_calls_are_refused_with_the_time_to_wait(visitor, as_user, settings):
    settings.API_RATE_VISITOR = 3
    answers = [visitor.get("/registers") for _ in range(4)]
    assert [a.status_code for a in answers][:3] == [200] * 3 and answers[3].status_code == 429
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert as_user("chiyu").get("/registers").status_code == 200
    settings.PROXIES = 1
    assert visitor.get("/registers", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 200


def test_a_fault_says_nothing_of_its_inner_life(visitor, monkeypatch):
    from trihelix.site.api import root

    monkeypatch.setattr(root, "_register_item", lambda register: 1 / 0)
    response = visitor.get("/registers")
    assert response.status_code == 500 and "Zero" not in response.content.decode()


def test_the_document_names_every_operation_once_and_every_refusal(visitor):
    document = visitor.client.get("/api/v1/openapi.json").json()
    ids = [o["operationId"] for p in document["paths"].values() for o in p.values()]
    assert len(ids) == len(set(ids)) > 60
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
            assert operation.get("summary")
    schema = document["components"]["schemas"]["NeedsNew"]
    assert schema["additionalProperties"] is False and "title" in schema["required"] and "budget_fen" in schema["properties"]
    assert document["components"]["securitySchemes"]["Caller"]["scheme"] == "bearer"
    assert visitor.client.get("/api/v1/docs").status_code == 200


def test_schemas_of_registers_tell_sheet_and_acts(visitor):
    found = visitor.get("/registers/needs/schema").json()
    assert found["sheet"]["properties"]["budget_wan"]["x-unit"] == "万元"
    assert found["acts"]["give_up"]["x-reason-required"] is True and "outcome" in found["acts"]["give_up"]["required"]
    assert found["acts"]["create"]["x-creates"] is True and "title" in found["acts"]["create"]["properties"]


def test_the_public_feed_is_ordered_complete_and_leaks_nothing(visitor, operator, as_user):
    from trihelix.kernel import journal

    journal.seal_pending()  # where a worker seals, what came before may still wait
    firm = as_user("chiyu")
    start = visitor.get("/changes?after=999999999").json()["head"]
    made = firm.post("/needs", {"title": "秘密草稿", "problem": "不应出现在公开流里。"}).json()
    public = operator.get("/needs?state=published&limit=1").json()["items"][0]
    change = {"contact_phone": "0431-11111111", "problem": public["problem"] + "（补充）", "version": public["version"]}
    assert operator.patch(f"/needs/{public['uid']}", change).status_code == 200
    journal.seal_pending()
    items, after = [], start
    while True:
        page = visitor.get(f"/changes?after={after}&limit=1").json()
        items += page["items"]
        if page["next"] == after or not page["items"]:
            break
        after = page["next"]
    assert [i["uid"] for i in items] == [public["uid"]] and made["uid"] not in {i["uid"] for i in items}
    assert items[0]["fields"] == ["problem"] and items[0]["act"] == "change" and not items[0]["gone"]
    assert page["next"] == page["head"]
    done = operator.post(
        f"/needs/{public['uid']}/acts/give_up", {"values": {"outcome": "long_term", "next_on": "2099-01-01"}, "reason": "测试"}
    )
    assert done.status_code == 200
    seqs = [i["seq"] for i in visitor.get("/changes?limit=500").json()["items"]]
    assert seqs == sorted(set(seqs))


def test_verification_is_for_auditors(visitor, as_user, operator):
    assert visitor.get("/verify").status_code == 401
    assert as_user("chiyu").get("/verify").status_code == 403
    from trihelix.kernel import journal

    journal.seal_pending()
    found = operator.get("/verify").json()
    assert found["ok"] and found["sealed"] > 0
    from trihelix.kernel.evidence import check_rows

    lines, after = [], 0
    while after is not None:
        page = operator.get(f"/verify/chain?limit=1000&after={after}").json()
        lines += [json.dumps(r) for r in page["items"]]
        after = page["next"]
    replayed = check_rows(lines, "chain", (found["sealed"], found["head"]))
    assert replayed == {**found, "faults": []}


def test_inbox_tells_what_waits_for_whom(as_user, operator):
    assert Caller().get("/inbox").status_code == 401
    firm = as_user("chiyu")
    made = firm.post("/needs", {"title": "等待提交的需求", "problem": "草稿。"}).json()
    waiting = firm.get("/inbox?limit=200").json()["items"]
    mine = [w for w in waiting if w["record"]["uid"] == made["uid"]]
    assert [w["act"] for w in mine] == ["submit"] and mine[0]["late"] is False
    paged, cursor = [], ""
    while True:
        page = firm.get(f"/inbox?limit=1&cursor={cursor}").json()
        paged += page["items"]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert paged == waiting


def test_search_and_match_answer_with_reasons_within_what_one_may_see(visitor, operator, as_user):
    from trihelix.kernel import index

    index.flush()
    found = visitor.get("/search?q=人参&kind=needs&kind=results&k=5&facet=field").json()
    assert found["hits"] and found["facets"]["field"] and all(h["reasons"] for h in found["hits"])
    need = operator.get("/needs?state=published&limit=1").json()["items"][0]
    for_record = visitor.get(f"/match?register=needs&id={need['uid']}&kind=results&k=3").json()
    assert len(for_record["hits"]) == 3 and for_record["hits"][0]["reasons"]
    text = as_user("chiyu").post("/match", {"text": "人参皂苷提取纯化工艺，提高得率", "kind": "results", "k": 3})
    assert text.status_code == 200 and text.json()["hits"] and "money" in text.json()["missing"]
    assert codes(visitor.get("/match?kind=results")) == {"id_or_text"}
    assert codes(visitor.get("/search?q=x&kind=colours")) == {"bad_choice"}
    assert codes(visitor.get("/search?q=x&colour=1")) == {"unknown_parameter"}


def test_unchanged_records_answer_304_to_visitors(visitor, operator):
    uid = operator.get("/needs?state=published&limit=1").json()["items"][0]["uid"]
    tag = visitor.get(f"/needs/{uid}")["ETag"]
    again = visitor.get(f"/needs/{uid}", headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.content == b"" and again["ETag"] == tag
    assert visitor.get(f"/needs/{uid}", headers={"If-None-Match": '"999"'}).status_code == 200
