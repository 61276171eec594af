"""The schemes in force: the shipped files with the officers' confirmed files laid over them.

A file handed in must keep every version that is already in force word for word, so that a running call never changes; it may add
versions that begin today or later, or be a scheme of its own. The strict reader of the book reads it, so an overlay can be taken out
as a file and handed in again without loss.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import load_text
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.schemes import Scheme, SchemeBook, from_texts, read_scheme, scheme_json
from trihelix.kernel import book, memo
from trihelix.kernel.actor import SYSTEM, entries
from trihelix.registers.policies.rulebook import titles
from trihelix.registers.programmes.models import SchemeChange


@book.of_current
def shipped(path: Path) -> dict[str, str]:
    """The texts of the shipped scheme files by name."""
    folder = path / "schemes"
    return {f"schemes/{f.name}": f.read_text(encoding="utf-8") for f in sorted(folder.glob("*.y*ml"))} if folder.is_dir() else {}


@functools.lru_cache(maxsize=8)
def _laid(digest: str, changes: tuple[uuid.UUID, ...]) -> tuple[dict[str, str], SchemeBook]:
    texts = dict(shipped())
    held = entries(SYSTEM, SchemeChange).filter(record__uid__in=changes).order_by("confirmed_at", "pk")
    for change in held:
        texts[_name(from_texts(texts, strict=False), change.scheme)] = change.text
    return texts, from_texts(texts, strict=False)


def _name(held: SchemeBook, scheme_id: str) -> str:
    """The file of a scheme, or the name a new one gets."""
    return held.schemes[scheme_id][0].file if scheme_id in held.schemes else f"schemes/{scheme_id}.yaml"


def _now() -> tuple[dict[str, str], SchemeBook]:
    return _laid(book.current().digest, memo.once("scheme_changes", _confirmed))


def _confirmed() -> tuple[uuid.UUID, ...]:
    """The uids of the confirmed files, in their order."""
    held = SchemeChange.objects.select_related(None).filter(record__state="confirmed").order_by("pk")
    return tuple(held.values_list("record__uid", flat=True))


def schemes() -> SchemeBook:
    """The schemes in force; one small query, read once per set of changes."""
    return _now()[1]


def text_of(scheme_id: str) -> str:
    """The file of a scheme in force. Refuses unknown ones."""
    texts, held = _now()
    return texts[held.versions(scheme_id)[0].file]


def _wording(scheme: Scheme) -> dict[str, Any]:
    """What a version says, without where it is written and how long it lasts."""
    return {k: v for k, v in scheme_json(scheme).items() if k not in ("digest", "file")}


def read(text: str, day: dt.date) -> tuple[str, list[Scheme]]:
    """The scheme a file is about and its new versions, oldest first.

    Refuses what the book's reader refuses (file, line, reason), a version in force that is left out or reworded, a new version that
    begins before ``day``, and a file without anything new.
    """
    node = load_text(text, "upload.yaml")
    scheme_id = str(node.get("scheme") or "") if hasattr(node, "get") else ""
    texts, held = _now()
    name = _name(held, scheme_id)
    defaults = load_text(texts["schemes/defaults.yaml"], "schemes/defaults.yaml")
    read_scheme(text, name, defaults, titles())
    made = from_texts({**texts, name: text}, strict=False).versions(scheme_id)
    old = {s.version.id: s for s in held.schemes.get(scheme_id, ())}
    new = [s for s in made if s.version.id not in old]
    kept = {s.version.id: s for s in made if s.version.id in old}
    problems = [
        Problem("version_removed", f"{name}: 缺少已生效的版本 {v}；版本只能增加", field="versions", value=v) for v in old if v not in kept
    ]
    problems += [
        Problem("version_changed", f"{name}: 版本 {v} 已有通知在用，内容不能改动；请另加一个版本", field="versions", value=v)
        for v, s in kept.items()
        if _wording(s) != _wording(old[v])
    ]
    problems += [
        Problem("backdated", f"{name}: 新版本 {s.version.id} 的生效日期不能早于 {day}", field="from", value=s.version.since.isoformat())
        for s in new
        if s.version.since < day
    ]
    if not new and not problems:
        problems.append(Problem("nothing_new", f"{name}: 文件没有新版本", field="versions"))
    if problems:
        raise Refused.of(problems)
    return scheme_id, new


def differences(scheme_id: str, new: Sequence[Scheme]) -> list[dict[str, Any]]:
    """What the newest version changes: each key and formula with its old and new value."""
    held = schemes().schemes.get(scheme_id)
    after = scheme_json(new[-1])
    before = scheme_json(held[-1]) if held else {}
    old = {r["path"]: r["value"] for r in before.get("settings", ())}
    out = [
        {"path": r["path"], "zh": r["zh"], "old": old.get(r["path"]), "new": r["value"], "unverified": r["unverified"]}
        for r in after["settings"]
        if r["value"] != old.get(r["path"])
    ]
    for part, zh in (
        ("parameters", "参数"),
        ("tables", "分档"),
        ("conditions", "申报条件"),
        ("money", "资金规则"),
        ("tranches", "拨款"),
        ("form", "申报表"),
        ("route", "流程"),
        ("life", "立项后流程"),
    ):
        if after[part] != before.get(part):
            out.append({"path": part, "zh": zh, "old": before.get(part), "new": after[part], "unverified": False})
    return out
