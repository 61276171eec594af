"""Declaration of the register of experts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.experts import flow, models, sheets


def _check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    start, end = row.get("away_from"), row.get("away_to")
    if start and end and end < start:
        yield Problem("date_order", "不可用止日早于起日", field="away_to", value=str(end))
    if row.get("max_load") is not None and row["max_load"] < 0:
        yield Problem("negative", "最多承担项数不能为负", field="max_load", value=row["max_load"])


def _doc(expert: models.Expert) -> dict[str, Any]:
    texts = [f"{o.title}\n{getattr(o.entry, 'summary', '')}" for o in expert.outputs]
    facets = {"kind_of": [expert.kind], "field": expert.fields, "region": [expert.city]}
    return document(expert, text=texts, facets=facets)


def _prepare(values: dict[str, Any]) -> None:
    if values.get("max_load") is None:
        values["max_load"] = 10


EXPERTS = declare(
    Register(
        "experts", models.Expert, "专家", "Expert", "ZJ", flow.FLOW, sheets.EXPERTS, area="people",
        help_zh="科技项目评审专家库。检索只依据其成果、专利等产出，不依据自我介绍。",
        help_en="The pool of review experts. Search reads their outputs, never their claims.",
        list_columns=("number", "title", "owner", "kind", "fields", "city", "state"), filters=("kind", "fields", "city", "owner"),
        create_roles=("owner", "officer", "operator"), import_state="active", import_visibility="members",
        personal=frozenset({"email", "phone"}), refs={"person": "people"}, check=_check, prepare=_prepare, search_doc=_doc,
        panels=("experts/_outputs.html",),
    )
)  # fmt: skip

from trihelix.registers.experts import actions  # noqa: E402, F401

standard_actions(EXPERTS)
