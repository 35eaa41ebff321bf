"""The addresses of the pages."""

from django.urls import path, register_converter

from glossary.portal import lookup, profile, workflow


class RowId:
    """An id that every database engine can look for."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(RowId, "row")

urlpatterns = [
    path("", lookup.home, name="home"),
    path("terms/<slug:slug>/", lookup.term, name="term"),
    path("terms/<slug:slug>/comments/", workflow.discuss_term, name="discuss_term"),
    path("terms/<slug:slug>/history/", lookup.history, name="history"),
    path("terms/<slug:slug>/compare/", lookup.compare, name="compare"),
    path("raise/", workflow.raise_word, name="raise_word"),
    path("propose/", workflow.propose, name="propose"),
    path("proposals/<row:proposal_id>/", workflow.proposal, name="proposal"),
    path("proposals/<row:proposal_id>/edit/", workflow.edit, name="edit"),
    path("proposals/<row:proposal_id>/update/", workflow.update, name="update"),
    path("queue/", workflow.queue, name="queue"),
    path("queue/sign/", workflow.sign_several, name="sign_several"),
    path("accounts/profile/", profile.profile, name="profile"),
]
