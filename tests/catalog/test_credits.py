import csv
import re
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.credits import parse_credit
from catalog.join_phrases import JOINS
from catalog.protected_names import PROTECTED

ONE_ACT = """
Simon & Garfunkel|AC/DC|Tyler, The Creator|Earth, Wind & Fire|Crosby, Stills & Nash
Mumford & Sons|Hall & Oates
Bob Marley & The Wailers|Nick Cave & the Bad Seeds|Florence + the Machine|Glenn Miller and His Orchestra|Kool & the Gang
Ella Fitzgerald and Her Savoy Eight|Sonny & Cher|Peter, Paul and Mary|Emerson, Lake & Palmer|Blood, Sweat & Tears
Sammy Davis, Jr.|Beatles, The|Bach, J.S.|10,000 Maniacs|Angus & Julia Stone|Ike & Tina Turner|Shankar Family & Friends
Man With A Mission|Within Temptation|Malcolm X|The xx|DJ/rupture|Anderson .Paak|St. Vincent|R.E.M.|will.i.am|Daft Punk
Cortijo Y Su Combo|Los Fabulosos Cadillacs|Rodrigo y Gabriela|Al Bano & Romina Power|宇多田ヒカル|Мумий Тролль|أم كلثوم
Jean-Michel Jarre|Little Feat|!!!|Marc & The Wild Ones|Diddy - Dirty Money|Rosalía|Of Monsters and Men
The The|A$AP Rocky|P!nk|deadmau5|Beach House|Nirvana UK|Tyger, Tyger|Salt-N-Pepa|Тату|少女時代
Duke Ellington and His Orchestra|Benny Goodman & His Orchestra|Hot Butter (2)|방탄소년단
花澤香菜（CV）|Sly & The Family Stone|Jack Ü (Skrillex & Diplo)|Silk Sonic (Bruno Mars / Anderson .Paak)
C&C Music Factory|The Product G&B|Artie Shaw with his Orchestra|Carlos Gardel con su orquesta
Nusrat Fateh Ali Khan & Party|Billy Murray with Orchestra|Chorus & Orchestra of the Royal Opera House
Chor und Symphonieorchester des Bayerischen Rundfunks|Король и Шут
Earth Wind & Fire|Crosby Stills Nash & Young|Choir of King's College, Cambridge|タッキー＆翼|Chiclete Com Banana"""

