"""Says what the rules found, in the language of the moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.utils.translation import gettext

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.indicators.rules.saying import Said, Wrong


def in_words(said: Said) -> str:
    """Return a sentence of a rule in the language of the moment."""
    text = gettext(said.text)
    values = {name: in_words(of) if isinstance(of, Said) else of for name, of in said.values.items()}
    return text % values if values else text


def spoken(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems with what the rules found said in the language of the moment; others as they are."""
    return [
        replace(each, message=in_words(each.said)) if isinstance(each, Wrong) else each for each in problems
    ]


@contextmanager
def refusals_spoken() -> Iterator[None]:
    """Say what the rules refuse inside the block in the language of the moment."""
    try:
        yield
    except BadInput as refusal:
        raise BadInput(spoken(refusal.problems)) from refusal
