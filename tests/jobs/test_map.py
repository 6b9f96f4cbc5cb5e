import base64
import hashlib
import json
import re
import shutil
import subprocess
import zlib

import numpy as np
import pytest
from typer.testing import CliRunner

from catalog.errors import CatalogError, UsageError
from jobs.cli import application
from jobs.map import write_map
from jobs.map_colours import OTHERS, UNKNOWN, by_sound, by_value
from jobs.map_page import map_page, packed
from jobs.map_tracks import MapTracks, map_tracks
from jobs.report import report
from jobs.report_text import clean
from tests.jobs.sample_catalogue import HOSTILE, Builder
from tests.jobs.test_report import Page


def unpacked(source):
    [text] = re.findall(r'<script id="points" type="text/plain">([A-Za-z0-9+/=]*)</script>', source)
    return json.loads(zlib.decompress(base64.b64decode(text)))


@pytest.fixture(scope="module")
def built():
    return Builder(60, hostile=[*HOSTILE, "</script><script>alert(2)</script>"])


@pytest.fixture(scope="module")
def folder(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("map") / 'cat <b>"friends'
    built.write(folder)
    return folder


@pytest.fixture(scope="module")
def source(folder):
    out = folder.parent / "pages" / "map.html"
    write_map(folder, out)
    return out.read_text(encoding="utf-8")


def test_every_track_with_a_sound_is_a_point_with_its_facts(source, built):
    points = unpacked(source)
    tracks = {track["track_id"]: track for track in built.tables["tracks"]}
    assert points["id"] == [row["track_id"] for row in built.tables["embeddings"]]
    assert points["title"] == [clean(tracks[track]["title"]) for track in points["id"]]
    for field in ("artist", "album", "genre", "source"):
        shown = [points[field]["names"][place] for place in points[field]["of"]]
        assert shown == [clean(tracks[track][field]) for track in points["id"]]
    for axis in ("x", "y"):
        assert (min(points[axis]), max(points[axis])) == (0, 65535)


def test_colours_are_artist_genre_source_and_cluster(source):
    points = unpacked(source)
    assert [colouring["name"] for colouring in points["colours"]] == ["artist", "genre", "source", "cluster"]
    for colouring in points["colours"]:
        assert len(colouring["group"]) == len(points["id"])
        assert set(colouring["group"]) == set(range(len(colouring["labels"])))
        assert len(colouring["kinds"]) == len(colouring["labels"])


def test_spellings_of_an_artist_share_a_colour_and_namesakes_do_not(folder, built):
    from catalog.store import Catalogue

    tracks = map_tracks(Catalogue.open(folder), 1000)
    artist_of = {row["track_id"]: row["artist_id"] for row in built.tables["artists"]}
    ids = [artist_of[track] for track in tracks.track_ids]
    assert len(set(tracks.artists)) == len(set(ids)) == len(set(zip(tracks.artists, ids, strict=True)))


def test_nothing_delivered_is_markup_and_only_our_scripts_may_run(source):
    page = Page(source)
    assert page.unbalanced == []
    assert page.all("img") == []
    assert not {name for _, attributes in page.tags for name in attributes if name.startswith("on")}
    scripts = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    assert len(scripts) == len(page.all("script")) - 1 == 2
    [policy] = [tag["content"] for tag in page.all("meta") if "http-equiv" in tag]
    for script in scripts:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert not [tag for tag, attributes in page.tags if {"src", "href"} & set(attributes)]


def test_what_was_packed_comes_back_and_is_of_harmless_letters():
    value = {"title": [*HOSTILE, "</script><!--", "\u2028", "🎵"]}
    text = packed(value)
    assert re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text)
    assert json.loads(zlib.decompress(base64.b64decode(text))) == value


def test_a_large_catalogue_is_sampled_the_same_way_each_time(folder):
    from catalog.store import Catalogue

    catalogue = Catalogue.open(folder)
    few, again, all_of_it = map_tracks(catalogue, 20), map_tracks(catalogue, 20), map_tracks(catalogue, 1000)
    assert len(few.track_ids) == 20 < all_of_it.total == few.total
    assert few.track_ids == again.track_ids
    place = [all_of_it.track_ids.index(track) for track in few.track_ids]
    assert place == sorted(place)
    assert np.array_equal(few.vectors, all_of_it.vectors[place])


def test_the_commonest_values_have_a_colour_and_the_rest_are_grey():
    colouring = by_value("genre", ["Rock", "rock", "ROCK", "Jazz", "jazz", "folk", "", "ska"], most=2)
    assert colouring.labels == ["Rock", "Jazz", "2 more", "not said"]
    assert colouring.kinds == ["value", "value", OTHERS, UNKNOWN]
    assert colouring.group == [0, 0, 0, 1, 1, 2, 3, 2]


