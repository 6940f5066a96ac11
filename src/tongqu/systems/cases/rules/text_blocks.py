"""Placeholders in blocks of text for replies."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS = ("number", "unit", "matter", "due", "handling")
"""What a block may ask for: number of the case, handling unit, matter, day by which it is due, what was done."""

_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,30})\}")


def unknown_in(text: str) -> list[str]:
    """Return the placeholders that nothing will be put into, as they are written.

    >>> unknown_in("{number}由{unitt}办理，{ due }")
    ['{unitt}', '{ due }']
    """
    return [match.group() for match in _PLACEHOLDER.finditer(text) if match[1] not in PLACEHOLDERS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled; one without a value stays, so that a reply with it is held back.

    >>> filled("您反映的{matter}由{unit}办理，{due}前办结。", {"matter": "垃圾堆积", "unit": "莲花镇政府", "due": ""})
    '您反映的垃圾堆积由莲花镇政府办理，{due}前办结。'
    """
    return _PLACEHOLDER.sub(lambda match: values.get(match[1]) or match.group(), text)
