import contextlib
import csv
import datetime
import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.delivered import BATCH_ROWS
from catalog.errors import SourceError, UsageError
from catalog.fingerprint import fingerprint
from catalog.problems import Problem
from catalog.schema import DELIVERED
from catalog.sources import SourceSpec, read_source


def read(path, **options):
    """Rows as dicts, and the problems, of one source."""
    problems: list[Problem] = []
    batches = list(read_source(SourceSpec(path, **options), on_problem=problems.append))
    assert all(batch.schema == DELIVERED and batch.num_rows <= BATCH_ROWS for batch in batches)
    return pa.Table.from_batches(batches).to_pylist(), problems


def written(folder, content, name="songs.csv"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def titles(rows):
    return [row["title"] for row in rows]


def codes(problems):
    return [problem.code for problem in problems]


def test_a_row_is_delivered_as_it_stands(tmp_path):
    path = written(tmp_path, 'track_id,title,Artist Name,mood\n7, "Heroes" ,David Bowie,\n,Low,,"so ""blue"""\n')
    (first, second), problems = read(path)
    assert problems == []
    assert first == dict.fromkeys(DELIVERED.names) | {
        "track_id": "7",
        "source": "songs",
        "title": ' "Heroes" ',
        "artist": "David Bowie",
        "place": "songs.csv:2",
        "root": str(tmp_path),
    }
    assert second["track_id"] == "songs:3"
    assert json.loads(second["extra"]) == {"mood": 'so "blue"'}


def test_the_source_is_the_column_then_the_given_name_then_the_file(tmp_path):
    path = written(tmp_path, "source,title\nlabel,a\n,b\n")
    assert [row["source"] for row in read(path, name="mine")[0]] == ["label", "mine"]
    assert [row["source"] for row in read(path)[0]] == ["label", "songs"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_numbers_count_quoted_newlines_and_blank_lines(tmp_path, newline):
    path = written(tmp_path, newline.join(["title,album", '"a', "", 'b",x', "", ",", "c,y", ""]))
    rows, problems = read(path)
    assert problems == []
    assert [(row["title"], row["place"]) for row in rows] == [
        (f"a{newline}{newline}b", "songs.csv:2"),
        ("c", "songs.csv:7"),
    ]


def test_ragged_rows_are_reported_with_their_line_and_the_run_goes_on(tmp_path):
    path = written(tmp_path, "title,artist,album\na,b,c\nd,e,f,g\nh,i\nj,k,l,,\nm,n,o\n")
    rows, (long, short) = read(path)
    assert titles(rows) == ["a", "h", "j", "m"]
    assert long.message == "songs.csv:3: 4 cells instead of 3; the row is left out; quote cells that hold the delimiter"
    assert short.message.startswith("songs.csv:4: 2 cells instead of 3; the missing ones")
    assert (long.code, long.source, long.stage) == ("ragged", "songs", "ingest")


@pytest.mark.parametrize(
    "bad",
    ['b,"open', '"open,b', 'b,"op"en"', '"open\nb,c', 'b,"' + "x" * 200_000 + '"'],
    ids=["last cell", "first cell", "inside", "two lines", "huge cell"],
)
def test_a_quote_left_open_costs_its_line_only(tmp_path, bad):
    good = [f'{n},"artist, {n}"' for n in range(300)]
    path = written(tmp_path, "\n".join(["title,artist", *good[:100], bad, *good[100:], ""]))
    rows, problems = read(path)
    kept = [title for title in titles(rows) if title.isdigit()]
    assert kept == [str(n) for n in range(300)]
    assert all(problem.message.startswith(("songs.csv:102", "songs.csv:103")) for problem in problems)


def test_every_row_after_an_open_quote_at_the_end_of_the_file_is_kept(tmp_path):
    rows, problems = read(written(tmp_path, 'title,artist\na,"open\nb,c\nd,e\n'))
    assert [(row["title"], row["artist"]) for row in rows] == [("a", '"open'), ("b", "c"), ("d", "e")]
    assert codes(problems) == ["quote"]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("line", ['"c,d', 'c,"d'])
def test_a_quote_left_open_in_the_last_line_takes_no_cell(tmp_path, line, end):
    rows, problems = read(written(tmp_path, f"title,artist\na,b\n{line}{end}".encode()))
    assert [f"{row['title']},{row['artist']}" for row in rows] == ["a,b", line]
    assert codes(problems) == ["quote"]


def test_a_quote_closed_in_the_last_line_is_a_quote(tmp_path):
    rows, problems = read(written(tmp_path, b'title,artist\n"a,b",c'))
    assert titles(rows) == ["a,b"]
    assert problems == []


def test_quotes_that_mean_nothing_are_kept(tmp_path):
    rows, problems = read(written(tmp_path, 'title\tartist\nEat It\t"Weird Al\n12" mix\tx\n', "songs.tsv"))
    assert [(row["title"], row["artist"]) for row in rows] == [("Eat It", '"Weird Al'), ('12" mix', "x")]
    assert codes(problems) == ["quote"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(tmp_path, encoding):
    rows, problems = read(written(tmp_path, "title,artist\nJóga,Björk\n上を向いて歩こう,坂本九\n".encode(encoding)))
    assert titles(rows) == ["Jóga", "上を向いて歩こう"]
    assert problems == []


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "La Bohème,Charles Aznavour\nÀ quoi ça sert l'amour,Édith Piaf"),
        ("cp1252", "Mädchen,Lucilectric\nL’été – déjà,Zaz\nÜber den Wolken,Reinhard Mey"),
        ("latin-1", "Jóga,Björk\nSvefn-g-englar,Sigur Rós"),
        ("cp1250", "Dziwny jest ten świat,Czesław Niemen\nŁódź,Zażółć gęślą jaźń"),
        ("cp1251", "Группа крови,Кино\nВыхода нет,Сплин"),
        ("koi8-r", "Группа крови,Кино\nВыхода нет,Сплин"),
        ("cp932", "上を向いて歩こう,坂本九\n津軽海峡冬景色,石川さゆり"),
        ("utf-16-le", "Jóga,Björk"),
        ("utf-16-be", "Jóga,Björk"),
    ],
)
def test_other_encodings_are_guessed_and_said_to_be(tmp_path, encoding, text):
    rows, problems = read(written(tmp_path, f"title,artist\n{text}\n".encode(encoding)))
    assert [f"{row['title']},{row['artist']}" for row in rows] == text.split("\n")
    assert codes(problems) == ["encoding"]


