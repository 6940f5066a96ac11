"""The catalogues of translations: compiled for use, checked for gaps, and proposed in Traditional Chinese."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polib

SOURCE = Path(__file__).resolve().parents[2]
LOCALES = ("zh_Hans", "zh_Hant")
PROPOSED = "proposed"
"""The translator's comment on an entry that a program proposed and nobody has read yet."""

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
Key = tuple[str, str, str]


class GettextMissing(Exception):
    """The program that finds the texts in the source is not installed."""

    def __init__(self) -> None:
        super().__init__("xgettext is not installed; install the package gettext to check translations.")


@dataclass(frozen=True)
class Catalogue:
    """One `.po` file: the texts of one app in one language."""

    path: Path

    @property
    def locale(self) -> str:
        """The language, as the folder names it."""
        return self.path.parent.parent.name

    @property
    def app(self) -> Path:
        """The folder of the app that the texts belong to."""
        return self.path.parents[3]

    @property
    def compiled(self) -> Path:
        """The file that programs read."""
        return self.path.with_suffix(".mo")

    def entries(self) -> list[polib.POEntry]:
        """Return the entries that are in use."""
        return [entry for entry in polib.pofile(str(self.path)) if not entry.obsolete]


def catalogues(source: Path = SOURCE) -> list[Catalogue]:
    """Return every catalogue below the source folder."""
    return [Catalogue(path) for path in sorted(source.glob("**/locale/*/LC_MESSAGES/django.po"))]


def compile_all(source: Path = SOURCE) -> list[Path]:
    """Compile the catalogues that changed since they were compiled, and return the files written."""
    written = []
    for catalogue in catalogues(source):
        target = catalogue.compiled
        if target.exists() and target.stat().st_mtime_ns >= catalogue.path.stat().st_mtime_ns:
            continue
        draft = target.with_suffix(f".{os.getpid()}.draft")
        polib.pofile(str(catalogue.path)).save_as_mofile(str(draft))
        draft.replace(target)
        written.append(target)
    return written


def problems(source: Path = SOURCE) -> Iterator[str]:
    """Say of each text what its translations lack; nothing when all is well."""
    known = {locale: _translated(source, locale) for locale in LOCALES}
    for app in apps_with_texts(source):
        for key in sorted(texts_of(app)):
            for locale in LOCALES:
                if key not in known[locale]:
                    yield f"{app.relative_to(source)}: “{key[1]}” has no translation into {locale}."
    for catalogue in catalogues(source):
        yield from (f"{catalogue.path.relative_to(source)}: {said}" for said in _faults(catalogue))
    yield from _contradictions(source)


def apps_with_texts(source: Path = SOURCE) -> list[Path]:
    """Return the folder of each app: those that register themselves with Django."""
    return sorted(path.parent for path in source.glob("**/apps.py"))


def texts_of(app: Path) -> set[Key]:
    """Return every text that an app marks for translation: (context, singular, plural)."""
    if shutil.which("xgettext") is None:
        raise GettextMissing
    with TemporaryDirectory() as folder:
        copy = Path(folder) / app.name
        shutil.copytree(app, copy, ignore=_without_apps_inside(app))
        (copy / "locale").mkdir()
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-location", "-v", "0"],
            cwd=copy,
            check=True,
            capture_output=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "", "PYTHONPATH": ""},
        )
        found = copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
        return {_key(entry) for entry in polib.pofile(str(found))} if found.exists() else set()


def propose_traditional(convert: Callable[[str], str], source: Path = SOURCE) -> list[Path]:
    """Write Traditional Chinese for every text that nobody has translated, and return the files changed.

    Proposals carry a comment; once someone has read one and removed the comment, it is never touched again.
    """
    changed = []
    for catalogue in catalogues(source):
        if catalogue.locale == "zh_Hans" and _propose(catalogue, convert):
            changed.append(_traditional_of(catalogue))
    return changed


def _propose(simplified: Catalogue, convert: Callable[[str], str]) -> bool:
    path = _traditional_of(simplified)
    file = polib.pofile(str(path)) if path.exists() else _new_file()
    before = str(file)
    reviewed = {_key(e): e for e in file if e.translated() and e.tcomment != PROPOSED}
    proposals = [
        reviewed.get(_key(entry)) or _converted(entry, convert)
        for entry in simplified.entries()
        if entry.translated()
    ]
    file[:] = proposals
    if str(file) == before:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(str(path))
    return True


def _traditional_of(simplified: Catalogue) -> Path:
    return simplified.app / "locale" / "zh_Hant" / "LC_MESSAGES" / "django.po"


def _new_file() -> polib.POFile:
    file = polib.POFile(wrapwidth=110)
    file.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hant",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return file


def _converted(entry: polib.POEntry, convert: Callable[[str], str]) -> polib.POEntry:
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgid_plural=entry.msgid_plural,
        msgstr=convert(entry.msgstr),
        msgstr_plural={form: convert(text) for form, text in entry.msgstr_plural.items()},
        flags=[flag for flag in entry.flags if flag != "fuzzy"],
        tcomment=PROPOSED,
    )


def _key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def _without_apps_inside(app: Path) -> Callable[[str, list[str]], set[str]]:
    """Leave out compiled files, tests, vendored scripts and other apps that lie inside the folder."""

    def leave(folder: str, names: list[str]) -> set[str]:
        here = Path(folder)
        inner = {n for n in names if (here / n / "apps.py").exists()}
        return inner | ({"__pycache__", "locale", "static", "tests", "migrations"} & set(names))

    return leave


def _translated(source: Path, locale: str) -> set[Key]:
    mine = [c for c in catalogues(source) if c.locale == locale]
    return {_key(entry) for c in mine for entry in c.entries() if entry.translated()}


def _texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _faults(catalogue: Catalogue) -> Iterator[str]:
    for entry in catalogue.entries():
        if "fuzzy" in entry.flags:
            yield f"“{entry.msgid}” is fuzzy; read it and remove the mark."
        wanted = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural or "")
        for text in _texts(entry):
            if text and not _placeholders(text) <= wanted:
                yield f"“{entry.msgid}” is translated with a placeholder that it does not have: {text}"


def _placeholders(text: str) -> set[str]:
    return {match.group() for match in _PLACEHOLDER.finditer(text)}


def _contradictions(source: Path) -> Iterator[str]:
    """Name texts that two apps translate differently: at run time only one of them would be seen."""
    for locale in LOCALES:
        said: dict[Key, dict[str, Path]] = defaultdict(dict)
        for catalogue in catalogues(source):
            if catalogue.locale != locale:
                continue
            for entry in catalogue.entries():
                if entry.translated():
                    said[_key(entry)].setdefault(" / ".join(_texts(entry)), catalogue.app)
        for key, ways in said.items():
            if len(ways) > 1:
                told = "; ".join(f"{app.name}: {text}" for text, app in ways.items())
                yield f"“{key[1]}” is translated into {locale} in different ways ({told})."
