"""What a version of a matter says of cases: the terms under which they are handled and shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tongqu.systems.cases.rules.kinds import Grade, PhotoRule, Track, VerifyBy
from tongqu.systems.cases.rules.lifecycle import DEFAULT_ALLOWANCES
from tongqu.systems.cases.rules.questions import Question, questions_of

TERMS = (
    "name_zh_hans", "name_zh_hant", "name_en", "class_code", "class_name", "subclass_code", "subclass_name",
    "is_standard_class", "track", "grade", "department", "accept_allowance", "dispatch_allowance",
    "handle_allowance", "verify_allowance", "close_allowance", "verify_by", "verify_radius_m", "photo_rule",
    "photos_needed", "seen_by_drone", "keywords", "questions", "publicity", "icon", "colour", "is_active",
)  # fmt: skip
"""The names of all terms, in the order in which people read them. Each version keeps all of them."""

BEFORE_VERSIONS = date(2000, 1, 1)
"""From this day the first version of a matter holds that was there before there were versions."""


@dataclass(frozen=True)
class MatterTerms:
    """The terms that decide about a case. The defaults are those of a case whose matter is not named yet."""

    grade: Grade = Grade.ORDINARY
    track: Track | None = None
    allowances: Mapping[str, str] = field(default_factory=lambda: DEFAULT_ALLOWANCES)
    verify_by: VerifyBy = VerifyBy.INSPECTOR
    verify_radius_m: int = 0
    photo_rule: PhotoRule = PhotoRule.NONE
    photos_needed: int = 0
    department: str = ""
    questions: tuple[Question, ...] = ()

    @staticmethod
    def of(terms: Mapping[str, Any]) -> MatterTerms:
        """Return the terms kept by their names.

        >>> kept = {"grade": "urgent", "track": "order", "verify_by": "air", "photos_needed": 2}
        >>> terms = MatterTerms.of({**kept, "handle_allowance": "4wh"})
        >>> terms.verify_by, terms.photos_needed, terms.allowance("handle"), terms.allowance("close")
        (<VerifyBy.AIR: 'air'>, 2, '4wh', '4wh')
        """
        return MatterTerms(
            grade=Grade(terms.get("grade", Grade.ORDINARY)),
            track=Track(terms["track"]),
            allowances={
                duty: terms.get(f"{duty}_allowance", usual) for duty, usual in DEFAULT_ALLOWANCES.items()
            },
            verify_by=VerifyBy(terms["verify_by"]),
            verify_radius_m=int(terms.get("verify_radius_m", 0)),
            photo_rule=PhotoRule(terms.get("photo_rule", PhotoRule.NONE)),
            photos_needed=int(terms.get("photos_needed", 0)),
            department=str(terms.get("department", "")),
            questions=questions_of(terms.get("questions", ())),
        )

    def allowance(self, duty: str) -> str:
        """Return the time for a step: accept, dispatch, handle, verify or close.

        >>> MatterTerms().allowance("handle")
        '3wd'
        """
        return self.allowances[duty]


UNNAMED = MatterTerms()
"""The terms of a case whose matter is not named yet."""


@dataclass(frozen=True)
class Difference:
    """One term that two versions do not share."""

    term: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the terms that differ, in the order of all terms; a term that one side lacks is None there.

    >>> differences({"grade": "urgent", "icon": "dot"}, {"grade": "serious", "icon": "dot"})
    [Difference(term='grade', before='urgent', after='serious')]
    """
    return [
        Difference(term, before.get(term), after.get(term))
        for term in TERMS
        if before.get(term) != after.get(term)
    ]


def rebased(terms: Mapping[str, Any], changed: Iterable[str], onto: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms of a planned version after the version before it became another.

    What the planned version changes stays its own; everything else comes from the new one before it.

    >>> rebased({"grade": "urgent", "icon": "dot"}, ["grade"], {"grade": "ordinary", "icon": "tree"})
    {'grade': 'urgent', 'icon': 'tree'}
    """
    return {**onto, **{term: terms[term] for term in changed}}