def test_a_given_encoding_is_used_and_an_unknown_one_refused(tmp_path):
    path = written(tmp_path, "title\nŞımarık\n".encode("cp1254"))
    assert titles(read(path, encoding="cp1254")[0]) == ["Şımarık"]
    with pytest.raises(SourceError, match="no encoding 'klingon'; try utf-8"):
        read(path, encoding="klingon")


def test_latin_rows_in_a_utf8_file_are_mended_and_named(tmp_path):
    content = "title\nJóga\nSigur Rós\n".encode() + "Café\n".encode("latin-1")
    rows, (problem,) = read(written(tmp_path, content))
    assert titles(rows) == ["Jóga", "Sigur Rós", "Café"]
    assert problem.message.startswith("songs.csv:4: bytes that are not UTF-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    header, row = ["title", "artist", "note"], ["Hello, Goodbye; or | not", "The Beatles", "a\tb"]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, row])
    rows, _ = read(written(tmp_path, text.getvalue()))
    assert (rows[0]["title"], rows[0]["artist"]) == tuple(row[:2])


def test_a_cell_longer_than_any_does_not_hide_the_delimiter(tmp_path):
    rows, (problem,) = read(written(tmp_path, f"title,artist\n{'x' * 200_000},y\na,b\n"))
    assert [(row["title"], row["artist"]) for row in rows] == [("a", "b")]
    assert problem.message.startswith("songs.csv:2: field larger")


def test_a_spreadsheets_separator_line_is_understood(tmp_path):
    rows, problems = read(written(tmp_path, "sep=;\r\ntitle;artist\r\na;b\r\n"))
    assert (rows[0]["artist"], rows[0]["place"], problems) == ("b", "songs.csv:3", [])


def test_zero_bytes_are_dropped_and_reported(tmp_path):
    rows, problems = read(written(tmp_path, "title,artist\n" + "x,y\n" * 99 + "a\0b,c\n"))
    assert rows[-1]["title"] == "ab"
    assert [(p.code, p.message[:14]) for p in problems] == [("nul", "songs.csv:101:")]


def test_a_line_is_reported_once_however_often_it_is_looked_at(tmp_path):
    path = written(tmp_path, b"title,artist\na,b\n\x81,c\nd\n" + b"e,f\n" * 200 + b'"g,h\n\x81,i\n')
    rows, problems = read(path, encoding="cp1252")
    assert [problem.message.split(":")[1] for problem in problems if problem.code == "undecodable"] == ["3", "206"]
    assert codes(problems).count("ragged") == codes(problems).count("quote") == 1
    assert [row["place"] for row in rows] == [f"songs.csv:{n}" for n in range(2, 207)]


@pytest.mark.parametrize("piece", [1, 2, 3, 64])
def test_rows_are_the_same_wherever_pieces_of_the_file_end(tmp_path, monkeypatch, piece):
    monkeypatch.setattr("catalog.lines._PIECE", piece)
    path = written(tmp_path, 'title,artist\na,b\nc,"d\ne"\n\nf,g\n"h,i\nj,k\nl,m,n\no\np,"q"\nr,"s\nt"')
    rows, problems = read(path)
    assert [(row["title"], row["artist"], row["place"][10:]) for row in rows] == [
        ("a", "b", "2"), ("c", "d\ne", "3"), ("f", "g", "6"), ('"h', "i", "7"), ("j", "k", "8"), ("o", None, "10"),
        ("p", "q", "11"), ("r", "s\nt", "12"),
    ]  # fmt: skip
    assert codes(problems) == ["quote", "ragged", "ragged"]


def test_of_two_columns_of_one_name_the_first_counts(tmp_path):
    (row,), (problem,) = read(written(tmp_path, "title,Title,x,x,\na,b,c,d,e\n"))
    assert row["title"] == "a"
    assert json.loads(row["extra"]) == {"Title": "b", "x": "c", "x (4)": "d", "column 5": "e"}
    assert "column 2 'Title' is kept in 'extra'" in problem.message


def test_a_fifty_megabyte_line_is_refused_or_passed_over(tmp_path):
    huge = b"x" * 50_000_000
    with pytest.raises(SourceError, match="holds no lines that can be read"):
        read(written(tmp_path, huge))
    rows, problems = read(written(tmp_path, b"title,artist\na,b\n" + huge + b"\nc,d\n"))
    assert titles(rows) == ["a", "c"]
    assert [(p.code, p.message[:12]) for p in problems] == [("long_line", "songs.csv:3:")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"\n\n", "no lines that can be read"),
        ("a.csv", b"title,artist\n", "holds no rows that can be read"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "binary data, not text"),
        (
            "a.csv",
            b"composer,year\nBach,1720\n",
            "no title column; there are: 'composer', 'year'; .*--map 'composer'=title",
        ),
        ("a.csv", b"song,name\na,b\n", "no title column"),
        ("a.xlsx", b"PK", r"the suffix '\.xlsx' is not known; save each sheet as CSV in UTF-8, and give one of \.csv"),
        ("a.csv.gz", b"\x1f\x8b", r"the suffix '\.gz' is not known; unpack it, and give one of \.csv"),
        ("a.doc", b"x", r"the suffix '\.doc' is not known; give one of \.csv"),
        ("a.csv", gzip.compress(bytes(range(256)) * 40), "binary data, not text; unpack it, and give a CSV"),
        ("a.parquet", b"PAR1 not really", "not a readable Parquet file"),
        ("a.jsonl", b'{"year": 1}\n', "no title column; there are: 'year'"),
        ("a.jsonl", b"nothing\n", "holds no rows"),
        ("a.json", b'["a"]\n', r"no rows .* \(a\.json:1: .* is no JSON object; .* one object a line"),
    ],
)
def test_a_source_that_cannot_be_read_says_what_to_do(tmp_path, name, content, message):
    with pytest.raises(SourceError, match=message) as raised:
        read(written(tmp_path, content, name))
    assert str(tmp_path / name) in str(raised.value)


