"""Captions as numbers: every word a handful of hashed pieces, so that no word is unknown.

A word is its lower-case letters or digits. It is told by itself and by its pieces of three
characters, "<" and ">" marking its ends, each hashed (32-bit FNV-1a of its UTF-8 bytes) into one of
`BUCKETS` rows of an embedding; a word's embedding is their mean, as in fastText (Bojanowski et al.,
TACL 5 (2017) 135-146). Row 0 stands for "no piece". `lib/models/nano/words.ts` does the same.
"""

import re

BUCKETS = 4096
# Words of a caption that are read, and pieces of a word.
WORDS = 80
PIECES = 12


def pieces(word):
    marked = f"<{word}>"
    grams = [marked[i : i + 3] for i in range(len(marked) - 2)]
    return [bucket(marked)] + [bucket(gram) for gram in grams][: PIECES - 1]


def bucket(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return 1 + value % (BUCKETS - 1)


def words_of(caption):
    return re.findall(r"[a-z]+|[0-9]+", caption.lower())[:WORDS]


def ids_of(caption):
    """Rows of pieces, one a word: [words][PIECES], filled up with 0; one row of 0 for no words."""
    rows = [pieces(word) for word in words_of(caption)]
    return [row + [0] * (PIECES - len(row)) for row in rows] or [[0] * PIECES]
