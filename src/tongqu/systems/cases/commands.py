"""The commands `tongqu cases …`."""

import csv
import re
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from tongqu.kernel.problems import BadInput
from tongqu.shared.clock import now
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.ui.terminal import refusals_told, tell
from tongqu.systems.cases.actions.blocks import rebuild
from tongqu.systems.cases.actions.hotline import take_in
from tongqu.systems.cases.actions.matters import import_matters
from tongqu.systems.cases.actions.open_data import publish_month
from tongqu.systems.cases.actions.routing import draft_list, replace_entries
from tongqu.systems.cases.actions.sensor_list import import_sensors
from tongqu.systems.cases.analytics.hot import hot_issues
from tongqu.systems.cases.analytics.messages import ISSUE_COLUMNS, issue_rows, messages_in
from tongqu.systems.cases.analytics.webpush import new_private_key
from tongqu.systems.cases.models.routing import RoutingList
from tongqu.systems.cases.queries.blocks_check import differences
from tongqu.systems.cases.queries.catalogue import catalogue_csv, catalogue_workbook
from tongqu.systems.cases.queries.hotline import known_numbers, mapping_named, read_export
from tongqu.systems.cases.queries.message_tables import open_table
from tongqu.systems.cases.queries.open_data import months_due
from tongqu.systems.cases.queries.reading import CATEGORY_READER
from tongqu.systems.cases.queries.reading_tables import Outcome, headings_after, read_table
from tongqu.systems.cases.queries.routing import list_in_force
from tongqu.systems.cases.queries.routing_files import as_csv, as_workbook
from tongqu.systems.cases.queries.routing_proof import fault_lines, proof_of
from tongqu.systems.cases.queries.routing_reading import read_list
from tongqu.systems.cases.queries.training import category_examples, trained_categories

app = typer.Typer(no_args_is_help=True, help="Cases and the matters they are about.")
matters = typer.Typer(no_args_is_help=True, help="The list of matters.")
hotline = typer.Typer(no_args_is_help=True, help="Exports of the citizens' hotline (12345).")
blocks = typer.Typer(no_args_is_help=True, help="The packed cases from which maps and statistics count.")
sensors = typer.Typer(no_args_is_help=True, help="Sensors whose readings become cases.")
app.add_typer(sensors, name="sensors")
notices = typer.Typer(no_args_is_help=True, help="Notices to reporters.")
app.add_typer(notices, name="notices")
app.add_typer(matters, name="matters")
app.add_typer(blocks, name="blocks")
app.add_typer(hotline, name="hotline")
reader = typer.Typer(no_args_is_help=True, help="The reader that says what a text is about.")
app.add_typer(reader, name="reader")
routing = typer.Typer(no_args_is_help=True, help="Responsibility lists: who leads which matter where.")
app.add_typer(routing, name="routing")

MOST_DIFFERENCES = 100
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
OPERATOR = NamedActor("command", "命令行")


