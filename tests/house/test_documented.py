"""What can be set is written down, and what is written down can be set."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _read_by_the_settings() -> set[str]:
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "glossary" / "settings.py").read_text()))


def _documented() -> set[str]:
    page, _, _ = (ROOT / "docs" / "settings.md").read_text().partition("## The commands")
    return set(re.findall(r"^\| `([A-Z_]+)` \|", page, flags=re.MULTILINE))


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    assert _documented() == _read_by_the_settings()
