"""Every waiting step reaches somebody's inbox: the owner's people, a function inside it, who takes part in the case, or a desk."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

import trihelix.registers
from trihelix.kernel import bulk, clock, outbox, teams, ticks, waits
from trihelix.kernel.accounts import create_account, end_grant, grant
from trihelix.kernel.actor import PROVINCE_ROLES, SYSTEM, actor_for
from trihelix.kernel.errors import Unseen
from trihelix.kernel.models import Grant, Notice, Record, User, Wait
from trihelix.kernel.register import REGISTERS, register_of

SOURCES = Path(trihelix.registers.__file__).parent
JOINS = re.compile(r'admit\w*\([^)]*?"([a-z_:]+)"|role="([a-z_:]+)"')
# roles that acts give by a variable: the handling units of a proposal
BY_VARIABLE = {"case:co", "case:split"}


def joined() -> set[str]:
    """The roles in which acts and imports let bodies and people take part in a case."""
    found = {role for file in SOURCES.rglob("*.py") for match in JOINS.findall(file.read_text()) for role in match if role}
    return found | {role for register in REGISTERS.values() for role in register.admits} | BY_VARIABLE


@pytest.mark.nodb
def test_every_waiting_step_of_every_register_reaches_somebody():
    parts, lost, seen = joined(), [], 0
    for register in REGISTERS.values():
        for transition in register.flow.transitions:
            if not (transition.waits or transition.clock):
                continue
            seen += 1
            for state in transition.sources:
                parties, desk = next((p, d) for act, p, d in waits.tasks(register, state) if act == transition.act)
                where = (register.id, state, transition.act)
                if not parties and not desk:
                    lost.append((*where, "nobody"))
                for role, _ in parties:
                    if role in waits.FUNCTIONS:
                        standing_in = {"owner", waits.STEWARD} & set(transition.roles)  # who has it where nobody holds the function
                        lost += [] if standing_in else [(*where, role, "its administrators may not do it")]
                    elif role not in {"owner", "author", *PROVINCE_ROLES} | parts:
                        lost.append((*where, role))
    assert seen > 200
    assert lost == []


def run(register, act, **values):
    return register_of(register).acts[act].run(**values)


def account(name, body, role):
    user = create_account(by=SYSTEM, username=name, display_name=name, email=f"{name}@example.org", password="a-Long-word-1", scope=body)
    grant(by=SYSTEM, user=user, role=role, scope=body, valid_from=dt.date(2024, 1, 1))
    return user


def mine(user, record):
    return set(waits.mine(actor_for(user)).filter(record=record).values_list("act", flat=True))


@pytest.fixture
def university(db):
    return Record.objects.get(register="bodies", ref="u-tcm")


@pytest.fixture
def offered(actor, university):
    """A trusteeship whose signing waits for the university's transfer office."""
    return run(
        "trusteeships", "create", by=actor("utcm-office"), title="闲置专利托管", trustee="jsti", scope="part", items=["ZL1"], secrecy=True,
        term_from=dt.date(2026, 1, 5), term_to=dt.date(2028, 1, 5),
    ).record  # fmt: skip


def test_a_function_inside_the_owner_has_its_task_and_colleagues_do_not(offered, university):
    office, teacher = User.objects.get(username="utcm-office"), User.objects.get(username="utcm-teacher")
    admin = account("utcm-admin", university, "body_admin")
    assert mine(office, offered) == {"sign"}
    assert mine(teacher, offered) == mine(admin, offered) == mine(User.objects.get(username="jlau-office"), offered) == set()
    assert not Notice.objects.filter(record=offered, user__in=(teacher, admin)).exists()
    assert Notice.objects.filter(record=offered, user=office, text__startswith="待办").exists()


def test_the_administrators_have_what_waits_for_a_function_nobody_holds(offered, university):
    office, admin = User.objects.get(username="utcm-office"), account("utcm-admin", university, "body_admin")
    other = account("jlau-admin", Record.objects.get(register="bodies", ref="jlau"), "body_admin")
    for held in Grant.objects.filter(scope=university, role="transfer_office"):
        end_grant(by=SYSTEM, held=held, on=clock.today() - dt.timedelta(days=1))
    assert mine(admin, offered) == {"sign"} and mine(office, offered) == mine(other, offered) == set()
    assert outbox.holders(university.pk, "transfer_office", clock.today()) == {admin.pk}
    run("trusteeships", "sign", by=actor_for(admin), record=offered.uid)
    grant(by=SYSTEM, user=office, role="transfer_office", scope=university)
    assert mine(admin, offered) == set() and mine(office, offered) == {"start"}
    User.objects.filter(pk=office.pk).update(is_active=False)  # a closed account holds nothing
    assert mine(admin, offered) == {"start"}


