"""Each loader on a miniature tree in the published layout: what is asked, what is shown, and what is missing."""

from dataclasses import replace
from pathlib import Path

import pytest
import trees

from stbir.data import sets
from stbir.data.inspection import inspect
from stbir.data.sets import cstbir, fs_coco, imagenet_r, quickdraw, sketchy, tu_berlin
from stbir.errors import InputError, UnknownName
from stbir.types import Split

HELD_21 = sketchy.UNSEEN_21


def answerable(split: Split) -> None:
    """Every query names something that is in the gallery, its sketch can be read, and ids are unique."""
    instances, categories = ({getattr(photo, key) for photo in split.photos} for key in ("instance", "category"))
    assert len({photo.id for photo in split.photos}) == len(split.photos)
    for query in split.queries:
        assert query.sketches
        assert query.instance in instances or (query.instance is None and query.category in categories)


def test_every_set_has_a_line_and_splits(tmp_path: Path) -> None:
    assert len(sets.names()) == 18
    for name in sets.names():
        assert sets.summary(name).endswith(".")
        data = sets.open_set(name, tmp_path / "nothing")
        assert inspect(data).faults == (f"there is no folder {tmp_path / 'nothing'}",)
        if data.needs:
            with pytest.raises(InputError, match="lacks"):
                data.split("train")
    assert sets.open_set("TU_Berlin", tmp_path).variant == "zse"
    with pytest.raises(UnknownName, match=r"did you mean 'sketchy'\? \(known: chair-v1"):
        sets.open_set("sketchi", tmp_path)
    with pytest.raises(UnknownName, match="known: 100-25, 104-21"):
        sets.open_set("sketchy", tmp_path, variant="110-15")


def test_published_lists() -> None:
    for unseen, count in ((HELD_21, 21), (sketchy.UNSEEN_25, 25), (tu_berlin.ZSE, 30), (tu_berlin.MA, 30)):
        assert len(set(unseen)) == count
    assert len(set(quickdraw.UNSEEN)) == 30
    assert set(tu_berlin.ZSE) & set(tu_berlin.MA) == {"rollerblades"}
    assert set(HELD_21) & set(sketchy.UNSEEN_25) == {"scissors", "tree", "wheelchair", "windmill"}


@pytest.mark.parametrize("name", ["shoe-v2", "chair-v2"])
def test_qmul_v2(name: str, tmp_path: Path) -> None:
    folder = trees.qmul_v2(tmp_path / "set")
    test = sets.load(name, folder)
    assert (len(test.queries), len(test.photos)) == (4, 2)
    answerable(test)
    assert test.queries[3].instance == str(folder / "testB/test001_v1.png")
    assert {query.category for query in test.queries} == {name.partition("-")[0]}
    assert len(sets.load(name, folder, "train").queries) == 40
    with pytest.raises(UnknownName, match="unknown split 'validation'"):
        sets.load(name, folder, "validation")
    title = f"{name.partition('-')[0].title()}V2"
    inner = trees.qmul_v2(tmp_path / "around" / title).parent
    assert len(sets.load(name, inner).queries) == 4
    (folder / "testB/test000_v1.png").unlink()
    trees.photo(folder / "testB/other.png")
    assert sets.open_set(name, folder).faults() == [
        "2 test sketches without a photo: test000_v1_1.png, test000_v1_2.png",
        "1 test photos without a sketch: other.png",
    ]


def test_qmul_v2_counts_and_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = trees.qmul_v2(tmp_path)
    data = sets.open_set("shoe-v2", folder)
    findings = inspect(data)
    assert len(findings.faults) == 4
    assert findings.faults[1].startswith(f"20 of 1,800 photos of ShoeV2 at {folder / 'trainB/*.png'}; get the others")
    small = [replace(need, count=count) for need, count in zip(data.needs, (40, 20, 4, 2), strict=True)]
    monkeypatch.setattr(type(data), "needs", tuple(small))
    findings = inspect(data)
    assert findings.faults == ()
    assert "test: 4 queries, 2 photos" in findings.found
    for path in (folder / "testA").iterdir():
        path.unlink()
    (fault,) = inspect(data).faults
    assert fault.startswith(f"missing: 4 sketches of ShoeV2 at {folder / 'testA/*.png'}, from SketchX (sketchx.ai)")
    with pytest.raises(InputError, match="lacks 4 sketches of ShoeV2"):
        data.split("train")


