"""Changes blocks of text for replies, one by one or from a CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.region.models import Person, Unit
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.text_block import TextBlock
from tongqu.systems.cases.queries.tables import rows_under
from tongqu.systems.cases.queries.text_blocks import may_keep
from tongqu.systems.cases.rules.imports import ImportReport
from tongqu.systems.cases.rules.text_blocks import PLACEHOLDERS, unknown_in

COLUMNS = ("title", "text", "language", "unit", "matter", "class_name", "is_active")
LONGEST_TEXT = 3000


@acting
def save_block(block: TextBlock, *, by: Person, at: datetime) -> bool:
    """Save a new or changed block; returns whether anything changed.

    Raises `BadInput` for unknown placeholders and fields that do not fit, `NotAllowed` for who does not keep the blocks of
    its unit, or of the unit that it had.
    """
    stored = TextBlock.objects.select_related("unit", "matter").filter(pk=block.pk).first()
    if not may_keep(by, block.unit) or (stored and not may_keep(by, stored.unit)):
        raise NotAllowed(_("You look after the text blocks of your own unit only."))
    _check(block, at)
    after, before = _values(block), _values(stored) if stored else {}
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    if not changed:
        return False
    block.save()
    record(
        "text_block.changed" if stored else "text_block.added",
        block.subject,
        by=by,
        at=at,
        label=block.title,
        before={key: before[key] for key in changed if key in before},
        after=changed,
        unit_path=block.unit.path if block.unit else "",
    )
    return True


def _check(block: TextBlock, at: datetime) -> None:
    """Raise `BadInput` naming each field that does not fit."""
    unknown = unknown_in(block.text)
    if unknown:
        say = _("Nothing is known to put into %(unknown)s. There are: %(known)s.")
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise BadInput(
            [Problem(say % {"unknown": " ".join(unknown), "known": known}, code="placeholder", field="text")]
        )
    if len(block.text) > LONGEST_TEXT:
        say = _("Shorten this to %(most)s characters.") % {"most": LONGEST_TEXT}
        raise BadInput([Problem(say, code="too-long", field="text")])
    block.changed_at = at
    try:
        block.full_clean()
    except ValidationError as errors:
        raise BadInput(
            [
                Problem(" ".join(says), code="invalid", field="title" if field == "__all__" else field)
                for field, says in errors.message_dict.items()
            ]
        ) from errors


def _values(block: TextBlock) -> dict[str, Any]:
    """Return a block as its fact and a row of the CSV tell it."""
    return {
        "title": block.title,
        "text": block.text,
        "language": block.language,
        "unit": block.unit.code if block.unit else "",
        "matter": block.matter.code if block.matter else "",
        "class_name": block.class_name,
        "is_active": block.is_active,
    }


def as_csv(blocks: list[TextBlock]) -> str:
    """Return the blocks as a CSV that `import_blocks` reads again."""
    target = io.StringIO()
    writer = csv.DictWriter(target, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**_values(block), "is_active": int(block.is_active)} for block in blocks)
    return target.getvalue()


@acting
def import_blocks(data: bytes, name: str, *, by: Person, at: datetime) -> ImportReport:
    """Add and change blocks from an XLSX or CSV file: rows are matched by unit, title and language.

    Every bad row is reported and the good ones kept; repeating an import changes nothing. Raises `BadInput` when the
    file is no such list.
    """
    counts, problems = {"new": 0, "changed": 0, "same": 0}, []
    for number, row in rows_under(data, name, COLUMNS, needed=COLUMNS[:2]):
        try:
            block = _block(row)
            is_new, changed = block.pk is None, save_block(block, by=by, at=at)
        except BadInput as refusal:
            problems += [Problem(p.message, p.code, name, number, p.field) for p in refusal.problems]
        except NotAllowed as refusal:
            problems.append(Problem(str(refusal), "not-yours", name, number, "unit"))
        else:
            counts["new" if is_new else "changed" if changed else "same"] += 1
    return ImportReport(**counts, problems=tuple(problems))


def _block(row: Mapping[str, str]) -> TextBlock:
    """Return the stored block that a row means, or a new one, with the values of the row."""
    unit = _named(Unit, "unit", row["unit"])
    language = row["language"] or "zh-hans"
    known = TextBlock.objects.filter(title=row["title"], language=language, unit=unit).first()
    block = known or TextBlock(title=row["title"], language=language, unit=unit)
    block.text, block.class_name = row["text"], row["class_name"]
    block.matter = _named(Matter, "matter", row["matter"])
    block.is_active = row["is_active"].lower() not in ("0", "no", "false", "否")
    return block


def _named(model: type[Any], field: str, code: str) -> Any:
    found = model.objects.filter(code=code).first() if code else None
    if code and found is None:
        say = _("Nothing has the code “%(code)s”. Look it up, or leave the cell empty.")
        raise BadInput([Problem(say % {"code": code}, code="unknown", field=field)])
    return found
