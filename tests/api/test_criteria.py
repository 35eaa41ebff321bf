"""Other tools check records against what both teams signed, and see where two versions part."""

import pytest

pytestmark = pytest.mark.django_db
