"""Tells a fact of the journal in a sentence of the reader's language.

A system says how its verbs read by `say({...})` in its `apps.py`; the sentences are marked for translation where
they are written. A verb that nobody described is told by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tongqu.shared.ui.photos import file_url

MOST_PHOTOS = 8
Words = str | Promise

_sentences: dict[str, Words] = {}
_fields: dict[str, Words] = {}
_values: dict[str, Callable[[Any], Words]] = {}


def say(sentences: Mapping[str, Words]) -> None:
    """Give verbs their sentences; `{actor}` and `{subject}` stand for who acted and on what."""
    _sentences.update(sentences)


def name_fields(
    names: Mapping[str, Words], values: Mapping[str, Callable[[Any], Words]] | None = None
) -> None:
    """Give the fields of `before` and `after` their names, and say how their values read."""
    _fields.update(names)
    _values.update(values or {})


def has_sentence(verb: str) -> bool:
    """Whether a verb has a sentence of its own."""
    return verb in _sentences


def sentence(verb: str, *, actor: str, subject: str) -> str:
    """Return what happened in a sentence."""
    said = _sentences.get(verb)
    if said is None:
        return f"{actor} · {verb} · {subject}"
    return str(said).replace("{actor}", actor).replace("{subject}", subject).strip()


@dataclass(frozen=True)
class Told:
    """A fact as a page shows it."""

    fact: Any
    sentence: str
    changes: list[str] = field(default_factory=list)
    photos: list[dict[str, str]] = field(default_factory=list)


def tell(fact: Any) -> Told:
    """Return a fact with its sentence, what changed, and its photos."""
    said = sentence(fact.verb, actor=fact.actor_name, subject=fact.subject_label or fact.subject_id)
    return Told(fact, said, changes(fact.before_values, fact.after_values), _photos(fact))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the changes of named fields in words; fields without a name are for the auditors only."""
    return [
        _change(key, before.get(key), value)
        for key, value in after.items()
        if key in _fields and value not in (None, "") and value != before.get(key)
    ]


def _change(key: str, before: Any, after: Any) -> str:
    colon = _(": ")
    now = _value(key, after)
    if before in (None, ""):
        return f"{_fields[key]}{colon}{now}"
    return f"{_fields[key]}{colon}{_value(key, before)} → {now}"


def _value(key: str, value: Any) -> str:
    return str(_values[key](value)) if key in _values else str(value)


def _photos(fact: Any) -> list[dict[str, str]]:
    return [
        {
            "thumb": file_url(sha256, "thumb"),
            "web": file_url(sha256, "web"),
            "original": file_url(sha256, "original"),
            "name": sha256[:12],
        }
        for sha256 in fact.evidence_hashes[:MOST_PHOTOS]
    ]
