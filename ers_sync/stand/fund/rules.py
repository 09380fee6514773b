"""The Fund's decision on one loaded request.

A decision changes nothing: it returns the refusals, or the changes that `Registry.apply` is to carry out.
"""

from __future__ import annotations

from collections.abc import Callable

from ers_sync.stand.fund import rules_certificate, rules_ticket, rules_visit
from ers_sync.stand.fund.model import Put
from ers_sync.stand.fund.ruling import Settled, Verdict

_RULES: dict[str, Callable[[Put, Settled], Verdict]] = {
    "createErs": rules_certificate.create,
    "disableErs": rules_certificate.disable,
    "putVisit": rules_visit.put_visit,
    "annulVisit": rules_visit.annul_visit,
    "putTicket1": rules_ticket.put_ticket1,
    "putTicket2": rules_ticket.put_ticket2,
    "putTicket3": rules_ticket.put_ticket3,
}


def judge(put: Put, fund: Settled) -> Verdict:
    """Decide on one request by everything processed before it."""
    return _RULES[put.operation](put, fund)
