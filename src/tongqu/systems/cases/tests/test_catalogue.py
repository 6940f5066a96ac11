"""The catalogue of matters as files: round trips, effective days, questions, and what is wrong with rows."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tongqu.kernel.problems import BadInput
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.cases.actions.matters import change_matter, import_matters, take_tables
from tongqu.systems.cases.analytics.sheets import read_sheets
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.versions import MatterVersion
from tongqu.systems.cases.queries.catalogue import (
    catalogue_csv,
    catalogue_tables,
    catalogue_workbook,
    plan_of,
    tables_of,
)
from tongqu.systems.cases.rules.catalogue import (
    COLUMNS,
    HEADINGS,
    QUESTION_COLUMNS,
    Catalogue,
    matter_cells,
    question_cells,
    read_catalogue,
)
from tongqu.systems.cases.rules.questions import QuestionKind, flaws, questions_of
from tongqu.systems.cases.tests.test_questions import KEPT

DAY = timedelta(days=1)
ROW = {"code": "XNEW", "name_zh_hans": "违规充电", "class_code": "X", "track": "order", "verify_by": "photo"}
ASKED = {"matter": "XNEW", "code": "A", "kind": "yes_no", "text_zh_hans": "危险吗？"}


def table(*rows: dict[str, Any]) -> tuple[str, list[list[str]]]:
    """A table with the columns that the rows name."""
    heads = list(dict.fromkeys(name for row in rows for name in row))
    return "my.csv", [heads, *([str(row.get(name, "")) for name in heads] for row in rows)]


def read(*tables: tuple[str, list[list[str]]], words: dict[str, dict[str, str]] | None = None) -> Catalogue:
    return read_catalogue(tables, words or {}, str, str)


def test_the_columns_have_headings_of_their_own() -> None:
    for columns in (COLUMNS, QUESTION_COLUMNS):
        assert len({HEADINGS[name] for name in columns}) == len(columns)


def test_rows_are_read_by_heading_in_words_and_blank_rows_are_passed_over() -> None:
    heads = [
        HEADINGS["code"],
        "name_zh_hans",
        "class_code",
        HEADINGS["track"],
        "verify_by",
        "在用",
        "关键词",
        "生效日期",
        "",
    ]
    rows = [
        heads,
        ["X1", "'=甲", "X", "平安", "photo", "是", "噪音，吵闹 扰民", "2026/9/20", "?"],
        ["", ""],
        ["X2", "乙", "X", "order", "air"],
    ]
    found = read(("a.xlsx", rows), words={"track": {"平安": "order"}})
    assert not found.problems
    first, second = found.matters
    assert (first.row, first.in_force_on, second.row) == (2, date(2026, 9, 20), 4)
    assert first.terms["track"] == "order"
    assert (first.terms["name_zh_hans"], first.terms["keywords"], first.terms["is_active"]) == (
        "=甲",
        "噪音、吵闹、扰民",
        True,
    )


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ([table({**ROW, "code": ""})], [(2, "code", "required")]),
        ([table(ROW, ROW)], [(3, "code", "twice")]),
        ([table({**ROW, "is_active": "perhaps"})], [(2, "is_active", "no-flag")]),
        ([table({**ROW, "in_force_on": "soon"})], [(2, "in_force_on", "no-date")]),
        ([table({"code": "X"})], [(1, "", "missing-columns")]),
        ([table({"name": "X"})], [(1, "", "missing-columns")]),
        ([("a.csv", [])], [(1, "", "missing-columns")]),
        ([table(ROW), table({"matter": "XNEW", "code": "A"})], [(1, "", "missing-columns")]),
        ([table(ROW), table({**ASKED, "matter": ""})], [(2, "matter", "required")]),
        ([table(ROW), table({**ASKED, "required": "x"})], [(2, "required", "no-flag")]),
        ([table(ROW), table({**ASKED, "kind": "choice", "options": "a"})], [(2, "options", "options"), (2, "options", "options")]),
        ([table(ROW), table({**ASKED, "kind": "number", "least": "few"})], [(2, "least", "no-number")]),
        ([table(ROW), table(ASKED, {"matter": ""}, ASKED)], [(4, "code", "twice")]),
        ([table(ROW), table({**ASKED, "when": "B=yes"})], [(2, "when", "when-unknown")]),
        ([table(ROW), table(*({**ASKED, "code": f"Q{n}"} for n in range(31)))], [(32, "code", "too-many")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_file_row_and_field(
    tables: list[tuple[str, list[list[str]]]], expected: list[tuple[int, str, str]]
) -> None:
    found = read(*tables)
    assert [(problem.row, problem.field, problem.code) for problem in found.problems] == expected
    assert all(problem.file for problem in found.problems)


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="|;；="),
    min_size=1,
    max_size=8,
)
options = st.lists(texts, min_size=2, max_size=4).map(
    lambda names: [{"code": f"o{n}", "text": {"zh_hans": name}} for n, name in enumerate(names)]
)


@st.composite
def good_questions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Questions without a flaw, some under conditions."""
    made: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(list(QuestionKind)))
        question: dict[str, Any] = {
            "code": f"Q{number}", "kind": str(kind), "required": draw(st.booleans()),
            "text": {"zh_hans": draw(texts), **({"en": draw(texts)} if draw(st.booleans()) else {})},
        }  # fmt: skip
        if kind in ("choice", "choices"):
            question["options"] = draw(options)
        if kind == "number":
            least, most = sorted(draw(st.tuples(*[st.floats(-1e9, 1e9, width=32)] * 2)))
            question |= {"unit": draw(texts), "least": least, "most": most}
        deciding = [each for each in made if each["kind"] in ("choice", "choices", "yes_no")]
        if deciding and draw(st.booleans()):
            asked = draw(st.sampled_from(deciding))
            values = [option["code"] for option in asked.get("options", ())] or ["yes", "no"]
            question["when"] = {"question": asked["code"], "is": [draw(st.sampled_from(values))]}
        made.append(question)
    return made