def test_missing_and_unreadable_files_are_refused(tmp_path):
    with pytest.raises(SourceError, match="no such file or folder; check the path"):
        read(tmp_path / "absent.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")  # not even an administrator can open it
    with pytest.raises(SourceError, match=r"loop\.csv: cannot be read \(Too many levels"):
        read(tmp_path / "loop.csv")


def test_columns_are_mapped_by_the_user(tmp_path):
    path = written(tmp_path, "Name Of Song,title\na,b\n")
    (row,), _ = read(path, columns={"name of song": "title"})
    assert (row["title"], json.loads(row["extra"])) == ("a", {"title": "b"})
    with pytest.raises(SourceError, match="no column 'song'; there are: 'Name Of Song', 'title'"):
        read(path, columns={"song": "title"})
    with pytest.raises(UsageError, match="there is no field 'mood'; fields: track_id, source"):
        read(path, columns={"title": "mood"})
    with pytest.raises(UsageError, match="'title' is mapped more than once"):
        read(path, columns={"title": "title", "Name Of Song": "title"})


def test_an_alias_counts_only_where_it_can_mean_one_thing(tmp_path):
    (row,), (problem,) = read(written(tmp_path, "Track Name,Track,length,time\na,3,1:00,2:00\n"))
    assert (row["title"], row["track_number"], row["duration"]) == ("a", "3", None)
    assert json.loads(row["extra"]) == {"length": "1:00", "time": "2:00"}
    assert "columns 'length', 'time' could each be the duration; choose with --map COLUMN=duration" in problem.message


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["Name", "Artist", "Album", "Time", "Track Number"], ["title", "artist", "album", "duration", "track_number"]),
        (["Track", "Artist"], ["title", "artist"]),
        (["title", "track"], ["title", "track_number"]),
        (["Track Name", "Artist Name(s)", "Track Duration (ms)"], ["title", "artist", "duration"]),
        (["title", "EAN/UPC", "Track #"], ["title", "upc", "track_number"]),
        (["track_name", "draft", "lifetime", "song count"], ["title", None, None, None]),
    ],
)
def test_headers_of_common_exports_are_understood(tmp_path, header, fields):
    values = [str(n) for n in range(len(header))]
    (row,), _ = read(written(tmp_path, f"{','.join(header)}\n{','.join(values)}\n"))
    for field, name, value in zip(fields, header, values, strict=True):
        if field:
            assert (row[field] or "").removesuffix(" ms") == value
        else:
            assert json.loads(row["extra"])[name] == value


