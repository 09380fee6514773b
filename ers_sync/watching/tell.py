"""The text of an alert: everything that is new on a channel in one message, grouped by kind, in Russian, with nothing personal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from ers_sync.watching.incident import WORDS, Code, Urgency

MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to say of one incident: `event` is opened, worse or closed."""

    id: int
    event: str
    code: Code
    key: str
    about: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out on a channel."""

    subject: str
    text: str


def message(notices: Sequence[Notice], zone: tzinfo, site: str) -> Message:
    """Return one message that says all of it: what began or became worse first, then what is over."""
    began = [notice for notice in notices if notice.event != "closed"]
    over = [notice for notice in notices if notice.event == "closed"]
    parts = [_began(code, group, zone) for code, group in _grouped(began)]
    parts += [_over(code, group, zone) for code, group in _grouped(over)]
    # not masked: the words are ours, and the mask takes «ГБУЗ СО» for somebody's name
    return Message(_subject(began, over, site), "\n\n".join(parts) + "\n")


def _subject(began: Sequence[Notice], over: Sequence[Notice], site: str) -> str:
    """Say what is most urgent and when a person is needed: whoever is woken reads no further."""
    new = sorted((WORDS[code] for code, _ in _grouped(began)), key=lambda words: words.urgency is not Urgency.NOW)
    titles = [words.title for words in new] or [WORDS[code].title for code, _ in _grouped(over)]
    state = new[0].urgency if new else "закончилось"
    more = f" и ещё {len(titles) - 1}" if len(titles) > 1 else ""
    return f"[{site}] {state}: {titles[0]}{more}"


def _began(code: Code, notices: Sequence[Notice], zone: tzinfo) -> str:
    words = WORDS[code]
    return "\n".join(
        [
            f"НАЧАЛОСЬ: {words.title}",
            *_lines(notices, zone),
            f"Срочность: {words.urgency}",
            f"Что это значит: {words.means}",
            f"Что произойдёт само: {words.by_itself}",
            f"Что сделать: {words.to_do}",
            f"Подробно: {words.anchor(code)}",
        ]
    )


def _over(code: Code, notices: Sequence[Notice], zone: tzinfo) -> str:
    return "\n".join([f"ЗАКОНЧИЛОСЬ: {WORDS[code].title}", *_lines(notices, zone)])


def _lines(notices: Sequence[Notice], zone: tzinfo) -> list[str]:
    lines = [f"  – {notice.about} ({_when(notice, zone)})" for notice in notices[:MOST_LINES]]
    left = len(notices) - MOST_LINES
    return [*lines, f"  – и ещё {left}"] if left > 0 else lines


def _when(notice: Notice, zone: tzinfo) -> str:
    began = f"{notice.opened_at.astimezone(zone):%d.%m.%Y %H:%M}"
    if notice.event == "closed" and notice.closed_at:
        return f"с {began} до {notice.closed_at.astimezone(zone):%d.%m.%Y %H:%M}"
    return f"стало хуже, началось {began}" if notice.event == "worse" else f"с {began}"


def _grouped(notices: Sequence[Notice]) -> list[tuple[Code, list[Notice]]]:
    order = list(Code)
    listed = sorted(notices, key=lambda notice: (order.index(notice.code), notice.id))
    return [(code, list(group)) for code, group in groupby(listed, key=lambda notice: notice.code)]
