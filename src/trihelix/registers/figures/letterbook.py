"""The wording of the letter: read from the book, checked so that every number is a figure. Nothing is typed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.engines.errors import Problem
from trihelix.kernel import book
from trihelix.registers.figures.book import figures

PLACE = re.compile(r"\{([^{}]*)\}")
FIGURE = re.compile(r"^(F\d+)(?::(zh|over|month|from|to))?$")
WORDS = ("Y", "Y-1", "session", "proposal")
DIGIT = re.compile(r"[0-9０-９]")
PARTS = ("M", "R", "N")
UNITS = ("亿元", "万元", "%", "万平方米")  # must follow the number they belong to


@dataclass(frozen=True)
class Sentence:
    """A sentence with its places, and the measures, results or commitments that carry it."""

    text: str
    ks: tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    id: str
    part: str
    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Chapter:
    suggestion: int
    heading: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class LetterBook:
    sign: str
    signature: str
    opening: str
    closing: str
    parts: dict[str, str]
    chapters: tuple[Chapter, ...]

    @property
    def clauses(self) -> dict[str, Clause]:
        return {c.id: c for chapter in self.chapters for c in chapter.clauses}


def places(text: str) -> list[str]:
    """The figure ids a text names, in order, once each."""
    found = (FIGURE.match(p) for p in PLACE.findall(text))
    return list(dict.fromkeys(m[1] for m in found if m))


def check_text(text: str) -> Iterator[Problem]:
    """What is wrong with a wording: typed numbers, unknown places, a number without its unit."""
    bare = PLACE.sub("", text)
    if found := DIGIT.search(bare):
        yield Problem("typed_number", f"文字中写了数字 “{found[0]}”；数只能以指标编号写入，例如 {{F29}}", field="text", value=found[0])
    if "{" in bare or "}" in bare:
        yield Problem("bad_place", "花括号不成对", field="text")
    known = figures().figures
    for match in PLACE.finditer(text):
        name = FIGURE.match(match[1])
        if match[1] in WORDS:
            continue
        if name is None or name[1] not in known:
            yield Problem(
                "unknown_place", f"不认识 “{match[0]}”；请写指标编号（如 {{F29}}）或 {'、'.join(WORDS)}", field="text", value=match[0]
            )
            continue
        unit = known[name[1]].unit
        if unit in UNITS and name[2] in (None, "over") and not text[match.end() :].startswith(unit):
            yield Problem("unit_missing", f"{match[0]} 之后应写单位 {unit}", field="text", value=match[0])


def _sentence(node: Node) -> Sentence:
    check_keys(node, required=("text", "k"))
    if problems := list(check_text(str(node["text"]))):
        raise BookError.at(node, "text", problems[0].code, problems[0].message)
    return Sentence(str(node["text"]), tuple(str(k) for k in node["k"]))


def _clause(node: Node, chapter: int) -> Clause:
    check_keys(node, required=("id", "heading", "sentences"))
    found = re.match(rf"^{chapter}([MRN])\d+$", str(node["id"]))
    if found is None:
        raise BookError.at(node, "id", "bad_clause", f"条款编号 {node['id']} 应写成 {chapter}M1、{chapter}R1 或 {chapter}N1")
    return Clause(str(node["id"]), found[1], str(node["heading"]), tuple(_sentence(s) for s in node["sentences"]))


def _doubles(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [n for n in names if n in seen or seen.add(n)]  # type: ignore[func-returns-value]


def read(path: Path, root: Path) -> LetterBook:
    """Read and check the letter's wording. Refuses unknown keys and typed numbers with file and line."""
    data: Any = load_file(path, root)
    check_keys(data, required=("sign", "signature", "opening", "closing", "parts", "chapters"))
    chapters = []
    for node in data["chapters"]:
        check_keys(node, required=("suggestion", "heading", "clauses"))
        clauses = tuple(_clause(c, int(node["suggestion"])) for c in node["clauses"])
        chapters.append(Chapter(int(node["suggestion"]), str(node["heading"]), clauses))
    if doubles := _doubles(c.id for chapter in chapters for c in chapter.clauses):
        raise BookError.at(data, "chapters", "duplicate_clause", f"条款 {'、'.join(doubles)} 重复")
    for key in ("opening", "closing"):
        if problems := list(check_text(str(data[key]))):
            raise BookError.at(data, key, problems[0].code, problems[0].message)
    return LetterBook(data["sign"], data["signature"], data["opening"], data["closing"], dict(data["parts"]), tuple(chapters))


@book.of_current
def letter(path: Path) -> LetterBook:
    """The wording in force in the book."""
    return read(path / "letter" / "letter.yaml", path)
