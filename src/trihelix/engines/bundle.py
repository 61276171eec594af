"""Decision files (决策档案): one zip that says who decided what, when, by which rule — checked off-line, years later.

``decision.json`` holds the record, its journal entries, notices with proof of days, minutes, the verdict as checks with both
sides of each comparison, and (for a share plan) the whole question put to the share engine beside the rule file of its day.
``manifest.json`` holds the SHA-256 and size of every other member. Nothing outside the zip is needed to check it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from trihelix.engines import chain, packing
from trihelix.engines.errors import Refused
from trihelix.engines.money import exact
from trihelix.engines.packing import fault

KIND = "trihelix-decision"
RULES = "rules/share-rules.yaml"
_LIMIT = 200 * 1024 * 1024


def write(members: Mapping[str, bytes], subject: str, made_at: str) -> bytes:
    """The zip; the same members give the same bytes."""
    return packing.pack(KIND, members, subject=subject, made_at=made_at)


def is_decision(raw: bytes) -> bool:
    """Whether bytes look like a decision file."""
    return packing.is_kind(raw, KIND)


def verify(raw: bytes) -> dict[str, Any]:
    """``{"ok", "subject", "made_at", "members", "verdict", "faults": [{"fault", "where", "message"}]}``.

    Refused (``bad_bundle``) when it is no decision file at all; every other finding is a fault.
    """
    members, manifest = packing.unpack(raw, KIND, "决策档案", _LIMIT)
    faults = list(packing.altered(members, manifest))
    try:
        decision = json.loads(members.get("decision.json", b""))
    except ValueError:
        decision = None
    if not isinstance(decision, dict):
        faults.append(fault("no_decision", "decision.json", "没有可读的 decision.json"))
        decision = {}
    try:
        faults += [*_journal(decision), *_notices(decision), *_verdict(decision), *_money(decision, members)]
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        faults.append(fault("bad_decision", "decision.json", f"内容不完整：{exc!r}"))
    return {
        "ok": not faults, "subject": manifest.get("subject"), "made_at": manifest.get("made_at"), "members": len(members),
        "verdict": (decision.get("verdict") or {}).get("holds"), "faults": faults,
    }  # fmt: skip


def _journal(decision: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for n, entry in enumerate(decision.get("journal") or ()):
        if chain.digest(entry["content"]) != entry["digest"]:
            yield fault("entry_altered", f"journal[{n}]", f"流水第 {n + 1} 条（{entry['content'].get('action')}）与其摘要不符")


def _notices(decision: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for n, notice in enumerate(decision.get("notices") or ()):
        where = f"notices[{n}]"
        if hashlib.sha256(notice["text"].encode()).hexdigest() != notice["text_hash"]:
            yield fault("notice_altered", where, "公示内容与存档摘要不符")
        start, end, days = date.fromisoformat(notice["from"]), date.fromisoformat(notice["to"]), int(notice["days"])
        if notice["calendar"] == "working":
            counted = {date.fromisoformat(d) for d in notice["working_days"]}
            enough = len([d for d in counted if start < d <= end]) >= days
        else:
            enough = end >= start + timedelta(days=days)
        if not enough:
            yield fault("notice_short", where, f"公示 {start} 至 {end} 不足 {days} 日")


def compare(check: Mapping[str, Any]) -> bool:
    """One check recomputed: ``op`` is ge, gt, eq, true or filled over ``left`` and ``right`` of type ratio, date, count or text."""
    left, right, op = check["left"], check.get("right"), check["op"]
    if op == "true":
        return left is True
    if op == "filled":
        return bool(left)
    if left is None or right is None:
        return False
    kind = check["type"]
    a: Any = exact(left) if kind in ("ratio", "count") else date.fromisoformat(left) if kind == "date" else left
    b: Any = exact(right) if kind in ("ratio", "count") else date.fromisoformat(right) if kind == "date" else right
    return bool(a >= b if op == "ge" else a > b if op == "gt" else a == b)


def _verdict(decision: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    verdict = decision["verdict"]
    for check in verdict["checks"]:
        if compare(check) != check["holds"]:
            yield fault("verdict_differs", str(check["id"]), f"“{check['zh']}” 重算与档案不一致")
    if verdict["holds"] != all(c["holds"] for c in verdict["checks"]):
        yield fault("verdict_differs", "verdict", "总结论与各项核对不一致")


def answer(request: Any, rules: bytes) -> Any:
    """The share engine's answer to a request under the rule file of its day, as JSON values."""
    from trihelix.engines.shares import load_share_book, parse_share, share

    with tempfile.TemporaryDirectory(prefix="trihelix-bundle-") as folder:
        target = Path(folder) / "money"
        target.mkdir()
        (target / "share-rules.yaml").write_bytes(rules)
        found = share(parse_share(request), load_share_book(Path(folder))).as_json()
    return json.loads(json.dumps(found, default=str, ensure_ascii=False))


def _money(decision: Mapping[str, Any], members: Mapping[str, bytes]) -> Iterator[dict[str, str]]:
    money = decision.get("money")
    if not money:
        return
    if RULES not in members:
        yield fault("rules_missing", RULES, "缺少当日的分配规则")
        return
    try:
        again = answer(money["request"], members[RULES])
    except Refused as refusal:
        yield fault("money_refused", "money", f"按当日规则重算被拒绝：{refusal}")
        return
    if chain.digest(again) != chain.digest(money["answer"]):
        yield fault("money_differs", "money", "按当日规则重算的分配与档案不一致")
