"""What is wrong with an input, said so that whoever sent it can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: what it is and what to do, and where it stands.

    `code` names the kind of problem for programs. `row` counts as a spreadsheet does: the heading is row 1.
    `message` may be a lazily translated text.

    >>> print(Problem("Unknown parent '9'. Add it, or correct it.", "unknown-parent", "units.csv", 4, "parent"))
    units.csv, row 4, parent: Unknown parent '9'. Add it, or correct it.
    >>> print(Problem("The file is empty. Choose another."))
    The file is empty. Choose another.
    """

    message: str
    code: str = ""
    file: str = ""
    row: int | None = None
    field: str = ""

    @property
    def place(self) -> str:
        """File, row and field, as far as they are known."""
        row = f"row {self.row}" if self.row is not None else ""
        return ", ".join(part for part in (self.file, row, self.field) if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else str(self.message)


class BadInput(Exception):
    """An input was refused; nothing of it was kept.

    >>> str(BadInput([Problem("Too long."), Problem("No name.")]))
    'Too long.; No name.'
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))
