"""Structured logging: one line an event, `action=…` first, then its fields; masked; fit for journald.

The program logs through `event(logger, level, "submit.sent", request=17)`. Fields are ids, counts and words of our own. A record of a
library becomes `action=library` with its text masked. Of an exception only types and places in the code are written: texts and
arguments may quote a patient.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from ers_sync.ops.masking import mask

if TYPE_CHECKING:
    from types import TracebackType

TALKATIVE = ("zeep", "httpx", "httpcore", "urllib3", "sqlalchemy", "hpack", "xmlsec")
"""Libraries whose DEBUG and INFO quote whole messages or parameters: nothing below WARNING is taken from them."""

_PLAIN = re.compile(r"[\w.:/@+-]+")
_JOURNAL_PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


def event(logger: logging.Logger, level: int, action: str, /, *, exc_info: Any = None, **fields: Any) -> None:
    """Log that `action` happened; `fields` say with what: ids, counts, our own words, never a patient's data."""
    logger.log(level, action, exc_info=exc_info, extra={"fields": fields}, stacklevel=2)


def setup_logging(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send all records to `stream` (standard error unless given), in place of whatever handlers there were."""
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(LineFormatter(journal="JOURNAL_STREAM" in os.environ))
    handler.addFilter(_not_talkative)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Say that a record could not be written; the library's own way prints its text and arguments."""
        # a stream that is closed or full takes this line no better, and a lost line must not cost the job that wrote it
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(f"action=log.failed logger={record.name} line={record.lineno}\n")


def _not_talkative(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in TALKATIVE


class LineFormatter(logging.Formatter):
    """Writes a record as `time level action=… key=value …`; for the journal `<priority>` stands instead of time and level."""

    def __init__(self, *, journal: bool = False) -> None:
        super().__init__()
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """Return one masked line."""
        fields = getattr(record, "fields", None)
        if fields is None:
            pairs = {"action": "library", "logger": record.name, "text": record.getMessage()}
        else:
            pairs = {"action": record.msg, **fields}
        if record.exc_info and record.exc_info[1]:
            pairs["error"] = describe(record.exc_info[1])
        text = mask(" ".join(f"{key}={_value(value)}" for key, value in pairs.items()))
        if self._journal:
            return f"<{_JOURNAL_PRIORITY.get(record.levelno, 6)}>{text}"
        moment = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(record.created))
        return f"{moment} {record.levelname} {text}"


def _value(value: object) -> str:
    text = str(value)
    # quoted in one piece: no line break or blank of a value can pose as another field
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def describe(error: BaseException) -> str:
    """Return types and places of an error and of what caused it, `OperationalError@database.py:41 < OSError@…`; no texts."""
    parts = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        parts.append(f"{type(link).__name__}{_place(link.__traceback__)}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return " < ".join(parts)


def _place(traceback: TracebackType | None) -> str:
    """Return the innermost place of our own code, else the innermost of all."""
    place = own = ""
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        place = f"@{os.path.basename(filename)}:{traceback.tb_lineno}"  # noqa: PTH119 - a frame's name need not be a path
        if f"{os.sep}ers_sync{os.sep}" in filename or f"{os.sep}jobs{os.sep}" in filename:
            own = place
        traceback = traceback.tb_next
    return own or place
