"""Rules are told by their modules."""

from pathlib import Path

from catalog import fingerprint


def test_rules_change_with_their_modules_alone(tmp_path: Path, monkeypatch) -> None:
    module = tmp_path / "catalog" / "titles.py"
    module.parent.mkdir()
    monkeypatch.setattr(fingerprint, "__file__", str(tmp_path / "catalog" / "fingerprint.py"))
    told = []
    for text in ("one", "one", "two"):
        module.write_text(text)
        (tmp_path / "catalog" / "notes.md").write_text(str(len(told)))
        told.append(fingerprint.rules.__wrapped__("catalog"))
    assert told[0] == told[1] != told[2]


def test_rules_are_those_of_the_packages_named() -> None:
    one, both = fingerprint.rules("catalog"), fingerprint.rules("catalog", "dedup")
    assert one == fingerprint.rules("catalog") != both
