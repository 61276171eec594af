"""Writing through pages: each form is one action; refusals come back beside their fields; nobody's edit is lost."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from trihelix.kernel import waits
from trihelix.kernel.actor import actor_for
from trihelix.kernel.models import File, JournalEntry, Message, Record, User
from trihelix.kernel.register import register_of
from trihelix.site.pages import acts

NEED = {
    "title": "低温环境下轴承润滑脂流动性不足", "problem": "零下四十度启动力矩过大，需要新的润滑方案。", "kind": "technical", "budget_wan": "120.5",
    "ownership": "shared", "deadline": "2028-06-30", "indicators.0.name": "启动力矩", "indicators.0.op": "<=", "indicators.0.target": "0.8",
    "indicators.0.unit": "N·m", "indicators.3.name": "寿命", "indicators.3.target": "2000", "fields": ["automobile"], "key": "k-1",
}  # fmt: skip


def posted(client, **changes):
    first_field = register_of("needs").column("fields")
    data = {**NEED, "fields": [next(iter(first_field.choices))], **changes}
    return client.post(reverse("new", args=["needs"]), data)


def form_of(client, need):
    """What the edit form holds, as a browser would send it."""
    record = Record.objects.select_related("owner", "node").get(pk=need.pk)
    register = register_of(record.register)
    row = acts.row_of(register, record, record.entry)
    data = {"version": record.version}
    from trihelix.site import forms

    for field in forms.build(
        acts.common.form_columns(register, actor_for(User.objects.get(pk=client.session["_auth_user_id"]))), row
    ).fields:
        if field.widget == "rows":
            data |= {c.name: c.text for line in field.rows for c in line}
        elif field.widget == "checks":
            data[field.name] = field.values
        elif field.widget != "check" or field.checked:
            data[field.name] = field.text
    return data


def test_a_need_is_posted_without_javascript(visit):
    answer = posted(visit("jicui"))
    made = Record.objects.get(title=NEED["title"])
    assert answer.status_code == 302 and answer["Location"] == reverse("record", args=["needs", made.uid])
    entry = made.entry
    assert entry.budget_fen == 120_500_000 and [i["name"] for i in entry.indicators] == ["启动力矩", "寿命"]
    assert made.state == "draft" and made.owner.grants.filter(user__username="jicui").exists()
    assert JournalEntry.objects.filter(record=made, action="needs.create", actor__username="jicui").count() == 1


def test_a_form_sent_twice_writes_once(visit):
    client = visit("jicui")
    assert posted(client)["Location"] == posted(client)["Location"]
    assert Record.objects.filter(title=NEED["title"]).count() == 1


def test_a_wrong_form_comes_back_with_what_was_typed(visit):
    answer = posted(visit("jicui"), title="", budget_wan="一百", deadline="2020-01-01")
    text = answer.content.decode()
    assert answer.status_code == 422 and 'value="一百"' in text and NEED["problem"] in text and 'value="启动力矩"' in text
    assert 'href="#f-title"' in text and 'href="#f-budget_wan"' in text
    assert not Record.objects.filter(register="needs", created_by__username="jicui").exists()


def test_a_refusal_of_the_rules_stands_at_its_field(visit):
    text = posted(visit("jicui"), deadline="2020-01-01").content.decode()
    assert 'id="wrong-deadline-1"' in text and "已过" in text


def test_strangers_cannot_write(visit, need):
    for username in (None, "utcm-office", "leader"):
        client = visit(username)
        before = Record.objects.get(pk=need.pk).version
        for address in (reverse("edit", args=["needs", need.uid]), reverse("act", args=["needs", need.uid, "withdraw"])):
            assert client.post(address, {"reason": "试", "title": "改", "version": before}).status_code in (403, 409), (username, address)
        assert Record.objects.get(pk=need.pk).version == before


def test_an_edit_changes_only_what_differs(visit, need):
    client = visit("jicui")
    data = form_of(client, need)
    answer = client.post(reverse("edit", args=["needs", need.uid]), {**data, "conditions": "有低温试验箱"})
    assert answer.status_code == 302
    last = JournalEntry.objects.filter(record=need).order_by("-pk").first()
    assert set(last.changes) == {"conditions"} and last.action == "needs.change"


def test_saving_without_a_change_writes_nothing(visit, need):
    client = visit("jicui")
    before = JournalEntry.objects.count()
    assert client.post(reverse("edit", args=["needs", need.uid]), form_of(client, need)).status_code == 302
    assert JournalEntry.objects.count() == before


def test_two_editors_cannot_lose_an_edit(visit, need):
    first, second = visit("jicui"), visit("officer")
    held = form_of(first, need)
    assert second.post(reverse("edit", args=["needs", need.uid]), {**form_of(second, need), "conditions": "甲方案"}).status_code == 302
    answer = first.post(reverse("edit", args=["needs", need.uid]), {**held, "conditions": "乙方案"})
    text = answer.content.decode()
    assert answer.status_code == 412 and "甲方案" in text and "乙方案" in text
    assert Record.objects.get(pk=need.pk).entry.conditions == "甲方案"
    fresh = Record.objects.get(pk=need.pk).version
    assert f'name="version" value="{fresh}"' in text, "saving again is a deliberate second step"
    assert first.post(reverse("edit", args=["needs", need.uid]), {**held, "conditions": "乙方案", "version": fresh}).status_code == 302
    assert Record.objects.get(pk=need.pk).entry.conditions == "乙方案"


def test_an_act_with_a_required_reason_asks_for_it(visit, need):
    client = visit("jicui")
    address = reverse("act", args=["needs", need.uid, "withdraw"])
    assert "理由" in client.get(address).content.decode()
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "已自行解决", "next": "https://elsewhere.example/"})["Location"].startswith("/needs/")
    assert Record.objects.get(pk=need.pk).state == "withdrawn"


def test_only_possible_acts_are_offered(visit, need):
    page = visit("jicui").get(reverse("record", args=["needs", need.uid])).content.decode()
    assert "/acts/withdraw/" in page and "/acts/submit/" not in page and "/acts/publish/" not in page
    stranger = visit("utcm-office").get(reverse("record", args=["needs", need.uid])).content.decode()
    assert "/acts/withdraw/" not in stranger and "/edit/" not in stranger


def test_the_inbox_holds_what_waits_and_acts_from_the_row(visit):
    firm = visit("jicui")
    made = Record.objects.get(uid=posted(firm)["Location"].rstrip("/").rsplit("/", 1)[1])
    assert made.title in firm.get(reverse("inbox")).content.decode()
    answer = firm.post(reverse("act", args=["needs", made.uid, "submit"]), {"next": "/inbox/", "version": made.version})
    assert answer["Location"] == "/inbox/"
    assert not waits.mine(actor_for(User.objects.get(username="jicui"))).filter(record=made).exists()
    station = visit("station-jian")
    text = station.get(reverse("inbox")).content.decode()
    assert made.title in text and "受理" in text and "个工作日" in text
    station.post(reverse("act", args=["needs", made.uid, "accept"]), {"next": "/inbox/"})
    assert Record.objects.get(pk=made.pk).state == "refining"


def test_messages_reach_their_side_only(visit, need):
    address = reverse("act", args=["needs", need.uid, "message"])
    visit("jicui").post(address, {"text": "给大家的话", "tab": "messages"})
    visit("jicui").post(address, {"text": "本单位的话", "private": "true", "tab": "messages"})
    assert Message.objects.filter(record=need).count() == 2
    tab = reverse("record", args=["needs", need.uid]) + "?tab=messages"
    own, other, visitor = (visit(u).get(tab).content.decode() for u in ("jicui", "utcm-office", None))
    assert "给大家的话" in own and "本单位的话" in own
    assert "给大家的话" in other and "本单位的话" not in other
    assert "给大家的话" not in visitor


def test_files_are_sent_to_those_who_may_have_them(visit, need):
    client = visit("jicui")
    address = reverse("files", args=["needs", need.uid])
    for name, part in (("open.txt", "open"), ("closed.txt", "confidential")):
        sent = client.post(address, {"file": SimpleUploadedFile(name, "内容".encode()), "part": part})
        assert sent.status_code == 302
    assert client.post(address, {"file": SimpleUploadedFile("evil.exe", b"MZ")}).status_code == 422
    assert client.post(address, {}).status_code == 422
    open_file, closed = File.objects.get(record=need, part="open"), File.objects.get(record=need, part="confidential")
    for username, status in ((None, 302), ("utcm-office", 403), ("jicui", 200), ("officer", 200)):
        assert visit(username).get(reverse("file", args=["needs", need.uid, closed.uid])).status_code == status, username
        answer = visit(username).get(reverse("file", args=["needs", need.uid, open_file.uid]))
        assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert visit("utcm-office").post(address, {"file": SimpleUploadedFile("a.txt", b"x")}).status_code == 403


def workbook(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("needs.xlsx", out.getvalue())


HEAD = ["外部编号", "需求名称", "需求单位", "技术问题", "资金投入（万元）", "研发时限", "核心指标", "产权归属"]
REST = ["损耗|<=|0.5|dB", "双方共有"]


def firm_code():
    return Record.objects.get(register="bodies", grants__user__username="jicui", grants__role="body_admin").ref


def test_an_import_is_previewed_then_confirmed(visit):
    client = visit("jicui")
    answer = client.post(
        reverse("import", args=["needs"]), {"file": workbook([HEAD, ["I-1", "导入的需求", firm_code(), "问题", 12, "2028-01-31", *REST]])}
    )
    address = answer["Location"]
    preview = client.get(address)
    assert preview.status_code == 200 and "确认写入" in preview.content.decode()
    assert not Record.objects.filter(ref="I-1").exists(), "a preview writes nothing"
    done = client.post(address)
    assert "导入完成" in done.content.decode() and Record.objects.get(ref="I-1").entry.budget_fen == 12_000_000
    assert client.get(address).status_code == 404, "a confirmed file is gone"


def test_a_wrong_workbook_names_row_and_cell_and_writes_nothing(visit):
    client = visit("jicui")
    rows = [
        HEAD,
        ["I-2", "好的一行", firm_code(), "问题", 12, "2028-01-31", *REST],
        ["I-3", "", firm_code(), "问题", "许多", "2028-02-30", *REST],
    ]
    address = client.post(reverse("import", args=["needs"]), {"file": workbook(rows)})["Location"]
    preview = client.get(address)
    text = preview.content.decode()
    assert preview.status_code == 422 and "确认写入" not in text and "需求名称" in text and "许多" in text
    assert client.post(address).status_code == 422 and not Record.objects.filter(ref="I-2").exists()
    marked = load_workbook(io.BytesIO(b"".join(client.get(address + "errors.xlsx").streaming_content)))
    page = marked.worksheets[0]
    assert [page.cell(3, c).comment is not None for c in (2, 5, 6)] == [True, True, True] and page.cell(2, 2).comment is None


def test_an_upload_belongs_to_its_account(visit):
    address = visit("jicui").post(
        reverse("import", args=["needs"]), {"file": workbook([HEAD, ["I-4", "甲", firm_code(), "乙", 1, "2028-01-31", *REST]])}
    )["Location"]
    assert visit("officer").get(address).status_code == 404
    assert visit().get(address).status_code == 302
    assert visit("jicui").post(reverse("import", args=["needs"]), {"file": SimpleUploadedFile("a.pdf", b"%PDF")}).status_code == 422
    assert visit("jicui").post(reverse("import", args=["needs"])).status_code == 422


@pytest.mark.parametrize("fmt", ["xlsx", "csv", "jsonl"])
def test_an_export_is_what_is_shown_and_the_whole_reads_back(visit, fmt, tmp_path, need):
    from trihelix.engines import sheets

    client = visit("officer")
    query = {"q": need.title[:6], "cols": ["title", "state", "owner", "budget_wan"], "sort": "-title"}
    shown = tmp_path / f"shown.{fmt}"
    shown.write_bytes(b"".join(client.get(f"/needs/export.{fmt}", query).streaming_content))
    text = shown.read_text(encoding="utf-8-sig") if fmt != "xlsx" else "".join(str(c.value) for r in load_workbook(shown).active for c in r)
    assert need.title in text and need.owner.title in text and "已发布" in text and need.number not in text
    whole = tmp_path / f"whole.{fmt}"
    whole.write_bytes(b"".join(client.get(f"/needs/export.{fmt}", {**query, "whole": "1"}).streaming_content))
    rows, problems = sheets.read(register_of("needs").sheet, whole)
    assert problems == [] and need.number in {r["number"] for _n, r in rows}
    address = client.post(reverse("import", args=["needs"]), {"file": SimpleUploadedFile(whole.name, whole.read_bytes())})["Location"]
    assert "没有要写入的内容" in client.get(address).content.decode(), "importing an export again changes nothing"
