"""`unisono demo`: make the sample, run everything on it, report on it, and say what was found of what was hidden."""

from pathlib import Path

from catalog.store import Catalogue
from jobs.console import note, results
from jobs.demo import make_sample
from jobs.demo_check import check, render
from jobs.map import write_map
from jobs.options import AnalyzeOptions, DedupOptions, IngestOptions, SparkOptions
from jobs.report import report
from jobs.run import run


def demo(out: Path, spark: SparkOptions) -> None:
    """Put the sample into `out/music`, its catalogue into `out/catalogue`, `report.html` and `map.html` into `out`.

    What is there already is not made again. Prints the checks on stdout.
    """
    sample = make_sample(out / "music")
    note(f"{sample.tracks} tracks of {sample.recordings} recordings, by three sources, are in {sample.folder}")
    run(out / "catalogue", [sample.catalogue], IngestOptions(), AnalyzeOptions(), DedupOptions(), spark)
    write_map(out / "catalogue", out / "map.html")
    report(out / "catalogue", out / "report.html")
    results().print(render(check(Catalogue.open(out / "catalogue"), sample.folder)))
    note(f"The report is at {(out / 'report.html').resolve().as_uri()}")
