"""Structures: what dimensions, codes and attributes our data have, with every term of each indicator.

SDMX-ML 2.1 (2011) and 3.0 (2021), Section 3 of the standard: code lists, concepts, a data structure and a dataflow. Terms of an
indicator that SDMX has no place for stand as annotations of its code, one for each term, so that none is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongqu.systems.indicators.rules.definition import (
    Accumulation,
    Better,
    Definition,
    Frequency,
    Kind,
    PriceBasis,
    Ratio,
    Status,
)
from tongqu.systems.indicators.rules.sdmx.dialects import (
    AGENCY,
    DIALECTS,
    FLOW,
    Dialect,
    Standard,
    tag,
    text,
)

DIMENSIONS = ("FREQ", "INDICATOR", "REF_AREA", "KIND", "REVISION")
TIME = "TIME_PERIOD"
MEASURE = "OBS_VALUE"
ATTRIBUTES = ("OBS_STATUS", "DECIMALS", "KNOWN_AT", "RELEASE", "EVIDENCE", "SPAN_START", "SPAN_END")
_CODED = {
    "FREQ": "CL_FREQ",
    "INDICATOR": "CL_INDICATOR",
    "REF_AREA": "CL_AREA",
    "KIND": "CL_KIND",
    "OBS_STATUS": "CL_OBS_STATUS",
}
_TYPES = {"REVISION": "Integer", "DECIMALS": "Integer", "KNOWN_AT": "DateTime", "SPAN_START": "Integer",
          "SPAN_END": "Integer", MEASURE: "Decimal"}  # fmt: skip
_LANGUAGES = {"zh-Hans": "name_hans", "zh-Hant": "name_hant", "en": "name_en"}


@dataclass(frozen=True)
class Area:
    """A division as a code: its names may be empty but the Simplified one."""

    code: str
    name_hans: str
    name_hant: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Structures:
    """What a structure message says of our data."""

    indicators: tuple[Definition, ...]
    areas: tuple[Area, ...]


def terms_of(definition: Definition) -> dict[str, str]:
    """Return the terms that stand as annotations, as texts; empty ones are left out."""
    terms = {
        "unit": definition.unit,
        "frequency": definition.frequency,
        "accumulation": definition.accumulation,
        "price_basis": definition.price_basis,
        "growth_basis": definition.growth_basis,
        "better": definition.better,
        "decimals": str(definition.decimals),
        "ratio": "/".join(definition.ratio.codes) if definition.ratio else "",
        "source": definition.source,
        "meaning": definition.meaning,
    }
    return {name: str(value) for name, value in terms.items() if value}


def definition_of(code: str, names: Mapping[str, str], terms: Mapping[str, str]) -> Definition:
    """Return the indicator of a code with its names by language and its annotations; raises `ValueError`.

    >>> definition_of("GDP", {"en": "Gross product"}, {"frequency": "Q"}).name_hans
    'Gross product'
    """
    above, _, below = terms.get("ratio", "").partition("/")
    hans = names.get("zh-Hans") or names.get("zh") or next((name for name in names.values() if name), code)
    return Definition(
        code,
        hans,
        names.get("zh-Hant", ""),
        names.get("en", ""),
        terms.get("unit", ""),
        Frequency(terms.get("frequency", Frequency.YEAR)),
        Accumulation(terms.get("accumulation", Accumulation.PERIOD)),
        PriceBasis(terms.get("price_basis", PriceBasis.NONE)),
        PriceBasis(terms.get("growth_basis", PriceBasis.NONE)),
        Better(terms.get("better", Better.UP)),
        int(terms.get("decimals", "2")),
        Ratio(above, below) if below else None,
        terms.get("source", ""),
        terms.get("meaning", ""),
    )


def write_structures(
    indicators: Sequence[Definition],
    areas: Sequence[Area],
    *,
    at: datetime,
    standard: Standard = Standard.V21,
) -> str:
    """Return the structure message as XML."""
    dialect = DIALECTS[standard]
    lists = "".join(_code_lists(indicators, areas, dialect))
    concepts = _concepts(dialect)
    flow = _dataflow(dialect)
    shape = tag("str:DataStructures", _data_structure(dialect))
    if dialect.is_21:
        # The order is the schema's: flows come first in 2.1, and lists have wrappers of their own names.
        parts = (
            tag("str:Dataflows", flow) + tag("str:Codelists", lists) + tag("str:Concepts", concepts) + shape
        )
    else:
        parts = (
            tag("str:Codelists", lists)
            + tag("str:ConceptSchemes", concepts)
            + tag("str:Dataflows", flow)
            + shape
        )
    body = header(at) + tag("mes:Structures", parts)
    return f"{dialect.root('Structure')}{body}</mes:Structure>\n"


def header(at: datetime, *more: str) -> str:
    """Return the header of a message."""
    return tag(
        "mes:Header",
        text("mes:ID", f"{AGENCY}_{at:%Y%m%d%H%M%S}"),
        text("mes:Test", "false"),
        text("mes:Prepared", at.isoformat()),
        tag("mes:Sender", id=AGENCY),
        *more,
    )


def _names(given: Mapping[str, str]) -> str:
    return "".join(text("com:Name", name, xml__lang=language) for language, name in given.items() if name)


def _code_lists(indicators: Iterable[Definition], areas: Iterable[Area], dialect: Dialect) -> Iterator[str]:
    yield _list("CL_FREQ", "Frequency", (_code(f.value, {"en": f.name.title()}) for f in Frequency), dialect)
    yield _list("CL_KIND", "Kind of figure", (_code(k.upper(), {"en": k.value}) for k in Kind), dialect)
    yield _list("CL_OBS_STATUS", "Status", (_code(s.value, {"en": s.name.title()}) for s in Status), dialect)
    coded = (
        _code(area.code, {lang: getattr(area, name) for lang, name in _LANGUAGES.items()}) for area in areas
    )
    yield _list("CL_AREA", "Divisions", coded, dialect)
    yield _list("CL_INDICATOR", "Indicators", (_indicator(each) for each in indicators), dialect)


def _list(code: str, name: str, codes: Iterable[str], dialect: Dialect) -> str:
    return tag(
        "str:Codelist",
        text("com:Name", name, xml__lang="en"),
        *codes,
        id=code,
        agencyID=AGENCY,
        version=dialect.version,
    )


def _code(code: str, names: Mapping[str, str], annotations: str = "") -> str:
    return tag("str:Code", annotations, _names(names), id=code)


def _indicator(definition: Definition) -> str:
    names = {lang: getattr(definition, name) for lang, name in _LANGUAGES.items()}
    annotations = (
        tag("com:Annotation", text("com:AnnotationType", name), text("com:AnnotationText", value, xml__lang="zh-Hans"), id=name)
        for name, value in terms_of(definition).items()
    )  # fmt: skip
    return _code(definition.code, names, tag("com:Annotations", *annotations))


def _concepts(dialect: Dialect) -> str:
    every = (*DIMENSIONS, TIME, MEASURE, *ATTRIBUTES)
    concepts = (tag("str:Concept", text("com:Name", each, xml__lang="en"), id=each) for each in every)
    name = text("com:Name", "Concepts", xml__lang="en")
    return tag("str:ConceptScheme", name, *concepts, id="CONCEPTS", agencyID=AGENCY, version=dialect.version)


def _component(kind: str, name: str, dialect: Dialect, *more: str, **attributes: str) -> str:
    return tag(
        f"str:{kind}",
        tag("str:ConceptIdentity", _reference("conceptscheme.Concept", "CONCEPTS", dialect, name)),
        tag("str:LocalRepresentation", _representation(name, dialect)),
        *more,
        id=name,
        **attributes,
    )


def _representation(name: str, dialect: Dialect) -> str:
    if name in _CODED:
        return tag("str:Enumeration", _reference("codelist.Codelist", _CODED[name], dialect))
    return tag(
        "str:TextFormat", textType="ObservationalTimePeriod" if name == TIME else _TYPES.get(name, "String")
    )


def _reference(kind: str, name: str, dialect: Dialect, item: str = "") -> str:
    """Return what refers to an artefact: an element in 2.1, a URN in 3.0."""
    if not dialect.is_21:
        return dialect.urn(kind, name, item)
    package, cls = kind.split(".")
    target = {"maintainableParentID": name, "maintainableParentVersion": dialect.version, "id": item}
    fields = target if item else {"id": name, "version": dialect.version}
    return tag("Ref", **fields, agencyID=AGENCY, package=package, **{"class": cls})


def _data_structure(dialect: Dialect) -> str:
    dimensions = [
        _component("Dimension", name, dialect, position=str(place))
        for place, name in enumerate(DIMENSIONS, 1)
    ]
    last = {"position": str(len(DIMENSIONS) + 1)} if dialect.is_21 else {}
    dimensions.append(_component("TimeDimension", TIME, dialect, **last))
    measure = (
        _component("PrimaryMeasure", MEASURE, dialect)
        if dialect.is_21
        else _component("Measure", MEASURE, dialect, usage="optional")
    )
    usage = {"assignmentStatus": "Conditional"} if dialect.is_21 else {"usage": "optional"}
    relation = tag("str:PrimaryMeasure", tag("Ref", id=MEASURE)) if dialect.is_21 else tag("str:Observation")
    attributes = [
        _component("Attribute", name, dialect, tag("str:AttributeRelationship", relation), **usage)
        for name in ATTRIBUTES
    ]
    components = tag(
        "str:DataStructureComponents",
        tag("str:DimensionList", *dimensions, id="DimensionDescriptor"),
        tag("str:AttributeList", *attributes, id="AttributeDescriptor"),
        tag("str:MeasureList", measure, id="MeasureDescriptor"),
    )
    name = text("com:Name", "Indicators", xml__lang="en")
    return tag("str:DataStructure", name, components, id=FLOW, agencyID=AGENCY, version=dialect.version)


def _dataflow(dialect: Dialect) -> str:
    shape = tag("str:Structure", _reference("datastructure.DataStructure", FLOW, dialect))
    name = text("com:Name", "Indicators", xml__lang="en")
    return tag("str:Dataflow", name, shape, id=FLOW, agencyID=AGENCY, version=dialect.version)
