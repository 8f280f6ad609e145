"""Settings of the section `filtered_corpus` of `params.yaml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sv6d.annotate.config import RulesConfig
from sv6d.fingerprint import Config

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class FilteredCorpusConfig(Config):
    """What is kept.

    Attributes:
        rules: thresholds by which values are read again from cited evidence; the same as those of
            `annotations`, so that a label made from evidence is not refused over another threshold.
        min_evidence_cover: share of a label's span that its measured evidence must cover.
        min_confidence: of a kept label.
        confidence_thresholds: from which confidence on a field of the adapter may be accepted; the
            lowest that agrees with experts for sure is taken.
        z: normal quantile of the intervals.
        min_document_score: of a kept document.
        min_agreement: of a kept document with an expert's document of the same video.
        limit_s: seconds of wall time for measuring one video again.
    """

    rules: RulesConfig
    min_evidence_cover: Share
    min_confidence: Share
    confidence_thresholds: Annotated[tuple[Share, ...], Field(min_length=1)]
    z: Annotated[float, Field(gt=0.0)]
    min_document_score: Share
    min_agreement: Share
    limit_s: Annotated[float, Field(gt=0.0)]