@given(good_questions())
def test_questions_go_out_and_come_in_the_same(questions: list[dict[str, Any]]) -> None:
    assert flaws(questions) == []
    rows = [list(QUESTION_COLUMNS), *(question_cells("X", question) for question in questions)]
    found = read(("q.csv", rows))
    assert not found.problems
    assert questions_of(found.questions.get("X", [])) == questions_of(questions)


def test_a_matter_goes_out_and_comes_in_the_same() -> None:
    terms = {
        **dict.fromkeys(COLUMNS[1:-2], "x"),
        "is_standard_class": True,
        "seen_by_drone": False,
        "is_active": True,
    }
    found = read(("m.csv", [list(COLUMNS), matter_cells("X", terms, date(2026, 9, 16), "新办法")]))
    row = found.matters[0]
    assert (row.code, row.terms, row.in_force_on, row.reason) == ("X", terms, date(2026, 9, 16), "新办法")


@pytest.mark.django_db
def test_the_whole_catalogue_goes_out_and_comes_in_without_a_change(at: datetime) -> None:
    import_matters(by=SYSTEM, at=at)
    change_matter(
        Matter.objects.get(code="EENV01"), by=SYSTEM, at=at, questions=KEPT, name_en="=1+1", reason="新办法"
    )
    assert MatterVersion.objects.exclude(terms__questions=[]).count() >= 40
    for tables in (
        tables_of(catalogue_workbook(at=at), "catalogue.xlsx"),
        [(name, rows) for name in ("matters", "questions")
         for rows in [list(csv.reader(io.StringIO(catalogue_csv(name, at=at))))]],
    ):  # fmt: skip
        plan = plan_of(tables, at=at + DAY)
        assert not plan.problems
        assert [plan.count(state) for state in ("new", "changed", "same")] == [0, 0, 90]
    assert len(catalogue_tables(at=at)[0]) == 90


