"""What is verified is one lived history, undone afterwards."""

from tests.lived import history, told

__all__ = ["history", "told"]
