"""The reviewer's page by signed link on a telephone: no account, accessible in every state, saved by itself, whole without scripts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.nodb]

TELEPHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL = """[...document.querySelectorAll('button, a.button, summary, textarea, input:not([type=hidden]):not([type=checkbox]):not([type=radio])')]
    .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 39.5).map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def links(browser, served):
    """Addresses of the links in force of the demo's round, as the officer reads them."""
    context = browser.new_context(locale="zh-CN", base_url=served)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator('button[value="officer"]').click()
    page.wait_for_url("**/inbox/")
    page.goto("/review_rounds/")
    page.goto(page.locator("table.list a.main", has_text="成果转化项目评审").first.get_attribute("href"))
    page.goto(page.url.split("?")[0] + "progress/")
    found = page.locator("input[readonly]").evaluate_all("all => all.map(e => e.value)")
    context.close()
    assert found
    return [urlsplit(address).path for address in found]


@pytest.fixture
def telephone(browser, served):
    """``telephone(scheme="dark")``: a page as a reviewer's telephone shows it; console errors fail the test, a refusal's 422 aside."""
    contexts, errors = [], []

    def make(viewport=TELEPHONE, **options):
        context = browser.new_context(viewport=viewport, locale="zh-CN", base_url=served, has_touch=True, is_mobile=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" and "422" not in m.text else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def faults(page) -> list[object]:
    """What axe finds, sideways scrolling, and controls too small for a finger."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    out: list[object] = [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [*out, *(["scrolls sideways"] if wide > page.viewport_size["width"] else []), *page.evaluate(SMALL)]


def with_invitation(page, links) -> str:
    """The first link that still has an unanswered seat."""
    for address in links:
        page.goto(address)
        if page.locator('button[value="accept"]').count():
            return address
    raise AssertionError("no open invitation in the demo")


def test_every_state_of_the_page_is_accessible_and_the_work_is_done_on_the_telephone(telephone, links):
    page = telephone()
    address = with_invitation(page, links)
    assert faults(page) == []
    uid = page.locator("section.panel:has(button[value=accept])").first.get_attribute("id")
    seat = page.locator(f"#{uid}")

    seat.locator('button[value="accept"]').tap()  # without the promise: refused with the reason, nothing lost
    page.locator('[role="alert"]').wait_for()
    assert "利益关系" in page.locator('[role="alert"]').inner_text() and faults(page) == []

    seat.get_by_label(re.compile("承诺保密")).check()
    seat.locator('button[value="accept"]').tap()
    seat.locator('button[value="submit"]').wait_for()
    assert faults(page) == []
    seat.locator("details summary").last.tap()
    assert seat.locator('button[value="abstain"]').is_visible() and faults(page) == []

    numbers = seat.locator("input[type=number]")
    numbers.first.fill("6")
    seat.locator("[data-reviewer-status]:not(:empty)").wait_for(timeout=15_000)
    assert "已自动暂存" in seat.locator("[data-reviewer-status]").inner_text()
    page.goto(address)
    assert numbers.first.input_value() == "6"

    seat.locator('button[value="submit"]').tap()  # unfinished: every missing mark is named, what was typed stays
    page.locator('[role="alert"]').wait_for()
    assert numbers.first.input_value() == "6" and faults(page) == []
    for n in range(numbers.count()):
        numbers.nth(n).fill("6")
    for yes in seat.locator('input[type=radio][value="yes"]').all():
        yes.check()
    seat.locator("textarea").first.fill("技术可行，样本偏少")
    seat.locator('button[value="submit"]').tap()
    page.wait_for_function("id => !document.querySelector(`#${id} button[value=submit]`)", arg=uid)
    assert "已提交" in seat.inner_text() and faults(page) == []


@pytest.mark.parametrize(("viewport", "scheme"), [(TELEPHONE, "dark"), (NARROW, "light"), (NARROW, "dark")])
def test_dark_and_narrow_telephones(telephone, links, viewport, scheme):
    page = telephone(viewport, color_scheme=scheme)
    for address in links[:3]:
        page.goto(address)
        assert faults(page) == [], address


def test_an_invitation_is_declined_without_scripts(telephone, links):
    page = telephone(java_script_enabled=False)
    with_invitation(page, links)
    uid = page.locator("section.panel:has(button[value=accept])").first.get_attribute("id")
    seat = page.locator(f"#{uid}")
    seat.locator("textarea[name=interest]").first.fill("与该单位有合作")
    seat.locator("input[name=reason]").first.fill("须回避")
    with page.expect_navigation():
        seat.locator('button[value="decline"]').first.tap()
    assert page.locator(f"#{uid} button").count() == 0, page.locator("main").inner_text()
    assert page.locator("main").is_visible()


def test_a_forged_link_says_what_to_do(telephone, links):
    page = telephone()
    answer = page.context.request.get(links[0][:-3] + "xx/")
    assert answer.status == 410 and "索取新链接" in answer.text()
