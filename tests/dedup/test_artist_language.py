"""Titles whose language must be recognised, and titles that must give none."""

import pytest

from dedup.artist_language import OWN_LETTERS, SMALL_WORDS, guess_language

KNOWN = [
    ("english", ["Dressed in Dreams", "As Far as Fun", "The Long Way Home"]),
    ("german", ["Freut euch des Lebens", "Ich hab mein Herz in Heidelberg verloren"]),
    ("french", ["Tout le contraire de toi", "Je ne sais pas"]),
    ("spanish", ["Cuando tú no estás", "El sueño de los niños"]),
    ("portuguese", ["É de dar água na boca", "Você não me ensinou"]),
    ("italian", ["Lodate Dio, o alti cieli", "Io che non vivo senza te"]),
    ("finnish", ["Minä olen", "Kun sinä et oo"]),
    ("czech, slovak", ["Zaklínej se třeba ďáblem", "Kam tak chvátáš"]),
    ("polish", ["Nie ma już nic", "Ty i ja się znamy"]),
    ("hungarian", ["Szeretlek még", "Az őszi szél és én"]),
]
NONE = [[], [""], ["Isis", "Heartbeat", "Samba"], ["Юность"], ["Track 1", "Track 2"], ["Die", "Die"], ["De", "La"]]


@pytest.mark.parametrize(("language", "titles"), KNOWN)
def test_small_words_tell_the_language(language: str, titles: list[str]) -> None:
    assert guess_language(titles) == language


@pytest.mark.parametrize("titles", NONE)
def test_no_lead_is_no_language(titles: list[str]) -> None:
    assert guess_language(titles) is None


def test_a_title_counts_once_however_often_it_is_listed() -> None:
    assert guess_language(["Der Mond"] * 50) is None


def test_own_letters_belong_to_listed_languages_only() -> None:
    assert OWN_LETTERS.keys() <= SMALL_WORDS.keys()
    letters = "".join(OWN_LETTERS.values())
    assert len(letters) == len(set(letters))
