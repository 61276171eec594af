"""The data folder: database, files, index and journal head; demo and real never mix."""

from __future__ import annotations

import os
from pathlib import Path

from trihelix.engines.errors import Refused

MARK = "demo.mark"


def home() -> Path:
    """``$TRIHELIX_HOME``, by default ``./var``; created when missing."""
    folder = Path(os.environ.get("TRIHELIX_HOME", "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_demo() -> bool:
    """Whether this data folder is a demo's."""
    return (home() / MARK).exists()


def mark_demo() -> None:
    """Mark an empty folder as a demo's; a folder with real data is refused."""
    folder = home()
    if not is_demo() and any(p for p in folder.iterdir() if p.name not in {"models", "secrets", "worker.lock"}):
        raise Refused.one(
            "not_demo", f"数据目录 {folder.name} 不是演示目录且不为空；请用 TRIHELIX_HOME 指定一个空目录", field="TRIHELIX_HOME"
        )
    (folder / MARK).write_text("synthetic\n", encoding="utf-8")
