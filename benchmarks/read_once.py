"""What the children of a driver would each read again and find the same: read before they are forked.

Files of the installed packages and of the project's code, none that a trial changes. Measured: a fifth of a trial.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.sql import get_alembic_config
from dvc.utils import strictyaml
from dvc.utils.serialize import _yaml
from mlflow.store.db.utils import _get_alembic_config

from assets.resources.edges import INPUTS, packages_of
from sv6d.stages import WORDS


def read_once(documents: Sequence[Path]) -> None:
    """Read code, migrations of the platforms' databases, and these YAML documents, for all later children.

    A document is known by its text: once a trial has changed it, it is read anew.
    """
    packages_of(INPUTS, *WORDS)
    _keep_migrations([get_alembic_config(sqlite_run_storage.__file__), _get_alembic_config("")])  # type: ignore[no-untyped-call]
    _keep_documents([path.read_text() for path in documents])


def _keep_migrations(configs: Sequence[Config]) -> None:
    known = {_place(config): ScriptDirectory.from_config(config) for config in configs}
    for script in known.values():
        script.get_heads()  # reads all of them
    read = ScriptDirectory.from_config
    mock.patch.object(ScriptDirectory, "from_config", lambda config: known.get(_place(config)) or read(config)).start()


def _place(config: Config) -> str | None:
    return config.get_main_option("script_location")


def _keep_documents(texts: Sequence[str]) -> None:
    read, validate = _yaml.parse_yaml, strictyaml.validate
    known = {text: read(text, "") for text in texts}

    def parse(text: str, path: str, typ: str = "safe") -> Any:
        if typ != "safe" or text not in known:
            return read(text, path, typ)
        return copy.deepcopy(known[text])  # a reader may change what it got

    def validate_new(data: Any, schema: Any, text: str | None = None, **rest: Any) -> Any:
        return data if text in known else validate(data, schema, text=text, **rest)

    for module in (_yaml, strictyaml):
        mock.patch.object(module, "parse_yaml", parse).start()
    mock.patch.object(strictyaml, "validate", validate_new).start()
