"""The kinds that cases and matters are told apart by."""

from enum import StrEnum


class Source(StrEnum):
    """How a case came in."""

    WEB = "web"
    PHONE = "phone"
    API = "api"
    GRID = "grid"
    HOTLINE = "hotline"
    DRONE = "drone"
    DESK = "desk"
    OPEN311 = "open311"
    EMAIL = "email"
    SENSOR = "sensor"
    PARENT = "parent"
    """Made of several reports, to handle them as one."""


class VerifyBy(StrEnum):
    """What shows that a matter is done."""

    INSPECTOR = "inspector"
    PHOTO = "photo"
    REPORTER = "reporter"
    AIR = "air"


class PhotoRule(StrEnum):
    """What the system does when a newer photo of a handled case's place comes in."""

    NONE = "none"
    OFFER = "offer"
    AUTOMATIC = "automatic"


class Purpose(StrEnum):
    """What a piece of evidence shows in a case."""

    REPORT = "report"
    HANDLING = "handling"
    VERIFICATION = "verification"
    OFFERED = "offered"


class Track(StrEnum):
    """The four platforms of grass-roots governance (基层治理四平台)."""

    ORDER = "order"
    MARKET = "market"
    ENFORCEMENT = "enforcement"
    SERVICE = "service"


class Grade(StrEnum):
    """How grave a matter is."""

    ORDINARY = "ordinary"
    SERIOUS = "serious"
    URGENT = "urgent"
