"""Words of two characters on PostgreSQL: asked of the index of pairs that `0017_pairs_index` makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import F, Func, Q, TextField, Value

ASCII = 127


def has_pairs(words: Sequence[str]) -> Q:
    """Return the condition that the pairs of each word stand in a case; empty where there is no such index.

    It only leads to the index: whoever asks compares the words as well.
    """
    pairs = [word for word in words if len(word) == 2 and all(ord(character) > ASCII for character in word)]
    if connection.vendor != "postgresql" or not pairs:
        return Q()
    texts = ArrayField(TextField())
    known = Func(F("title"), F("text"), F("place_text"), function="cases_pairs", output_field=texts)
    contains: Any = texts.get_lookup("contains")
    return Q(contains(known, Value(pairs, output_field=texts)))
