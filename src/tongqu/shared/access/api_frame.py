"""What every app needs to put operations into the API: doors, scopes, pages, problems.

An operation names its rule, the token scope it needs, and reads through the person's `visible_to`:

    from ninja import Query, Router
    from tongqu.shared.access.api_frame import Page, Paging, paged, scope
    from tongqu.shared.access.guard import door, person_of
    from tongqu.shared.access.rules import SIGNED_IN, TokenScope

    router = Router(tags=["cases"])

    @router.get("", response=Page[CaseOut])
    @door(SIGNED_IN)                      # below @router, so that the router sees the marks
    @scope(TokenScope.CASES_READ)         # a new scope is added to access.rules.TokenScope
    def cases(request: HttpRequest, paging: Query[Paging]) -> Page[CaseOut]:
        return paged(visible_cases(person_of(request)), paging, by=("-reported_at", "-id"), show=case_out)

- The caller is known before the operation runs, by `Authorization: Bearer …` or by the session (then unsafe
  methods need the CSRF header). `person_of(request)` returns the person; an operation with `@door(PUBLIC)` may
  be called by anyone and needs no scope.
- `by` names fields that are never null and ends in a unique one; a leading `-` sorts downwards. Pages stay
  stable while rows are added: the cursor says where the last row stood, not how many rows came before.
- Errors are raised, not returned: `django.http.Http404` (not there, or out of sight) answers 404,
  `access.rules.NotAllowed` 403, `kernel.problems.BadInput` 422 with a pointer to each field,
  `Refused(409, "…", code="state")` anything else. All are `application/problem+json` (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from ninja import Field, Schema
from ninja.utils import contribute_operation_callback

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.rules import TokenScope

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)
View = TypeVar("View", bound=Callable[..., Any])

MOST_ROWS = 200
_CURSOR_SALT = "tongqu.access.cursor"


class Refused(Exception):
    """An API call that is refused with a status of its own, such as 409."""

    def __init__(self, status: int, detail: str, *, code: str = "refused") -> None:
        self.status, self.detail, self.code = status, detail, code
        super().__init__(detail)


def scope(needed: TokenScope) -> Callable[[View], View]:
    """Say which scope a token needs for this operation; put it below `@router.…`, beside `@door`."""

    def mark(view: View) -> View:
        view.token_scope = needed  # type: ignore[attr-defined]
        contribute_operation_callback(view, lambda operation: _describe(operation, needed))
        return view

    return mark


def scope_on(view: Callable[..., Any]) -> TokenScope | None:
    """Return the scope that the operation needs, or None when it has none."""
    return getattr(view, "token_scope", None)


def _describe(operation: Any, needed: TokenScope) -> None:
    extra = dict(operation.openapi_extra or {})
    extra["security"] = [{"token": [str(needed)]}, {"session": []}]
    operation.openapi_extra = extra


class Paging(Schema):
    """Which page is asked for."""

    cursor: str = Field(
        "", max_length=2000, description="`next` of the page before; empty for the first page."
    )
    limit: int = Field(50, ge=1, le=MOST_ROWS, description="Rows in one page.", examples=[50])


class Page(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item] = Field(..., description="The rows of this page.")
    next: str | None = Field(None, description="Cursor of the page after; null on the last page.")


def paged(
    rows: QuerySet[Row], paging: Paging, *, by: Sequence[str], show: Callable[[Row], Item]
) -> Page[Item]:
    """Return the page of the rows that the cursor asks for, in the order `by`."""
    place = _place(paging.cursor, by) if paging.cursor else None
    chosen = rows.order_by(*by)
    if place is not None:
        chosen = chosen.filter(_after(by, place))
    found = list(chosen[: paging.limit + 1])
    page = found[: paging.limit]
    onward = _cursor(page[-1], by) if len(found) > paging.limit else None
    return Page[Any](items=[show(row) for row in page], next=onward)


def _cursor(row: Model, by: Iterable[str]) -> str:
    return signing.dumps([list(by), [_plain(_value(row, name)) for name in by]], salt=_CURSOR_SALT)


def _place(cursor: str, by: Sequence[str]) -> list[Any]:
    """Return where the cursor points; a cursor of another list, or a forged one, is bad input."""
    try:
        names, values = signing.loads(cursor, salt=_CURSOR_SALT)
    except (signing.BadSignature, ValueError):
        names, values = [], []
    if names != list(by):
        message = "This cursor does not belong to this list. Leave it out to begin with the first page."
        raise BadInput([Problem(message, code="cursor", field="query.cursor")])
    return list(values)


def _after(by: Sequence[str], place: Sequence[Any]) -> Q:
    """Return the condition that a row comes after the place: the first field that differs decides."""
    condition = Q(pk__in=[])
    same = Q()
    for name, value in zip(by, place, strict=True):
        field = name.lstrip("-")
        condition |= same & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        same &= Q(**{field: value})
    # The first field alone bounds the range, so that the index on it is used.
    first = by[0].lstrip("-")
    return Q(**{f"{first}__{'lte' if by[0].startswith('-') else 'gte'}": place[0]}) & condition


def _value(row: Model, name: str) -> Any:
    value: Any = row
    for part in name.lstrip("-").split("__"):
        value = getattr(value, part)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float) else str(value)
