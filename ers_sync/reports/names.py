"""What the sheets call a hospital: never two by the same name, and short enough for a list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

LONGEST = 48  # letters of a name in a list: two or three lines of its column
_LEGAL_FORM = re.compile(
    r"\b((федеральное )?государственное|муниципальное) (бюджетное|автономное|каз[её]нное) учреждение( здравоохранения)?\b",
    re.IGNORECASE,
)


class Names(dict[int, str]):
    """What to call each hospital, by id; one of which the ledger has only the number is called by it."""

    def __missing__(self, id_: int) -> str:
        """Return what to call a hospital without a name."""
        return f"МО {id_}"


def distinct(rows: Iterable[tuple[int, str | None, str | None]]) -> Names:
    """Return what to call each hospital (id, name, ОГРН): where two have the same name, their ОГРН or number tells them apart."""
    known = [(number, " ".join((name or "").split()) or f"МО {number}", ogrn) for number, name, ogrn in rows]
    named = Counter(name.casefold() for _, name, _ in known)
    ogrns = Counter(ogrn for _, _, ogrn in known if ogrn)
    return Names(
        (
            number,
            name
            if named[name.casefold()] == 1
            else f"{name} (ОГРН {ogrn})"
            if ogrn and ogrns[ogrn] == 1
            else f"{name} (№ {number} в РАМ)",
        )
        for number, name, ogrn in known
    )


def shortened(names: Mapping[int, str]) -> Names:
    """Return the names as lists show them: the long ones cut, with their number where that makes two the same."""
    short = {number: cut(name) for number, name in names.items()}
    seen = Counter(name.casefold() for name in short.values())
    return Names(
        (number, name if seen[name.casefold()] == 1 else f"{cut(names[number], LONGEST - 8)} № {number}")
        for number, name in short.items()
    )


def cut(name: str, longest: int = LONGEST) -> str:
    """Return a name of at most so many letters: with the initials of its legal form, cut in the middle, for what tells it apart is last."""
    if len(name) > longest:
        name = _LEGAL_FORM.sub(lambda form: "".join(word[0].upper() for word in form.group().split()), name)
    if len(name) <= longest:
        return name
    return f"{name[: longest // 3].rstrip()}…{name[longest // 3 + 1 - longest :].lstrip()}"
