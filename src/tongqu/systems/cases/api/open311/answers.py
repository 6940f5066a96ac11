"""Answers as GeoReport v2 wants them: one body of plain values, written as XML or as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree  # only written here, never read

from django.http import HttpResponse

FORMATS = ("xml", "json")
MEDIA_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
"""The element of each list."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer(form: str, root: str, body: Any, status: int = 200) -> HttpResponse:
    """Return the body in the format: a list or a mapping of texts, numbers, flags, None, and of these again."""
    text = _xml(root, body) if form == "xml" else json.dumps(body, ensure_ascii=False)
    response = HttpResponse(text.encode(), status=status, content_type=MEDIA_TYPES[form])
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def errors(form: str, status: int, descriptions: Sequence[str]) -> HttpResponse:
    """Return the errors; the code in the body is the status."""
    body = [{"code": status, "description": description} for description in descriptions]
    return answer(form if form in FORMATS else "xml", "errors", body, status)


def _xml(root: str, body: Any) -> str:
    written = ElementTree.tostring(_element(root, body), encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}'


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, Mapping):
        element.extend([_element(key, part) for key, part in value.items()])
    elif isinstance(value, list):
        element.extend([_element(ITEMS[name], part) for part in value])
    else:
        element.text = _text(value)
    return element


def _text(value: object) -> str:
    """Return the value as XML writes it; characters that XML cannot hold are left out.

    >>> _text(True), _text(None), _text("a\\x0bb"), _text(1.5)
    ('true', '', 'ab', '1.5')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("", str(value))
