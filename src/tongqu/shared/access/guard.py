"""Enforces the rule on every view; a view without a rule is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from ninja.operation import Operation, PathView

from tongqu.shared.access.rules import Door
from tongqu.shared.region.models import Person

View = TypeVar("View", bound=Callable[..., Any])


def door(rule: Door) -> Callable[[View], View]:
    """Put a rule on a view: `@door(PUBLIC)`, `@door(SIGNED_IN)`, `@door(held_by(Role.AUDITOR))`."""

    def mark(view: View) -> View:
        view.door = rule  # type: ignore[attr-defined]
        return view

    return mark


def person_of(request: HttpRequest) -> Person:
    """Return who is signed in; raises `PermissionDenied` when nobody is."""
    if isinstance(request.user, Person):
        return request.user
    raise PermissionDenied


def rule_of(view: Callable[..., Any], method: str = "GET") -> Door | None:
    """Return the rule on a view (for the API: on its operation for the method), or None when it has none."""
    operation = operation_of(view, method)
    if operation is not None:
        view = operation.view_func
    found = getattr(view, "door", None) or getattr(getattr(view, "view_class", None), "door", None)
    return found if isinstance(found, Door) else None


def operation_of(view: Callable[..., Any], method: str) -> Operation | None:
    """Return the API operation that answers the method on this view, or None."""
    for cell in getattr(view, "__closure__", None) or ():
        # django-ninja gives each address one view, a closure over the operations of that address.
        if isinstance(cell.cell_contents, PathView):
            return next((op for op in cell.cell_contents.operations if method in op.methods), None)
    return None


class DenyByDefault:
    """Middleware: lets a request through only as far as the rule on its view allows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; `process_view` decides."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse a view without a rule; send strangers to the sign-in page and others away."""
        rule = rule_of(view, request.method or "GET")
        if rule is None:
            raise PermissionDenied(f"No rule stands on {view!r}")
        person = request.user if isinstance(request.user, Person) else None
        if rule.opens_to(signed_in=person is not None, roles=person.roles if person else frozenset()):
            return None
        if person is None:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Answer a sign-in that was throttled after too many failures."""
    return render(request, "access/locked_out.html", status=429)
