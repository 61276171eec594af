"""Every text of a page has English; none names a field that its source does not."""

import pytest

from tools import messages

pytestmark = pytest.mark.nodb


@pytest.mark.parametrize("package", messages.packages(), ids=lambda p: p.name)
def test_no_text_is_without_english(package):
    """A register keeps its English in its own ``locale`` folder."""
    assert messages.missing(package) == []


def test_english_keeps_the_fields_of_its_source():
    assert messages.unlike() == []


def test_the_extractor_sees_templates_and_code(tmp_path):
    (tmp_path / "a.html").write_text(
        "{% trans '甲' %}{% blocktrans count n=3 %}{{ n }} 条{% plural %}{{ n }} 条{% endblocktrans %}", encoding="utf-8"
    )
    (tmp_path / "b.py").write_text("_('乙')\nngettext('丙', '丙', 2)\nother('丁')\n", encoding="utf-8")
    assert messages.texts(tmp_path) == {"甲", "%(n)s 条", "乙", "丙"}
