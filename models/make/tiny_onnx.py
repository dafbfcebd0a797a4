"""Makes the transformer that the tests run: some hundred words, 16 dims, one layer of attention with a sum around it, and
a tokenizer.json of its own. It is small enough to be worked out anew in numpy, which writes what is expected beside it:
ids by Hugging Face's tokenizers, vectors in double precision.

    pip install -r models/make/requirements.txt
    python3 models/make/tiny_onnx.py test/golden/onnx
"""

import json
import random
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece

DIMS, PLACES, SEED = 16, 64, 20260101
TOPICS = [
    "payment declined bank credit card transaction rejected".split(),
    "cat sleeps sofa".split(),
    "a the was by on ##s ##ed ##ing".split(),
    "layers of gold sand clay silt loam and event man plays guitar market fell".split(),
]
CHARACTERS = [chr(code) for code in range(0x21, 0x7F) if not chr(code).isupper()] + list("ßø日本語中文字כ")


def vocabulary():
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [piece for topic in TOPICS for piece in topic]
    for character in CHARACTERS:
        pieces += [character, f"##{character}"]
    return list(dict.fromkeys(pieces))


def tokenizer_of(pieces):
    ids = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    special = [(piece, ids[piece]) for piece in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=special)
    tokenizer.enable_padding(pad_id=ids["[PAD]"])
    return tokenizer


def weights_of(pieces):
    draw = np.random.default_rng(SEED)
    words = draw.normal(0, 0.5, (len(pieces), DIMS))
    for number, topic in enumerate(TOPICS[:2]):
        for piece in topic:
            words[pieces.index(piece), number] += 3
    return {
        "words": words.astype(np.float32),
        "places": draw.normal(0, 0.1, (PLACES, DIMS)).astype(np.float32),
        "kinds": draw.normal(0, 0.1, (2, DIMS)).astype(np.float32),
        "query": draw.normal(0, 0.3, (DIMS, DIMS)).astype(np.float32),
        "value": draw.normal(0, 0.3, (DIMS, DIMS)).astype(np.float32),
    }


def graph_of(weights, output):
    """@param output  `last_hidden_state`, or `sentence_embedding`, which is the tokens' mean and wants no token types"""
    nodes, constants = [], []

    def keep(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(kind, *inputs, to=None, **attributes):
        result = to or f"v{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [result], **attributes))
        return result

    pools = output == "sentence_embedding"
    zero, one = keep("zero", np.array([0])), keep("one", np.array([1]))
    x = add("Gather", keep("words", weights["words"]), "input_ids")
    length = add("Shape", "input_ids", start=1, end=2)
    x = add("Add", x, add("Slice", keep("places", weights["places"]), zero, length, zero))
    if pools:
        x = add("Add", x, keep("kinds", weights["kinds"][0]))
    else:
        x = add("Add", x, add("Gather", keep("kinds", weights["kinds"]), "token_type_ids"))
    mask = "mask"
    nodes.append(helper.make_node("Cast", ["attention_mask"], [mask], to=TensorProto.FLOAT))
    hidden = add("Mul", add("Sub", keep("unit", np.float32(1)), mask), keep("far", np.float32(-1e9)))
    queries = add("MatMul", x, keep("query", weights["query"]))
    scores = add("Add", add("MatMul", queries, add("Transpose", x, perm=[0, 2, 1])), add("Unsqueeze", hidden, one))
    mixed = add("MatMul", add("Softmax", scores, axis=-1), add("MatMul", x, keep("value", weights["value"])))
    if pools:
        tokens = add("Mul", add("Add", x, mixed), add("Unsqueeze", mask, keep("two", np.array([2]))))
        sums = add("ReduceSum", tokens, one, keepdims=0)
        add("Div", sums, add("ReduceSum", mask, one, keepdims=1), to=output)
    else:
        add("Add", x, mixed, to=output)
    names = ["input_ids", "attention_mask"] + ([] if pools else ["token_type_ids"])
    kind = TensorProto.INT32 if pools else TensorProto.INT64
    inputs = [helper.make_tensor_value_info(name, kind, ["texts", "tokens"]) for name in names]
    shape = ["texts", DIMS] if pools else ["texts", "tokens", DIMS]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def embedded(weights, ids, pooling):
    """The definition written out, for one text without padding."""
    weights = {name: value.astype(np.float64) for name, value in weights.items()}
    x = weights["words"][ids] + weights["places"][: len(ids)] + weights["kinds"][0]
    scores = x @ weights["query"] @ x.T
    shares = np.exp(scores - scores.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    tokens = x + shares @ (x @ weights["value"])
    vector = tokens[0] if pooling == "cls" else tokens.mean(0)
    return vector / np.linalg.norm(vector)


TEXTS = [
    "gold", "The payment was declined by the bank.", "credit-card transaction rejected!", "a cat sleeps on the sofa",
    "layers of gold and sand, and layers of clay and loam, and of silt", "[SEP] gold [CLS]", "Größe naïve ＦＵＬＬ ﬁne",
    "日本語 中文字", "ok 👍🏽 £5 ½", "x" * 100, "x" * 101, "event 17: ERR_CONN at 10.0.0.1:8420", "\0gold\x07 sa\u00adnd\u2028clay", "ΣΑΣ σας",
    "gold " * 100, "e\u0301 a\u0328 q\u0307\u0323", "cats played", "\ufeffgold\ufffd", "$1 ^ ` ~ | + = < >", "I\u0307stanbul",
]  # fmt: skip


def drawn(dice, pieces):
    ranges = [(0x20, 0x7F), (0, 0x20), (0x80, 0x250), (0x300, 0x370), (0x370, 0x600), (0x1E00, 0x2100), (0x3000, 0x3100), (0x4E00, 0x9FFF)]
    parts = []
    for _ in range(dice.randrange(1, 12)):
        low, high = dice.choice(ranges)
        parts.append(dice.choice(pieces).removeprefix("##") if dice.random() < 0.5 else chr(dice.randrange(low, high)))
        parts.append(" " * (dice.random() < 0.5))
    return "".join(parts)


def main(folder):
    pieces = vocabulary()
    tokenizer, weights = tokenizer_of(pieces), weights_of(pieces)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=False) + "\n", "utf-8")
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": PLACES, "pad_token_id": 0}) + "\n")
    (folder / "model.onnx").write_bytes(graph_of(weights, "last_hidden_state").SerializeToString())
    (folder / "pooled.onnx").write_bytes(graph_of(weights, "sentence_embedding").SerializeToString())
    tokenizer.no_padding()
    tokenizer.enable_truncation(PLACES)
    tokenizer.encode_special_tokens = True
    dice = random.Random(SEED)
    cases = []
    for number, text in enumerate(TEXTS + [drawn(dice, pieces[5:]) for _ in range(200)]):
        ids = tokenizer.encode(text).ids
        case = {"text": text, "ids": ids}
        if number < len(TEXTS):
            case |= {pooling: np.round(embedded(weights, ids, pooling), 7).tolist() for pooling in ("mean", "cls")}
        cases.append(case)
    (folder / "expected.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


main(Path(sys.argv[1]))
