"""How documents and filters are written in tantivy's terms: the schema, one document, one filter query."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tantivy

from trihelix.engines.matching import port
from trihelix.engines.matching.port import NUMBERS, Doc, Filters, Span, Term
from trihelix.engines.matching.text import CHAR, FIELDS, PAIR, WORD, normalise, pairs_of, tokens
from trihelix.engines.matching.vectors import digest
from trihelix.engines.matching.weights import recognised

# Raise when the schema or the token streams change: an index of another version is rebuilt, never guessed at.
VERSION = 1
META = "\x00meta"
# One tag field holds scopes, kinds and facets; the separator cannot be typed into a value.
SEPARATOR = "\x1f"
INDEX_OPTION = {WORD: "freq", PAIR: "position", CHAR: "basic"}
Query = tantivy.Query
Occur = tantivy.Occur


def schema() -> Any:
    """Fields: key and tag (exact), the three token streams, numbers, stream lengths (for the means), the stored document."""
    builder = tantivy.SchemaBuilder()
    for name in ("key", "tag", "vec"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name="spaces", index_option=INDEX_OPTION[name])
        builder.add_unsigned_field(f"len_{name}", fast=True)
    for name in NUMBERS:
        builder.add_float_field(f"n_{name}", indexed=True, fast=True)
    builder.add_bytes_field("doc", stored=True)
    builder.add_bytes_field("words", stored=True)
    return builder.build()


def open_index(path: Path, create: bool) -> Any:
    """The index in a folder, with the tokenizer of the token streams registered."""
    index = tantivy.Index(schema(), str(path)) if create else tantivy.Index.open(str(path))
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual")
    return index


def tag(field: str, value: str) -> str:
    """A tag as indexed."""
    return f"{field}{SEPARATOR}{value}"


def document(doc: Doc) -> Any:
    """A record as a tantivy document."""
    out = tantivy.Document()
    out.add_text("key", doc.key)
    out.add_text("vec", digest(doc.body).hex())
    marks = {tag("", "all"), tag("kind", doc.kind)}
    if doc.kind == "needs" and recognised(doc.body):
        marks.add(tag("", "need"))
    marks |= {tag("scope", s) for s in doc.scopes}
    marks |= {tag(f"f:{name}", v) for name, values in doc.facets.items() for v in values}
    for mark in sorted(marks):
        out.add_text("tag", mark)
    found = tokens(doc.body)
    for name, stream in ((WORD, found.words), (PAIR, found.pairs), (CHAR, found.chars)):
        out.add_text(name, " ".join(stream))
    counted = port.Counted.of(found.counts())
    for name in FIELDS:
        out.add_unsigned(f"len_{name}", counted.lengths[name])
    for name, value in doc.numbers.items():
        out.add_float(f"n_{name}", float(value))
    out.add_bytes(
        "doc",
        json.dumps(
            port.as_json(doc) | {"lengths": [counted.lengths[name] for name in FIELDS]}, ensure_ascii=False, separators=(",", ":")
        ).encode(),
    )
    out.add_bytes("words", " ".join(found.words).encode())
    return out


def meta_document(last: int) -> Any:
    """The row that carries the last outbox id; it has no tags and no tokens, so no search and no count ever meets it."""
    out = tantivy.Document()
    out.add_text("key", META)
    out.add_bytes("doc", json.dumps({"last": last}).encode())
    return out


def _exact(schema_: Any, field: str, values: Iterable[str]) -> Any:
    return Query.const_score_query(Query.term_set_query(schema_, field, sorted(set(values))), 0.0)


def _span(schema_: Any, name: str, span: Span) -> Any:
    return Query.const_score_query(
        Query.range_query(
            schema_,
            f"n_{name}",
            tantivy.FieldType.Float,
            None if span.low is None else float(span.low),
            None if span.high is None else float(span.high),
            include_lower=span.low_in,
            include_upper=span.high_in,
        ),
        0.0,
    )


def phrase(schema_: Any, text: str) -> Any:
    """Title or text holds this phrase, whatever lies around it; nothing matches an empty phrase."""
    parts: list[str | tuple[int, str]] = list(pairs_of(normalise(text)))
    if not parts:
        return Query.empty_query()
    if len(parts) > 1:
        return Query.const_score_query(Query.phrase_query(schema_, PAIR, parts), 0.0)
    either = [(Occur.Should, Query.term_query(schema_, name, parts[0], "basic")) for name in (PAIR, CHAR)]
    return Query.const_score_query(Query.boolean_query(either), 0.0)


def filter_clauses(schema_: Any, filters: Filters) -> list[tuple[Any, Any]]:
    """Filters as clauses of a boolean query. Visibility is one of them, so no count or facet can leave it out."""
    must: list[Any] = []
    if filters.scopes is None:
        must.append(_exact(schema_, "tag", [tag("", "all")]))
    elif filters.scopes:
        must.append(_exact(schema_, "tag", [tag("scope", s) for s in filters.scopes]))
    else:
        must.append(Query.empty_query())
    if filters.kinds:
        must.append(_exact(schema_, "tag", [tag("kind", k) for k in filters.kinds]))
    must += [_exact(schema_, "tag", [tag(f"f:{name}", v) for v in values]) for name, values in filters.include.items()]
    must += [_span(schema_, name, span) for name, spans in filters.spans.items() for span in spans]
    must += [phrase(schema_, p) for p in filters.phrases]
    never = [_exact(schema_, "tag", [tag(f"f:{name}", v) for v in values]) for name, values in filters.exclude.items() if values]
    never += [phrase(schema_, p) for p in filters.without]
    if filters.not_keys:
        never.append(_exact(schema_, "key", filters.not_keys))
    return [(Occur.Must, q) for q in must] + [(Occur.MustNot, q) for q in never]


def _term(schema_: Any, term: Term) -> Any:
    return Query.term_query(schema_, term.field, term.token, "basic" if term.field == CHAR else "freq")


def words_query(schema_: Any, terms: Mapping[Term, float], boosts: Mapping[Term, float]) -> Any:
    """Any of the terms; each boosted so that tantivy's idf × boost is the weight."""
    return Query.boolean_query([(Occur.Should, Query.boost_query(_term(schema_, t), boosts[t])) for t in sorted(terms)])
