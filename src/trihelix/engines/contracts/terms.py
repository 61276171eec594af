"""The contract wizard's book: clauses of each statutory kind (合同条款), what the law fills in, what must be written and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.engines.contracts.book import ContractBook
from trihelix.engines.contracts.defaults import DefaultRule, load_default_rules
from trihelix.engines.errors import Refused

NEEDS = ("required", "advised", "optional")
BUILT = ("term", "price", "payment")
FOLDER = "contract_terms"


@dataclass(frozen=True)
class Clause:
    """A clause of the checklist. ``built`` clauses are written from the structured terms; ``default`` names rules by sub-kind."""

    id: str
    title: str
    need: str
    why: str
    article: str
    hint: str
    built: str
    default: Mapping[str, DefaultRule]
    only: tuple[str, ...]
    unverified: bool

    def rule(self, subkind: str) -> DefaultRule | None:
        """What the law fills in for a sub-kind where the clause is silent."""
        return self.default.get(subkind) or self.default.get("")


@dataclass(frozen=True)
class KindTerms:
    """The template of one kind: names of the parties, opening sentence, clauses in order. Names by sub-kind; ``""`` for the rest."""

    kind: str
    titles: Mapping[str, str]
    buyers: Mapping[str, str]
    sellers: Mapping[str, str]
    intro: str
    clauses: tuple[Clause, ...]

    def of(self, subkind: str) -> tuple[Clause, ...]:
        """The clauses that a sub-kind has."""
        return tuple(c for c in self.clauses if not c.only or subkind in c.only)

    def named(self, names: Mapping[str, str], subkind: str) -> str:
        """A name for a sub-kind, else the kind's."""
        return names.get(subkind) or names[""]


def load_terms(book: Path, contracts: ContractBook) -> Mapping[str, KindTerms]:
    """Read ``contract_terms/*.yaml``: kind → template. BookError names file and line; every statutory kind must be there."""
    rules = {r.id: r for r in load_default_rules(book)}
    common = load_file(book / FOLDER / "common.yaml", book)
    check_keys(common, required=("before", "after"))
    out = {}
    for path in sorted((book / FOLDER).glob("*.yaml")):
        if path.stem == "common":
            continue
        node = load_file(path, book)
        check_keys(node, required=("kind", "title", "buyer", "seller", "intro", "clauses"))
        if node["kind"] not in contracts.kinds:
            raise BookError.at(node, "kind", "unknown_kind", f"没有合同类型“{node['kind']}”")
        subkinds = {"", *contracts.kinds[node["kind"]].subkinds}
        for name in ("title", "buyer", "seller"):
            if "" not in node[name] or set(node[name]) - subkinds:
                raise BookError.at(node, name, "unknown_subkind", f"{name} 须有通用名称，且只用本类的子类：{'、'.join(sorted(subkinds))}")
        clauses = tuple(_clause(c, rules, subkinds) for c in (*common["before"], *node["clauses"], *common["after"]))
        ids = [c.id for c in clauses]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise BookError.at(node, "clauses", "duplicate_clause", f"条款重复：{'、'.join(twice)}")
        out[node["kind"]] = KindTerms(node["kind"], node["title"], node["buyer"], node["seller"], node["intro"], clauses)
    if missing := sorted(set(contracts.kinds) - set(out)):
        raise BookError.at(common, "after", "kind_missing", f"缺少合同类型的条款：{'、'.join(missing)}")
    return out


def _clause(node: Node, rules: Mapping[str, DefaultRule], subkinds: set[str]) -> Clause:
    check_keys(node, required=("id", "title", "need", "why"), optional=("article", "hint", "built", "default", "only", "unverified"))
    if node["need"] not in NEEDS:
        raise BookError.at(node, "need", "bad_choice", f"need 只能是 {'、'.join(NEEDS)}")
    if node.get("built") not in (None, *BUILT):
        raise BookError.at(node, "built", "bad_choice", f"built 只能是 {'、'.join(BUILT)}")
    only = tuple(node.get("only", ()))
    if unknown := set(only) - subkinds:
        raise BookError.at(node, "only", "unknown_subkind", f"没有子类 {'、'.join(sorted(unknown))}")
    default = node.get("default", {})
    named = {"": default} if isinstance(default, str) else dict(default)
    if unknown := set(named.values()) - set(rules):
        raise BookError.at(node, "default", "unknown_default", f"没有补充规则 {'、'.join(sorted(unknown))}")
    if not named and "article" not in node:
        raise BookError.at(node, None, "no_article", f"条款“{node['id']}”须写明依据")
    found = {sub: rules[name] for sub, name in named.items()}
    article = node.get("article") or next(iter(found.values())).source
    unverified = node.get("unverified") is True
    return Clause(
        node["id"], node["title"], node["need"], node["why"], article, node.get("hint", ""), node.get("built", ""), found, only, unverified
    )  # fmt: skip


def terms_of(terms: Mapping[str, KindTerms], kind: str) -> KindTerms:
    """The template of a kind; refused with the known ones."""
    if kind not in terms:
        raise Refused.one("unknown_kind", f"没有合同类型“{kind}”；可用：{'、'.join(terms)}", field="kind", value=kind)
    return terms[kind]
