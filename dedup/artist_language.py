"""The language that a release's titles are in, guessed from their small words and their letters.

Articles, pronouns and prepositions are few, frequent and mostly a language's own (Ingle, "A language identification
table", 1976), which suits titles: they are too short for letter statistics. Each word that a language lists, and
each word with a letter that is its own, is a vote; the language with most votes wins where it leads. Titles that
give no lead are in no known language, which says nothing. Only Latin script: other scripts are compared as scripts.
"""

import re
from collections.abc import Iterable

LEAST_VOTES = 2
LEAD = 1.5  # the winner's votes over the second's
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")

SMALL_WORDS: dict[str, str] = {
    "english": (
        "the of and you your my me i is it in on to for with this that what when we are be not don't all from "
        "up out can't i'm it's never love night baby a as do no so at if by or but u wanna"
    ),
    "german": (
        "der die das den dem des und ich du er wir ihr nicht ein eine einen mein meine dein auf mit für von "
        "zu im ist wie was wenn nur bei aus nach doch auch"
    ),
    "french": (
        "le la les l des du et je tu il nous vous un une est pas dans pour sur avec mon ma mes ton ta que qui "
        "ne au aux ce c'est j'ai amour sans"
    ),
    "spanish": (
        "el la los las del y yo tú mi tu un una es en por para con sin que no te lo si se como más amor eres "
        "soy cuando corazón"
    ),
    "portuguese": (
        "o a os as do da dos das e eu você meu minha um uma é em no na por para com sem que não te se mais "
        "amor só saudade samba"
    ),
    "italian": (
        "il lo la gli dei della delle del di e io tu mio mia un una è in per con senza che non ti si ma più "
        "amore sono sei nel alla canto"
    ),
    "dutch": "de het een en ik jij je mijn is in op van voor met niet dat die wat als naar bij aan maar ook zo",
    "swedish": ("och jag du det den en ett är i på av för med inte som min mitt till från när vi mig dig om han hon"),
    "danish, norwegian": (
        "og jeg du det den en et er i på av af for med ikke som min mit til fra når vi meg mig deg dig om han hun"
    ),
    "finnish": "ja minä sinä on ei se mun sun kun niin vain jos mä sä en olen oon yö kuin sen tää",
    "hungarian": "a az és egy én te nem van ha már még csak hogy vagy szerelem nincs mint",
    "polish": "i w z na nie się ja ty to jest jak do po za mnie moja mój tylko już dla",
    "czech, slovak": "a v s na ne se já ty to je jak do po za mě můj moje jen už pro když není jsem si",
    "croatian, serbian": (
        "i u s na ne se ja ti to je kao do po za moja moj samo već sam si nije sve kad ljubav ljubavi"
    ),
    "romanian": "și este în cu să nu mai din dragoste mea inima",
    "turkish": "ve bir ben sen bu ne var yok gibi için seni beni aşk çok mi da",
}
OWN_LETTERS: dict[str, str] = {
    "german": "ß",
    "french": "œ",
    "spanish": "ñ¿¡",
    "portuguese": "ãõ",
    "danish, norwegian": "æø",
    "hungarian": "őű",
    "polish": "łąęśźżń",
    "czech, slovak": "ěřůťďň",
    "croatian, serbian": "đ",
    "romanian": "țșăţş",
    "turkish": "ığ",
}

LANGUAGES_OF = {
    word: [language for language, words in SMALL_WORDS.items() if word in words.split()]
    for word in " ".join(SMALL_WORDS.values()).split()
}
LANGUAGE_OF = {letter: language for language, letters in OWN_LETTERS.items() for letter in letters}


def guess_language(titles: Iterable[str]) -> str | None:
    """The language of different titles of one release, as named in `SMALL_WORDS`; None where none leads."""
    votes: dict[str, int] = {}
    for title in set(titles):
        for word in WORD.findall(title.lower().replace("’", "'")):
            for language in LANGUAGES_OF.get(word, ()) if word.isascii() else _languages_of(word):
                votes[language] = votes.get(language, 0) + 1
    most, second = sorted([*votes.values(), 0, 0], reverse=True)[:2]
    if most < LEAST_VOTES or most < LEAD * second or most == second:
        return None
    return max(votes, key=votes.__getitem__)


def _languages_of(word: str) -> list[str]:
    """A vote for each language that lists the word, and one for each whose own letter it has."""
    return [*LANGUAGES_OF.get(word, ()), *{LANGUAGE_OF[letter] for letter in word if letter in LANGUAGE_OF}]
