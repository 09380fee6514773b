"""Elliptic curves of GOST R 34.10-2012: every parameter set that certificates name, found by its OID.

Sources: RFC 4357 section 11.4 (CryptoPro A, B, C, XchA, XchB), RFC 7091 section 7.1 (the test curve), RFC 7836 appendix A
(TC26 256 A, 512 A, B, C) and RFC 9215 (TC26 256 B, C, D). Several OIDs mean one curve.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """y^2 = x^3 + ax + b over the integers modulo p, with the point (x, y) of prime order q.

    Attributes:
        name: For developers.
        size: Bytes of a coordinate, of a private key and of the digest that is signed: 32 or 64.
        cofactor: Number of points of the curve divided by q.
    """

    name: str
    size: int
    p: int
    a: int
    b: int
    q: int
    x: int
    y: int
    cofactor: int = 1


TEST_256 = Curve(
    name="test-256",
    size=32,
    p=0x8000000000000000000000000000000000000000000000000000000000000431,
    a=7,
    b=0x5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E,
    q=0x8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3,
    x=2,
    y=0x08E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8,
)

CRYPTOPRO_A = Curve(
    name="cryptopro-a",
    size=32,
    p=2**256 - 617,
    a=-3,
    b=166,
    q=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893,
    x=1,
    y=0x8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14,
)

CRYPTOPRO_B = Curve(
    name="cryptopro-b",
    size=32,
    p=0x8000000000000000000000000000000000000000000000000000000000000C99,
    a=-3,
    b=0x3E1AF419A269A5F866A7D3C25C3DF80AE979259373FF2B182F49D4CE7E1BBC8B,
    q=0x800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F,
    x=1,
    y=0x3FA8124359F96680B83D1C3EB2C070E5C545C9858D03ECFB744BF8D717717EFC,
)

CRYPTOPRO_C = Curve(
    name="cryptopro-c",
    size=32,
    p=0x9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B,
    a=-3,
    b=0x805A,
    q=0x9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9,
    x=0,
    y=0x41ECE55743711A8C3CBF3783CD08C0EE4D4DC440D4641A8F366E550DFDB3BB67,
)

TC26_256_A = Curve(
    name="tc26-256-a",
    size=32,
    p=2**256 - 617,
    a=0xC2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335,
    b=0x295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513,
    q=0x400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67,
    x=0x91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28,
    y=0x32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C,
    cofactor=4,
)

TEST_512 = Curve(
    name="test-512",
    size=64,
    p=int(
        "4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15d"
        "f1d852741af4704a0458047e80e4546d35b8336fac224dd81664bbf528be6373",
        16,
    ),
    a=7,
    b=int(
        "1cff0806a31116da29d8cfa54e57eb748bc5f377e49400fdd788b649eca1ac43"
        "61834013b2ad7322480a89ca58e0cf74bc9e540c2add6897fad0a3084f302adc",
        16,
    ),
    q=int(
        "4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15d"
        "a82f2d7ecb1dbac719905c5eecc423f1d86e25edbe23c595d644aaf187e6e6df",
        16,
    ),
    x=int(
        "24d19cc64572ee30f396bf6ebbfd7a6c5213b3b3d7057cc825f91093a68cd762"
        "fd60611262cd838dc6b60aa7eee804e28bc849977fac33b4b530f1b120248a9a",
        16,
    ),
    y=int(
        "2bb312a43bd2ce6e0d020613c857acddcfbf061e91e5f2c3f32447c259f39b2c"
        "83ab156d77f1496bf7eb3351e1ee4e43dc1a18b91b24640b6dbb92cb1add371e",
        16,
    ),
)

TC26_512_A = Curve(
    name="tc26-512-a",
    size=64,
    p=2**512 - 569,
    a=-3,
    b=int(
        "e8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b6265"
        "ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760",
        16,
    ),
    q=int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
        16,
    ),
    x=3,
    y=int(
        "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921"
        "df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
        16,
    ),
)

TC26_512_B = Curve(
    name="tc26-512-b",
    size=64,
    p=2**511 + 111,
    a=-3,
    b=int(
        "687d1b459dc841457e3e06cf6f5e2517b97c7d614af138bcbf85dc806c4b289f"
        "3e965d2db1416d217f8b276fad1ab69c50f78bee1fa3106efb8ccbc7c5140116",
        16,
    ),
    q=int(
        "8000000000000000000000000000000000000000000000000000000000000001"
        "49a1ec142565a545acfdb77bd9d40cfa8b996712101bea0ec6346c54374f25bd",
        16,
    ),
    x=2,
    y=int(
        "1a8f7eda389b094c2c071e3647a8940f3c123b697578c213be6dd9e6c8ec7335"
        "dcb228fd1edf4a39152cbcaaf8c0398828041055f94ceeec7e21340780fe41bd",
        16,
    ),
)

TC26_512_C = Curve(
    name="tc26-512-c",
    size=64,
    p=2**512 - 569,
    a=int(
        "dc9203e514a721875485a529d2c722fb187bc8980eb866644de41c68e1430645"
        "46e861c0e2c9edd92ade71f46fcf50ff2ad97f951fda9f2a2eb6546f39689bd3",
        16,
    ),
    b=int(
        "b4c4ee28cebc6c2c8ac12952cf37f16ac7efb6a9f69f4b57ffda2e4f0de5ade0"
        "38cbc2fff719d2c18de0284b8bfef3b52b8cc7a5f5bf0a3c8d2319a5312557e1",
        16,
    ),
    q=int(
        "3fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "c98cdba46506ab004c33a9ff5147502cc8eda9e7a769a12694623cef47f023ed",
        16,
    ),
    x=int(
        "e2e31edfc23de7bdebe241ce593ef5de2295b7a9cbaef021d385f7074cea043a"
        "a27272a7ae602bf2a7b9033db9ed3610c6fb85487eae97aac5bc7928c1950148",
        16,
    ),
    y=int(
        "f5ce40d95b5eb899abbccff5911cb8577939804d6527378b8c108c3d2090ff9b"
        "e18e2d33e3021ed2ef32d85822423b6304f726aa854bae07d0396e9a9addc40f",
        16,
    ),
    cofactor=4,
)

CURVES = {
    "1.2.643.2.2.35.0": TEST_256,
    "1.2.643.2.2.35.1": CRYPTOPRO_A,
    "1.2.643.2.2.35.2": CRYPTOPRO_B,
    "1.2.643.2.2.35.3": CRYPTOPRO_C,
    "1.2.643.2.2.36.0": CRYPTOPRO_A,  # XchA
    "1.2.643.2.2.36.1": CRYPTOPRO_C,  # XchB
    "1.2.643.7.1.2.1.1.1": TC26_256_A,
    "1.2.643.7.1.2.1.1.2": CRYPTOPRO_A,  # TC26 256 B
    "1.2.643.7.1.2.1.1.3": CRYPTOPRO_B,  # TC26 256 C
    "1.2.643.7.1.2.1.1.4": CRYPTOPRO_C,  # TC26 256 D
    "1.2.643.7.1.2.1.2.0": TEST_512,
    "1.2.643.7.1.2.1.2.1": TC26_512_A,
    "1.2.643.7.1.2.1.2.2": TC26_512_B,
    "1.2.643.7.1.2.1.2.3": TC26_512_C,
}
