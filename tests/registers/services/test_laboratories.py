"""A researcher's service names its joint laboratory: the platform where it is on the register, else the name as typed."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.test import Client

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Link, Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.services.models import ResearcherService

pytestmark = pytest.mark.django_db
EVER = Period(None, dt.date(2035, 1, 1))
pointing = importlib.import_module("trihelix.registers.services.migrations.0003_laboratories_pointed")


def run(register: str, act: str):
    return register_of(register).acts[act].run


def rows(*given, **more):
    base = {
        "kind": "consulting",
        "provider_kind": "joint_laboratory",
        "owner": "u-tcm",
        "firm": "firm-jicui",
        "started_on": dt.date(2024, 4, 1),
    }
    return [{"ref": f"KF-{n}", "title": f"咨询 {n}", **base, **more, **row} for n, row in enumerate(given, 1)]


@pytest.fixture
def laboratory(op) -> Record:
    lab = {"ref": "PT-LAB", "title": "参茸联合实验室", "owner": "u-tcm", "kind": "joint_lab", "recognised_on": dt.date(2023, 1, 1)}
    bulk.import_rows(register_of("platforms"), [lab], op)
    return Record.objects.get(register="platforms", ref="PT-LAB")


def test_an_import_names_it_by_number_ref_or_name_and_keeps_what_is_on_no_register(op, laboratory):
    given = [{"laboratory": n} for n in (laboratory.number, "PT-LAB", "参茸联合实验室", "校外实验室")]
    bulk.import_rows(register_of("researcher_services"), rows(*given), op)
    made = list(ResearcherService.objects.filter(record__ref__startswith="KF-").order_by("record__ref"))
    assert [m.laboratory_id for m in made if m.record.ref in ("KF-1", "KF-2", "KF-3")] == [laboratory.pk] * 3
    last = next(m for m in made if m.record.ref == "KF-4")
    assert (last.laboratory, last.laboratory_name) == (None, "校外实验室")
    again = bulk.decide(register_of("researcher_services"), list(enumerate(rows(*given), 1)), (), op).summary()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 4), "the same file again changes nothing"


def test_figures_count_by_laboratory_whichever_way_it_is_named(op, laboratory):
    figure = "services.researcher_services"
    before = evaluate(figure, op, EVER, confirmed=False).raw()
    bulk.import_rows(
        register_of("researcher_services"), rows({"laboratory": "PT-LAB"}, {"laboratory": "PT-LAB"}, {"laboratory": "校外实验室"}), op
    )
    assert evaluate(figure, op, EVER, confirmed=False).raw() == before + 3
    for name, n in (("PT-LAB", 2), (laboratory.number, 2), ("校外实验室", 1)):
        assert evaluate(figure, op, EVER, confirmed=False, laboratory=name).raw() == n
    assert evaluate("services.researcher_firms", op, EVER, confirmed=False, laboratory="PT-LAB").raw() == 1


def test_the_act_links_both_and_the_laboratory_shows_its_services(actor, op, laboratory):
    values = rows({})[0] | {"laboratory": "PT-LAB"}
    made = run("researcher_services", "create")(by=actor("utcm-office"), **{k: v for k, v in values.items() if k != "owner"})
    assert Link.objects.filter(source=made.record, target=laboratory, kind="laboratory").exists()
    client = Client()
    client.force_login(User.objects.get(username="utcm-office"))
    page = client.get(f"/platforms/{laboratory.uid}/").content.decode()
    assert made.record.number in page or made.title in page
    with pytest.raises(Refused) as refusal:
        run("researcher_services", "create")(by=actor("utcm-office"), **{**values, "ref": "KF-9", "laboratory_name": "又一个"})
    assert {p.code for p in refusal.value.problems} == {"laboratory_twice"}


def test_texts_typed_before_point_to_the_platform_of_that_name_and_totals_stay(op, laboratory):
    bulk.import_rows(
        register_of("researcher_services"), rows(*({"laboratory_name": n} for n in ("参茸联合实验室", "PT-LAB", "校外实验室"))), op
    )
    total = evaluate("services.researcher_services", op, EVER, confirmed=False).raw()
    pointing.pointed(apps, None)
    held = dict(ResearcherService.objects.filter(record__ref__startswith="KF-").values_list("record__ref", "laboratory_id"))
    assert (held["KF-1"], held["KF-2"], held["KF-3"]) == (laboratory.pk, laboratory.pk, None)
    kept = ResearcherService.objects.filter(record__ref__startswith="KF-").order_by("record__ref").values_list("laboratory_name", flat=True)
    assert list(kept) == ["", "", "校外实验室"]
    assert evaluate("services.researcher_services", op, EVER, confirmed=False).raw() == total
    pointing.named(apps, None)
    assert ResearcherService.objects.get(record__ref="KF-1").laboratory_name == "参茸联合实验室"


def test_a_name_that_two_platforms_share_points_to_the_bodys_own_or_stays(op, laboratory):
    lab = {"ref": "PT-LAB-2", "title": "参茸联合实验室", "owner": "jlu", "kind": "joint_lab", "recognised_on": dt.date(2023, 1, 1)}
    bulk.import_rows(register_of("platforms"), [lab], op)
    given = [
        {"laboratory_name": "参茸联合实验室"},
        {"laboratory_name": "参茸联合实验室", "owner": "jlu"},
        {"laboratory_name": "参茸联合实验室", "owner": "ciomp"},
    ]
    bulk.import_rows(register_of("researcher_services"), rows(*given), op)
    pointing.pointed(apps, None)
    held = dict(ResearcherService.objects.filter(record__ref__startswith="KF-").values_list("record__ref", "laboratory__ref"))
    assert held == {"KF-1": "PT-LAB", "KF-2": "PT-LAB-2", "KF-3": None}
