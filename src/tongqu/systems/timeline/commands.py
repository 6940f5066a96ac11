"""The commands `tongqu timeline …`."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.shared.ui.terminal import refusals_told, tell
from tongqu.systems.timeline.actions.filling import fill
from tongqu.systems.timeline.analytics.registration.report import report
from tongqu.systems.timeline.analytics.stamping import stamped
from tongqu.systems.timeline.analytics.views import feature_of
from tongqu.systems.timeline.queries.export import write_catalogue, write_parquet
from tongqu.systems.timeline.queries.files import view_of_file
from tongqu.systems.timeline.queries.films import key_frames
from tongqu.systems.timeline.queries.registering import register_files

app = typer.Typer(
    no_args_is_help=True, help="The time axis: which ground each photo shows, and the photos of a place."
)
# Without a callback Typer would make a lone command the whole group.
app.callback()(lambda: None)

stac = typer.Typer(no_args_is_help=True, help="The photos as a STAC catalogue.")
stac.callback()(lambda: None)

PHOTO = Annotated[Path, typer.Argument(help="A photo: JPEG, PNG, WebP or TIFF.")]
DEM = Annotated[
    Path | None, typer.Option("--dem", help="A GeoTIFF with heights of the ground above the sea, in metres.")
]
LEVEL = Annotated[
    float | None,
    typer.Option(
        "--ground-height", help="Height of the ground above the sea, in metres, where no grid gives it."
    ),
]
HEIGHT = Annotated[
    float | None,
    typer.Option(
        "--height", help="Height of the camera above the ground below it, in metres; overrides the photo's."
    ),
]
RANGE = Annotated[
    float | None,
    typer.Option(
        "--range", help="Ground farther away than this, in metres, is left out; else 10 heights.", min=1
    ),
]


@app.command("footprint")
def footprint_command(
    photo: PHOTO, dem: DEM = None, ground_height: LEVEL = None, height: HEIGHT = None, range_m: RANGE = None
) -> None:
    """Print the ground that a photo shows as a GeoJSON Feature, with its error and what it rests on."""
    with refusals_told():
        view = view_of_file(photo, grid=dem, level_m=ground_height, height_m=height, range_m=range_m)
    typer.echo(json.dumps(feature_of(view, photo.name), ensure_ascii=False, indent=2))


@app.command("frames")
def frames_command(
    film: Annotated[Path, typer.Argument(help="A film of a drone: MP4 or MOV.")],
    telemetry: Annotated[Path, typer.Argument(help="The SRT file that the drone wrote beside it.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the photos; import it as evidence afterwards.")
    ],
    spacing_m: Annotated[
        float, typer.Option("--spacing", help="Metres over the ground between frames.", min=0.1)
    ] = 20,
    film_mm: Annotated[
        float | None,
        typer.Option(
            "--focal-35mm", help="Focal length as on 35 mm film, where the telemetry names none.", min=1
        ),
    ] = None,
) -> None:
    """Take key frames out of a film and save them as photos that say where and how they were taken."""
    count = 0
    with refusals_told():
        for frame in key_frames(film, telemetry, spacing_m=spacing_m, film_mm=film_mm):
            out.mkdir(parents=True, exist_ok=True)
            name = f"{film.stem}_{round(frame.moment.at_s * 1000):09d}.jpg"
            (out / name).write_bytes(stamped(frame.pixels, frame.shot, frame.moment))
            count += 1
    typer.echo(f"{count} photos in {out}. Bring them in with `tongqu evidence import {out}`.")


@app.command("fill")
def fill_command() -> None:
    """Work out the footprints of photos that were stored before the time axis was there; safe to stop and repeat."""
    with typer.progressbar(length=1, label="photos") as bar:

        def report(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        count = fill(at=now(), report=report)
    typer.echo(f"Looked at {count} photos that had no view.")


@stac.command("export")
def export_command(
    out: Annotated[Path, typer.Argument(help="Folder for the catalogue.")],
    by: Annotated[str, typer.Option("--by", help="Login of the person whose sight is exported.")],
    server: Annotated[
        str, typer.Option("--server", help="Address of this server, to which the files of the photos point.")
    ] = "",
    parquet: Annotated[
        bool, typer.Option("--parquet/--no-parquet", help="Write photos.parquet as well.")
    ] = True,
) -> None:
    """Write a static STAC catalogue of the photos that a person may see, and one stac-geoparquet file."""
    person = Person.objects.filter(username=by, is_active=True).first()
    if person is None:
        tell([f"Nobody signs in as {by!r}. Name an active person with --by."])
        raise typer.Exit(1)
    root = server or settings.PUBLIC_URL or "http://localhost:8000"
    count = write_catalogue(out, person, at=now(), server=root)
    typer.echo(f"{count} items in {out / 'catalog.json'}")
    if parquet and count:
        try:
            write_parquet(out / "photos.parquet", person, at=now(), server=root)
        except ImproperlyConfigured as missing:
            tell([missing])
            raise typer.Exit(1) from None
        typer.echo(f"{count} items in {out / 'photos.parquet'}")


@app.command("register")
def register_command(
    a: PHOTO,
    b: PHOTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Say which pixel of photo A is which pixel of photo B, and how surely; refused when not good enough."""
    start = time.perf_counter()
    with refusals_told():
        found = register_files(a, b)
    told = report(found) | {"milliseconds": round((time.perf_counter() - start) * 1000)}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{'✓' if found.accepted else '✗'} {found.words}")
    for key in ("inliers", "residual_px", "residual_held_back_px", "overlap", "pose_error_m", "milliseconds"):
        typer.echo(f"{key}: {told[key]}")
