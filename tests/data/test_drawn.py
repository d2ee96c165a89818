import hashlib
import subprocess
import sys

import numpy as np
import pytest

from stbir.data import drawn
from stbir.data.drawn import Triple, draw
from stbir.errors import InputError, UnknownName

FAMILIES = drawn.families()


def digest(triple: Triple) -> str:
    parts = [triple.photo.tobytes(), triple.words.encode(), *(stroke.tobytes() for stroke in triple.sketch.strokes)]
    return hashlib.sha256(b"|".join(parts)).hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_a_fresh_process() -> None:
    code = (
        "import hashlib\nfrom stbir.data.drawn import draw\n"
        "for family in ('hat', 'boot', 'bag'):\n"
        "    triple = draw(family, 11, size=96)\n"
        "    parts = [triple.photo.tobytes(), triple.words.encode(), *(s.tobytes() for s in triple.sketch.strokes)]\n"
        "    print(family, hashlib.sha256(b'|'.join(parts)).hexdigest())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    theirs = dict(line.split() for line in done.stdout.splitlines())
    draw("shoe", 3, size=64)  # what was drawn before must not matter
    assert theirs == {family: digest(draw(family, 11, size=96)) for family in ("bag", "boot", "hat")}


def test_size_and_distortion_do_not_change_the_object() -> None:
    first = draw("shoe", 5, size=64)
    larger = draw("shoe", 5, size=128)
    straight = draw("shoe", 5, size=64, distortion=0.0)
    assert first.words == larger.words == straight.words
    assert all(np.array_equal(a, b) for a, b in zip(first.sketch.strokes, larger.sketch.strokes, strict=True))
    assert np.array_equal(first.photo, straight.photo)
    assert (first.colour, first.texture) == (larger.colour, larger.texture)
    shrunk = larger.photo.reshape(64, 2, 64, 2, 3).mean(axis=(1, 3))
    assert np.corrcoef(shrunk.ravel(), first.photo.astype(float).ravel())[0, 1] > 0.9


def test_seeds_and_families_differ() -> None:
    digests = {digest(draw(family, seed, size=48)) for family in FAMILIES for seed in range(3)}
    assert len(digests) == 3 * len(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_gives_pictures_strokes_and_words(family: str) -> None:
    for seed in range(30):
        triple = draw(family, seed, size=64)
        assert triple.photo.shape == (64, 64, 3)
        assert triple.photo.dtype == np.uint8
        assert triple.photo.std() > 3, f"{family} {seed}: a blank photo"
        assert triple.words.strip() == triple.words != ""
        assert "  " not in triple.words
        strokes = triple.sketch.strokes
        assert sum(len(stroke) for stroke in strokes) > 20, f"{family} {seed}: an empty sketch"
        points = np.concatenate(strokes)
        assert points.dtype == np.float32
        assert points.shape[1] == 3
        assert np.isfinite(points).all()
        assert points[:, :2].min() >= 0
        assert points[:, :2].max() <= 256
        assert (np.diff(points[:, 2]) > 0).all(), f"{family} {seed}: time stands still"


@pytest.mark.parametrize("family", FAMILIES)
def test_held_out_combinations(family: str) -> None:
    for seed in range(6):
        shown = draw(family, seed, size=32, combinations="train")
        hidden = draw(family, seed, size=32, combinations="held-out")
        assert (shown.colour, shown.texture) not in drawn.HELD_OUT_COMBINATIONS
        assert (hidden.colour, hidden.texture) in drawn.HELD_OUT_COMBINATIONS


def test_train_never_shows_a_held_out_combination_where_all_does() -> None:
    seeds = range(80)
    scenes = [drawn.scene_of("bag", seed) for seed in seeds]
    hit = [
        s for s, scene in enumerate(scenes) if (scene.main.colour, scene.main.texture) in drawn.HELD_OUT_COMBINATIONS
    ]
    assert hit, "none of the seeds shows what this test is about"
    for seed in seeds:
        main = drawn.scene_of("bag", seed, combinations="train").main
        assert (main.colour, main.texture) not in drawn.HELD_OUT_COMBINATIONS
        if seed not in hit:
            assert main == scenes[seed].main


def test_held_out_families_are_not_trained_on() -> None:
    assert not set(drawn.HELD_OUT_FAMILIES) & set(drawn.train_families())
    assert set(drawn.train_families()) <= set(FAMILIES)
    assert {"shoe", "boot", "bag", "hat"} <= set(FAMILIES)


def test_a_triple_as_query_and_photo() -> None:
    triple = draw("boot", 4, size=64)
    query, photo = triple.pair()
    assert query.instance == photo.instance == photo.id == "boot-00004"
    assert query.category == photo.category == "boot"
    assert query.text == triple.words
    assert query.sketches == (triple.sketch,)
    assert photo.image is not None
    assert np.array_equal(np.asarray(photo.image), triple.photo)


def test_bad_arguments() -> None:
    with pytest.raises(UnknownName, match="did you mean 'boot'"):
        draw("boott", 0)
    for size in (31, 2049):
        with pytest.raises(InputError, match=str(size)):
            draw("boot", 0, size=size)
    with pytest.raises(InputError, match="held-out"):
        draw("boot", 0, combinations="some")  # type: ignore[arg-type]
