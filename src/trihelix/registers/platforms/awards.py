"""Which awards found a platform (立项即设立): the schemes of the book, each with the register and the kind of what it founds."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.kernel import book

FILE = "platforms/awards.yaml"


@dataclass(frozen=True)
class Founding:
    """What a scheme founds: ``kind`` for the whole scheme, or ``classes`` for each class; a class not named founds nothing."""

    register: str
    source: str
    kind: str = ""
    classes: dict[str, str] = field(default_factory=dict)
    unverified: bool = False

    def kind_of(self, class_id: str) -> str:
        """The kind that an award of this class founds; empty for none."""
        return self.classes.get(class_id, "") if self.classes else self.kind


@functools.lru_cache(maxsize=4)
def _load(path: Path, digest: str) -> dict[str, Founding]:
    out = {}
    for scheme, node in load_file(path / FILE, path).items():
        if not isinstance(node, Node):
            raise BookError.at(node, scheme, "bad_founding", f"{scheme} 应为一组键")
        check_keys(node, required=("register", "source"), optional=("kind", "classes", "unverified"))
        if ("kind" in node) == ("classes" in node):
            raise BookError.at(node, None, "bad_founding", "须写明 kind 或 classes 之一")
        out[str(scheme)] = Founding(
            str(node["register"]), str(node["source"]), str(node.get("kind", "")),
            {str(k): str(v) for k, v in (node.get("classes") or {}).items()}, bool(node.get("unverified", False)),
        )  # fmt: skip
    return out


def foundings() -> dict[str, Founding]:
    """Every founding of the current book by scheme."""
    current = book.current()
    return _load(current.path, current.digest)
