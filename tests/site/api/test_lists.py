"""Lists: paging without gaps or doubles in every order, filters by name, refusals."""

from __future__ import annotations

import pytest

from trihelix.kernel import listing
from trihelix.kernel.register import REGISTERS

from .conftest import codes

pytestmark = pytest.mark.django_db


def walk(caller, path, limit=7):
    items, cursor, pages = [], "", 0
    joint = "&" if "?" in path else "?"
    while True:
        answer = caller.get(f"{path}{joint}limit={limit}&cursor={cursor}").json()
        items += answer["items"]
        pages += 1
        if answer["next"] is None:
            return items
        cursor = answer["next"]
        assert pages < 500


@pytest.mark.parametrize("register", sorted(REGISTERS))
def test_paging_meets_every_record_once_in_every_order(operator, op, register):
    reg = REGISTERS[register]
    expected = set(reg.model._default_manager.values_list("record__uid", flat=True))
    if not expected:
        assert operator.get(f"/{register}").json() == {"items": [], "next": None}
        return
    orders = listing.sortable(reg)
    for sort in ("", orders[0], f"-{orders[-1]}", "state", "-node"):
        path = f"/{register}?fields=uid" + (f"&sort={sort}" if sort else "")
        found = [i["uid"] for i in walk(operator, path, limit=max(3, len(expected) // 4))]
        assert len(found) == len(expected) and set(found) == {str(u) for u in expected}, (register, sort)


def test_sorting_by_each_column_works_for_every_register(op):
    for register in REGISTERS.values():
        rows = listing.chosen(register, op, [])
        for name in listing.sortable(register):
            first = listing.page(rows, register, op, sort=name, limit=2)
            if first.next:
                second = listing.page(rows, register, op, sort=name, cursor=first.next, limit=2)
                assert not {e.pk for e in first.entries} & {e.pk for e in second.entries}, (register.id, name)


def test_order_is_that_of_the_column_with_empty_values_last(operator):
    deadlines = [i["deadline"] for i in walk(operator, "/needs?sort=deadline")]
    filled = [d for d in deadlines if d]
    assert filled == sorted(filled) and deadlines[: len(filled)] == filled and len(filled) > 5
    budgets = [i["budget_fen"] for i in walk(operator, "/needs?sort=-budget_wan") if i["budget_fen"] is not None]
    assert budgets == sorted(budgets, reverse=True)


def test_filters_choose_what_they_say(operator):
    every = walk(operator, "/needs", 200)
    states = {i["state"] for i in every}
    for state in states:
        assert {i["uid"] for i in walk(operator, f"/needs?state={state}", 200)} == {i["uid"] for i in every if i["state"] == state}
    two = sorted(states)[:2]
    assert len(walk(operator, "/needs?" + "&".join(f"state={s}" for s in two), 200)) == sum(i["state"] in two for i in every)
    assert len(walk(operator, f"/needs?state__not={two[0]}", 200)) == sum(i["state"] != two[0] for i in every)


def test_fields_chooses_the_names_to_answer(operator):
    row = operator.get("/needs?fields=title,budget_fen&limit=1").json()["items"][0]
    assert set(row) == {"title", "budget_fen"}
    uid = operator.get("/needs?fields=uid&limit=1").json()["items"][0]["uid"]
    assert set(operator.get(f"/needs/{uid}?fields=state,acts").json()) == {"state", "acts"}


def test_ranges_references_lists_and_blanks(operator):
    every = walk(operator, "/needs", 200)
    middle = sorted(i["budget_fen"] for i in every if i["budget_fen"])[len(every) // 3]
    above = walk(operator, f"/needs?budget_fen__gte={middle}", 200)
    assert len(above) == sum((i["budget_fen"] or 0) >= middle for i in every) > 0
    assert len(walk(operator, f"/needs?budget_wan__gte={middle / 1_000_000}", 200)) == len(above)
    owner = every[0]["owner"]
    assert {i["owner"] for i in walk(operator, f"/needs?owner={owner}", 200)} == {owner}
    assert len(walk(operator, "/needs?deadline__empty=true", 200)) == sum(i["deadline"] is None for i in every)
    bodies = walk(operator, "/bodies", 200)
    value = next(b["fields"][0] for b in bodies if b["fields"])
    assert len(walk(operator, f"/bodies?fields__contains={value}", 200)) == sum(value in b["fields"] for b in bodies)
    word = every[0]["title"][:4]
    assert every[0]["uid"] in {i["uid"] for i in walk(operator, f"/needs?q={word}", 200)}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("colour=red", 422, "unknown_filter"), ("sort=colour", 422, "unknown_sort"), ("sort=indicators", 422, "unknown_sort"),
        ("limit=0", 422, "bad_value"), ("limit=201", 422, "bad_value"), ("limit=x", 422, "bad_number"), ("cursor=abc", 422, "bad_cursor"),
        ("fields=colour", 422, "unknown_field"), ("deadline=soon", 422, "bad_date"), ("deadline__gte=", 422, None), ("kind__gte=a", 422, "bad_operator"),
        ("budget_fen__gte=99999999999999999999", 422, None), ("anonymous=maybe", 422, None), ("version=1e9", 422, "bad_number"), ("uid=5", 422, "bad_value"),
        ("title__contains=a%00b", 422, "bad_value"), ("indicators=x", 422, "unknown_filter"), ("created_at__gte=yesterday", 422, "bad_date"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_by_name(visitor, query, status, code):
    response = visitor.get(f"/needs?{query}")
    assert response.status_code == status, response.content
    assert code is None or codes(response) == {code}


def test_a_cursor_of_another_order_is_refused(operator):
    cursor = operator.get("/needs?sort=title&limit=1").json()["next"]
    assert codes(operator.get(f"/needs?sort=number&limit=1&cursor={cursor}")) == {"bad_cursor"}


def test_a_list_costs_a_bounded_number_of_queries(operator, django_assert_max_num_queries):
    for register in sorted(REGISTERS):
        operator.get(f"/{register}?limit=1")
        with django_assert_max_num_queries(14):
            operator.get(f"/{register}?limit=200")


def test_closed_registers_ask_visitors_to_sign_in(visitor, operator):
    for register in REGISTERS.values():
        answer = visitor.get(f"/{register.id}?limit=1")
        assert answer.status_code == (200 if register.public else 401), register.id
        assert operator.get(f"/{register.id}?limit=1").status_code == 200
    assert {i["id"] for i in visitor.get("/registers").json()["items"]} == {r.id for r in REGISTERS.values() if r.public}
