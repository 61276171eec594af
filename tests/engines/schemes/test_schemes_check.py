"""`trihelix schemes check`: whatever is in the file, it is taken or refused with line and reason, never a traceback."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trihelix.cli.base import main
from trihelix.engines.bookfile import load_file
from trihelix.engines.errors import Refused
from trihelix.engines.schemes import load_schemes
from trihelix.engines.schemes.loader import read_scheme, rule_ids

pytestmark = pytest.mark.nodb
ROOT = Path(__file__).resolve().parents[3] / "books" / "jilin"
DEFAULTS = load_file(ROOT / "schemes" / "defaults.yaml", ROOT)
RULES = rule_ids(ROOT)
IDS = load_schemes(ROOT).ids()
HOUSE = yaml.safe_load((ROOT / "schemes" / "defaults.yaml").read_text(encoding="utf-8"))
TEXT = (ROOT / "schemes" / "transfer-project.yaml").read_text(encoding="utf-8")
LISTS = ("tranches", "sheet", "form", "documents", "limits", "changes", "sanctions")


def text_of(scheme_id):
    return (ROOT / "schemes" / f"{scheme_id}.yaml").read_text(encoding="utf-8")


def whole(scheme_id):
    """A scheme file with the house's lists written out, so that these are mutated too."""
    return {**{k: HOUSE[k] for k in LISTS}, **yaml.safe_load(text_of(scheme_id))}


WHOLE = {i: whole(i) for i in IDS}


def taken_or_refused(text):
    try:
        read_scheme(text, "x.yaml", DEFAULTS, RULES)
    except Refused as refusal:
        for p in refusal.problems:
            file, line, reason = p.message.split(":", 2)
            assert file in ("x.yaml", "schemes/defaults.yaml") and int(line) >= 1 and reason.strip(), p.message
        return [p.code for p in refusal.problems]
    return []


def paths(node, path=()):
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from paths(value, (*path, key))


PATHS = {i: [p for p in paths(w) if p] for i, w in WHOLE.items()}
MISSING = object()
VALUES = (
    MISSING, None, 1, -1, 1.5, True, "x", "", [], {}, [1], {"a": 1}, [[1]], [{}], "1/0", "a b c", "2025-13-40", 10**30, ["x", 1], {"id": "x"}, [{"id": "x"}], [None],
    "'", float("nan"), float("inf"), "draft", "open('x')",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_value_at_any_place_is_taken_or_refused_by_line(data):
    scheme_id = data.draw(st.sampled_from(IDS))
    path, value = data.draw(st.sampled_from(PATHS[scheme_id])), data.draw(st.sampled_from(VALUES))
    mutated = copy.deepcopy(WHOLE[scheme_id])
    place = mutated
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    taken_or_refused(yaml.safe_dump(mutated, allow_unicode=True, sort_keys=False))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(IDS), st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["cut", "drop", "double", "indent", "swap"]))
def test_any_slip_of_the_hand_is_taken_or_refused_by_line(scheme_id, first, second, slip):
    lines = text_of(scheme_id).split("\n")
    i, j = first % len(lines), second % len(lines)
    if slip == "cut":
        lines[i] = lines[i][: j % (len(lines[i]) + 1)]
    elif slip == "drop":
        del lines[i]
    elif slip == "double":
        lines.insert(i, lines[j])
    elif slip == "indent":
        lines[i] = " " * (1 + j % 4) + lines[i]
    else:
        lines[i], lines[j] = lines[j], lines[i]
    taken_or_refused("\n".join(lines))


@given(st.text(max_size=200))
@example("")
@example("   ")
@example("null")
@example("- 1")
@example("{")
@example("\t")
@example("a: b: c")
@example("!!python/object:os.system x")
@example("a: &a [*a]")
@example("--- 1\n--- 2")
@example("\x00")
@example("? [1, 2]\n: x")
@example("[" * 5000)
@example("from: 2025-13-40")
def test_what_is_no_scheme_file_is_refused_by_line(text):
    assert taken_or_refused(text) != []


ROUTE = "shape: guide\nroute: "
VERSIONS = "version: x\nversions: "


