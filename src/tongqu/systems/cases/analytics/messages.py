"""Messages in a table (`id,user,subject,posted_at,body,likes,against`) and hot issues as rows of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.cases.analytics.hot import HotIssue, Message

NEEDED = ("id", "user", "subject", "posted_at", "body")
VOTES = ("likes", "against")
ISSUE_COLUMNS = ("rank", "heat", "title", "place", "from", "to", "people", "votes", "messages", "ids", "why")


def messages_in(
    rows: Iterable[Mapping[str, str | None]], columns: Sequence[str], file: str
) -> tuple[list[Message], list[Problem]]:
    """Return the messages of the good rows, and what is wrong with the others.

    Raises `BadInput` when a needed column is missing. `likes` and `against` may be missing or empty: no votes.
    """
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        say = f"The column is missing. The file needs the columns {', '.join(NEEDED)}."
        raise BadInput([Problem(say, "missing-column", file, 1, name) for name in missing])
    good: list[Message] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        wrong = list(_problems(row, seen, file, number))
        problems += wrong
        if not wrong:
            good.append(_message(row))
            seen.add(good[-1].id)
    return good, problems


def _problems(row: Mapping[str, str | None], seen: set[str], file: str, number: int) -> Iterator[Problem]:
    for name in ("id", "user", "subject"):
        if not _value(row, name):
            yield Problem("Nothing stands here. Fill it in.", "required", file, number, name)
    if _value(row, "id") in seen:
        say = f"{_value(row, 'id')!r} stands in an earlier row. Give each message an id of its own."
        yield Problem(say, "repeated", file, number, "id")
    if instant(_value(row, "posted_at")) is None:
        say = f"{_value(row, 'posted_at')!r} is no time. Write it as 2019/7/31 09:05:00."
        yield Problem(say, "bad-time", file, number, "posted_at")
    for name in VOTES:
        if not (_value(row, name) or "0").isdecimal():
            say = f"{_value(row, name)!r} is no count. Write a whole number."
            yield Problem(say, "bad-count", file, number, name)


def _message(row: Mapping[str, str | None]) -> Message:
    at = instant(_value(row, "posted_at"))
    if at is None:
        raise AssertionError(row)
    likes, dislikes = (int(_value(row, name) or "0") for name in VOTES)
    return Message(
        _value(row, "id"),
        _value(row, "user"),
        _value(row, "subject"),
        _value(row, "body"),
        at,
        likes,
        dislikes,
    )


def _value(row: Mapping[str, str | None], name: str) -> str:
    return (row.get(name) or "").strip()


def instant(text: str) -> datetime | None:
    """Return the time, written with slashes or dashes, with or without seconds; a time without a zone is UTC.

    >>> instant("2019/2/28 11:25:05"), instant("2019-08-28 09:30")
    (datetime.datetime(2019, 2, 28, 11, 25, 5, tzinfo=datetime.timezone.utc),
     datetime.datetime(2019, 8, 28, 9, 30, tzinfo=datetime.timezone.utc))
    >>> instant("soon") is None
    True
    """
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.replace("/", "-").replace("T", " "), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def issue_rows(issues: Iterable[HotIssue]) -> Iterator[tuple[str | int | float, ...]]:
    """Yield a row of `ISSUE_COLUMNS` for each issue."""
    for issue in issues:
        yield (
            issue.rank,
            issue.heat,
            issue.title,
            issue.place,
            f"{issue.since:%Y-%m-%d}",
            f"{issue.until:%Y-%m-%d}",
            issue.people,
            issue.votes,
            len(issue.ids),
            " ".join(issue.ids),
            " ".join(issue.why),
        )
