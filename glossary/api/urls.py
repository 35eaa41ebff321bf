"""Addresses of the API. Lists and items end in a slash; questions and actions do not."""

from csp.decorators import csp_update
from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from glossary.api import as_sql, criteria, impact, lookup, mapping, search, stage_models, workflow
from glossary.api.by_name import lookup_by_name
from glossary.api.define import define
from glossary.api.problems import no_such_address
from glossary.api.schema import Described
from glossary.faults import takes_records


class RowNumber(StringConverter):
    """A number that both engines can look for."""

    regex = "[0-9]{1,15}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


class VersionNumber(RowNumber):
    regex = "[0-9]{1,9}"


register_converter(RowNumber, "api_row")
register_converter(VersionNumber, "api_version")

app_name = "api"

# The API's own page needs one inline style and inline pictures; nothing of it comes from outside.
_docs = csp_update({"style-src": ["'self'", "'unsafe-inline'"], "img-src": ["'self'", "data:"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api:schema")
)

_terms = [
    path("v1/terms/", workflow.Terms.as_view(), name="terms"),
    path("v1/terms/<slug:slug>/", lookup.OneTerm.as_view(), name="term"),
    path("v1/terms/<slug:slug>/versions/", lookup.Versions.as_view(), name="versions"),
    path("v1/terms/<slug:slug>/versions/<api_version:number>/", lookup.OneVersion.as_view(), name="version"),
    path("v1/terms/<slug:slug>/diff", lookup.Difference.as_view(), name="diff"),
    path("v1/terms/<slug:slug>/witness", criteria.Witness.as_view(), name="witness"),
    path("v1/terms/<slug:slug>/criteria/<slug:key>/sql", as_sql.CriterionAsSQL.as_view(), name="sql"),
    path("v1/terms/<slug:slug>/evaluate", takes_records(criteria.Evaluate.as_view()), name="evaluate"),
    path("v1/terms/<slug:slug>/comments/", workflow.TermComments.as_view(), name="term-comments"),
    path("v1/terms/<slug:slug>/concerns/", workflow.Concerns.as_view(), name="concerns"),
    path("v1/concerns/<api_row:concern_id>/answers", workflow.ConcernAnswers.as_view(), name="answer-concern"),
    path("v1/concerns/<api_row:concern_id>/withdraw", workflow.WithdrawConcern.as_view(), name="withdraw-concern"),
    path("v1/terms/<slug:slug>/reaffirm", workflow.Reaffirm.as_view(), name="reaffirm"),
    path("v1/mapping-check", takes_records(mapping.MappingCheck.as_view()), name="mapping-check"),
    path("v1/stage-models/<slug:slug>/", stage_models.OneStageModel.as_view(), name="stage-model"),
    path("v1/stage-models/<slug:slug>/move", stage_models.Moving.as_view(), name="move"),
    path("v1/changes", lookup.Changes.as_view(), name="changes"),
    path("v1/search", search.search, name="search"),
    path("v1/suggest", search.suggest, name="suggest"),
    path("v1/export", lookup.Export.as_view(), name="export"),
]

_proposals = [
    path("v1/proposals/", workflow.Proposals.as_view(), name="proposals"),
    path("v1/sign-offs", workflow.SignOffs.as_view(), name="sign-offs"),
    path("v1/proposals/<api_row:proposal_id>/", workflow.OneProposal.as_view(), name="proposal"),
    path("v1/proposals/<api_row:proposal_id>/comments/", workflow.ProposalComments.as_view(), name="proposal-comments"),
    path("v1/proposals/<api_row:proposal_id>/witness", criteria.ProposalWitness.as_view(), name="proposal-witness"),
    path("v1/proposals/<api_row:proposal_id>/submit", workflow.Submit.as_view(), name="submit"),
    path("v1/proposals/<api_row:proposal_id>/sign-off", workflow.SignOff.as_view(), name="sign-off"),
    path("v1/proposals/<api_row:proposal_id>/object", workflow.SendBack.as_view(), name="object"),
    path(
        "v1/proposals/<api_row:proposal_id>/withdraw-objection",
        workflow.WithdrawObjection.as_view(),
        name="withdraw-objection",
    ),
    path("v1/proposals/<api_row:proposal_id>/withdraw-sign-off", workflow.TakeBack.as_view(), name="withdraw-sign-off"),
    path("v1/proposals/<api_row:proposal_id>/decline", workflow.Decline.as_view(), name="decline"),
    path("v1/proposals/<api_row:proposal_id>/withdraw", workflow.Withdraw.as_view(), name="withdraw"),
    path("v1/proposals/<api_row:proposal_id>/impact", takes_records(impact.Impact.as_view()), name="impact"),
    path("v1/proposals/<api_row:proposal_id>/forget-records", impact.ForgetRecords.as_view(), name="forget-records"),
    path("v1/proposals/<api_row:proposal_id>/rebase", workflow.Rebase.as_view(), name="rebase"),
]

urlpatterns = [
    path("v1/lookup", lookup_by_name, name="lookup"),
    *_terms,
    *_proposals,
    path("v1/schema", SpectacularJSONAPIView.as_view(generator_class=Described), name="schema"),
    path("chat/define", define, name="define"),
    path("docs/", _docs, name="docs"),
    re_path("", no_such_address),
]
