"""An installation that would let strangers in does not start, and says in one sentence what to mend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "SECRET_KEY": "not-a-key-but-long-enough-" * 3,
    "ALLOWED_HOSTS": "words.example.com",
    "GLOSSARY_SITE_URL": "https://words.example.com",
}


def _python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `code` beside the real settings, in an environment that holds nothing but what is given."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False
    )


def _shown(expression: str, **environment: str) -> str:
    ran = _python(f"from glossary import settings; print({expression})", **environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"GLOSSARY_SITE_URL": "http://words.example.com"}, "GLOSSARY_SITE_URL"),
        ({"GLOSSARY_SITE_URL": ""}, "GLOSSARY_SITE_URL"),
        ({"GLOSSARY_SLACK_SIGNING_SECRET": "short"}, "GLOSSARY_SLACK_SIGNING_SECRET"),
    ],
)
def test_production_refuses_to_start_with_an_insecure_setting(unsafe: dict[str, str], named: str) -> None:
    ran = _python("import glossary.settings", **SAFE | unsafe)
    assert ran.returncode != 0
    assert ran.stderr.splitlines()[-1].startswith(f"django.core.exceptions.ImproperlyConfigured: {named}")


@pytest.mark.parametrize(
    "name", ["GLOSSARY_DISPUTE_AFTER_DAYS", "GLOSSARY_REMIND_AFTER_DAYS", "GLOSSARY_ESCALATE_AFTER_DAYS"]
)
def test_fewer_days_than_none_are_never(name: str) -> None:
    assert _shown(f"settings.{name}", **SAFE, **{name: "-1"}) == "0"


def test_production_speaks_tls_only() -> None:
    shown = _shown(
        "settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS > 0, settings.SESSION_COOKIE_SECURE,"
        "settings.CSRF_COOKIE_SECURE, settings.SECURE_PROXY_SSL_HEADER",
        **SAFE,
    )
    assert shown == "True True True True None"


def test_a_proxy_is_believed_only_when_the_installation_says_it_has_one() -> None:
    believed = _shown("settings.SECURE_PROXY_SSL_HEADER", GLOSSARY_BEHIND_PROXY="true", **SAFE)
    assert believed == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_django_finds_nothing_to_mend_before_deploying() -> None:
    ran = _python(
        "import sys; from django.core.management import execute_from_command_line as run;"
        "run(['manage.py', 'check', '--deploy', '--fail-level', 'WARNING'])",
        DJANGO_SETTINGS_MODULE="glossary.settings",
        **SAFE,
    )
    assert ran.returncode == 0, ran.stderr


def test_sqlite_waits_for_its_turn_and_keeps_what_it_acknowledged() -> None:
    options = _shown("settings.DATABASES['default']['OPTIONS']", DEBUG="true", DATABASE_URL="sqlite:///var/x.sqlite3")
    for part in ["'transaction_mode': 'IMMEDIATE'", "'timeout': 5", "journal_mode=WAL", "synchronous=FULL"]:
        assert part in options


def test_postgresql_gives_up_waiting_for_a_lock_after_five_seconds() -> None:
    options = _shown("settings.DATABASES['default']['OPTIONS']", DEBUG="true", DATABASE_URL="postgres://me@host/words")
    assert "lock_timeout=5s" in options


def test_the_key_of_a_demo_is_kept_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    kept = f"settings._kept_secret(settings.Path({str(path)!r}))"
    made, again = _shown(kept, DEBUG="true"), _shown(kept, DEBUG="true")
    assert made == again
    assert len(made) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
