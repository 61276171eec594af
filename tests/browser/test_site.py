"""Journeys in a real browser against a real server: accessible, usable by keyboard alone, and whole without JavaScript."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.nodb]

DESKTOP, TELEPHONE = {"width": 1366, "height": 860}, {"width": 390, "height": 844}


def first_record(page, register):
    page.goto(f"/{register}/")
    return page.locator("table.list a.main").first.get_attribute("href")


@pytest.mark.parametrize(  # the colours of the dark scheme are the same at every width
    ("viewport", "scheme"), [(DESKTOP, "light"), (TELEPHONE, "light"), (DESKTOP, "dark")], ids=["desktop", "telephone", "dark"]
)
def test_main_pages_have_no_accessibility_fault(page_of, viewport, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = page_of("jicui", viewport, color_scheme=scheme)
    need = first_record(page, "needs")
    addresses = [
        "/",
        "/inbox/",
        "/needs/",
        "/needs/?kind=technical&sort=-title",
        "/needs/new/",
        "/needs/import/",
        "/search/?q=红参蒸制",
        "/help/",
        "/help/needs/",
        "/help/pages/inbox/",
        "/notices/",
        "/publicity/",
        "/stations/",
    ]
    page.goto("/stations/")
    addresses.append(page.locator("ul.stations a.main").nth(1).get_attribute("href"))
    page.goto("/publicity/")
    addresses += [a.get_attribute("href") for a in page.locator("main table a.button").all()[:1]]
    addresses += [f"{need}?tab={t}" for t in ("content", "files", "messages", "flow", "history", "thread")]
    faults = []
    for address in addresses:
        page.goto(address)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
        faults += [(address, v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found.response["violations"]]
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], f"{address} scrolls sideways"
    assert faults == []


def test_controls_are_large_enough(page_of):
    page = page_of("jicui", TELEPHONE)
    need = first_record(page, "needs")
    for address in ("/needs/", need, "/needs/new/", "/inbox/"):
        page.goto(address)
        small = page.evaluate(
            """[...document.querySelectorAll('button, .button, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, nav a, .tabs a')]
            .filter(e => e.getClientRects().length && !e.closest('dialog')).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]).filter(x => x[1] < 39.5)"""
        )
        assert small == [], address


def test_a_need_is_posted_by_keyboard_alone(page_of):
    page = page_of("jicui")
    page.goto("/inbox/")
    page.keyboard.press("Control+k")
    page.keyboard.type("新建需求")
    page.locator("dialog.palette li[role=option]").first.wait_for()
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.wait_for_url("**/needs/new/")
    page.locator("#f-title").focus()
    page.keyboard.type("键盘填写的需求")
    page.locator("#f-problem").focus()
    page.keyboard.type("红参蒸制时内白空心率高，干燥后断面发白。")
    page.locator("aside[hx-post] a").first.wait_for(timeout=10_000)  # the panel beside the form answers while one writes
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.locator("#main-form button.primary").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/needs/*-*/")
    assert page.locator("h1").inner_text() == "键盘填写的需求"


def test_the_skip_link_leads_to_the_content(page_of):
    page = page_of()
    page.goto("/needs/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_draft_is_offered_again_and_gone_once_sent(page_of):
    page = page_of("jicui")
    page.goto("/results/new/")
    page.fill("#f-title", "写到一半的成果")
    page.fill("#f-summary", "一段简介")
    page.locator("[data-autosave-status]:not(:empty)").wait_for()
    page.goto("/needs/")
    page.goto("/results/new/")
    assert page.input_value("#f-title") == ""
    page.click("[data-draft-restore]")
    assert page.input_value("#f-title") == "写到一半的成果" and page.input_value("#f-summary") == "一段简介"
    page.click("#main-form button.primary")
    page.wait_for_url("**/results/*-*/")
    page.goto("/results/new/")
    assert page.locator("[data-draft]").is_hidden()


def test_a_draft_with_more_rows_than_the_form_shows_comes_back_whole(page_of):
    page = page_of("jicui")
    page.goto("/needs/new/")
    shown = page.locator("#rows-indicators tbody tr").count()
    for _ in range(2):
        page.click("[data-add-row='rows-indicators']")
    page.fill(f"[name='indicators.{shown + 1}.name']", "末行指标")
    page.locator("[data-autosave-status]:not(:empty)").wait_for()
    page.goto("/needs/new/")
    assert page.locator("#rows-indicators tbody tr").count() == shown
    page.click("[data-draft-restore]")
    assert page.input_value(f"[name='indicators.{shown + 1}.name']") == "末行指标"
    page.goto("/needs/new/")
    page.click("[data-draft-drop]")


def test_a_sent_message_leaves_no_draft(page_of):
    page = page_of("jicui")
    need = first_record(page, "needs")
    page.goto(f"{need}?tab=messages")
    page.fill("#f-text", "请问何时可以到厂？")
    page.locator("form[data-autosave] button.primary").click()
    page.wait_for_url("**tab=messages")
    assert page.locator(".message p").last.inner_text() == "请问何时可以到厂？"
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('draft:')).length") == 0


def test_all_reads_and_the_forms_work_without_javascript(page_of):
    page = page_of("jicui", java_script_enabled=False)
    need = first_record(page, "needs")
    for tab in ("content", "files", "messages", "flow", "history", "thread"):
        page.goto(f"{need}?tab={tab}")
        assert page.locator("h1").is_visible()
    assert page.locator("nav.areas a").first.is_visible()
    page.goto("/needs/new/")
    page.fill("#f-title", "没有脚本也能填写")
    page.fill("#f-problem", "问题描述")
    page.locator("input[name='indicators.4.name']").fill("第五行指标")
    page.locator("input[name='indicators.4.target']").fill("1")
    page.click("#main-form button.primary")
    assert page.locator("h1").inner_text() == "没有脚本也能填写"
    assert "第五行指标" in page.locator("main").inner_text()


def test_the_theme_is_remembered(page_of):
    page = page_of()
    page.goto("/")
    page.click("[data-theme-switch]")
    chosen = page.get_attribute("html", "data-theme")
    page.goto("/help/")
    assert chosen == "dark" and page.get_attribute("html", "data-theme") == "dark"


def test_a_printed_record_carries_no_controls(page_of):
    page = page_of("jicui")
    need = first_record(page, "needs")
    page.goto(need)
    page.emulate_media(media="print")
    assert page.locator("header.top").is_hidden() and page.locator("nav.areas").is_hidden()
    assert page.locator("dl.facts").is_visible() and page.locator(".banner").is_visible()


def test_a_row_is_added_to_a_row_table(page_of):
    page = page_of("jicui")
    page.goto("/needs/new/")
    before = page.locator("#rows-indicators tbody tr").count()
    page.click("[data-add-row]")
    assert page.locator("#rows-indicators tbody tr").count() == before + 1
    assert page.evaluate("document.activeElement.name") == f"indicators.{before}.name"


def test_a_visitor_objects_on_the_telephone_without_scripts(page_of):
    page = page_of(None, TELEPHONE, java_script_enabled=False)
    page.goto("/publicity/")
    page.locator("main table a.button").first.click()
    page.fill("#f-name", "示例-张三")
    page.select_option("#f-id_kind", "resident")
    page.fill("#f-id_number", "123X")
    page.fill("#f-contact", "0431-00000000")
    page.fill("#f-grounds", "底价低于可比合同")
    page.fill("#f-evidence", "见三份合同")
    page.locator("form.panel button.primary").click()
    assert "/link/" in page.url and "回执编号 YY-" in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
