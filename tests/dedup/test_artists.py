"""From tracks to artist ids: the schema, stability, and real credits with known artists."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.artists import measure
from catalog.artist_cores import PLACEHOLDERS as UNCREDITED
from catalog.schema import ARTISTS, TRACKS
from dedup.artist_codes import code
from dedup.artist_credits import CREDITS, credits_of
from dedup.artist_crowds import compilations, crowded, first_names, with_compilations
from dedup.artist_fit import fit
from dedup.artist_names import PLACEHOLDERS, name_key
from dedup.artist_traits import traits_of
from dedup.artists import resolve_artists, resolve_block
from tests.dedup.artist_examples import catalogue, release, table, traits

CATALOGUE = catalogue(60)
NAMESAKES = [*release("Solitaire", 1, 0), *release("Solitaire", 4, 0), *release("Solitaire", 2, 1)]


def test_ids_are_readable_and_only_the_smaller_namesake_is_marked() -> None:
    out = resolve_artists(table([*CATALOGUE, *NAMESAKES]))
    assert out.schema == ARTISTS
    ids = out.column("artist_id").to_pylist()[-len(NAMESAKES) :]
    assert ids[:6] == ["a-solitaire"] * 6
    assert len(set(ids[6:])) == 1
    assert ids[6].startswith("a-solitaire~")


def test_the_order_of_rows_does_not_change_an_id() -> None:
    rows = [*CATALOGUE, *NAMESAKES]
    order = np.random.default_rng(3).permutation(len(rows))
    ids = resolve_artists(table(rows)).column("artist_id").to_pylist()
    shuffled = resolve_artists(table([rows[i] for i in order])).column("artist_id").to_pylist()
    assert [ids[i] for i in order] == shuffled


def test_blocks_resolve_as_the_whole_does() -> None:
    rows = [*CATALOGUE, *NAMESAKES]
    model = fit(traits(rows))
    whole = resolve_block(traits(rows), model).column("artist_id").to_pylist()
    blocks = [resolve_block(traits(part), model) for part in (CATALOGUE, NAMESAKES)]
    assert pa.concat_tables(blocks).column("artist_id").to_pylist() == whole


@pytest.mark.parametrize("nobody", ["Various Artists", "Original Soundtrack", "AA.VV.", "群星"])
def test_a_placeholder_is_never_split(nobody: str) -> None:
    rows = [{**row, "name": nobody} for row in NAMESAKES]
    ids = resolve_artists(table([*CATALOGUE, *rows])).column("artist_id").to_pylist()
    assert set(ids[-len(rows) :]) == {"a-" + name_key(nobody).replace(" ", "-")}


def test_who_is_nobody_to_the_comparison_form_is_nobody_here() -> None:
    assert {name_key(name) for name in UNCREDITED} <= PLACEHOLDERS


def test_no_credits_give_no_rows() -> None:
    assert resolve_artists(table(NAMESAKES).slice(0, 0)).num_rows == 0


def test_credits_of_tracks() -> None:
    def credit(name: str) -> dict[str, str]:
        return {"name": name, "role": "main", "join": ""}

    extra = json.dumps({"style": "House; Deep House", "barcode": "1"})
    tracks = [
        {
            "track_id": "t1",
            "artist_names": [credit("Ike"), credit("Tina")],
            "album_core": "a",
            "source": "s",
            "extra": extra,
        },
        {"track_id": "t2", "artist_names": []},
        {"track_id": "t3", "artist_names": None},
        {"track_id": "t4", "artist_names": [credit("The Ike")], "album_core": "a", "source": "s", "release_year": 1999},
    ]
    found = credits_of(pa.Table.from_pylist(tracks, schema=TRACKS))
    assert found.schema == CREDITS
    assert found.column("track_id").to_pylist() == ["t1", "t1", "t4"]
    assert found.column("position").to_pylist() == [0, 1, 0]
    assert found.column("co_names").to_pylist() == [["tina"], ["ike"], []]
    assert found.column("style").to_pylist() == ["House; Deep House"] * 2 + [None]


def test_styles_delivered_as_a_list_are_the_same_as_in_one_text() -> None:
    def track(number: int, **more: object) -> dict[str, object]:
        names = [{"name": "Solitaire", "role": "main", "join": ""}]
        return {"track_id": f"t{number}", "artist_names": names, "extra": json.dumps(more)}

    tracks = [
        track(1, styles=["Deep House", "Techno"]),
        track(2, Style="Deep House; Techno"),
        track(3, styles=[], style=None),
    ]
    found = credits_of(pa.Table.from_pylist(tracks, schema=TRACKS))
    assert found.column("style").to_pylist() == ["Deep House; Techno", "Deep House; Techno", None]
    first, second, none = traits_of(found).column("genre").to_pylist()
    assert sorted(first) == sorted(second) == sorted([code("deep house"), code("techno")])
    assert none == []


def test_an_album_of_four_first_names_is_a_compilation() -> None:
    def album(source: str, names: list[str]) -> list[dict[str, object]]:
        return [
            {"track_id": f"{source}{i}", "position": 0, "name": name, "source": source, "album_core": "hits"}
            for i, name in enumerate(names)
        ]

    rows = [*album("many", ["a", "b", "c", "d"]), *album("few", ["Abba", "ABBA", "The Abba", "b", "c"])]
    rows += [{**row, "position": 1, "name": f"guest {row['track_id']}"} for row in album("few", ["x"] * 5)]
    found = traits(rows)
    crowds = compilations(crowded(first_names(found)))
    assert with_compilations(found, crowds).column("compilation").to_pylist() == [True] * 4 + [False] * 10
    assert not with_compilations(found, crowds[:0]).column("compilation").to_numpy().any()


def test_real_namesakes_and_spellings_are_resolved_well_above_one_name_one_artist(shared_data: Path) -> None:
    homonyms = measure(shared_data / "homonyms" / "tracks-1.csv", shared_data / "homonyms" / "truth-artists-1.csv")
    assert homonyms.baseline.f1 < 0.96
    assert homonyms.b_cubed.f1 > 0.975
    assert sum(homonyms.double_names.values()) >= 0.7 * len(homonyms.double_names)
    assert len(homonyms.single_names_split) <= 0.03 * homonyms.single_names
    discogs = measure(shared_data / "discogs" / "tracks.csv", shared_data / "discogs" / "truth-artists.csv")
    assert discogs.b_cubed.f1 > max(0.997, discogs.baseline.f1)
    assert discogs.joined == []
