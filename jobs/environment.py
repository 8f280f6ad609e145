"""The one environment of every door: the terminal, the Dagster UI, `dvc repro` and CI set up the same."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# In the worktree of a variant: the folder of the project that it shares MLflow with.
VARIANT_OF = ".work/variant_of"
DAGSTER_SETTINGS = ROOT / "jobs" / "dagster.yaml"
POSTGRES_SETTINGS = ROOT / "jobs" / "dagster_postgres.yaml"
_POSTGRES = "DAGSTER_PG_URL"


def prepare() -> None:
    """Use the project's interpreter, folder and settings; what a person has set stays.

    Call before importing dagster, dvc or mlflow: they read the environment when they are imported.
    """
    _use_project_interpreter()
    os.chdir(ROOT)
    home = Path(os.environ.setdefault("DAGSTER_HOME", str(ROOT / ".dagster")))
    defaults = {
        # Two cores, and a process per clip: more threads only take turns (and change sums' order).
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        # Jobs of its server that judge chats by models. Measured: 8 processes of 1.4 GB and, after each start, a folder
        # in /dev/shm that nobody removes.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_TRACKING_URI": f"sqlite:///{_shared_root() / 'mlflow.db'}",
        "DVC_NO_ANALYTICS": "true",
        # DVC keeps pickles in a folder that all users of a machine share unless told otherwise.
        "DVC_SITE_CACHE_DIR": str(ROOT / ".dvc" / "tmp" / "site"),
        # git itself is not needed; GitPython must not stop where it is absent.
        "GIT_PYTHON_REFRESH": "quiet",
        # cuBLAS gives the same sums each time only with a fixed workspace (its documentation).
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "PYTHONUNBUFFERED": "1",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    # `python` in dvc.yaml is this interpreter.
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    parts = [DAGSTER_SETTINGS, POSTGRES_SETTINGS] if os.environ.get(_POSTGRES) else [DAGSTER_SETTINGS]
    _write_settings(home / "dagster.yaml", "\n".join(part.read_text() for part in parts))
    if not (ROOT / ".git").exists():
        _tell_dvc_there_is_no_git()


def _write_settings(path: Path, text: str) -> None:
    """Where they are others than those that lie there: processes that start beside this one read them."""
    from sv6d.errors import StorageError
    from sv6d.io import storage_error, write_changed

    try:
        write_changed(path, text.encode())
    except StorageError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {storage_error(error, path)}")


def _shared_root() -> Path:
    origin = ROOT / VARIANT_OF
    return Path(origin.read_text()) if origin.is_file() else ROOT


def _use_project_interpreter() -> None:
    """Start again in `.venv` when called by an interpreter outside any virtual environment.

    `dvc repro` from a plain shell runs whatever `python` is there.
    """
    own = ROOT / ".venv" / "bin" / "python"
    if sys.prefix == sys.base_prefix and own.exists():
        os.execv(own, [str(own), *sys.orig_argv[1:]])  # noqa: S606 - the project's own interpreter
    if find_spec("dagster") is None:  # importing it would take the commands that need none a second
        sys.exit(
            f"the packages of this project are not installed for {sys.executable}\n"
            "  next: make setup, then call this again (or activate the environment that has them)"
        )


def _tell_dvc_there_is_no_git() -> None:
    path = ROOT / ".dvc" / "config.local"
    if not path.exists():
        path.write_text("[core]\n    no_scm = true\n")
