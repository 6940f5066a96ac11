"""The claims of a text or a report, read with the dictionary of the system."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.indicators.queries.dictionary import dictionary, with_divisions
from tongqu.systems.indicators.queries.documents import text_of_file
from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.claims.reading import claims_of
from tongqu.systems.indicators.rules.claims.sheet import About, Dictionary


def claims_in(
    text: str, about: About | None = None, divisions: Sequence[tuple[str, str]] = ()
) -> list[Claim]:
    """Return the claims that a text makes; `divisions` are more divisions that it may name, as codes and names."""
    known: Dictionary = with_divisions(divisions) if divisions else dictionary()
    return claims_of(text, known, about or About())


def claims_in_file(path: Path, about: About | None = None, divisions: Path | None = None) -> list[Claim]:
    """Return the claims of a report in a file, with more divisions from a CSV file with the columns code and name."""
    return claims_in(text_of_file(path), about, divisions_in(divisions) if divisions else ())


def divisions_in(path: Path) -> list[tuple[str, str]]:
    """Return the codes and names of a CSV file of divisions, such as the `divisions.csv` of a region's folder."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"The file cannot be read ({type(error).__name__}). Name a CSV file in UTF-8."
        raise BadInput([Problem(message, "not-readable", path.name)]) from None
    problems = []
    found = []
    for number, row in enumerate(rows, 2):
        code, name = (
            (row.get("code") or "").strip(),
            (row.get("name") or row.get("name_zh_hans") or "").strip(),
        )
        if code.isascii() and code.isdigit() and name:
            found.append((code, name))
        else:
            message = "A row needs a code of figures, and a name (column name or name_zh_hans). Write both."
            problems.append(Problem(message, "bad-division", path.name, number))
    if problems:
        raise BadInput(problems)
    return found
