"""Every main page has its help in both languages, and a way to it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import NoReverseMatch, reverse

from trihelix.kernel.register import REGISTERS
from trihelix.site import help as helps
from trihelix.site.navigation import PAGES

pytestmark = pytest.mark.django_db
OWN = (
    "home",
    "inbox",
    "account",
    "saved",
    "starred",
    "notices",
    "search",
    "glossary",
    "publicity",
    "stations",
    "people-manage",
    "partners",
)
HERE = re.compile(r'class="page-help" href="([^"]+)"')


def reachable(route):
    try:
        return reverse(route)
    except NoReverseMatch:
        return None


def test_every_page_of_the_navigation_has_help_in_both_languages():
    pages = helps.texts()["pages"]
    named = {*OWN, *(p.route for p in PAGES)}
    assert named == set(pages)
    assert all(reachable(route) is not None for route in pages)
    for route, held in pages.items():
        zh, en = held["zh"], held["en"]
        assert zh["what"] and en["what"] and zh["how"] and en["how"], route
        assert not re.search(r"[\u4e00-\u9fff]", en["what"] + "".join(en["how"])), route


def test_every_register_says_what_it_is_for_in_both_languages():
    assert [r.id for r in REGISTERS.values() if not (r.help_zh and r.help_en)] == []


def test_the_mark_on_each_page_leads_to_its_help(visit, need):
    officer, visitor = visit("officer"), visit()
    for route in OWN[:-2]:
        client = visitor if route in ("home", "search", "glossary", "publicity", "stations") else officer
        found = HERE.search(client.get(reverse(route)).content.decode())
        assert found and found[1] == reverse("help-page", args=[route]), route
        assert client.get(found[1]).status_code == 200
    for page in PAGES:
        answer = officer.get(page.url)
        if answer.status_code == 200:
            found = HERE.search(answer.content.decode())
            assert found and found[1] == reverse("help-page", args=[page.route]), page.route
    for address in (
        reverse("list", args=["needs"]),
        reverse("record", args=["needs", need.uid]),
        reverse("new", args=["needs"]),
        reverse("import", args=["needs"]),
    ):
        assert HERE.search(visit("jicui").get(address).content.decode())[1] == reverse("help-register", args=["needs"])
    assert helps.address("scheme", None, "/contracts/whatever/") == reverse("help-register", args=["contracts"])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_registers_help_holds_its_states_acts_and_columns(visit, language):
    client = visit("officer")
    client.cookies["django_language"] = language
    for register in REGISTERS.values():
        answer = client.get(reverse("help-register", args=[register.id]))
        text = unescape(answer.content.decode())
        assert answer.status_code == 200, register.id
        index = 1 if language == "en" else 0
        assert all((s.zh, s.en)[index] in text for s in register.flow.states if not s.retired), register.id
        assert all((c.zh, c.en)[index] in text for c in register.sheet.columns if c.name not in register.sheet.kept), register.id


def test_help_of_closed_registers_is_for_accounts(visit):
    closed = next(r for r in REGISTERS.values() if not r.public)
    assert visit().get(reverse("help-register", args=[closed.id])).status_code == 302
    assert visit().get(reverse("help-page", args=["nothing"])).status_code == 404
