"""The kinds of platforms as the book writes them: who may host one, what it needs, its periods in months."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.kernel import book

REQUIRED = ("zh", "en", "family", "owner_kinds", "needs", "source")
MONTHS = ("build_months", "valid_months", "evaluate_months")
LIMITS = ("remove_after", "min_staff", "min_firm_years")
FAMILIES = ("joint", "provincial", "international", "designation", "carrier", "postdoc", "skill", "training")
NEEDS = ("partners", "head", "agreement_signed_on", "firm_invests", "countries", "staff", "issuer", "conditions", "leader", "parent")


@dataclass(frozen=True)
class Kind:
    """One kind of platform. Periods are months; ``None`` where the book sets none. ``remove_after`` failed evaluations propose removal."""

    id: str
    zh: str
    en: str
    family: str
    owner_kinds: tuple[str, ...]
    needs: tuple[str, ...]
    source: str
    build_months: int | None = None
    valid_months: int | None = None
    evaluate_months: int | None = None
    remove_after: int | None = None
    min_staff: int | None = None
    min_firm_years: int | None = None
    unverified: bool = False


@functools.lru_cache(maxsize=8)
def _load(path: Path, name: str) -> dict[str, Kind]:
    data = load_file(path / name, path)
    out: dict[str, Kind] = {}
    for key, node in data.items():
        if not isinstance(node, Node):
            raise BookError.at(data, key, "bad_platform_kind", f"平台类别 {key} 应为一组键")
        check_keys(node, required=REQUIRED, optional=(*MONTHS, *LIMITS, "unverified"))
        for name in (*MONTHS, *LIMITS):
            if name in node and (not isinstance(node[name], int) or node[name] <= 0):
                raise BookError.at(node, name, "bad_platform_kind", f"{name} 应为正整数")
        if node["family"] not in FAMILIES:
            raise BookError.at(node, "family", "bad_platform_kind", f"family 应为 {'、'.join(FAMILIES)} 之一")
        if unknown := sorted(set(node["needs"]) - set(NEEDS)):
            raise BookError.at(node, "needs", "bad_platform_kind", f"needs 中没有 {'、'.join(unknown)}；可用：{'、'.join(NEEDS)}")
        out[key] = Kind(key, **{k: tuple(v) if k in ("owner_kinds", "needs") else v for k, v in node.items()})
    return out


def kinds(name: str = "platforms/kinds.yaml") -> dict[str, Kind]:
    """Every kind of a file of the current book, in its order."""
    return _load(book.current().path, name)
