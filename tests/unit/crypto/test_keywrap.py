from __future__ import annotations

import pytest

from ers_sync.fss.crypto.curves import CURVES, TC26_512_A
from ers_sync.fss.crypto.gost28147 import CRYPTOPRO_A, TC26_Z
from ers_sync.fss.crypto.keywrap import unwrap, vko, wrap
from ers_sync.fss.crypto.signature import decode_point, encode_point, public_point

# RFC 7836 appendix B: the keys of A and B on the curve TC26 512 A, little-endian.
PRIVATE_A = (
    "c990ecd972fce84ec4db022778f50fcac726f46708384b8d458304962d7147f8"
    "c2db41cef22c90b102f2968404f9b9be6d47c79692d81826b32b8daca43cb667"
)
PUBLIC_A = (
    "aab0eda4abff21208d18799fb9a8556654ba783070eba10cb9abb253ec56dcf5"
    "d3ccba6192e464e6e5bcb6dea137792f2431f6c897eb1b3c0cc14327b1adc0a7"
    "914613a3074e363aedb204d38d3563971bd8758e878c9db11403721b48002d38"
    "461f92472d40ea92f9958c0ffa4c93756401b97f89fdbe0b5e46e4a4631cdb5a"
)
PRIVATE_B = (
    "48c859f7b6f11585887cc05ec6ef1390cfea739b1a18c0d4662293ef63b79e3b"
    "8014070b44918590b4b996acfea4edfbbbcccc8c06edd8bf5bda92a51392d0db"
)
PUBLIC_B = (
    "192fe183b9713a077253c72c8735de2ea42a3dbc66ea317838b65fa32523cd5e"
    "fca974eda7c863f4954d1147f1f2b25c395fce1c129175e876d132e94ed5a651"
    "04883b414c9b592ec4dc84826f07d0b6d9006dda176ce48c391e3f97d102e03b"
    "b598bf132a228a45f7201aba08fc524a2d77e43a362ab022ad4028f75bde3b79"
)
UKM = bytes.fromhex("1d80603c8544c727")
COMMON_KEY = "c9a9a77320e2cc559ed72dce6f47e2192ccea95fa648670582c054c0ef36c221"


def _number(octets: str) -> int:
    return int.from_bytes(bytes.fromhex(octets), "little")


@pytest.mark.parametrize(("private", "public"), [(PRIVATE_A, PUBLIC_A), (PRIVATE_B, PUBLIC_B)], ids=["a", "b"])
def test_public_keys_of_the_example(private: str, public: str) -> None:
    assert encode_point(TC26_512_A, public_point(TC26_512_A, _number(private))).hex() == public


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize(("private", "public"), [(PRIVATE_A, PUBLIC_B), (PRIVATE_B, PUBLIC_A)], ids=["a", "b"])
def test_the_common_key_of_the_example(private: str, public: str, keep: bool) -> None:
    point = decode_point(TC26_512_A, bytes.fromhex(public))
    assert vko(TC26_512_A, _number(private), point, UKM, keep=keep).hex() == COMMON_KEY


@pytest.mark.parametrize("oid", sorted(CURVES))
def test_both_sides_come_to_the_same_key(oid: str) -> None:
    curve = CURVES[oid]
    a, b = 3 * curve.q // 7, 5 * curve.q // 11
    first = vko(curve, a, public_point(curve, b), UKM)
    assert first == vko(curve, b, public_point(curve, a), UKM, keep=True)
    assert first != vko(curve, b, public_point(curve, a), UKM[::-1])


def test_an_ukm_of_zero_counts_as_one() -> None:
    curve = CURVES["1.2.643.2.2.36.0"]
    point = public_point(curve, 99)
    assert vko(curve, 7, point, bytes(8)) == vko(curve, 7, point, b"\1" + bytes(7))


@pytest.mark.parametrize("s_box", [TC26_Z, CRYPTOPRO_A])
def test_a_wrapped_key_comes_back_and_nothing_else_does(s_box: str) -> None:
    kek, key = bytes(range(32)), bytes(range(32, 64))
    wrapped, mac = wrap(kek, UKM, key, s_box)
    assert (len(wrapped), len(mac)) == (32, 4)
    assert unwrap(kek, UKM, wrapped, mac, s_box) == key
    for damaged in (
        (kek[::-1], UKM, wrapped, mac),
        (kek, UKM[::-1], wrapped, mac),
        (kek, UKM, wrapped[::-1], mac),
        (kek, UKM, wrapped, mac[::-1]),
    ):
        with pytest.raises(ValueError, match="MAC"):
            unwrap(*damaged, s_box)
