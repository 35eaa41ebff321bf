"""The addresses of the pages."""

from django.urls import path

from glossary.portal import (  # noqa: F401  converters adds <row:…>
    converters,
    deciding,
    lookup,
    profile,
    queue,
    styleguide,
    suggesting,
    tokens,
    updating,
    while_typing,
)

urlpatterns = [
    path("", lookup.home, name="home"),
    path("search/", lookup.search, name="search"),
    path("search/names/", lookup.names, name="names"),
    path("terms/<slug:slug>/", lookup.term, name="term"),
    path("terms/<slug:slug>/markdown/", lookup.markdown, name="markdown"),
    path("card/<slug:slug>/", lookup.card, name="card"),
    path("terms/<slug:slug>/comments/", deciding.discuss_term, name="discuss_term"),
    path("terms/<slug:slug>/history/", lookup.history, name="history"),
    path("terms/<slug:slug>/compare/", lookup.compare, name="compare"),
    path("stage-models/<slug:slug>/", lookup.stage_model, name="stage_model"),
    path("raise/", suggesting.raise_word, name="raise_word"),
    path("propose/", suggesting.propose, name="propose"),
    path("propose/check/", while_typing.check, name="check"),
    path("propose/unsent/", while_typing.unsent, name="unsent"),
    path("proposals/<row:proposal_id>/", deciding.proposal, name="proposal"),
    path("proposals/<row:proposal_id>/edit/", suggesting.edit, name="edit"),
    path("proposals/<row:proposal_id>/update/", updating.update, name="update"),
    path("queue/", queue.queue, name="queue"),
    path("queue/sign/", queue.sign_several, name="sign_several"),
    path("accounts/profile/", profile.profile, name="profile"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("accounts/tokens/", tokens.tokens, name="tokens"),
    path("accounts/theme/", profile.theme, name="theme"),
]
