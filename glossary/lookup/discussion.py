"""What people said about a word or a suggestion."""

from django.db.models import QuerySet

from glossary.models import Comment


def comments(*, term: str = "", proposal: int | None = None) -> QuerySet[Comment]:
    """The thread of the term with this slug, or of the proposal with this id, oldest first; blanked ones stay."""
    thread: QuerySet[Comment] = Comment.objects.select_related("author").order_by("pk")
    if proposal is not None:
        return thread.filter(proposal_id=proposal)
    return thread.filter(term__slug=term, proposal=None)


def comment_of(comment_id: int) -> Comment:
    """One comment that is there, with its author."""
    return Comment.objects.select_related("author").get(pk=comment_id)
