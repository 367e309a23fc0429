"""The trained tagger as an ONNX graph with signed-byte tables, written node by node.

The graph takes the words of one or more messages end to end (a gap of zero rows between) and gives
probabilities. Tables are gathered as bytes and scaled after summing; each layer is one matrix product over a word
and its two neighbours.
"""

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from pii.model import features, labels
from pii.model.train.network import Layer, Tagger
from pii.model.train.vocabulary import Vocabulary

OPSET = 17


class _Graph:
    """Collects nodes and constants."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def const(self, value: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def slice(self, x: str, begin: int, end: int, axis: int) -> str:
        bounds = [self.const(np.array([n], np.int64)) for n in (begin, end, axis)]
        return self.add("Slice", x, *bounds)


def _array(tensor: torch.Tensor) -> np.ndarray:
    array: np.ndarray = tensor.detach().numpy().astype(np.float32)
    return array


def _bytes(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a table as signed bytes with a scale for each column."""
    scale = np.abs(table).max(axis=0) / 127 + 1e-9
    return np.round(table / scale).astype(np.int8), scale.astype(np.float32)


def _gathered(graph: _Graph, table: np.ndarray, index: str) -> str:
    return graph.add("Cast", graph.add("Gather", graph.const(table), index), to=TensorProto.FLOAT)


def _normed(graph: _Graph, x: str, norm: torch.nn.LayerNorm) -> str:
    return graph.add(
        "LayerNormalization",
        x,
        graph.const(_array(norm.weight)),
        graph.const(_array(norm.bias)),
        axis=-1,
        epsilon=norm.eps,
    )


def _layer(graph: _Graph, x: str, mask: str, layer: Layer) -> str:
    gap = layer.dilation
    width = layer.norm.normalized_shape[0]
    seen = graph.add("Mul", _normed(graph, x, layer.norm), mask)
    padded = graph.add("Pad", seen, graph.const(np.array([gap, 0, gap, 0], np.int64)))
    far = np.iinfo(np.int64).max
    sides = (graph.slice(padded, 0, -2 * gap, 0), seen, graph.slice(padded, 2 * gap, far, 0))
    bias = graph.const(_array(layer.look.bias))
    both = graph.add("Gemm", graph.add("Concat", *sides, axis=1), graph.const(_array(layer.look.weight).T), bias)
    gate = graph.add("Sigmoid", graph.slice(both, width, 2 * width, 1))
    return graph.add("Add", x, graph.add("Mul", graph.slice(both, 0, width, 1), gate))


def _linear(graph: _Graph, x: str, linear: torch.nn.Linear, divide: float = 1.0) -> str:
    return graph.add(
        "Gemm", x, graph.const(_array(linear.weight).T / divide), graph.const(_array(linear.bias) / divide)
    )


def graph_of(model: Tagger, vocabulary: Vocabulary, temperature: float) -> onnx.ModelProto:
    """Return the graph: `buckets` [words, WIDTH] and `rows` [words] to `probabilities` [words, labels]."""
    graph = _Graph()
    pieces = _array(model.pieces)
    pieces[0] = 0
    table, scale = _bytes(pieces)
    summed = graph.add(
        "ReduceSum", _gathered(graph, table, "buckets"), graph.const(np.array([1], np.int64)), keepdims=0
    )
    spelt = graph.add("Mul", summed, graph.const(scale))
    unit = float(model.vectors.abs().max()) / float(np.abs(vocabulary.vectors).max())
    known = graph.add("Mul", _gathered(graph, vocabulary.vectors, "rows"), graph.const(np.array(unit, np.float32)))
    mask = graph.add(
        "Cast", graph.add("Cast", graph.slice("buckets", 0, 1, 1), to=TensorProto.BOOL), to=TensorProto.FLOAT
    )
    x = _linear(graph, graph.add("Concat", spelt, known, axis=1), model.join)
    for layer in model.layers:
        x = _layer(graph, x, mask, layer)
    scores = _linear(graph, _normed(graph, x, model.norm), model.out, temperature)
    graph.nodes.append(helper.make_node("Softmax", [scores], ["probabilities"], axis=-1))
    inputs = [
        helper.make_tensor_value_info("buckets", TensorProto.INT32, ["words", features.WIDTH]),
        helper.make_tensor_value_info("rows", TensorProto.INT32, ["words"]),
    ]
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["words", len(labels.LABELS)])
    made = helper.make_graph(graph.nodes, "names", inputs, [output], graph.constants)
    proto = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(proto)
    return proto


def _words(vocabulary: Vocabulary) -> bytes:
    """Return the word table: packed numbers, then the words, compressed."""
    numbers = vocabulary.entries().astype("<u8").tobytes()
    return zlib.compress(
        len(vocabulary.words).to_bytes(4, "little") + numbers + "\n".join(vocabulary.words).encode(), 9
    )


def write(folder: Path, model: Tagger, vocabulary: Vocabulary, settings: dict[str, Any]) -> None:
    """Write the graph, the word table and the manifest with their hashes."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {
        "names.onnx": graph_of(model, vocabulary, settings["temperature"]).SerializeToString(),
        "words.bin": _words(vocabulary),
    }
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    gap = max(model.shape.dilations)
    reach = sum(model.shape.dilations)
    manifest = settings | {"labels": list(labels.LABELS), "gap": gap, "reach": reach, "sha256": hashes}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
