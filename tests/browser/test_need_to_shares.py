"""From a firm's need to the paid share, as people do it on the pages: every step is a form or a button, none is hidden."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from .conftest import environment

pytestmark = [pytest.mark.browser, pytest.mark.nodb]
TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
DAY = dt.timedelta(days=1)
RECORD = re.compile(r"/[a-z_]+/[0-9a-f-]{36}/$")

# The notice of a share plan takes fifteen days: the test lets them pass by moving its dates back.
AGE = """
import datetime as dt, sys, django
django.setup()
from trihelix.registers.inventions.models import SharePlan
from trihelix.registers.inventions.models.steps import Publicity
plan = SharePlan.objects.get(record__uid=sys.argv[1])
for name in ("notice_from", "notice_to"):
    setattr(plan, name, getattr(plan, name) - dt.timedelta(days=20))
plan.save(update_fields=["notice_from", "notice_to"])
for notice in Publicity.objects.filter(record=plan.record):
    notice.starts, notice.ends = notice.starts - dt.timedelta(days=20), notice.ends - dt.timedelta(days=20)
    notice.save(update_fields=["starts", "ends"])
"""


class Desk:
    """One browser used by several people in turn."""

    def __init__(self, page: Page, address: str, sign_in) -> None:
        self.page, self.address, self.sign_in, self.who = page, address, sign_in, ""

    def go(self, who: str, path: str) -> None:
        if who != self.who:
            self.sign_in(who)
            self.who = who
        self.page.goto(path if path.startswith("http") else self.address + path)

    def fill(self, values: dict[str, object]) -> None:
        for name, value in values.items():
            if isinstance(value, list):
                for i, row in enumerate(value):
                    self.fill({f"{name}.{i}.{key}": cell for key, cell in row.items()})
                continue
            place = self.page.locator(f'#main-form [name="{name}"]')
            kind = place.evaluate("e => e.tagName + ':' + e.type")
            if kind.startswith("SELECT"):
                place.select_option(str(value))
            elif kind == "INPUT:checkbox":
                place.check()
            else:
                place.fill(str(value))

    def submit(self) -> str:
        self.page.locator("#main-form .sticky-actions button[type=submit]").click()
        self.page.wait_for_load_state()
        expect(self.page).to_have_url(RECORD)
        return self.page.url

    def new(self, who: str, path: str, **values: object) -> str:
        self.go(who, path)
        self.fill(values)
        return self.submit()

    def act(self, who: str, record: str, name: str, **values: object) -> None:
        self.go(who, f"{record}acts/{name}/")
        self.fill(values)
        self.submit()

    def number(self, who: str, record: str) -> str:
        self.go(who, record)
        return self.page.locator("p.crumbs span").inner_text().strip()

    def linked(self, who: str, record: str, register: str) -> str:
        self.go(who, record)
        path = self.page.locator(f'main a[href^="/{register}/"]').first.get_attribute("href") or ""
        return self.address + path


def test_from_the_need_to_the_paid_share(page: Page, served: str, demo_home, sign_in) -> None:
    desk = Desk(page, served, sign_in)
    firm, office, teacher, cashier, officer = "jicui", "utcm-office", "utcm-teacher", "utcm-finance", "officer"

    need = desk.new(
        firm, "/needs/new/", title="参花饮料浑浊的超滤澄清工艺", problem="参花饮料存放一月即浑浊沉淀，需要不加澄清剂的超滤工艺。", budget_wan="60", ownership="shared",
        deadline="2030-12-31", indicators=[{"name": "浊度", "op": "<=", "target": "5", "unit": "NTU"}],
    )  # fmt: skip
    desk.act(firm, need, "submit")
    desk.act(officer, need, "accept")
    desk.act(officer, need, "publish", not_duplicate=True)
    result = desk.new(office, "/results/new/", title="参花饮料超滤澄清技术", summary="超滤澄清，不加澄清剂。")
    desk.act(office, result, "submit")
    desk.act(officer, result, "list")
    need_no, result_no = desk.number(firm, need), desk.number(office, result)
    completers = [{"person": "p-058", "name": "示例-何二", "ratio": "1"}]
    invention = desk.new(teacher, "/inventions/new/", title="超滤澄清方法", kind="patent", result=result_no, completers=completers)
    desk.act(teacher, invention, "disclose")
    desk.act(office, invention, "claim", minutes="校办〔2026〕9号")

    match = desk.new(firm, f"/matches/new/?need={need_no}&result={result_no}")
    desk.act(office, match, "answer", answer="interested")
    for who in (firm, office):
        desk.act(who, match, "accept_terms", agreed=True)
    desk.act(firm, match, "hand_over", way="licence", amount_wan="50")
    desk.go(firm, f"{match}?tab=thread")
    deal = served + (page.locator('main a[href^="/deals/"]').first.get_attribute("href") or "")
    desk.act(office, deal, "confirm")
    desk.act(office, deal, "propose_terms", way="licence", amount_wan="50", months="60")
    desk.act(firm, deal, "accept_terms", version_no="1")

    desk.go(office, deal)
    page.get_by_role("link", name="起草合同").click()
    expect(page.locator("main")).to_contain_text("民法典第八百五十九条")
    page.get_by_role("link", name="专利实施许可", exact=True).click()
    desk.fill({
        "term_from": TODAY, "term_to": TODAY + 1800 * DAY, "amount_items": [{"label": "许可费", "kind": "technical", "amount_wan": "50"}],
        "payment_plan": [{"form": "entry", "amount_wan": "50", "due": TODAY + 5 * DAY, "trigger": "签订后"}],
        "ip_items": [{"ip_kind": "invention", "number": "ZL202500000002.0", "owner": "示例中医药大学（演示）", "proof_file": "专利证书.pdf"}],
    })  # fmt: skip
    draft = desk.submit()
    page.get_by_role("link", name="逐条起草").click()
    expect(page.locator("#c-licence_kind")).to_contain_text("普通许可")
    page.fill("#t-subject", "许可实施超滤澄清专利。")
    page.fill("#t-ownership", "专利权归许可人。")
    page.get_by_role("button", name="保存条款").click()
    expect(page.locator("main")).not_to_contain_text("必须 许可的标的")
    desk.act(office, draft, "make_version")
    for who in (firm, office):
        desk.go(who, draft)
        page.locator("button[data-act=confirm]").click()
        page.wait_for_load_state()
    for who in (firm, office):
        desk.go(who, draft)
        page.locator("button[data-act=sign]").click()
        page.wait_for_load_state()
    desk.go(firm, deal)
    expect(page.locator("main")).to_contain_text("签署文本摘要")
    expect(page.locator("main")).to_contain_text("第 1 期入门费")

    desk.act(office, deal, "register_contract", office="JL")
    contract = desk.linked(office, deal, "contracts")
    desk.act(office, contract, "submit")
    desk.act(officer, contract, "accept")
    asked = ("object_mastered", "complete_solution", "ownership_clause")
    desk.act(officer, contract, "answer", passed="\n".join(asked), failed="public_domain\nproduct_trade")
    desk.act(officer, contract, "register")
    expect(page.locator("main")).to_contain_text("已登记")

    desk.act(office, deal, "open_transfer")
    transfer = desk.linked(office, deal, "transfers")
    plan = _plan(desk, office, transfer, completers)
    desk.act(office, contract, "receive", date=TODAY, received_wan="50", voucher="V-B1")
    desk.act(office, contract, "share_receipt", voucher="V-B1")
    _age(demo_home, plan)
    desk.act(office, plan, "clear")
    desk.act(office, plan, "take_effect", since=TODAY)
    desk.act(cashier, transfer, "order_payouts")
    desk.go(cashier, transfer)
    order = re.search(r"DF-\d{4}-\d{6}", page.locator("main").inner_text())
    assert order, "the order is shown beside its part"
    desk.act(cashier, transfer, "pay", payout=order[0], paid_on=TODAY, bank_voucher="B-B1")

    desk.go(teacher, "/my/inventions/")
    expect(page.locator("main")).to_contain_text("350,000.00")


def _plan(desk: Desk, office: str, transfer: str, completers: list[dict[str, str]]) -> str:
    number = desk.number(office, transfer)
    members = [{**completers[0], "role": "completer"}]
    plan = desk.new(office, "/share_plans/new/", title="超滤澄清分配方案", transfer=number, p="0.7", members=members)
    desk.act(office, plan, "apply")
    desk.act(office, plan, "decide", minutes="党委会〔2026〕3号", no_gain=True)
    desk.act(office, plan, "announce", text="方案公示")
    return plan


def _age(home, plan: str) -> None:
    uid = plan.rstrip("/").rsplit("/", 1)[1]
    env = {**environment(home), "DJANGO_SETTINGS_MODULE": "trihelix.site.settings"}
    subprocess.run([sys.executable, "-c", AGE, uid], env=env, check=True)
