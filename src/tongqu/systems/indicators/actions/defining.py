"""Defines indicators in versions, divisions of statistics and named sets of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, Subject
from tongqu.shared.region.models import Division
from tongqu.systems.indicators.actions.keeping import check_keeper, check_unchanged, required
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator, IndicatorVersion
from tongqu.systems.indicators.queries.marks import mark_of_indicator, mark_of_set, set_mark
from tongqu.systems.indicators.rules.definition import Definition
from tongqu.systems.indicators.rules.ranking import Late


@acting
def define_indicator(
    definition: Definition,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    is_invented: bool = False,
    seen: str | None = None,
) -> Indicator:
    """Define an indicator, or give a known one new terms as its next version; the same terms change nothing.

    `seen` is the version that was looked at: see `check_unchanged`.
    """
    check_keeper(by)
    known = Indicator.objects.select_for_update().filter(code=definition.code).first()
    if known is not None and known.definition == definition:
        return known
    check_unchanged(seen, mark_of_indicator(known))
    row = known or Indicator(code=definition.code, version=0, is_invented=is_invented)
    before = terms_of(row.definition) if known else {}
    for name, value in _fields(definition).items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    after = terms_of(definition)
    IndicatorVersion.objects.create(
        indicator=row,
        number=row.version,
        terms=after,
        reason=reason.strip()[:300],
        made_at=at,
        made_by_ref=by.actor_ref,
        made_by_name=by.actor_name,
    )
    changed = {name for name in after if before.get(name) != after[name]}
    record(
        "indicator.changed" if known else "indicator.defined",
        row.subject,
        by=by,
        at=at,
        label=row.name_zh_hans,
        before={name: before[name] for name in changed if name in before},
        after={name: after[name] for name in changed},
        note=reason.strip(),
    )
    return row


def terms_of(definition: Definition) -> dict[str, Any]:
    """Return the terms as data for JSON."""
    terms = asdict(definition)
    terms["ratio"] = list(definition.ratio.codes) if definition.ratio else []
    return {name: value if isinstance(value, int | list) else str(value) for name, value in terms.items()}


def _fields(terms: Definition) -> dict[str, Any]:
    return {
        "name_zh_hans": required(terms.name_hans, "name_zh_hans", 100),
        "name_zh_hant": terms.name_hant,
        "name_en": terms.name_en,
        "unit": terms.unit,
        "frequency": terms.frequency,
        "accumulation": terms.accumulation,
        "price_basis": terms.price_basis,
        "growth_basis": terms.growth_basis,
        "better": terms.better,
        "decimals": terms.decimals,
        "numerator": terms.ratio.numerator if terms.ratio else "",
        "denominator": terms.ratio.denominator if terms.ratio else "",
        "source": terms.source,
        "meaning": terms.meaning,
    }


@acting
def add_divisions(
    rows: Iterable[tuple[str, str, str, str]], *, by: Actor, at: datetime, is_invented: bool = False
) -> int:
    """Make divisions of statistics known: code, and the name in Simplified Chinese, Traditional Chinese and English.

    A code of the region's own is tied to its division. Known codes are left as they are; returns how many were added.
    """
    check_keeper(by)
    wanted = {row[0]: row for row in rows}
    known = set(StatDivision.objects.filter(code__in=wanted).values_list("code", flat=True))
    own = dict(Division.objects.filter(code__in=wanted).values_list("code", "pk"))
    fresh = [
        StatDivision(
            code=required(code, "code", 15),
            name_zh_hans=required(hans, "name_zh_hans", 100),
            name_zh_hant=hant,
            name_en=english,
            division_id=own.get(code),
            is_invented=is_invented,
        )
        for code, hans, hant, english in wanted.values()
        if code not in known
    ]
    StatDivision.objects.bulk_create(fresh, batch_size=500)
    if fresh:
        codes = [each.code for each in fresh]
        subject = Subject("stat_divisions", codes[0])
        record("stat_divisions.added", subject, by=by, at=at, after={"codes": codes})
    return len(fresh)


@acting
def define_set(
    code: str,
    *,
    name: str,
    members: Iterable[str],
    by: Actor,
    at: datetime,
    late: Late = Late.LEAVE_OUT,
    name_hant: str = "",
    name_en: str = "",
    seen: str | None = None,
) -> DivisionSet:
    """Define a named set, or change it; what is so already changes nothing. Raises `BadInput` with the codes of members that are not known.

    `seen` is the mark of what was looked at: see `check_unchanged`.
    """
    check_keeper(by)
    wanted = list(dict.fromkeys(members))
    found = {each.code: each for each in StatDivision.objects.filter(code__in=wanted)}
    if unknown := [each for each in wanted if each not in found]:
        message = _("These divisions are not known: %(codes)s. Add them first, or correct the codes.")
        raise BadInput([Problem(message % {"codes": ", ".join(unknown[:20])}, "unknown", field="members")])
    known = DivisionSet.objects.select_for_update().filter(code=code).first()
    mark = mark_of_set(known)
    if known is not None and mark == set_mark(name.strip(), name_hant, name_en, late, found):
        return known
    check_unchanged(seen, mark)
    row, _is_new = DivisionSet.objects.update_or_create(
        code=required(code, "code", 40),
        defaults={
            "name_zh_hans": required(name, "name", 100),
            "name_zh_hant": name_hant,
            "name_en": name_en,
            "late": late,
        },
    )
    row.members.set(found.values())
    after = {"members": wanted, "late": str(late), "name": row.name_zh_hans}
    record("division_set.defined", row.subject, by=by, at=at, label=row.name_zh_hans, after=after)
    return row
