from __future__ import annotations

import pytest

from ers_sync.fss.crypto import evp
from ers_sync.fss.crypto.streebog import streebog

# RFC 6986 section 10; the second message as its author would type it, in the encoding of the time.
M1 = b"012345678901234567890123456789012345678901234567890123456789012"
M2 = "Се ветри, Стрибожи внуци, веютъ с моря стрелами на храбрыя плъкы Игоревы".encode("cp1251")


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (M1, "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"),
        (M2, "9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50"),
        (
            M1,
            (
                "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
                "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
            ),
        ),
        (
            M2,
            (
                "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376"
                "035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28"
            ),
        ),
    ],
    ids=["m1-256", "m2-256", "m1-512", "m2-512"],
)
def test_known_digests(message: bytes, digest: str) -> None:
    assert streebog(message, len(digest) // 2).hex() == digest


def test_a_digest_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="32 or 64"):
        streebog(b"", 48)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("length", [0, 1, 62, 63, 64, 65, 127, 128, 129, 191, 192, 1000])
def test_the_engine_agrees_at_the_edges_of_blocks(length: int, size: int) -> None:
    data = bytes(range(256)) * 4
    assert streebog(data[:length], size) == evp.digest(data[:length], size)


@pytest.mark.usefixtures("engine")
def test_sums_that_carry_over_512_bits_agree() -> None:
    assert streebog(b"\xff" * 640, 32) == evp.digest(b"\xff" * 640, 32)