def test_a_unit_in_the_columns_name_goes_with_the_number(tmp_path):
    rows, _ = read(written(tmp_path, "title,Track Duration (ms)\na,213400\nb,3:33\nc,\n"))
    assert [row["duration"] for row in rows] == ["213400 ms", "3:33", None]


def test_json_lines_keep_going_over_broken_ones(tmp_path):
    lines = [
        '{"title": "a", "artists": ["X", "Y"], "year": 1999, "live": true, "tags": {"mood": ["blue"]}}',
        '{"title": "b", "duration_ms": 213400}',
        '{"title": ',
        '"text"',
        "[" * 100_000,
        "",
        '{"song": "c\\u0000", "artist": null, "label": "\\ud800"}',
    ]
    rows, problems = read(written(tmp_path, "\n".join(lines), "a.jsonl"))
    assert titles(rows) == ["a", "b", "c"]
    assert (rows[0]["artist"], rows[0]["year"]) == ("X; Y", "1999")
    assert json.loads(rows[0]["extra"]) == {"live": True, "tags": {"mood": ["blue"]}}
    assert rows[1]["duration"] == "213400 ms"
    assert (rows[2]["label"], rows[2]["track_id"]) == ("?", "a:7")
    assert codes(problems) == ["bad_json"] * 3
    assert [problem.message.split(":")[1] for problem in problems] == ["3", "4", "5"]


