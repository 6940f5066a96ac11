"""The commands `tongqu region …`."""

import typer

app = typer.Typer(no_args_is_help=True, help="…")
