"""The only `dg.Definitions`: every asset, every job. Loads in seconds, without torch."""

from __future__ import annotations

from importlib import import_module

import dagster as dg

from jobs.executor import supervised_executor
from jobs.materialize_all import materialize_all
from sv6d.stages import WORDS

_MODULES = [import_module(f"assets.{name}") for name in ("inputs", *WORDS)]

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(_MODULES),
    jobs=[materialize_all],
    executor=supervised_executor,
)
