"""Pixels and tokens are what the weights' own processor gives; framing and drawing come before it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import CLIPImageProcessorPil

import stbir
from stbir.functional.framing import frame
from stbir.nn.preprocessing import Preprocessing
from stbir.nn.scratch import waves


def preprocessing(**changes: object) -> Preprocessing:
    images = CLIPImageProcessorPil(size={"shortest_edge": 48}, crop_size={"height": 48, "width": 48}, **changes)
    tokenizer = None
    return Preprocessing(images, tokenizer, 16)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(60, 90), (90, 60), (48, 48), (20, 30), (301, 48)])
def test_photos_equal_the_library(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (*shape, 3), dtype=np.uint8)
    ours = preprocessing()
    theirs = ours.images(Image.fromarray(picture), return_tensors="pt")["pixel_values"]
    got = ours.normalise([ours.photo(Image.fromarray(picture))])
    torch.testing.assert_close(got, theirs, atol=1e-5, rtol=1e-5)


def test_a_model_without_crop_sees_the_whole_picture() -> None:
    ours = preprocessing(do_center_crop=False)
    images = CLIPImageProcessorPil(size={"height": 32, "width": 32}, do_center_crop=False)
    ours = Preprocessing(images, ours.tokenizer, 16)
    assert ours.side == 32
    left_half_red = np.full((40, 80, 3), 255, np.uint8)
    left_half_red[:, :40, 1:] = 0
    small = ours.photo(Image.fromarray(left_half_red))
    assert small.shape == (32, 32, 3)
    assert small[:, :14, 1].max() < 10
    assert small[:, 18:, 1].min() > 245


def test_content_framing_comes_first() -> None:
    picture = np.full((80, 120, 3), 255, np.uint8)
    picture[10:30, 10:30] = (200, 30, 30)
    plain = preprocessing()
    framed = Preprocessing(plain.images, plain.tokenizer, 16, "content")
    by_hand = plain.photo(Image.fromarray(frame(picture)))
    np.testing.assert_array_equal(framed.photo(Image.fromarray(picture)), by_hand)
    assert (framed.photo(Image.fromarray(picture)) < 128).mean() > 2 * (
        plain.photo(Image.fromarray(picture)) < 128
    ).mean()


def test_the_fingerprint_sees_every_change(clip_folder: Path, tmp_path: Path) -> None:
    """Another mean, resampling or framing, written into the saved files, gives another fingerprint."""
    seen = {stbir.load(clip_folder).fingerprint()["preprocessing"]}
    for number, (name, change) in enumerate(
        [
            ("preprocessor_config.json", {"image_mean": [0.4, 0.5, 0.5]}),
            ("preprocessor_config.json", {"resample": 2}),
            ("stbir.json", {"method": "late_fusion", "config": {}, "framing": "content"}),
        ]
    ):
        folder = tmp_path / str(number)
        shutil.copytree(clip_folder, folder)
        path = folder / name
        old = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**old, **change}))
        seen.add(stbir.load(folder).fingerprint()["preprocessing"])
    assert len(seen) == 4


def test_the_fingerprint_sees_how_words_are_split(clip_folder: Path, tmp_path: Path) -> None:
    """The same vocabulary with capitals kept is another tokenizer."""
    folder = tmp_path / "capitals"
    shutil.copytree(clip_folder, folder)
    rules = json.loads((folder / "tokenizer.json").read_text())
    rules["normalizer"]["normalizers"] = [r for r in rules["normalizer"]["normalizers"] if r["type"] != "Lowercase"]
    (folder / "tokenizer.json").write_text(json.dumps(rules))
    ours, other = stbir.load(clip_folder), stbir.load(folder)
    assert ours.fingerprint()["preprocessing"] != other.fingerprint()["preprocessing"]
    ours.encode_queries([stbir.Query(text="boot " * 99)])
    ours.train()
    assert ours.fingerprint() == stbir.load(clip_folder).fingerprint()  # using it changes nothing


def test_waves_tell_places_apart() -> None:
    places = waves(8, 64)
    assert places.shape == (64, 64)
    distance = torch.cdist(places, places)
    assert float(distance.fill_diagonal_(9).min()) > 0.1
    row = places.view(8, 8, 64)
    torch.testing.assert_close(row[3, 2, :32], row[3, 5, :32])  # the first half knows the row alone
    torch.testing.assert_close(row[3, 2, 32:], row[6, 2, 32:])
