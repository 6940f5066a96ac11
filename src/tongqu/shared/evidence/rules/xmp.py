"""Reads the values of an XMP packet, in attribute and in element form, whatever state it is in."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

LARGEST_PACKET = 1_000_000
_PREFIXES = {
    "http://www.dji.com/drone-dji/1.0/": "drone-dji",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
}
_WANTED = "|".join(_PREFIXES.values())
_ATTRIBUTE = re.compile(rf"""({_WANTED}):(\w+)\s*=\s*["']([^"'<]*)["']""")
_ELEMENT = re.compile(rf"<({_WANTED}):(\w+)\s*>([^<]*)<")


def xmp_values(packet: bytes | str) -> dict[str, str]:
    """Return the simple values of the namespaces we know, keyed `prefix:Name`; nothing of what is broken.

    DJI has written both forms, and some of its firmware writes XML that does not parse; then the values are
    found by their look.

    >>> xmp_values('<a drone-dji:RelativeAltitude="+39.80"><drone-dji:FlightYawDegree>46.0</drone-dji:Fli')
    {'drone-dji:RelativeAltitude': '+39.80', 'drone-dji:FlightYawDegree': '46.0'}
    """
    text = packet.decode("utf-8", "replace") if isinstance(packet, bytes) else packet
    text = text.strip("\0 \n\r\t\ufeff")
    if len(text) > LARGEST_PACKET:
        return {}
    try:
        root: Element = fromstring(_without_wrapper(text))
    except (ParseError, DefusedXmlException, ValueError):
        return _by_look(text)
    return _by_tree(root)


def _without_wrapper(text: str) -> str:
    """Return the packet without its `<?xpacket …?>` processing instructions."""
    return re.sub(r"<\?xpacket[^>]*\?>", "", text).strip()


def _by_tree(root: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter():
        for name, value in [(element.tag, element.text or ""), *element.attrib.items()]:
            key = _key(name)
            if key and value.strip():
                found.setdefault(key, value.strip())
    return found


def _key(name: str) -> str:
    """Return `prefix:Name` for `{namespace}Name`, or nothing for a namespace that we do not know."""
    space, _, local = name.removeprefix("{").partition("}")
    prefix = _PREFIXES.get(space)
    return f"{prefix}:{local}" if prefix and local else ""


def _by_look(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for prefix, name, value in [*_ATTRIBUTE.findall(text), *_ELEMENT.findall(text)]:
        if value.strip():
            found.setdefault(f"{prefix}:{name}", value.strip())
    return found
