"""Finds the few cases in which rare words stand, by the trigram index of SQLite.

The index only proposes: whoever asks compares the words as well. PostgreSQL uses its index by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

FEW = 2000
"""Up to so many cases are looked up one by one; commoner words are soon met on a walk down the newest."""
MOST_TERMS = 300
"""A word of one or two characters that begins more trigrams than this is taken to be common."""
TRIGGERS = 3
_LAST = "\U0010ffff" * 2


def few_with(words: Sequence[str]) -> list[int] | None:
    """Return the ids of all cases that may hold every word; None where they are many or there is no index."""
    if connection.vendor != "sqlite" or not words:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'cases_words_%%'"
        )
        if cursor.fetchone()[0] != TRIGGERS:
            return None
        parts = [part for part in map(_asked, words) if part is not None]
        if not parts:
            return None
        if "" in parts:
            return []
        cursor.execute(
            "SELECT rowid FROM cases_words WHERE cases_words MATCH %s LIMIT %s",
            [" AND ".join(f"({part})" for part in parts), FEW + 1],
        )
        found = [row[0] for row in cursor.fetchall()]
    return found if len(found) <= FEW else None


def _asked(word: str) -> str | None:
    """Return the word as FTS5 is asked for it; empty when no case holds it, None when the index is no help."""
    if len(word) >= 3:
        return " AND ".join(_quoted(word[place : place + 3]) for place in range(len(word) - 2))
    if word.lower() != word.upper():
        return None
    terms = _terms(word)
    return " OR ".join(map(_quoted, terms)) if len(terms) <= MOST_TERMS else None


def _terms(word: str) -> list[str]:
    """Return the trigrams that begin with a shorter word; every text ends in two line ends, so each has some."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term FROM cases_words_terms WHERE term >= %s AND term <= %s LIMIT %s",
            [word, word + _LAST, MOST_TERMS + 1],
        )
        return [row[0] for row in cursor.fetchall()]


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
