"""The commands `tongqu timeline …`."""

import typer

app = typer.Typer(
    no_args_is_help=True, help="The time axis: which ground each photo shows, and the photos of a place."
)
# Without a callback Typer would make a lone command the whole group.
app.callback()(lambda: None)
