"""The reading of claims as a table of examples, and the page that prints it."""

from __future__ import annotations

from tongqu.systems.indicators.tests.specs.amounts import AMOUNTS
from tongqu.systems.indicators.tests.specs.changes import CHANGES
from tongqu.systems.indicators.tests.specs.comparisons import COMPARISONS
from tongqu.systems.indicators.tests.specs.example import ReadSpec, line_of
from tongqu.systems.indicators.tests.specs.names import NAMES
from tongqu.systems.indicators.tests.specs.periods import PERIODS
from tongqu.systems.indicators.tests.specs.releases import RELEASES
from tongqu.systems.indicators.tests.specs.series import SERIES
from tongqu.systems.indicators.tests.specs.surroundings import SURROUNDINGS

__all__ = ["READ", "ReadSpec", "line_of", "rules_page"]

READ = (
    *SERIES,
    *CHANGES,
    *PERIODS,
    *AMOUNTS,
    *NAMES,
    *COMPARISONS,
    *RELEASES,
    *SURROUNDINGS,
)


def rules_page() -> str:
    """Return the page of examples for the documentation."""
    lines = [
        "# Examples of reading",
        "",
        "Generated from `src/tongqu/systems/indicators/tests/specs/` by `scripts/indicators-rules`; the same rows are run as tests.",
        "A claim is span, division, indicator, period, kind, value, where it came from, rank and marks: ≈ approximate, ≤ among the",
        "first so many, → a target. The figures are made up for the examples. [Reading reports](../systems/indicators-reading.md) tells what the fields mean.",
    ]
    for spec in READ:
        lines += ["", f"## {spec.say[0].upper()}{spec.say[1:]}", "", "> " + _shown(spec.text), ""]
        lines += [f"- {_shown(line)}" for line in spec.claims] or ["- nothing"]
    return "\n".join(lines) + "\n"


def _shown(text: str) -> str:
    return text.replace("\n", " ⏎ ").replace("\t", " ⇥ ").replace("_", "\\_").replace("|", " · ")
