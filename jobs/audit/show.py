"""An answer as a person reads it in a terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jobs.audit.model import Answer, Row, Source, Verdict, Version

_SHOWN = 8  # ours: rows of one kind on a screen; the JSON file and the page hold all
_HASH_DIGITS = 12


def as_json(answer: Answer) -> dict[str, Any]:
    """The whole answer, in plain values."""
    return {"schema": "sv6d/audit/1", **asdict(answer)}


def as_text(answer: Answer) -> str:
    """The answer in lines of a terminal."""
    return "\n".join(_lines(answer))


def verdict_text(verdict: Verdict, words: Sequence[str]) -> str:
    """What a verification came to, in lines of a terminal."""
    lines = [f"{finding.word or 'all'}: {finding.where}: {finding.what}" for finding in verdict.findings]
    for key_id, signed in verdict.signers.items():
        lines.append(f"signed with key {key_id[:16]}: {', '.join(signed)}")
    lines += [f"stale: {told}" for told in verdict.stale]
    lines += [f"not checked: {told}" for told in verdict.not_checked]
    outcome = f"{len(verdict.findings)} findings" if verdict.findings else "everything is as it was recorded"
    return "\n".join([*lines, f"{len(words)} artifacts verified: {outcome}"])


def _lines(answer: Answer) -> Iterator[str]:
    commit = f" ({answer.commit[:_HASH_DIGITS]})" if answer.commit else ""
    yield f"{answer.what}, as of {answer.revision}{commit}"
    if answer.rows:
        yield "\nrests on"
        yield from _rows(answer.rows)
    yield "\nmade by"
    yield from _table([_HEAD, *(_line(version) for version in answer.versions)])
    yield from _details(answer.versions[0])
    yield "\nfrom these bytes"
    yield from _sources(answer.sources)
    if answer.forward:
        yield "\nended up in"
        yield from _rows(answer.forward)
    if answer.downstream:
        yield "\nwent into"
        yield from (f"  {version.word:<22} {version.md5}" for version in answer.downstream)
    if answer.saw:
        yield "\nseen by"
        for saw in answer.saw:
            yield f"  {saw.word:<22} {saw.md5}  through {_some(saw.through)}"
    if answer.notes:
        yield "\nto know"
        yield from (f"  {note}" for note in answer.notes)


def _details(version: Version) -> Iterator[str]:
    """Settings and checks of the artifact that was asked for; those of the others are in the JSON file and the page."""
    settings = ", ".join(f"{name}={value}" for name, value in flat(version.settings))
    yield f"\n{version.word} was made with\n  {settings or 'no setting'}"
    for check in version.checks:
        yield f"  check {'passed' if check.passed else 'FAILED'}: {check.name} ({check.about})"


def flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Settings as (name, text), nested names joined by dots."""
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        nested = isinstance(value, Mapping)
        found += flat(value, f"{prefix}{name}.") if nested else [(f"{prefix}{name}", str(value))]
    return found


_HEAD = ("artifact", "md5", "code", "made", "Dagster run", "MLflow run", "checks", "committed", "signed")


def _line(version: Version) -> tuple[str, ...]:
    recorded, checks = version.recorded, version.checks
    return (
        version.word,
        version.md5[:_HASH_DIGITS],
        f"{len(version.code)} files" + (f" @ {version.commit[:8]}" if version.commit else ""),
        (version.made_at or "-")[:16],
        (version.dagster_run_id or "none")[:8],
        (version.mlflow_run_id or "-")[:8],
        f"{sum(check.passed for check in checks)} of {len(checks)}" if checks else "-",
        f"{recorded.commit[:8]} {recorded.date[:10]}" if recorded else "not yet",
        version.signed_by[:8] if version.signed_by else "no",
    )


def _table(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        yield "  " + "  ".join(f"{text:<{width}}" for text, width in zip(line, widths, strict=True)).rstrip()


def _rows(rows: Sequence[Row]) -> Iterator[str]:
    counts = Counter((row.word, row.kind) for row in rows)
    for (word, kind), count in counts.items():
        some = [row for row in rows if (row.word, row.kind) == (word, kind)]
        yield f"  {word}: {count} x {kind}"
        for row in some[:_SHOWN]:
            yield f"    {_short(row.address)}  {row.about}"
        if count > _SHOWN:
            yield f"    ... {count - _SHOWN} more"


def _sources(sources: Sequence[Source]) -> Iterator[str]:
    for source in sources[:_SHOWN]:
        yield f"  sha256 {source.sha256}  {source.bytes:>10} bytes  {source.kind:<8}  {source.uri}"
    if len(sources) > _SHOWN:
        yield f"  ... {len(sources) - _SHOWN} more"


def _short(address: str) -> str:
    """An address with the video's id cut to what is enough to type."""
    return "/".join(part[:_HASH_DIGITS] if len(part) == 64 else part for part in address.split("/"))


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(_short(name) for name in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")
