"""What OpenLineage's published schemas ask of a run event with the facets that the audit writes, as one JSON schema.

Written from the specification (core 2-0-2 and the version in each facet's `_schemaURL`), whose files no
package carries. Stricter in one way: nothing but what is named here may stand in an event.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_COUNT: Schema = {"type": "integer", "minimum": 0}
# RFC 3339 and RFC 3986; jsonschema itself checks neither format without further packages.
_TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
_URI: Schema = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"}


def _object(required: Schema, optional: Schema | None = None) -> Schema:
    properties = {**required, **(optional or {})}
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _facet(name: str, version: str, required: Schema, optional: Schema | None = None) -> Schema:
    where = f"https://openlineage.io/spec/facets/{version}/{name}.json#/$defs/{name}"
    return _object({"_producer": _URI, "_schemaURL": {"const": where}, **required}, optional)


def _facets(**known: Schema) -> Schema:
    return _object({}, known)


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


_VERSION = _facet("DatasetVersionDatasetFacet", "1-0-1", {"datasetVersion": _TEXT})
_STATISTICS = _facet(
    "OutputStatisticsOutputDatasetFacet", "1-0-2", {}, {"rowCount": _COUNT, "size": _COUNT, "fileCount": _COUNT}
)
_SETTINGS = _facet(
    "ExecutionParametersRunFacet",
    "1-0-0",
    {},
    {"parameters": _list_of(_object({"key": _TEXT}, {"name": _TEXT, "value": {"type": "string"}}))},
)
_CHECK = _object(
    {"name": _TEXT, "status": {"enum": ["pass", "fail", "skip"]}},
    {"severity": {"enum": ["error", "warn"]}, "description": _TEXT, "params": {"type": "object"}},
)
_CHECKS = _facet("TestRunFacet", "1-0-1", {"tests": _list_of(_CHECK)})
_CODE = _facet("SourceCodeLocationJobFacet", "1-1-0", {"type": _TEXT, "url": _URI}, {"version": _TEXT})

_NAMED: Schema = {"namespace": _TEXT, "name": _TEXT}
_DATASET: Schema = {**_NAMED, "facets": _facets(version=_VERSION)}
RUN_EVENT: Schema = _object(
    {
        "eventTime": _TIME,
        "producer": _URI,
        "schemaURL": {"const": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"},
        "run": _object(
            {"runId": {"type": "string", "format": "uuid"}},
            {"facets": _facets(executionParameters=_SETTINGS, test=_CHECKS)},
        ),
        "job": _object(_NAMED, {"facets": _facets(sourceCodeLocation=_CODE)}),
    },
    {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "inputs": _list_of(_object(_DATASET, {"inputFacets": _facets()})),
        "outputs": _list_of(_object(_DATASET, {"outputFacets": _facets(outputStatistics=_STATISTICS)})),
    },
)
