"""The two versions of SDMX-ML: their namespaces and what they call the same things."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

from tongqu.kernel.texts import for_xml

AGENCY = "TONGQU"
FLOW = "INDICATORS"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Standard(StrEnum):
    """Which version of the standard."""

    V21 = "2.1"
    V30 = "3.0"


@dataclass(frozen=True)
class Dialect:
    """How one version writes."""

    standard: Standard
    version: str
    """The version of our artefacts; 3.0 wants three numbers (semantic versioning)."""

    @property
    def base(self) -> str:
        """What its namespaces begin with."""
        return f"http://www.sdmx.org/resources/sdmxml/schemas/v{self.standard.replace('.', '_')}"

    @property
    def is_21(self) -> bool:
        """Whether it is 2.1."""
        return self.standard == Standard.V21

    def urn(self, kind: str, name: str, item: str = "") -> str:
        """Return the URN of an artefact of ours.

        >>> DIALECTS[Standard.V30].urn("codelist.Codelist", "CL_AREA")
        'urn:sdmx:org.sdmx.infomodel.codelist.Codelist=TONGQU:CL_AREA(1.0.0)'
        """
        tail = f".{item}" if item else ""
        return f"urn:sdmx:org.sdmx.infomodel.{kind}={AGENCY}:{name}({self.version}){tail}"

    def root(self, name: str, extra: str = "") -> str:
        """Return the opening tag of a message with its namespaces."""
        spaces = {
            "mes": f"{self.base}/message",
            "str": f"{self.base}/structure",
            "com": f"{self.base}/common",
            "ss": f"{self.base}/data/structurespecific",
            "xsi": _XSI,
        }
        declared = " ".join(f"xmlns:{prefix}={quoteattr(space)}" for prefix, space in spaces.items())
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:{name} {declared}{extra}>'


DIALECTS = {
    Standard.V21: Dialect(Standard.V21, "1.0"),
    Standard.V30: Dialect(Standard.V30, "1.0.0"),
}


def tag(name: str, /, *children: str, **attributes: str) -> str:
    """Return an element; children are XML already, attributes are texts.

    >>> tag("str:Code", text("com:Name", "甲 & 乙"), id="A")
    '<str:Code id="A"><com:Name>甲 &amp; 乙</com:Name></str:Code>'
    >>> tag("str:Group")
    '<str:Group/>'
    """
    # Line ends in attributes are kept as characters, or a reader would make spaces of them.
    given = "".join(
        f" {key.replace('__', ':')}={quoteattr(for_xml(value), _KEPT)}" for key, value in attributes.items()
    )
    return f"<{name}{given}>{''.join(children)}</{name}>" if children else f"<{name}{given}/>"


_KEPT = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def text(name: str, words: str, /, **attributes: str) -> str:
    """Return an element that holds a text."""
    return (
        tag(name, escape(for_xml(words), {"\r": "&#13;"}), **attributes) if words else tag(name, **attributes)
    )
