"""Nothing that was acknowledged is lost, whenever a process is killed or stopped, and the next one goes on."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Generator, Mapping
from pathlib import Path

import numpy as np
import pytest
from grid_method import COLOURS, GridMethod
from indexing_process import Job, Template
from painted import paint

from stbir.gallery import Gallery
from stbir.gallery.record import CONTENT, SEAL, seal_of
from stbir.index.base import Record
from stbir.types import Value

PHOTOS, COMMIT = 240, 8

Expected = Mapping[str, tuple[list[float], Mapping[str, Value]]]


@pytest.fixture(scope="module")
def template() -> Generator[Template, None, None]:
    template = Template()
    yield template
    template.stop()


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("painted") / "photos"
    for number in range(PHOTOS):
        colour = sorted(COLOURS)[number % len(COLOURS)]
        paint(folder / colour / f"{number:03}.png", colour)
    return folder


@pytest.fixture
def photos(painted: Path, tmp_path: Path) -> Path:
    return shutil.copytree(painted, tmp_path / "photos")


def expected_of(photos: Path, home: Path) -> Expected:
    """What a gallery holds that nobody interrupted."""
    gallery = Gallery.open(photos, GridMethod(), to=home)
    return {r.id: (r.vector.tolist(), r.metadata) for r in gallery.index.fetch(gallery.index.ids())}


def records_of(photos: Path) -> dict[str, Record]:
    """Open the gallery as anybody would, check each record by itself, and that it is found."""
    gallery = Gallery.open(photos / ".stbir", GridMethod(), update=False)
    records = gallery.index.fetch(gallery.index.ids())
    for record in records:
        assert record.metadata[SEAL] == seal_of(record.id, record.vector, record.metadata[CONTENT]), record.id
    for record in records[:: max(1, len(records) // 5)]:
        found = gallery.index.search(record.vector[None], 3)[0]
        assert record.id in [match.id for match in found if match.score > 1 - 1e-5]
    return {record.id: record for record in records}


def check_same(records: Mapping[str, Record], expected: Expected) -> None:
    for id, record in records.items():
        assert (record.vector.tolist(), record.metadata) == expected[id]


def killed_at_random(job: Job, rng: np.random.Generator) -> None:
    """Kill a process while it opens a gallery, between two commits, or in the middle of one."""
    how = rng.random()
    job.listen("start")
    if how < 0.2:
        time.sleep(rng.uniform(0, 0.1))
    else:
        for _ in range(rng.integers(1, 4)):
            job.listen("saving" if how < 0.7 else "saved")
        time.sleep(rng.uniform(0, 0.05 if how < 0.7 else 0.01))
    job.end()


def kill_again_and_again(template: Template, photos: Path, work: Path, *, kills: int, seed: int) -> None:
    """Kill whoever indexes a folder, check what is there, go on; begin anew where all is done before enough kills."""
    rng = np.random.default_rng(seed)
    expected = expected_of(photos, work / "reference")
    saved: set[str] = set()
    there: dict[str, Record] = {}
    done = 0
    while True:
        job = template.start(photos, work / "pipe", BATCH=COMMIT, COMMIT_PHOTOS=COMMIT, TEND_EVERY=3, FRAGMENTS=4)
        killed_at_random(job, rng) if done < kills else job.listen()
        assert not job.ids("encoding") & there.keys(), "what is there already was encoded again"
        saved |= job.ids("saved")
        if job.finished or saved:
            there = records_of(photos)
        check_same(there, expected)
        assert saved <= there.keys(), "something that was acknowledged is lost"
        in_flight = job.ids("saving") - job.ids("saved")
        assert there.keys() - saved in (set(), in_flight), "a commit was done by halves"
        saved |= there.keys()
        if job.finished and done >= kills:
            break
        done += not job.finished
        if job.finished:
            assert there.keys() == expected.keys()
            shutil.rmtree(photos / ".stbir")
            saved, there = set(), {}
    assert there.keys() == expected.keys()


def test_twenty_kills_lose_nothing(template: Template, photos: Path, tmp_path: Path) -> None:
    kill_again_and_again(template, photos, tmp_path, kills=20, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_two_hundred_kills_lose_nothing(template: Template, photos: Path, tmp_path: Path, seed: int) -> None:
    kill_again_and_again(template, photos, tmp_path, kills=20, seed=seed)


def test_ctrl_c_ends_soon_and_keeps_what_was_done(template: Template, photos: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    expected = expected_of(photos, tmp_path / "reference")
    there: dict[str, Record] = {}
    for _ in range(6):
        job = template.start(photos, tmp_path / "pipe", BATCH=4, COMMIT_PHOTOS=16)
        assert job.listen("start")
        for _ in range(rng.integers(1, 3)):
            assert job.listen("encoding")
        time.sleep(rng.uniform(0, 0.1))
        job.end(signal.SIGINT)
        assert job.told[-1] == ("interrupted", [])
        assert not job.ids("encoding") & there.keys()
        before, there = there, records_of(photos)
        check_same(there, expected)
        assert before.keys() | job.ids("saved") <= there.keys()
    job = template.start(photos, tmp_path / "pipe")
    job.listen()
    assert job.finished
    assert not job.ids("encoding") & there.keys()
    assert records_of(photos).keys() == expected.keys()


def test_what_waits_to_be_saved_is_saved_before_ctrl_c_ends(template: Template, photos: Path, tmp_path: Path) -> None:
    job = template.start(photos, tmp_path / "pipe", BATCH=8, COMMIT_PHOTOS=100_000)
    for _ in range(3):
        assert job.listen("encoding")
    job.end(signal.SIGINT)
    assert job.told[-1] == ("interrupted", [])
    assert len(job.ids("saved")) >= 16
    assert records_of(photos).keys() == job.ids("saved")


def test_a_kill_while_photos_are_forgotten(template: Template, photos: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    expected = expected_of(photos, photos / ".stbir")
    gone = set(sorted(expected)[::2])
    for id in gone:
        (photos / id).unlink()
    kept = expected.keys() - gone
    kills = 0
    for _ in range(30):
        job = template.start(photos, tmp_path / "pipe", IDS_AT_ONCE=6)
        for _ in range(rng.integers(1, 5)):
            job.listen("deleting")
        time.sleep(rng.uniform(0, 0.02))
        job.end()
        assert job.ids("encoding") == set()
        records = records_of(photos)
        check_same(records, expected)
        assert kept <= records.keys()
        if job.finished:
            break
        kills += 1
    job = template.start(photos, tmp_path / "pipe")
    job.listen()
    assert job.finished
    assert records_of(photos).keys() == kept
    assert kills


def test_a_kill_while_photos_change_their_names_loses_no_vector(
    template: Template, photos: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(7)
    before = expected_of(photos, photos / ".stbir")
    vectors = {content_of(metadata): vector for vector, metadata in before.values()}
    for folder in sorted(photos.glob("[a-z]*")):
        folder.rename(folder.with_name(f"renamed {folder.name}"))
    kills = 0
    for _ in range(30):
        job = template.start(photos, tmp_path / "pipe", COMMIT_PHOTOS=12, IDS_AT_ONCE=40)
        for _ in range(rng.integers(1, 5)):
            job.listen("saving")
        time.sleep(rng.uniform(0, 0.05))
        job.end()
        assert job.ids("encoding") == set(), "a photo that is known by its content was encoded again"
        records = records_of(photos)
        assert {content_of(record.metadata) for record in records.values()} == vectors.keys()
        for record in records.values():
            assert record.vector.tolist() == vectors[content_of(record.metadata)]
        if job.finished:
            break
        kills += 1
    job = template.start(photos, tmp_path / "pipe")
    job.listen()
    assert job.finished
    assert job.ids("encoding") == set()
    assert records_of(photos).keys() == {f"renamed {id}" for id in before}
    assert kills


def content_of(metadata: Mapping[str, Value]) -> Value:
    return metadata[CONTENT]


def test_whoever_searches_meanwhile_never_gets_an_error(
    template: Template, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stbir.gallery.STALE_SECONDS", 0)
    expected = expected_of(photos, tmp_path / "reference")
    settings = {"BATCH": 8, "COMMIT_PHOTOS": 8, "TEND_EVERY": 2, "FRAGMENTS": 3}
    job = template.start(photos, tmp_path / "pipe", **settings)
    assert job.listen("saved")
    reader = Gallery.open(photos / ".stbir", GridMethod(), update=False)
    sizes = [len(reader)]
    for round in range(3):
        while True:
            more = job.listen("saved")
            for _ in range(2):
                found = reader.search(text="red", k=400)
                assert len(found) == len({hit.photo.id for hit in found})
                assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
                assert len(reader.search(text="blue", k=3, where={"category": "blue"})) <= 3
                sizes.append(len(reader))
            if not more or (round == 0 and len(reader) > 100):
                break
        job.end()  # the first one is killed, the last ones have done it all
        job = template.start(photos, tmp_path / "pipe", **settings)
    job.listen()
    assert job.finished
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 10
    reader.refresh(now=True)
    check_same({record.id: record for record in reader.index.described(reader.index.ids())}, expected)
    assert len(reader) == PHOTOS
