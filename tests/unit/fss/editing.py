"""Change a signed envelope and write it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from ers_sync.fss import xml
from ers_sync.fss.xml import SOAP

if TYPE_CHECKING:
    from collections.abc import Callable


def edit(data: bytes, change: Callable[[etree._Element], None]) -> bytes:
    root = etree.fromstring(data)
    change(root)
    return etree.tostring(root)


def body_of(root: etree._Element) -> etree._Element:
    return xml.only_child(root, f"{{{SOAP}}}Body")
