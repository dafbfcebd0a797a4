# Makes murmur3.json: hashes by mmh3 (pip install mmh3==5.3.1), which wraps the author's own C++.
#
#     python3 test/golden/murmur3.py > test/golden/murmur3.json

import json
import random
import struct

import mmh3

random.seed(20110301)
inputs = [random.randbytes(size) for size in [*range(0, 50), 63, 64, 65, 255, 256, 1000]]
inputs += [text.encode() for text in ["", "a", "abc", "message digest", "naïve", "日本語", "🙂" * 9]]
seeds = [0, 1, 42, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]

vectors = [
    {
        "hex": data.hex(),
        "seed": seed,
        "words": list(struct.unpack("<4I", mmh3.hash_bytes(data, seed, x64arch=False))),
    }
    for number, data in enumerate(inputs)
    for seed in (seeds if number < 20 else [seeds[number % len(seeds)]])
]
print("[\n" + ",\n".join(json.dumps(vector) for vector in vectors) + "\n]")
