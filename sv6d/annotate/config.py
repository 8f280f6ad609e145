"""Settings of the sections `expert_annotations` and `annotations` of `params.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sv6d.fingerprint import Config


class ExpertAnnotationsConfig(Config):
    """Which documents count as expert truth.

    Attributes:
        producers: who may have made the labels of an accepted document. A document with a label by
            anybody else is refused; rules and adapters can never be accepted.
    """

    producers: Annotated[tuple[Literal["expert", "studio"], ...], Field(min_length=1)]
