"""GOST R 34.11-2012 (Streebog), 256 and 512 bits, after RFC 6986.

The transformations S, P and L (sections 6.2 to 6.4) are folded into eight tables of 256 words. Numbers are
little-endian, as the digests are sent in signatures and certificates.
"""

from __future__ import annotations

import struct

# Section 6.2: the substitution pi.
_PI = bytes.fromhex(
    "fceedd11cf6e3116fbc4fada23c5044de977f0db932e99ba1736f1bb14cd5fc1f918655ae25cef21811c3c428b018e4f"
    "058402aee36a8fa0060bed987fd4d31feb342c51eac848abf22a68a2fd3aceccb5700e56080c7612bf7213479cb75d87"
    "15a19629107b9ac7f391786f9d9eb2b13275193dff358a7e6d54c680c3bd0d57dff524a93ea843c9d779d6f67c22b903"
    "e00fecde7a94b0bcdce828504e330a4aa79760731e0062441ab83882649f2641ad454692275e552f8ca3a57d69d5953b"
    "0758b34086ac1df730376be488d9e789e11b83494c3ff8fe8d53aa90cad88561207167a42d2b095bcb9b25d0bee56c52"
    "59a674d2e6f4b4c0d166afc2394b63b6"
)

# Section 6.4: the rows of the matrix A, the one of bit 63 first.
_MATRIX = struct.unpack(
    ">64Q",
    bytes.fromhex(
        "8e20faa72ba0b47047107ddd9b505a38ad08b0e0c3282d1cd8045870ef14980e6c022c38f90a4c073601161cf205268d"
        "1b8e0b0e798c13c883478b07b2468764a011d380818e8f405086e740ce47c9202843fd2067adea1014aff010bdd87508"
        "0ad97808d06cb40405e23c0468365a028c711e02341b2d0146b60f011a83988e90dab52a387ae76f486dd4151c3dfdb9"
        "24b86a840e90f0d2125c354207487869092e94218d243cba8a174a9ec8121e5d4585254f64090fa0accc9ca9328a8950"
        "9d4df05d5f661451c0a878a0a1330aa660543c50de970553302a1e286fc58ca718150f14b9ec46dd0c84890ad27623e0"
        "0642ca05693b9f700321658cba93c13886275df09ce8aaa8439da0784e745554afc0503c273aa42ad960281e9d1d5215"
        "e230140fc080298471180a8960409a42b60c05ca30204d215b068c651810a89e456c34887a3805b9ac361a443d1c8cd2"
        "561b0d22900e46692b838811480723ba9bcf4486248d9f5dc3e9224312c8c1a0effa11af0964ee50f97d86d98a327728"
        "e4fa2054a80b329c727d102a548b194e39b008152acb82279258048415eb419d492c024284fbaec0aa16012142f35760"
        "550b8e9e21f7a530a48b474f9ef5dc1870a6a56e2440598e3853dc371220a2471ca76e95091051ad0edd37c48a08a6d8"
        "07e095624504536c8d70c431ac02a736c83862965601dd1b641c314b2b8ee083"
    ),
)

# Section 6.5: the twelve iteration constants, each as a little-endian number.
_ITERATION_OCTETS = bytes.fromhex(
    "0745a6f2596580dd234d74cc3674760515d360a4082a42a20169679291e07c4b"
    "fcc485758db84e7116d0452e43766a2f1f7c65c0812fcbebe9daca1eda5b08b1"
    "b79bb121700479e656cdcbd71ba2dd55caa70adbc261b55c5899d6126b17b59a"
    "3101b5160f5ed561982b230a72eafef3d7b5700f469de34f1a2f9da98ab5a36f"
    "b20aba0af5961e9931db7a8643f4b6c209db6260373ac9c1b19e3590e40fe2d3"
    "7b7b29b11475eaf28b1f9c525f5ef10635843d6a28fc390ac72fce2bacdc74f5"
    "2ed1e384bcbe0c22f137e893a1ea5334be0352933313b7d875d603ed822cd7a9"
    "3f355e68ad1c729d7d3c5c337e858e48dde4715da0e148f9d26615e8b3df1fef"
    "57fe6c7cfd581760f563eaa97ea2567a161a2723b700ffdfa3f53a254717cdbf"
    "bdff0f80d7359e354a1086161f1c157f6323a96c0c413f9a994747adac6bea4b"
    "6e7d64467a4068fa354f903672c571bfb6c6bec2661ff20ab4b79a1cb7a6facf"
    "c68ef09ab49a7f186ca44251f9c4662dc039307a3bc3a46fd9d33a1daeae4fae"
    "93d4143a4d568688f34a3ca24c45173504054a2883694706372c822dc5ab9209"
    "c9937a19333e47d3c987bfe6c7c69e39540924bffe86ac51ecc5aaee160ec7f4"
    "1ee702bfd40d7fa4d9a8515935c2ac362fc4a5d12b8dd16990069b92cb2b89f4"
    "9ac4db4d3b44b4891ede369c71f8b74e41416e0c02aae703a7c9934d425b1f9b"
    "db5a238351446172602a1fcb92dc380e549c07a69a8a2b7bb1ceb2db0b440a80"
    "84090de0b755d93c244289251b3a7d3ade5f16ecd89a4c949b223116545a8f37"
    "ed9c4598fbc7b474c3b63b15d1fa9836f452763b306c1e7a4b3369af0267e79f"
    "0361331b8ae1ff1fdb788aff1ce74189f3f3e4b248e52a38526f0580a6debeab"
    "1b2df381cda4ca6b5dd86fc04a59a2de986e477d1dcdbaefcab948eaef711d8a"
    "79668414218001206107abebbb6bfad894fe5a63cdc60230fb89c8efd09ecd7b"
    "20d71bf14a92bc48991bb2d9d517f4fa5228e188aaa41de786cc91189def805d"
    "9b9f2130d41220f8771ddfbc323ca4cd7ab14904b08013d2ba3116f167e78e37"
)
_ITERATION = tuple(int.from_bytes(_ITERATION_OCTETS[at : at + 64], "little") for at in range(0, 12 * 64, 64))


