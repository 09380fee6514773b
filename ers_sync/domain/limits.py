"""The longest values that the Fund's schema takes; a test holds them against `fss/wsdl/ers.xsd`."""

from __future__ import annotations

from enum import IntEnum


class Limit(IntEnum):
    """Lengths in characters, unless the name says otherwise."""

    NAME = 100
    ORGANIZATION = 500
    POSITION = 250
    POLICY = 50
    KIND = 100
    DOCUMENT = 50
    ISSUER = 500
    ADDRESS = 1000
    REASON = 1000
    NOTE = 4000
    CODE = 50
    CHILDREN = 99
    GESTATION_DAYS = 310
    HEIGHT_CM = 100
    WEIGHT_G = 10_000