SEVERAL = [
    ("Usher Feat. will.i.am", [("Usher", "main"), ("will.i.am", "featured")]),
    ("A feat. B, C & D E", [("A", "main"), ("B", "featured"), ("C", "featured"), ("D E", "featured")]),
    ("Artist A [feat. Artist B]", [("Artist A", "main"), ("Artist B", "featured")]),
    ("Ann Lee (with Bob Ray)", [("Ann Lee", "main"), ("Bob Ray", "with")]),
    ("Elton John & Kiki Dee", [("Elton John", "main"), ("Kiki Dee", "main")]),
    ("W&W x Armin van Buuren", [("W&W", "main"), ("Armin van Buuren", "main")]),
    ("Heller & Enkie vs. Gadjo", [("Heller & Enkie", "main"), ("Gadjo", "main")]),
    (
        "Paul Nicholas, Oliver Tobias And The Co.",
        [("Paul Nicholas", "main"), ("Oliver Tobias", "main"), ("The Co.", "main")],
    ),
    ("Kool & The Gang & JT", [("Kool & The Gang", "main"), ("JT", "main")]),
    ("Quiet Riot / Slade", [("Quiet Riot", "main"), ("Slade", "main")]),
    ("Schoenberg - Pierre Boulez", [("Schoenberg", "main"), ("Pierre Boulez", "main")]),
    ("Cortijo Y Su Combo Con Ismael Rivera", [("Cortijo Y Su Combo", "main"), ("Ismael Rivera", "with")]),
    ("Benny Benassi Presents The Biz", [("Benny Benassi", "main"), ("The Biz", "main")]),
    (
        "Hugo Wolf, Robert Schumann - Helen Watts",
        [("Hugo Wolf", "main"), ("Robert Schumann", "main"), ("Helen Watts", "main")],
    ),
    ("Chopin, The New York Philharmonic", [("Chopin", "main"), ("The New York Philharmonic", "orchestra")]),
    ("BSO Chorus Directed By Stan Summers", [("BSO Chorus", "main"), ("Stan Summers", "conductor")]),
    ("Willie Colon ,Canta: Hector Lavoe", [("Willie Colon", "main"), ("Hector Lavoe", "featured")]),
    (
        "Yo-Yo Ma • Edgar Meyer • Mark O'Connor",
        [("Yo-Yo Ma", "main"), ("Edgar Meyer", "main"), ("Mark O'Connor", "main")],
    ),
    (
        "Christoph Gluck ; Marc Minkowski , Les Arts",
        [("Christoph Gluck", "main"), ("Marc Minkowski", "main"), ("Les Arts", "main")],
    ),
    ("Peter Tosh*, Mick Jagger (2)", [("Peter Tosh*", "main"), ("Mick Jagger (2)", "main")]),
    ("Vivaldi, Олег Крыса", [("Vivaldi", "main"), ("Олег Крыса", "main")]),
    ("宇多田ヒカル、椎名林檎", [("宇多田ヒカル", "main"), ("椎名林檎", "main")]),
    ("منى / حنان / علاء", [("منى", "main"), ("حنان", "main"), ("علاء", "main")]),
    ("Земфира feat. Мумий Тролль", [("Земфира", "main"), ("Мумий Тролль", "featured")]),
    ("Gino Paoli e Ornella Vanoni", [("Gino Paoli", "main"), ("Ornella Vanoni", "main")]),
    ("Nena und Kim Wilde", [("Nena", "main"), ("Kim Wilde", "main")]),
    ("Ana Torroja y Miguel Bosé", [("Ana Torroja", "main"), ("Miguel Bosé", "main")]),
    ("AR-15 & Mr.Roperrelli", [("AR-15", "main"), ("Mr.Roperrelli", "main")]),
    ("A$AP Rocky feat. 2 Chainz", [("A$AP Rocky", "main"), ("2 Chainz", "featured")]),
    ("P!nk ft. Lily Allen", [("P!nk", "main"), ("Lily Allen", "featured")]),
    ("deadmau5 x Kaskade", [("deadmau5", "main"), ("Kaskade", "main")]),
    ("Armand pres. The Bo", [("Armand", "main"), ("The Bo", "main")]),
    (
        "Glenn Miller and His Orchestra feat. Tex Beneke",
        [("Glenn Miller and His Orchestra", "main"), ("Tex Beneke", "featured")],
    ),
    ("The The with Sinéad O'Connor", [("The The", "main"), ("Sinéad O'Connor", "with")]),
    ("初音ミク（CV：藤田咲）", [("初音ミク", "main"), ("藤田咲", "with")]),
    ("Ann Lee（with Bob Ray）", [("Ann Lee", "main"), ("Bob Ray", "with")]),
    ("少女時代（feat. 椎名林檎）", [("少女時代", "main"), ("椎名林檎", "featured")]),
    ("松任谷由実 & 桑田佳祐", [("松任谷由実", "main"), ("桑田佳祐", "main")]),
    ("周杰伦/费玉清", [("周杰伦", "main"), ("费玉清", "main")]),
    ("Yo-Yo Ma, cello; Emanuel Ax, Piano", [("Yo-Yo Ma", "main"), ("Emanuel Ax", "main")]),
    ("Yo-Yo Ma (cello) & The Silk Road", [("Yo-Yo Ma", "main"), ("The Silk Road", "main")]),
    ("Black M, Soprano", [("Black M", "main"), ("Soprano", "main")]),
    ("Bob Dylan and others", [("Bob Dylan", "main")]),
    ("Hank Mobley, Lee Morgan, etc.", [("Hank Mobley", "main"), ("Lee Morgan", "main")]),
    ("Elton John et al.", [("Elton John", "main")]),
    ("Ute Wolf mit Kai Roth und seinem Orchester", [("Ute Wolf", "main"), ("Kai Roth und seinem Orchester", "with")]),
    ("Ann Lee (feat. Bob Ray & Cy Fox)", [("Ann Lee", "main"), ("Bob Ray", "featured"), ("Cy Fox", "featured")]),
    ("Earth, Wind & Fire, Ann Lee", [("Earth, Wind & Fire", "main"), ("Ann Lee", "main")]),
    ("少女時代 feat. 椎名林檎", [("少女時代", "main"), ("椎名林檎", "featured")]),
    ("Ann Lee (with Barbara Ray)", [("Ann Lee", "main"), ("Barbara Ray", "with")]),
    ("Mobb Deep (prod. Havoc)", [("Mobb Deep", "main"), ("Havoc", "producer")]),
    ("Technotronic versus Dimitri", [("Technotronic", "main"), ("Dimitri", "main")]),
    ("Bach, Johann Sebastian; Gould, Glenn", [("Bach, Johann Sebastian", "main"), ("Gould, Glenn", "main")]),
    (
        "Vaughan Williams, Ralph; Berliner Philharmoniker; Previn, André",
        [("Vaughan Williams, Ralph", "main"), ("Berliner Philharmoniker", "orchestra"), ("Previn, André", "main")],
    ),
    (
        "Miles Davis, Bill Evans; Stan Getz, João Gilberto",
        [("Miles Davis", "main"), ("Bill Evans", "main"), ("Stan Getz", "main"), ("João Gilberto", "main")],
    ),
    ("Bach; Gould, Glenn", [("Bach", "main"), ("Gould", "main"), ("Glenn", "main")]),
    ("Above & Beyond, Richard Bedford", [("Above & Beyond", "main"), ("Richard Bedford", "main")]),
    ("Zion & Lennox, J Balvin", [("Zion & Lennox", "main"), ("J Balvin", "main")]),
    ("Jay-Z & Kanye West, Rihanna", [("Jay-Z", "main"), ("Kanye West", "main"), ("Rihanna", "main")]),
    ("Ann Lee, Future & Offset", [("Ann Lee", "main"), ("Future", "main"), ("Offset", "main")]),
]
PHRASES = """
feat.|ft.|featuring|starring|co-starring|introducing|with|con|avec|mit|med|accompanied by|vs.|versus|v.|presents|meets
pres.|präsentiert|présente|prod.|remix by|dir.|cond.|dirigida por|diretta da|o.l.v.|onder leiding van|под управлением
при участии|part.|special guest|unter der leitung von|sous la direction de|x|&|y|und|och|и"""


