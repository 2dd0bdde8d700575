"""Colours as they come out: theme names looked up through the master's colour map, light and dark variants worked out."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from reports.check.package import A

_FILL, _SCHEME, _RGB = f"{{{A}}}solidFill", f"{{{A}}}schemeClr", f"{{{A}}}srgbClr"
_SYSTEM, _PRESET = f"{{{A}}}sysClr", f"{{{A}}}prstClr"
_NAMED = {"black": "000000", "white": "FFFFFF"}


@dataclass(frozen=True, slots=True)
class Palette:
    """A theme's colours by slot ("accent1"), and the map from names on a slide ("tx1") to slots ("dk1")."""

    theme: Mapping[str, str]
    names: Mapping[str, str]

    def of(self, holder: etree._Element | None) -> str | None:
        """Return the solid fill in an element as "1D4ED8"; None where there is none, or one that cannot be told."""
        fill = None if holder is None else holder.find(_FILL)
        return None if fill is None or not len(fill) else self.colour(fill[0])

    def colour(self, element: etree._Element) -> str | None:
        """Return a colour element as six hex digits; None for one that cannot be told (an effect, a tint)."""
        value = element.get("val") or ""
        match element.tag:
            case tag if tag == _SCHEME:
                rgb = self.theme.get(self.names.get(value, value))
            case tag if tag == _RGB:
                rgb = value.upper()
            case tag if tag == _SYSTEM:
                rgb = element.get("lastClr")
            case _:
                rgb = _NAMED.get(value)
        return _varied(rgb, element) if rgb and len(element) else rgb


def palette(theme: etree._Element | None, master: etree._Element) -> Palette:
    """Return the palette of a master and its theme."""
    colours: dict[str, str] = {}
    for slot in () if theme is None else theme.iterfind(f".//{{{A}}}clrScheme/*"):
        if len(slot):
            value = slot[0].get("lastClr") or slot[0].get("val") or ""
            colours[etree.QName(slot).localname] = value.upper()
    names = next((dict(item.attrib) for item in master if etree.QName(item).localname == "clrMap"), {})
    return Palette(colours, {str(key): str(value) for key, value in names.items()})


def _varied(rgb: str, element: etree._Element) -> str | None:
    """Return the colour with its lumMod and lumOff applied; None where something else is done to it."""
    red, green, blue = (int(rgb[start : start + 2], 16) / 255 for start in (0, 2, 4))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    for change in element:
        part = int(change.get("val") or 0) / 100_000
        match etree.QName(change).localname:
            case "lumMod":
                light *= part
            case "lumOff":
                light += part
            case _:
                return None
    channels = colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), full)
    return "".join(f"{round(channel * 255):02X}" for channel in channels)
