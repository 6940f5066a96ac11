"""Makes the files of open data."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, Subject
from tongqu.shared.ui.xlsx import safe
from tongqu.systems.cases.models.open_data import OpenDataFile
from tongqu.systems.cases.queries.open_data import Month, Row, month_of_rows
from tongqu.systems.cases.rules.open_data_fields import FIELDS


@acting
def publish_month(month: str, *, by: Actor, at: datetime) -> Month:
    """Make the files of a month anew, in three formats, and write down how much they tell and withhold."""
    found = month_of_rows(month)
    bodies = {"csv": _csv(found.rows), "geojson": _geojson(found.rows), "json": _json(found.rows)}
    for form, body in bodies.items():
        OpenDataFile.objects.update_or_create(
            month=month,
            form=form,
            defaults={
                "made_at": at,
                "rows": len(found.rows),
                "withheld": found.withheld,
                "size_bytes": len(body),
                "sha256": hashlib.sha256(body).hexdigest(),
                "packed": gzip.compress(body, mtime=0),
            },
        )
    told = {"rows": len(found.rows), "withheld": found.withheld}
    record("open_data.published", Subject("open_data", month), by=by, at=at, label=month, after=told)
    return found


def _csv(rows: Sequence[Row]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    names = [field.name for field in FIELDS]
    writer.writerow(names)
    writer.writerows([_plain(row[name]) for name in names] for row in rows)
    return text.getvalue().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else safe(value)


def _json(rows: Sequence[Row]) -> bytes:
    return json.dumps(list(rows), ensure_ascii=False).encode()


def _geojson(rows: Sequence[Row]) -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": None
            if row["lon"] is None
            else {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {name: value for name, value in row.items() if name not in ("lon", "lat")},
        }
        for row in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
