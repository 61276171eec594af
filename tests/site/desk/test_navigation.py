"""The navigation reaches every list and page, by role, and shows no more than may be opened."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from trihelix.kernel.actor import VISITOR
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS
from trihelix.site.navigation import PAGES, areas, shown_pages
from trihelix.site.pages import common

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("username", [None, "jicui", "station-jian", "officer", "admin"])
def test_every_entry_can_be_opened(visit, actor, username):
    who = actor(username) if username else VISITOR
    client = visit(username)
    for page in shown_pages(who):
        assert client.get(page["url"]).status_code == 200, (username, page["route"])
    listed = {r.id for area in areas(who) for r in area.registers}
    assert listed == {r.id for r in REGISTERS.values() if r.public or username}


def test_pages_appear_by_role(actor):
    def routes(username):
        return {p["route"] for p in shown_pages(actor(username))}

    assert "letter" in routes("officer") and "letter" not in routes("jicui")
    assert "contracts-desk" in routes("station-jian") and "contracts-desk" not in routes("utcm-teacher")
    assert len({(p.route, p.query) for p in PAGES}) == len(PAGES)


def test_the_present_place_is_open_and_the_others_are_folded(visit):
    text = visit("officer").get(reverse("list", args=["needs"])).content.decode()
    nav = text[text.index('<nav class="areas"') : text.index("</nav>", text.index('<nav class="areas"'))]
    assert len(re.findall(r'<details class="place" open', nav)) == 1
    assert 'href="/needs/" aria-current="page"' in nav
    assert len(re.findall(r'<details class="place"', nav)) >= 8


def test_a_folded_place_holds_a_link_and_unfolds_on_request(visit, actor):
    who, client = actor("station-jian"), visit("station-jian")
    text = client.get(reverse("list", args=["needs"])).content.decode()
    for area in areas(who):
        address = reverse("area", args=[area.id])
        assert area.id == "needs" or f'data-load="{address}"' in text
        for page in (client.get(address).content.decode(), client.get(address, {"part": 1}).content.decode()):
            assert all(f'href="{reverse("list", args=[r])}"' in page for r in area.registers)
            assert all(f'href="{p["url"]}"' in page for p in area.pages)
    assert visit().get(reverse("area", args=["nowhere"])).status_code == 404


def test_titles_of_linked_records_that_one_may_not_see_are_not_shown(visit, need):
    hidden = Record.objects.filter(register="bodies").exclude(pk=need.owner_id).first()
    hidden.visibility = "owner"
    hidden.title = "不能让别人知道的单位名"
    hidden.save()
    holder = Record.objects.filter(register="results", visibility="public").first()
    holder.links_out.filter(kind="holder").update(target=hidden)
    Record.objects.filter(pk=holder.pk).update(owner=need.owner)
    page = visit().get(reverse("record", args=["results", holder.uid])).content.decode()
    assert hidden.title not in page and "（不可查看的记录）" in page
    listed = visit().get(reverse("list", args=["results"]), {"number": holder.number, "cols": ["title", "holders"]}).content.decode()
    assert holder.title in listed and hidden.title not in listed
    assert hidden.title in visit("officer").get(reverse("record", args=["results", holder.uid])).content.decode()


@pytest.mark.parametrize("username", ["officer", "utcm-office", "station-jian", "finance", "leader"])
def test_the_home_page_offers_a_few_beginnings_and_the_rest_by_area(visit, actor, username):
    text = visit(username).get(reverse("home")).content.decode()
    hero = text[text.index('<section class="hero">') : text.index("</section>", text.index('<section class="hero">'))]
    at_hand, _, menu = hero.partition("<details")
    offered = re.findall(r'href="/([a-z_]+)/new/"', hero)
    may = [r.id for area in areas(actor(username)) for r in area.registers if common.create_acts(r, actor(username))]
    assert sorted(offered) == sorted(may)
    assert len(re.findall('/new/"', at_hand)) <= 6
    if menu:
        assert len(re.findall("<h2>", menu)) > 1


def test_a_visitor_is_asked_to_sign_in_first(visit):
    text = visit().get(reverse("home")).content.decode()
    assert "/new/" not in text and "登录后提交需求或成果" in text
