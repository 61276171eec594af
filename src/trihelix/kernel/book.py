"""The loaded book: clocks, code lists, calendar, roles. Immutable, named by the digest of its files."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file, load_text
from trihelix.engines.books import book_path
from trihelix.engines.codelists import CodeList, load_codelists
from trihelix.engines.workdays import Calendar, Kind
from trihelix.kernel import clock, memo
from trihelix.kernel.models import BookVersion

T = TypeVar("T")


@dataclass(frozen=True)
class ClockRule:
    """A time limit of the book: so many working or calendar days, where it comes from, whether it was verified."""

    id: str
    days: int
    kind: Kind
    zh: str
    en: str
    source: str
    unverified: bool = False


@dataclass(frozen=True)
class Book:
    """What the kernel reads of a book."""

    path: Path
    region: str
    version: str
    digest: str
    clocks: dict[str, ClockRule]
    codes: dict[str, CodeList]
    calendar: Calendar
    meta: dict[str, Any]

    def due(self, clock_id: str, start: dt.date) -> tuple[dt.date, bool]:
        """The last day of a clock that starts on ``start`` (not counted), and whether the calendar is confirmed."""
        rule = self.clocks.get(clock_id)
        if rule is None:
            raise KeyError(f"the book has no clock {clock_id!r}")
        due = self.calendar.add(start, rule.days, kind=rule.kind)
        return due.date, due.confirmed


def _files(path: Path) -> dict[str, str]:
    return {str(p.relative_to(path)): p.read_text(encoding="utf-8") for p in sorted(path.rglob("*.y*ml"))}


def _clocks(path: Path) -> dict[str, ClockRule]:
    out: dict[str, ClockRule] = {}
    for file in sorted((path / "clocks").glob("*.yaml")):
        data = load_file(file, path)
        for key, node in data.items():
            if not isinstance(node, Node):
                raise BookError.at(data, key, "bad_clock", f"时限 {key} 应为一组键")
            check_keys(node, required=("days", "kind", "zh", "en", "source"), optional=("unverified",))
            if node["kind"] not in ("working", "calendar") or not isinstance(node["days"], int) or node["days"] < 0:
                raise BookError.at(node, "days", "bad_clock", "days 应为非负整数，kind 应为 working 或 calendar")
            if key in out:
                raise BookError.at(node, None, "duplicate_clock", f"时限 {key} 重复")
            out[key] = ClockRule(
                key, node["days"], node["kind"], node["zh"], node["en"], node["source"], bool(node.get("unverified", False))
            )
    return out


@functools.lru_cache(maxsize=4)
def load(path: Path) -> Book:
    """Load and check a book folder."""
    files = _files(path)
    digest = hashlib.sha256("\0".join(f"{k}\0{v}" for k, v in files.items()).encode()).hexdigest()
    meta = load_text(files.get("book.yaml", ""), "book.yaml") or {}
    return Book(
        path, str(meta.get("region", path.name)), str(meta.get("version", "0")), digest, _clocks(path),
        load_codelists(path / "codes"), Calendar.load(path / "calendar"), dict(meta),
    )  # fmt: skip


def current() -> Book:
    """The book in force (``$TRIHELIX_BOOK``, by default ``jilin``)."""
    return load(book_path(os.environ.get("TRIHELIX_BOOK", "jilin"), os.environ))


def of_current(read: Callable[[Path], T]) -> Callable[[], T]:
    """Make a reader of a book's folder ask for the current book by itself; it reads once for each book."""
    held = functools.lru_cache(maxsize=4)(read)

    @functools.wraps(read)
    def now() -> T:
        return memo.once(now, lambda: held(current().path))

    return now


def store(book: Book) -> BookVersion:
    """Keep the whole book in the database under its digest, once."""
    version, _ = BookVersion.objects.get_or_create(
        digest=book.digest,
        defaults={"region": book.region, "version": book.version, "files": _files(book.path), "loaded_at": clock.now()},
    )
    return version
