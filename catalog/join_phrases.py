"""The phrases that join names in a printed credit: "feat.", "&", "vs.", " / ", "con".

Each row of the table says what a phrase does: `cut` phrases always end a name; `list` phrases may also stand inside one
("Earth, Wind & Fire"), which `catalog.credits` decides. `role` is what the names after it are; None leaves the role
as it was ("feat. A & B": both featured). Examples are run as tests.
"""

import re
from dataclasses import dataclass

from catalog.instrument_words import PLAYED, PLAYERS

CUT, AND, COMMA, SLASH = "cut", "and", "comma", "slash"
"""What a join does: always cuts; may be an "and" inside a name; is a comma; is a slash without spaces."""


@dataclass(frozen=True)
class JoinPhrase:
    """One row: what the join does, the role that follows, its pattern, examples that must and must not be cut."""

    name: str
    effect: str
    role: str | None
    pattern: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


_BEFORE = r"(?:\s+|\s*[(\[（【,;]\s*|(?<=[)\]）】]))"

JOINS = (
    JoinPhrase(
        "featured",
        CUT,
        "featured",
        _BEFORE + r"(?i:(?:and |& )?(?:featuring|feat\.?|ft\.?|f/|co-?starring|starring|introducing|"
        r"special guests?(?: appearance)?(?: by)?:?|part(?:ic)?\.(?: esp\.)?(?!\s*\d)|"
        r"participa[cç][aã]o(?: especial)?(?: de)?|при участии)(?=[\s:.])[:.]?)"
        r"(?:\s*(?i:vocals?(?: by)?|canta)\s*:)?\s+(?!of\s)|"
        + _BEFORE
        + r"(?i:feat|ft)\.(?=\S)|\s*,\s*(?i:canta|voz|vocals?|gesang|chant)\s*:\s*",
        yes=(
            "Usher Feat. Eve",
            "A ft B",
            "A (feat. B)",
            "A featuring B",
            "A feat.B",
            "少女時代（feat. 椎名林檎）",
            "Colon ,Canta: Lavoe",
            "Gaab (part. Marília Mendonça)",
            "Ludmilla, participação especial Anitta",
            "Макс Корж при участии Тимати",
        ),
        no=("Daft Punk", "Defeat Them", "Little Feat", "Swift", "A Part of Me"),
    ),
    JoinPhrase(
        "with",
        CUT,
        "with",
        _BEFORE + r"(?i:with|w/|con|avec|mit|med|duet with|together with|accompanied by)\s+"
        r"(?!(?i:an?|my|no|you|love)\s)"
        r"(?!(?i:(?:the )?(?:orchest\w+|orquest\w+|ork\w+|strings|chorus|choir|chor))\W*$)"
        r"(?!(?:(?i:his|her|their|sein(?:e[mnr]?)?|ihr(?:e[mnr]?)?|sus?|la sua|il suo|i suoi)|hans|son|sa|ses)\s)",
        yes=(
            "John Tejada With Arian Leviste",
            "A con B",
            "Ute mit Band",
            "Mari med Kari Trio",
        ),
        no=(
            "Man With A Mission",
            "Within Temptation",
            "Conway Twitty",
            "Artie Shaw with his Orchestra",
            "Bird with Strings",
        ),
    ),
    JoinPhrase(
        "voice",
        CUT,
        "with",
        r"\s*[(\[（【]\s*(?i:cv|voice(?:d by)?|声)\s*[.:：・]\s*",
        yes=("初音ミク（CV：藤田咲）", "Hatsune Miku (CV: Saki Fujita)"),
        no=("花澤香菜（CV）", "CV Jones"),
    ),
    JoinPhrase(
        "versus",
        CUT,
        "main",
        _BEFORE + r"(?i:vs\.?|versus|v\.)\s+",
        yes=("A vs. B", "Technotronic Vs Dimitri"),
        no=("Versus the World",),
    ),
    JoinPhrase(
        "presents",
        CUT,
        "main",
        _BEFORE + r"(?i:presents:?|pres\.|present|meets|präsentiert|presenta|présente)\s+",
        yes=("Benny Benassi Presents The Biz", "A pres. B", "Hemo meets Rudebwoy"),
        no=("The Presents",),
    ),
    JoinPhrase(
        "conductor",
        CUT,
        "conductor",
        _BEFORE + r"(?i:(?:and |& )?(?:conducted|directed|dirigée?|dirigiert|dirigid[ao]|dirett[ao]|dir|cond)\.?"
        r"\s*(?:by|par|von|por|da|:)|(?:dir|cond|дир)\.\s|o\.l\.v\.|onder leiding van|под управлением|"
        r"sous la direction de|bajo la direcci[oó]n de|sob a (?:direção|regência) de|"
        r"feat\.? (?:conductor|director):|conductor:|director:|dirigent:|"
        r"unter der leitung von|under the direction of)\s*",
        yes=(
            "X Choir Directed By Stan Summers",
            "BSO feat. conductor: Paul Daniel",
            "Suisse Romande, dir. Ernest Ansermet",
            "Orquesta Sinfónica, dirigida por Enrique Bátiz",
            "БСО под управлением Владимира Федосеева",
        ),
        no=("Conductor",),
    ),
    JoinPhrase(
        "remixer", CUT, "remixer", _BEFORE + r"(?i:remix(?:ed)? by)\s+", yes=("A remixed by B",), no=("Remix by",)
    ),
    JoinPhrase(
        "producer",
        CUT,
        "producer",
        _BEFORE + r"(?i:prod(?:uced|\.)?(?: by)?)\s+",
        yes=("A prod. by B",),
        no=("The Prodigy",),
    ),
    JoinPhrase(
        "x",
        CUT,
        None,
        r"\s+[x×]\s+|(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])×(?=\w)",
        yes=("W&W x Armin van Buuren", "米津玄師×菅田将暉"),
        no=("Malcolm X", "The xx", "X Ambassadors", "Chloe x Halle", "SPY×FAMILY"),
    ),
    JoinPhrase(
        "played",
        CUT,
        None,
        PLAYED,
        yes=("Yo-Yo Ma (cello), Emanuel Ax", "Renée Fleming, soprano, Jean-Yves Thibaudet, Piano"),
        no=("Tom Piano", "The Organ"),
    ),
    JoinPhrase(
        "others",
        CUT,
        None,
        r"(?:\s*,\s*(?:(?i:and|und|et|y|e)\s+)?|\s+(?:(?i:and|und|et|y|e|og|och)|&|\+)\s+)"
        r"(?i:(?:many )?others|andere|autres)(?=\W*$)|\s*,?\s+(?i:et\.? al|etc|u\. ?a|и др)\.(?=\W*$)",
        no=("The Others", "This Et Al", "Uns e Outros"),
    ),
    JoinPhrase(
        "mark",
        CUT,
        None,
        r"\s*[;|、；•∙]\s*|\s+[·.]\s+|\s*[,;]\s*&\s*|\s+&&\s+",
        yes=("A; B", "A • B", "A | B", "宇多田ヒカル、椎名林檎"),
        no=("St. Vincent", "R.E.M."),
    ),
    JoinPhrase(
        "divided",
        CUT,
        "main",
        r"\s+(?:/|／|\\|-|–|—|:|//)\s+|(?<=\S)\s*／\s*",
        yes=("Quiet Riot / Slade", "Schoenberg - Pierre Boulez", "Mozart : Sarah Brooke", "منى / حنان / علاء"),
        no=("AC/DC", "Jean-Michel Jarre"),
    ),
    JoinPhrase(
        "slash",
        SLASH,
        None,
        r"(?<=\w)/(?=\w)",
        yes=("Marcia Bassett/Carlos Giffoni",),
        no=("AC/DC", "DJ/rupture"),
    ),
    JoinPhrase(
        "comma",
        COMMA,
        None,
        r"\s*[,，]\s*(?:(?i:and|und|et|y)\s+|&\s*)?",
        yes=("Torch, Cnn199 Crew", "Torch, Bantu, Afrob", "Vivaldi, Олег Крыса"),
        no=("Sammy Davis, Jr.", "10,000 Maniacs", "Tyler, The Creator"),
    ),
    JoinPhrase(
        "and",
        AND,
        None,
        r"\s*[&＆]\s*|\s+\+\s+|\s+(?i:and|und|et|och|og|y)\s+|\s+(?:[ei]|ve|és|și|şi)\s+(?=[^\W\d_a-z])|"
        r"\s+(?:и|та|і|και|و|และ)\s+",
        yes=(
            *("Elton John & Kiki Dee", "Gino Paoli e Ornella Vanoni", "Elton John and Kiki Dee", "FEAR + Ann Lee"),
            *("Земфира и Рената Литвинова", "Νάνα Μούσχουρη και Μίκης Θεοδωράκης", "Sezen Aksu ve Levent Yüksel"),
            "عمرو دياب و نانسي عجرم",
        ),
        no=(
            "Simon & Garfunkel",
            "Bob Marley & The Wailers",
            "Florence + the Machine",
            "Anderson Paak",
            "Rolando",
            "Король и Шут",
        ),
    ),
)

