# Makes sketches.json (pip install datasketch==2.0.0 ddsketch==3.0.1 mmh3==5.3.1 numpy==2.4.6): registers of HyperLogLog by
# datasketch over the same hash, bins of DDSketch by its authors' package, and count-min and MinHash by numpy.
#
#     python3 test/golden/sketches.py > test/golden/sketches.json

import base64
import json
import math
import struct

import mmh3
import numpy as np
from datasketch import HyperLogLogPlusPlus
from ddsketch.mapping import CubicallyInterpolatedMapping

SEED = 7


def words(item):
    return struct.unpack("<4I", mmh3.hash_bytes(item.encode(), SEED, x64arch=False))


def hash64(item):
    low, high, _, _ = words(item.decode())
    return high << 32 | low


def items(count, prefix="item"):
    return [f"{prefix}-{number}" for number in range(count)]


def hyperloglog(precision, count):
    sketch = HyperLogLogPlusPlus(precision, hashfunc=hash64)
    for item in items(count):
        sketch.update(item.encode())
    return {"precision": precision, "items": count, "registers": base64.b64encode(bytes(sketch.reg)).decode()}


def mapping(accuracy):
    random = np.random.default_rng(20190501)
    values = [1.0, 2.0, 0.5, 1e-300, 1e300, 3.0, 1024.0, math.pi, *np.exp(random.uniform(-30, 30, 200)).tolist()]
    bins = CubicallyInterpolatedMapping(accuracy)
    return {"accuracy": accuracy, "values": values, "bins": [bins.key(value) for value in values]}


def quantiles(name, values):
    shares = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1]
    exact = np.quantile(values, shares, method="lower").tolist()
    return {"name": name, "values": values.tolist(), "shares": shares, "quantiles": exact}


def count_min(width, depth):
    counts = np.zeros((depth, width))
    for number, item in enumerate(items(500)):
        first, second, _, _ = words(item)
        for row in range(depth):
            counts[row, (first + row * (second | 1)) % width] += 1 + number % 9
    return {"width": width, "depth": depth, "counts": counts.ravel().astype(int).tolist()}


def minhash(bins, sets):
    sketches = []
    for members in sets:
        sketch = np.full(bins, 0xFFFFFFFF, np.uint32)
        for item in members:
            first, second, _, _ = words(item)
            sketch[first % bins] = min(sketch[first % bins], second)
        sketches.append(sketch)
    left, right = sketches
    filled = (left != 0xFFFFFFFF) | (right != 0xFFFFFFFF)
    return {
        "bins": bins,
        "left": len(sets[0]),
        "right": len(sets[1]),
        "least": left.tolist(),
        "similarity": float(((left == right) & filled).sum() / filled.sum()),
    }


random = np.random.default_rng(20190502)
print(
    json.dumps(
        {
            "seed": SEED,
            "hyperloglog": [hyperloglog(p, n) for p, n in [(4, 100), (8, 10), (8, 5000), (11, 1000)]],
            "mapping": [mapping(accuracy) for accuracy in [0.001, 0.01, 0.1]],
            "quantiles": [
                quantiles("normal", np.round(random.normal(10, 30, 500), 6)),
                quantiles("pareto", np.round(random.pareto(1.1, 500), 6)),
                quantiles("small whole numbers", random.integers(-3, 4, 200).astype(float)),
            ],
            "count_min": count_min(97, 4),
            "minhash": [minhash(64, (items(50), items(80))), minhash(256, (items(1000), items(1100)))],
        }
    )
)
