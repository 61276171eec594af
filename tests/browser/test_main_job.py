"""The main job as people do it: a firm posts a need, the node publishes it, a holder answers, both open a deal."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.nodb]

PROBLEM = (
    "我们的人参果汁放两个月就发褐，瓶底还有一层沉淀，客户嫌不好看。试过加维生素C，褐变慢一些但味道变酸。"
    "希望不加防腐剂，用榨汁和膜分离的办法把颜色留住，皂苷也别损失。"
)


def act(page: Page, label: str) -> None:
    """Press an act of the record page: a button that does it at once, or a link to its form."""
    direct = page.locator("aside .acts form button", has_text=label)
    if direct.count():
        direct.first.click()
    else:
        page.locator("aside .acts a.button", has_text=label).first.click()
    page.wait_for_load_state()


def submit(page: Page) -> None:
    page.locator("#main-form .sticky-actions button[type=submit]").click()
    page.wait_for_load_state()


def test_from_a_need_to_a_deal_opened_by_both_sides(page: Page, served: str, sign_in) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("requestfailed", lambda r: errors.append(r.url) if served not in r.url else None)

    sign_in("jicui")
    page.goto(f"{served}/needs/new/")
    page.fill("#f-title", "人参果汁褐变沉淀，想用膜分离把颜色留住")
    page.fill("#f-problem", PROBLEM)
    panel = page.locator("aside[hx-post]")
    expect(panel).to_contain_text("人参果", timeout=10_000)
    expect(panel).to_contain_text("待填")
    submit(page)
    need = page.url
    expect(page.locator("h1")).to_contain_text("人参果汁褐变沉淀")

    act(page, "提交")
    expect(page.locator("body")).to_contain_text("四项")

    page.goto(f"{need}edit/")
    page.locator("[id^=rows-indicators] tbody tr").first.locator("input, select").nth(0).fill("褐变指数")
    row = page.locator("[id^=rows-indicators] tbody tr").first
    row.locator("select").first.select_option(index=2)
    row.locator("input").nth(1).fill("0.2")
    page.fill("#f-budget_wan", "50")
    page.select_option("#f-ownership", "shared")
    page.fill("#f-deadline", "2028-12-31")
    submit(page)
    act(page, "提交")
    expect(page.locator("main")).to_contain_text("已提交")

    sign_in("officer")
    page.goto(need)
    act(page, "受理")
    act(page, "发布")
    if page.locator("#f-not_duplicate").count():
        page.check("#f-not_duplicate")
        submit(page)
    expect(page.locator("main")).to_contain_text("已发布")

    sign_in("jicui")
    page.goto(f"{need}matches/")
    first = page.locator("ol.matches > li").first
    expect(first).to_contain_text("人参果")
    expect(first.locator("meter").first).to_be_visible()
    holder = first.locator("p.muted").first.inner_text().split(" · ")[0]
    first.get_by_role("link", name="邀请对接").click()
    submit(page)
    match = page.url
    assert re.search(r"/matches/[0-9a-f-]{36}/$", match)
    expect(page.locator("main")).to_contain_text("待答复")
    assert holder
    assert errors == []


def test_strangers_and_visitors_see_no_closed_part(page: Page, served: str) -> None:
    page.goto(f"{served}/results/")
    page.locator("table.list tbody tr a.main").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert "82℃ 预保温" not in page.content()


@pytest.mark.parametrize("path", ["/", "/needs/", "/results/", "/search/?q=红参", "/matching/quality/", "/help/", "/accounts/login/"])
@pytest.mark.parametrize("width", [1280, 390])
def test_main_pages_have_no_accessibility_violation(page: Page, served: str, path: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 850})
    page.goto(served + path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), "no sideways scrolling"


def test_reading_works_without_javascript(browser, served: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{served}/needs/")
    page.locator("table.list tbody tr a.main").first.click()
    for tab in ("流程", "历史", "线索"):
        page.locator("nav.tabs a", has_text=tab).click()
        expect(page.locator("nav.tabs a[aria-current=page]")).to_contain_text(tab)
    context.close()
