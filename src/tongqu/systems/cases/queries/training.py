"""What readers learn from: tables of messages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.cases.analytics.reader import Reader, Text
from tongqu.systems.cases.analytics.training import Example, Score, cross_validated, train, vocabulary_of
from tongqu.systems.cases.queries.message_tables import open_table
from tongqu.systems.cases.queries.reading import category_words

UNLABELLED = ("messages.csv", "replied.csv")


def category_examples(folder: Path) -> tuple[list[Example], list[Text]]:
    """Return the labelled messages of the folder, and all its other messages, from which the rarity of words is taken.

    Raises `BadInput` when a table is missing or a category is none of the seven.
    """
    known = category_words()
    examples: list[Example] = []
    problems: list[Problem] = []
    with open_table(folder / "labelled.csv", ("subject", "body", "category")) as table:
        places = [table.column(name) for name in ("subject", "body", "category")]
        for number, row in table.rows:
            subject, body, label = (row[place] if place < len(row) else "" for place in places)
            if label.strip() in known:
                examples.append(Example(Text(subject, body), label.strip()))
            else:
                say = f"{label!r} is no category. Use one of {'、'.join(known)}."
                problems.append(Problem(say, "unknown-category", "labelled.csv", number, "category"))
    if problems:
        raise BadInput(problems)
    return examples, [text for name in UNLABELLED for text in _texts(folder / name)]


def _texts(file: Path) -> list[Text]:
    with open_table(file, ("subject", "body")) as table:
        subject, body = table.column("subject"), table.column("body")
        return [Text(row[subject], row[body]) for _number, row in table.rows if len(row) > max(subject, body)]


def trained_categories(examples: Sequence[Example], background: Sequence[Text]) -> tuple[Reader, Score]:
    """Return the reader of the categories and its score in 5 × 5-fold cross-validation."""
    vocabulary = vocabulary_of(category_words(), background)
    return train(vocabulary, examples), cross_validated(vocabulary, examples, rounds=5)
