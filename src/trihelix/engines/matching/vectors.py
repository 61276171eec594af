"""The vector file: unit vectors as int8 rows, found again by the text they stand for.

Rows are addressed by a digest of the text, not by record: rebuilding the index, or two records of one text, cost no second
embedding, and a changed text simply has no vector until the embedder has caught up. Up to ``EXACT_UP_TO`` rows every row is
scored; beyond that an inverted file (k-means cells) is probed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from trihelix.engines.errors import Refused
from trihelix.engines.matching.port import Vector
from trihelix.engines.matching.text import normalise

EXACT_UP_TO = 100_000
CELLS, PROBES = 2048, 64
# Scored in blocks, so that a million rows never become floats at once.
_BLOCK = 65_536
_ID = 16

Floats = npt.NDArray[np.float32]


def digest(body: str) -> bytes:
    """16 bytes that stand for a text (after NFKC and lower case)."""
    return hashlib.blake2b(normalise(body).encode(), digest_size=_ID).digest()


def quantise(vectors: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Unit rows (n × d) → int8 rows and one scale a row, so that ``row · scale`` is the vector within 1/254 of its largest part."""
    scale = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
    return np.rint(vectors / scale[:, None]).astype(np.int8), scale.astype(np.float32)


class VectorStore:
    """Append-only files ``rows.i8``, ``scales.f32``, ``ids.bin`` in one folder. One writer, many readers.

    ``ids.bin`` is written last: a row counts once its id is there, so a killed writer leaves at worst an unused tail.
    """

    def __init__(self, folder: Path | str, width: int = 384) -> None:
        self.folder, self.width = Path(folder), width
        self.folder.mkdir(parents=True, exist_ok=True)
        self._count = -1
        self._place: dict[bytes, int] = {}
        self.refresh()

    def _path(self, name: str) -> Path:
        return self.folder / name

    def refresh(self) -> int:
        """See rows that others have added; returns how many there are."""
        ids = self._path("ids.bin")
        count = ids.stat().st_size // _ID if ids.exists() else 0
        if count != self._count:
            raw = ids.read_bytes()[: count * _ID] if count else b""
            self._place = {raw[i * _ID : (i + 1) * _ID]: i for i in range(count)}
            self._rows: npt.NDArray[np.int8] = (
                np.memmap(self._path("rows.i8"), np.int8, "r", shape=(count, self.width)) if count else np.zeros((0, self.width), np.int8)
            )
            self._scales: Floats = np.fromfile(self._path("scales.f32"), np.float32, count) if count else np.zeros(0, np.float32)
            self._ids = [raw[i * _ID : (i + 1) * _ID] for i in range(count)]
            self._count = count
            self._floats: Floats | None = None
            self._load_cells()
        return count

    def __len__(self) -> int:
        return self._count

    def missing(self, bodies: Iterable[str]) -> list[str]:
        """Texts that have no vector yet, each once, in order."""
        return list({digest(b): b for b in bodies if digest(b) not in self._place}.values())

    def add(self, bodies: Sequence[str], vectors: Floats) -> int:
        """Append unit vectors (n × width) of texts; known texts are skipped. Returns how many were new."""
        if vectors.shape != (len(bodies), self.width):
            raise Refused.one("bad_vectors", f"向量应为 {len(bodies)} × {self.width}，实为 {vectors.shape}", field="vectors")
        new = {digest(b): i for i, b in enumerate(bodies) if digest(b) not in self._place}
        if not new:
            return 0
        rows, scales = quantise(np.ascontiguousarray(vectors[list(new.values())], np.float32))
        for name, size, data in (
            ("rows.i8", self._count * self.width, rows.tobytes()),
            ("scales.f32", self._count * 4, scales.tobytes()),
            ("ids.bin", self._count * _ID, b"".join(new)),
        ):
            with open(os.open(self._path(name), os.O_RDWR | os.O_CREAT, 0o644), "r+b") as out:
                out.truncate(size)
                out.seek(size)
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
        self.refresh()
        return len(new)

    def _all_dots(self, vector: Vector) -> Floats:
        """Every row scored; the rows are kept as floats, at most ``EXACT_UP_TO`` of them (150 MB)."""
        if self._floats is None:
            self._floats = self._rows.astype(np.float32) * self._scales[:, None]
        return np.asarray(self._floats @ vector, np.float32)

    def _dots(self, places: npt.NDArray[np.int64], vector: Vector) -> Floats:
        out = np.empty(len(places), np.float32)
        for start in range(0, len(places), _BLOCK):
            part = places[start : start + _BLOCK]
            out[start : start + _BLOCK] = (self._rows[part].astype(np.float32) @ vector) * self._scales[part]
        return out

    def cosines(self, bodies: Sequence[str], vector: Vector) -> list[float | None]:
        """Cosine of each text to the query; ``None`` where the text has no vector yet."""
        return self.cosines_by_id([digest(b) for b in bodies], vector)

    def cosines_by_id(self, ids: Sequence[bytes], vector: Vector) -> list[float | None]:
        """The same by digest."""
        places = [self._place.get(i, -1) for i in ids]
        known = np.array([p for p in places if p >= 0], np.int64)
        found = iter(self._dots(known, vector).tolist())
        return [next(found) if p >= 0 else None for p in places]

    def nearest(self, vector: Vector, k: int) -> list[tuple[bytes, float]]:
        """The ``k`` nearest rows: all scored up to ``EXACT_UP_TO``, beyond that the best cells and everything added since."""
        if not self._count:
            return []
        if self._count <= EXACT_UP_TO:
            places, dots = np.arange(self._count, dtype=np.int64), self._all_dots(vector)
        else:
            places = self._probed(vector) if self._cells is not None else np.arange(self._count, dtype=np.int64)
            dots = self._dots(places, vector)
        if len(dots) > k:
            keep = np.argpartition(-dots, k - 1)[:k]
            places, dots = places[keep], dots[keep]
        best = np.lexsort((places, -dots))
        return [(self._ids[places[i]], float(dots[i])) for i in best]

    # --- the inverted file -------------------------------------------------------------------------------------------

    def _load_cells(self) -> None:
        path = self._path("cells.npz")
        self._cells: Floats | None = None
        if path.exists() and self._count > EXACT_UP_TO:
            with np.load(path) as data:
                self._cells, self._members, self._starts = data["cells"], data["members"], data["starts"]
            self._indexed = int(self._starts[-1])

    def needs_cells(self) -> bool:
        """Is it time to (re)build the inverted file: large, and none yet or a fifth of the rows outside it."""
        return self._count > EXACT_UP_TO and (self._cells is None or self._count - self._indexed > self._count // 5)

    def _probed(self, vector: Vector) -> npt.NDArray[np.int64]:
        assert self._cells is not None
        nearest = np.argsort(-(self._cells @ vector), kind="stable")[:PROBES]
        parts = [self._members[self._starts[c] : self._starts[c + 1]] for c in nearest]
        return np.concatenate([*parts, np.arange(self._indexed, self._count, dtype=np.int64)])

    def build_cells(self, cells: int = CELLS, rounds: int = 8, seed: int = 20251124) -> None:
        """Spherical k-means over a sample, then assign every row; written beside and swapped in."""
        count = self._count
        rng = np.random.default_rng(seed)
        sample = np.sort(rng.choice(count, min(count, cells * 40), replace=False))
        points = self._rows[sample].astype(np.float32) * self._scales[sample, None]
        centres = points[rng.choice(len(points), cells, replace=len(points) < cells)]
        for _ in range(rounds):
            home = np.argmax(points @ centres.T, axis=1)
            sums = np.zeros_like(centres)
            np.add.at(sums, home, points)
            lengths = np.linalg.norm(sums, axis=1)
            full = lengths > 0
            centres[full] = sums[full] / lengths[full, None]
        homes = np.concatenate(
            [np.argmax(self._rows[s : s + _BLOCK].astype(np.float32) @ centres.T, axis=1) for s in range(0, count, _BLOCK)]
        )
        members = np.argsort(homes, kind="stable").astype(np.int64)
        starts = np.searchsorted(homes[members], np.arange(cells + 1)).astype(np.int64)
        beside = self._path("cells.tmp.npz")
        np.savez(beside, cells=centres, members=members, starts=starts)
        os.replace(beside, self._path("cells.npz"))
        self._load_cells()
