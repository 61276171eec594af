"""A working day of each role: the inbox, one journey to its end, figures down to the record; main pages accessible at both widths."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.nodb]

DESKTOP, TELEPHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
INBOX = re.compile(r"^https?://[^/]+/inbox/$")
TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
RECORD = re.compile(r"/[a-z_]+/[0-9a-f-]{36}/$")


@pytest.fixture
def at(page_of) -> Callable[..., Page]:
    """``at("officer", viewport=…)``: :func:`page_of` on a smaller desktop."""
    return lambda username="", viewport=DESKTOP, **options: page_of(username, viewport, **options)


def faults(page: Page) -> list[object]:
    """What axe finds, and sideways scrolling."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]
    return [(page.url, v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found] + ([page.url] if wide else [])


def row(page: Page, act: str) -> object:
    """The inbox row of a task."""
    return page.locator("table.inbox tbody tr:not(.group)", has=page.locator("td strong", has_text=re.compile(f"^{act}$"))).first


def tab_to(page: Page, target: str, most: int = 120) -> None:
    """Press Tab until the focus is on an element; fails where the keyboard does not reach it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", target):
            return
    raise AssertionError(f"{target} is out of the keyboard's reach")


def test_a_researcher_answers_an_invitation_from_the_inbox_by_keyboard_and_reads_what_is_owed(at):
    page = at("utcm-teacher")
    address = row(page, "答复").locator(".actions a").first.get_attribute("href")
    tab_to(page, f'.inbox .actions a[href="{address}"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/acts/answer/**")
    choices = page.locator('#main-form select[name="answer"] option:not([value=""])').evaluate_all("all => all.map(o => o.value)")
    tab_to(page, '#main-form select[name="answer"]')
    page.keyboard.press("ArrowDown")
    assert page.locator('#main-form select[name="answer"]').input_value() == choices[0]
    tab_to(page, "#main-form button.primary")
    page.keyboard.press("Enter")
    page.wait_for_url(INBOX)
    assert page.locator(f'.inbox .actions a[href="{address}"]').count() == 0  # done, and gone from the inbox
    page.goto("/my/inventions/")
    assert page.locator("h1").is_visible() and faults(page) == []


def test_the_transfer_office_assigns_one_task_and_does_another_from_its_row(at):
    page = at("utcm-office")
    task = row(page, "接受邀请")
    task.locator("a.brief").click()
    page.wait_for_url("**/inbox/*/")
    page.select_option("#to", "utcm-teacher")
    page.get_by_role("button", name="分派", exact=True).click()
    page.wait_for_url(INBOX)
    assert row(page, "接受邀请").count() == 0
    teacher = at("utcm-teacher")
    row(teacher, "接受邀请").locator("form button").click()
    teacher.wait_for_load_state()
    assert row(teacher, "接受邀请").count() == 0


def test_a_row_of_the_inbox_is_one_line_of_buttons(at):
    for username in ("officer", "utcm-office"):
        page = at(username)
        tops = page.locator(".inbox .actions").evaluate_all(
            "all => all.map(a => [...a.children].map(c => Math.round(c.getBoundingClientRect().top + c.getBoundingClientRect().height / 2)))"
        )
        assert tops and all(max(t) - min(t) <= 4 for t in tops)
        small = page.locator(".inbox .actions a, .inbox .actions button").evaluate_all(
            "all => all.filter(e => e.getBoundingClientRect().height < 39.5 || e.getBoundingClientRect().width < 39.5).length"
        )
        assert small == 0
        names = page.locator(".inbox td.who .clamp").evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
        assert max(names) <= 50  # two lines
    telephone = at("officer", TELEPHONE)
    assert telephone.locator("a.brief .words").first.is_visible() and not telephone.locator("a.brief .sign").first.is_visible()


def test_a_station_clerk_enters_a_spoken_need_for_a_firm_and_finds_it_with_the_station(at):
    page = at("station-jian")
    page.goto("/")
    page.locator("a.button", has_text="新建需求").click()
    page.wait_for_url("**/needs/new/")
    page.fill('#main-form [name="owner"]', "firm-jicui")
    page.fill("#f-title", "参农口述：晾晒时遇雨起霉点")
    page.fill("#f-problem", "鲜参晾晒三天里若遇连阴雨，表面起灰绿霉点，等级降两档，想要便宜的临时烘干办法。")
    page.locator("#main-form .sticky-actions button[type=submit]").click()
    page.wait_for_url(RECORD)
    assert "草稿" in page.locator(".chips").inner_text()
    page.goto("/needs/?q=起霉点")
    assert page.locator("table.list a.main", has_text="晾晒时遇雨").count() == 1


def test_a_division_officer_opens_a_call_begun_from_the_home_page_by_keyboard(at):
    page = at("officer")
    page.goto("/")
    assert page.locator(".hero > p.actions a").count() == 6
    tab_to(page, '.hero a[href="/calls/new/"]')
    tab_to(page, ".starts > summary")
    page.keyboard.press("Enter")
    assert page.locator(".starts a").first.is_visible() and faults(page) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.starts a') && getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.goto("/calls/new/")
    title = f"{TODAY.year} 年计划项目补充申报"
    values = {"title": title, "scheme": "plan-project", "year": TODAY.year, "opens_on": TODAY, "closes_on": TODAY + dt.timedelta(days=30)}
    for name, value in values.items():
        page.fill(f'#main-form [name="{name}"]', str(value))
    page.locator("#main-form .sticky-actions button[type=submit]").click()
    page.wait_for_url(RECORD)
    for act in ("批准", "发布"):
        page.locator("aside .acts a.button", has_text=act).first.click()
        page.locator("#main-form .sticky-actions button[type=submit]").click()
        page.wait_for_url(RECORD)
    expect(page.locator(".chips")).to_contain_text("申报中")
    visitor = at()
    visitor.goto(page.url)
    expect(visitor.locator("h1")).to_have_text(title)


def test_a_leader_drills_from_a_figure_to_the_records_and_prints_the_page(at):
    page = at("leader")
    page.goto("/leaders/")
    page.locator("main a[href^='/figures/F']", has_text=re.compile("[1-9]")).first.click()
    page.wait_for_url(re.compile("/figures/F"))
    records = page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    page.goto(next(r for r in records if r and RECORD.search(r)))
    assert page.locator("h1").is_visible()
    page.goto("/leaders/")
    page.emulate_media(media="print")
    assert page.locator("header.top").is_hidden() and page.locator("h1").is_visible()


def test_a_visitor_searches_reads_and_meets_no_closed_door(at):
    page = at()
    page.goto("/")
    page.fill("#home-q", "红参")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    page.locator("ol.hits a.main").first.click()
    page.wait_for_url(RECORD)
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("aside .acts button").count() == 0


@pytest.mark.parametrize("viewport", [DESKTOP, TELEPHONE], ids=["desktop", "telephone"])
def test_pages_of_the_desks_have_no_accessibility_fault(at, viewport):
    page = at("officer", viewport)
    task = page.locator("a.brief").first.get_attribute("href")
    found: list[object] = faults(page)
    for address in ("/", "/leaders/", "/dashboard/", "/map/needs/", "/contracts/desk/", "/help/pages/home/", task):
        page.goto(address)
        found += faults(page)
    assert found == []
