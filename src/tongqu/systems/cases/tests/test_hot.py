"""Hot issues among messages: the heat, the clusters beside a plain twin, and the command."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from typer.testing import CliRunner

from tongqu.kernel.geometry import distance_m
from tongqu.kernel.problems import BadInput
from tongqu.systems.cases.analytics import hot, whereabouts
from tongqu.systems.cases.analytics.hot import (
    Message,
    clusters,
    district_of,
    hot_issues,
    vectors_of,
    whereabouts_of,
)
from tongqu.systems.cases.analytics.joining import joined
from tongqu.systems.cases.analytics.messages import ISSUE_COLUMNS, messages_in
from tongqu.systems.cases.analytics.whereabouts import Whereabouts
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.rules.heat import Heat

START = datetime(2026, 3, 1, tzinfo=UTC)
SUBJECTS = [
    "A2区莲花新村附近搅拌站噪音扰民", "莲花新村旁搅拌站噪音太大", "投诉莲花新村搅拌站夜间噪音", "A3区莲花新村搅拌站噪音扰民",
    "A4区清风路路灯不亮", "A4区清风路的路灯坏了不亮", "A5区白云小学何时建成", "咨询社保卡补办流程",
]  # fmt: skip

POINTS = [None, (118.87, 28.97), (118.873, 28.97), (118.885, 28.97), (118.95, 29.1)]
"""No point, one, 290 m and 1,460 m from it, and far away."""


def message(n: int, subject: str, day: float = 0, **changes: object) -> Message:
    values = {"person": f"p{n}", "body": subject, "at": START + timedelta(days=day)}
    return Message(**{"id": f"{n:03}", "subject": subject, **values, **changes})  # type: ignore[arg-type]


def plain_clusters(messages: list[Message]) -> list[int]:
    """The slow twin: every pair compared, parts found by flooding, the two nearest groups joined again and again."""

    def nearness(one: Message, other: Message) -> float:
        if one.point and other.point:
            return 1 / (1 + (distance_m(*one.point, *other.point) / whereabouts.HALF_M) ** 4)
        names = {district_of(one), district_of(other)}
        return whereabouts.OTHER_PLACE if len(names) == 2 and "" not in names else 1

    rows = vectors_of(messages)[0].toarray()
    count = len(messages)
    like = [[0.0] * count for _ in messages]
    for i in range(count):
        for j in range(count):
            like[i][j] = min(max(float(rows[i] @ rows[j]), 0), 1) * nearness(messages[i], messages[j])
    part = list(range(count))
    for i, j in combinations(range(count), 2):
        near_in_time = abs(messages[i].at - messages[j].at) <= timedelta(days=hot.WINDOW_DAYS)
        if like[i][j] >= hot.LINK and near_in_time:
            part = [part[i] if p == part[j] else p for p in part]
    groups = [[i] for i in range(count)]
    while True:
        pairs = [
            (np.mean([1 - like[i][j] for i in a for j in b]), a, b)
            for a, b in combinations(groups, 2)
            if part[a[0]] == part[b[0]]
        ]
        far, one, other = min(pairs, default=(9, [], []))
        if far >= 1 - hot.TOGETHER:
            return [next(n for n, group in enumerate(groups) if i in group) for i in range(count)]
        groups = [group for group in groups if group not in (one, other)] + [one + other]


def partition(labels: list[int]) -> set[frozenset[int]]:
    return {frozenset(n for n, label in enumerate(labels) if label == each) for each in labels}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(SUBJECTS), st.sampled_from([0, 100, 400]), st.sampled_from(POINTS)),
        min_size=2,
        max_size=9,
    )
)
def test_clusters_are_those_of_the_plain_twin(
    rows: list[tuple[str, int, tuple[float, float] | None]],
) -> None:
    messages = [message(n, subject, day, point=point) for n, (subject, day, point) in enumerate(rows)]
    days = np.array([m.at.timestamp() / hot.DAY_S for m in messages])
    found = clusters(vectors_of(messages)[0], whereabouts_of(messages), days)
    assert partition(found.tolist()) == partition(plain_clusters(messages))


def test_the_same_words_at_far_points_are_other_issues_however_many_say_them() -> None:
    said = "村口路灯不亮"
    scattered = [message(n, said, point=(118.0 + n / 10, 28.5)) for n in range(60)]
    here = [message(100 + n, said, point=(118.03 + n / 1000, 28.9)) for n in range(3)]
    there = [message(200 + n, said, point=(118.5, 28.9 + n / 1000)) for n in range(4)]
    found = hot_issues([*scattered, *here, *there], at=START + timedelta(days=1))
    assert [set(issue.ids) for issue in found] == [{m.id for m in there}, {m.id for m in here}]


def test_clusters_at_far_points_are_not_joined() -> None:
    where = Whereabouts(np.array(["", "", ""]), np.array([[0.0, 0.0], [5000.0, 0.0], [np.nan, np.nan]]))
    alike = csr_matrix(np.ones((3, 1)))
    names, days = [frozenset({"莲花新村"})] * 3, np.zeros(3)
    assert joined(alike[:2], np.arange(2), names[:2], where.take(np.arange(2)), days).tolist() == [0, 1]
    assert joined(alike[1:], np.arange(2), names[1:], where.take(np.arange(1, 3)), days).tolist() == [0, 0]


def test_an_issue_is_one_matter_at_one_place() -> None:
    messages = [message(n, subject, n) for n, subject in enumerate(SUBJECTS)]
    messages[4] = message(4, SUBJECTS[4], 4, likes=20, dislikes=5)
    first, second = hot_issues(messages, at=START + timedelta(days=10))
    assert {first.ids, second.ids} == {("000", "001", "002", "003"), ("004", "005")}
    lamps = first if "004" in first.ids else second
    assert (lamps.people, lamps.votes, lamps.place, lamps.rank) == (2, 15, "A4清风路", 1)
    assert lamps.title in SUBJECTS[4:6]
    assert lamps.since == START + timedelta(days=4)
    assert any("路灯" in word or "清风" in word for word in lamps.why)


def test_one_person_alone_makes_no_issue() -> None:
    same = [message(n, SUBJECTS[0], person="p") for n in range(9)]
    assert hot_issues(same, at=START) == []
    assert hot_issues(same[:1], at=START, least_people=1) == []
    assert hot_issues([*same, message(10, SUBJECTS[1])], at=START)[0].people == 2


def test_many_messages_of_one_kind_do_not_hide_the_rest() -> None:
    many = [message(n, f"A1区第{n}号楼{n * 7919}电梯故障停运") for n in range(60)]
    issues = hot_issues([*many, message(90, SUBJECTS[4]), message(91, SUBJECTS[5])], at=START)
    assert ("090", "091") in {issue.ids for issue in issues}


@given(st.integers(1, 500), st.integers(-50, 5000), st.floats(0, 400), st.floats(0, 900))
def test_heat_grows_with_people_votes_and_span_and_cools(
    people: int, votes: int, span: float, age: float
) -> None:
    heat = Heat(people, votes, span, age).index
    assert Heat(people + 1, votes, span, age).index > heat > 0
    assert Heat(people, votes + 9, span, age).index >= heat
    assert Heat(people, votes, span + 9, age).index >= heat
    assert Heat(people, votes, span, age + 9).index < heat


ROW = {"id": "1", "user": "a", "subject": SUBJECTS[4], "posted_at": "2026/3/1 9:00:00", "body": "坏了"}


def written(file: Path, rows: list[dict[str, str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as target:
        table = csv.DictWriter(target, rows[0])
        table.writeheader()
        table.writerows(rows)
    return file


def test_the_command_names_bad_rows_and_keeps_the_good(tmp_path: Path) -> None:
    rows = [
        ROW,
        {**ROW, "id": "2", "user": "b"},
        {**ROW, "posted_at": "soon"},
        {**ROW, "id": "4", "user": ""},
    ]
    source, out = written(tmp_path / "in.csv", rows), tmp_path / "out.csv"
    result = CliRunner().invoke(app, ["hot", str(source), "--out", str(out), "--top", "1"])
    assert result.exit_code == 1
    assert "in.csv, row 4, id: '1' stands in an earlier row" in result.output
    assert "in.csv, row 4, posted_at: 'soon' is no time" in result.output
    assert "in.csv, row 5, user" in result.output
    (issue,) = csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())
    assert tuple(issue) == ISSUE_COLUMNS
    assert (issue["ids"], issue["people"], issue["from"]) == ("1 2", "2", "2026-03-01")


@pytest.mark.parametrize("content", [b"id,subject\n1,x\n", b"\xff\xfe\xff"])
def test_the_command_refuses_what_is_no_table_of_messages(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    result = CliRunner().invoke(app, ["hot", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv")])
    assert (result.exit_code, (tmp_path / "out.csv").exists()) == (1, False)
    assert "in.csv" in result.output


def test_votes_may_be_missing_but_not_wrong() -> None:
    good, problems = messages_in([ROW, {**ROW, "id": "2", "likes": "many"}], [*ROW, "likes"], "m.csv")
    assert (good[0].likes, [str(p) for p in problems]) == (
        0,
        ["m.csv, row 3, likes: 'many' is no count. Write a whole number."],
    )
    with pytest.raises(BadInput, match=r"m\.csv, row 1, body: The column is missing"):
        messages_in([], ["id", "user", "subject", "posted_at"], "m.csv")
