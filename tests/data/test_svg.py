"""SVG drawings: the visible lines at the right places, and nothing else of the file has any effect."""

import time
from pathlib import Path

import numpy as np
import pytest

from stbir.data.svg import read_svg
from stbir.errors import InputError


def svg(body: str, attributes: str = 'viewBox="0 0 100 100" width="100" height="100"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'.encode()


def only_stroke(body: str, attributes: str = 'viewBox="0 0 100 100" width="100" height="100"') -> list[list[float]]:
    (stroke,) = read_svg(svg(body, attributes)).strokes
    return np.round(stroke.astype(float), 3).tolist()


LINE = '<line x1="1" y1="2" x2="3" y2="5" stroke="black"/>'


@pytest.mark.parametrize(
    ("body", "points"),
    [
        (LINE, [[1, 2], [3, 5]]),
        ('<path d="M 1 2 l 2 0 v 3 H 0"/>', [[1, 2], [3, 2], [3, 5], [0, 5]]),
        ('<path d="M1 2L3 4L3 9z"/>', [[1, 2], [3, 4], [3, 9], [1, 2]]),
        ('<polyline points="1,2 3,4 5 6"/>', [[1, 2], [3, 4], [5, 6]]),
        ('<polygon points="1,2 3,4 5,9"/>', [[1, 2], [3, 4], [5, 9], [1, 2]]),
        ('<rect x="1" y="2" width="3" height="4"/>', [[1, 2], [4, 2], [4, 6], [1, 6], [1, 2]]),
        (f'<g transform="translate(10, 20)">{LINE}</g>', [[11, 22], [13, 25]]),
        (f'<g transform="scale(2 3)">{LINE}</g>', [[2, 6], [6, 15]]),
        (f'<g transform="rotate(90)">{LINE}</g>', [[-2, 1], [-5, 3]]),
        (f'<g transform="rotate(180 10 10)">{LINE}</g>', [[19, 18], [17, 15]]),
        (f'<g transform="matrix(1 2 3 4 5 6)">{LINE}</g>', [[12, 16], [23, 32]]),
        (f'<g transform="skewX(45)">{LINE}</g>', [[3, 2], [8, 5]]),
        (f'<g transform="translate(10 0) scale(2)"><g transform="translate(1 1)">{LINE}</g></g>', [[14, 6], [18, 12]]),
        (f'<svg x="10" y="20" width="20" height="20" viewBox="0 0 10 10">{LINE}</svg>', [[12, 24], [16, 30]]),
        ('<defs><path id="a" d="M0 0L1 2"/></defs><use href="#a" x="5" y="7"/>', [[5, 7], [6, 9]]),
        ('<defs><path id="a" d="M0 0L1 2"/></defs><use href="#a" x="5" transform="scale(2)"/>', [[10, 0], [12, 4]]),
        ('<symbol id="a"><path d="M0 0L1 2"/></symbol><use href="#a" y="7"/>', [[0, 7], [1, 9]]),
        (
            '<symbol id="a" viewBox="0 0 10 10"><path d="M0 0L1 2"/></symbol>'
            '<use href="#a" x="3" width="20" height="20"/>',
            [[3, 0], [5, 4]],
        ),
    ],
)
def test_shapes_and_transforms(body: str, points: list[list[float]]) -> None:
    assert only_stroke(body) == points


def test_the_view_box_gives_the_canvas() -> None:
    assert only_stroke(LINE, 'viewBox="1 1 50 50" width="200" height="200"') == [[0, 4], [8, 16]]
    assert read_svg(svg(LINE, 'viewBox="0 0 50 25" width="200" height="100"')).canvas == (200, 100)
    assert only_stroke(LINE, "") == [[1, 2], [3, 5]]


def test_curves_are_followed() -> None:
    for body in ('<circle cx="50" cy="40" r="30"/>', '<path d="M20 40a30 30 0 1 1 60 0a30 30 0 1 1-60 0"/>'):
        points = np.array(only_stroke(body))
        assert len(points) > 30
        assert np.abs(np.hypot(*(points - (50, 40)).T) - 30).max() < 0.05
    ellipse = np.array(only_stroke('<ellipse cx="5" cy="6" rx="4" ry="2"/>'))
    assert np.abs(((ellipse - (5, 6)) / (4, 2) ** np.ones(2)) ** 2 @ np.ones(2) - 1).max() < 0.01
    t = np.linspace(0, 1, 17)[:, None]
    cubic = (1 - t) ** 3 * (0, 0) + 3 * t * (1 - t) ** 2 * (10, 0) + 3 * t**2 * (1 - t) * (10, 20) + t**3 * (30, 30)
    assert np.allclose(only_stroke('<path d="M0 0C10 0 10 20 30 30"/>'), cubic, atol=0.001)
    quadratic = 2 * t * (1 - t) * np.array([10, 0]) + t**2 * (30, 30)
    assert np.allclose(only_stroke('<path d="M0 0Q10 0 30 30"/>'), quadratic, atol=0.001)


def test_order_and_subpaths_become_strokes() -> None:
    sketch = read_svg(svg(f'<path d="M9 9L8 8M7 7L6 6M1 1"/>{LINE}'))
    assert [stroke.tolist() for stroke in sketch.strokes] == [[[9, 9], [8, 8]], [[7, 7], [6, 6]], [[1, 2], [3, 5]]]


@pytest.mark.parametrize(
    "hidden",
    [
        '<rect width="9" height="9" fill="none"/>',
        '<rect width="9" height="9" style="fill:none;stroke:none"/>',
        '<rect width="9" height="9" class="no"/><style>.no{fill:none}</style>',
        '<defs><style>.no{display:none}</style></defs><rect width="9" height="9" class="no"/>',
        '<rect width="9" height="9" display="none"/>',
        '<g style="display:none"><rect width="9" height="9"/></g>',
        '<g visibility="hidden"><rect width="9" height="9"/></g>',
        '<rect width="9" height="9" opacity="0"/>',
        '<rect width="9" height="9" fill="rgba(0,0,0,0)"/>',
        '<rect width="9" height="9" fill="white"/>',
        '<rect width="9" height="9" fill="#fefefe" stroke="none"/>',
        '<defs><rect width="9" height="9"/></defs>',
        '<symbol><rect width="9" height="9"/></symbol>',
        '<clipPath><rect width="9" height="9"/></clipPath>',
        '<mask><rect width="9" height="9"/></mask>',
        '<foreignObject><rect width="9" height="9"/></foreignObject>',
        "<text>word</text>",
        '<image href="photo.png" width="9" height="9"/>',
        '<use href="#nowhere"/>',
        '<use href="other.svg#a"/>',
        "<!-- a comment --><?target data?>",
    ],
)
def test_what_does_not_show_is_left_out(hidden: str) -> None:
    assert only_stroke(f"{hidden}{LINE}") == [[1, 2], [3, 5]]
    with pytest.raises(InputError, match="no lines or shapes"):
        read_svg(svg(hidden))


def test_a_rectangle_behind_everything_is_the_paper() -> None:
    chalk = '<line x1="1" y1="2" x2="3" y2="5" stroke="white"/>'
    assert only_stroke(f'<rect width="100%" height="100%" fill="#123"/>{chalk}') == [[1, 2], [3, 5]]
    assert only_stroke(f'<rect width="100" height="100" fill="white" stroke="black"/>{LINE}') == [[1, 2], [3, 5]]
    assert len(read_svg(svg(f'<rect width="80" height="80" fill="#123"/>{LINE}')).strokes) == 2


def test_nothing_is_run_and_nothing_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("M 40 40 L 90 90")
    (tmp_path / "part.svg").write_bytes(svg('<path id="a" d="M 40 40 L 90 90"/>'))
    body = f"""<script>throw 1</script><script href="file://{secret}"/><style>@import url("file://{secret}");</style>
    <g onload="alert(1)">{LINE}</g><image href="file://{secret}" width="10" height="10"/>
    <use href="file://{tmp_path}/part.svg#a"/><use href="{tmp_path}/part.svg#a"/>
    <foreignObject><iframe src="file://{secret}"/></foreignObject>"""
    assert only_stroke(body) == [[1, 2], [3, 5]]
    for kind in ("SYSTEM", 'PUBLIC "x"'):
        entity = f'<!DOCTYPE svg [<!ENTITY x {kind} "file://{secret}">]>'.encode()
        with pytest.raises(InputError, match="entity 'x'") as caught:
            read_svg(entity + svg(f'<path d="&x;"/>{LINE}'))
        assert "40" not in str(caught.value)
    outside = f'<!DOCTYPE svg SYSTEM "file://{secret}">'.encode()
    assert [stroke.tolist() for stroke in read_svg(outside + svg(LINE)).strokes] == [[[1, 2], [3, 5]]]
    parameter = f'<!DOCTYPE svg [<!ENTITY % x SYSTEM "file://{secret}"> %x;]>'.encode()
    with pytest.raises(InputError, match="entity"):
        read_svg(parameter + svg(LINE))


def test_the_entities_of_old_drawing_programs_are_understood() -> None:
    declared = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>'
    drawing = b'<svg xmlns="&ns;"><path d="M1 2L3 4"/></svg>'
    assert read_svg(declared + drawing).strokes[0].tolist() == [[1, 2], [3, 4]]


def test_bombs_are_refused_quickly() -> None:
    laughs = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 12))
    uses = "".join(f'<g id="u{k}">' + f'<use href="#u{k - 1}"/>' * 10 + "</g>" for k in range(1, 12))
    chain = "".join(f'<g id="c{k}"><use href="#c{k + 1}"/></g>' for k in range(5000))
    bombs = [
        f'<!DOCTYPE svg [<!ENTITY l0 "ha">{laughs}]>'.encode() + svg("&l11;"),
        svg(f'<g id="u0">{LINE}</g>{uses}'),
        svg(chain),
        svg("<g>" * 100_000),
        svg(LINE * 60_000),
        svg('<path d="M0 0' + " L1 1" * 900_000 + '"/>'),
    ]
    for bomb in bombs:
        start = time.perf_counter()
        with pytest.raises(InputError) as caught:
            read_svg(bomb)
        assert "\n" not in str(caught.value)
        assert time.perf_counter() - start < 5


def test_a_use_of_itself_ends() -> None:
    sketch = read_svg(svg(f'<g id="a">{LINE}<use href="#a"/></g><use href="#a"/>'))
    assert 2 <= len(sketch.strokes) <= 4
    assert all(stroke.tolist() == [[1, 2], [3, 5]] for stroke in sketch.strokes)
