"""Forms made from columns: what is shown, what is read, and where a refusal stands."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines.errors import Problem
from trihelix.engines.sheets import Column
from trihelix.site import forms

pytestmark = pytest.mark.nodb

COLORS = {"r": ("红", "red"), "g": ("绿", "green")}
INDICATOR = (
    Column("name", "text", "名称", "Name", required=True),
    Column("op", "choice", "关系", "Relation", choices=COLORS),
    Column("target", "text", "目标", "Target"),
)
COLUMNS = (
    Column("title", "text", "名称", "Title", required=True), Column("budget_wan", "money_wan", "资金", "Money", unit="万元"),
    Column("kind", "choice", "类别", "Kind", choices=COLORS), Column("fields", "list", "领域", "Fields", choices=COLORS),
    Column("names", "list", "人名", "Names"), Column("open", "boolean", "公开", "Open"), Column("due", "date", "日期", "Due"),
    Column("indicators", "rows", "指标", "Indicators", rows=INDICATOR),
)  # fmt: skip


def post(**values):
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
    return data


def test_a_form_reads_every_kind():
    data = post(
        title=" 甲 ", budget_wan="80.5", kind="r", fields=["r", "g"], names="张三\n李四", open="true", due="2027-01-31",
        indicators__2__name="损耗", indicators__2__target="0.5", indicators__0__name="寿命", indicators__0__op="g",
    )  # fmt: skip
    form, values = forms.bind(COLUMNS, data)
    assert form.problems == []
    assert values["title"] == "甲" and values["budget_wan"] == 80_500_000 and values["open"] is True
    assert values["names"] == ["张三", "李四"] and values["fields"] == ["r", "g"]
    assert values["indicators"] == [{"name": "寿命", "op": "g"}, {"name": "损耗", "target": "0.5"}]


def test_what_was_typed_comes_back_with_its_refusal():
    form, _values = forms.bind(COLUMNS, post(budget_wan="很多", due="2027-02-30", indicators__0__target="3"))
    wrong = {f.name: [e.code for e in f.errors] for f in form.fields if f.errors}
    assert wrong == {"title": ["required"], "budget_wan": ["bad_money"], "due": ["bad_date"], "indicators": ["required"]}
    assert form.named("budget_wan").text == "很多" and form.named("due").text == "2027-02-30"
    assert form.named("indicators").rows[0][2].text == "3"
    assert {p.field for p in form.problems} == {"title", "budget_wan", "due", "indicators"}, "the summary links to fields of the form"


def test_problems_of_an_act_are_placed_by_field():
    form = forms.build(COLUMNS, {})
    forms.place(form, [Problem("x", "不行", field="indicators[1].target"), Problem("y", "整体不行")])
    assert [e.code for e in form.named("indicators").errors] == ["x"]
    assert [p.code for p in form.problems] == ["x", "y"]


def test_an_unchecked_box_is_false_and_an_empty_list_empty():
    _form, values = forms.bind(COLUMNS, post(title="甲"))
    assert values["open"] is False and values["fields"] == [] and values["indicators"] == [] and values["due"] is None


@given(
    st.fixed_dictionaries(
        {
            "title": st.text("甲乙丙 abc", min_size=1).map(str.strip).filter(bool),
            "budget_wan": st.none() | st.integers(0, 10**12),
            "kind": st.none() | st.sampled_from(["r", "g"]),
            "fields": st.lists(st.sampled_from(["r", "g"]), unique=True),
            "open": st.booleans(),
            "due": st.none() | st.dates(),
            "indicators": st.lists(
                st.fixed_dictionaries({"name": st.sampled_from(["损耗", "寿命"])}, optional={"op": st.sampled_from(["r", "g"])}), max_size=9
            ),
        }
    )
)
def test_showing_and_sending_a_form_changes_nothing(row):
    if row["due"] is not None and row["due"].year < 1900:
        row["due"] = None
    shown, data = forms.build(COLUMNS, row), QueryDict(mutable=True)
    for field in shown.fields:
        if field.widget == "rows":
            for line in field.rows:
                for cell in line:
                    data[cell.name] = cell.text
        elif field.widget == "checks":
            data.setlist(field.name, field.values)
        elif field.widget != "check" or field.checked:
            data[field.name] = field.text
    form, values = forms.bind(COLUMNS, data)
    assert form.problems == []
    assert {k: values[k] for k in row} == row
