"""A project with rows in every artifact up to the scores, recorded in `dvc.lock` and committed, without a run."""

from __future__ import annotations

import shutil
import subprocess
from importlib import import_module
from pathlib import Path

from ruamel.yaml import YAML

from assets.resources.project import Project
from jobs.audit.contents import folder_md5, hash_folder
from jobs.audit.snapshot import cache_path
from sv6d.annotate.documents import write_documents
from sv6d.bench.tables import RECORDS
from sv6d.io import write_bytes, write_json, write_jsonl
from sv6d.params import read_config, read_sections
from sv6d.schema.document import Document
from sv6d.stages import WORDS, stage_of
from tests.sv6d.handmade import document
from tests.sv6d.handmade_tables import job, write_inputs

CHECKOUT = Path(__file__).resolve().parents[2]
_MADE_BY_VERB = ("structural_extensions", "dense_reports", "sft_corpus", "rl_tasks")
_SHOTS = [
    {"camera_movement": "static", "subject_type": "food"},
    {"camera_movement": "pan_left", "subject_type": "animal"},
]


class HandmadeProject:
    """Two videos: `seen` in the training split, `held` in the test split, with one benchmark item."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        self.seen: Document = document("seen", [0.0, 4.0, 9.0], _SHOTS)
        self.held: Document = document("held", [0.0, 3.0, 8.0], _SHOTS)

    @property
    def seen_id(self) -> str:
        return self.seen.video.sha256

    @property
    def held_id(self) -> str:
        return self.held.video.sha256

    @classmethod
    def create(cls, root: Path) -> HandmadeProject:
        made = cls(root)
        root.mkdir()
        shutil.copyfile(CHECKOUT / "params.yaml", root / "params.yaml")
        made._write_rows()
        made._write_inputs()
        made.record()
        made.git("init", "-q")
        made.commit("everything was made")
        return made

    def _write_rows(self) -> None:
        data, params = self.project.data, self.project.params
        splits = {self.seen_id: "train", self.held_id: "test"}
        inputs = write_inputs(data, [self.seen, self.held], splits)
        write_documents(data / "expert_annotations" / "documents.jsonl", [self.seen])
        write_documents(data / "expert_annotations" / "held_out.jsonl", [self.held])
        for word in _MADE_BY_VERB:
            verb = import_module(stage_of(word).module)
            wanted = {name: data / name for name in stage_of(word).inputs}
            verb.run(read_config(params, word), job(word, {**inputs, **wanted}, data / word))
            for scratch in ("work", "cache"):
                shutil.rmtree(data / f"{word}.{scratch}")
        write_jsonl(
            data / "feedbench" / "items.jsonl",
            [{"item_id": "q_held", "kind": "shot_count", "prompt": "How many shots?", "video_id": self.held_id}],
        )
        answer = {column.name: None for column in RECORDS.columns}
        answer |= {"item_id": "q_held", "video_id": self.held_id, "cluster_id": self.held_id, "kind": "shot_count"}
        answer |= {"prompt_id": "p", "status": "answered", "response": "2", "parsed": "2", "answer": "2"}
        RECORDS.write(
            data / "benchmark_scores", [{**answer, "model": name, "correct": True} for name in ("grpo", "sft")]
        )
        told = {"all": {"accuracy": 1.0, "correct": 1}, "shot_count": {"accuracy": 1.0, "correct": 1}}
        write_json(data / "benchmark_scores" / "scores.json", {"models": {"grpo": told, "sft": told}})
        for word in WORDS:
            write_json(data / word / "made_by_hand.json", {"word": word})

    def _write_inputs(self) -> None:
        files = [
            {"source": "own", "name": f"{name}.mp4", "bytes": 1000, "sha256": video}
            for name, video in (("seen", self.seen_id), ("held", self.held_id))
        ]
        listed = {"schema": "sv6d/sources/1", "root": "..", "files": files, "sidecars": [], "documents": []}
        source = {"name": "own", "path": "clips", "documents": None, "num_ignored": 0}
        write_json(self.project.sources, {**listed, "sources": [source], "unreadable": []})

    def record(self) -> None:
        """`dvc.lock` and DVC's cache, as `dvc commit` leaves them."""
        sections = read_sections(self.project.params)
        stages = {"inputs": self._stage("inputs", self.project.inputs, [], {})}
        for word in WORDS:
            upstream = [*stage_of(word).inputs, *(("inputs",) if word in ("raw_videos", "expert_annotations") else ())]
            deps = [{**stages[name]["outs"][0], "hash": "md5"} for name in upstream]
            stages[word] = self._stage(word, self.project.data / word, deps, {word: sections[word]})
        with (self.project.root / "dvc.lock").open("wb") as stream:
            YAML().dump({"schema": "2.0", "stages": stages}, stream)

    def _stage(self, word: str, folder: Path, deps: list[dict], section: dict) -> dict:
        hashes = hash_folder(folder)
        for name, found in hashes.items():
            write_bytes(cache_path(self.project, found.md5), (folder / name).read_bytes())
        listing = {name: found.md5 for name, found in hashes.items()}
        md5 = folder_md5(listing)
        from jobs.audit.contents import listing_bytes

        write_bytes(cache_path(self.project, md5), listing_bytes(listing))
        out = {"path": "inputs" if word == "inputs" else f"data/{word}", "hash": "md5", "md5": md5}
        out |= {"size": sum(found.bytes for found in hashes.values()), "nfiles": len(hashes)}
        params = {"params": {"params.yaml": section}} if section else {}
        return {"cmd": f"make {word}", "deps": deps, **params, "outs": [out]}

    def commit(self, message: str) -> None:
        self.git("add", "dvc.lock", "params.yaml")
        self.git("-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", message)

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.project.root, check=True)