BY_NAME = {row.name: row for row in JOINS}

_ORDER = (
    *("conductor", "featured", "remixer", "producer", "with", "voice", "versus", "presents"),
    *("x", "played", "others", "mark", "divided", "slash", "comma", "and"),
)

_START = r"(?:(?=[\s(\[（【,;|、；•∙／/，&＆×])|(?<=[)\]）】]))"

JOIN = re.compile(_START + "(?:" + "|".join(f"(?P<{name}>{BY_NAME[name].pattern})" for name in _ORDER) + ")")
"""Any join phrase with the spaces around it; `lastgroup` names its row."""

TRIGGER = re.compile(
    r"[（【]|[,;&＆，；、|•∙·×／+:/\\\s(\[](?:(?<![\s(\[])|(?<=[(\[])[fF]|"
    rf"(?<=[(\[])\s*(?i:cv|voice|声|part|{PLAYERS})|\S{{1,3}}\s|"
    r"(?i:feat|with|versus|pres|präsent|présent|meets|starring|co-?starring|avec|introducing|special|"
    r"direct|dirig|dirett|conduct|unter|onder|remix|prod|part|others|etc|o\.l\.v|u\.a|(?:dir|cond|дир)\.))"
)
"""What every credit of more than one name holds; most credits do not and need no further look."""
