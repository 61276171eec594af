"""One shape for every refusal, from engine to page, API and command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where (row, field), what (code, message), why (clause)."""

    code: str
    message: str
    field: str | None = None
    row: int | str | None = None
    clause: str | None = None
    value: Any = None

    def as_json(self) -> dict[str, Any]:
        """The error row of the stable formats; absent keys are null."""
        return {k: asdict(self)[k] for k in ("row", "field", "code", "message", "clause", "value")}

    def at(self, row: int | str | None = None, field: str | None = None) -> Problem:
        """The same problem placed at a row or field, where it had none."""
        return replace(self, row=self.row if self.row is not None else row, field=self.field or field)


SHOWN = 20  # problems told in the text of an exception; ``problems`` holds them all


class Refused(Exception):
    """Input or act refused: a typed error with sentences a person can act on; nothing was written.

    ``status`` is the HTTP status a page or API answers with (422 input, 403 right, 404 unseen, 409 state or version).
    """

    status = 422
    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("a refusal names at least one problem")
        self.problems = list(problems)
        more = f" …（共 {len(problems)} 处）" if len(problems) > SHOWN else ""
        super().__init__("; ".join(p.message for p in problems[:SHOWN]) + more)

    @classmethod
    def one(cls, code: str, message: str, **place: Any) -> Refused:
        """A refusal with a single problem."""
        return cls(Problem(code, message, **place))

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Refused:
        """A refusal from collected problems."""
        return cls(*problems)

    def as_json(self) -> dict[str, Any]:
        """``{"errors": [...]}`` as printed by the command line and served by the API."""
        return {"errors": [p.as_json() for p in self.problems]}


class ProvenNegative(Refused):
    """A proven negative answer, such as an infeasible assignment (exit code 3)."""

    exit_code = 3


class Stopped(Refused):
    """Stopped by a limit with the best found so far (exit code 4)."""

    exit_code = 4
