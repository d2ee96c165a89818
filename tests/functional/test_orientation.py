"""Directions of lines: against a slow loop over pixels, and what they must not depend on."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from stbir.functional.contours import contours
from stbir.functional.orientation import CHANNELS, COARSE, evened, histograms, orientations


def bar(angle: float, *, side: int = 128) -> Tensor:
    """A line through the middle that runs at `angle` degrees, up from the right: (1, side, side)."""
    at = (torch.arange(side) - (side - 1) / 2) / side
    away = at[None] * math.sin(math.radians(angle)) + at[:, None] * math.cos(math.radians(angle))
    return torch.exp(-((away * 60) ** 2))[None]


@pytest.mark.parametrize("angle", [0.0, 30.0, 45.0, 90.0, 135.0, 160.0])
def test_the_phase_is_the_direction_of_the_gradient(angle: float) -> None:
    amount, cosine, sine = orientations(bar(angle), size=1)[0, :3, 0, 0].tolist()
    measured = math.degrees(math.atan2(sine, cosine)) / 2
    # y points down in a picture, and the gradient stands across the line
    apart = (measured - (90 - angle) + 90) % 180 - 90
    assert abs(apart) < 4
    assert math.hypot(cosine, sine) > 1.1 * amount


def test_it_is_what_a_loop_over_pixels_finds() -> None:
    rng = np.random.default_rng(0)
    smooth = torch.nn.functional.interpolate(torch.from_numpy(rng.random((1, 1, 9, 9))), size=64, mode="bicubic")[0]
    found = orientations(smooth, size=2)[0]
    side, blur = 64, 1.5 / 128 * 64
    reach = math.ceil(2.5 * blur)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / blur) ** 2)
    bell /= bell.sum()
    picture = np.pad(smooth[0].numpy(), reach, mode="edge")
    window = np.outer(bell, bell)
    rows = [[(window * picture[y : y + len(bell), x : x + len(bell)]).sum() for x in range(0, side, 2)]
            for y in range(0, side, 2)]  # fmt: skip
    padded = np.pad(np.array(rows), 1, mode="edge")
    wanted = np.zeros((CHANNELS, 2, 2))
    for y in range(32):
        for x in range(32):
            across, down = padded[y + 1, x + 2] - padded[y + 1, x], padded[y + 2, x + 1] - padded[y, x + 1]
            length, turn = math.hypot(across, down), 2 * math.atan2(down, across)
            values = [length]
            for k, weight in enumerate((1.3, 1.0, 0.6), start=1):
                values += [weight * length * math.cos(k * turn), weight * length * math.sin(k * turn)]
            wanted[:, y // 16, x // 16] += np.array(values) / 256
    np.testing.assert_allclose(found.numpy(), wanted, atol=1e-5)


def test_contrast_changes_nothing_once_evened() -> None:
    picture = bar(20.0) + bar(110.0)
    strong, weak = (evened(orientations(picture * factor, size=16), reach=2) for factor in (1.0, 0.05))
    torch.testing.assert_close(strong, weak, atol=0.02, rtol=0.02)
    assert float(strong.abs().max()) < 10


def test_histograms_tell_directions_and_places_apart() -> None:
    rows = histograms(orientations(torch.cat([bar(10), bar(20), bar(100), bar(10).roll(40, dims=1)]), size=32), cells=8)
    assert rows.shape == (4, COARSE * 64)
    torch.testing.assert_close(rows.norm(dim=1), torch.ones(4))
    near, turned, moved = (rows[1:] @ rows[0]).tolist()
    assert near > turned + 0.2
    assert near > moved + 0.2


def test_an_empty_page_is_no_accident() -> None:
    rows = histograms(orientations(torch.zeros(2, 128, 128), size=32), cells=8)
    assert torch.isfinite(rows).all()
    assert torch.equal(rows[0], rows[1])


@pytest.mark.parametrize(("side", "size"), [(64, 32), (224, 28), (224, 35), (128, 32)])
def test_any_side_will_do(side: int, size: int) -> None:
    waves = orientations(bar(30.0, side=side), size=size)
    assert waves.shape == (1, CHANNELS, size, size)
    other = histograms(orientations(bar(30.0), size=32), cells=7)
    assert float((histograms(waves, cells=7) * other).sum()) > 0.9


def test_a_sketch_and_the_contours_of_a_photo_agree() -> None:
    """The outline of a filled shape is the same kind of line as a drawn one."""
    side = 128
    at = np.arange(side) - side / 2
    distance = np.hypot(at[None], at[:, None] * 1.3)
    photo = np.where(distance[..., None] < 40, (180, 40, 40), (255, 255, 255)).astype(np.uint8)
    sketch = np.where(np.abs(distance - 40) < 1.2, 0, 255).astype(np.uint8)
    pictures = torch.from_numpy(np.stack([contours(photo), sketch])).float()
    one, other = histograms(orientations(pictures, size=32), cells=8)
    assert float(one @ other) > 0.95
