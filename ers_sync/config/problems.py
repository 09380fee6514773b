"""What is wrong in a configuration, in Russian: the key, what is wrong with it, what to do. Values are never quoted."""

from __future__ import annotations

from dataclasses import dataclass

Location = tuple[str | int, ...]


def key_path(location: Location) -> str:
    """Return the location as the operator reads it: `hospitals[2].start_from`, entries counted from 1."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        else:
            path += f".{step}" if path else step
    return path


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where (key path, line of the file where known), what is wrong, and what to do."""

    key: str
    wrong: str
    advice: str
    line: int | None = None

    def __str__(self) -> str:
        """Return one line of Russian text."""
        place = ", ".join(part for part in (self.key, f"строка {self.line}" if self.line else "") if part)
        return f"{place}: {self.wrong}. Что сделать: {self.advice}."


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.line or 0, problem.key))
        super().__init__("\n".join(str(problem) for problem in self.problems))
