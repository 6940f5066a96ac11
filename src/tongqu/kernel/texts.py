"""Texts that another program reads: what XML can hold, and what a spreadsheet does not run."""

from __future__ import annotations

import re

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def for_xml(text: str) -> str:
    """Return the text without the characters that XML, and so a workbook, cannot hold.

    >>> for_xml("a\\x00b")
    'ab'
    """
    return _NOT_IN_XML.sub("", text)


def not_a_formula(text: str) -> str:
    """Return a text that a spreadsheet shows and never runs: what could be read as a formula gets an apostrophe before it.

    >>> not_a_formula("=1+1"), not_a_formula("河道")
    ("'=1+1", '河道')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