@matters.command("import")
def import_list(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Workbooks or CSV files of matters and questions; without one, those of the system."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Load matters: add new ones, make a version of those that differ. Safe to repeat."""
    with refusals_told():
        report = import_matters(*(files or ()), by=OPERATOR, at=now(), dry_run=dry_run)
    tell(report.problems)
    typer.echo(f"{report.new} new, {report.changed} changed, {report.same} as before.")
    if report.problems:
        raise typer.Exit(1)


@sensors.command("import")
def import_sensor_list(
    file: Annotated[Path, typer.Argument(help="A CSV list of sensors; the documentation names its columns.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Register sensors: add new ones, change those that differ. Safe to repeat."""
    with refusals_told():
        report = import_sensors(file, by=OPERATOR, at=now(), dry_run=dry_run)
    tell(report.problems)
    typer.echo(f"{report.new} new, {report.changed} changed, {report.same} as before.")
    if report.problems:
        raise typer.Exit(1)


@matters.command("export")
def export_matters(
    out: Annotated[Path, typer.Argument(help="Where to write: .xlsx for all, .csv for one table.")],
    table: Annotated[str, typer.Option(help="Of a CSV file: matters or questions.")] = "matters",
) -> None:
    """Write the matters in force, with their questions, as `import` reads them."""
    if out.suffix not in (".xlsx", ".csv") or table not in ("matters", "questions"):
        typer.echo("✗ Write to a file that ends in .xlsx or .csv; --table is matters or questions.", err=True)
        raise typer.Exit(1)
    at = now()
    body = (
        catalogue_workbook(at=at)
        if out.suffix == ".xlsx"
        else catalogue_csv(table, at=at).encode("utf-8-sig")
    )
    out.write_bytes(body)
    typer.echo(f"{out.name} written.")


@notices.command("new-key")
def new_push_key() -> None:
    """Print a new key for notices on devices (web push), for TONGQU_VAPID_PRIVATE_KEY."""
    typer.echo(new_private_key())


@hotline.command("import")
def import_orders(
    file: Annotated[Path, typer.Argument(help="An export as XLSX or CSV.", exists=True, dir_okay=False)],
    mapping: Annotated[str, typer.Option(help="A stored column mapping; else the headings tell.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come in.")] = False,
) -> None:
    """Make a case of each work order of the hotline. Safe to repeat: the number of the order is the key."""
    with refusals_told():
        columns = mapping_named(mapping).columns if mapping else None
        export = read_export(file.read_bytes(), file.name, columns)
    if dry_run:
        known = len(known_numbers(export.orders))
        new, refused, problems = len(export.orders) - known, export.refused_count, export.problems
    else:
        outcome = take_in(export, clock=now)
        new, known, refused, problems = outcome.new, outcome.known, outcome.refused, outcome.problems
    tell(problems)
    typer.echo(f"{new} new, {known} known, {refused} refused.")
    if problems:
        raise typer.Exit(1)


@blocks.command("rebuild")
def rebuild_blocks() -> None:
    """Pack all cases anew. Safe to repeat, also while people work."""
    count = rebuild(at=now(), tell=lambda done: typer.echo(f"{done} cases…") if done % 100_000 == 0 else None)
    typer.echo(f"{count} cases packed.")


@blocks.command("check")
def check_blocks() -> None:
    """Compare the packed cases with the cases themselves; do it while nobody works, or acts meanwhile show up."""
    found = list(islice(differences(), MOST_DIFFERENCES))
    tell(found)
    if found:
        typer.echo("Run `tongqu cases blocks rebuild`.", err=True)
        raise typer.Exit(1)
    typer.echo("The blocks hold what the cases hold.")


@app.command("open-data")
def open_data(
    month: Annotated[
        str, typer.Option(help="One month, as 2026-09; without one, every month that is due.")
    ] = "",
) -> None:
    """Make the files of open data. The worker does so each night."""
    if month and not MONTH.fullmatch(month):
        typer.echo(f"✗ “{month}” is no month. Write it as 2026-09.", err=True)
        raise typer.Exit(1)
    for each in [month] if month else months_due(now()):
        found = publish_month(each, by=OPERATOR, at=now())
        typer.echo(f"{each}: {len(found.rows)} rows, {found.withheld} withheld.")


@app.command("hot")
def hot(
    file: Annotated[
        Path, typer.Argument(help="A CSV with id, user, subject, posted_at, body and perhaps likes, against.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the hot issues are written, as CSV.")],
    top: Annotated[int, typer.Option("--top", min=1, help="How many issues.")] = 10,
) -> None:
    """Find the hot issues among messages. Bad rows are named and left out."""
    try:
        with refusals_told(), file.open(encoding="utf-8-sig", newline="") as source:
            table = csv.DictReader(source)
            messages, problems = messages_in(table, table.fieldnames or (), file.name)
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        typer.echo(f"✗ {file.name}: cannot be read as a CSV in UTF-8: {wrong}", err=True)
        raise typer.Exit(1) from None
    tell(problems)
    latest = max((message.at for message in messages), default=now())
    issues = hot_issues(messages, at=latest)[:top]
    with out.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target).writerows([ISSUE_COLUMNS, *issue_rows(issues)])
    typer.echo(f"{len(issues)} hot issues among {len(messages)} messages.")
    if problems:
        raise typer.Exit(1)


LIST = Annotated[int, typer.Option("--list", help="Number of a list; without one, the list in force.")]


@routing.command("prove")
def prove_list(number: LIST = 0) -> None:
    """Say whether exactly one unit leads everywhere, and name every hole and conflict. Exit status 1 if not."""
    found = proof_of(_list(number))
    tell(fault_lines(found))
    proof = found.proof
    typer.echo(
        f"{len(found.entries)} entries, {proof.cells} cells: {proof.holes} holes, {proof.conflicts} conflicts, "
        f"{len(found.unfit)} entries with closed units, {len(proof.idle)} that decide nothing."
    )
    if not found.holds:
        raise typer.Exit(1)


@routing.command("export")
def export_list(
    file: Annotated[Path, typer.Argument(help="Where to write the list, as .csv or .xlsx.")], number: LIST = 0
) -> None:
    """Write a list to a file that can be changed and imported again."""
    write = as_workbook if file.suffix.lower() == ".xlsx" else as_csv
    file.write_bytes(write(_list(number)))
    typer.echo(f"{file} is written.")


@routing.command("import")
def import_draft(
    file: Annotated[Path, typer.Argument(help="A list as .csv or .xlsx.", exists=True, dir_okay=False)],
    title: Annotated[str, typer.Option(help="What the draft is called.")],
) -> None:
    """Make a draft of a file; it is submitted and approved on its page. Bad rows are named and left out."""
    with refusals_told():
        read = read_list(file.read_bytes(), file.name)
    draft = draft_list(title=title, is_empty=True, by=OPERATOR, at=now())
    replace_entries(draft, read.entries, by=OPERATOR, at=now(), file=file.name)
    tell(read.problems)
    typer.echo(f"Draft {draft.pk}: {len(read.entries)} entries of {read.row_count} rows.")
    if read.problems:
        raise typer.Exit(1)


def _list(number: int) -> RoutingList:
    """Return the list of the number, or the one in force; leaves the command when there is none."""
    found = RoutingList.objects.filter(pk=number).first() if number else list_in_force(now())
    if found is None:
        typer.echo("✗ There is no such list. Without --list, one must be approved and in force.", err=True)
        raise typer.Exit(1)
    return found


@app.command("read")
def read(
    file: Annotated[Path, typer.Argument(help="A CSV with the columns subject and body.")],
    out: Annotated[Path, typer.Option("--out", help="Where the table is written, with what was read.")],
) -> None:
    """Add category, probability, matter and place to each message of a table. Needs no database."""
    outcome = Outcome()
    part = out.with_name(f".{out.name}.part")
    try:
        with open_table(file, ("subject", "body")) as table:
            marked = "utf-8" if table.encoding == "utf-8" else "utf-8-sig"
            with part.open("w", encoding=marked, errors="replace", newline="") as target:
                writer = csv.writer(target, lineterminator="\n")
                writer.writerow(headings_after(table))
                writer.writerows(read_table(table, file.name, outcome))
        part.replace(out)
    except (BadInput, OSError) as refusal:
        part.unlink(missing_ok=True)
        tell(refusal.problems if isinstance(refusal, BadInput) else [f"{out}: {refusal.strerror}"])
        raise typer.Exit(1) from None
    tell(outcome.problems)
    typer.echo(f"{outcome.read} read, {outcome.wordless} without words, {outcome.refused} refused.")
    if outcome.refused:
        raise typer.Exit(1)


@reader.command("train")
def train_reader(
    messages: Annotated[
        Path, typer.Option("--messages", help="The folder with labelled.csv, messages.csv and replied.csv.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the reader is written.")] = CATEGORY_READER,
) -> None:
    """Make the reader of the seven categories anew and say what it is worth. The same files give the same bytes."""
    with refusals_told():
        examples, background = category_examples(messages)
    made, score = trained_categories(examples, background)
    out.write_bytes(made.to_bytes())
    typer.echo(
        f"{score.examples} examples: macro-F1 {score.macro_f1:.3f}, accuracy {score.accuracy:.3f}, "
        f"calibration error {score.calibration_error:.3f} in 5 × 5-fold cross-validation. Written to {out}."
    )
