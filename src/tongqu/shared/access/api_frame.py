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
  `kernel.workflow.MoveNotAllowed` 409, `Refused(409, "…", code="state")` anything else. All are
  `application/problem+json` (RFC 9457).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Generic, NoReturn, TypeVar, cast

from django.core import signing
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.types import DictStrAny
from ninja.utils import contribute_operation_callback

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed, TokenScope

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)
Error = TypeVar("Error", bound=Exception)
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


def is_api(request: HttpRequest) -> bool:
    """Answer whether the request is for the API, where every error is a problem in JSON."""
    return request.path.startswith("/api/")


class FieldError(Schema):
    """What is wrong with one field."""

    pointer: str = Field(..., description="JSON pointer to the field.", examples=["/body/text"])
    detail: str = Field(..., description="What is wrong and what to do.")
    code: str = Field("", description="The kind of mistake, for programs.", examples=["missing"])


class ProblemDetails(Schema):
    """An error, after RFC 9457."""

    type: str = Field(..., examples=["urn:tongqu:problem:invalid-input"])
    title: str = Field(..., examples=["Unprocessable Entity"])
    status: int = Field(..., examples=[422])
    detail: str = Field("", description="What is wrong and what to do.")
    code: str = Field(..., description="The kind of problem, for programs.", examples=["invalid-input"])
    errors: list[FieldError] = Field([], description="Each field that is wrong.")


_SAY = {
    400: "The request cannot be read. Correct it and send it again.",
    401: "Send a token, or sign in.",
    403: "You are not allowed to do this.",
    404: "There is nothing here, or it is not within your sight.",
    405: "This address does not take this method; the header Allow names those it takes.",
    409: "This does not go together with how things stand. Read it again, then decide.",
    413: "The body is too large. Send less at once.",
    422: "Correct the fields named in `errors` and send the request again.",
    429: "Too many calls. The header Retry-After says when to try again.",
    500: "The server failed. Try again later; if it happens again, report the time of this answer.",
}


def problem_response(
    status: int, code: str, detail: str = "", errors: Sequence[FieldError] = ()
) -> HttpResponse:
    """Return an error as `application/problem+json`."""
    body = ProblemDetails(
        type=f"urn:tongqu:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail or _SAY.get(status, ""),
        code=code,
        errors=list(errors),
    )
    return HttpResponse(body.model_dump_json(), status=status, content_type="application/problem+json")


_CODES = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 500: "failed"}


def problem_from(response: HttpResponseBase) -> HttpResponse:
    """Return the problem that an error page of Django stands for, with the headers that say more."""
    problem = problem_response(response.status_code, _CODES.get(response.status_code, "refused"))
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response:
            problem[name] = response[name]
    return problem


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _clean(text: str) -> str:
    """Return the text; refuse what no database keeps: NUL, and halves of surrogate pairs."""
    if "\0" in text:
        raise ValueError("NUL")
    text.encode("utf-8")
    return text


