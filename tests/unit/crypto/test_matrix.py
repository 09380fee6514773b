"""Engine and pure are independent code: what one signs and encrypts, the other verifies and decrypts."""

from __future__ import annotations

import ctypes
import gc
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ers_sync.fss.crypto import evp, keytransport, libcrypto
from ers_sync.fss.crypto.curves import CURVES
from ers_sync.fss.crypto.engine import EngineProvider
from ers_sync.fss.crypto.gost28147 import CRYPTOPRO_A, TC26_Z, cbc_decrypt, cbc_encrypt
from ers_sync.fss.crypto.keys import new_private_key, write_private_key
from ers_sync.fss.crypto.keywrap import vko, wrap
from ers_sync.fss.crypto.padding import pad
from ers_sync.fss.crypto.provider import CryptoProvider, DecryptionError, Sealed
from ers_sync.fss.crypto.pure import PureProvider
from ers_sync.stand.pki import KeyPair

pytestmark = pytest.mark.usefixtures("engine")

PAIRS = [(EngineProvider, PureProvider), (PureProvider, EngineProvider)]
SIZES = [0, 1, 7, 8, 9, *range(1015, 1034), *range(2039, 2058), 4096, 7801]

each_pair = pytest.mark.parametrize(("sender", "receiver"), PAIRS, ids=["engine-pure", "pure-engine"])
each_s_box = pytest.mark.parametrize("s_box", [TC26_Z, CRYPTOPRO_A], ids=["z", "a"])


@each_pair
@each_s_box
@pytest.mark.parametrize("oid", sorted(CURVES))
def test_each_works_for_the_other_on_every_curve(
    sender: type[EngineProvider], receiver: type[PureProvider], s_box: str, oid: str
) -> None:
    one = sender(write_private_key(new_private_key(oid)), s_box=s_box)
    other = receiver(write_private_key(new_private_key(oid)))
    plain = random.Random(oid).randbytes(1100)
    digest = one.digest(plain)
    assert digest == other.digest(plain)
    assert other.verify_digest(one.public_key, digest, one.sign_digest(digest))
    assert other.decrypt(one.encrypt(plain, other.public_key)) == plain


@each_pair
@pytest.mark.parametrize("size", SIZES)
def test_messages_of_all_sizes_around_the_edges(
    sender: type[EngineProvider], receiver: type[PureProvider], size: int, hospital: KeyPair, fund: KeyPair
) -> None:
    plain = random.Random(size).randbytes(size)
    sealed = sender(hospital.private_key_pem).encrypt(plain, fund.certificate.spki_der)
    assert receiver(fund.private_key_pem).decrypt(sealed) == plain


@each_s_box
@pytest.mark.parametrize("meshing", [True, False], ids=["meshed", "plain"])
@pytest.mark.parametrize("size", [0, 8, 1016, 1024, 1032, 2040, 2048, 2056, 4096])
def test_the_ciphers_agree(s_box: str, meshing: bool, size: int) -> None:
    source = random.Random(size)
    key, iv, data = source.randbytes(32), source.randbytes(8), source.randbytes(size)
    encrypted = cbc_encrypt(key, iv, data, s_box=s_box, meshing=meshing)
    assert evp.cbc_encrypt(key, iv, data, s_box=s_box, meshing=meshing) == encrypted
    assert evp.cbc_decrypt(key, iv, encrypted, s_box=s_box, meshing=meshing) == data
    assert cbc_decrypt(key, iv, encrypted, s_box=s_box, meshing=meshing) == data


@each_pair
def test_a_recipient_with_a_longer_key_than_ones_own(
    sender: type[EngineProvider], receiver: type[PureProvider], hospital: KeyPair, fund_512: KeyPair
) -> None:
    one, other = sender(hospital.private_key_pem), receiver(fund_512.private_key_pem)
    assert other.decrypt(one.encrypt(b"text" * 400, fund_512.certificate.spki_der)) == b"text" * 400
    digest = other.digest(b"text")
    assert one.digest(b"text", 64) == digest
    assert one.verify_digest(fund_512.certificate.spki_der, digest, other.sign_digest(digest))


