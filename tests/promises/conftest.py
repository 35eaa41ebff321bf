"""Every test tries its luck on one lived history, which is undone afterwards."""

from tests.lived import history, told

__all__ = ["history", "told"]
