"""Dashboards: every number leads to its list, every region and bar too; commitments are watched; quick values are the same values."""

import datetime as dt
import re
from html.parser import HTMLParser

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.actor import VISITOR, entries
from trihelix.kernel.models import Notice, Outbox, Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.figures import evaluation, funnel, geography, trends, watch
from trihelix.registers.figures.book import figures
from trihelix.registers.governance.models import Commitment

D = dt.date(2025, 5, 28)
NOW = dt.datetime(2025, 12, 20, 9, tzinfo=dt.UTC)


class Cells(HTMLParser):
    """Numbers in number cells and marks in pictures, with the links they stand in."""

    def __init__(self, page):
        super().__init__()
        self.cell, self.anchors, self.bare, self.links, self.depth = False, 0, [], [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "td" and "num" in (told.get("class") or "").split():
            self.cell = True
        if tag == "a":
            self.anchors += 1
            self.links.append(told.get("href") or "")
        if tag in ("circle", "text") and not self.anchors:
            self.bare.append(tag)

    def handle_endtag(self, tag):
        self.cell = self.cell and tag != "td"
        self.anchors -= tag == "a"

    def handle_data(self, data):
        if self.cell and not self.anchors and re.search(r"\d", data):
            self.bare.append(data.strip())


def signed_in(client, username):
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def published(op):
    acts = register_of("reports").acts
    made = acts["create"].run(by=op, title="季度指标", as_of=D)
    acts["freeze"].run(by=op, record=made.record)
    acts["publish"].run(by=op, record=made.record)
    return made.record


@pytest.mark.parametrize("address", ["/leaders/", "/dashboard/", "/figures/", "/figures/checks/", "/letter/"])
def test_no_page_states_a_number_without_its_list(loaded, client, address):
    published(loaded)
    page = signed_in(client, "leader").get(address, {"as_of": "2025-05-28"}).content.decode()
    seen = Cells(page)
    assert seen.bare == []
    opened = sorted({a.replace("&amp;", "&") for a in seen.links if re.match(r"/(figures/F|dashboard/(funnel|map)|reports/)", a)})
    assert opened
    for link in opened[:: max(1, len(opened) // 12)]:
        assert client.get(link).status_code == 200, link


def test_the_letter_has_no_number_outside_a_figure(loaded, client):
    page = signed_in(client, "leader").get("/letter/", {"as_of": "2025-05-28"}).content.decode()
    body = page.split('<p class="addressee">')[1].split('<p class="signature">')[0]
    rest = re.sub(r'<data class="figure".*?</data>|<span class="missing">.*?</span>|<strong>\d+\.', "", body)
    assert re.sub(r"20\d\d年", "", re.sub(r"<[^>]+>", "", rest)).translate(str.maketrans("", "", "0123456789")) == re.sub(
        r"20\d\d年", "", re.sub(r"<[^>]+>", "", rest)
    )


def test_the_public_sees_the_published_report_and_public_records_only(loaded, client):
    record = published(loaded)
    page = client.get("/dashboard/").content.decode()
    assert f"/reports/{record.uid}/figures/F55/" in page and Cells(page).bare == []
    one = client.get(f"/reports/{record.uid}/figures/F55/")
    assert one.status_code == 200 and "3" in one.content.decode()
    assert client.get(f"/reports/{record.uid}/figures/F999/").status_code == 404
    assert client.get("/leaders/leaders.pdf").status_code in (302, 403)
    assert client.get("/dashboard/waiting/").status_code in (302, 403)
    secret = entries(loaded, Commitment).filter(record__visibility="members").first()
    assert secret is not None and secret.record.title not in page


@pytest.mark.parametrize("username", ["officer", "leader", "jicui", "utcm-office", "station-jian", None])
def test_the_funnel_lists_exactly_what_it_counts(loaded, client, username):
    from trihelix.kernel.actor import actor_for

    user = User.objects.get(username=username) if username else None
    by = actor_for(user) if user else VISITOR
    if user:
        signed_in(client, username)
    today = dt.date(2026, 12, 1)
    for s in funnel.steps(by, today):
        assert f'<span class="count">{s["count"]}</span>' in client.get(s["url"]).content.decode()
        for lost in s["dropped"]:
            assert f'<span class="count">{lost["n"]}</span>' in client.get(lost["url"]).content.decode()


def test_unknown_parts_are_refused_by_name(op, client):
    assert client.get("/dashboard/funnel/none/").status_code == 422
    assert client.get("/dashboard/funnel/needs/", {"state": "draft"}).status_code == 422
    assert client.get("/dashboard/", {"map": "people"}).status_code == 422


def test_nine_units_and_sixty_counties_add_up_to_the_list(op):
    today = clock.today()
    found = geography.picture(register_of("bodies"), op, today)
    assert (len(found["units"]), found["counties"]) == (9, 60)
    for unit in found["units"]:
        assert unit["count"] == unit["rest"]["count"] + sum(c["count"] for c in unit["counties"])
    model = register_of("bodies").model
    inside = entries(op, model).filter(division__startswith="22", record__merged_into=None).exclude(division__in=("220000", "22"))
    assert found["total"] == inside.exclude(valid_to__lte=today).exclude(established__gt=today).count() > 0
    assert str(found["svg"]).count("<a href=") == 69


def test_the_map_stands_on_its_day_and_opens_exactly_its_records(op, client):
    needs = register_of("needs")
    some = list(entries(op, needs.model).exclude(published_on=None).exclude(division="")[:2])
    assert len(some) == 2
    for row, on in zip(some, (dt.date(2024, 1, 10), dt.date(2024, 3, 10)), strict=True):
        row.published_on = on
        row.save()
    signed_in(client, "leader")
    for day, count in ((dt.date(2024, 1, 9), 0), (dt.date(2024, 1, 10), 1), (dt.date(2024, 3, 10), 2)):
        found = geography.picture(needs, op, day)
        assert found["total"] == count
        for unit in found["units"]:
            for place in (unit, unit["rest"], *unit["counties"]):
                if place["count"]:
                    assert f'<span class="count">{place["count"]}</span>' in client.get(place["url"]).content.decode()
    page = client.get("/leaders/", {"as_of": "2024-01-10", "map": "needs"}).content.decode()
    assert "as_of=2024-01-10&amp;division=" in page
    body = entries(op, register_of("bodies").model).exclude(division="").filter(division__startswith="22", valid_to=None).first()
    before = geography.picture(register_of("bodies"), op, D)["total"]
    body.established, body.valid_to = dt.date(2000, 1, 1), D
    body.save()
    assert geography.picture(register_of("bodies"), op, D)["total"] == before - 1
    assert geography.picture(register_of("bodies"), op, D - dt.timedelta(days=1))["total"] == before


def test_the_leaders_page_takes_a_bounded_number_of_queries(loaded, client, django_assert_max_num_queries):
    signed_in(client, "leader").get("/leaders/", {"as_of": "2025-05-28"})
    with django_assert_max_num_queries(30):
        assert client.get("/leaders/", {"as_of": "2025-05-28"}).status_code == 200


def test_values_counted_by_the_database_are_the_values_of_the_records(loaded):
    known = list(figures().figures.values())
    quick = evaluation.answers([(f, evaluation.span_of(f, D)) for f in known], loaded)
    assert any(a.records for a in quick)
    for figure, together in zip(known, quick, strict=True):
        whole, alone = evaluation.answer(figure, loaded, D, whole=True), evaluation.answer(figure, loaded, D)
        for found in (together, alone):
            assert (found.status, found.value, found.text, found.records, found.reason, found.digest) == (
                whole.status, whole.value, whole.text, whole.records, whole.reason, whole.digest,
            ), figure.id  # fmt: skip
        if whole.status not in ("gap", "external"):
            assert whole.records == len(whole.lines), figure.id


def test_values_take_a_bounded_number_of_queries(loaded, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):  # the last place of the journal, and the number
        evaluation.answer(figures().figure("F29"), loaded, D)
    with django_assert_max_num_queries(6):
        trends.lines(loaded, D, funnel.HEADLINES)


def test_pages_of_a_list_are_cut_by_the_database_and_make_the_whole(loaded):
    for figure in figures().figures.values():
        found, told = evaluation.answer(figure, loaded, D), evaluation.answer(figure, loaded, D, whole=True)
        parts = [line for start in range(0, found.records, 2) for line in found.page(start, 2)]
        assert sorted(parts) == sorted(told.lines) or found.status == "gap", figure.id


def test_a_trend_has_a_point_a_year_and_gaps_where_nothing_is(loaded):
    line = trends.lines(loaded, D, ["F55", "F29"])
    assert [p["year"] for p in line[0]["points"]] == ["2021", "2022", "2023", "2024", "2025"]
    assert [p["text"] for p in line[1]["points"]] == [None] * 5 and str(line[1]["svg"]) == ""


def test_commitments_are_reminded_once_for_each_light(loaded):
    row = Commitment.objects.get(record__ref="K109")
    row.figure = ""  # measured by hand: nothing reached
    row.save()
    first = watch.watch(NOW)
    row.refresh_from_db()
    assert first and [r["light"] for r in row.reminders] == ["amber"]
    k34 = Commitment.objects.get(record__ref="K34")
    assert k34.reached == evaluation.reached(loaded, NOW.date())["F22"]
    assert watch.watch(NOW) == 0
    assert watch.watch(NOW + dt.timedelta(days=20)) >= 1
    row.refresh_from_db()
    assert [r["light"] for r in row.reminders] == ["amber", "red"]
    k31 = Commitment.objects.get(record__ref="K31")
    assert [r["light"] for r in k31.reminders] == ["review"]
    assert Outbox.objects.filter(payload__icontains="承诺").exists() or Notice.objects.filter(record=row.record).exists()


def test_a_promise_to_a_proposer_fails_only_with_a_supplementary_reply(loaded):
    acts = register_of("commitments").acts
    row = Commitment.objects.get(record__ref="K31")
    row.source_record = Record.objects.get(register="proposals", ref="TA-13-3-18")
    row.save()
    with pytest.raises(Refused) as told:
        acts["fail"].run(by=loaded, record=row.record, conclusion="条件不具备", reason="条件不具备")
    assert told.value.problems[0].code == "reply_owed"
    acts["fail"].run(by=loaded, record=row.record, conclusion="条件不具备", supplementary="改在下一年度办理", reason="条件不具备")
    row.refresh_from_db()
    assert (row.record.state, row.supplementary) == ("failed", "改在下一年度办理")


def test_reviewing_a_commitment_without_a_date_sets_the_next_review(loaded):
    row = Commitment.objects.get(record__ref="K31")
    row.review_on = dt.date(2025, 6, 1)
    row.save()
    register_of("commitments").acts["report"].run(by=loaded, record=row.record, note="已走访")
    row.refresh_from_db()
    assert row.review_on > dt.date(2026, 1, 1)
