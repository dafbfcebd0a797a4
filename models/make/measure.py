"""How near a static model comes to its teacher: nDCG@10 where each query has one right text among all of a set's, and how
alike the two order pairs (Spearman's rho of cosines). Sets are texts that people wrote for other ends; none was learned
from.

    python3.11 models/make/measure.py --model models/static-minilm-256/model.bin --data ../shared/data --work FOLDER

FOLDER is the one that make_static.py worked in."""

import argparse
import ast
import gzip
import importlib.util
import json
import random
import re
import struct
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from make_static import Said, begin_with, get_model_path, vocabulary_of
from teacher import Teacher
from texts import UNKNOWN, paragraphs

TEXT_TOKENS_MAX = 120
PAIRS = 20_000
QUERIES_MAX = 1000


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "data", "work"):
        options.add_argument(f"--{name}", type=Path, required=True)
    chosen = options.parse_args()
    folder = Path(get_model_path())
    tokenizer, vocabulary = vocabulary_of(folder)
    said = Said(Teacher(folder), chosen.work)
    kept = sorted(vocabulary.values())
    alone = said.means([[token] for token in kept])
    models = {
        "the model": read_vectors(chosen.model),
        "before it became bytes": np.load(chosen.work / "vectors.npy"),
        "before the regression": begin_with(alone)[1],
        "tokens alone, as the teacher has them": alone,
    }
    row_of = {token: row for row, token in enumerate(kept)}
    for name, pairs in sets_of(chosen.data).items():
        texts = [query for query, _ in pairs] + [text for _, text in pairs]
        ids = [each.ids[:TEXT_TOKENS_MAX] for each in tokenizer.encode_batch(texts, add_special_tokens=False)]
        taught = unit(said.kept("vectors", ids, lambda ids=ids: said.teacher.encode(ids)))
        length = np.mean([len(tokens) for tokens in ids])
        print(f"{name}: {len(pairs)} queries, {length:.0f} tokens a text; teacher {ndcg(taught):.3f}")
        for model, vectors in models.items():
            rows = [[row_of[token] for token in tokens if token != UNKNOWN] for tokens in ids]
            found = unit(np.array([vectors[each].sum(0) for each in rows]))
            share = ndcg(found) / ndcg(taught)
            print(f"    {model}: {ndcg(found):.3f}, {share:.1%} of the teacher's; rho {alike(found, taught):.3f}")


def sets_of(data):
    return {
        "GitHub, title → body of issues and pull requests": github(data / "github-events/events.ndjson"),
        "Wikipedia, first half → second half of an edit's comment": halves(wikipedia(data)),
        "Wikipedia, every other word → the words between": between(wikipedia(data)),
        "numpy and scipy, first line → description of a docstring": documentation(),
    }


def github(path):
    found = {}
    for line in path.read_text("utf-8").splitlines():
        payload = json.loads(line)["payload"]
        payload = json.loads(payload) if isinstance(payload, str) else payload
        for part in (payload.get("issue"), payload.get("pull_request")):
            if part and part.get("title") and len((part.get("body") or "").split()) >= 8:
                found.setdefault(part["title"], " ".join(part["body"].split()[:60]))
    return list(found.items())


def wikipedia(data):
    """English comments of people, of twelve words and more, without markup."""
    found = {}
    with gzip.open(data / "wikiticker/edits-2015-09-12.ndjson.gz", "rt", encoding="utf-8") as lines:
        for edit in map(json.loads, lines):
            if edit["channel"] != "#en.wikipedia" or edit["isRobot"]:
                continue
            text = re.sub(r"/\*(.*?)\*/", r"\1", edit["comment"])
            text = re.sub(r"\[\[(?:[^\]|]*\|)?([^\]]*)\]\]", r"\1", text)
            words = re.sub(r"https?://\S+", "", text).split()
            is_routine = re.search("undid|reverted", text, re.IGNORECASE)
            if len(words) >= 12 and not is_routine:
                found[" ".join(words)] = words
    return sample(list(found.values()), 2)


def halves(texts):
    return [(" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])) for words in texts]


def between(texts):
    return [(" ".join(words[::2]), " ".join(words[1::2])) for words in texts]


def documentation():
    found, seen = [], set()
    for package in ("numpy", "scipy"):
        folder = Path(importlib.util.find_spec(package).origin).parent
        for path in sorted(folder.rglob("*.py")):
            if {"test", "tests"} & set(path.relative_to(folder).parts):
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)):
                    continue
                first, *rest = paragraphs(ast.get_docstring(node) or "") or [""]
                titles = (">>>", "..", "Parameters", "Returns", "Notes", "Examples", "See Also")
                words = " ".join(part for part in rest if not part.startswith(titles)).split()[:40]
                text = " ".join(words)
                if 4 <= len(first.split()) <= 25 and len(words) >= 8 and not {first, text} & seen:
                    seen |= {first, text}
                    found.append((first, text))
    return sample(found, 1)


def sample(values, seed):
    random.Random(seed).shuffle(values)
    return values[:QUERIES_MAX]


def read_vectors(path):
    model = path.read_bytes()
    dims, tokens = struct.unpack_from("<2I", model, 16)
    codes, scales = struct.unpack_from("<2I", model, 36)
    rows = np.frombuffer(model, np.int8, tokens * dims, codes).reshape(tokens, dims)
    return rows.astype(np.float64) * np.frombuffer(model, "<u2", tokens, scales)[:, None]


def unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def ndcg(rows):
    """Queries first, then their texts in the same order; with one right text its gain is 1 / log2(rank + 1)."""
    queries, texts = np.split(rows, 2)
    scores = queries @ texts.T
    ranks = (scores > np.diag(scores)[:, None]).sum(1) + 1
    return np.where(ranks <= 10, 1 / np.log2(ranks + 1), 0).mean()


def alike(found, taught):
    one, other = np.random.default_rng(4).integers(0, len(found), (2, PAIRS))
    cosines = [(rows[one] * rows[other]).sum(1) for rows in (found, taught)]
    return spearmanr(*cosines)[0]


if __name__ == "__main__":
    main()
