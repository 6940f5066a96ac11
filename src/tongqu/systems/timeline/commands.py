"""The commands `tongqu timeline …`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tongqu.kernel.problems import BadInput
from tongqu.shared.clock import now
from tongqu.systems.timeline.actions.filling import fill
from tongqu.systems.timeline.analytics.stamping import stamped
from tongqu.systems.timeline.analytics.views import feature_of
from tongqu.systems.timeline.queries.files import view_of_file
from tongqu.systems.timeline.queries.films import key_frames
from tongqu.systems.timeline.registering import register_command

app = typer.Typer(
    no_args_is_help=True, help="The time axis: which ground each photo shows, and the photos of a place."
)
# Without a callback Typer would make a lone command the whole group.
app.callback()(lambda: None)
app.command("register")(register_command)

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
    try:
        view = view_of_file(photo, grid=dem, level_m=ground_height, height_m=height, range_m=range_m)
    except BadInput as refusal:
        typer.echo(f"✗ {refusal}", err=True)
        raise typer.Exit(1) from None
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
    try:
        for frame in key_frames(film, telemetry, spacing_m=spacing_m, film_mm=film_mm):
            out.mkdir(parents=True, exist_ok=True)
            name = f"{film.stem}_{round(frame.moment.at_s * 1000):09d}.jpg"
            (out / name).write_bytes(stamped(frame.pixels, frame.shot, frame.moment))
            count += 1
    except BadInput as refusal:
        typer.echo(f"✗ {refusal}", err=True)
        raise typer.Exit(1) from None
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
