"""The script that a title is written in."""

import pyarrow as pa
import pyarrow.compute as pc

# Rarest first: Latin only where nothing else is, since Latin words stand in any title.
SCRIPTS = (
    ("cyrillic", r"[\x{0400}-\x{052f}]"),
    ("greek", r"[\x{0370}-\x{03ff}]"),
    ("hebrew", r"[\x{0590}-\x{05ff}]"),
    ("arabic", r"[\x{0600}-\x{06ff}]"),
    ("indic", r"[\x{0900}-\x{0dff}]"),
    ("thai", r"[\x{0e00}-\x{0e7f}]"),
    ("kana", r"[\x{3040}-\x{30ff}]"),
    ("hangul", r"[\x{ac00}-\x{d7af}]"),
    ("han", r"[\x{4e00}-\x{9fff}]"),
    ("latin", r"[A-Za-z\x{00c0}-\x{024f}]"),
)


def scripts(titles: pa.Array) -> pa.Array:
    """The script of every title; null where it has no letters of any, or is null."""
    plain = pc.fill_null(pc.string_is_ascii(titles), True)
    latin = pc.fill_null(pc.match_substring_regex(titles, "[A-Za-z]"), False)
    found = pc.if_else(latin, "latin", pa.scalar(None, pa.string()))
    others = pc.filter(titles, pc.invert(plain))
    seen = [pc.match_substring_regex(others, letters) for _, letters in SCRIPTS]
    names = pc.case_when(pc.make_struct(*seen), *(name for name, _ in SCRIPTS)) if len(others) else others
    return pc.replace_with_mask(found, pc.invert(plain), names.cast(pa.string()))
