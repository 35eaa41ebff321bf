"""Everything that is kept, as it stands now: what a refused act must leave exactly as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from glossary.domain.refusals import Refusal

NOT_KEPT = {"accounts.User": {"last_login"}}  # signing in to act moves it; it says nothing about the registry


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the registry and its people, histories included, by model."""
    kept = [model for label in ("accounts", "glossary") for model in apps.get_app_config(label).get_models()]
    return {model._meta.label: _rows(model) for model in kept}


def _rows(model: type[models.Model]) -> list[dict[str, Any]]:
    left_out = NOT_KEPT.get(model._meta.label, set())
    columns = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
    return list(model._default_manager.order_by("pk").values(*columns))


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Whatever is tried inside leaves every row as it was, the end of the ledger included."""
    before = everything()
    yield
    assert everything() == before


@contextmanager
def refused(code: str) -> Iterator["pytest.ExceptionInfo[Refusal]"]:
    """What is tried inside is refused with this code, in a sentence, and changes nothing at all."""
    with nothing_changes(), pytest.raises(Refusal) as caught:
        yield caught
    assert caught.value.code == code, caught.value.sentence
    sentence = caught.value.sentence.strip()
    assert sentence[-1] in ".!?”" or caught.value.errors, sentence
    assert sentence[0].isupper() or sentence[0] == "“" or caught.value.errors, sentence
