"""The file of a static model, as src/engine/embed/model.ts draws and reads it: a header, then sections on multiples of 64."""

import hashlib
import struct

import numpy as np

KIND = b"ALLUEMB "
VERSION = 1
HEAD_BYTES = 192
ALIGN = 64
NAME_BYTES = 32
HASH_START, HASH_PRIME = 0x811C9DC5, 0x01000193


def model_bytes(name, codes, scales, pieces, fold, word_chars_max=100):
    """
    @param codes   i8[tokens, dims]; @param scales  u16[tokens], 0..32,767
    @param pieces  each token's text, "##" before what goes on within a word
    @param fold    pages, entries, expansions
    """
    texts = [piece.encode() for piece in pieces]
    starts = np.cumsum([0] + [len(text) for text in texts], dtype=np.uint32)
    slots = slot_table(texts)
    pages, entries, expansions = fold
    sections = [codes.astype(np.int8), scales.astype("<u2"), slots, starts.astype("<u4"), b"".join(texts)]
    sections += [pages.astype("<u2"), entries.astype("<i4"), expansions.astype("<u4")]
    body, offsets = bytearray(), []
    for section in sections:
        body += bytes(-len(body) % ALIGN)
        offsets.append(HEAD_BYTES + len(body))
        body += section if isinstance(section, bytes) else section.tobytes()
    body += bytes(-len(body) % ALIGN)
    longest = max(map(len, texts))
    words = [codes.shape[1], len(texts), len(slots), longest, word_chars_max, *offsets, HEAD_BYTES + len(body)]
    rest = struct.pack(f"<{len(words)}I", *words) + name.encode().ljust(NAME_BYTES, b"\0")
    rest += hashlib.sha256(body).digest()
    rest = rest.ljust(HEAD_BYTES - 16, b"\0") + body
    front = KIND + struct.pack("<I", VERSION)
    return front + struct.pack("<I", crc32c(front + rest)) + rest


def slot_table(texts):
    """u32[slots, 2]: the FNV-1a hash of a piece and its token + 1, in the first free slot from where its hash points."""
    count = 1 << (2 * len(texts) - 1).bit_length()
    slots = np.zeros((count, 2), "<u4")
    for token, text in enumerate(texts):
        code = HASH_START
        for byte in text:
            code = (code ^ byte) * HASH_PRIME & 0xFFFFFFFF
        slot = (code ^ code >> 16) & count - 1
        while slots[slot, 1]:
            slot = slot + 1 & count - 1
        slots[slot] = code, token + 1
    return slots


def crc32c(data):
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF
