"""What the teacher is asked about. No corpus is downloaded: real sentences come from the documentation that Python 3.11
carries with it, and from them and from the vocabulary come texts of which each token of the vocabulary is a part somewhere."""

import ast
import random
import re
import sysconfig
from pathlib import Path

import numpy as np
from pydoc_data import topics

UNKNOWN = 100
SENTENCE_TOKENS_MAX = 48
SENTENCE_CHARS_MIN = 12
SALADS, EXCHANGES = 60_000, 120_000
FIRST_WORD = 1996  # single characters stand before
COMMON = 2500  # signs, characters and the commonest words


def sentences(tokenizer):
    """@returns lists of ids: sentences of docstrings and help pages, each once"""
    found = set()
    for text in [*docstrings(Path(sysconfig.get_paths()["stdlib"])), *topics.topics.values()]:
        for paragraph in paragraphs(text):
            for sentence in re.split(r"(?<=[.!?]) ", paragraph):
                if len(sentence) >= SENTENCE_CHARS_MIN and not sentence.startswith(">>>"):
                    found.add(sentence)
    shuffled = sorted(found)
    random.Random(3).shuffle(shuffled)
    encoded = tokenizer.encode_batch(shuffled, add_special_tokens=False)
    lists = [[token for token in each.ids[:SENTENCE_TOKENS_MAX] if token != UNKNOWN] for each in encoded]
    return [tokens for tokens in lists if len(tokens) >= 2]


def salads(kept):
    """@returns lists of 2 to 12 ids, drawn by rank and evenly, half and half"""
    dice = np.random.default_rng(20261121)
    upto = np.cumsum(chances_of(kept, even=0.5, offset=60.0))
    upto /= upto[-1]
    drawn = []
    for _ in range(SALADS):
        length = int(dice.integers(2, 13))
        drawn.append(kept[upto.searchsorted(dice.random(length), side="right")].tolist())
    return drawn


def exchanges(kept, real):
    """@returns lists of 4 to 18 ids: parts of real sentences, most of whose words are exchanged for others"""
    dice = np.random.default_rng(20261122)
    pool = iter(kept[dice.choice(len(kept), 3_000_000, p=chances_of(kept, even=0.6, offset=61.0))])
    drawn = []
    for _ in range(EXCHANGES):
        sentence = real[int(dice.integers(0, len(real)))]
        length = int(dice.integers(4, 19))
        start = int(dice.integers(0, max(1, len(sentence) - length + 1)))
        part = list(sentence[start : start + length])
        for at, token in enumerate(part):
            if dice.random() < (0.75 if token >= COMMON else 0.15):
                part[at] = int(next(pool))
        drawn.append(part)
    return drawn


def chances_of(kept, even, offset):
    """Zipf's law, flattened, over the vocabulary's order, which is that of frequency; characters are rare words."""
    is_word = kept >= FIRST_WORD
    chances = np.where(is_word, (np.cumsum(is_word) - 1 + offset) ** -0.75, 0)
    chances[~is_word] = chances[is_word].min() * 2
    return (1 - even) * chances / chances.sum() + even / len(kept)


def docstrings(folder):
    left_out = {"test", "tests", "idle_test", "site-packages", "__pycache__"}
    for path in sorted(folder.rglob("*.py")):
        if left_out & set(path.relative_to(folder).parts):
            continue
        try:
            tree = ast.parse(path.read_text("utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue  # a sample of what is broken
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                text = ast.get_docstring(node)
                if text:
                    yield text


def paragraphs(text):
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