def test_parquet_columns_of_any_type_become_text(tmp_path):
    table = pa.table(
        {
            "Title": pa.array(["a", "b", None]),
            "artist": pa.array([["X", "Y"], [], None]),
            "year": pa.array([1999.0, None, 2000.0]),
            "track_number": pa.array([1, 2, None], pa.int8()),
            "duration": pa.array([213400, None, 1], pa.duration("ms")),
            "release_date": pa.array([0, None, 86_400_000], pa.timestamp("ms")),
            "language": pa.array(["en", "en", None]).dictionary_encode(),
            "score": pa.array([0.5, None, None]),
            "label": pa.array([b"Motown", b"\xff", None]),
            "album": pa.array([b"x\0y", b"\xff", b""]).view(pa.string()),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    rows, problems = read(tmp_path / "a.parquet")
    assert problems == []
    assert [rows[0][name] for name in ("title", "artist", "year", "track_number", "duration", "label")] == [
        *("a", "X; Y", "1999", "1", "213400 ms", "Motown")
    ]
    assert [row["release_date"] for row in rows] == ["1970-01-01", None, "1970-01-02"]
    assert [row["place"] for row in rows] == ["a.parquet:1", "a.parquet:2", "a.parquet:3"]
    assert json.loads(rows[0]["extra"]) == {"score": "0.5"}
    assert [row["album"] for row in rows] == ["xy", "\ufffd", None]
    assert (rows[1]["artist"], rows[1]["label"]) == (None, "\ufffd")


def test_large_sources_come_in_bounded_batches(tmp_path):
    rows = 3 * BATCH_ROWS + 5
    path = written(tmp_path, "title\n" + "".join(f"song {n}\n" for n in range(rows)))
    batches = read_source(SourceSpec(path), on_problem=print)
    assert [batch.num_rows for batch in batches] == [BATCH_ROWS] * 3 + [5]


def test_the_real_tables_are_read_without_a_problem(shared_data):
    for name in ("musicbrainz20k/original.csv", "covers/tracks.csv", "discogs/tracks.csv", "audio/catalogue.csv"):
        with (shared_data / name).open(newline="", encoding="utf-8") as file:
            expected = list(csv.DictReader(file))
        rows, problems = read(shared_data / name)
        assert problems == []
        assert [row["track_id"] for row in rows] == [row["track_id"] for row in expected]
        assert [row["title"] or "" for row in rows] == [row["title"] for row in expected]


def test_batches_of_very_long_rows_are_shorter(tmp_path, monkeypatch):
    monkeypatch.setattr("catalog.delimited.BATCH_BYTES", 1 << 20)
    path = written(tmp_path, "title,artist\n" + f"a,{'x' * 10_000}\n" * 2000)
    sizes = [batch.num_rows for batch in read_source(SourceSpec(path), on_problem=print)]
    assert sum(sizes) == 2000
    assert max(sizes) * 10_000 < 2 << 20


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\",;\t|'"), max_size=20)
LATIN = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]) | st.sampled_from('\n",;'), max_size=20)


