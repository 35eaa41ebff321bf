"""Imports go down only; the contracts are in pyproject.toml."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]


def test_every_import_goes_down(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    outcome = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert outcome == 0, capsys.readouterr().out
