"""Tables as systems of labels, shops, radios and collectors write them."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.column_names import ALIASES, COMPLETING, OTHER_NAMES, OWN, RARER_NAMES, fold_name, known_name
from catalog.completed import with_disc, with_version
from catalog.encoding import detect
from catalog.normalise import normalise
from catalog.problems import Problem
from catalog.profile import profile_sources
from catalog.sources import SourceSpec, read_source


def read(path, content=None):
    """Delivered rows, what was read from them, and codes of problems."""
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    problems: list[Problem] = []
    batches = list(read_source(SourceSpec(path), on_problem=problems.append))
    (batch,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
    tracks, _ = normalise(batch, profile_sources(batch), 0)
    return batch.to_pylist(), tracks.to_pylist(), [problem.code for problem in problems]


def test_a_version_in_a_column_of_its_own_belongs_to_the_title(tmp_path):
    rows, tracks, problems = read(
        tmp_path / "beatport.csv",
        "Title,Mix Name,Artists,Length\nSong,Extended Mix,Ada,6:30\nSong,Bo Remix,Ada,6:31\nSong (Live),Live,Ada,3:00\n"
        "Song,,Ada,3:00\n",
    )
    assert [row["title"] for row in rows] == ["Song (Extended Mix)", "Song (Bo Remix)", "Song (Live)", "Song"]
    assert [track["versions"] for track in tracks] == [["extended"], ["remix:bo"], ["live"], []]
    assert json.loads(rows[0]["extra"]) == {"Mix Name": "Extended Mix"}
    assert problems == []


def test_a_disc_in_a_column_of_its_own_is_the_medium(tmp_path):
    _, tracks, _ = read(tmp_path / "a.csv", "title,Track Number,Disc Number\nA,3,1\nB,03,2\nC,A1,2\nD,4,\nE,,2\n")
    assert [(track["medium"], track["position"]) for track in tracks] == [
        ("1", 3), ("2", 3), ("A", 1), (None, 4), (None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "version", "whole"),
    [
        ("Song", "Live", "Song (Live)"),
        ("Song", "(Radio Edit)", "Song (Radio Edit)"),
        ("Song - Radio Edit", "radio edit", "Song - Radio Edit"),
        ("Song", "1.0", "Song"),
        ("Song", "N/A", "Song"),
        ("Song", "v2.1", "Song"),
        ("Song", "Yes", "Song"),
        ("Song", "#N/A", "Song"),
        ("Alive", "Live", "Alive (Live)"),
        ("Live Forever", "Live", "Live Forever (Live)"),
        ("Dub Be Good to Me", "Dub Mix", "Dub Be Good to Me (Dub Mix)"),
        ("Song (Live at Home)", "Live", "Song (Live at Home)"),
    ],
)
def test_a_title_with_its_version(title, version, whole):
    assert with_version(title, version) == whole


@pytest.mark.parametrize(
    ("number", "disc", "whole"),
    [("3", "2", "2-3"), ("3/12", "2/2", "2-3/12"), ("3", "CD 2", "2-3"), ("B2", "1", "B2"), ("1-3", "1", "1-3"),
     ("3", "0", "3"), ("3", "Vinyl", "3")],
)  # fmt: skip
def test_a_track_number_with_its_disc(number, disc, whole):
    assert with_disc(number, disc) == whole


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Titel;Interpret;Länge;Jahr", "title artist duration year"),
        ("Titre;Artiste;Durée;Date de sortie;Code-barres", "title artist duration release_date upc"),
        ("Título;Intérprete;Duración;Año;Pista", "title artist duration year track_number"),
        ("Titolo;Artista;Durata;Etichetta", "title artist duration label"),
        ("Tytuł;Wykonawca;Czas trwania;Rok", "title artist duration year"),
        ("Название;Исполнитель;Альбом;Длительность", "title artist album duration"),
        ("Başlık;Sanatçı;Albüm;Süre;Yıl", "title artist album duration year"),
        ("曲名;アーティスト;アルバム;発売日", "title artist album release_date"),
        ("歌名;歌手;专辑;时长", "title artist album duration"),
        ("제목;가수;앨범", "title artist album"),
        ("Track Title *;Main Artist(s);Release UPC;Track ISRC", "title artist upc isrc"),
        ("Title;Release Date (YYYY-MM-DD);Length [mm:ss]", "title release_date duration"),
    ],
)
def test_columns_of_many_languages_and_spellings(tmp_path, header, fields):
    values = [str(n) for n in range(header.count(";") + 1)]
    (row,), _, problems = read(tmp_path / "a.csv", f"{header}\n{';'.join(values)}\n")
    assert [row[field] for field in fields.split()] == values
    assert problems == []


def test_a_bracket_that_says_more_than_the_form_belongs_to_the_name():
    assert known_name("Title (English)")[0] not in OWN.keys() | ALIASES.keys()
    assert known_name("Duration (min)") == ("durationmin", "min")
    assert known_name("Länge [ms]") == ("lange", "ms")
    assert known_name("Length [mm:ss]") == ("length", None)


def test_a_long_text_is_no_column_name():
    """A cell of lyrics is looked at, too, where the column names are searched for."""
    assert known_name("la " * 10_000 + "(min)")[1] is None


def test_no_column_name_means_two_things():
    assert not OWN.keys() & COMPLETING.keys()
    assert not ALIASES.keys() & COMPLETING.keys()
    every = [*OTHER_NAMES.values(), *RARER_NAMES.values()]
    names = [{fold_name(name) for name in names.split(";")} for names in every]
    assert len(set().union(*names)) == sum(map(len, names))


def test_a_rarer_name_counts_where_no_usual_one_is_there(tmp_path):
    (row,), _, problems = read(tmp_path / "a.csv", "Titel;Track;Main Artist;Artist Name;Dauer\nA;3;B;C;2:05\n")
    assert (row["title"], row["track_number"], row["artist"], row["duration"]) == ("A", "3", "C", "2:05")
    assert problems == []


def test_lines_above_the_column_names_are_passed_over(tmp_path):
    report = "Label report Q3,,\nGenerated: 2023-10-01,,\n,,\nTitle,Artist,Length\nA,B,2:05\n"
    (row,), _, problems = read(tmp_path / "a.csv", report)
    assert (row["title"], row["artist"], row["place"]) == ("A", "B", "a.csv:5")
    assert problems == ["preamble"]
    (row,), _, _ = read(tmp_path / "b.csv", "My songs, all of them\n\nTitle;Artist;Length\nA;B;2:05\n")
    assert (row["title"], row["artist"]) == ("A", "B")


def test_column_names_that_come_again_are_no_track(tmp_path):
    rows, _, problems = read(tmp_path / "a.csv", "title,artist\nA,B\n\ufefftitle,artist\nC,D\ntitle,artist\n")
    assert [row["title"] for row in rows] == ["A", "C"]
    assert problems == ["header", "header"]
    rows, _, problems = read(tmp_path / "b.csv", "title\ntitle\n")
    assert len(rows) == 1
    assert problems == []


def test_what_databases_and_spreadsheets_write_for_nothing_is_nothing(tmp_path):
    rows, tracks, _ = read(
        tmp_path / "a.csv",
        "id,title,artist,album\n\\N,A,\\N,\\N\nNULL,B,(null),#N/A\n1.23E+12,C,#REF!,[null]\nNA,D,X,Y\n",
    )
    assert [row["track_id"] for row in rows] == ["a:2", "a:3", "a:4", "NA"]
    assert [(track["artist_core"], track["album_core"]) for track in tracks] == [(None, None)] * 3 + [("x", "y")]


def test_names_in_nested_objects_are_read(tmp_path):
    song = {
        "title": "Song",
        "artists": [{"id": "1", "name": "Ada"}, {"id": "2", "name": "Bo"}],
        "album": {"id": "9", "name": "Hits", "type": "album"},
    }
    credit = {"title": "Song", "artist-credit": [{"name": "Ada", "joinphrase": " & "}, {"name": "Bo"}]}
    rows, _, _ = read(tmp_path / "a.jsonl", f"{json.dumps(song)}\n{json.dumps(credit)}\n")
    assert [(row["artist"], row["album"]) for row in rows] == [("Ada; Bo", "Hits"), ("Ada & Bo", None)]
    pq.write_table(pa.Table.from_pylist([song]), tmp_path / "a.parquet")
    (row,), _, _ = read(tmp_path / "a.parquet")
    assert (row["artist"], row["album"]) == ("Ada; Bo", "Hits")


SONGS = [{"title": "A", "artist": "x"}, {"title": "B", "artist": "y"}, {"title": "C"}]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(SONGS),
        json.dumps(SONGS, indent=2),
        "[\n" + ",\n".join(map(json.dumps, SONGS)) + "\n]\n",
        "".join(map(json.dumps, SONGS)),
        "".join(f"\x1e{json.dumps(song)}\n" for song in SONGS),
        "\n".join(json.dumps(song, indent=1) for song in SONGS),
    ],
)
def test_json_objects_are_read_however_they_stand(tmp_path, content):
    rows, _, problems = read(tmp_path / "a.json", content)
    assert [(row["title"], row["artist"]) for row in rows] == [("A", "x"), ("B", "y"), ("C", None)]
    assert problems == []
    assert len({row["track_id"] for row in rows}) == 3


def test_a_broken_object_over_lines_costs_no_other(tmp_path):
    rows, _, problems = read(tmp_path / "a.json", '{"title": "A"}\n{"title":\n{"title": "B"}\n{\n"title": "C"\n}\n')
    assert [row["title"] for row in rows] == ["A", "B", "C"]
    assert problems == ["bad_json"]


def durations(seconds, form):
    return "title;duration\n" + "".join(f"T{n};{form(*divmod(s, 60))}\n" for n, s in enumerate(seconds))


def test_minutes_and_seconds_with_a_point_between_are_told_from_minutes(tmp_path):
    seconds = [150 + 7 * n for n in range(30)]
    for form in (lambda m, s: f"{m}.{s:02d}", lambda m, s: f"{m},{s:02d}", lambda m, s: repr(float(f"{m}.{s:02d}"))):
        _, tracks, _ = read(tmp_path / "a.csv", durations(seconds, form))
        assert [track["duration_s"] for track in tracks] == seconds
    _, tracks, _ = read(tmp_path / "a.csv", durations(seconds, lambda m, s: f"{m + s / 60:.2f}"))
    assert all(abs(track["duration_s"] - s) < 0.4 for track, s in zip(tracks, seconds, strict=True))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Příběh,Lucie Bílá\nŽelva,Olympic\nSlunečnice,Nebezpečná"),
        ("cp1250", "Dziękuję,Łąki Łan\nŻółte kalendarze,Małgośka"),
        ("cp1250", "Šumi Marica,Čorba\nĐavo,Bijelo Dugme\nKuća,Željko"),
        ("cp1254", "Şımarık,Tarkan\nGülpembe,Barış Manço\nİstanbul Ağlıyor,Ebru Gündeş"),
        ("cp1257", "Žvaigždė,Foje\nLapė,Mamontovas\nĄžuolas,Šiaurės"),
        ("mac_roman", "Café,Beyoncé\nL’été,Françoise\nFür Elise,Müller"),
        ("cp1252", "Þú ert jörðin,Ólafur\nGóðan daginn,Hjálmar"),
        ("cp1252", "Perché no,Battisti\nCittà vuota,Mina\nPiù bella cosa,Eros"),
        ("cp1252", "Smörgåsbord,Röyksopp\nRødgrød,Kim\nÇa ira,Édith\nCanção,João\nNiño,Peña"),
        ("cp1252", "10°,A\nx²,B\n½ life,C"),
    ],
)
def test_the_letters_of_languages_tell_encodings_of_the_latin_script_apart(encoding, text):
    found = detect(text.encode(encoding))
    assert found.guessed
    assert text.encode(encoding).decode(found.name) == text
