"""What the client needs to know of the Fund's service: a module such as `messages.py`, and nothing of it anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from ers_sync.domain.content import Kind, Numbers, Sender
from ers_sync.fss.answers import Answer
from ers_sync.fss.software import Software


class Service(Protocol):
    """The description of a service with the mapping of our words onto its own; a module serves as one."""

    @property
    def WSDL(self) -> Path:  # noqa: N802 - constants of a module
        """The description, with its schemas beside it."""
        ...

    @property
    def OPERATIONS(self) -> Mapping[Kind, str]:  # noqa: N802 - the same
        """The operation of every kind of request."""
        ...

    @property
    def GET_RESULT(self) -> str:  # noqa: N802 - the same
        """The operation that asks what became of a request."""
        ...

    @property
    def GET_DATA(self) -> str:  # noqa: N802 - the same
        """The operation that asks for certificates."""
        ...

    def request(
        self, kind: Kind, software: Software, sender: Sender, content: Mapping[str, Any], numbers: Numbers, /
    ) -> Mapping[str, Any]:
        """Return the values of a request's elements."""
        ...

    def result_question(self, software: Software, sender: Sender, kind: Kind, request_id: str, /) -> Mapping[str, Any]:
        """Return the values of the question what became of a request."""
        ...

    def data_question(self, software: Software, sender: Sender, ers_identifier: str, /) -> Mapping[str, Any]:
        """Return the values of the question for certificates."""
        ...

    def answer(self, operation: str, values: Any, /) -> Answer:
        """Return an answer in our own words."""
        ...
