"""`sv6d`: one command per word, and a few beside them. Errors are text on stderr and exit status 1."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
import typer.exceptions

from sv6d.artifacts import JobRuntime
from sv6d.cli.output import while_read
from sv6d.errors import Sv6dError
from sv6d.events import Events
from sv6d.io import DISK_ERRORS, read_json, storage_error, write_bytes, write_json
from sv6d.stages import STAGES, Stage

EXIT_ERROR = 1
EXIT_USAGE = 2  # as shells and getopt report it
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it
EXIT_TERMINATED = 143  # 128 + SIGTERM

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Short videos as structure."
)

Out = Annotated[Path, typer.Option(help="new or empty folder to fill")]
Data = Annotated[Path, typer.Option(help="folder of the published artifacts")]
Work = Annotated[Path, typer.Option(help="scratch folder; a killed job goes on from it")]
Params = Annotated[Path, typer.Option(help="settings that define the result")]
AnyParams = Annotated[
    Path | None,
    typer.Option(
        help="settings that define the result; by default params.yaml here, else the checkout's", show_default=False
    ),
]
Sources = Annotated[Path, typer.Option(help="where the source videos lie")]
Workers = Annotated[int, typer.Option(min=1, help="processes for per-clip work")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda")]
Gpus = Annotated[int, typer.Option(min=0, help="GPUs that answer at once, a copy of the model on each")]
Models = Annotated[int, typer.Option(min=1, help="copies of the model that answer at once where there is no GPU")]


def _stage_command(stage: Stage) -> Callable[..., None]:
    def command(
        out: Out,
        data: Data = Path("data"),
        work: Work = Path(".work"),
        params: Params = Path("params.yaml"),
        sources: Sources = Path("inputs/sources.json"),
        workers: Workers = 2,
        device: Device = "auto",
        gpus: Gpus = 1,
        models: Models = 1,
    ) -> None:
        from sv6d.cli.run_stage import run_stage

        runtime = JobRuntime(workers=workers, device=device, gpus=gpus, models=models, sources=sources)
        events = Events.from_environment()
        record = run_stage(stage.word, out=out, data=data, work=work, params=params, runtime=runtime, events=events)
        if record is not None:
            events.message(f"{stage.word}: " + ", ".join(f"{n} {name}" for name, n in sorted(record.counts.items())))

    command.__doc__ = f"{stage.about[0].upper()}{stage.about[1:]}."
    return command


for _stage in STAGES:
    app.command(_stage.word, rich_help_panel="Artifacts, in the order of the flow")(_stage_command(_stage))


@app.command()
def studio(
    out: Out,
    params: AnyParams = None,
    workers: Workers = 2,
    source: Annotated[
        Path | None, typer.Option("--from", help="render this SV6D document instead, as far as it can be drawn")
    ] = None,
    formats: Annotated[
        str, typer.Option(help="render reels instead: formats with commas between, or all (docs/studio.md)")
    ] = "",
    clips: Annotated[int, typer.Option(min=1, help="reels of each format")] = 2,
) -> None:
    """Render the studio's clips and their exact documents."""
    from sv6d.params import nearest_params, read_config
    from sv6d.studio.config import StudioConfig
    from sv6d.studio.formats import FORMATS
    from sv6d.studio.reels import render_reels
    from sv6d.studio.studio import render_document, render_folder

    config = read_config(params or nearest_params(), "studio")
    assert isinstance(config, StudioConfig)
    events = Events.from_environment()
    if source is not None:
        clip, omitted = render_document(source, config, out)
        for item in omitted:
            print(f"not shown  {item.name}: {item.reason}")
        events.message(f"studio: {clip}, {len(omitted)} labels or boundaries not shown")
        return
    if formats:
        names = sorted(FORMATS) if formats == "all" else formats.split(",")
        events.message(f"studio: {render_reels(config, names, clips, out, workers, events)} reels in {out}")
        return
    num_rendered = render_folder(config, out, workers, events)
    events.message(f"studio: {config.num_clips} clips in {out}, {num_rendered} rendered now")


