"""Qwen-VL models of a hundred thousand random numbers, saved as published ones are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>"]
TEMPLATE = """{% for m in messages %}<|im_start|>{{ m.role }}
{% if m.content is string %}{{ m.content }}{% else %}{% for c in m.content %}{% if c.type == 'image' %}\
<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ c.text }}{% endif %}{% endfor %}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


def save(folder: Path, family: str) -> Path:
    """Save a random model of a family: qwen2_vl, qwen2_5_vl or qwen3_vl."""
    import transformers
    from transformers import AutoModelForImageTextToText, PreTrainedTokenizerFast, Qwen2VLImageProcessorPil

    transformers.logging.disable_progress_bar()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=letters(), eos_token=MARKS[2], pad_token=MARKS[0], additional_special_tokens=MARKS[1:]
    )
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(0)
    network = AutoModelForImageTextToText.from_config(config_of(family, tokenizer))
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    patch = 16 if family == "qwen3_vl" else 14
    Qwen2VLImageProcessorPil(patch_size=patch, min_pixels=4 * (2 * patch) ** 2, max_pixels=10**6).save_pretrained(
        folder
    )
    return folder


def letters() -> Any:
    """A tokenizer whose tokens are bytes."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def config_of(family: str, tokenizer: Any) -> Any:
    from transformers import AutoConfig

    ids = {mark: tokenizer.convert_tokens_to_ids(mark) for mark in MARKS}
    text = {
        "vocab_size": len(tokenizer) + 1,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "max_position_embeddings": 4096,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]},
        "eos_token_id": ids["<|im_end|>"],
        "bos_token_id": ids["<|endoftext|>"],
    }
    vision: dict[str, Any] = {"depth": 1, "num_heads": 2}
    vision |= {
        "qwen2_vl": {"embed_dim": 32, "hidden_size": 64, "mlp_ratio": 2},
        "qwen2_5_vl": {"hidden_size": 32, "intermediate_size": 64, "out_hidden_size": 64, "fullatt_block_indexes": [0]},
        "qwen3_vl": {
            "hidden_size": 32,
            "intermediate_size": 64,
            "out_hidden_size": 64,
            "deepstack_visual_indexes": [0],
        },
    }[family]
    return AutoConfig.for_model(
        family,
        text_config=text,
        vision_config=vision,
        image_token_id=ids["<|image_pad|>"],
        video_token_id=len(tokenizer),
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
