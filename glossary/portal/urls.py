"""The addresses of the pages."""

from django.urls import path

from glossary.faults import takes_records
from glossary.portal import (
    converters,  # noqa: F401  adds <row:…>
    deciding,
    finding,
    founding,
    history,
    lookup,
    mapping,
    overview,
    profile,
    queue,
    styleguide,
    suggesting,
    tokens,
    trying,
    updating,
    while_typing,
)

urlpatterns = [
    path("", overview.home, name="home"),
    path("setup/", founding.set_up, name="set_up"),
    path("invitations/", founding.invitations, name="invitations"),
    path("starter/", founding.starter, name="starter"),
    path("search/", finding.search, name="search"),
    path("search/names/", finding.names, name="names"),
    path("agenda/", overview.agenda, name="agenda"),
    path("mapping/", takes_records(mapping.mapping), name="mapping"),
    path("mapping/picklist.csv", mapping.sample, name="mapping_sample"),
    path("print/", overview.on_paper, name="print"),
    path("words/", finding.words, name="words"),
    path("terms/<slug:slug>/", lookup.term, name="term"),
    path("terms/<slug:slug>/markdown/", lookup.markdown, name="markdown"),
    path("card/<slug:slug>/", lookup.card, name="card"),
    path("terms/<slug:slug>/comments/", deciding.discuss_term, name="discuss_term"),
    path("terms/<slug:slug>/tests/<slug:key>/", trying.try_record, name="try_record"),
    path("terms/<slug:slug>/history/", history.history, name="history"),
    path("terms/<slug:slug>/compare/", history.compare, name="compare"),
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
