"""Every address of the site with its methods and rules, read from the URL table and the API's operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tongqu.shared.access.api_frame import scope_on
from tongqu.shared.access.guard import operation_of, operations_of, rule_of
from tongqu.shared.access.rules import Door

_ARGUMENT = re.compile(r"<(?:\w+:)?(?P<plain>\w+)>|\(\?P<(?P<named>\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Route:
    """One address with one method."""

    path: str
    method: str
    name: str
    view: Any

    @property
    def rule(self) -> Door | None:
        return rule_of(self.view, self.method, self.name)

    @property
    def scope(self) -> str:
        operation = operation_of(self.view, self.method)
        return str(scope_on(operation.view_func) or "") if operation else ""

    @property
    def is_operation(self) -> bool:
        return bool(operations_of(self.view))

    @property
    def is_admin(self) -> bool:
        return self.name.startswith("admin:")

    @property
    def arguments(self) -> list[str]:
        return [m["plain"] or m["named"] for m in _ARGUMENT.finditer(self.path)]

    def filled(self, values: dict[str, Any]) -> str:
        """Return the address with its arguments put in."""
        return "/" + _ARGUMENT.sub(lambda m: str(values[m["plain"] or m["named"]]), self.path)

    def __str__(self) -> str:
        return f"{self.method} /{self.path}"


def all_routes() -> list[Route]:
    """Return every address and method; pages are tried with GET and POST, operations with what they answer."""
    found = []
    for path, name, view in _walk(get_resolver()):
        methods = [method for op in operations_of(view) for method in op.methods] or ["GET", "POST"]
        found += [Route(path, method, name, view) for method in methods]
    return list({(route.path, route.method): route for route in reversed(found)}.values())[::-1]


def _walk(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    for pattern in resolver.url_patterns:
        path = prefix + re.sub(r"^\^|\$$", "", str(pattern.pattern)).replace("\\Z", "")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, path, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield path, space + (pattern.name or ""), pattern.callback
