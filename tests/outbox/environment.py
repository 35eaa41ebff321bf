"""The settings of worker processes under test: impatient, and allowed to reach receivers on this machine."""

import os

from tests.environment import *  # noqa: F403

GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = True
GLOSSARY_DELIVERY_LEASE_SECONDS = float(os.environ.get("LEASE", "2"))
GLOSSARY_DELIVERY_ATTEMPTS = 100
GLOSSARY_RETRY_SECONDS = 0.05
GLOSSARY_LONGEST_RETRY_SECONDS = 1
GLOSSARY_ENDPOINT_SECONDS = 5
GLOSSARY_ENDPOINT_FAILURES = 1_000_000
