"""The sentence transformer that the static model learns from: all-MiniLM-L6-v2, six layers of BERT, the mean of all its
tokens, made to length 1. Its weights are built into an ONNX graph here, so that no framework is needed beside the runtime."""

from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

LAYERS, HEADS, DIMS = 6, 12, 384
CLS, SEP = 101, 102
BATCH_TOKENS = 1024


class Teacher:
    def __init__(self, folder: Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # sums in one order: the same vectors in every run
        model = graph_of(load_file(folder / "model.safetensors")).SerializeToString()
        self.session = onnxruntime.InferenceSession(model, options)

    def encode(self, texts):
        """@param texts  lists of token ids, without special ones; @returns f32[texts, 384] of length 1"""
        means = self.means(texts)
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    def means(self, texts):
        found = np.zeros((len(texts), DIMS), np.float32)
        order = sorted(range(len(texts)), key=lambda text: (len(texts[text]), text))
        at = 0
        while at < len(order):
            length = len(texts[order[at]])
            most = max(1, BATCH_TOKENS // (length + 2))
            group = [text for text in order[at : at + most] if len(texts[text]) == length]
            ids = np.array([[CLS, *texts[text], SEP] for text in group], np.int64)
            found[group] = self.session.run(None, {"ids": ids})[0]
            at += len(group)
        return found


def graph_of(weights):
    nodes, constants = [], {}

    def keep(name, value):
        constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def add(kind, *inputs, **attributes):
        output = f"v{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def linear(x, name):
        product = add("MatMul", x, keep(f"{name}.w", weights[f"{name}.weight"].T))
        return add("Add", product, keep(f"{name}.b", weights[f"{name}.bias"]))

    def normal(x, name):
        scale, bias = keep(f"{name}.w", weights[f"{name}.weight"]), keep(f"{name}.b", weights[f"{name}.bias"])
        return add("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-12)

    def attention(x, layer):
        split, joined = keep("split", np.array([0, 0, HEADS, DIMS // HEADS])), keep("join", np.array([0, 0, DIMS]))
        names = [f"{layer}attention.self.{part}" for part in ("query", "key", "value")]
        query, key, value = (add("Reshape", linear(x, name), split) for name in names)
        query, value = (add("Transpose", part, perm=[0, 2, 1, 3]) for part in (query, value))
        scores = add("MatMul", query, add("Transpose", key, perm=[0, 2, 3, 1]))
        shares = add("Softmax", add("Mul", scores, keep("root", np.float32((DIMS / HEADS) ** -0.5))), axis=-1)
        heads = add("Transpose", add("MatMul", shares, value), perm=[0, 2, 1, 3])
        return linear(add("Reshape", heads, joined), f"{layer}attention.output.dense")

    words = add("Gather", keep("words", weights["embeddings.word_embeddings.weight"]), "ids")
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    zero, length = keep("zero", np.array([0])), add("Shape", "ids", start=1, end=2)
    x = add("Add", words, add("Slice", keep("places", places), zero, length, zero))
    x = normal(x, "embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        x = normal(add("Add", x, attention(x, layer)), f"{layer}attention.output.LayerNorm")
        wide = add("Gelu", linear(x, f"{layer}intermediate.dense"))
        x = normal(add("Add", x, linear(wide, f"{layer}output.dense")), f"{layer}output.LayerNorm")
    mean = add("ReduceMean", x, keep("along", np.array([1])), keepdims=0)
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    out = helper.make_tensor_value_info(mean, TensorProto.FLOAT, ["texts", DIMS])
    graph = helper.make_graph(nodes, "teacher", [ids], [out], list(constants.values()))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