@pytest.mark.parametrize("name", ["shoe-v1", "chair-v1"])
def test_qmul_v1(name: str, tmp_path: Path) -> None:
    for split in ("train", "test"):
        for number in range(3):
            trees.photo(tmp_path / split / "photo" / f"{number:03d}.jpg")
            trees.sketch(tmp_path / split / "sketch" / f"{number:03d}.png")
    trees.lines(tmp_path / "test/captions.csv", ["id,appearance,type", '001,"red leather, gold buckle",pump'])
    test = sets.load(name, tmp_path)
    answerable(test)
    assert [query.text for query in test.queries] == [None, "red leather, gold buckle", None]
    assert len(inspect(sets.open_set(name, tmp_path)).notes) == 4  # counts, none of them verified
    alone = sets.open_set(name, tmp_path / "train")
    assert alone.splits == ("train",)
    assert len(alone.split("train").queries) == 3


@pytest.mark.parametrize("name", ["stbir-s", "stbir-c"])
def test_stbir_on_qmul(name: str, tmp_path: Path) -> None:
    folder = trees.qmul_v2(tmp_path)
    texts = [f"train0{number:02d}_v1.png\tred suede, laces {number}" for number in range(20)]
    trees.lines(folder / "texts/train.txt", texts)
    trees.lines(folder / "texts/test.txt", ["test000_v1.png\tbrown leather, buckle"])
    trees.photo(folder / "shoe_cls/knee boots/train003_v1.png")
    parts = {split: sets.load(name, folder, split) for split in ("train", "validation", "test")}
    assert [len(part.photos) for part in parts.values()] == [18, 2, 2]
    for part in parts.values():
        answerable(part)
    assert not {p.id for p in parts["train"].photos} & {p.id for p in parts["validation"].photos}
    assert parts["test"].queries[0].text == "brown leather, buckle"
    assert parts["test"].photos[0].captions == ("brown leather, buckle",)
    every = [*parts["train"].photos, *parts["validation"].photos]
    assert [p.metadata for p in every if p.metadata] == [{"virtual_class": "knee boots"}]
    assert sets.open_set(name, folder).faults() == ["1 photos without a text: test001_v1.png"]
    trees.lines(folder / "texts/bad.txt", ["only a name"])
    with pytest.raises(InputError, match=r"bad.txt, line 1: 'only a name' is not <photo><tab><text>"):
        sets.load(name, folder)


def test_sketchy(tmp_path: Path) -> None:
    folder = trees.sketchy(tmp_path, ["ant", "hot-air_balloon", *HELD_21])
    train = sets.load("sketchy", folder, "train")
    assert (len(train.queries), len(train.photos)) == (8, 4)
    assert {query.category for query in train.queries} == {"ant", "hot air balloon"}
    sizes = {}
    for split in ("unseen", "unseen-twice", "unseen-generalised", "unseen-fine"):
        part = sets.load("sketchy", folder, split)
        answerable(part)
        assert len(part.queries) == 4 * 21
        sizes[split] = len(part.photos)
    assert sizes == {"unseen": 84, "unseen-twice": 126, "unseen-generalised": 86, "unseen-fine": 42}
    fine = sets.load("sketchy", folder, "unseen-fine").queries[0]
    assert fine.category == "bat"
    assert fine.instance == str(folder / "256x256/photo/tx_000000000000/bat/n0269_0.jpg")
    with pytest.raises(InputError, match="lacks the unseen classes airplane, bell"):
        sets.load("sketchy", folder, "unseen", variant="100-25")
    faults = sets.open_set("sketchy", folder).faults()
    assert f"{folder / '256x256/photo/tx_000000000000'} has 23 class folders of 125" in faults


def test_sketchy_without_the_extended_photos(tmp_path: Path) -> None:
    folder = trees.sketchy(tmp_path, ["ant", *HELD_21], extended=False)
    answerable(sets.load("sketchy", folder, "unseen-fine"))
    with pytest.raises(InputError, match="lacks 73,002 photos of the extended set"):
        sets.load("sketchy", folder, "unseen")
    for name in ("cup", "swan"):
        trees.sketch(tmp_path / "other/sketch" / name / "n1_2-1.png")
        trees.photo(tmp_path / "other/photo_basic" / name / "n1_2.jpg")
    assert len(sets.load("sketchy", tmp_path / "other", "train").queries) == 2


