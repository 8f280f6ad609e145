"""Labels by the adapter: what it says about shots, where no rule can see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sv6d.annotate.answers import Said, read_answer
from sv6d.annotate.rule_labels import RULE_FIELDS
from sv6d.model.answer import Answer
from sv6d.schema.document import Evidence, Label, Shot, Source
from sv6d.schema.fields import field_of

# Stored numbers keep four digits: more would only be noise of the arithmetic.
_DIGITS = 4


@dataclass(frozen=True)
class AdapterLabels:
    """Labels, and how the rest of what was said fared, by name:

    `unread` parts of answers; values that `rules_agree` or `rules_disagree` with (the rule's label
    stands), or that were `rules_silent` about for want of a measurement; `unwanted` values of fields
    that it was not asked for; `unsupported` values of shots without a keyframe.
    """

    labels: tuple[Label, ...]
    counts: Mapping[str, int]


COUNTS = ("unread", "rules_agree", "rules_disagree", "rules_silent", "unwanted", "unsupported")


def adapter_labels(
    shots: Sequence[Shot],
    answers: Sequence[Answer],
    evidence: Sequence[Evidence],
    rule_labels: Sequence[Label],
    *,
    fields: Collection[str],
    source: Source,
) -> AdapterLabels:
    """Labels of `fields` from one answer per shot, citing the shot's keyframe.

    The confidence is the probability that the model gave to the value. Where a rule reads the
    field, the rule's word stands, and the adapter's is only compared with it.
    """
    ruled: dict[tuple[str, int], set[str]] = {}
    for label in rule_labels:
        ruled.setdefault((label.field, label.start_ns), set()).add(label.value)
    keyframes = {item.span: item.id for item in evidence if item.kind == "keyframe"}
    counts = Counter(dict.fromkeys(COUNTS, 0))
    labels = []
    for shot, answer in zip(shots, answers, strict=True):
        said, num_unread = read_answer(answer)
        counts["unread"] += num_unread
        for item in said:
            if item.field in RULE_FIELDS:
                counts[_against(item, ruled.get((item.field, shot.start_ns)))] += 1
            elif item.field not in fields:
                counts["unwanted"] += 1
            elif shot.span not in keyframes:
                counts["unsupported"] += 1
            else:
                labels.append(_label(item, shot, keyframes[shot.span], source))
    return AdapterLabels(tuple(labels), dict(counts))


def _against(item: Said, ruled: Collection[str] | None) -> str:
    if ruled is None:
        return "rules_silent"
    return "rules_agree" if item.value in ruled else "rules_disagree"


def _label(item: Said, shot: Shot, keyframe: str, source: Source) -> Label:
    field = field_of(item.field)
    assert field is not None  # read from the vocabulary
    return Label(
        id=f"{shot.id}.{item.field}.{item.value}",
        dimension=field.dimension,
        field=item.field,
        value=item.value,
        start_ns=shot.start_ns,
        end_ns=shot.end_ns,
        confidence=round(item.probability, _DIGITS),
        source=source,
        evidence=(keyframe,),
    )
