"""What becomes of each character before WordPiece, asked of the reference itself, so that no runtime's own tables of Unicode
have a say: BertNormalizer and BertPreTokenizer of Hugging Face's `tokenizers`, code point by code point."""

import numpy as np
from tokenizers import Tokenizer

DROPPED, SPACE, PLAIN, ALONE, SEVERAL = range(5)
FATE_BITS = 3
PAGE = 128
POINTS = 0x110000


def fold_table(tokenizer: Tokenizer):
    """@returns pages u16[POINTS / 128], entries i32[pages × 128], expansions u32[]: see src/engine/embed/model.ts"""
    entries = np.zeros(POINTS, np.int32)
    expansions: list[int] = []
    for point in range(POINTS):
        fate, folded = fate_of(tokenizer, point)
        value = folded[0] - point if folded else 0
        if fate == SEVERAL:
            value = len(expansions)
            expansions += [len(folded), *folded]
        entries[point] = value * (1 << FATE_BITS) | fate
    blocks, pages = np.unique(entries.reshape(-1, PAGE), axis=0, return_inverse=True)
    order = first_seen(pages.ravel())
    return order[pages.ravel()].astype(np.uint16), blocks[np.argsort(order)], np.array(expansions, np.uint32)


def fate_of(tokenizer: Tokenizer, point: int):
    """A character between two letters: does it vanish, part them, stand between them, or join them?"""
    if 0xD800 <= point < 0xE000:
        return DROPPED, []
    normal = tokenizer.normalizer.normalize_str(f"a{chr(point)}b")
    words = [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)]
    joined = "".join(words)
    assert joined[0] == "a" and joined[-1] == "b"
    folded = [ord(char) for char in joined[1:-1]]
    if len(words) == 3:
        assert len(folded) == 1
        return ALONE, folded
    if len(words) == 2:
        assert not folded
        return SPACE, []
    if len(folded) > 1:
        return SEVERAL, folded
    return (PLAIN if folded else DROPPED), folded


def first_seen(pages):
    """The new number of each page, so that page 0 is that of ASCII and text in one script stays in few cache lines."""
    seen = list(dict.fromkeys(pages.tolist()))
    order = np.zeros(len(seen), np.int64)
    order[seen] = np.arange(len(seen))
    return order