def test_stbir_d(tmp_path: Path) -> None:
    folder = trees.sketchy(tmp_path, ["ant", "hot-air_balloon"], extended=False, photos=20)
    keys = [f"tx_000000000000/{name}/n0269_{n}.jpg" for name in ("ant", "hot-air_balloon") for n in range(20)]
    trees.lines(folder / "texts/sketchy.txt", [f"{key}\tred <sketch>, shiny" for key in keys[:-1]])
    parts = {split: sets.load("stbir-d", folder, split) for split in ("train", "validation", "test")}
    assert [len(part.photos) for part in parts.values()] == [31, 4, 4]
    assert len({photo.id for part in parts.values() for photo in part.photos}) == 39
    for part in parts.values():
        answerable(part)
    assert {query.text for query in parts["test"].queries} == {"red ant, shiny", "red hot air balloon, shiny"}
    assert parts["test"].photos[0].metadata == {"virtual_class": "ant"}
    assert sets.open_set("stbir-d", folder).faults() == ["1 photos without a text: hot air balloon/n0269_19"]


@pytest.mark.parametrize("variant", ["zse", "ma"])
def test_tu_berlin(variant: str, tmp_path: Path) -> None:
    unseen = [name.replace("_", " ") for name in tu_berlin.UNSEEN[variant]]
    names = ["wrist-watch", *unseen]
    folder = trees.classes(tmp_path, "png_ready", "ImageResized_ready", names, suffix=".JPEG")
    part = sets.load("tu-berlin", folder, "unseen", variant=variant)
    answerable(part)
    assert (len(part.queries), len(part.photos)) == (60, 90)
    assert sets.load("tu-berlin", folder, "train", variant=variant).queries[0].category == "wrist watch"
    assert len(sets.load("tu-berlin", folder, "unseen-generalised", variant=variant).photos) == 91
    assert sets.open_set("tu-berlin", folder, variant=variant).faults() == [
        f"{folder / place} has 31 class folders of 250" for place in ("png_ready", "ImageResized_ready")
    ]
    other = {"zse": "ma", "ma": "zse"}[variant]
    with pytest.raises(InputError, match="lacks the unseen classes"):
        sets.load("tu-berlin", folder, "unseen", variant=other)


def test_quickdraw(tmp_path: Path) -> None:
    folder = trees.classes(tmp_path, "sketches", "images", ["teapot", *quickdraw.UNSEEN])
    part = sets.load("quickdraw", folder, "unseen")
    answerable(part)
    assert (len(part.queries), len(part.photos)) == (60, 90)
    assert "palm tree" in {query.category for query in part.queries}
    (folder / "images/teapot").rename(folder / "images/kettle")
    assert "classes with sketches or photos only: kettle, teapot" in sets.open_set("quickdraw", folder).faults()


def test_quickdraw_takes_the_unseen_classes_from_a_list(tmp_path: Path) -> None:
    folder = trees.classes(tmp_path, "sketches", "images", ["teapot", "Palm_Tree", "bat", "cow"])
    opened = sets.open_set("quickdraw", folder)
    assert "not verified" in opened.notes()[0]
    with pytest.raises(InputError, match="lacks the unseen classes banana, beach"):
        opened.split("unseen")
    trees.lines(folder / "unseen.txt", ["# from the authors", "palm tree", "", "Bat", "bat"])
    assert opened.notes() == []
    assert {query.category for query in opened.split("unseen").queries} == {"palm tree", "bat"}
    assert {photo.category for photo in opened.split("train").photos} == {"cow", "teapot"}
    (folder / "unseen.txt").write_text("# nothing yet\n")
    with pytest.raises(InputError, match="names no class"):
        opened.split("unseen")


