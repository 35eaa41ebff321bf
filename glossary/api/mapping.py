"""Whether the picklists of a CRM offer what words and stages hold."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from glossary import lookup
from glossary.api import picklists
from glossary.api.describing import answers
from glossary.api.inputs import PicklistSent, RecordsBody, body
from glossary.api.lookup import Reading
from glossary.domain.picklist import COLUMNS, offered


class MappingCheck(Reading):
    parser_classes = [RecordsBody]
    is_question = True

    @answers("MappingCheckOut", summary="A picklist of the CRM against the values in force", sends=PicklistSent)
    def post(self, request: Request) -> Response:
        """For each field sent, which values agree, are missing, renamed, extra or held twice. Nothing is kept."""
        values = offered(COLUMNS, body(request, PicklistSent).values)
        return Response(picklists.mapping_check(lookup.compared_with_crm(values, at=timezone.now())))
