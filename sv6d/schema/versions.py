"""Reading stored documents: old versions move forward by functions, new ones are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import ValidationError

from sv6d.errors import SchemaError
from sv6d.io import dump_json
from sv6d.schema.document import SCHEMA_VERSION, Document
from sv6d.schema.fields import FIELD_NAMES, FIELDS, OTHER, Field
from sv6d.schema.yaml_text import parse_yaml

# From a version to the next: (next version, function). Version 1 is the first, so there is none yet.
UPGRADES: Mapping[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {}

YAML_SUFFIXES = (".yaml", ".yml")

_MAX_PROBLEMS = 5


def load_document(raw: bytes | Mapping[str, Any], *, name: str) -> Document:
    """A validated document from bytes or from parsed values.

    `name` is used in messages; bytes are YAML where it ends in `.yaml` or `.yml`, else JSON.

    Raises:
        SchemaError: not JSON or YAML, an unknown version, or a document that breaks the schema; the
            message lists the first problems with their place.
    """
    value = _parsed(raw, name) if isinstance(raw, bytes) else raw
    if not isinstance(value, Mapping):
        raise _refused(name, f"a {type(value).__name__}")
    value = dict(value)
    while (version := value.get("schema_version")) != SCHEMA_VERSION:
        if not isinstance(version, str) or version not in UPGRADES:
            raise _refused(name, f"schema_version {version!r}")
        following, upgrade = UPGRADES[version]
        value = {**upgrade(value), "schema_version": following}
    try:
        # By way of JSON: strict about types in the way that the published JSON Schema is.
        return Document.model_validate_json(orjson.dumps(value))
    except orjson.JSONEncodeError as error:
        raise _refused(name, f"a value that JSON can not hold: {error}") from error
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc'])) or 'document'}: {e['msg']}" for e in error.errors()]
        more = f" (and {len(problems) - _MAX_PROBLEMS} more)" if len(problems) > _MAX_PROBLEMS else ""
        raise _refused(name, "; ".join(problems[:_MAX_PROBLEMS]) + more) from error


def read_document(path: Path) -> Document:
    """The document in a JSON or YAML file, told apart by its suffix. Raises SchemaError as `load_document`."""
    return load_document(path.read_bytes(), name=path.name)


def dump_document(document: Document) -> dict[str, Any]:
    """A document as plain JSON values."""
    return document.model_dump(mode="json")


def json_schema() -> bytes:
    """The published JSON Schema (draft 2020-12) of version 1, as canonical JSON."""
    schema = Document.model_json_schema(mode="validation")
    label = schema["$defs"]["Label"]
    label["properties"]["field"]["enum"] = list(FIELD_NAMES)
    label["allOf"] = [_field_rule(field) for field in FIELDS]
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = "sv6d-1"
    return dump_json(schema)


def _field_rule(field: Field) -> dict[str, Any]:
    """What JSON Schema says of labels of one field: its dimension and its vocabulary."""
    said = {"dimension": {"const": field.dimension}, "value": {"enum": [*field.values, OTHER]}}
    return {"if": {"properties": {"field": {"const": field.name}}}, "then": {"properties": said}}


def _parsed(raw: bytes, name: str) -> Any:
    if name.lower().endswith(YAML_SUFFIXES):
        try:
            return parse_yaml(raw)
        except yaml.YAMLError as error:
            raise _refused(name, f"not YAML: {' '.join(str(error).split())}") from error
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _refused(name, f"not JSON: {error}") from error


def _refused(name: str, found: str) -> SchemaError:
    return SchemaError(
        f"{name} is no SV6D document",
        found=found,
        wanted=f"a document of {SCHEMA_VERSION} as in docs/sv6d-1.json",
        next_step="correct the fields named above",
    )
