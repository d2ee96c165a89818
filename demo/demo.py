"""What stbir does, in one minute: draw a gallery, index it, ask three things, and open the page to draw on.

With --no-page it ends with the sheet of answers.
"""

import sys
from dataclasses import replace
from pathlib import Path

import stbir
from stbir.cli import main as command
from stbir.data.drawn.folder import write_gallery
from stbir.data.table import read_table
from stbir.evaluation.sheet import SheetRow, contact_sheet

HERE = Path(__file__).parent
DRAWN = HERE / "drawn"
WANTED = {
    "boot": "grey crocodile leather ankle boot",
    "chair": "mint green chair with wooden legs",
    "bag": "mustard yellow clutch bag with a silver clasp",
}


def main() -> int:
    """Draw 500 pictures and search them with the sketch of the first boot, chair and bag, and words of our own."""
    print("drawing 500 pictures ...")
    write_gallery(DRAWN, count=500, seed=7)
    print("indexing them ...")
    gallery = stbir.Gallery.open(DRAWN / "photos", stbir.load("tiny"), progress=True)
    rows: list[SheetRow] = []
    drawn = read_table(DRAWN / "queries.csv").queries
    for category, text in WANTED.items():
        query = replace(next(query for query in drawn if query.category == category), text=text)
        hits = gallery.search_query(query, k=5)
        target = f"{category}/{category}-00001.jpg"
        rows.append(SheetRow(query, hits, target=target))
        print(f'\na sketch and "{text}"')
        for hit in hits:
            print(f"  {hit.rank}  {hit.score:.3f}  {hit.photo.id}{'  <- the one' if hit.photo.id == target else ''}")
    sheet = HERE / "sheet.png"
    contact_sheet(rows, path=sheet, title="stbir", subtitle="Find a photo from what you can draw and what you can say.")
    print(f"\nthe answers side by side: {sheet.relative_to(Path.cwd()) if sheet.is_relative_to(Path.cwd()) else sheet}")
    photos = "demo/drawn/photos"
    print(f'try your own words:       .venv/bin/stbir search {photos} --text "red leather boots" --sheet mine.png')
    if "--no-page" in sys.argv:
        print(f"open the page:            .venv/bin/stbir serve {photos}")
        return 0
    print("now draw something yourself:\n", flush=True)
    return command(["serve", str(DRAWN / "photos")])


if __name__ == "__main__":
    sys.exit(main())
