"""What came of the import of a list."""

from __future__ import annotations

from dataclasses import dataclass

from tongqu.kernel.problems import Problem


@dataclass(frozen=True)
class ImportReport:
    """How many rows an import added, changed and left as they were, or would; and what was wrong with the others."""

    new: int
    changed: int
    same: int
    problems: tuple[Problem, ...]
