"""What a rule says to people: a template and what stands in it, so that the edges can say it in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tongqu.kernel.problems import Problem


def gettext_noop(text: str) -> str:
    """Return the text as it is; the name marks it as one to translate for the program that gathers texts.

    >>> gettext_noop("Keep one.")
    'Keep one.'
    """
    return text


@dataclass(frozen=True)
class Said:
    """A sentence in English with named places for values; a value may be a sentence itself.

    >>> str(Said("The column '%(name)s' stands twice. Keep one.", {"name": "value"}))
    "The column 'value' stands twice. Keep one."
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True)
class Wrong(Problem):
    """A problem that keeps its sentence in parts beside the message in English.

    >>> print(wrong(Said("Keep one."), "twice", "a.csv", 4, "value"))
    a.csv, row 4, value: Keep one.
    """

    said: Said = field(default_factory=lambda: Said(""))


def wrong(said: Said, code: str, file: str = "", row: int | None = None, field: str = "") -> Wrong:
    """Return a problem of a sentence."""
    return Wrong(str(said), code, file, row, field, said)
