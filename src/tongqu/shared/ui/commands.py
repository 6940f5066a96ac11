"""The commands `tongqu ui …`."""

from __future__ import annotations

from typing import Annotated

import typer

from tongqu.shared.ui import translations as texts
from tongqu.shared.ui import vendor as vendored

app = typer.Typer(no_args_is_help=True, help="Scripts, styles and translations of the pages.")
translations = typer.Typer(no_args_is_help=True, help="Compile, check and propose translations.")
app.add_typer(translations, name="translations")


def _finish(found: list[str], fine: str) -> None:
    for problem in found:
        typer.echo(problem, err=True)
    if found:
        raise typer.Exit(1)
    typer.echo(fine)


@app.command()
def vendor(
    check: Annotated[bool, typer.Option("--check", help="Only compare the files with the manifest.")] = False,
) -> None:
    """Fetch the pinned scripts and styles again (needs npm and a network), or check those that are here."""
    if check:
        _finish(list(vendored.problems()), "Every vendored file is as its publisher ships it.")
        return
    try:
        typer.echo(f"{len(vendored.fetch())} files fetched; all have the hashes of the manifest.")
    except vendored.VendorProblem as problem:
        _finish([str(problem)], "")


@translations.command("compile")
def compile_() -> None:
    """Compile the catalogues of every app."""
    typer.echo(f"{len(texts.compile_all())} catalogues compiled.")


@translations.command()
def check() -> None:
    """Find texts without a translation, unread drafts, and apps that contradict each other."""
    try:
        found = list(texts.problems())
    except texts.GettextMissing as missing:
        found = [str(missing)]
    _finish(found, "Every text is translated.")


@translations.command()
def hant() -> None:
    """Propose Traditional Chinese from Simplified; entries that someone has read are left alone."""
    try:
        from opencc import OpenCC
    except ImportError:
        _finish(["OpenCC is not installed; it comes with the development requirements."], "")
        return
    changed = texts.propose_traditional(OpenCC("s2twp").convert)
    typer.echo(f"{len(changed)} catalogues changed; read the entries marked “{texts.PROPOSED}”.")
