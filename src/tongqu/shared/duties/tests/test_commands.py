"""The commands."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from conftest import Town
from tongqu.shared.duties.commands import app
from tongqu.shared.duties.models import LampRule

runner = CliRunner()


def run(*words: str) -> tuple[int, str]:
    result = runner.invoke(app, words)
    return result.exit_code, result.output


def test_work_that_the_worker_does_can_be_done_by_hand(town: Town) -> None:
    assert run("remind")[0] == run("count")[0] == 0


def test_rules_are_set_applied_and_printed(town: Town) -> None:
    assert run("set-rule", "--by", "admin", "--kind", "sweep", "--yellow-share", "0.5") == (0, "")
    assert LampRule.objects.get().kind == "sweep"
    assert run("apply-rule", "--by", "admin") == (0, "0 open duties recomputed\n")
    code, text = run("rules")
    assert code == 0
    assert "sweep: yellow at 50%" in text


@pytest.mark.parametrize(
    "words",
    [
        ("set-rule", "--by", "nobody"),
        ("set-rule", "--by", "clerk"),
        ("set-rule", "--by", "admin", "--yellow-share", "7"),
        ("apply-rule", "--by", "clerk"),
    ],
)
def test_what_cannot_be_done_is_said(town: Town, words: tuple[str, ...]) -> None:
    code, _text = run(*words)
    assert code == 2
    assert not LampRule.objects.exists()