@app.command()
def sources(
    inputs: Annotated[Path, typer.Option(help="folder of studio/ and sources.json")] = Path("inputs"),
    videos: Annotated[list[Path] | None, typer.Option(help="folder of clips; may be given again")] = None,
    documents: Annotated[Path | None, typer.Option(help="folder of SV6D documents for these clips")] = None,
    work: Work = Path(".work"),
) -> None:
    """List the source folders, with every file's hash, in sources.json."""
    from sv6d.cli.list_sources import list_sources

    listing = list_sources(inputs, videos=videos or [], documents=documents, work=work)
    Events.from_environment().message(f"sources: {len(listing.files)} files of {len(listing.sources)} folders")


@app.command()
def doctor(
    data: Data = Path("data"),
    work: Work = Path(".work"),
    params: Params = Path("params.yaml"),
    sources: Sources = Path("inputs/sources.json"),
    remove: Annotated[bool, typer.Option(help="remove the scratch folders that are listed")] = False,
) -> None:
    """Check every artifact against its record, and list scratch folders that no job would use."""
    from sv6d.cli import doctor as ward

    for word, state in ward.check_artifacts(data).items():
        print(f"{word:22} {state}")
    scratch = ward.stale_scratch(data, work, params, JobRuntime(sources=sources))
    for folder in scratch:
        print(f"{'removed' if remove else 'not used':10} {folder.num_bytes / 1e6:8.1f} MB  {folder.path}")
    if remove:
        ward.remove(scratch)
    elif scratch:
        print("sv6d doctor --remove frees them")


@app.command()
def report(
    out: Annotated[Path, typer.Option(help="HTML file to write")],
    data: Data = Path("data"),
    facts: Annotated[Path | None, typer.Option(help="JSON of what the platforms know (DVC, MLflow)")] = None,
) -> None:
    """Write the page that shows what was made."""
    from sv6d.report.page import write_page

    print(write_page(data, out, read_json(facts) if facts else {}))


@app.command()
def show(
    document: Annotated[Path, typer.Argument(help="SV6D document (JSON)")],
    video: Annotated[Path, typer.Argument(help="the video that it is about")],
    out: Annotated[Path, typer.Option("--out", "-o", help="HTML file to write")],
    over: Annotated[Path | None, typer.Option(help="reference that the document is laid over as a prediction")] = None,
    verification: Annotated[Path | None, typer.Option(help="JSON of what re-measuring each label found")] = None,
) -> None:
    """Write the timeline of a document and its video as one HTML file.

    A video of at most 16 MB that browsers play lies inside the page; another is referred to by a relative path.
    """
    from sv6d.report.timeline.show import show as write

    print(write(document, video, out, over=over, verification=verification))


@app.command()
def measure(
    file: Annotated[Path, typer.Argument(help="a video")],
    json: Annotated[Path | None, typer.Option("--json", help="file for everything that was measured")] = None,
    params: AnyParams = None,
) -> None:
    """Measure one video: shots, curves of every cue, on-screen text, and the camera's movement per shot."""
    from sv6d.cli.measure import as_table, measure_file
    from sv6d.params import nearest_params

    measured = measure_file(file, params or nearest_params())
    if json is not None:
        write_json(json, measured)
    print(as_table(measured))


@app.command()
def score(
    pred: Annotated[
        Path, typer.Argument(help="SV6D document (JSON or YAML), documents by line (.jsonl), or a folder of such")
    ],
    ref: Annotated[Path, typer.Argument(help="the reference: likewise; many are paired by their video's sha256")],
    json: Annotated[Path | None, typer.Option("--json", help="file for all that was found, matched pairs too")] = None,
) -> None:
    """Score documents against references: the judge, and F1 at temporal IoU beside it."""
    from sv6d.cli.score import as_json, as_table, score_paths

    scores = score_paths(pred, ref)
    if json is not None:
        write_json(json, as_json(scores))
    print(as_table(scores))


