"""The command `tongqu timeline register`."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from tongqu.kernel.problems import BadInput
from tongqu.systems.timeline.analytics.registration.report import report
from tongqu.systems.timeline.queries.registering import register_files

PHOTO = Annotated[Path, typer.Argument(help="A photo: JPEG, PNG, WebP or TIFF.")]


def register_command(
    a: PHOTO,
    b: PHOTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Say which pixel of photo A is which pixel of photo B, and how surely; refused when not good enough."""
    start = time.perf_counter()
    try:
        found = register_files(a, b)
    except BadInput as refusal:
        typer.echo(f"✗ {refusal}", err=True)
        raise typer.Exit(1) from None
    told = report(found) | {"milliseconds": round((time.perf_counter() - start) * 1000)}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{'✓' if found.accepted else '✗'} {found.words}")
    for key in ("inliers", "residual_px", "residual_held_back_px", "overlap", "pose_error_m", "milliseconds"):
        typer.echo(f"{key}: {told[key]}")