def _check_texts(value: Any) -> None:
    if isinstance(value, str):
        _clean(value)
    elif isinstance(value, list):
        for part in value:
            _check_texts(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            _clean(name)
            _check_texts(part)


class StrictParser(Parser):
    """Reads bodies as JSON in the strict sense: UTF-8, no NaN, no text that cannot be kept."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Return the body; whatever is wrong with it is one refusal."""
        try:
            value = json.loads(request.body.decode("utf-8"), parse_constant=_refuse_constant)
            _check_texts(value)
        except (ValueError, RecursionError):
            raise HttpError(
                400, "The body is not valid JSON in UTF-8. Correct it and send it again."
            ) from None
        found: DictStrAny = value
        return found


class Documentation(DocsBase):
    """The page that describes the API: our own, so that it works offline and under a strict CSP."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **_kwargs: Any) -> HttpResponse:
        """Render the OpenAPI description as a page."""
        schema = api.get_openapi_schema()
        return render(request, "access/api_docs.html", {"api": schema, "groups": _by_tag(schema)})


def _by_tag(schema: OpenAPISchema) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            row = {"method": method.upper(), "path": path, "scopes": _scopes(operation), **operation}
            row["body"] = (
                json.dumps(_example(row, schema), ensure_ascii=False, indent=2)
                if "requestBody" in row
                else ""
            )
            groups.setdefault((operation.get("tags") or ["other"])[0], []).append(row)
    return groups


def _scopes(operation: dict[str, Any]) -> list[str]:
    return [name for way in operation.get("security", []) for name in way.get("token", [])]


def _example(operation: dict[str, Any], schema: OpenAPISchema) -> Any:
    """Return an example of the body, from the examples of its fields."""
    media = next(iter(operation["requestBody"]["content"].values()))["schema"]
    name = media.get("$ref", "").rsplit("/", 1)[-1]
    shape = schema["components"]["schemas"].get(name, media)
    if shape.get("examples"):
        return shape["examples"][0]
    fields = shape.get("properties", {}).items()
    return {key: (field.get("examples") or [field.get("default")])[0] for key, field in fields}


_PROBLEM = {
    "description": "An error (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
}
_ALWAYS = (400, 401, 403, 404, 409, 413, 422, 429, 500)


_REF = "#/components/schemas/"


def app_of(operation: Operation) -> str:
    """Return the app that an operation belongs to, such as `cases`."""
    return str(operation.view_func.__module__).split(".api")[0].rsplit(".", 1)[-1]


class Description(OpenAPISchema):
    """The OpenAPI description, in which each app's schemas carry its name: two apps may both have a `State`."""

    app = ""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        """Describe one operation."""
        self.app = app_of(operation)
        details: dict[str, Any] = self._named(super().operation_details(operation))
        return details

    def add_schema_definitions(self, definitions: dict[str, Any]) -> None:
        """Take in the schemas that the operation uses."""
        self.schemas.update({self._name(name): self._named(shape) for name, shape in definitions.items()})

    def _name(self, name: str) -> str:
        return f"{self.app.title()}{name}"

    def _named(self, part: Any) -> Any:
        """Return a part of the description with its references renamed."""
        if isinstance(part, list):
            return [self._named(each) for each in part]
        if not isinstance(part, dict):
            return part
        return {
            key: _REF + self._name(value.removeprefix(_REF)) if key == "$ref" else self._named(value)
            for key, value in part.items()
        }


class Api(NinjaAPI):
    """The API with our parser, errors, documentation and security schemes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            parser=StrictParser(),
            docs=Documentation(),
            servers=[{"url": "/"}],
            urls_namespace="api",
            **options,
        )
        self._schemas: dict[str, OpenAPISchema] = {}

    def set_default_exception_handlers(self) -> None:
        """Answer every error that an operation raises with a problem."""
        self._answer(Http404, lambda _e: problem_response(404, "not-found"))
        self._answer(NotAllowed, lambda e: problem_response(403, "not-allowed", str(e)))
        self._answer(PermissionDenied, lambda e: problem_response(403, "forbidden", str(e)))
        self._answer(RequestDataTooBig, lambda _e: problem_response(413, "too-large"))
        self._answer(ValidationError, _invalid)
        self._answer(BadInput, _bad_input)
        self._answer(Refused, lambda e: problem_response(e.status, e.code, e.detail))
        self._answer(MoveNotAllowed, lambda e: problem_response(409, "move-not-allowed", str(e)))
        self._answer(HttpError, _http_error)

    def _answer(self, kind: type[Error], answer: Callable[[Error], HttpResponse]) -> None:
        self.add_exception_handler(kind, lambda _request, error: answer(cast(Error, error)))

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Name an operation after its app and function, such as `cases_report`."""
        return f"{app_of(operation)}_{operation.view_func.__name__}"

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: DictStrAny | None = None
    ) -> OpenAPISchema:
        """Return the OpenAPI description, made once: it changes only with the code."""
        prefix = path_prefix or self.get_root_path(path_params or {})
        if prefix not in self._schemas:
            self._schemas[prefix] = _completed(Description(self, prefix))
        return self._schemas[prefix]


def _completed(schema: OpenAPISchema) -> OpenAPISchema:
    """Add what holds for every operation: ways to sign in, and the errors."""
    components = schema["components"]
    own = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"].update(own.pop("$defs"), ProblemDetails=own)
    components["responses"] = {"Problem": _PROBLEM}
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token made on the account page."},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }
    for methods in schema["paths"].values():
        for operation in methods.values():
            operation.setdefault("security", [])
            for status in _ALWAYS:
                operation["responses"].setdefault(status, {"$ref": "#/components/responses/Problem"})
    return schema


def _invalid(error: ValidationError) -> HttpResponse:
    errors = [
        FieldError(pointer=_pointer(item["loc"]), detail=item["msg"], code=item["type"])
        for item in error.errors
    ]
    return problem_response(422, "invalid-input", errors=errors)


def _pointer(place: Iterable[Any]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def _bad_input(error: BadInput) -> HttpResponse:
    errors = [
        FieldError(pointer=_pointer(filter(None, p.field.split("."))), detail=str(p), code=p.code)
        for p in error.problems
    ]
    return problem_response(422, "invalid-input", errors=errors)


def _http_error(error: HttpError) -> HttpResponse:
    return problem_response(error.status_code, _CODES.get(error.status_code, "refused"), str(error))
