"""The chain of an answer as a CycloneDX bill of materials: models with a model card, data with their hashes."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6

from jobs.audit.model import Answer, Source, Version
from jobs.audit.show import flat
from sv6d.fingerprint import fingerprint
from sv6d.io import dump_json

# Artifacts that are models (or a part of one): they get a model card.
_MODELS = frozenset({"base_model", "annotator", "sft_checkpoint", "grpo_checkpoint"})
_HOW = {
    "base_model": "self-supervised",
    "annotator": "supervised",
    "sft_checkpoint": "supervised",
    "grpo_checkpoint": "reinforcement-learning",
}
_BOMS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:sv6d:jobs.audit:bom")


def as_bom(answer: Answer) -> bytes:
    """The bill of materials, CycloneDX 1.6 as JSON. Equal answers give equal bytes."""
    components = {version.word: _component(version) for version in answer.versions}
    sources = [_source(source) for source in answer.sources]
    about = components[answer.versions[0].word]
    # A reference may stand once in the document, and what it is about stands above the list.
    bom = Bom(components=[*(part for part in components.values() if part is not about), *sources])
    # Identity and time are those of what is described, not of the moment of writing.
    versions = {version.word: version.md5 for version in answer.versions}
    bom.serial_number = uuid.uuid5(_BOMS, fingerprint({"target": answer.target, "versions": versions}))
    bom.metadata.timestamp = _made(answer.versions[0])
    bom.metadata.component = about
    for version in answer.versions:
        made_from = [components[name] for name in version.made_from if name in components]
        bom.register_dependency(components[version.word], made_from + (sources if version.word == "inputs" else []))
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    for version in answer.versions:
        if version.word in _MODELS:
            _add_card(document, version)
    return dump_json(document)


def _component(version: Version) -> Component:
    facts = {
        "sv6d:dvc.md5": version.md5,
        "sv6d:fingerprint": version.fingerprint,
        "sv6d:code.commit": version.commit,
        "sv6d:dagster.run_id": version.dagster_run_id,
        "sv6d:mlflow.run_id": version.mlflow_run_id,
        "sv6d:recorded.commit": version.recorded.commit if version.recorded else None,
        "sv6d:signed.key": version.signed_by,
        **{f"sv6d:setting.{name}": value for name, value in flat(version.settings)},
    }
    return Component(
        name=version.word,
        version=version.md5,
        type=ComponentType.MACHINE_LEARNING_MODEL if version.word in _MODELS else ComponentType.DATA,
        bom_ref=f"{version.word}@{version.md5}",
        # CycloneDX's hashes are of a file; the digest is over the artifact's list of files and hashes.
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=version.digest)] if version.digest else [],
        properties=[Property(name=name, value=value) for name, value in facts.items() if value],
    )


def _source(source: Source) -> Component:
    return Component(
        name=source.uri,
        type=ComponentType.DATA,
        bom_ref=f"{source.kind}:{source.uri}@{source.sha256}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=source.sha256)],
        properties=[
            Property(name="sv6d:kind", value=source.kind),
            Property(name="sv6d:bytes", value=str(source.bytes)),
        ],
    )


def _made(version: Version) -> datetime:
    return datetime.fromisoformat(version.made_at or "1970-01-01T00:00:00+00:00")


def _add_card(document: dict[str, Any], version: Version) -> None:
    """The library has no model cards yet (measured on 11.12.0), so they are added to its output."""
    reference = f"{version.word}@{version.md5}"
    data = [{"ref": f"{name}@{md5}"} for name, md5 in version.made_from.items() if name not in _MODELS]
    card = {
        "modelParameters": {"approach": {"type": _HOW[version.word]}, "datasets": data},
        "properties": [{"name": f"sv6d:count.{name}", "value": str(count)} for name, count in version.counts.items()],
    }
    for component in [*document["components"], document["metadata"]["component"]]:
        if component["bom-ref"] == reference:
            component["modelCard"] = card
