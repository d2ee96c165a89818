"""The vectors and metadata of a gallery as one Parquet file, for other tools."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stbir.errors import GalleryError, InputError, StbirError, first_line
from stbir.gallery.record import CAPTIONS, PRIVATE
from stbir.index.arrow import PREFIX

if TYPE_CHECKING:
    import pyarrow as pa

    from stbir.gallery import Gallery

OWN = ("id", "vector", "tokens", "captions")
"""Columns of the export; a metadata field of such a name becomes `metadata_id` and so on."""


def export(gallery: Gallery, path: str | Path) -> int:
    """Write every record to `path` and say how many: `id`, `vector`, `captions`, `tokens` if any, and the metadata.

    The manifest stands in the file's own metadata under `stbir`. The file appears when it is complete.

    Raises:
        InputError: the folder of `path` is missing, or `path` is a folder.
        GalleryError: the gallery is damaged, or the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as parquet

    path = Path(path)
    if path.is_dir() or not path.absolute().parent.is_dir():
        reason = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise InputError(f"cannot write {path}: {reason}")
    gallery.refresh(now=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    note = {b"stbir": gallery.manifest.model_dump_json().encode()}
    count, writer = 0, None
    try:
        for batch in gallery.index.table.batches():
            table = _public(batch)
            if writer is None:
                writer = parquet.ParquetWriter(temporary, table.schema.with_metadata(note))
            writer.write_table(table.cast(writer.schema))
            count += len(table)
        if writer is None:
            empty = pa.schema([("id", pa.string()), ("vector", pa.list_(pa.float32(), gallery.manifest.dimension))])
            writer = parquet.ParquetWriter(temporary, empty.with_metadata(note))
        writer.close()
        os.replace(temporary, path)
    except StbirError:
        raise
    except Exception as error:
        raise GalleryError(f"cannot write {path}: {getattr(error, 'strerror', None) or first_line(error)}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return count


def _public(batch: pa.Table) -> pa.Table:
    import pyarrow as pa

    columns: dict[str, Any] = {"id": batch.column("id"), "vector": batch.column("vector")}
    if "tokens" in batch.column_names:
        columns["tokens"] = batch.column("tokens").cast(pa.list_(pa.list_(pa.float32())))
    if PREFIX + CAPTIONS in batch.column_names:
        texts = batch.column(PREFIX + CAPTIONS).to_pylist()
        columns["captions"] = pa.array([json.loads(text or "[]") for text in texts], pa.list_(pa.string()))
    for name in batch.column_names:
        field = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and not field.startswith(PRIVATE):
            columns[f"metadata_{field}" if field in OWN else field] = batch.column(name)
    return pa.table(columns)
