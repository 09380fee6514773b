"""Points of an elliptic curve: Jacobian coordinates, tables for points that are multiplied often.

Affine points are pairs; None is the point at infinity. Not constant-time: not for keys of value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from ers_sync.fss.crypto.curves import Curve

Point: TypeAlias = tuple[int, int]
_Jacobian: TypeAlias = tuple[int, int, int]

_INFINITY: _Jacobian = (1, 1, 0)
_GENERATOR_TEETH = 8
_KEY_TEETH = 6
_WINDOW = 5


def _double(curve: Curve, point: _Jacobian) -> _Jacobian:
    x, y, z = point
    p = curve.p
    yy = y * y % p
    s = 4 * x * yy % p
    zz = z * z % p
    m = 3 * (x - zz) * (x + zz) % p if curve.a == -3 else (3 * x * x + curve.a * zz * zz) % p
    x3 = (m * m - 2 * s) % p
    return x3, (m * (s - x3) - 8 * yy * yy) % p, 2 * y * z % p


def _add_affine(curve: Curve, left: _Jacobian, right: Point) -> _Jacobian:
    x1, y1, z1 = left
    x2, y2 = right
    p = curve.p
    if not z1:
        return x2, y2, 1
    zz = z1 * z1 % p
    h = (x2 * zz - x1) % p
    r = (y2 * zz * z1 - y1) % p
    if not h:
        return _INFINITY if r else _double(curve, left)
    hh = h * h % p
    hhh = h * hh % p
    v = x1 * hh % p
    x3 = (r * r - hhh - 2 * v) % p
    return x3, (r * (v - x3) - y1 * hhh) % p, z1 * h % p


def _affine(curve: Curve, points: list[_Jacobian]) -> list[Point | None]:
    """Bring all points to affine coordinates with one inversion."""
    p = curve.p
    product, before = 1, []
    for _, _, z in points:
        before.append(product)
        if z:
            product = product * z % p
    inverse = pow(product, -1, p)
    out: list[Point | None] = []
    for (x, y, z), partial in zip(reversed(points), reversed(before), strict=True):
        if not z:
            out.append(None)
            continue
        zi = inverse * partial % p
        inverse = inverse * z % p
        zz = zi * zi % p
        out.append((x * zz % p, y * zz * zi % p))
    return out[::-1]


class Comb:
    """A point with a table (Lim and Lee's comb) by which multiplying it is three to six times faster."""

    def __init__(self, curve: Curve, point: Point, teeth: int) -> None:
        self._curve = curve
        self._columns = -(-curve.q.bit_length() // teeth)
        self._bits = f"0{teeth * self._columns}b"
        powers: list[_Jacobian] = [(*point, 1)]
        for _ in range(teeth - 1):
            power = powers[-1]
            for _ in range(self._columns):
                power = _double(curve, power)
            powers.append(power)
        sums: list[_Jacobian] = [_INFINITY]
        for tooth in _affine(curve, powers):
            sums += [entry if tooth is None else _add_affine(curve, entry, tooth) for entry in sums]
        self._table = _affine(curve, sums)

    def times(self, factor: int) -> _Jacobian:
        """The point multiplied by 0 <= factor < q."""
        bits, columns, curve, table = format(factor, self._bits), self._columns, self._curve, self._table
        total = _INFINITY
        for column in range(columns):
            total = _double(curve, total)
            entry = table[int(bits[column::columns], 2)]
            if entry is not None:
                total = _add_affine(curve, total, entry)
        return total


@lru_cache(maxsize=16)
def _generator(curve: Curve) -> Comb:
    return Comb(curve, (curve.x, curve.y), _GENERATOR_TEETH)


@lru_cache(maxsize=512)
def _known(curve: Curve, point: Point) -> Comb:
    return Comb(curve, point, _KEY_TEETH)


def is_on_curve(curve: Curve, point: Point) -> bool:
    """Whether the coordinates are reduced, fulfil the equation and lie outside the small subgroup (RFC 7836 section 4.3).

    With a cofactor of 1 every point of the curve has order q. Else a point is of use when the cofactor does not kill it; VKO
    multiplies by the cofactor, so that what is left of another subgroup does no harm.
    """
    x, y = point
    p = curve.p
    if not (0 <= x < p and 0 <= y < p) or (y * y - (x * x + curve.a) * x - curve.b) % p:
        return False
    multiple: _Jacobian = (x, y, 1)
    for _ in range(curve.cofactor.bit_length() - 1):
        multiple = _double(curve, multiple)
    return multiple[2] != 0


def times_generator(curve: Curve, factor: int) -> Point | None:
    """The generator multiplied by 0 <= factor < q."""
    return _affine(curve, [_generator(curve).times(factor)])[0]


def times_known(curve: Curve, factor: int, point: Point) -> Point | None:
    """A point that comes again and again (a correspondent's key) multiplied by 0 <= factor < q; its table is kept."""
    return _affine(curve, [_known(curve, point).times(factor)])[0]


def times(curve: Curve, factor: int, point: Point) -> Point | None:
    """A point seen once multiplied by factor >= 0, by a sliding window."""
    double = _double(curve, (*point, 1))
    step = _affine(curve, [double])[0]
    odd: list[_Jacobian] = [(*point, 1)]
    for _ in range(2 ** (_WINDOW - 1) - 1):
        odd.append(odd[-1] if step is None else _add_affine(curve, odd[-1], step))
    table = _affine(curve, odd)
    total, bits, at = _INFINITY, format(factor, "b"), 0
    while at < len(bits):
        width = len(bits[at : at + _WINDOW].rstrip("0")) or 1
        for _ in range(width):
            total = _double(curve, total)
        digit = int(bits[at : at + width], 2)
        entry = table[digit >> 1] if digit else None
        if entry is not None:
            total = _add_affine(curve, total, entry)
        at += width
    return _affine(curve, [total])[0]


def combine(curve: Curve, base_factor: int, factor: int, point: Point) -> Point | None:
    """base_factor * generator + factor * point, both factors in [0, q); the sum of which a signature is checked."""
    known = _affine(curve, [_known(curve, point).times(factor)])[0]
    base = _generator(curve).times(base_factor)
    return _affine(curve, [base if known is None else _add_affine(curve, base, known)])[0]
