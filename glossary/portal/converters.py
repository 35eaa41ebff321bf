"""How ids stand in addresses."""

from django.urls import register_converter


class RowId:
    """An id that every database engine can look for."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(RowId, "row")
