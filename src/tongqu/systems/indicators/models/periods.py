"""Periods as readers say them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongqu.kernel.periods import Period


def period_name(period: Period) -> str:
    """Return a period as a reader says it: 2024年上半年, 2024年1—9月."""
    year, month = divmod(period.start, 12)
    told = {"year": year, "month": month + 1, "last": period.end % 12 + 1, "part": month // period.months + 1}
    match period.frequency:
        case "A":
            return _("%(year)d") % told
        case "S":
            return (_("first half %(year)d") if month == 0 else _("second half %(year)d")) % told
        case "Q":
            return _("Q%(part)d %(year)d") % told
        case "M":
            return _("%(month)d/%(year)d") % told
    if period.is_to_date:
        return _("months 1–%(last)d %(year)d") % told
    return str(period)
