"""What a problem says."""

from __future__ import annotations

import pytest

from tongqu.kernel.problems import BadInput, Problem


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("Empty."), "Empty."),
        (Problem("Empty.", file="units.csv"), "units.csv: Empty."),
        (Problem("Empty.", file="units.csv", row=3, field="code"), "units.csv, row 3, code: Empty."),
        (Problem("Empty.", field="code"), "code: Empty."),
    ],
)
def test_a_problem_says_where_it_stands(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_bad_input_lists_its_problems() -> None:
    assert str(BadInput([Problem("One."), Problem("Two.")])) == "One.; Two."
