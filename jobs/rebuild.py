"""`make rebuild`: exactly what `make plan` says, for people and for CI.

    python -m jobs.rebuild [--json OUT] [--summary FILE] [--videos FOLDER]

Pulls from the DVC remote what is not here, makes what is stale, pushes what came of it; what came is hashed
here, what was sent is read back and hashed. Prints what changed and how the scores moved. Exit status 1 on
anything red: a check that failed, a job that failed, damaged bytes, an artifact that is still stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.environment import prepare

if TYPE_CHECKING:
    import dagster as dg

    from jobs.plan import Step
    from jobs.stale import Made

_SCORES = "benchmark_scores"


@dataclass
class Account:
    """What a rebuild did.

    Attributes:
        planned: what `make plan` said before it.
        made: what was made, in order.
        scores: accuracy by model and kind, before and after; None where there is none.
        pulled, pushed: objects that moved; None where no remote is configured.
        absent: files that neither the cache nor the remote has.
        red: everything that failed, in words.
    """

    planned: list[Step]
    made: list[Made] = field(default_factory=list)
    scores_before: dict[str, dict[str, float]] | None = None
    scores_after: dict[str, dict[str, float]] | None = None
    pulled: int | None = None
    pushed: int | None = None
    absent: tuple[str, ...] = ()
    red: list[str] = field(default_factory=list)


def rebuild(instance: dg.DagsterInstance, *, videos: str | None, local: bool) -> Account:
    """Pull, make what is stale, check, push; without the remote where `local`.

    Raises:
        RemoteError: damaged bytes came from the remote.
        LineageError: dvc.yaml does not say what the code says.
        InputError: a source folder is gone.
    """
    from assets.resources.agreement import mark, tell
    from assets.resources.lineage import Lineage
    from assets.resources.project import HERE
    from assets.resources.remote import Remote
    from jobs.dvc_file import require_current
    from jobs.plan import plan_rebuild
    from sv6d.errors import Sv6dError
    from sv6d.params import validate_all
    from sv6d.stages import WORDS

    validate_all(HERE.params)
    require_current()
    remote = Remote(HERE) if not local and Remote(HERE).name() else None
    came = remote.pull() if remote else None
    survey = Lineage(HERE).survey(WORDS)
    account = Account(
        plan_rebuild(HERE, survey), pulled=came.moved if came else None, absent=came.absent if came else ()
    )
    account.scores_before = accuracies(HERE.data / _SCORES)
    if videos is None and not account.planned:  # the most usual case: what was looked at for the plan is the answer
        tell(HERE, instance, WORDS, survey.recorded)
        present = survey.present
    else:
        present = _carry_out(instance, account, videos)
    account.scores_after = accuracies(HERE.data / _SCORES)
    account.red += [f"{word}: {complaint}" for word, complaint in mark(instance, present).items()]
    if remote and not account.red:
        try:
            account.pushed = remote.push().moved
        except Sv6dError as error:
            account.red.append(str(error))
    return account


def _carry_out(instance: dg.DagsterInstance, account: Account, videos: str | None) -> Mapping[str, str | None]:
    """Make what is stale; returns the MD5 of each artifact's folder afterwards."""
    from assets.resources.edges import INPUTS
    from assets.resources.lineage import Lineage
    from assets.resources.project import HERE
    from sv6d.stages import WORDS

    if videos is not None or any(step.word == INPUTS for step in account.planned):
        _refresh(instance, videos)
    _make(instance, account)
    if not account.red:
        account.red += [f"{word}: still stale" for word in sorted(Lineage(HERE).stale())]
    return Lineage(HERE).present_all(WORDS)


def _refresh(instance: dg.DagsterInstance, videos: str | None) -> None:
    from jobs.inputs import refresh_inputs
    from jobs.terminal import StageLine
    from sv6d.stages import WORDS

    line = StageLine(0, len(WORDS), "inputs").begin()
    changed = refresh_inputs(instance, videos=videos, documents=None, listen=line.hear)
    line.end("recorded" if changed else "up to date")


def _make(instance: dg.DagsterInstance, account: Account) -> None:
    import dagster as dg

    from jobs.stale import make_stale

    try:
        for made in make_stale(instance):
            account.made.append(made)
    except dg.Failure as failure:
        account.red.append(failure.description or "a job failed")