@pytest.mark.parametrize(("old", "new", "code"), [
    ("shape: guide", "shape: guide\ncolour: red", "unknown_key"), ("payee: applicant\n", "", "missing_key"), ("shape: guide", "shape: [guide]", "bad_shape"),
    ("zh: 单项上限", "zh: [单项上限]", "bad_shape"), ("value: 100", "value: 一百", "bad_shape"), ("unverified: true}\npriority", "unverified: 是}\npriority", "bad_shape"),
    ("shape: guide", "shape: guide\nrules: [{rule: no-such-rule, zh: 没有的规则}]", "unknown_rule"), ("shape: guide", f"{ROUTE}{{draft: nowhere, nowhere: awarded}}", "unknown_step"),
    ("shape: guide", f"{ROUTE}{{draft: review, review: decision}}", "dead_state"), ("shape: guide", f"{ROUTE}{{draft: review, review: draft}}", "cycle"),
    ("shape: guide", f"{ROUTE}{{draft: awarded, decision: awarded}}", "unreachable_state"), ("shape: guide", f"{ROUTE}{{}}", "no_way"), ("formula: requested", "formula: nobody_knows", "unknown_name"),
    ("formula: requested", "formula: requested / budget_match", "division_by_zero"), ("letter: U", "letter: U\nletter: U", "duplicate_key"),
    ("shape: guide", "shape: guide\nversions: [{version: a, from: 2024-01-01}, {version: b, from: 2023-01-01}]", "dates_order"),
    ("shape: guide", "shape: guide\nversions: [{version: a, from: 2023-01-01, until: 2024-06-30}, {version: b, from: 2024-01-01}]", "dates_overlap"),
    ("shape: guide", "shape: guide\nversions: [{version: a, from: 2023-01-01}, {version: a, from: 2024-01-01}]", "duplicate_version"),
    ("shape: guide", "shape: guide\nversions: [{version: a, from: 2024-01-01, until: 2023-01-01}]", "bad_date"), ("shape: guide", "shape: guide\nversions: []", "no_version"),
    ("shape: guide", "shape: guide\nterm: {min_months: 24, max_months: 12}", "term"), ("shape: guide", 'shape: guide\noverdue: {reference: "13-45"}', "bad_date"),
    ("shape: guide", "shape: guide\nfrom: 2025-02-30", "yaml"), ("shape: guide", "shape: guide\n\tbad", "yaml"), ("shape: guide", "shape: guide\ncall: {open_days: 三十}", "bad_value"),
    ("shape: guide", "shape: guide\nreview: 7", "bad_shape"),
])  # fmt: skip
def test_the_command_names_line_and_reason(capsys, tmp_path, old, new, code):
    assert old in TEXT
    file = tmp_path / "bad.yaml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["schemes", "check", str(file), "--json"])
    errors = json.loads(capsys.readouterr().out)["errors"]
    assert stop.value.code == 2 and code in [e["code"] for e in errors]
    assert all(int(e["message"].removeprefix(f"{file}:").split(":")[0]) >= 1 for e in errors), errors


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "not_a_scheme"), (b"\xff\xfe\x00", "bad_encoding"), (b"PK\x03\x04", "yaml"), (None, "no_file")]
)
def test_the_command_refuses_what_it_cannot_read(capsys, tmp_path, content, code):
    file = tmp_path / "odd.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SystemExit) as stop:
        main(["schemes", "check", str(file), "--json"])
    assert stop.value.code == 2 and [e["code"] for e in json.loads(capsys.readouterr().out)["errors"]] == [code]


@pytest.mark.parametrize("scheme_id", IDS)
def test_every_shipped_scheme_passes_and_is_drawn(capsys, scheme_id):
    main(["schemes", "check", str(ROOT / "schemes" / f"{scheme_id}.yaml"), "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] and answer["scheme"] == scheme_id
    main(["schemes", "diagram", scheme_id])
    drawn = capsys.readouterr().out
    assert drawn.count("-->") >= 6 and "[*] --> draft" in drawn
    main(["schemes", "diagram", scheme_id, "--lang", "en"])
    assert not [c for c in capsys.readouterr().out if "\u4e00" <= c <= "\u9fff"]