def test_fs_coco(tmp_path: Path) -> None:
    for number in range(4):
        name, person = f"{number:012d}", str(1 + number // 2)
        trees.sketch(tmp_path / "raster_sketches" / person / f"{name}.jpg")
        trees.photo(tmp_path / "images" / person / f"{name}.jpg")
        trees.lines(tmp_path / "text" / person / f"{name}.txt", [f"a dog  and {number} trees"])
    with pytest.raises(InputError, match=r"val_normal\.txt, the ids of the test scenes"):
        sets.load("fs-coco", tmp_path)
    trees.lines(tmp_path / fs_coco.LISTS["normal"], ["000000000003"])
    trees.lines(tmp_path / fs_coco.LISTS["unseen-user"], ["000000000000", "000000000001"])
    test = sets.load("fs-coco", tmp_path)
    answerable(test)
    assert [query.text for query in test.queries] == ["a dog and 3 trees"]
    assert len(sets.load("fs-coco", tmp_path, "train").queries) == 3
    assert len(sets.load("fs-coco", tmp_path, variant="unseen-user").queries) == 2
    (tmp_path / "images/1/000000000000.jpg").unlink()
    trees.lines(tmp_path / "val_normal.txt", ["9"])
    assert sets.open_set("fs-coco", tmp_path).faults() == [
        "1 sketches without a photo: 000000000000",
        "1 ids of val_normal.txt without a sketch: 9",
    ]


def test_cstbir(tmp_path: Path) -> None:
    for name in ("1.jpg", "2.jpg"):
        trees.photo(tmp_path / "images" / name)
    trees.sketch(tmp_path / "sketches/dog/7.png")
    rows = ["dog next to a tree,1.jpg,dog/7.png,dog,test-1K", "dog asleep,2.jpg,dog/7.png,dog,test-1K"]
    trees.lines(tmp_path / "queries.csv", [",".join(cstbir.COLUMNS), *rows, "a dog,1.jpg,dog/7.png,dog,train"])
    data = sets.open_set("cstbir", tmp_path)
    assert data.splits == ("test-1K", "train")
    test = data.split("test-1K")
    answerable(test)
    assert (len(test.queries), len(test.photos), test.queries[1].text) == (2, 2, "dog asleep")
    assert data.faults() == []
    (tmp_path / "images/2.jpg").unlink()
    assert data.faults() == ["1 of 2 files are missing in images: 2.jpg"]
    trees.lines(tmp_path / "queries.csv", ["text,split", "a,b"])
    with pytest.raises(InputError, match="lacks the columns image_filename, sketch_filename, object_category"):
        sets.load("cstbir", tmp_path)


def test_imagenet_r(tmp_path: Path) -> None:
    for name in ("n01443537", "n01484850"):
        for style in ("sketch_0", "sketch_1", "cartoon_0", "toy_3", "art_2"):
            trees.sketch(tmp_path / "imagenet-r" / name / f"{style}.jpg")
    test = sets.load("imagenet-r", tmp_path)
    answerable(test)
    assert (len(test.queries), len(test.photos)) == (2 * 2 * 2, 2 * 2)
    assert {(query.text, query.category) for query in test.queries} >= {("toy", "n01443537/toy")}
    assert sets.open_set("imagenet-r", tmp_path).faults() == [
        f"2 class folders of {imagenet_r.CLASSES}",
        "no file is named after the styles origami, sculpture",
    ]


def test_a_table_and_a_folder(tmp_path: Path) -> None:
    trees.photo(tmp_path / "photos/boots/a.jpg")
    trees.photo(tmp_path / "photos/b.jpg")
    trees.sketch(tmp_path / "sketches/a_1.png")
    trees.lines(tmp_path / "texts.tsv", ["a.jpg\tred suede"])
    trees.lines(tmp_path / "mine.csv", ["sketch,text,photo", "sketches/a_1.png,red,photos/b.jpg"])
    table = sets.open_set("table", tmp_path)
    assert table.splits == ("mine", "texts")
    answerable(table.split("mine"))
    assert len(table.faults()) == 1  # texts.tsv is no table of queries
    assert sets.open_set("table", tmp_path / "mine.csv").splits == ("mine",)
    part = sets.load("folder", tmp_path, "all")
    answerable(part)
    assert [(query.text, query.category) for query in part.queries] == [("red suede", "boots")]
    assert [photo.category for photo in part.photos] == [None, "boots"]
    gallery = sets.load("folder", tmp_path / "photos", "all")
    assert (len(gallery.queries), len(gallery.photos)) == (0, 2)
    with pytest.raises(InputError, match="no table"):
        sets.load("table", tmp_path / "photos", "mine")


def test_what_we_draw(tmp_path: Path) -> None:
    from stbir.data.drawn.folder import write_gallery

    write_gallery(tmp_path / "d", count=3, size=48, families=("hat",))
    answerable(sets.load("drawn", tmp_path / "d", "all"))
    assert inspect(sets.open_set("drawn", tmp_path / "d")).faults == ()
    next((tmp_path / "d/photos/hat").iterdir()).unlink()
    assert "1 of the 6 files" in inspect(sets.open_set("drawn", tmp_path / "d")).faults[0]