def accuracies(folder: Path) -> dict[str, dict[str, float]] | None:
    """Accuracy of each model for each kind of question, in [0, 1]; None where there are no scores."""
    from sv6d.io import read_json

    if not (folder / "scores.json").is_file():
        return None
    models = read_json(folder / "scores.json")["models"]
    return {model: {kind: score["accuracy"] for kind, score in kinds.items()} for model, kinds in models.items()}


def table(account: Account) -> list[tuple[str, str, str]]:
    """(artifact, what happened, why) of each step that was planned or made."""
    made = {step.word: step for step in account.made}
    rows = []
    for step in account.planned:
        why = "; ".join(step.reasons) or f"follows {', '.join(step.follows)}"
        done = made.pop(step.word, None)
        if done is not None:
            what = f"{'changed' if done.changed else 'same bytes'}, {done.seconds:.0f} s"
        elif step.word == "inputs":
            what = "listed again"
        else:
            what = "not reached" if account.red else "stays: what it follows came out equal"
        rows.append((step.word, what, why))
    rows += [(word, f"changed, {done.seconds:.0f} s", "; ".join(done.reasons)) for word, done in made.items()]
    return rows


def score_rows(account: Account) -> list[tuple[str, str, str]]:
    """(model and kind, before and after, difference) of each score that is there on either side."""
    before, after = account.scores_before or {}, account.scores_after or {}
    rows = []
    for model in sorted(set(before) | set(after)):
        one, other = before.get(model, {}), after.get(model, {})
        rows += [(f"{model} {kind}", *_moved(one, other, kind)) for kind in sorted(set(one) | set(other))]
    return rows


def _moved(before: Mapping[str, float], after: Mapping[str, float], kind: str) -> tuple[str, str]:
    old, new = before.get(kind), after.get(kind)
    shown = " -> ".join("-" if value is None else f"{value:.3f}" for value in (old, new))
    return shown, "" if old is None or new is None else f"{new - old:+.3f}"


def as_markdown(account: Account) -> str:
    """The account for a person and for the summary page of a CI run alike."""
    lines = ["## Rebuild: " + ("red" if account.red else "green"), ""]
    lines += _lines(("artifact", "what", "why"), table(account)) if account.planned else ["nothing was stale"]
    if account.scores_before != account.scores_after:
        lines += ["", *_lines(("score", "before -> after", "difference"), score_rows(account))]
    elif account.scores_after is not None:
        lines += ["", "scores are as they were"]
    if account.pulled is not None:
        pushed = "nothing pushed" if account.pushed is None else f"{account.pushed} pushed"
        lines += ["", f"remote: {account.pulled} objects pulled and hashed, {pushed}, {len(account.absent)} absent"]
    lines += [f"\n**red** {reason}" for reason in account.red]
    return "\n".join(lines) + "\n"


def _lines(head: tuple[str, ...], rows: list[tuple[str, str, str]]) -> list[str]:
    cells = [head, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    shown = ["| " + " | ".join(text.ljust(w) for text, w in zip(row, widths, strict=True)) + " |" for row in cells]
    return [shown[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *shown[1:]]


def as_json(account: Account) -> dict[str, Any]:
    """The account as JSON values."""
    return {**asdict(account), "green": not account.red, "table": [list(row) for row in table(account)]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m jobs.rebuild", description=__doc__)
    parser.add_argument("--json", type=Path, help="file to write the account to")
    parser.add_argument("--summary", type=Path, help="file to append the account to, as Markdown")
    parser.add_argument("--videos", help="folder of clips that join the corpus")
    parser.add_argument("--local", action="store_true", help="neither pull from nor push to the DVC remote")
    options = parser.parse_args()
    prepare()
    from jobs.door import at_the_door

    with at_the_door() as instance:
        from sv6d.io import write_json

        account = rebuild(instance, videos=options.videos, local=options.local)
        if options.json is not None:
            write_json(options.json, as_json(account))
        if options.summary is not None:
            with options.summary.open("a") as stream:
                stream.write(as_markdown(account))
        print(f"\n{as_markdown(account)}")
    if account.red:
        sys.exit(1)


if __name__ == "__main__":
    main()
