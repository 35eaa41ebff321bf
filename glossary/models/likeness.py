"""By which keys texts are found that are a slip of the pen away: projections, written with the text they are of."""

from django.db import models

from glossary.models.search import SearchWord
from glossary.models.term import Term


class NameLikeness(models.Model):
    """A key of a term's first name, shared by names that a reader could take for it: `names.likeness_kept`."""

    key = models.IntegerField()
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="likenesses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "term"], name="a_name_has_a_likeness_once"),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.key}"


class WordLikeness(models.Model):
    """A key of a word that search knows, shared by words a slip of the pen away: `slips.keys_kept`."""

    key = models.IntegerField()
    word = models.ForeignKey(SearchWord, on_delete=models.CASCADE, related_name="likenesses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "word"], name="a_word_has_a_likeness_once"),
        ]

    def __str__(self) -> str:
        return f"{self.word} {self.key}"