@each_pair
def test_without_meshing_both_sides_must_agree_on_it(
    sender: type[EngineProvider], receiver: type[PureProvider], hospital: KeyPair, fund: KeyPair
) -> None:
    plain = bytes(3000)
    sealed = sender(hospital.private_key_pem, meshing=False).encrypt(plain, fund.certificate.spki_der)
    assert receiver(fund.private_key_pem, meshing=False).decrypt(sealed) == plain
    try:
        opened = receiver(fund.private_key_pem).decrypt(sealed)
    except DecryptionError:
        return
    assert opened != plain


@pytest.mark.parametrize("make", [EngineProvider, PureProvider])
def test_a_message_for_a_key_on_another_curve_is_refused(make: Callable[[bytes], CryptoProvider]) -> None:
    keys = [write_private_key(new_private_key(oid)) for oid in ("1.2.643.2.2.36.0", "1.2.643.2.2.35.2")]
    one, other = make(keys[0]), make(keys[1])
    with pytest.raises(DecryptionError):
        other.decrypt(one.encrypt(b"text", one.public_key))


@pytest.mark.parametrize("make", [EngineProvider, PureProvider])
def test_an_ephemeral_key_of_another_curve_is_refused_even_when_the_arithmetic_would_fit(
    make: Callable[[bytes], CryptoProvider],
) -> None:
    """An attacker who may choose the curve of a point learns of the private key by whether a message opens."""
    own, foreign = new_private_key("1.2.643.2.2.36.0"), new_private_key("1.2.643.2.2.35.2")
    ukm, key, iv = b"UKM-UKM-", bytes(32), bytes(8)
    kek = vko(own.curve, own.d, foreign.public.point, ukm)
    transport = keytransport.KeyTransport(*wrap(kek, ukm, key, TC26_Z), ukm, TC26_Z, foreign.public)
    content = iv + cbc_encrypt(key, iv, pad(b"text"))
    with pytest.raises(DecryptionError):
        make(write_private_key(own)).decrypt(Sealed(keytransport.write(transport), content))


def test_refusals_leave_nothing_in_the_queue_of_errors(hospital: KeyPair, fund: KeyPair) -> None:
    """What stayed there would be told of the next call that fails."""
    provider = EngineProvider(hospital.private_key_pem)
    digest = provider.digest(b"text")
    assert not provider.verify_digest(fund.certificate.spki_der, digest, provider.sign_digest(digest))
    assert libcrypto.errors() == ""
    sealed = provider.encrypt(b"text", fund.certificate.spki_der)
    with pytest.raises(DecryptionError):
        provider.decrypt(sealed)
    assert libcrypto.errors() == ""


def _allocated() -> int:
    """Bytes in use of the C library's heaps, those of all threads."""
    libc, text, size = ctypes.CDLL(None), ctypes.c_char_p(), ctypes.c_size_t()
    libc.open_memstream.restype = ctypes.c_void_p
    stream = ctypes.c_void_p(libc.open_memstream(ctypes.byref(text), ctypes.byref(size)))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    whole = (text.value or b"").decode().rpartition("</heap>")[2]
    libc.free(text)
    found = {kind: int(bytes_) for kind, bytes_ in re.findall(r'type="(\w+)".* size="(\d+)"', whole)}
    return found["current"] + found["mmap"] - found["fast"] - found["rest"]


def test_nothing_that_openssl_allocates_stays_in_any_thread(hospital: KeyPair, fund: KeyPair) -> None:
    one, other = EngineProvider(hospital.private_key_pem), EngineProvider(fund.private_key_pem)

    def round_trip(number: int) -> None:
        digest = one.digest(b"text" * 300)
        assert other.verify_digest(hospital.certificate.spki_der, digest, one.sign_digest(digest))
        assert not other.verify_digest(hospital.certificate.spki_der, digest[::-1], one.sign_digest(digest))
        assert other.decrypt(one.encrypt(b"text" * 300, fund.certificate.spki_der))
        if number % 5 == 0:
            EngineProvider(hospital.private_key_pem)

    def rounds(count: int) -> None:
        """In threads that come and go: OpenSSL keeps something for each."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(round_trip, range(count)))
        gc.collect()

    def growth() -> int:
        before = _allocated()
        rounds(300)
        return _allocated() - before

    rounds(100)
    # The smallest of OpenSSL's objects has more than 16 bytes; what is lost is lost each time, what the interpreter sets up is not.
    assert min(growth() for _ in range(3)) < 300 * 16
