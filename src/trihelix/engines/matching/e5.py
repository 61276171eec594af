"""The embedder: texts → unit vectors of 384 numbers, by the converted multilingual-e5-small under ONNX Runtime."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import cast

import numpy as np
import numpy.typing as npt

from trihelix.engines.errors import Refused
from trihelix.engines.matching.e5_convert import BLOCK, ready
from trihelix.engines.matching.port import Vector

Floats = npt.NDArray[np.float32]
_SPACE = "▁"
# Query vectors kept: the embedder is the slowest step of a search, and the same need is asked many times.
KEPT = 4096


class Tokenizer:
    """SentencePiece unigram: the cutting with the best sum of piece scores (Viterbi)."""

    def __init__(self, folder: Path) -> None:
        pieces: list[str] = json.loads((folder / "pieces.json").read_text(encoding="utf-8"))
        scores = np.fromfile(folder / "scores.f32", np.float32).tolist()
        self._map: dict[int, str] = str.maketrans(json.loads((folder / "map.json").read_text(encoding="utf-8")))
        self._unknown: int = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["unknown"]
        self._pieces = {p: (i, s) for i, (p, s) in enumerate(zip(pieces, scores, strict=True)) if p and i != self._unknown}
        self._longest = max(map(len, self._pieces))
        self._penalty = min(scores) - 10

    def ids(self, text: str) -> list[int]:
        """Piece numbers of a text, without the marks of beginning and end."""
        mapped = text.translate(self._map)
        while "  " in mapped:
            mapped = mapped.replace("  ", " ")
        s = (mapped if mapped.startswith(" ") else " " + mapped).replace(" ", _SPACE)
        n = len(s)
        best, back = [-1e30] * (n + 1), [(0, self._unknown)] * (n + 1)
        best[0] = 0.0
        for i in range(n):
            here = best[i]
            for end in range(i + 1, min(i + self._longest, n) + 1):
                found = self._pieces.get(s[i:end])
                if found is not None and here + found[1] > best[end]:
                    best[end], back[end] = here + found[1], (i, found[0])
            if here + self._penalty > best[i + 1]:
                best[i + 1], back[i + 1] = here + self._penalty, (i, self._unknown)
        out, end = [], n
        while end:
            end, piece = back[end]
            out.append(piece)
        return out[::-1]


class E5:
    """Embeds queries and passages. ``threads``: of ONNX Runtime. Refused where nothing was converted into the folder."""

    def __init__(self, folder: Path | str, threads: int = 1) -> None:
        folder = Path(folder)
        if not ready(folder):
            raise Refused.one("no_model", "语义向量模型还没有转换，请先转换模型", field="vectors", value=folder.name)
        import onnxruntime

        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        self.width: int = meta["hidden"]
        self._bos, self._eos, self._window = meta["bos"], meta["eos"], meta["longest"] - 2
        self._tokenizer = Tokenizer(folder)
        self._words = np.memmap(folder / "words.i8", np.int8, "r").reshape(-1, self.width)
        self._scales = np.memmap(folder / "scales.f32", np.float32, "r").reshape(-1, self.width // BLOCK)
        self._positions = np.load(folder / "positions.npy")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self._session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._lock = Lock()

    def query(self, text: str) -> Vector:
        """Unit vector of a query; the last ``KEPT`` are remembered."""
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
                return self._kept[text]
        vector: Vector = self._embed([f"query: {text}"])[0]
        with self._lock:
            self._kept[text] = vector
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return vector

    def passages(self, texts: Sequence[str], batch: int = 16, progress: Callable[[int], None] | None = None) -> Floats:
        """Unit vectors (n × width) of documents, computed in batches of like length."""
        out = np.zeros((len(texts), self.width), np.float32)
        by_length = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
        for start in range(0, len(texts), batch):
            part = by_length[start : start + batch]
            out[part] = self._embed([f"passage: {texts[i]}" for i in part])
            if progress is not None:
                progress(start + len(part))
        return out

    def _windows(self, texts: Iterable[str]) -> Iterator[tuple[int, list[int]]]:
        """(text number, piece numbers) of each window of at most the model's length; a long text has several."""
        for n, text in enumerate(texts):
            ids = self._tokenizer.ids(text)
            for start in range(0, max(len(ids), 1), self._window):
                yield n, [self._bos, *ids[start : start + self._window], self._eos]

    def _embed(self, texts: Sequence[str]) -> Floats:
        """Windows are averaged by their length before normalising, as if the whole text had been pooled."""
        total = np.zeros((len(texts), self.width), np.float32)
        windows = list(self._windows(texts))
        for start in range(0, len(windows), 16):
            part = windows[start : start + 16]
            means = self._run([ids for _, ids in part])
            for (n, ids), mean in zip(part, means, strict=True):
                total[n] += mean * (len(ids) - 2)
        lengths = np.sqrt(np.einsum("ij,ij->i", total, total))
        return cast(Floats, total / np.maximum(lengths, 1e-12)[:, None])

    def _run(self, rows: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, rows))
        x = np.zeros((len(rows), longest, self.width), np.float32)
        mask = np.zeros((len(rows), longest), np.float32)
        for i, ids in enumerate(rows):
            blocks = self._words[list(ids)].reshape(len(ids), -1, BLOCK) * self._scales[list(ids)][:, :, None]
            x[i, : len(ids)] = blocks.reshape(len(ids), self.width) + self._positions[: len(ids)]
            mask[i, : len(ids)] = 1
        return cast(Floats, self._session.run(None, {"x": x, "mask": mask})[0])
