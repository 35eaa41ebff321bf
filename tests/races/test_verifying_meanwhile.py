"""The registry is verified while it is in use: what others write meanwhile is no fault, and they do not wait."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connections

from glossary.ledger.verifying import verify
from glossary.models import Event
from tests.world import Desk

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def _publish_in_another_thread(desk: Desk, name: str) -> None:
    def publish() -> None:
        try:
            desk.publish(name)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(publish).result(timeout=60)


@pytest.mark.parametrize("moment", ["events", "words"])
def test_what_is_agreed_while_it_looks_is_no_fault(people: SimpleNamespace, desk: Desk, moment: str) -> None:
    desk.publish("Lead")
    desk.publish("Churn")
    before = Event.objects.count()
    written: list[str] = []

    def tell(part: str, done: int) -> None:
        if part == moment and not written:
            written.append("Campaign")
            _publish_in_another_thread(desk, "Campaign")

    assert list(verify(tell=tell)) == []
    assert Event.objects.count() > before
    assert list(verify()) == []
