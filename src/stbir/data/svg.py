"""Strokes from SVG files, by an allow-list: shapes, their places and whether they show; nothing is run or fetched."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from stbir.errors import InputError
from stbir.functional.strokes import checked
from stbir.types import Sketch

MAX_ELEMENTS = 50_000
MAX_PATH_DATA = 4_000_000  # characters; parsing them takes some seconds
MAX_DEPTH = 100

Points = npt.NDArray[np.float64]

_CONTAINERS = {"svg", "g", "a", "switch"}
_SHAPES = {"path", "line", "polyline", "polygon", "circle", "ellipse", "rect"}
_ATTRIBUTES = {
    *("d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height"),
    *("viewBox", "preserveAspectRatio", "transform", "style", "class", "id", "color", "fill", "stroke"),
    *("display", "visibility", "opacity", "fill-opacity", "stroke-opacity"),
}
_SPACE = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_CURVE_STEPS = 16
_SAME_COLOUR = 24


def read_svg(data: bytes) -> Sketch:
    """Turn the visible shapes of an SVG drawing into strokes, in the order they are painted.

    Filled shapes give their outline. Shapes in the colour of the paper (white, or a rectangle behind
    everything) do not show and give nothing. Scripts, pictures, text, styles from elsewhere and
    links out of the file are left out before anything is interpreted.

    Raises:
        InputError: it is no SVG, it is too large or a trap, or nothing in it can be seen.
    """
    _refuse_traps(data)
    try:
        source = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise InputError(f"the SVG is not well formed ({error})") from None
    if _name(source) != "svg":
        raise InputError(f"it is XML, but not an SVG (its root is <{_name(source):.40}>)")
    ids = {node.get("id", ""): node for node in source.iter() if node.get("id")}
    root = _Copy(ids).of(source)
    strokes, canvas = _strokes(ElementTree.tostring(root))
    if not strokes:
        raise InputError("the SVG shows no lines or shapes")
    return checked(strokes, canvas)


def _refuse_traps(data: bytes) -> None:
    """Refuse entities that grow or reach outside, and nesting without end, before a tree is built."""
    elements = depth = entities = 0

    def entity(name: str, _is_parameter: bool, value: str | None, *_where: str | None) -> None:
        nonlocal entities
        entities += 1
        # old drawing programs abbreviate name spaces like this; a bomb needs entities of entities
        if value is None or "&" in value or "%" in value or len(value) > 200 or entities > 50 or len(data) > 1_000_000:
            raise InputError(f"the SVG declares the entity {name!r:.40}, which could grow or read other files")

    def start(_tag: str, _attributes: dict[str, str]) -> None:
        nonlocal elements, depth
        elements, depth = elements + 1, depth + 1
        if elements > MAX_ELEMENTS:
            raise InputError(f"the SVG has more than {MAX_ELEMENTS:,} elements; simplify it first")
        if depth > MAX_DEPTH:
            raise InputError(f"the SVG is nested more than {MAX_DEPTH} deep")

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise InputError(f"the SVG is not well formed ({error})") from None


class _Copy:
    """Copies what is allowed of a tree, with every `<use>` replaced by what it refers to."""

    def __init__(self, ids: dict[str, ElementTree.Element]) -> None:
        self.ids = ids
        self.elements = 0
        self.path_data = 0

    def of(self, source: ElementTree.Element) -> ElementTree.Element:
        root = self._node(source, "svg", depth=0)
        for style in source.iter(_SPACE + "style"):  # first: the parser knows only the rules it has read
            copy = self._node(style, "style", depth=1)
            copy.text = (style.text or "")[:100_000]
            root.append(copy)
        self._children(source, root, depth=0, inside=())
        return root

    def _children(
        self, source: ElementTree.Element, target: ElementTree.Element, *, depth: int, inside: tuple[str, ...]
    ) -> None:
        for child in source:
            name = _name(child)
            if name == "use":
                self._use(child, target, depth=depth + 1, inside=inside)
            elif name in _CONTAINERS or name in _SHAPES:
                copy = self._node(child, name, depth=depth + 1)
                target.append(copy)
                self._children(child, copy, depth=depth + 1, inside=inside)

    def _use(
        self, use: ElementTree.Element, target: ElementTree.Element, *, depth: int, inside: tuple[str, ...]
    ) -> None:
        link = use.get("href") or use.get(_LINK) or ""
        found = self.ids.get(link[1:]) if link.startswith("#") else None
        if found is None or link in inside:
            return
        group = self._node(use, "g", depth=depth)
        sizes = {key: group.attrib.pop(key) for key in ("x", "y", "width", "height") if key in group.attrib}
        move = f"translate({_pixels(sizes.get('x'))}, {_pixels(sizes.get('y'))})"
        group.set("transform", f"{use.get('transform', '')} {move}".strip())
        target.append(group)
        name = _name(found)
        inside = (*inside, link)
        if name == "symbol":
            symbol = self._node(found, "svg" if found.get("viewBox") else "g", depth=depth + 1)
            if found.get("viewBox"):
                symbol.attrib.update({key: sizes[key] for key in ("width", "height") if key in sizes})
            group.append(symbol)
            self._children(found, symbol, depth=depth + 1, inside=inside)
        else:
            only = ElementTree.Element("only")
            only.append(found)
            self._children(only, group, depth=depth, inside=inside)

    def _node(self, source: ElementTree.Element, name: str, *, depth: int) -> ElementTree.Element:
        self.elements += 1
        if self.elements > MAX_ELEMENTS or depth > 2 * MAX_DEPTH:
            raise InputError(f"the SVG shows more than {MAX_ELEMENTS:,} elements or nests them too deep")
        kept = {key: value for key, value in source.attrib.items() if key in _ATTRIBUTES}
        self.path_data += sum(len(kept.get(key, "")) for key in ("d", "points", "transform"))
        if self.path_data > MAX_PATH_DATA:
            raise InputError(f"the SVG has more than {MAX_PATH_DATA:,} characters of path data; simplify it first")
        return ElementTree.Element(_SPACE + name, kept)


def _name(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def _pixels(value: str | None) -> float:
    try:
        return float((value or "0").strip().removesuffix("px"))
    except ValueError:
        return 0.0


def _strokes(data: bytes) -> tuple[list[Points], tuple[float, float] | None]:
    import svgelements

    try:
        drawing = svgelements.SVG.parse(io.BytesIO(data), reify=True)
        shapes: list[Any] = [element for element in drawing.elements() if isinstance(element, svgelements.Shape)]
        size = float(drawing.width or 0), float(drawing.height or 0)
        canvas = size if min(size) > 0 and max(size) < 1e9 else None
        shapes, paper = _without_background(shapes, canvas)
        paths = [svgelements.Path(shape) for shape in shapes if _shows(shape, paper)]
        return [stroke for path in paths for stroke in _flat(path)], canvas
    except InputError:
        raise
    except Exception as error:  # the parser raises whatever a malformed attribute makes it stumble over
        raise InputError(f"the SVG cannot be understood ({str(error) or type(error).__name__:.100})") from None


def _without_background(
    shapes: list[Any], canvas: tuple[float, float] | None
) -> tuple[list[Any], tuple[int, int, int]]:
    """Take away a filled rectangle behind everything; its colour is the paper."""
    import svgelements

    white = (255, 255, 255)
    if len(shapes) < 2 or canvas is None or not isinstance(shapes[0], svgelements.Rect):
        return shapes, white
    colour, box = _colour(shapes[0].fill), shapes[0].bbox()
    if colour is None or box is None or min(box[2] - canvas[0] * 0.98, box[3] - canvas[1] * 0.98) < 0:
        return shapes, white
    if max(box[0] - canvas[0] * 0.02, box[1] - canvas[1] * 0.02) > 0:
        return shapes, white
    return shapes[1:], colour


def _shows(shape: Any, paper: tuple[int, int, int]) -> bool:
    if shape.values.get("visibility") in ("hidden", "collapse") or _pixels(shape.values.get("opacity") or "1") == 0:
        return False
    inks = [colour for colour in (_colour(shape.stroke), _colour(shape.fill)) if colour is not None]
    return any(max(abs(a - b) for a, b in zip(ink, paper, strict=True)) > _SAME_COLOUR for ink in inks)


def _colour(colour: Any) -> tuple[int, int, int] | None:
    if colour is None or colour.value is None or colour.alpha == 0:
        return None
    return int(colour.red), int(colour.green), int(colour.blue)


def _flat(path: Any) -> Iterator[Points]:
    """The subpaths of a path as polylines; every curve becomes a fixed number of steps."""
    import svgelements

    points: list[Points] = []
    segments: list[Any] = list(path)
    for segment in segments:
        if isinstance(segment, svgelements.Move):
            if len(points) > 1:
                yield np.concatenate(points)
            points = [_array(segment.end)]
        elif isinstance(segment, svgelements.Arc):
            points += [_curve(c.start, c.control1, c.control2, c.end) for c in segment.as_cubic_curves()]
        elif isinstance(segment, svgelements.CubicBezier):
            points.append(_curve(segment.start, segment.control1, segment.control2, segment.end))
        elif isinstance(segment, svgelements.QuadraticBezier):
            points.append(_curve(segment.start, segment.control, segment.end))
        elif segment.end is not None:
            points.append(_array(segment.end))
    if len(points) > 1:
        yield np.concatenate(points)


def _array(*points: Any) -> Points:
    return np.array([(float(point.x), float(point.y)) for point in points], np.float64)


def _curve(*controls: Any) -> Points:
    """Points along a Bezier curve after its start, by de Casteljau's repeated interpolation."""
    t = np.linspace(0, 1, _CURVE_STEPS + 1)[1:, None]
    level = [np.broadcast_to(control, (_CURVE_STEPS, 2)) for control in _array(*controls)]
    while len(level) > 1:
        level = [a * (1 - t) + b * t for a, b in pairwise(level)]
    return np.asarray(level[0], np.float64)
