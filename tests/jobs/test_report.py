import itertools
import json
import re
from collections import Counter, defaultdict
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from catalog.errors import CatalogError, UsageError
from jobs.report import gather, report
from jobs.report_run import merge_threshold
from tests.jobs.sample_catalogue import HOSTILE, Builder


class Page(HTMLParser):
    """The page as a parser sees it: elements with attributes, ids, text."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.open, self.unbalanced, self.words = [], [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "br", "col", "img", "input"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def built():
    return Builder(120, hostile=HOSTILE)


@pytest.fixture(scope="module")
def source(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("catalogue") / "demo & <b>friends"
    built.write(folder)
    out = folder.parent / "pages" / "report.html"
    report(folder, out)
    return out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


@pytest.fixture(scope="module")
def gathered(built, tmp_path_factory):
    return gather(built.write(tmp_path_factory.mktemp("gathered") / "demo"))


def test_headline_numbers_are_those_of_the_tables(built, gathered):
    tiles = {tile.label: tile.value for tile in gathered["tiles"]}
    recordings = built.tables["recordings"]
    groups = {row["recording_id"] for row in recordings if not row["is_canonical"]}
    assert tiles == {
        "tracks": len(built.tables["tracks"]),
        "sources": 4,
        "with audio": sum(row["audio_file"] is not None for row in built.tables["tracks"]),
        "duplicate groups": len(groups),
        "tracks that can go": sum(not row["is_canonical"] for row in recordings),
        "recordings": len({row["recording_id"] for row in recordings}),
        "songs": 120,
        "artists": len({row["artist_id"] for row in built.tables["artists"]}),
        "pairs to review": sum(row["decision"] == "review" for row in built.tables["matches"]),
        "problems": len(built.tables["problems"]),
    }


def test_page_fetches_and_runs_nothing(source, page):
    assert not page.all("script")
    assert not page.all("iframe")
    assert not page.all("img")
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src", "xlink:href", "action"):
            assert attributes.get(name, "#").startswith(("#", "data:,"))
    assert not re.search(r"@import|url\((?!#)", source)
    assert {"default-src 'none'; style-src 'unsafe-inline'; img-src data:"} <= {
        m.get("content") for m in page.all("meta")
    }


def test_hostile_titles_are_shown_as_text(source, page):
    assert page.unbalanced == []
    assert page.open == []
    text = "".join(page.words)
    assert "alert(1)" in text
    assert "owned" in text
    assert "{{ 7 * 7 }}" in text
    assert "\u202e" not in source
    assert "\u2069" not in source
    assert "\x00" not in source
    assert "Endless " * 30 not in source
    assert len(page.all("h1")) == 1


def test_size_is_bounded_whatever_the_catalogue_holds(source, tmp_path):
    long = Builder(600, seed=1, hostile=["Long title " * 50] * 600)
    long.write(tmp_path / "large")
    report(tmp_path / "large", tmp_path / "large.html")
    assert (tmp_path / "large.html").stat().st_size < 1_500_000
    assert re.search(r"Showing 24 of \d{3}", (tmp_path / "large.html").read_text(encoding="utf-8"))


def test_page_can_be_read_without_seeing_it(page):
    assert all(attributes.get("role") == "img" and attributes.get("aria-label") for attributes in page.all("svg"))
    assert len(page.all("svg")) == 7
    assert all("scope" in attributes for attributes in page.all("th"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.all("a")} <= set(ids)
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch(r"h[1-6]", name)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_colours_have_contrast(source, scheme):
    blocks = re.findall(r":root \{(.*?)\}", source, flags=re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#\w{6})", blocks[["light", "dark"].index(scheme)]))
    for text in ("ink", "muted", "accent", "merge", "review", "distinct"):
        for ground in ("paper", "card", "wash"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (scheme, text, ground)


@pytest.mark.parametrize(
    "tables", [[], ["tracks"], ["tracks", "problems"], ["tracks", "problems", "segments", "embeddings"]]
)
def test_missing_tables_are_said_to_be_missing(built, tmp_path, tables):
    built.write(tmp_path / "part", tables)
    report(tmp_path / "part", tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    text = "".join(page.words)
    assert page.unbalanced == []
    assert "Nothing has been compared yet" in text
    assert ("No tracks have been ingested yet" in text) == (not tables)


def test_empty_tables_give_a_page(tmp_path):
    Builder(0).write(tmp_path / "empty")
    report(tmp_path / "empty", tmp_path / "report.html")
    text = "".join(Page((tmp_path / "report.html").read_text(encoding="utf-8")).words)
    assert "No two tracks were found to be the same recording" in text


def test_evidence_that_disagrees_is_listed(built, gathered):
    uncertain, sound, names = gathered["reviews"]
    doubts = [abs(pair.weight) for pair in uncertain.pairs]
    assert doubts == sorted(doubts)
    assert len(doubts) == 25
    assert sound.total == sum(row["evidence"][-1]["weight"] == 9.0 for row in built.tables["matches"])
    assert names.total == sum(row["evidence"][-1]["weight"] == -7.5 for row in built.tables["matches"])
    assert {pair.weight for pair in sound.pairs} == {0.8}
    assert {pair.weight for pair in names.pairs} == {-0.9}


def test_groups_are_chosen_by_size_by_doubt_and_by_chance(built, gathered):
    shown = gathered["duplicates"].groups
    members = Counter(row["recording_id"] for row in built.tables["recordings"])
    least = {row["recording_id"]: row["confidence"] for row in built.tables["recordings"] if not row["is_canonical"]}
    assert Counter(group.chosen for group in shown) == {"largest": 8, "least certain": 8, "random": 8}
    assert len({group.identifier for group in shown}) == 24
    assert [group.size for group in shown] == [members[group.identifier] for group in shown]
    assert {group.size for group in shown if group.chosen == "largest"} == {max(members.values())}
    assert all(
        group.confidence <= np.median(list(least.values())) for group in shown if group.chosen == "least certain"
    )
    for group in shown:
        assert group.members[0]["track_id"] in {r["track_id"] for r in built.tables["recordings"] if r["is_canonical"]}
        assert group.links == group.size - 1


def of_copies(pairs):
    """A catalogue of one recording of 40 tracks whose kept pairs are `pairs`, (a, b, weight)."""
    many = Builder(0)
    held = {"recording_id": "r", "song_id": "s", "confidence": 0.9}
    many.tables["recordings"] = [held | {"track_id": f"t{n}", "is_canonical": n == 0} for n in range(40)]
    for a, b, weight in pairs:
        many._match(f"t{a}", f"t{b}", weight, "same recording", "merge")
    return many


def test_of_a_large_group_those_are_shown_that_the_weakest_pairs_join(tmp_path):
    star = [(0, n, 10.0 + n) for n in range(39, 24, -1)]
    [group] = gather(of_copies(star).write(tmp_path / "star"))["duplicates"].groups
    assert [member["track_id"] for member in group.members] == ["t0", *(f"t{n}" for n in range(25, 36))]
    assert (group.size, group.links, group.doubts) == (40, 11, 0)
    assert [pair.weight for pair in group.pairs] == [35.0, 36.0, 37.0]


def test_a_large_group_is_followed_from_pair_to_pair_and_filled_where_none_was_kept(tmp_path):
    chain = [(30, 0, 9.0), (31, 30, 8.0), (32, 31, 7.0), (33, 32, 6.0)]
    [group] = gather(of_copies(chain).write(tmp_path / "chain"))["duplicates"].groups
    ids = [member["track_id"] for member in group.members]
    assert ids[:4] == ["t0", "t30", "t31", "t32"]
    assert (len(set(ids)), group.links) == (12, 3)
    [group] = gather(of_copies([]).write(tmp_path / "none"))["duplicates"].groups
    assert [member["track_id"] for member in group.members] == [f"t{n}" for n in range(12)]


def test_pairs_inside_a_group_that_alone_would_not_merge_are_told(tmp_path):
    pairs = [(0, 1, 9.0), (0, 2, 9.0), (1, 2, 4.0), (1, 3, 2.0), (0, 3, 8.0)]
    some = of_copies(pairs)
    some.tables["recordings"] = some.tables["recordings"][:4]
    [group] = gather(some.write(tmp_path / "some"))["duplicates"].groups  # merged from 5.5 bits on
    assert (group.links, group.doubts) == (3, 2)
    assert [pair.weight for pair in group.against] == [2.0]
    some.tables["matches"] = some.tables["matches"][3:]  # what holds a group together does not speak against it
    [group] = gather(some.write(tmp_path / "few"))["duplicates"].groups
    assert (group.links, group.doubts) == (2, 0)


def test_versions_say_how_they_relate_to_the_plain_recording(built, gathered):
    recordings = {(row["song_id"], row["recording_id"]) for row in built.tables["recordings"]}
    sizes = Counter(song for song, _ in recordings)
    for song in gathered["songs"].songs:
        assert song.size == sizes[song.identifier]
        plain, *others = song.recordings
        assert (plain["versions"], plain["relation"]) == ([], "")
        assert {other["relation"] for other in others} == {"version of 1 (one plain, one version)"}


def test_every_copy_of_a_recording_is_counted_however_many_there_are(tmp_path):
    many = Builder(1)
    held = {"song_id": "s", "confidence": 1.0}
    many.tables["recordings"] = [
        held | {"track_id": f"{recording}{number}", "recording_id": recording, "is_canonical": number == 0}
        for recording, count in (("a", 300), ("b", 40))
        for number in range(count)
    ]
    [song] = gather(many.write(tmp_path / "many"))["songs"].songs
    assert {row["recording_id"]: row["copies"] for row in song.recordings} == {"a": 300, "b": 40}


def test_what_could_not_be_decoded_was_not_heard(tmp_path):
    deaf = Builder(20)
    for segments, embedding in list(zip(deaf.tables["segments"], deaf.tables["embeddings"], strict=True))[:5]:
        segments.update(seconds=0.0, codes=b"", audible=b"")
        embedding.update(vector=None)
    deaf.tables["embeddings"][5].update(vector=None)
    found = gather(deaf.write(tmp_path / "deaf"))
    heard = len(deaf.tables["segments"]) - 5
    assert (found["sound"].tracks, found["sound"].silent) == (heard, 1)
    [tile] = [tile for tile in found["tiles"] if tile.label == "with audio"]
    assert tile.note.endswith(f"{heard} analysed")


@pytest.mark.parametrize("name", ["folder", "file/report.html", f"{'n' * 300}.html"])
def test_where_no_page_can_be_written_is_wrong_use(built, tmp_path, name):
    built.write(tmp_path / "cat", ["tracks"])
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        report(tmp_path / "cat", tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"cat", "folder", "file"}


def test_merged_and_split_artists_are_those_of_the_table(built, gathered):
    names, bearers = defaultdict(set), defaultdict(set)
    for row in built.tables["artists"]:
        names[row["artist_id"]].add(row["name"])
        bearers[row["name"]].add(row["artist_id"])
    found = gathered["artists"]
    assert {artist.artist_id for artist in found.merged} == {key for key, printed in names.items() if len(printed) > 1}
    assert {split.name for split in found.split} == {name for name, ids in bearers.items() if len(ids) > 1}
    for split in found.split:
        assert {artist.facts["genre"] for artist in split.artists} == {("folk",), ("house",)}


def test_report_needs_a_catalogue(tmp_path):
    with pytest.raises(CatalogError, match="not a catalogue"):
        report(tmp_path, tmp_path / "report.html")


def test_the_threshold_is_that_of_the_published_matches(built, tmp_path):
    catalogue = built.write(tmp_path / "cat")
    with catalogue.run("run", {}) as run, run.stage("weights") as stage:
        stage.count("merge_at_bits", 9.0)  # and was killed before it published them
    assert merge_threshold(catalogue) == 5.5
    with catalogue.run("run", {}) as run, run.stage("dedup") as stage:
        stage.skip("tracks, audio, labels and options have not changed")
    assert merge_threshold(catalogue) == 5.5


def test_damaged_run_record_is_passed_over(built, tmp_path):
    catalogue = built.write(tmp_path / "part", ["tracks"])
    (catalogue.root / "runs" / "broken.json").write_text("{", encoding="utf-8")
    (catalogue.root / "runs" / "odd.json").write_text(json.dumps([1]), encoding="utf-8")
    assert [run.command for run in gather(catalogue)["runs"]] == ["run"]


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, WCAG 2.1."""

    def luminance(colour):
        channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(channels <= 0.03928, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted((luminance(one), luminance(other)))
    return float((high + 0.05) / (low + 0.05))


def test_many_sources_are_added_up_and_none_is_left_out(tmp_path):
    built = Builder(60)
    for place, row in enumerate(built.tables["tracks"]):
        row["source"] = f"source {place % 20:02}"
    of_track = {row["track_id"]: row["source"] for row in built.tables["tracks"]}
    for row in built.tables["problems"]:
        row["source"] = of_track.get(row["track_id"], "source 00")
    shown = gather(built.write(tmp_path / "many"))
    merged = sum(row["decision"] == "merge" for row in built.tables["matches"])
    assert sum(cell or 0 for row in shown["overlap"].cells for cell in row) == merged > 0
    assert sum(map(sum, shown["problems"].matrix.cells)) == shown["problems"].total == len(built.tables["problems"])
    assert shown["overlap"].rows == shown["overlap"].columns
    assert shown["overlap"].columns[-1] == shown["sources"][-1].name == "all others (9)"


@pytest.mark.parametrize(("kept", "said"), [(199, "199"), (200, "200 or more")])
def test_names_in_doubt_of_which_only_the_least_sure_are_kept_are_not_said_to_be_all(gathered, kept, said):
    assert replace(gathered["artists"], doubtful_total=kept).doubtful_count == said


@pytest.mark.parametrize("songs", [3, 120])
def test_a_list_that_ends_in_a_sample_says_so(tmp_path, songs):
    built = Builder(songs)
    for row in built.tables["artists"]:
        row["name"] = f"{row['name']} {row['track_id']}"  # every credit is printed in its own way
    for place, row in enumerate(built.tables["artists"]):
        row["artist_id"] = f"a-{place // 3}"
    built.write(tmp_path / "cat")
    report(tmp_path / "cat", tmp_path / "report.html")
    page = " ".join(Page((tmp_path / "report.html").read_text(encoding="utf-8")).words)
    assert "artists with several names, those with most first" in page
    assert ("then a sample of the others" in page) == (songs == 120)