@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    delimiter=st.sampled_from(",;\t|"),
)
def test_what_was_written_is_read_back(tmp_path_factory, rows, encoding, delimiter):
    check_round_trip(tmp_path_factory.mktemp("csv"), rows, encoding, delimiter, None)


@given(rows=st.lists(st.tuples(LATIN, LATIN, LATIN), min_size=1, max_size=8), delimiter=st.sampled_from(",;"))
def test_latin_text_is_read_back_when_the_encoding_is_given(tmp_path_factory, rows, delimiter):
    check_round_trip(tmp_path_factory.mktemp("csv"), rows, "latin-1", delimiter, "latin-1")


def check_round_trip(folder, rows, encoding, delimiter, given_encoding):
    rows = [("id", *cells) for cells in rows]  # a row of empty cells alone would be a blank line
    with (folder / "a.csv").open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows([("track_id", "title", "artist", "mood"), *rows])
    read_rows, problems = read(folder / "a.csv", encoding=given_encoding)
    assert problems == []
    found = [
        (row["track_id"], row["title"] or "", row["artist"] or "", json.loads(row["extra"] or "{}").get("mood", ""))
        for row in read_rows
    ]
    assert found == rows


@given(
    content=st.binary(max_size=200)
    | st.lists(st.sampled_from([b"a", b'"', b",", b"\n", b"\r", b"\0", b"\xe9", b"{", b"}"])),
    head=st.sampled_from([b"", b"title,artist\n", b"title;artist\n", b'{"title": "a"}\n', b"\xff\xfe", b"PAR1"]),
    suffix=st.sampled_from([".csv", ".jsonl", ".parquet"]),
)
def test_no_content_is_worse_than_an_error_that_says_so(tmp_path_factory, content, head, suffix):
    whole = head + (content if isinstance(content, bytes) else b"".join(content))
    path = written(tmp_path_factory.mktemp("any"), whole, f"a{suffix}")
    with contextlib.suppress(SourceError):
        rows, _ = read(path)
        assert all(row["track_id"] and "\0" not in (row["title"] or "") for row in rows)


def test_lists_with_gaps_are_joined_and_what_is_no_number_is_left_out(tmp_path):
    path = written(tmp_path, '{"title": "a", "artist": ["A", null, "B"], "x": NaN, "y": 1}\n', "songs.jsonl")
    ((row,), problems) = read(path)
    assert (row["artist"], json.loads(row["extra"], parse_constant=pytest.fail), problems) == ("A; B", {"y": 1}, [])
    pq.write_table(pa.table({"title": ["a"], "release_date": [[datetime.date(1999, 1, 2), None]]}), tmp_path / "a.pq")
    assert read(tmp_path / "a.pq")[0][0]["release_date"] == "1999-01-02"


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([b"ab\xff\xfe"], pa.binary(4)), "ab\ufffd\ufffd"),
        (pa.array([b"ab\xff"], pa.binary_view()), "ab\ufffd"),
        (pa.array([bytes(range(16))], pa.uuid()), "00010203-0405-0607-0809-0a0b0c0d0e0f"),
    ],
)
def test_bytes_of_every_kind_are_read(tmp_path, column, text):
    pq.write_table(pa.table({"title": ["a"], "track_id": column}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet")[0][0]["track_id"] == text


def test_commas_in_a_list_of_titles_divide_nothing(tmp_path):
    rows, problems = read(written(tmp_path, "title\nHello, World\nYou; Me\n"))
    assert (titles(rows), problems) == (["Hello, World", "You; Me"], [])


def test_a_path_that_is_no_text_is_refused(tmp_path):
    try:
        (tmp_path / "Caf\udce9").mkdir()
    except OSError:
        pytest.skip("this file system holds UTF-8 names only")
    path = written(tmp_path / "Caf\udce9", "title\na\n")
    for reading in (read, fingerprint):
        with pytest.raises(SourceError, match=r"Caf\\xe9.*: the path is not UTF-8; rename"):
            reading(path)
