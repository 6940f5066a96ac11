"""The columns of open data, described once: for the page, for the files and for `datapackage.json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DAY_OR_MONTH = r"^\d{4}-\d{2}(-\d{2})?$"


@dataclass(frozen=True)
class Field:
    """A column: its name, type and constraints after Frictionless Table Schema, and what it holds in two languages."""

    name: str
    type: str
    chinese: str
    english: str
    constraints: dict[str, Any] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        """Return the field as Table Schema writes it.

        >>> Field("on_time", "boolean", "按时", "On time").described()
        {'name': 'on_time', 'type': 'boolean', 'title': '按时', 'description': 'On time'}
        """
        plain = {
            "name": self.name, "type": self.type, "title": self.chinese, "description": self.english,
        }  # fmt: skip
        return {**plain, "constraints": self.constraints} if self.constraints else plain


FIELDS = (
    Field("number", "string", "事件编号（仅未作概化的记录）", "Case number; only of rows told in full"),
    Field("matter", "string", "事项代码", "Code of the matter; empty where only the class is told"),
    Field("matter_name", "string", "事项名称", "Name of the matter"),
    Field("class", "string", "类别代码", "Code of the class", {"required": True}),
    Field("class_name", "string", "类别名称", "Name of the class"),
    Field("county", "string", "县（市、区）代码", "Statistical code of the county"),
    Field("township", "string", "乡镇（街道）代码", "Statistical code of the township; empty where only the county is told"),
    Field("lon", "number", "网格单元中心经度（WGS-84）", "Longitude of the middle of the H3 cell (resolution 7), WGS-84"),
    Field("lat", "number", "网格单元中心纬度（WGS-84）", "Latitude of the middle of the H3 cell"),
    Field("reported", "string", "上报日或上报月", "Day of the report, or its month", {"required": True, "pattern": DAY_OR_MONTH}),
    Field("state", "string", "状态：办理中、已结案、不予受理", "open, closed or rejected",
          {"required": True, "enum": ["open", "closed", "rejected"]}),
    Field("ended", "string", "办结日或办结月", "Day or month in which it was closed or rejected", {"pattern": DAY_OR_MONTH}),
    Field("on_time", "boolean", "是否按时处置", "Whether it was handled on time; empty where it is not handled"),
    Field("invented", "boolean", "是否演示虚构数据", "Whether the row was invented for a demonstration", {"required": True}),
)  # fmt: skip


def package(
    *, title: str, description: str, licence: str, made: str, resources: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the description of all files as a Frictionless Tabular Data Package.

    `licence` is an address or a name; nothing is said of a licence that the region has not named.

    >>> package(title="t", description="d", licence="https://x.example/l", made="", resources=[])["licenses"]
    [{'path': 'https://x.example/l'}]
    >>> "licenses" in package(title="t", description="d", licence="", made="", resources=[])
    False
    """
    found: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "cases",
        "title": title,
        "description": description,
        **({"created": made} if made else {}),
        "resources": resources,
    }
    if licence:
        found["licenses"] = [{"path" if "://" in licence else "name": licence}]
    return found


def resource(month: str, *, size_bytes: int, sha256: str) -> dict[str, Any]:
    """Return the description of one month's file.

    >>> resource("2026-09", size_bytes=3, sha256="ab")["hash"]
    'sha256:ab'
    """
    return {
        "name": f"cases-{month}",
        "path": f"{month}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size_bytes,
        "hash": f"sha256:{sha256}",
        "schema": {"fields": [one.described() for one in FIELDS], "missingValues": [""]},
    }