@pytest.mark.django_db
def test_a_row_takes_effect_on_its_day_and_is_planned_once(at: datetime) -> None:
    import_matters(by=SYSTEM, at=at)
    day = at.date() + 3 * DAY
    rows = table({**ROW, "code": "EENV01", "handle_allowance": "9wd", "in_force_on": day, "reason": "新办法"})
    assert take_tables([rows], by=SYSTEM, at=at).count("changed") == 1
    assert take_tables([rows], by=SYSTEM, at=at).count("same") == 1
    version = MatterVersion.objects.get(number=2)
    assert (version.in_force_on, version.reason, version.terms["handle_allowance"]) == (day, "新办法", "9wd")
    late = plan_of([rows], at=at + 5 * DAY)
    assert late.count("same") == 1
    other = table({**ROW, "code": "EENV01", "handle_allowance": "2wd", "in_force_on": day})
    assert [problem.field for problem in plan_of([other], at=at + 5 * DAY).problems] == ["in_force_on"]


@pytest.mark.django_db
def test_columns_that_are_not_there_change_nothing_and_empty_cells_mean_the_usual(at: datetime) -> None:
    import_matters(by=SYSTEM, at=at)
    before = Matter.objects.get(code="CPUB01").terms
    few = {name: before[name] for name in ("name_zh_hans", "class_code", "track", "verify_by")}
    assert plan_of([table({"code": "CPUB01", **few})], at=at).count("same") == 1
    changed = plan_of([table({"code": "CPUB01", **few, "grade": "", "handle_allowance": ""})], at=at).matters[
        0
    ]
    assert (changed.terms["grade"], changed.terms["handle_allowance"]) == ("ordinary", "3wd")
    assert changed.terms["questions"] == before["questions"]


@pytest.mark.django_db
def test_questions_come_alone_or_with_their_matters(at: datetime) -> None:
    import_matters(by=SYSTEM, at=at)
    alone = plan_of([table({**ASKED, "matter": "EENV01"})], at=at).matters
    assert [(each.row.code, each.state, len(each.terms["questions"])) for each in alone] == [
        ("EENV01", "changed", 1)
    ]
    both = take_tables([table(ROW), table(ASKED)], by=SYSTEM, at=at)
    assert (both.count("new"), Matter.objects.get(code="XNEW").questions[0]["code"]) == (1, "A")
    emptied = plan_of([table(ROW), table({**ASKED, "matter": "EENV01"})], at=at).matters
    assert {each.row.code: len(each.terms["questions"]) for each in emptied} == {"XNEW": 0, "EENV01": 1}
    unknown = plan_of([table({**ASKED, "matter": "NONE"})], at=at)
    assert [(p.row, p.field, p.code) for p in unknown.problems] == [(2, "matter", "unknown-matter")]


@pytest.mark.django_db
def test_a_matter_with_a_bad_question_is_left_out_and_others_are_kept(at: datetime) -> None:
    rows = [table(ROW, {**ROW, "code": "XTWO"}), table({**ASKED, "kind": "photo"})]
    plan = take_tables(rows, by=SYSTEM, at=at)
    assert ([each.row.code for each in plan.matters], len(plan.problems)) == (["XTWO"], 1)


@pytest.mark.django_db
def test_the_commands_write_and_read_files(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["matters", "import"]).exit_code == 0
    for name, more in (("a.xlsx", []), ("m.csv", []), ("q.csv", ["--table", "questions"])):
        assert runner.invoke(app, ["matters", "export", str(tmp_path / name), *more]).exit_code == 0
    for names in (["a.xlsx"], ["m.csv", "q.csv"]):
        done = runner.invoke(app, ["matters", "import", *(str(tmp_path / name) for name in names)])
        assert (done.exit_code, "0 new, 0 changed, 90 as before" in done.output) == (0, True)
    assert runner.invoke(app, ["matters", "export", str(tmp_path / "a.txt")]).exit_code == 1


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(BadInput):
        tables_of(b"<html></html>", "a.xlsx")
    assert read_sheets("代码\nX".encode("gb18030"), "a.csv")[0].rows == [["代码"], ["X"]]
    with pytest.raises(BadInput) as refusal:
        tables_of(b"code\n" + b"X\n" * 20_001, "a.csv")
    assert refusal.value.problems[0].code == "too-many-rows"
