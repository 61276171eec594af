"""The channels of a title case as the book writes them, and the votes that a review needs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.kernel import book

KEYS = ("zh", "en", "unit_check", "unit_notice_days", "upward_check", "employer_kinds", "levels", "recognitions", "notice_days", "source")


@dataclass(frozen=True)
class Channel:
    """How a case goes: whether the employer checks and gives notice, whether the department checks, who may use it; days are working days."""

    id: str
    zh: str
    en: str
    unit_check: bool
    unit_notice_days: int
    upward_check: bool
    employer_kinds: tuple[str, ...]
    levels: tuple[str, ...]
    recognitions: tuple[str, ...]
    notice_days: int
    source: str
    unverified: bool = False


@dataclass(frozen=True)
class Votes:
    """Shares that a review needs: of the members to attend, of those who attend to agree."""

    attendance: Fraction
    majority: Fraction

    def passed(self, size: int, attended: int, agreed: int) -> bool | None:
        """Whether a vote carries; ``None`` where too few attended."""
        if Fraction(attended) < self.attendance * size:
            return None
        return Fraction(agreed) >= self.majority * attended


@book.of_current
def _read(path: Path) -> tuple[dict[str, Channel], Votes]:
    data = load_file(path / "titles" / "channels.yaml", path)
    check_keys(data, required=("channels", "review"))
    out: dict[str, Channel] = {}
    for key, node in data["channels"].items():
        if not isinstance(node, Node):
            raise BookError.at(data, "channels", "bad_channel", f"渠道 {key} 应为一组键")
        check_keys(node, required=KEYS, optional=("unverified",))
        for name in ("unit_notice_days", "notice_days"):
            if not isinstance(node[name], int) or node[name] < 0:
                raise BookError.at(node, name, "bad_channel", f"{name} 应为非负整数")
        lists = ("employer_kinds", "levels", "recognitions")
        out[key] = Channel(key, **{k: tuple(v) if k in lists else v for k, v in node.items()})
    check_keys(data["review"], required=("attendance", "majority", "source"), optional=("unverified",))
    return out, Votes(_share(data["review"], "attendance"), _share(data["review"], "majority"))


def _share(node: Node, name: str) -> Fraction:
    try:
        share = Fraction(str(node[name]))
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1:
        raise BookError.at(node, name, "bad_share", f"{name} 应为大于 0、不大于 1 的分数")
    return share


def channels() -> dict[str, Channel]:
    """Every channel of the current book."""
    return _read()[0]


def votes() -> Votes:
    """What a review needs."""
    return _read()[1]
