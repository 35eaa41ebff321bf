"""Yardstick: the settings of a project as Django and Django REST framework make it, over the same database."""

from glossary import settings as ours
from glossary.settings import *  # noqa: F403

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # the one more that an installed application insists on
]
ROOT_URLCONF = "benchmarks.framework"
REST_FRAMEWORK = {}
DATABASES = {"default": ours.DATABASES["default"] | {"CONN_MAX_AGE": 0}}  # Django's default
