"""Which awards found a platform (立项即设立), and how it follows its award afterwards: both as the book writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.kernel import book

FILE = "platforms/awards.yaml"
FOLLOWING = "platforms/following.yaml"


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


@book.of_current
def foundings(path: Path) -> dict[str, Founding]:
    """Every founding of the current book by scheme."""
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


@dataclass(frozen=True)
class Step:
    """After an act of the award that reached the state ``to`` (any where empty) with the conclusion ``ended_as``: the acts of the platform, in order."""

    act: str
    do: tuple[str, ...]
    to: str = ""
    ended_as: str = ""

    def fits(self, act: str, state: str, ended_as: str) -> bool:
        """Whether this is what happened to the award."""
        return self.act == act and self.to in ("", state) and self.ended_as in ("", ended_as)


@dataclass(frozen=True)
class Following:
    """How platforms follow their awards: the steps, and the award's grades in the platform's words."""

    steps: tuple[Step, ...]
    grades: dict[str, str]
    source: str
    unverified: bool = False

    def acts_for(self, act: str, state: str, ended_as: str) -> tuple[str, ...]:
        """The platform's acts after an act of its award; empty for none."""
        return next((s.do for s in self.steps if s.fits(act, state, ended_as)), ())


@book.of_current
def following(path: Path) -> Following:
    """How platforms follow their awards in the current book."""
    node = load_file(path / FOLLOWING, path)
    check_keys(node, required=("acts", "grades", "source"), optional=("unverified",))
    steps = []
    for row in node["acts"]:
        check_keys(row, required=("act", "do"), optional=("to", "ended_as"))
        steps.append(Step(str(row["act"]), tuple(str(d) for d in row["do"]), str(row.get("to", "")), str(row.get("ended_as", ""))))
    return Following(
        tuple(steps), {str(k): str(v) for k, v in node["grades"].items()}, str(node["source"]), bool(node.get("unverified", False))
    )
