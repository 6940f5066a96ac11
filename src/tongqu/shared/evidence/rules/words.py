"""The words of evidence: kinds, sizes, sources and states."""

from enum import StrEnum


class Kind(StrEnum):
    """What a piece of evidence is."""

    PHOTO = "photo"
    DOCUMENT = "document"


class Size(StrEnum):
    """In which size a file is asked for."""

    THUMB = "thumb"
    WEB = "web"
    ORIGINAL = "original"


class TimeBasis(StrEnum):
    """How the zone of a photo's time was found, from the surest to the weakest."""

    OFFSET = "offset"
    GPS = "gps"
    XMP = "xmp"
    REGION = "region"
    LONGITUDE = "longitude"


class BatchState(StrEnum):
    """Where an import stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class ItemState(StrEnum):
    """What became of one file of an import."""

    WAITING = "waiting"
    NEW = "new"
    KNOWN = "known"
    REFUSED = "refused"
