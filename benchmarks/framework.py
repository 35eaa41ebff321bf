"""Yardstick: a model view set with nested serializers, as the tutorial of Django REST framework writes one."""

from django.db.models import QuerySet
from django.urls import include, path
from django.utils import timezone
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ModelViewSet

from glossary.domain.names import fold
from glossary.models import InForce, Term, Version


class TermSerializer(ModelSerializer[Term]):
    class Meta:
        model = Term
        fields = "__all__"


class VersionSerializer(ModelSerializer[Version]):
    class Meta:
        model = Version
        fields = "__all__"


class InForceSerializer(ModelSerializer[InForce]):
    term = TermSerializer()
    version = VersionSerializer()

    class Meta:
        model = InForce
        fields = "__all__"


class InForceViewSet(ModelViewSet[InForce]):
    serializer_class = InForceSerializer
    queryset = InForce.objects.all()

    def get_queryset(self) -> QuerySet[InForce]:
        asked = self.request.query_params.get("name", "")
        return InForce.objects.at(timezone.now()).filter(term__names__key=fold(asked)).distinct()


router = DefaultRouter()
router.register("framework", InForceViewSet)
urlpatterns = [path("", include(router.urls))]