def test_clusters_are_named_by_what_stands_out_in_them():
    vectors = np.repeat(np.eye(2, 4, dtype=np.float32), [30, 20], axis=0) + np.random.default_rng(0).normal(
        scale=0.01, size=(50, 4)
    ).astype(np.float32)
    artists = ["Ada"] * 10 + ["ADA"] * 10 + ["Bo"] * 20 + ["Cy"] * 9 + [""]
    few = [""] * 45 + ["folk"] * 5
    facts = {"title": artists, "artist": artists, "album": artists, "source": artists, "genre": few}
    found = by_sound(MapTracks(vectors, [str(i) for i in range(50)], facts, artists, 50))
    sides = [{found.group[i] for i in part} for part in (range(30), range(30, 50))]
    assert not sides[0] & sides[1]
    names = [{label.split("  ")[1] for label in (found.labels[group] for group in side)} for side in sides]
    assert any(name.startswith("Ada") for name in names[0])
    assert any("Cy" in name for name in names[1])
    assert not any("folk" in label or "ADA" in label for label in found.labels)


def test_a_catalogue_that_says_nothing_has_only_clusters_to_show():
    nothing = {name: ["", ""] for name in ("title", "artist", "album", "source", "genre")}
    tracks = MapTracks(np.eye(2, 4, dtype=np.float32), ["a", "b"], nothing, ["", ""], 2)
    assert by_value("genre", ["", ""]).kinds == [UNKNOWN]
    page = map_page("x", tracks, np.zeros((2, 2), np.float32), [by_value("genre", ["", ""])], float("nan"))
    assert "trustworthiness" not in page.split("<script")[0]
    assert unpacked(page)["title"] == ["", ""]


def test_without_sound_the_mend_is_said(tmp_path, built):
    built.write(tmp_path / "silent", tables=("tracks", "problems"))
    with pytest.raises(CatalogError, match="unisono analyze"):
        write_map(tmp_path / "silent", tmp_path / "map.html")
    mute = Builder(3)
    for row in mute.tables["embeddings"]:
        row["vector"] = None
    mute.write(tmp_path / "mute")
    with pytest.raises(CatalogError, match="export problems"):
        write_map(tmp_path / "mute", tmp_path / "map.html")
    assert not (tmp_path / "map.html").exists()


def test_the_command_draws_and_says_how_good_the_map_is(folder, tmp_path):
    out = tmp_path / "map.html"
    ran = CliRunner().invoke(application(), ["map", "--catalog", str(folder), "--out", str(out), "--max-tracks", "30"])
    assert ran.exit_code == 0, ran.output
    source = out.read_text(encoding="utf-8")
    assert len(unpacked(source)["id"]) == 30
    assert re.search(r"30 of \d+ tracks, drawn at random", source)
    assert re.search(r"30 of \d+ tracks, drawn at random, in .*trustworthiness 0\.\d+", ran.stderr.replace("\n", " "))


def test_tracks_that_are_delivered_no_more_are_not_said_to_be_drawn_at_random(tmp_path, capsys):
    few = Builder(20)
    gone = few.tables["embeddings"][3]["track_id"]
    few.tables["tracks"] = [track for track in few.tables["tracks"] if track["track_id"] != gone]
    catalogue = few.write(tmp_path / "cat")
    left = len(few.tables["embeddings"]) - 1
    every, some = map_tracks(catalogue, 1000), map_tracks(catalogue, left - 2)
    assert gone not in every.track_ids
    assert (len(every.track_ids), every.total) == (left, left)
    assert some.total >= left
    write_map(tmp_path / "cat", tmp_path / "map.html")
    assert capsys.readouterr().err.replace("\n", " ").startswith(f"{left} tracks in ")
    assert "drawn at random" not in (tmp_path / "map.html").read_text(encoding="utf-8").split("<script")[0]


def test_the_report_links_its_own_map_that_lies_beside_it(folder, source, tmp_path):
    report(folder, tmp_path / "report.html")
    assert 'href="map.html"' not in (tmp_path / "report.html").read_text()
    (tmp_path / "map.html").write_text(source)
    report(folder, tmp_path / "report.html")
    assert 'href="map.html"' in (tmp_path / "report.html").read_text()
    other = folder.with_name("another catalogue")
    shutil.copytree(folder, other)
    report(other, tmp_path / "report.html")
    assert 'href="map.html"' not in (tmp_path / "report.html").read_text()


def test_where_no_map_can_be_written_is_wrong_use(folder, tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        write_map(folder, tmp_path)


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs a browser")
@pytest.mark.parametrize("address", ["genre=100%", "genre=a=b"])
def test_an_address_typed_by_hand_is_searched_as_it_stands(folder, source, tmp_path, address):
    out = tmp_path / "map.html"
    out.write_text(source, encoding="utf-8")
    options = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--virtual-time-budget=20000"]
    options += [f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom"]
    command = ["chromium", "--headless", *options, f"{out.as_uri()}#{address}"]
    page = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    if "switched off or not at all" in page.split("<script")[0]:
        pytest.skip("the browser has no WebGL")
    assert re.search(r'<p id="state" role="status"></p>', page)
    assert "No track has all of these words." in page.split("<script")[0]


def test_without_javascript_nothing_is_said_to_be_loading(source):
    [without] = re.findall(r"<noscript>(.*?)</noscript>", source, re.DOTALL)
    assert "#state { display: none; }" in without
    assert "needs JavaScript" in without
