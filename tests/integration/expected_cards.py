"""Patients' cards at the edges of what must be in them, and numbers of СНИЛС."""

from __future__ import annotations

from typing import Any

from tests.integration.expected_ram import SNILS

# Cards: the same rows with one value changed; is it sent?
CARDS: dict[str, tuple[dict[str, Any], bool]] = {
    "a name of blanks": ({"first_name": " \t\n\u00a0"}, False),
    "a name of what XML cannot hold": ({"last_name": "\x01\x0b \x1f\ufffe"}, False),
    "a name of 100 characters and blanks": ({"last_name": f" {'Ё' * 100}\x0b\n"}, True),
    "a name of 101": ({"last_name": "Ё" * 101}, False),
    "a first name of 100": ({"first_name": "Ё" * 100}, True),
    "a first name of 101": ({"first_name": "Ё" * 101}, False),
    "a patronymic of 100": ({"patronymic": "Ё" * 100}, True),
    "a patronymic of 101, never cut": ({"patronymic": "Ё" * 101}, False),
    "no birth date": ({"birth_date": None}, False),
    "policy kind alone": ({"oms_policy_number": None}, False),
    "policy number alone": ({"oms_policy_kind": ""}, False),
    "a policy number of 50": ({"oms_policy_number": "1" * 50}, True),
    "a policy number of 51": ({"oms_policy_number": "1" * 51}, False),
    "a long kind of policy": ({"oms_policy_kind": "П" * 2000}, True),
    "no policy, with the reason": ({"oms_policy_number": None, "oms_absence_reason": "н" * 1000}, True),
    "a blank reason": ({"oms_policy_number": None, "oms_absence_reason": " \r\n"}, False),
    "a reason of 1001": ({"oms_policy_number": None, "oms_absence_reason": "н" * 1001}, False),
    "no kind of document": ({"id_doc_kind": None}, False),
    "a kind of document of 100": ({"id_doc_kind": "П" * 100}, True),
    "a kind of document of 101": ({"id_doc_kind": "П" * 101}, False),
    "no number of document": ({"id_doc_number": None}, False),
    "a number of document of 50": ({"id_doc_number": "1" * 50}, True),
    "a number of document of 51": ({"id_doc_number": "1" * 51}, False),
    "no date of document": ({"id_doc_issue_date": None}, False),
    "no issuer": ({"id_doc_issuer": None}, False),
    "an issuer of 500": ({"id_doc_issuer": "М" * 500}, True),
    "an issuer of 501": ({"id_doc_issuer": "М" * 501}, False),
    "no document, with the reason": ({"id_doc_number": None, "id_doc_absence_reason": "н" * 1000}, True),
    "no document, with a long reason": ({"id_doc_number": None, "id_doc_absence_reason": "н" * 1001}, False),
    "no address": ({"address": None}, False),
    "an address of 1000": ({"address": "а" * 1000}, True),
    "an address of 1001": ({"address": "а" * 1001}, False),
    "no address, with the reason": ({"address": None, "address_absence_reason": "н" * 1000}, True),
    "no address, with a long reason": ({"address": None, "address_absence_reason": "н" * 1001}, False),
    "no СНИЛС": ({"snils": " "}, False),
    "СНИЛС with dashes": ({"snils": f" {SNILS[1][:3]}-{SNILS[1][3:6]}-{SNILS[1][6:9]} {SNILS[1][9:]}"}, True),
    "a wrong digit": ({"snils": SNILS[1][:-1] + str((int(SNILS[1][-1]) + 1) % 10)}, False),
    "a wrong digit, with a reason": ({"snils": "11223344500", "snils_absence_reason": "нет"}, False),
    "twelve digits": ({"snils": SNILS[1] + "0"}, False),
    "zeros": ({"snils": "00000000000"}, False),
}
# СНИЛС of other numbers: what the Fund gets, nothing if it is held.
NUMBERS = {"00100199812": "00100199812", "00100199900": "", "00100199965": "00100199965", "00000000001": "00000000001"}
