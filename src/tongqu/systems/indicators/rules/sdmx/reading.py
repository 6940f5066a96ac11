"""Reads SDMX-ML of either version: structure messages, and generic or structure-specific data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import DecimalException
from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.rows import no_period
from tongqu.systems.indicators.rules.saying import Said, gettext_noop, wrong
from tongqu.systems.indicators.rules.sdmx.data import status_of, value_of
from tongqu.systems.indicators.rules.sdmx.structure import Area, Structures, definition_of
from tongqu.systems.indicators.rules.tidy import Tidy

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
OURS = {"INDICATOR": "INDICATOR", "REF_AREA": "REF_AREA"}
"""Which dimension holds the indicator and which the division; another provider's names may be given instead."""


@dataclass
class ReadData:
    """What was read: good figures, and what is wrong with the others. A problem's row counts observations from 1."""

    rows: list[Tidy] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _parsed(data: bytes, file: str) -> Element:
    """Return the root of a message; raises `BadInput` for what is no XML, or has entities in it."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        say = gettext_noop("The file is no SDMX-ML: %(error)s. Save it anew as SDMX-ML 2.1 or 3.0.")
        raise BadInput([wrong(Said(say, {"error": error}), "no-sdmx", file)]) from error
    if "sdmx" not in root.tag.lower():
        say = gettext_noop(
            "The file is no SDMX-ML: it begins with '%(tag)s'. Send a message of SDMX 2.1 or 3.0."
        )
        raise BadInput([wrong(Said(say, {"tag": _local(root)}), "no-sdmx", file)])
    return root


def read_structures(data: bytes, file: str = "", dimensions: Mapping[str, str] = OURS) -> Structures:
    """Return the indicators and divisions of a structure message; raises `BadInput` where a term does not hold."""
    root = _parsed(data, file)
    lists = {each.get("id", ""): each for each in root.iter() if _local(each) == "Codelist"}
    used = _lists_of_dimensions(root)
    areas = [
        Area(code, names.get("zh-Hans") or _any(names) or code, names.get("zh-Hant", ""), names.get("en", ""))
        for code, names, _ in _codes(lists.get(used.get(dimensions["REF_AREA"], "CL_AREA")))
    ]
    indicators, problems = [], []
    for code, names, terms in _codes(lists.get(used.get(dimensions["INDICATOR"], "CL_INDICATOR"))):
        try:
            indicators.append(definition_of(code, names, terms))
        except ValueError as error:
            problems.append(Problem(f"{code}: {error}", "bad-term", file, field="CL_INDICATOR"))
    if problems:
        raise BadInput(problems)
    return Structures(tuple(indicators), tuple(areas))


def _any(names: Mapping[str, str]) -> str:
    return next(iter(names.values()), "")


def _lists_of_dimensions(root: Element) -> dict[str, str]:
    """Return the code list of each dimension, as the data structure says."""
    found = {}
    for dimension in root.iter():
        if _local(dimension) != "Dimension":
            continue
        for part in dimension.iter():
            if _local(part) == "Enumeration":
                found[dimension.get("id", "")] = _target(part)
    return found


def _target(reference: Element) -> str:
    """Return the identifier that a reference names: `<Ref id=…>` in 2.1, the end of a URN in 3.0 (and in some 2.1)."""
    for part in reference.iter():
        if _local(part) == "Ref":
            return part.get("id", "")
    urn = "".join(reference.itertext()).strip()
    return urn.rpartition(":")[2].partition("(")[0]


def _codes(code_list: Element | None) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """Yield each code with its names by language and its annotations."""
    for code in () if code_list is None else code_list:
        if _local(code) != "Code":
            continue
        names = {part.get(_LANG, "en"): part.text or "" for part in code if _local(part) == "Name"}
        terms = {}
        for annotation in (part for part in code.iter() if _local(part) == "Annotation"):
            words = {_local(part): part.text or "" for part in annotation}
            terms[annotation.get("id") or words.get("AnnotationType", "")] = words.get("AnnotationText", "")
        yield code.get("id", ""), names, terms


def read_data(data: bytes, file: str = "", dimensions: Mapping[str, str] = OURS) -> ReadData:
    """Return the figures of a data message, generic or structure-specific, flat or in series."""
    found = ReadData()
    for number, fields in enumerate(_observations(_parsed(data, file)), start=1):
        try:
            found.rows.append(_figure(fields, dimensions))
        except (KeyError, ValueError, DecimalException) as error:
            found.problems.append(_problem(error, fields, file, number))
    return found


def _problem(error: Exception, fields: Mapping[str, str], file: str, number: int) -> Problem:
    if isinstance(error, KeyError):
        name = str(error.args[0])
        say = gettext_noop("The observation has no %(name)s. Add it, or name the dimension that holds it.")
        return wrong(Said(say, {"name": name}), "no-dimension", file, number, name)
    if isinstance(error, BadPeriod):
        return wrong(no_period(fields.get("TIME_PERIOD", "")), "bad-period", file, number, "TIME_PERIOD")
    say = gettext_noop("A value of the observation cannot be read: %(error)s. Correct it.")
    none = Said(gettext_noop("no number"))
    return wrong(Said(say, {"error": str(error) or none}), "bad-value", file, number, "OBS_VALUE")


def _observations(root: Element) -> Iterator[dict[str, str]]:
    """Yield all that an observation carries, by name: its series' dimensions and attributes, and its own."""
    at_observation = next(
        (e.get("dimensionAtObservation") for e in root.iter() if e.get("dimensionAtObservation")), ""
    )
    for dataset in (element for element in root.iter() if _local(element) == "DataSet"):
        for part in dataset:
            if _local(part) == "Series":
                common = _fields(part)
                yield from (common | _fields(obs, at_observation) for obs in part if _local(obs) == "Obs")
            elif _local(part) == "Obs":
                yield _fields(part, at_observation)


def _fields(element: Element, at_observation: str | None = "") -> dict[str, str]:
    """Return the fields of a series or an observation: XML attributes, or generic values."""
    fields = {name: value for name, value in element.attrib.items() if "}" not in name}
    for part in element:
        match _local(part):
            case "SeriesKey" | "ObsKey" | "Attributes":
                fields |= {value.get("id", ""): value.get("value", "") for value in part}
            case "ObsDimension":
                fields[part.get("id") or at_observation or "TIME_PERIOD"] = part.get("value", "")
            case "ObsValue":
                fields["OBS_VALUE"] = part.get("value", "")
    return fields


def _figure(fields: Mapping[str, str], dimensions: Mapping[str, str]) -> Tidy:
    value = value_of(fields.get("OBS_VALUE", ""), fields.get("DECIMALS", ""))
    start, end = fields.get("SPAN_START", ""), fields.get("SPAN_END", "")
    known_at = fields.get("KNOWN_AT", "")
    return Tidy(
        fields[dimensions["INDICATOR"]],
        fields[dimensions["REF_AREA"]],
        Period.parse(fields["TIME_PERIOD"]),
        Kind(fields.get("KIND", Kind.LEVEL).lower()),
        value,
        status_of(fields.get("OBS_STATUS", ""), value),
        int(fields.get("REVISION", "1")),
        datetime.fromisoformat(known_at) if known_at else None,
        fields.get("RELEASE", ""),
        fields.get("EVIDENCE", ""),
        int(start) if start else None,
        int(end) if end else None,
    )
