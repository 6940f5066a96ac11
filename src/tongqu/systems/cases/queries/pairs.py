"""Words of two characters on PostgreSQL: asked of the index of pairs that `0021_pairs_index` makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import F, Func, Q, TextField, Value

ASCII = 127
RARE = 10_000
"""Pairs that PostgreSQL expects in more cases than this are met sooner on a walk down the newest."""


def has_pairs(words: Sequence[str]) -> Q:
    """Return the condition that the pairs of rare words stand in a case; empty where the index is no help.

    It only leads to the index: whoever asks compares the words as well.
    """
    pairs = [word for word in words if len(word) == 2 and all(ord(character) > ASCII for character in word)]
    if connection.vendor != "postgresql" or not pairs or _expected(pairs) > RARE:
        return Q()
    texts = ArrayField(TextField())
    known = Func(F("title"), F("text"), F("place_text"), function="cases_pairs", output_field=texts)
    contains: Any = texts.get_lookup("contains")
    return Q(contains(known, Value(pairs, output_field=texts)))


def _expected(pairs: Sequence[str]) -> int:
    """Return in how many cases PostgreSQL expects all the pairs, by its statistics; nothing is read for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (FORMAT JSON) SELECT 1 FROM cases_case WHERE cases_pairs(title, text, place_text) @> %s",
            [list(pairs)],
        )
        return int(cursor.fetchone()[0][0]["Plan"]["Plan Rows"])
