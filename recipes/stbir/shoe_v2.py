"""Write a table of QMUL-ShoeV2's photos with their descriptions: `python recipes/stbir/shoe_v2.py FOLDER > TABLE.csv`.

FOLDER holds `photo/<id>.jpg` and `descriptions.tsv` with the columns id and description. Photos are named by their
absolute path, so the table may lie anywhere.
"""

import csv
import sys
from pathlib import Path

folder = Path(sys.argv[1]).resolve()
with (folder / "descriptions.tsv").open(encoding="utf-8", newline="") as file:
    told = {row["id"]: row["description"] for row in csv.DictReader(file, delimiter="\t")}
table = csv.writer(sys.stdout, lineterminator="\n")
table.writerow(["sketch", "text", "photo", "category"])
for photo in sorted((folder / "photo").glob("*.jpg")):
    if told.get(photo.stem):
        table.writerow(["", told[photo.stem], photo, "shoe"])
