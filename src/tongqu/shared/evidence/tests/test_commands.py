"""The commands and jobs say what they did, and fail with a plain message."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.utils.translation import override
from typer.testing import CliRunner, Result

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.clock import now
from tongqu.shared.evidence import jobs
from tongqu.shared.evidence.actions.shelf import the_shelf
from tongqu.shared.evidence.actions.storing import keep_all, store
from tongqu.shared.evidence.commands import app
from tongqu.shared.evidence.models import Evidence, Grant, ImportBatch, ImportItem, Rendition
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.evidence.tests import makers


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(makers.shot())
    (folder / "b.svg").write_bytes(b"<svg/>")
    return folder


def run(*words: str) -> Result:
    with override("en"):
        return CliRunner().invoke(app, list(words))


def test_import_says_what_was_new_known_and_refused(town: Town, photos: Path) -> None:
    done = run(
        "import",
        str(photos),
        "--unit",
        "zhzf-qujiang",
        "--by",
        "officer",
        "--restricted",
        "--source",
        "patrol",
    )
    assert done.exit_code == 0, done.output
    assert "1 new, 0 known, 1 refused, 0 waiting" in done.output
    assert "refused: b.svg: SVG pictures can carry scripts" in done.output
    photo = Evidence.objects.get()
    assert (photo.unit, photo.restricted, photo.source, photo.stored_by_name) == (
        town.county_department,
        True,
        "patrol",
        "王执法",
    )
    assert "0 new, 1 known" in run("import", str(photos)).output


@pytest.mark.parametrize(
    ("options", "say"),
    [(["--unit", "nowhere"], "no unit 'nowhere'"), (["--by", "nobody"], "login 'nobody'")],
)
def test_an_unknown_unit_or_person_is_named(town: Town, photos: Path, options: list[str], say: str) -> None:
    done = run("import", str(photos), *options)
    assert done.exit_code == 1
    assert say in done.output
    assert not ImportBatch.objects.exists()


def test_a_path_that_is_not_there_is_named(town: Town, tmp_path: Path) -> None:
    done = run("import", str(tmp_path / "gone"))
    assert done.exit_code == 1
    assert "no folder, ZIP or file here" in done.output


def test_an_import_that_stops_says_how_to_go_on(
    town: Town, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongqu.shared.evidence.actions.importing._is_stopped", lambda batch: True)
    done = run("import", str(photos))
    assert done.exit_code == 1
    assert "Run the same command again" in done.output


def test_verify_fails_when_a_file_is_gone(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at).evidence
    assert run("verify").output == "Checked 1 files; 0 are missing or damaged.\n"
    the_shelf().remove(original_key(photo.sha256))
    done = run("verify")
    assert done.exit_code == 1
    assert f"missing: {photo.sha256} a.jpg" in done.output


def test_sweep_and_renditions_count(town: Town, at: datetime) -> None:
    store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at)
    assert "Took away 0 drafts" in run("sweep").output
    assert "of 1 photos" in run("renditions").output
    assert Rendition.objects.count() == 2


def test_the_jobs_do_the_same(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at).evidence
    jobs.renditions(photo.pk)
    jobs.tidy()
    assert photo.renditions.count() == 2


def test_several_files_are_kept_together_or_not_at_all(town: Town) -> None:
    assert len(keep_all([("a.jpg", makers.jpeg()), ("b.pdf", makers.pdf())])) == 2
    with pytest.raises(BadInput):
        keep_all([("a.jpg", makers.jpeg(colour="red")), ("b.pdf", b"")])
    assert len(list(the_shelf().entries("originals/"))) == 2


def test_rows_have_names(town: Town, at: datetime, photos: Path) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=now()).evidence
    assert str(photo) == "a.jpg"
    assert str(Rendition(evidence=photo, size="thumb")) == f"{photo.pk} thumb"
    assert str(ImportBatch(label="flight")) == "flight"
    assert str(ImportItem(name="a.jpg")) == "a.jpg"
    assert str(Grant(unit=town.city_desk, reason="x")) == "市社会治理中心 · x"
