"""Where a region's book (规则书) lies: ``$TRIHELIX_BOOKS``, else ``books/`` of the source tree, else inside the installed package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trihelix.engines.errors import Refused

_PACKAGE = Path(__file__).resolve().parents[1]


def books_root(environ: Mapping[str, str]) -> Path:
    """The folder of all books. A folder named in ``$TRIHELIX_BOOKS`` must exist: a typing error never falls back silently."""
    named = environ.get("TRIHELIX_BOOKS")
    if named:
        if not Path(named).is_dir():
            raise Refused.one("no_books", f"TRIHELIX_BOOKS 指向的文件夹 {named} 不存在，请改正路径", field="TRIHELIX_BOOKS", value=named)
        return Path(named)
    source, packaged = _PACKAGE.parents[1] / "books", _PACKAGE / "books"
    return source if source.is_dir() else packaged


def book_path(region: str, environ: Mapping[str, str]) -> Path:
    """The folder of one region's book; an unknown region is refused with those at hand."""
    root = books_root(environ)
    folder = root / region
    if not region or Path(region).name != region or not (folder / "book.yaml").is_file():
        known = sorted(p.parent.name for p in root.glob("*/book.yaml"))
        raise Refused.one("no_book", f"没有地区“{region}”的规则书；可用：{'、'.join(known) or '无'}", field="book", value=region)
    return folder
