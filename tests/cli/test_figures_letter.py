"""`trihelix figures` and `trihelix letter` as they are called."""

import json

import docx
import pytest
from click.testing import CliRunner

from trihelix.cli.figures import figures
from trihelix.cli.letter import letter
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.django_db
KEYS = {
    "id",
    "phrase",
    "value",
    "value_exact",
    "unit",
    "measure",
    "subject",
    "population",
    "measure_kind",
    "period",
    "formula",
    "records",
    "digest",
    "status",
    "cautions",
}


def run(command, *args):
    found = CliRunner().invoke(command, list(args), standalone_mode=False)
    if found.exception is not None:
        raise found.exception
    return found.output


def test_the_answer_has_the_stable_keys():
    rows = json.loads(run(figures, "--as-of", "2025-05-28", "--json"))
    assert len(rows) == 108 and all(set(r) >= KEYS for r in rows)
    assert {r["status"] for r in rows} <= {"computed", "external", "target", "gap"}
    assert all((r["value"] is None) == (r["status"] == "gap") for r in rows)


def test_list_gives_as_many_lines_as_were_counted():
    count = json.loads(run(figures, "--id", "F26", "--as-of", "2025-05-28", "--json"))[0]
    lines = [json.loads(x) for x in run(figures, "--list", "F26", "--as-of", "2025-05-28").splitlines()]
    assert len(lines) == int(count["value"]) == count["records"] and {x["register"] for x in lines} == {"nodes"}


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--id", "F999"], "unknown_figure"),
        (["--list", "F29", "--id", "F30"], "usage"),
        (["--from", "2025-02-01", "--to", "2025-01-01"], "date_order"),
    ],
)
def test_wrong_calls_are_refused(args, code):
    with pytest.raises(Refused) as told:
        run(figures, *args, "--json")
    assert told.value.problems[0].code == code


def test_the_letter_is_written_with_its_gaps_named(tmp_path):
    out = tmp_path / "letter.docx"
    answer = json.loads(run(letter, "--as-of", "2025-05-28", "-o", str(out), "--html", "--json"))
    assert answer["gaps"] and out.with_suffix(".html").exists()
    text = "\n".join(p.text for p in docx.Document(out).paragraphs)
    assert all(f"〔缺：{g['name']}〕" in text for g in answer["gaps"])
    with pytest.raises(Refused):
        run(letter, "-o", str(tmp_path / "letter.txt"), "--json")