@pytest.mark.parametrize("name", ONE_ACT.strip().replace("\n", "|").split("|"))
def test_one_act(name):
    assert parse_credit(name) == ((name, "main", ""),)


@pytest.mark.parametrize(("text", "names"), SEVERAL)
def test_several_names_with_roles(text, names):
    assert [(credit.name, credit.role) for credit in parse_credit(text)] == names


@pytest.mark.parametrize(("row", "text"), [(row.name, text) for row in JOINS for text in row.yes])
def test_join_phrase_must_cut(row, text):
    assert len(parse_credit(text)) > 1


@pytest.mark.parametrize(("row", "text"), [(row.name, text) for row in JOINS for text in row.no])
def test_join_phrase_must_not_cut(row, text):
    assert len(parse_credit(text)) == 1


@pytest.mark.parametrize("phrase", PHRASES.strip().replace("\n", "|").split("|"))
@pytest.mark.parametrize("printed", ["Bertha {} Bravo", "Bertha ({} Bravo)", "Bertha Alpha [{} Bravo Zulu]"])
def test_no_credit_with_a_join_phrase_is_passed_over(monkeypatch, phrase, printed):
    text = printed.format(phrase)
    quickly = parse_credit(text)
    monkeypatch.setattr("catalog.credits.TRIGGER", re.compile(""))
    assert quickly == parse_credit(text)


@pytest.mark.parametrize("name", PROTECTED.strip().splitlines())
def test_protected_names_stay_whole_also_among_others(name):
    assert [credit.name for credit in parse_credit(f"{name.upper()} feat. Ann Lee")] == [name.upper(), "Ann Lee"]


NAMES = st.sampled_from(["Ann Lee", "Bob Ray", "Cé", "Дима", "宇多田", "The Kit", "(2)", "*", " ", ""])
JOINTS = st.sampled_from(
    ["（feat. ", "）", " feat. ", " & ", ", ", " x ", " / ", ";", " (with ", ")", " vs. ", " - ", " and ", " con ", "/"]
)


@given(st.lists(st.tuples(NAMES, JOINTS), max_size=6).map(lambda pairs: "".join(a + b for a, b in pairs)) | st.text())
def test_lossless(text):
    credits = parse_credit(text)
    assert "".join(credit.name + credit.join for credit in credits) == (text if text.strip() else "")
    assert all(credit.name.strip() for credit in credits)


def test_printed_credits_of_discogs(shared_data):
    truth: dict[str, list[str]] = defaultdict(list)
    with (shared_data / "discogs" / "truth-artists.csv").open(encoding="utf-8") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: int(row["position"])):
            truth[row["track_id"]].append(row["name"])
    with (shared_data / "discogs" / "tracks.csv").open(encoding="utf-8") as file:
        right = [
            [c.name for c in parse_credit(row["artist"])] == truth[row["track_id"]] for row in csv.DictReader(file)
        ]
    assert sum(right) / len(right) > 0.97
