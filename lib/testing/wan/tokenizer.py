"""Small tokenizers like UMT5's, and the ids of many strings from Hugging Face's `tokenizers`.

    python tokenizer.py --out DIR

Writes `precompiled.json` (a character map, byte fallback, and a piece of two spaces that is never used
because of splitting at spaces), `plain.json` (NFKC, no byte fallback, the older form of Metaspace),
`cases.json` (strings and their ids under each) and `cleaned.json` (prompts as cleaned by Wan's
pipelines, without ftfy).
"""

import argparse
import base64
import html
import json
import random
import struct
import unicodedata
from pathlib import Path

import regex
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

TEXT = """A red blood cell flows through a capillary and bends where the vessel is narrow.
Bacteria swim along a gradient: they run, they tumble, and they run again.
The heart beats; its valve opens and closes, and the blood flows on to the lungs.
Proteins fold in water. Ions pass a channel of the membrane, one after another.
A cell divides: the spindle pulls the chromosomes apart, and two cells are left.
The camera is still, the light is soft, and nothing else moves in the picture.
Under the microscope, a white blood cell follows a bacterium between red blood cells.
Particles of 2 µm diffuse in all directions; their mean square displacement grows with time.
在显微镜下，红细胞流过毛细血管。细胞分裂，染色体分开。心脏跳动，瓣膜打开和关闭。
Das Blut fließt durch die Gefäße. Le cœur bat régulièrement. Клетка делится на две части.
赤血球が毛細血管を流れる。細胞は二つに分かれる。"""
SPECIAL = ["<pad>", "</s>", "<s>", "<unk>"]
EXTRA = ["<extra_id_0>", "<extra_id_1>"]
LIMITS = (512, 8)


def rules():
    """Replacements: NFKC for some blocks, spaces, and one rule that is not in NFKC."""
    replacements = {}
    blocks = [(0xA0, 0x180), (0x2010, 0x2050), (0x2070, 0x20A0), (0x2100, 0x2150), (0x3300, 0x3400),
              (0xFB00, 0xFB07), (0xFF01, 0xFF5F)]
    for first, last in blocks:
        for code in range(first, last):
            char = chr(code)
            composed = unicodedata.normalize("NFKC", char)
            if composed != char:
                replacements[char] = composed
            apart = unicodedata.normalize("NFD", char)
            if apart != char:
                replacements[apart] = composed
    replacements |= {char: " " for char in "\t\n\r\u00a0\u2003\u200b\u2028\u3000\ufeff"}
    replacements |= {"\x01": "", "\x7f": "", "☃": "snow"}
    return replacements


def charsmap(pairs):
    """SentencePiece's character map: a double array of the strings' bytes, then the replacements."""
    root, blob = {}, b""
    for key, value in sorted(pairs.items()):
        node = root
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[None] = len(blob)
        blob += value.encode() + b"\0"
    units, taken = {0: 0}, {0}
    waiting = [(0, 0, root)]
    while waiting:
        at, label, node = waiting.pop(0)
        slots = [0 if byte is None else byte for byte in node]
        base = next(base for base in range(1, 1 << 20)
                    if not any(base ^ slot in taken for slot in slots))
        units[at] = (at ^ base) << 10 | (None in node) << 8 | label
        taken |= {base ^ slot for slot in slots}
        for byte, child in node.items():
            if byte is None:
                units[base] = child | 1 << 31
            else:
                waiting.append((base ^ byte, byte, child))
    # Every base may be looked up with any byte.
    size = (max(units) | 0xFF) + 1
    array = struct.pack(f"<{size}I", *(units.get(at, 0) for at in range(size)))
    return struct.pack("<I", len(array)) + array + blob


def trained():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=400, special_tokens=SPECIAL, unk_token="<unk>",
                                      show_progress=False)
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens(EXTRA)
    return json.loads(tokenizer.to_str())


