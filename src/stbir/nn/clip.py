"""A CLIP model with its pre-processing, loaded from a folder, a hub id or the weights in the package.

`transformers` holds the model; this file only finds it, checks it and opens it up as two towers.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from stbir.errors import ModelError, UnknownName, first_line
from stbir.nn.preprocessing import Framing, Preprocessing
from stbir.nn.text import TextTower
from stbir.nn.vision import VisionTower
from stbir.types import Pixels

if TYPE_CHECKING:
    from transformers import CLIPModel

BUNDLED = Path(__file__).parents[1] / "weights"
ALIGNED = 64
"""The bytes that the start of a tensor in memory is a multiple of, where it was not read from a file."""


class Backbone(nn.Module):
    """A `CLIPModel` and the pre-processing that belongs to its weights."""

    def __init__(self, clip: CLIPModel, preprocessing: Preprocessing) -> None:
        super().__init__()
        self.clip = clip
        self.preprocessing = preprocessing

    @property
    def vision(self) -> VisionTower:
        return VisionTower(self.clip.vision_model, self.clip.visual_projection)

    @property
    def text(self) -> TextTower:
        begin, end = self.preprocessing.begin_end
        return TextTower(self.clip.text_model, self.clip.text_projection, begin, end)

    @property
    def dimension(self) -> int:
        return self.clip.visual_projection.out_features

    @property
    def device(self) -> torch.device:
        return self.clip.logit_scale.device

    def normalise(self, pictures: Sequence[Pixels] | Pixels) -> Tensor:
        """Bring uint8 pictures (batch, side, side, 3) to the model's device, as its picture tower takes them."""
        return self.preprocessing.normalise(pictures, device=self.device)

    def embed_pictures(self, pixels: Tensor) -> Tensor:
        """Embed normalised pixels (batch, 3, side, side): (batch, dimension), not of unit length."""
        return self.vision(pixels)

    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Embed tokenised texts (batch, length): (batch, dimension), not of unit length."""
        tower = self.text
        return tower(tower.sentence(ids, mask))

    def add_words(self, words: Sequence[str]) -> None:
        """Extend the vocabulary; each new word gets a vector like those of known ones, by chance but always the same.

        Raises:
            ConfigError: the tokenizer is not one of whole words, or knows one of them.
        """
        from stbir.nn.vocabulary import with_words

        self.preprocessing = replace(self.preprocessing, tokenizer=with_words(self.preprocessing.tokenizer, words))
        place = self.clip.text_model.embeddings
        known = place.token_embedding.weight.detach()
        chance = torch.stack([_chance(word, known.shape[1]) for word in words])
        fresh = known.mean(dim=0).cpu() + known.std(dim=0).cpu() * chance
        whole = torch.cat([known, fresh.to(known)])
        place.token_embedding = nn.Embedding.from_pretrained(
            whole, freeze=not place.token_embedding.weight.requires_grad
        )
        settings: Any = self.clip.config.text_config
        settings.vocab_size = len(whole)

    def save(self, folder: Path, *, dtype: torch.dtype = torch.float32) -> None:
        """Write weights, configuration, tokenizer and image processor in Hugging Face layout."""
        import transformers

        transformers.logging.disable_progress_bar()
        state = {name: value.detach().to(dtype).contiguous() for name, value in self.clip.state_dict().items()}
        self.clip.save_pretrained(folder, state_dict=state)
        self.preprocessing.tokenizer.save_pretrained(folder)
        self.preprocessing.images.save_pretrained(folder)


def _chance(word: str, size: int) -> Tensor:
    """Normal numbers that depend on nothing but a word: what else is learned with it makes no difference."""
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:7], "big")
    return torch.randn(size, generator=torch.Generator().manual_seed(seed))


def weights_hash(module: nn.Module) -> str:
    """A short hash of all parameters: names, shapes and values."""
    digest = hashlib.sha256()
    for name, value in sorted(module.state_dict().items()):
        digest.update(f"{name}{tuple(value.shape)}".encode())
        digest.update(value.detach().float().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def bundled() -> list[str]:
    """The names of the models that ship inside the package."""
    return (
        sorted(path.name for path in BUNDLED.iterdir() if (path / "config.json").exists()) if BUNDLED.exists() else []
    )


def resolve(source: str | Path) -> str:
    """Find what a MODEL means: a bundled name, a folder, or a hub id, in this order; a folder comes back absolute.

    Raises:
        UnknownName: it is none of them.
    """
    name = str(source)
    if name in bundled():
        return name
    if name and Path(name).expanduser().is_dir():
        return str(Path(name).expanduser().resolve())
    if re.fullmatch(r"[A-Za-z0-9][\w.-]*/[\w.-]+", name) and not Path(name).exists():
        return name
    raise UnknownName(
        "model", name, bundled(), hint="or give a folder, or a hub id such as openai/clip-vit-base-patch32"
    )


def folder_of(source: str) -> Path | None:
    """The folder behind what `resolve` gave: the bundled weights, or the folder itself; None for a hub id."""
    if source in bundled():
        return BUNDLED / source
    return Path(source) if Path(source).is_dir() else None


def load_backbone(source: str | Path, *, framing: Framing = "none") -> Backbone:
    """Load a CLIP model in eval mode and float32; `source` is what `resolve` gave.

    Raises:
        ModelError: it cannot be read, is no CLIP model, or has no or not all of its weights in safetensors.
    """
    _refuse_broken_torchvision()
    import transformers
    from transformers import AutoConfig, AutoTokenizer, CLIPImageProcessorPil, CLIPModel

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    place: Any = folder_of(str(source)) or source
    try:
        config = AutoConfig.from_pretrained(place)
        if config.model_type != "clip":
            raise ModelError(f"{source} is a {config.model_type!r} model, not CLIP; give a CLIP model")
        # Safetensors only: a pickled checkpoint can run code when it is read.
        loaded: Any = CLIPModel.from_pretrained(
            place, use_safetensors=True, dtype=torch.float32, output_loading_info=True
        )
        tokenizer = AutoTokenizer.from_pretrained(place)
        images = CLIPImageProcessorPil.from_pretrained(place)
    except ModelError:
        raise
    except Exception as error:  # the library raises whatever it stumbles over in a damaged folder
        raise ModelError(f"cannot load the model {source}: {first_line(error)}") from None
    clip, found = loaded
    # The library only warns, and fills what is missing with random numbers.
    if missing := sorted(found["missing_keys"]):
        raise ModelError(f"the model {source} lacks {len(missing)} of its weights, such as {missing[0]}")
    side, size = config.vision_config.image_size, images.crop_size if images.do_center_crop else images.size
    if (size["height"], size["width"]) != (side, side):
        raise ModelError(f"the model {source} takes pictures of {side} pixels; its preprocessor_config.json differs")
    limit = int(config.text_config.max_position_embeddings)
    for parameter in clip.parameters():
        # The file is mapped, and its tensors start anywhere; small products of numbers that are not aligned are rounded
        # in another way, so that the last bit of a vector would depend on whether its model was loaded.
        if parameter.data_ptr() % ALIGNED:
            parameter.data = parameter.data.clone()
    return Backbone(clip.eval(), Preprocessing(images, tokenizer, limit, framing))


def _refuse_broken_torchvision() -> None:
    """Say so when transformers would trip over an installed torchvision that does not fit this torch."""
    if importlib.util.find_spec("torchvision") is None:
        return
    try:
        importlib.import_module("torchvision")
    except Exception as error:
        raise ModelError(
            f"the installed torchvision does not work with torch {torch.__version__} ({first_line(error)}); "
            "stbir does not need it: pip uninstall torchvision"
        ) from None
