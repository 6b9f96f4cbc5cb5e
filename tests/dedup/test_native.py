"""Titles printed in other scripts than the Latin one: which name different things, and which are spellings of one."""

import pyarrow as pa
import pytest

from catalog.text import fold
from dedup.native import native_form, native_titles, other_native

OTHER = [
    ("東京の夜", "東京の朝"),
    ("春の歌", "夏の歌"),
    ("夜", "葉"),  # one reading, two characters
    ("사랑", "사람"),
    ("ハハ", "パパ"),
    ("ความรัก", "ความลับ"),
    ("ночь", "дочь"),
    ("белая роза", "белая поза"),
    ("ليلة حب", "ليلة حرب"),
    ("לילה טוב", "בוקר טוב"),
    ("αγάπη μου", "ζωή μου"),
    ("प्यार", "प्यासा"),
    ("Blue 東京の夜", "Blue 東京の朝"),
]
SAME = [
    ("東京の夜", "東京の夜"),
    ("東京の夜", "tokyo no yoru"),
    ("東京の夜 Remix", "東京の夜"),
    ("東京の夜", "東京の夜の歌"),  # what one side adds
    ("愛してる", "あいしてる"),
    ("サクラ", "さくら"),
    ("愛", "爱"),
    ("桜", "櫻"),
    ("ﾗｲﾌ", "ライフ"),
    ("너를 사랑해", "너를사랑해"),
    ("ёлка", "Елка"),
    ("не забудь", "незабудь"),
    ("Московские вечера", "Московские вечира"),
    ("ليلة", "ليله"),
    ("שִׁיר", "שיר"),
    ("άνοιξη", "ΑΝΟΙΞΗ"),
    ("für elise", "fur alina"),
]


@pytest.mark.parametrize(("a", "b"), OTHER)
def test_other_characters_and_words(a: str, b: str) -> None:
    assert other_native(native_form(a), native_form(b))
    assert other_native(native_form(b), native_form(a))


@pytest.mark.parametrize(("a", "b"), SAME)
def test_spellings_additions_and_transliterations(a: str, b: str) -> None:
    assert not other_native(native_form(a), native_form(b))
    assert not other_native(native_form(b), native_form(a))


def test_only_what_the_title_itself_prints_is_kept() -> None:
    titles = ["東京の夜 (ライブ)", "米津 - 東京の夜", "Slow Harbour", "Für Elise", ""]
    cores = [fold("東京の夜"), fold("東京の夜"), "slow harbour", "fur elise", ""]
    kept = native_titles(*(pa.array(texts, pa.large_string()) for texts in (titles, cores)))
    assert kept.to_pylist() == ["東 京 の 夜", "", "", "", ""]