@app.command()
def cuts(
    files: Annotated[list[Path], typer.Argument(help="video files")],
    json: Annotated[Path | None, typer.Option("--json", help="JSON file to write")] = None,
    detector: Annotated[str, typer.Option(help="which detector")] = "blocks-8",
) -> None:
    """Find the shot boundaries of files: kind, interval, score. Exit status 1 if one of them could not be read."""
    from sv6d.cli.cuts import cuts as find
    from sv6d.cli.cuts import table

    answers = find(files, detector)
    if json is not None:
        write_json(json, answers)
    print(table(answers))
    if any("error" in answer for answer in answers.values()):
        sys.exit(EXIT_ERROR)


@app.command()
def verify(
    document: Annotated[Path, typer.Argument(help="SV6D document (JSON)")],
    video: Annotated[Path, typer.Argument(help="the video that it is about")],
    json: Annotated[Path | None, typer.Option("--json", help="JSON file to write, for `sv6d show`")] = None,
) -> None:
    """Measure a document's labels again by another way, and say which are verified, contradicted or not checkable."""
    from sv6d.quality.verify.check import table
    from sv6d.quality.verify.check import verify as check

    verification = check(document, video)
    if json is not None:
        write_bytes(json, verification.as_json())
    print(table(verification))


@app.command()
def index(
    out: Annotated[Path, typer.Option("--out", "-o", help="HTML file to write")],
    data: Data = Path("data"),
    pages: Annotated[bool, typer.Option(help="also write each annotated video's timeline, into videos/ there")] = False,
    video: Annotated[
        list[str] | None, typer.Option(help="write the timelines of these videos (SHA-256), and no index")
    ] = None,
    link_all: Annotated[
        bool, typer.Option(help="link every annotated video's timeline, for a server that makes them when asked")
    ] = False,
    contact_sheet: Annotated[Path | None, typer.Option(help="JPEG to write: the videos in one row")] = None,
    sources: Sources = Path("inputs/sources.json"),
) -> None:
    """Write the index of the corpus: videos, counts, and what was rejected for which reason."""
    from sv6d.report.timeline.index_page import write_index, write_pages

    if pages or video:
        write_pages(data, sources, out, Events.from_environment(), only=frozenset(video) if video else None)
    if not video:
        print(write_index(data, out, link_all=link_all, contact_sheet=contact_sheet))


@app.command()
def schema(out: Annotated[Path, typer.Option(help="file to write")]) -> None:
    """Write the JSON Schema of a document."""
    from sv6d.schema.versions import json_schema

    write_bytes(out, json_schema())


def _terminated(signum: int, frame: FrameType | None) -> NoReturn:
    # Raised, not died of: `finally` blocks stop what the job started.
    raise SystemExit(EXIT_TERMINATED)


def main() -> NoReturn:
    """Entry point: exit status 0, 1 (a typed error), 2 (wrong words), 130 (Ctrl-C), 141 (unread) or 143 (SIGTERM)."""
    signal.signal(signal.SIGTERM, _terminated)
    # A shell starts background jobs with SIGINT ignored; a job must still be stoppable.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with while_read():
            app(standalone_mode=False)
    except typer.Exit as exit_:
        sys.exit(exit_.exit_code)
    except Sv6dError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(EXIT_ERROR)
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        print(f"error: {storage_error(error, Path(error.filename) if error.filename else None)}", file=sys.stderr)
        sys.exit(EXIT_ERROR)
    except (KeyboardInterrupt, typer.Abort):
        print("stopped; what was done is kept, the same command goes on from there", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    except typer.exceptions.TyperException as error:
        print(f"error: {error}\n  next:   sv6d --help, or sv6d COMMAND --help", file=sys.stderr)
        sys.exit(EXIT_USAGE)
    sys.exit(0)


if __name__ == "__main__":
    main()