def test_who_joins_by_an_act_has_the_next_task(offered, actor):
    trustee = account("jsti-clerk", Record.objects.get(register="bodies", ref="jsti"), "member")
    assert mine(trustee, offered) == set()
    run("trusteeships", "sign", by=actor("utcm-office"), record=offered.uid)
    assert mine(trustee, offered) == {"start"}
    assert Notice.objects.filter(record=offered, user=trustee, text__startswith="待办").count() == 1


def test_a_function_s_task_is_given_only_to_who_may_do_it(offered, university, actor):
    wait = waits.mine(actor("utcm-office")).get(record=offered)
    admin, second = account("utcm-admin", university, "body_admin"), account("utcm-second", university, "transfer_office")
    assert {u.username for u in teams.colleagues(actor("utcm-office"), wait.scope_id, wait.role)} == {"utcm-admin", "utcm-second"}
    teams.assign(by=actor("utcm-office"), wait=wait.pk, to=second)
    assert mine(second, offered) == {"sign"} and mine(admin, offered) == set()
    with pytest.raises(Unseen):
        teams.my_wait(actor("utcm-office"), wait.pk)


def test_a_reminder_goes_to_the_function(offered, university):
    admin = account("utcm-admin", university, "body_admin")
    now = clock.now()
    Wait.objects.filter(record=offered).update(due_at=now + dt.timedelta(days=2), since=now - dt.timedelta(days=3))
    ticks.remind(now)
    told = set(Notice.objects.filter(record=offered, text__startswith="即将到期").values_list("user__username", flat=True))
    assert told == {"utcm-office"} and admin.username not in told


def test_records_from_before_get_their_tasks_once(offered, actor):
    Wait.objects.filter(record=offered).delete()
    assert waits.complete(clock.now()) >= 1
    assert mine(User.objects.get(username="utcm-office"), offered) == {"sign"}
    assert waits.complete(clock.now()) == 0


def test_imported_records_wait_for_functions_inside_their_owner(op):
    row = {
        "ref": "W-1", "owner": "u-tcm", "title": "导入的托管", "trustee": "jsti", "scope": "part", "items": ["ZL9"], "secrecy": True,
        "term_from": dt.date(2026, 1, 5), "term_to": dt.date(2028, 1, 5), "synthetic": True,
    }  # fmt: skip
    bulk.import_rows(register_of("trusteeships"), [row], op, "waits")
    held = Wait.objects.filter(record__register="trusteeships", record__ref="W-1")
    assert [(w.act, w.role, w.scope.ref) for w in held] == [("sign", "owner:transfer_office", "u-tcm")]


def test_the_inbox_is_one_query_however_many_functions_one_holds(offered, university, django_assert_num_queries):
    user = account("utcm-all", university, "body_admin")
    for role in ("transfer_office", "signer", "researcher"):
        grant(by=SYSTEM, user=user, role=role, scope=university)
    actor = actor_for(user)
    with django_assert_num_queries(1):
        assert "sign" in {w.act for w in waits.mine(actor)}


@pytest.mark.nodb
def test_every_deadline_belongs_to_a_waiting_step_and_reads_a_date_of_the_record():
    from django.db.models import DateField

    wrong = []
    for register in REGISTERS.values():
        waiting = {t.act for t in register.flow.transitions if t.waits or t.clock}
        for act, told in register.deadlines.items():
            dates = {f.name for f in register.model._meta.get_fields() if isinstance(f, DateField)}
            wrong += [] if act in waiting and (callable(told) or told in dates) else [(register.id, act, told)]
    assert wrong == []


def test_a_task_is_due_on_the_record_s_own_day_and_follows_it(op):
    rule = run(
        "rulemakings",
        "create",
        by=op,
        title="开放中试线办法",
        kind="opinion",
        lead_office="省科技厅",
        due_on=clock.today() + dt.timedelta(days=40),
    )
    due = lambda: {clock.local_date(w.due_at) for w in Wait.objects.filter(record=rule.record)}  # noqa: E731
    assert due() == {clock.today() + dt.timedelta(days=40)}
    run("rulemakings", "change", by=op, record=rule.record, due_on=clock.today() + dt.timedelta(days=60))
    assert due() == {clock.today() + dt.timedelta(days=60)}


def test_imported_promises_are_due_on_their_day(db):
    held = Wait.objects.filter(record__register="commitments", act="fulfil")
    assert held.exists() and not held.filter(due_at=None).exists()
