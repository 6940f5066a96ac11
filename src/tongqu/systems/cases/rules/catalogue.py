"""The catalogue of matters as tables: what columns hold, how rows are read and written.

A table of matters has one row for each matter; a table of questions one row for each question. Which table is which is
told by its headings. Rows count as a spreadsheet does: the headings are row 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tongqu.kernel.problems import Problem
from tongqu.systems.cases.rules.questions import LANGUAGES, flaws
from tongqu.systems.cases.rules.terms import TERMS

FLAGS = frozenset({"is_standard_class", "seen_by_drone", "is_active"})
NEEDED = ("code", "name_zh_hans", "class_code", "track", "verify_by")
COLUMNS = ("code", *(term for term in TERMS if term != "questions"), "in_force_on", "reason")
QUESTION_COLUMNS = (
    "matter", "code", "kind", "required", "text_zh_hans", "text_zh_hant", "text_en", "options", "unit", "least",
    "most", "when",
)  # fmt: skip
QUESTIONS_NEEDED = ("matter", "code", "kind", "text_zh_hans")
HEADINGS = {
    "code": "代码", "name_zh_hans": "名称（简体）", "name_zh_hant": "名称（繁体）", "name_en": "名称（英文）", "class_code": "大类代码",
    "class_name": "大类名称", "subclass_code": "小类代码", "subclass_name": "小类名称", "is_standard_class": "国标大类",
    "track": "平台", "grade": "等级", "department": "牵头部门键", "accept_allowance": "受理时限",
    "dispatch_allowance": "派遣时限", "handle_allowance": "处置时限", "verify_allowance": "核查时限",
    "close_allowance": "结案时限", "verify_by": "核查方式", "verify_radius_m": "照片有效距离（米）", "photo_rule": "新照片规则",
    "photos_needed": "处置所需照片数", "seen_by_drone": "无人机可见", "keywords": "关键词", "publicity": "公开程度", "icon": "图标",
    "colour": "颜色", "is_active": "在用", "in_force_on": "生效日期", "reason": "变更理由", "matter": "事项代码", "kind": "类型",
    "required": "必答", "text_zh_hans": "问题（简体）", "text_zh_hant": "问题（繁体）", "text_en": "问题（英文）", "options": "选项",
    "unit": "单位", "least": "下限", "most": "上限", "when": "条件",
}  # fmt: skip
"""What the columns are called in a workbook; a name from COLUMNS is understood as well."""
_BY_HEADING = {heading: name for name, heading in HEADINGS.items()}
_YES = frozenset({"1", "true", "yes", "y", "是"})
_NO = frozenset({"0", "false", "no", "n", "否", ""})
_APART = re.compile(r"[、,，;；\s]+")

Rows = Sequence[Sequence[str]]
Translate = Callable[[str], str]
Words = Mapping[str, Mapping[str, str]]
"""For a field: what people call its values, and the values."""


@dataclass(frozen=True)
class MatterRow:
    """A row of the table of matters. `terms` holds the columns that the table has; the rest stays as it is."""

    file: str
    row: int
    code: str
    terms: dict[str, Any]
    in_force_on: date | None = None
    reason: str = ""


@dataclass
class Catalogue:
    """What the tables hold. `questions` go by the code of the matter; codes in `broken` have a row with a problem."""

    matters: list[MatterRow] = field(default_factory=list)
    questions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    question_rows: dict[str, list[int]] = field(default_factory=dict)
    question_file: str = ""
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    has_questions: bool = False


def read_catalogue(
    tables: Iterable[tuple[str, Rows]], words: Words, says: Callable[[Any], str], _: Translate
) -> Catalogue:
    """Read the tables (each with its file's name), whatever their order; nothing is dropped without a problem.

    `words` are what people call the values of a field, `says` tells a flaw of a question in words.
    """
    found = Catalogue()
    known = False
    for file, rows in tables:
        heads = [_BY_HEADING.get(cell, cell) for cell in rows[0]] if rows else []
        if "code" in heads and "matter" in heads:
            known = found.has_questions = True
            found.question_file = file
            _read_questions(found, file, heads, rows, _)
        elif "code" in heads:
            known = True
            _read_matters(found, file, heads, rows, words, _)
    if not known:
        message = _("The first row has no column “code” (代码). Export the catalogue to see the columns.")
        found.problems.append(Problem(message, "missing-columns", next((f for f, _rows in tables), ""), 1))
    _find_flaws(found, says)
    return found


def _missing(found: Catalogue, file: str, heads: Sequence[str], needed: Sequence[str], _: Translate) -> bool:
    missing = [name for name in needed if name not in heads]
    if missing:
        message = _("These columns are missing: %(columns)s. Add them to the first line.") % {
            "columns": ", ".join(missing)
        }
        found.problems.append(Problem(message, "missing-columns", file, 1))
    return bool(missing)


def _cells(heads: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {name: _plain(row[place]) if place < len(row) else "" for place, name in enumerate(heads) if name}


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it.

    >>> _plain(" '=A "), _plain("'s")
    ('=A', "'s")
    """
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _read_matters(
    found: Catalogue, file: str, heads: Sequence[str], rows: Rows, words: Words, _: Translate
) -> None:
    if _missing(found, file, heads, NEEDED, _):
        return
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        read, wrong = _matter(file, number, _cells(heads, row), words, _)
        if not wrong and read.code in seen:
            message = _("The code stands in two rows. Give each matter its own.")
            wrong = [Problem(message, "twice", file, number, "code")]
        seen.add(read.code)
        found.problems += wrong
        if wrong:
            found.broken.add(read.code)
        else:
            found.matters.append(read)


def _matter(
    file: str, number: int, cells: Mapping[str, str], words: Words, _: Translate
) -> tuple[MatterRow, list[Problem]]:
    terms: dict[str, Any] = {}
    wrong: list[Problem] = []
    if not cells["code"]:
        wrong.append(
            Problem(_("The code is missing. Give the matter one."), "required", file, number, "code")
        )
    for name in TERMS:
        if name in FLAGS and name in cells:
            if cells[name].lower() not in _YES | _NO:
                wrong.append(Problem(_("Write 1 or 0."), "no-flag", file, number, name))
            terms[name] = cells[name] and cells[name].lower() in _YES
        elif name == "keywords" and name in cells:
            terms[name] = "、".join(filter(None, _APART.split(cells[name])))
        elif name in cells:
            terms[name] = words.get(name, {}).get(cells[name], cells[name])
    day = read_day(cells.get("in_force_on", ""))
    if cells.get("in_force_on") and day is None:
        message = _("Write a day, such as 2026-09-16.")
        wrong.append(Problem(message, "no-date", file, number, "in_force_on"))
    return MatterRow(file, number, cells["code"], terms, day, cells.get("reason", "")), wrong


def read_day(text: str) -> date | None:
    """Return the day that a cell names, or None.

    >>> read_day("2026-09-16"), read_day("2026/9/6"), read_day("2026-09-16 00:00:00"), read_day("soon")
    (datetime.date(2026, 9, 16), datetime.date(2026, 9, 6), datetime.date(2026, 9, 16), None)
    >>> read_day("2026-13-01")
    """
    parts = re.match(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?$", text.strip())
    try:
        return date(*(int(part) for part in parts.groups())) if parts else None
    except ValueError:
        return None


def _read_questions(found: Catalogue, file: str, heads: Sequence[str], rows: Rows, _: Translate) -> None:
    if _missing(found, file, heads, QUESTIONS_NEEDED, _):
        return
    for number, row in enumerate(rows[1:], start=2):
        cells = _cells(heads, row)
        if not any(cells.values()):
            continue
        question, wrong = _question(file, number, cells, _)
        found.problems += wrong
        if wrong:
            found.broken.add(cells["matter"])
        found.questions.setdefault(cells["matter"], []).append(question)
        found.question_rows.setdefault(cells["matter"], []).append(number)


def _question(
    file: str, number: int, cells: Mapping[str, str], _: Translate
) -> tuple[dict[str, Any], list[Problem]]:
    wrong: list[tuple[str, str, str]] = []
    if not cells["matter"]:
        wrong.append(("matter", "required", _("The code of the matter is missing. Fill it in.")))
    texts = {language: cells.get(f"text_{language}", "") for language in LANGUAGES}
    required = cells.get("required", "").lower()
    if required not in _YES | _NO:
        wrong.append(("required", "no-flag", _("Write 1 or 0.")))
    question = {
        "code": cells["code"], "kind": cells["kind"], "text": _kept(texts), "required": required in _YES,
    }  # fmt: skip
    options = read_options(cells.get("options", ""))
    if options is None:
        say = _("Write the answers as code=简体|繁體|English; code=简体|繁體|English.")
        wrong.append(("options", "options", say))
    bounds = {name: _number(cells.get(name, "")) for name in ("least", "most")}
    say = _("Write a number, such as 3 or 2.5.")
    wrong += [(name, "no-number", say) for name, bound in bounds.items() if bound is None and cells.get(name)]
    rest = {"options": options, "unit": cells.get("unit"), "when": _read_when(cells.get("when", ""))}
    question |= {name: value for name, value in rest.items() if value}
    question |= {name: bound for name, bound in bounds.items() if bound is not None}
    return question, [Problem(message, code, file, number, name) for name, code, message in wrong]


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _read_when(cell: str) -> dict[str, Any] | None:
    asked, _is, values = cell.partition("=")
    return {"question": asked.strip(), "is": list(filter(None, _APART.split(values)))} if cell else None


def _kept(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in texts.items() if text}


def read_options(text: str) -> list[dict[str, Any]] | None:
    """Return the answers of a list that a cell holds, or None when it is written otherwise.

    >>> read_options("soil=土|土|Soil; brick=砖")
    [{'code': 'soil', 'text': {'zh_hans': '土', 'zh_hant': '土', 'en': 'Soil'}}, {'code': 'brick', 'text': {'zh_hans': '砖'}}]
    >>> read_options("soil")
    """
    options = []
    for part in filter(None, (part.strip() for part in re.split(r"[;；\n]", text))):
        code, sign, names = part.partition("=")
        texts = [name.strip() for name in names.split("|")]
        if not sign or len(texts) > len(LANGUAGES):
            return None
        options.append({"code": code.strip(), "text": _kept(dict(zip(LANGUAGES, texts, strict=False)))})
    return options


def _find_flaws(found: Catalogue, says: Callable[[Any], str]) -> None:
    """Name the flaws of the questions of each matter, at their rows."""
    for code, questions in found.questions.items():
        for flaw in flaws(questions):
            row = found.question_rows[code][min(flaw.place, len(questions) - 1)]
            found.problems.append(Problem(says(flaw.flaw), flaw.flaw, found.question_file, row, flaw.field))
            found.broken.add(code)


def matter_cells(code: str, terms: Mapping[str, Any], in_force_on: date, reason: str) -> list[str]:
    """Return the row of a matter as `read_catalogue` reads it."""
    values: dict[str, Any] = {"code": code, **terms, "in_force_on": in_force_on.isoformat(), "reason": reason}
    return [str(int(values[name])) if name in FLAGS else str(values.get(name, "")) for name in COLUMNS]


def question_cells(matter: str, question: Mapping[str, Any]) -> list[str]:
    """Return the row of a question as `read_catalogue` reads it."""
    options = (
        f"{option['code']}={'|'.join(str(option['text'].get(language, '')) for language in LANGUAGES)}"
        for option in question.get("options") or ()
    )
    when = question.get("when")
    bounds = [question.get(name) for name in ("least", "most")]
    return [
        matter, str(question["code"]), str(question["kind"]), str(int(bool(question.get("required")))),
        *(str(question["text"].get(language, "")) for language in LANGUAGES), "; ".join(options),
        str(question.get("unit") or ""), *("" if bound is None else repr(float(bound)).removesuffix(".0") for bound in bounds),
        f"{when['question']}={', '.join(when['is'])}" if when else "",
    ]  # fmt: skip
