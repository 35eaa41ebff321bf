"""The settings under test: those of a developer's machine, whatever the environment of whoever runs the tests says.

`DATABASE_URL` alone is taken over, so that the same suite runs on each engine.
"""

import os

for name in [name for name in os.environ if name.startswith("GLOSSARY_")]:
    del os.environ[name]
os.environ.update(DEBUG="true", SECRET_KEY="only-for-tests-" * 4, EMAIL_URL="memorymail://", ALLOWED_HOSTS="*")

from glossary.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow hash protects passwords, not tests
GLOSSARY_SITE_URL = "http://testserver"
GLOSSARY_MAX_LOOKUPS = GLOSSARY_MAX_READS = GLOSSARY_MAX_CHANGES = 0  # tests ask faster than anybody else
# No test takes the power away, and what a process that is killed has written is with the system by then.
if init := DATABASES["default"]["OPTIONS"].get("init_command"):  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] = init.replace("synchronous=FULL", "synchronous=OFF")  # noqa: F405
GLOSSARY_USAGE_SECONDS = 0  # a thread that writes by itself would outlive the test it belongs to
