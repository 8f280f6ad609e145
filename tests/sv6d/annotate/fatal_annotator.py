"""An annotator whose process does not survive one of the clips."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Any

from sv6d.annotate.annotating import Annotator, ShownTask

FATAL = "studio/studio_0000.mp4"


@dataclass(frozen=True, kw_only=True)
class FatalForOne(Annotator):
    """As `Annotator` about every other clip."""

    def answer(self, model: Any, payload: ShownTask) -> bytes:
        if payload.task.row.uri == FATAL:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answer(model, payload)
