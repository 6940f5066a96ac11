"""Translations: complete in both languages, compiled, and proposed without touching what someone has read."""

from __future__ import annotations

import gettext
import os
import shutil
import sys
from pathlib import Path

import polib
import pytest
from typer.testing import CliRunner

from tongqu.shared.ui import translations as texts
from tongqu.shared.ui.commands import app

RUN = CliRunner()
needs_gettext = pytest.mark.skipif(
    shutil.which("xgettext") is None, reason="xgettext absent: apt-get install gettext"
)


@needs_gettext
def test_every_text_is_translated_into_both_languages() -> None:
    assert list(texts.problems()) == []


def write(source: Path, locale: str, app_name: str = "thing", **entries: str) -> Path:
    path = source / app_name / "locale" / locale / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    file.extend(polib.POEntry(msgid=msgid, msgstr=msgstr) for msgid, msgstr in entries.items())
    file.save(str(path))
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An app with two texts, one in Python and one in a template."""
    app_folder = tmp_path / "thing"
    (app_folder / "templates").mkdir(parents=True)
    (app_folder / "apps.py").write_text(
        'from django.utils.translation import gettext as _\nNAME = _("Case")\n'
    )
    (app_folder / "templates" / "page.html").write_text('{% load i18n %}{% trans "Duty" %}')
    return tmp_path


@needs_gettext
def test_a_text_without_a_translation_is_named(source: Path) -> None:
    write(source, "zh_Hans", Case="事件", Duty="责任")
    write(source, "zh_Hant", Case="事件")
    assert list(texts.problems(source)) == ["thing: “Duty” has no translation into zh_Hant."]


@needs_gettext
def test_unread_and_wrong_translations_are_named(source: Path) -> None:
    path = write(source, "zh_Hans", Case="事件", Duty="责任")
    file = polib.pofile(str(path))
    file[0].flags.append("fuzzy")
    file.append(polib.POEntry(msgid="%(n)s cases", msgstr="%(m)s 件"))
    file.save()
    write(source, "zh_Hant", Case="事件", Duty="責任")
    said = "\n".join(texts.problems(source))
    assert "is fuzzy" in said
    assert "placeholder that it does not have" in said


@needs_gettext
def test_two_apps_that_contradict_each_other_are_named(source: Path) -> None:
    write(source, "zh_Hans", Case="事件", Duty="责任")
    write(source, "zh_Hant", Case="事件", Duty="責任")
    write(source, "zh_Hans", "other", Case="案件")
    assert any("in different ways" in said for said in texts.problems(source))


def test_without_gettext_the_check_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, source: Path
) -> None:
    monkeypatch.setattr(texts.shutil, "which", lambda _name: None)
    with pytest.raises(texts.GettextMissing, match="install the package gettext"):
        list(texts.problems(source))
    result = RUN.invoke(app, ["translations", "check"])
    assert result.exit_code == 1


def test_only_changed_catalogues_are_compiled(source: Path) -> None:
    path = write(source, "zh_Hans", Case="事件")
    assert texts.compile_all(source) == [path.with_suffix(".mo")]
    assert texts.compile_all(source) == []
    os.utime(path)
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))
    assert texts.compile_all(source) == [path.with_suffix(".mo")]
    with path.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Case") == "事件"


def test_proposals_leave_alone_what_someone_has_read(source: Path) -> None:
    write(source, "zh_Hans", Case="事件", Duty="责任")
    proposed = texts.propose_traditional(lambda text: text.replace("责", "責"), source)
    file = polib.pofile(str(proposed[0] if proposed else ""))
    assert {entry.msgid: entry.msgstr for entry in file} == {"Case": "事件", "Duty": "責任"}
    assert all(entry.tcomment == texts.PROPOSED for entry in file)
    file[1].msgstr, file[1].tcomment = "職責", ""
    file.save()
    texts.propose_traditional(lambda text: text, source)
    assert polib.pofile(str(proposed[0])).find("Duty").msgstr == "職責"
    assert texts.propose_traditional(lambda text: text, source) == []


def test_the_command_compiles() -> None:
    assert RUN.invoke(app, ["translations", "compile"]).exit_code == 0


def test_the_command_proposes_and_says_how_many_changed(
    monkeypatch: pytest.MonkeyPatch, source: Path
) -> None:
    write(source, "zh_Hans", Case="软件")
    propose = texts.propose_traditional
    monkeypatch.setattr(texts, "propose_traditional", lambda convert: propose(convert, source))
    result = RUN.invoke(app, ["translations", "hant"])
    assert "1 catalogues changed" in result.output
    assert "軟體" in (source / "thing/locale/zh_Hant/LC_MESSAGES/django.po").read_text(encoding="utf-8")


def test_without_opencc_the_command_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opencc", None)
    result = RUN.invoke(app, ["translations", "hant"])
    assert result.exit_code == 1