def _tables() -> tuple[tuple[int, ...], ...]:
    """Images under pi and the matrix of each octet at each of the eight places of a word, the lowest first."""
    tables = []
    for place in range(8):
        rows = _MATRIX[56 - 8 * place : 64 - 8 * place][::-1]
        linear = [0]
        for row in rows:
            linear += [word ^ row for word in linear]
        tables.append(tuple(linear[octet] for octet in _PI))
    return tuple(tables)


_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7 = _tables()
_pack = struct.Struct("<8Q").pack


def _lps(state: int) -> int:
    """L(P(S(state))); written out, because this line is nearly all the time that a digest takes."""
    # fmt: off
    (
        a0, a1, a2, a3, a4, a5, a6, a7,
        b0, b1, b2, b3, b4, b5, b6, b7,
        c0, c1, c2, c3, c4, c5, c6, c7,
        d0, d1, d2, d3, d4, d5, d6, d7,
        e0, e1, e2, e3, e4, e5, e6, e7,
        f0, f1, f2, f3, f4, f5, f6, f7,
        g0, g1, g2, g3, g4, g5, g6, g7,
        h0, h1, h2, h3, h4, h5, h6, h7,
    ) = state.to_bytes(64, "little")
    return int.from_bytes(_pack(
        _T0[a0] ^ _T1[b0] ^ _T2[c0] ^ _T3[d0] ^ _T4[e0] ^ _T5[f0] ^ _T6[g0] ^ _T7[h0],
        _T0[a1] ^ _T1[b1] ^ _T2[c1] ^ _T3[d1] ^ _T4[e1] ^ _T5[f1] ^ _T6[g1] ^ _T7[h1],
        _T0[a2] ^ _T1[b2] ^ _T2[c2] ^ _T3[d2] ^ _T4[e2] ^ _T5[f2] ^ _T6[g2] ^ _T7[h2],
        _T0[a3] ^ _T1[b3] ^ _T2[c3] ^ _T3[d3] ^ _T4[e3] ^ _T5[f3] ^ _T6[g3] ^ _T7[h3],
        _T0[a4] ^ _T1[b4] ^ _T2[c4] ^ _T3[d4] ^ _T4[e4] ^ _T5[f4] ^ _T6[g4] ^ _T7[h4],
        _T0[a5] ^ _T1[b5] ^ _T2[c5] ^ _T3[d5] ^ _T4[e5] ^ _T5[f5] ^ _T6[g5] ^ _T7[h5],
        _T0[a6] ^ _T1[b6] ^ _T2[c6] ^ _T3[d6] ^ _T4[e6] ^ _T5[f6] ^ _T6[g6] ^ _T7[h6],
        _T0[a7] ^ _T1[b7] ^ _T2[c7] ^ _T3[d7] ^ _T4[e7] ^ _T5[f7] ^ _T6[g7] ^ _T7[h7],
    ), "little")
    # fmt: on


def _compress(counter: int, state: int, block: int) -> int:
    """The compression function g_N (section 8)."""
    key = _lps(state ^ counter)
    mixed = block
    for constant in _ITERATION:
        mixed = _lps(mixed ^ key)
        key = _lps(key ^ constant)
    return mixed ^ key ^ state ^ block


def streebog(data: bytes, size: int) -> bytes:
    """Digest of the bytes.

    Args:
        data: What is hashed.
        size: Length of the digest in bytes, 32 or 64.
    """
    if size not in {32, 64}:
        raise ValueError("the digest has 32 or 64 bytes")
    state = int.from_bytes(b"\1" * 64, "little") if size == 32 else 0
    counter = total = 0
    whole = len(data) - len(data) % 64
    for at in range(0, whole, 64):
        block = int.from_bytes(data[at : at + 64], "little")
        state = _compress(counter, state, block)
        counter += 512
        total += block
    block = int.from_bytes(data[whole:] + b"\1", "little")
    state = _compress(counter, state, block)
    counter += 8 * (len(data) - whole)
    total = (total + block) & ((1 << 512) - 1)
    state = _compress(0, state, counter)
    return _compress(0, state, total).to_bytes(64, "little")[64 - size :]
