"""What a load balancer is told."""

import pytest
from django.db import connection
from django.test import Client

from glossary.models.final import drop_guards, install_guards


def test_the_process_says_that_it_lives_without_asking_the_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_a_migrated_and_guarded_database_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["faults"]) == (200, [])


@pytest.mark.django_db
def test_a_missing_guard_makes_it_unready_and_is_named(client: Client) -> None:
    drop_guards(connection)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "guard final_glossary_version" in answer.json()["faults"]
    install_guards(connection)
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_migration_not_applied_makes_it_unready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'glossary'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["faults"]) == (503, ["migrations"])


@pytest.mark.django_db
def test_probes_carry_the_security_headers_and_set_no_cookie(client: Client) -> None:
    answer = client.get("/readyz")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert not answer.cookies
