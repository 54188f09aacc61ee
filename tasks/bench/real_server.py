"""Builds a tiny vision-language model with random weights that `transformers serve` can answer with.

Usage: python real_server.py FOLDER

LLaVA's architecture (a CLIP image encoder and a Llama language model) at the smallest sizes that run,
with a byte-level tokenizer of 256 tokens. It is untrained, so its answers are noise, as intended.
Nothing is downloaded.
"""

import sys

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CLIPVisionConfig,
    GenerationConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

SPECIAL = ["<pad>", "<s>", "</s>", "<image>"]
PAD, BEGIN, END, IMAGE = range(len(SPECIAL))
PICTURE, PATCH = 32, 16

# Approximate length of an answer in tokens: random weights would never end one.
USUAL_ANSWER = 120

CHAT = (
    "{% for message in messages %}{{ message['role'] }}: "
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% elif part['type'] == 'text' %}{{ part['text'] }}"
    "{% endif %}{% endfor %}{% endif %}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)


def byte_tokenizer() -> PreTrainedTokenizerFast:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(SPECIAL + alphabet)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        extra_special_tokens={"image_token": "<image>"},
    )


def random_model(vocabulary: int) -> LlavaForConditionalGeneration:
    small = {"num_hidden_layers": 2, "num_attention_heads": 4}
    vision = CLIPVisionConfig(
        hidden_size=64, intermediate_size=128, image_size=PICTURE, patch_size=PATCH, **small
    )
    language = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=128,
        intermediate_size=256,
        max_position_embeddings=32768,
        pad_token_id=PAD,
        bos_token_id=BEGIN,
        eos_token_id=END,
        **small,
    )
    config = LlavaConfig(
        vision_config=vision,
        text_config=language,
        image_token_index=IMAGE,
        image_seq_length=(PICTURE // PATCH) ** 2,
    )
    torch.manual_seed(0)
    model = LlavaForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        pad_token_id=PAD,
        bos_token_id=BEGIN,
        eos_token_id=END,
        exponential_decay_length_penalty=(USUAL_ANSWER // 2, 1.1),
    )
    return model


def main(folder: str) -> None:
    tokenizer = byte_tokenizer()
    model = random_model(len(tokenizer))
    model.save_pretrained(folder)
    pictures = CLIPImageProcessorPil(
        size={"shortest_edge": PICTURE}, crop_size={"height": PICTURE, "width": PICTURE}
    )
    LlavaProcessor(
        image_processor=pictures,
        tokenizer=tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT,
    ).save_pretrained(folder)
    print(f"{sum(weight.numel() for weight in model.parameters())} random weights in {folder}")


if __name__ == "__main__":
    main(sys.argv[1])
