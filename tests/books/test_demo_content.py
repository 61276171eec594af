"""The demo province as data: well-formed, plainly synthetic, internally consistent, and worth searching."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from trihelix.engines import bookfile

pytestmark = pytest.mark.nodb

BOOK = Path(__file__).parents[2] / "books" / "jilin"
DEMO = BOOK / "demo"
OPERATORS = {">=", "<=", "=", "range", "text"}
OWNERSHIP = {"demand", "supply", "shared", "contribution", "negotiable"}
WAYS = {"transfer", "licence", "invest", "joint", "service", "use_first", "fund_first"}
IP_KINDS = {"invention", "utility", "design", "software", "variety", "circuit", "secret", "none"}
BODY_KINDS = {"firm", "university", "institute", "hospital", "government", "market", "bank", "fund", "intermediary", "association"}
EXPERT_KINDS = {"academic", "enterprise", "finance", "investment", "management", "broker"}
SERVICES = {"policy", "collection", "evaluation", "promotion", "trading", "registration", "finance", "trusteeship"}
PROVINCE_ROLES = {"officer", "auditor", "leader", "finance", "discipline", "admin", "reviewer_office"}
BODY_ROLES = {"member", "body_admin", "transfer_office", "researcher", "signer", "body_finance"}
NEED_TEXTS, RESULT_TEXTS = ("problem", "conditions", "tried"), ("summary", "confidential", "application", "limits")


def load(name: str) -> Any:
    return bookfile.load_file(DEMO / name, BOOK)


def codes(name: str) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in bookfile.load_file(BOOK / "codes" / f"{name}.yaml", BOOK)["rows"]}


FIELDS = list(codes("fields"))
TOPICS: list[tuple[str, Any]] = [(f, t) for f in FIELDS for t in load(f"fields/{f}.yaml")["topics"]]
BODIES: list[Any] = load("bodies.yaml")["bodies"]
PEOPLE: list[Any] = load("people.yaml")["people"]
EXPERTS: list[Any] = load("people.yaml")["experts"]
NODES: list[Any] = load("nodes.yaml")["nodes"]
ACCOUNTS: list[Any] = load("accounts.yaml")["accounts"]


def repeated(values: Iterable[Any]) -> list[Any]:
    return [value for value, n in Counter(values).items() if n > 1]


def sides(kind: str) -> Iterator[tuple[str, str, Any]]:
    yield from ((field, topic["key"], topic[kind]) for field, topic in TOPICS if topic[kind] is not None)


def test_every_file_says_that_it_is_synthetic() -> None:
    files = sorted(DEMO.rglob("*.yaml"))
    assert len(files) == 7 + len(FIELDS)
    assert [
        f.name for f in files if not f.read_text(encoding="utf-8").startswith("# 演示") or "虚构" not in f.read_text(encoding="utf-8")[:200]
    ] == []


def test_no_identity_numbers_or_telephones_are_written_down() -> None:
    for file in DEMO.rglob("*.yaml"):
        assert re.findall(r"(?<![\d.])(?:1[3-9]\d{9}|\d{15}|\d{17}[\dXx])(?![\d.])", file.read_text(encoding="utf-8")) == [], file.name
        assert "credit_code:" not in file.read_text(encoding="utf-8")


def test_each_field_holds_enough_topics() -> None:
    for field in FIELDS:
        book = load(f"fields/{field}.yaml")
        assert book["field"] == field
        kinds = Counter((t["need"] is not None, t["result"] is not None) for t in book["topics"])
        assert (kinds[True, True] >= 12, kinds[True, False] >= 3, kinds[False, True] >= 3) == (True, True, True), (field, kinds)
    assert sum(t["need"] is not None and t["result"] is not None for _, t in TOPICS) >= 144


def test_topics_are_well_formed() -> None:
    for _, topic in TOPICS:
        bookfile.check_keys(topic, required=("key", "need", "result"))
        assert re.fullmatch(r"[a-z0-9-]+", topic["key"])
    assert repeated(t["key"] for _, t in TOPICS) == []
    for kind in ("need", "result"):
        assert repeated(side["title"] for _, _, side in sides(kind)) == []


def test_needs_carry_the_four_mandatory_items() -> None:
    for _, key, need in sides("need"):
        bookfile.check_keys(
            need,
            required=("title", "problem", "indicators", "budget_wan", "months", "ownership", "conditions", "tried"),
            optional=("title_en",),
        )
        assert 80 <= len(need["problem"]) <= 160, (key, len(need["problem"]))
        assert need["ownership"] in OWNERSHIP and 2 <= len(need["indicators"]) <= 4, key
        assert 10 <= need["budget_wan"] <= 1000 and 6 <= need["months"] <= 36, key
        for row in need["indicators"]:
            bookfile.check_keys(row, required=("name", "op", "target", "method"), optional=("unit",))
            assert row["op"] in OPERATORS and isinstance(row["target"], str), key
            if row["op"] in ("<=", ">="):
                assert re.fullmatch(r"[−±-]?\d+(\.\d+)?", row["target"]), (key, row["target"])
            if row["op"] == "range":
                assert re.fullmatch(r"[−-]?\d+(\.\d+)?～[−-]?\d+(\.\d+)?", row["target"]), (key, row["target"])


def test_results_are_well_formed() -> None:
    disciplines = codes("disciplines")
    for _, key, result in sides("result"):
        bookfile.check_keys(
            result,
            required=(
                "title",
                "summary",
                "confidential",
                "application",
                "maturity",
                "ip_kind",
                "transfer_ways",
                "price_wan",
                "limits",
                "discipline",
            ),
            optional=("title_en",),
        )
        assert 100 <= len(result["summary"]) <= 200, (key, len(result["summary"]))
        assert 3 <= result["maturity"] <= 9 and result["ip_kind"] in IP_KINDS, key
        assert result["transfer_ways"] and set(result["transfer_ways"]) <= WAYS and repeated(result["transfer_ways"]) == [], key
        assert result["price_wan"] > 0 and disciplines[result["discipline"]]["kind"] == "first_level", key
    assert len({r["maturity"] for _, _, r in sides("result")}) >= 5


def grams(text: str, n: int) -> set[str]:
    joined = re.sub(r"\W+", "", text)
    return {joined[i : i + n] for i in range(len(joined) - n + 1)}


def test_no_two_texts_are_near_duplicates() -> None:
    for kind, columns in (("need", NEED_TEXTS), ("result", RESULT_TEXTS)):
        texts = [(key, grams("".join([side["title"], *(side[c] for c in columns)]), 5)) for _, key, side in sides(kind)]
        close = [(a, b) for (a, x), (b, y) in itertools.combinations(texts, 2) if len(x & y) >= 0.5 * len(x | y)]
        assert close == [], kind


def test_single_sentences_are_not_reused() -> None:
    for kind, columns in (("need", NEED_TEXTS), ("result", RESULT_TEXTS)):
        for column in columns:
            assert repeated(side[column] for _, _, side in sides(kind)) == [], (kind, column)


def test_each_need_shares_meaning_with_its_own_result() -> None:
    """By shared rare character pairs the own result stands among the first three of the field, and mostly first of the province."""
    needs = {key: grams(n["title"] + n["problem"] + "".join(i["name"] for i in n["indicators"]), 2) for _, key, n in sides("need")}
    results = {key: grams(r["title"] + r["summary"] + r["application"], 2) for _, key, r in sides("result")}
    held = Counter(itertools.chain(*results.values()))
    weight = {g: math.log(1 + len(results) / n) for g, n in held.items()}
    field = {t["key"]: f for f, t in TOPICS}
    first = total = 0
    for key in needs.keys() & results.keys():
        score = {other: sum(weight[g] for g in needs[key] & words) / math.sqrt(len(words)) for other, words in results.items()}
        better = [other for other, s in score.items() if s >= score[key] and other != key]
        assert sum(field[o] == field[key] for o in better) < 3, (key, [o for o in better if field[o] == field[key]])
        first, total = first + (not better), total + 1
    assert first >= 0.85 * total, (first, total)


def test_bodies_refer_to_known_codes_and_are_plainly_synthetic() -> None:
    divisions, industries = codes("divisions"), codes("industries")
    for body in BODIES:
        bookfile.check_keys(
            body,
            required=("ref", "kind", "title", "name_en", "short_name", "division", "industry", "inside", "summary"),
            optional=("fields", "real", "established", "staff", "sales_wan", "rd_wan"),
        )
        assert body["kind"] in BODY_KINDS and body["division"] in divisions, body["ref"]
        assert industries[body["industry"][1:]]["parent"] == body["industry"][0], body["ref"]
        assert set(body.get("fields", [])) <= set(FIELDS), body["ref"]
        if not body.get("real"):
            assert body["title"].startswith("示例") and "（演示）" in body["title"] and body["name_en"].startswith("Demo"), body["ref"]
    for column in ("ref", "title", "name_en", "short_name"):
        assert repeated(b[column] for b in BODIES) == [], column


def test_real_names_are_those_of_the_public_letter_and_carry_no_invented_facts() -> None:
    real = [b for b in BODIES if b.get("real")]
    assert {b["kind"] for b in real} <= {"university", "institute", "government", "market"}
    assert all(not {"staff", "sales_wan", "rd_wan", "established"} & b.keys() for b in real)
    assert {"吉林大学", "吉林农业大学", "中国科学院长春光学精密机械与物理研究所", "吉林省科学技术厅"} <= {b["title"] for b in real}
    assert not any(b["kind"] in ("firm", "hospital", "bank", "fund", "intermediary") for b in real)


def test_firms_spread_over_prefectures_and_fields() -> None:
    firms = [b for b in BODIES if b["kind"] == "firm"]
    assert len(firms) >= 80
    for firm in firms:
        assert firm["staff"] > 0 and 0 < firm["rd_wan"] < firm["sales_wan"] and firm["established"].year >= 1990, firm["ref"]
    prefectures = Counter(f["division"][:4] for f in firms)
    assert set(prefectures) == {code[:4] for code, row in codes("divisions").items() if row["kind"] == "prefecture"}
    assert prefectures.most_common(1)[0][0] == "2201"
    fields = Counter(itertools.chain.from_iterable(f["fields"] for f in firms))
    assert min(fields[f] for f in FIELDS) >= 4


def test_nodes_are_one_ten_and_stations() -> None:
    bodies, known, divisions = {b["ref"] for b in BODIES}, codes("market_nodes"), codes("divisions")
    refs = {n["ref"]: n for n in NODES}
    assert len(refs) == len(NODES) and refs.keys() <= known.keys()
    levels = Counter(n["level"] for n in NODES)
    assert (levels["1"], levels["10"]) == (1, 10) and levels["n"] >= 14
    for node in NODES:
        assert node["operator"] in bodies and node["division"] in divisions and node["hours"], node["ref"]
        assert set(node["services"]) <= SERVICES and repeated(node["services"]) == [], node["ref"]
        assert node.get("owner") == known[node["ref"]].get("parent"), node["ref"]
    assert [n["ref"] for n in NODES if n["level"] == "10" and n.get("unverified")] == ["JL-CBS"]
    assert set(refs["JL"]["services"]) == SERVICES


def test_people_and_experts() -> None:
    bodies, disciplines = {b["ref"]: b for b in BODIES}, codes("disciplines")
    assert len(PEOPLE) >= 90 and len(EXPERTS) >= 40
    people = {p["ref"]: p for p in PEOPLE}
    for person in PEOPLE + EXPERTS:
        assert re.fullmatch(r"示例-.[一二三四五六七八九]", person["title"]), person["ref"]
        assert person["owner"] in bodies and person["rank"] and disciplines[person["discipline"]]["kind"] == "first_level", person["ref"]
        assert set(person.get("fields", [])) <= set(FIELDS), person["ref"]
    for expert in EXPERTS:
        assert expert["kind"] in EXPERT_KINDS and expert["city"] in codes("divisions") and expert["max_load"] > 0, expert["ref"]
        if "person" in expert:
            assert expert["title"] == people[expert["person"]]["title"] and expert["owner"] == people[expert["person"]]["owner"]
    assert repeated(p["ref"] for p in PEOPLE + EXPERTS) == []
    assert repeated(p["title"] for p in [*PEOPLE, *(e for e in EXPERTS if "person" not in e)]) == []
    assert {e["kind"] for e in EXPERTS} == EXPERT_KINDS


def test_every_field_has_people_in_several_bodies_to_complete_results() -> None:
    for field in FIELDS:
        holders = Counter(p["owner"] for p in PEOPLE if field in p["fields"])
        assert sum(holders.values()) >= 6 and len(holders) >= 3, (field, holders)
    own = {b["ref"]: set(b.get("fields", [])) for b in BODIES}
    assert [p["ref"] for p in PEOPLE if not set(p["fields"]) <= own[p["owner"]]] == []


def test_accounts_cover_every_role_within_a_known_scope() -> None:
    bodies, nodes, people = {b["ref"] for b in BODIES}, {n["ref"]: n for n in NODES}, {p["ref"]: p for p in PEOPLE}
    assert repeated(a["username"] for a in ACCOUNTS) == []
    for account in ACCOUNTS:
        bookfile.check_keys(account, required=("username", "display_name", "roles", "try_first"), optional=("scope", "person"))
        assert re.fullmatch(r"[a-z][a-z0-9-]{2,29}", account["username"])
        for text in (account["display_name"], account["try_first"]):
            assert set(text) == {"zh", "en"} and all(text.values())
        roles, scope = set(account["roles"]), account.get("scope")
        assert (
            (roles <= PROVINCE_ROLES and scope is None)
            or (roles <= BODY_ROLES and scope in bodies)
            or (roles == {"station"} and scope in nodes)
        )
        assert "person" not in account or people[account["person"]]["owner"] == scope
    assert set(itertools.chain.from_iterable(a["roles"] for a in ACCOUNTS)) == PROVINCE_ROLES | BODY_ROLES | {"station"}
    assert {nodes[a["scope"]]["level"] for a in ACCOUNTS if a["roles"] == ["station"]} == {"1", "10", "n"}
    assert sum(a["scope"].startswith("firm-") for a in ACCOUNTS if "signer" in a["roles"]) >= 2


def test_thread_refers_to_what_exists_and_its_money_adds_up() -> None:
    thread = load("thread.yaml")
    topics = {(f, t["key"]): t for f, t in TOPICS}
    people, accounts = {p["ref"]: p for p in PEOPLE}, {a["username"]: a for a in ACCOUNTS}
    need, best, deal = thread["need"], thread["expected"], thread["deal"]
    assert topics[need["field"], need["topic"]]["need"] is not None
    assert topics[best["best"]["field"], best["best"]["topic"]]["result"] is not None
    assert accounts[need["posted_by"]]["scope"] == need["owner"] == deal["buyer"] and best["owner"] == deal["seller"]
    assert {need["intake_node"], need["publish_node"]} <= {n["ref"] for n in NODES}
    for invitation in thread["invitations"]:
        assert topics[invitation["result"]["field"], invitation["result"]["topic"]]["result"] is not None
        assert invitation["answer"] == "interested" or invitation["reason"]
    assert thread["invitations"][0]["result"] == best["best"] and thread["invitations"][0]["answer"] == "interested"
    for act in (*thread["messages"], *thread["confidentiality"]):
        assert act["by"] in accounts
    assert {accounts[u]["scope"] for u in deal["opened_by"]} == {deal["buyer"], deal["seller"]}
    assert all(people[c["person"]]["owner"] == best["owner"] for c in best["completers"])
    assert sum(c["share"] for c in best["completers"]) == 100
    assert sum(p["amount_wan"] for p in deal["payments"]) == deal["amount_wan"] >= deal["technical_amount_wan"]
    assert deal["amount_wan"] <= topics[need["field"], need["topic"]]["need"]["budget_wan"]
    text = "".join(str(v) for v in topics[best["best"]["field"], best["best"]["topic"]]["result"].values())
    assert [w for w in best["reasons"] if w not in text] == []
    names = {i["name"] for i in topics[need["field"], need["topic"]]["need"]["indicators"]}
    assert set(best["speaks_to"]) <= names
