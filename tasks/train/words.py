"""The tokenizer: each word becomes a few hashed subword pieces, so that no word is unknown.

A word is a run of letters or digits, in lower case. Its pieces are the word itself and its character
trigrams, with "<" and ">" marking its ends, each hashed (32-bit FNV-1a of its UTF-8 bytes) to one of
`BUCKETS` rows of an embedding table; the word's embedding is the mean of its pieces', as in fastText
(Bojanowski et al., TACL 5 (2017) 135-146). Id 0 is padding. `lib/models/nano/words.ts` does the same.
"""

import re

BUCKETS = 4096
# Captions are truncated to this many words, words to this many pieces.
WORDS = 80
PIECES = 12


def pieces(word):
    marked = f"<{word}>"
    trigrams = [marked[i : i + 3] for i in range(len(marked) - 2)]
    return [bucket(marked)] + [bucket(trigram) for trigram in trigrams][: PIECES - 1]


def bucket(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return 1 + value % (BUCKETS - 1)


def words_of(caption):
    return re.findall(r"[a-z]+|[0-9]+", caption.lower())[:WORDS]


def ids_of(caption):
    """Piece ids [words][PIECES], padded with 0; a caption without words is a single word of padding."""
    words = [pieces(word) for word in words_of(caption)]
    return [ids + [0] * (PIECES - len(ids)) for ids in words] or [[0] * PIECES]
