"""`inputs`: the rendered studio and the list of source files. Comes from outside the flow, so it is observed."""

from __future__ import annotations

import warnings

import dagster as dg

from assets.resources.edges import INPUTS
from assets.resources.lineage import Lineage
from assets.resources.project import HERE

# Observed sources are marked as beta; the pinned release has them, and a test uses them.
warnings.filterwarnings("ignore", category=dg.BetaWarning, message=".*observable_source_asset")


@dg.observable_source_asset(
    name=INPUTS,
    group_name=INPUTS,
    description="rendered studio clips with their truth, and the hashes of every source file",
)
def inputs() -> dg.DataVersion:
    """The MD5 that DVC gives the folder.

    Raises:
        Failure: the folder is not there.
    """
    md5 = Lineage(HERE).present(INPUTS)
    if md5 is None:
        raise dg.Failure("there is no inputs folder yet: make run, or python -m jobs.inputs", allow_retries=False)
    return dg.DataVersion(md5)