def variants():
    plain = trained()
    plain["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}
    plain["decoder"] = None
    precompiled = json.loads(json.dumps(plain))
    precompiled["normalizer"] = {"type": "Sequence", "normalizers": [
        {"type": "Precompiled",
         "precompiled_charsmap": base64.b64encode(charsmap(rules())).decode()},
        {"type": "Strip", "strip_left": False, "strip_right": True},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"},
    ]}
    precompiled["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁",
                                    "prepend_scheme": "always", "split": True}
    model = precompiled["model"]
    model["byte_fallback"] = True
    model["vocab"] += [[f"<0x{byte:02X}>", 0.0] for byte in range(256)] + [["▁▁", -1.0]]
    for token in precompiled["added_tokens"]:
        if token["content"] in EXTRA:
            token["id"] = len(model["vocab"]) + EXTRA.index(token["content"])
    return {"plain": plain, "precompiled": precompiled}


def strings():
    fixed = [
        "", " ", "  ", "a", "\n", "▁", "▁▁", "red  blood   cell", " leading", "trailing ", "a ▁b▁▁ c",
        "A red blood cell flows through a capillary.", "the the the", "THE HEART", "xyzzyqq",
        "在显微镜下，红细胞流过毛细血管。", "细胞 分裂", "赤血球が流れる", "한국어 문장", "עברית", "नमस्ते",
        "😀", "a 😀 b", "😀😀😀", "👩‍🔬 looks", "👨‍👩‍👧‍👦", "🇫🇷 flag", "e\u0301", "re\u0301gulie\u0300rement",
        "a\u0302\u0301", "\u1e9b\u0323", "ﬁne ﬂow", "Ｆｕｌｌ ｗｉｄｔｈ", "２ µm²", "5 ㎏", "½ cup", "x² + y³",
        "“curly” ‘quotes’", "em—dash – en", "tab\tand\nnewline", "a\u00a0b", "a\u200bb", "a\u3000b",
        "☃ man", "\x01a\x7f", "zero\u200djoin", "\ufeffbom", "</s>", "a</s>b", "a </s> b", "<extra_id_0> x",
        "x<extra_id_1>", "x＜/s＞y", "<unk>", "<0x41>", "<pad><pad>", "1234567890", "3.14159", "a,b;c:d!e?",
        "(paren) [bracket] {brace}", "C:\\path\\file", "https://example.org/a?b=c&d=e", "a&amp;b",
        "word" * 50, "Клетка делится", "ß ẞ ſ", "İstanbul", "Ǆ ǆ", "\U0001d400\U0001d401", "𠮷野家",
        "ก็กำ", "क्षि", "\u0344", "\ud7a3\u11a8", "ａ\u0301", "...", "—", "\r\n\r\n", "a\u0000b",
    ]
    chosen = random.Random(0)
    alphabet = list("aeiou rstln  ▁.,µ²é\u0301😀细胞血ﬁ\u3000ЖßA1") + ["</s>", "cell", " blood", "☃"]
    random_strings = ["".join(chosen.choices(alphabet, k=chosen.randint(1, 60))) for _ in range(80)]
    words = TEXT.split() + ["zebra", "😀", "Ω"]
    long = " ".join(chosen.choices(words, k=10_000))
    return fixed + random_strings + [long]


PROMPTS = [
    "", "plain", "  a  b ", "a\n\tb\r\nc", "a\u00a0b\u3000c", "a\x1cb\x85c", "\ufeffa", "a\u200bb",
    "&amp;", "&amp;amp;", "&amp;amp;amp;", "&lt;b&gt;", "a &lt b", "&notit;", "&notin;", "&copy2024",
    "&#65;&#x42;", "&#x1F600;", "&#128;", "&#xD800;", "&#0;", "&#x110000;", "&nbsp;&nbsp;x", "&",
    "& a", "&;", "&#;", "&#x;", "&unknown;", "&eacute;t&eacute", "R&D", "&quot;q&quot;", "&hellip;",
    "&amp;#65;", "1 &lt; 2 &amp;&amp; 3 &gt; 2", "&NotEqualTilde;", "x&ampy",
]


def cleaned(prompt):
    text = html.unescape(html.unescape(prompt)).strip()
    return regex.sub(r"\s+", " ", text).strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    cases = [{"text": text} for text in strings()]
    for name, variant in variants().items():
        (out / f"{name}.json").write_text(json.dumps(variant, ensure_ascii=False))
        tokenizer = Tokenizer.from_str(json.dumps(variant))
        for limit in LIMITS:
            tokenizer.enable_truncation(limit)
            for case in cases:
                case[f"{name}.{limit}"] = tokenizer.encode(case["text"]).ids
    (out / "cases.json").write_text(json.dumps(cases))
    pairs = [[prompt, cleaned(prompt)] for prompt in PROMPTS]
    (out / "cleaned.json").write_text(json.dumps(pairs))


if __name__ == "__main__":
    main()
