"""What a re-measurement found, per label, as a page shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from sv6d.errors import InputError

State = Literal["verified", "contradicted", "not_checkable"]


class Check(BaseModel):
    """What re-measuring a label's evidence found: `claimed` and `measured` where the two can be told."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    state: State
    claimed: str | float | None = None
    measured: str | float | None = None


_CHECKS = TypeAdapter(dict[str, Check])


def read_checks(path: Path) -> dict[str, Check]:
    """{label id: what was found} from a JSON file of that form.

    Raises:
        InputError: the file has another form.
    """
    try:
        return _CHECKS.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"{path.name} is no list of checks",
            found=f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
            wanted='{"label id": {"state": "verified" | "contradicted" | "not_checkable", "claimed", "measured"}}',
            next_step="hand over what `sv6d verify DOCUMENT VIDEO` wrote",
        ) from error
