"""Pictures and documents that the tests make."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

XMP_ATTRIBUTES = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="DJI Meta Data" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreateDate="2026-09-16T10:00:00+08:00"
 drone-dji:AbsoluteAltitude="+198.31" drone-dji:RelativeAltitude="+39.80" drone-dji:GimbalRollDegree="+0.00"
 drone-dji:GimbalYawDegree="+45.00" drone-dji:GimbalPitchDegree="-89.90" drone-dji:FlightRollDegree="+3.00"
 drone-dji:FlightYawDegree="+46.00" drone-dji:FlightPitchDegree="+1.80"
 drone-dji:GpsLatitude="28.95" drone-dji:GpsLongtitude="+118.87"/>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""

XMP_ELEMENTS = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/">
<drone-dji:AbsoluteAltitude>+198.31</drone-dji:AbsoluteAltitude>
<drone-dji:RelativeAltitude>+39.80</drone-dji:RelativeAltitude>
<drone-dji:GimbalYawDegree>+45.00</drone-dji:GimbalYawDegree>
<drone-dji:GpsLatitude>28.95</drone-dji:GpsLatitude><drone-dji:GpsLongitude>118.87</drone-dji:GpsLongitude>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "olive", **options: object
) -> bytes:
    """A small picture; another colour gives other bytes."""
    target = BytesIO()
    Image.new("RGB", size, colour).save(target, kind, **options)
    return target.getvalue()


def jpeg(size: tuple[int, int] = (64, 48), colour: str = "olive", **options: object) -> bytes:
    return picture("JPEG", size, colour, **options)


def dms(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees as EXIF writes them: three rationals, the seconds to a ten-thousandth."""
    ten_thousandths = round(abs(value) * 36_000_000)
    minutes, seconds = divmod(ten_thousandths, 600_000)
    return (
        IFDRational(minutes // 60, 1),
        IFDRational(minutes % 60, 1),
        IFDRational(seconds, 10_000),
    )


def exif(
    lon: float | None = None,
    lat: float | None = None,
    taken: str = "2026:09:16 10:00:00",
    offset: str = "",
    orientation: int = 1,
) -> Image.Exif:
    """The EXIF directories that a phone writes."""
    made = Image.Exif()
    made[271], made[272], made[274] = "DJI", "FC300S", orientation
    details = made.get_ifd(0x8769)
    details[36867], details[37386], details[41989] = taken, IFDRational(361, 100), 20
    if offset:
        details[36881] = offset
    if lon is not None and lat is not None:
        place = made.get_ifd(0x8825)
        place[1], place[2] = ("N" if lat >= 0 else "S"), dms(lat)
        place[3], place[4] = ("E" if lon >= 0 else "W"), dms(lon)
    return made


def shot(lon: float = 118.3, lat: float = 28.4, colour: str = "olive", **tags: object) -> bytes:
    """A photo with a place and a time, in the township of the shared town by default."""
    return jpeg(colour=colour, exif=exif(lon, lat, **tags))


def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG that says it is enormous and holds next to nothing: a decompression bomb."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def zipped(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


OFFICE = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>"}


def xlsx(**more: bytes) -> bytes:
    return zipped({**OFFICE, "xl/workbook.xml": b"<workbook/>", **more})


def docx() -> bytes:
    return zipped({**OFFICE, "word/document.xml": b"<document/>"})


def pdf() -> bytes:
    return b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def geojson() -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": []}).encode()


def linked_zip() -> bytes:
    """A ZIP with an entry that is a symbolic link."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo("photo.jpg")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return target.getvalue()


def flagged_encrypted(data: bytes) -> bytes:
    """The same ZIP with every entry marked as encrypted."""
    marked = bytearray(data)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = marked.find(signature)
        while start >= 0:
            marked[start + place] |= 1
            start = marked.find(signature, start + 4)
    return bytes(marked)


def nested_zip(depth: int = 5) -> bytes:
    """An Office document that holds a ZIP in a ZIP in a ZIP."""
    inner = zipped({"data": b"\0" * 1000})
    for _ in range(depth):
        inner = zipped({"inner.zip": inner})
    return xlsx(**{"xl/embeddings/inner.zip": inner})


def understated(data: bytes, size: int, declared: int) -> bytes:
    """The same ZIP, in which an entry of a size declares another."""
    return data.replace(struct.pack("<I", size), struct.pack("<I", declared))
