"""The demo: a small company that agrees on its vocabulary through the pages and endpoints that everybody uses.

People sign in at the real sign-in page with their passwords and act over HTTP; nothing is inserted around the
workflow. Each step looks first whether it has been done, so a second start, or one after an interruption, only does
what is missing.
"""

import json
import secrets
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.test import Client
from django.utils import timezone
from knox.crypto import hash_token

from accounts.models import Role, Sponsorship, Token, User
from glossary import workflow
from glossary.domain.content import KINDS
from glossary.domain.refusals import Refusal
from glossary.exchange import starter
from glossary.models import Concern, Installation, Proposal, State, Term, Version, Watch
from glossary.policy import Console
from glossary.rendering.instants import iso

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
AT_ONCE = 20  # signatures in one act
TOKEN_NAME = "Demo reader"
# Criteria look at record types, and stages refer to criteria, so these are agreed one after the other.
_IN_BETWEEN = tuple(kind for kind in KINDS if kind not in ("record_type", "stage_model"))
AGREED_IN_TURN = (("record_type",), _IN_BETWEEN, ("stage_model",))

Tell = Callable[[str], None]


class Visitor:
    """One person at the keyboard: signs in at the sign-in page, then sends JSON as their browser session."""

    def __init__(self, username: str, password: str) -> None:
        self.client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
        self.client.get("/accounts/login/")
        self._send("/accounts/login/", {"login": username, "password": password, **self._csrf_field()})
        if "_auth_user_id" not in self.client.session:
            raise RuntimeError(f"{username} could not sign in at the sign-in page.")

    def _csrf_field(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self.client.cookies["csrftoken"].value}

    def _send(self, path: str, form: dict[str, str]) -> int:
        return int(self.client.post(path, form).status_code)

    def submit_form(self, path: str, **fields: str) -> None:
        """Post a form of a page, as its button would."""
        status = self._send(path, {**fields, **self._csrf_field()})
        if status >= 400:
            raise RuntimeError(f"{path} answered {status}.")

    def post(self, path: str, **data: Any) -> Any:
        """Send JSON to the API and give back what it answers; an answer that refuses is raised with its words."""
        return self._call(self.client.post, path, data)

    def revise(self, path: str, **data: Any) -> Any:
        """The same of a suggestion that is read first and then given another text."""
        read = self.client.get(f"/api/v1/{path}")
        return self._call(self.client.patch, path, data, **{"If-Match": read.headers["ETag"]})

    def _call(self, send: Callable[..., Any], path: str, data: Any, **headers: str) -> Any:
        answer = send(
            f"/api/v1/{path}",
            json.dumps(data),
            content_type="application/json",
            headers={"X-CSRFToken": self.client.cookies["csrftoken"].value, **headers},
        )
        if answer.status_code >= 400:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.content.decode()[:600]}")
        return answer.json()


class Demonstration:
    """Everything that the demo holds, built step by step; `tell` hears one line per step."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.plan = yaml.safe_load((FIXTURES / "demo.yaml").read_text())
        self._visitors: dict[str, Visitor] = {}

    def build(self) -> None:
        """Build what is missing. Refuses a database that holds anything else.

        Raises `Refusal("conflict")` when people are there and the database is not marked as demo.
        """
        is_demo = Installation.objects.filter(is_demo=True).exists()
        if not is_demo and User.objects.exists():
            raise Refusal("conflict", "This database holds a real installation; the demo needs one of its own.")
        self._people()
        self._seats()
        self._agree_on_the_vocabulary()
        self._required()
        self._catch_up()
        self._living_state()

    def visitor(self, username: str) -> Visitor:
        if username not in self._visitors:
            self._visitors[username] = Visitor(username, self.plan["password"])
        return self._visitors[username]

    @property
    def administrator(self) -> Console:
        return Console(User.objects.get(username=self.plan["administrator"]))

    def _people(self) -> None:
        for wanted in self.plan["people"]:
            if not User.objects.filter(username=wanted["username"]).exists():
                User.objects.create_user(
                    wanted["username"],
                    f"{wanted['username']}@example.com",
                    self.plan["password"],
                    first_name=wanted["first_name"],
                    last_name=wanted["last_name"],
                    is_staff=wanted.get("is_staff", False),
                )
        workflow.mark_as_demo(by=self.administrator)

    def _seats(self) -> None:
        for wanted in self.plan["people"]:
            user = User.objects.get(username=wanted["username"])
            if "member_of" in wanted:
                workflow.place_member(user.pk, by=self.administrator, side=wanted["member_of"])
            if "owns" in wanted and user.role != Role.OWNER:
                self._seat_owner(user, wanted["owns"])
            if "is_sponsor" in wanted and not Sponsorship.objects.exists():
                naming = self.visitor(self.plan["administrator"])
                naming.submit_form(f"/people/{user.pk}/", action="name_sponsor")

    def _seat_owner(self, user: User, side: str) -> None:
        pending = user.appointments.filter(state="pending").first()
        appointment = pending or workflow.appoint_owner(user.pk, by=self.administrator, side=side)
        if appointment.state == "pending":
            confirming = self.visitor(self.plan["confirms"][side])
            confirming.submit_form("/queue/", action="confirm", appointment=str(appointment.pk))

    def _agree_on_the_vocabulary(self) -> None:
        contents = list(starter.contents())
        self._open([content for content in contents if not _is_there(content)])
        for kinds in AGREED_IN_TURN:
            self._agree({content["name"] for content in contents if content.get("kind", "concept") in kinds}, kinds)

    def _agree(self, names: set[str], kinds: Collection[str]) -> None:
        namespace = "record_type" if "record_type" in kinds else "word"
        firsts = Proposal.objects.filter(term__name__in=names, term__namespace=namespace, newest__base=None)
        firsts = firsts.order_by("pk")
        self._submit(list(firsts.filter(state=State.DRAFT).select_related("author")))
        for signer in self.plan["signers"]:
            self._sign(signer, list(firsts.filter(state=State.IN_REVIEW).select_related("newest")))

    def _open(self, contents: list[dict[str, Any]]) -> None:
        """Everything is opened before anything is put up for signing, because the words refer to each other."""
        for content in contents:
            author = self.plan["authors"][content.get("owner_side", "both")]
            self.visitor(author).post("proposals/", content=content, reason="Starter vocabulary")
        if contents:
            self.tell(f"{len(contents)} words and models suggested")

    def _submit(self, drafts: list[Proposal]) -> None:
        for draft in drafts:
            self.visitor(draft.author.username).post(f"proposals/{draft.pk}/submit")
        if drafts:
            self.tell(f"{len(drafts)} put up for signing")

    def _sign(self, signer: str, waiting: list[Proposal]) -> None:
        unsigned = [p for p in waiting if not p.text.sign_offs.live().filter(signer__username=signer).exists()]
        for start in range(0, len(unsigned), AT_ONCE):
            items = [{"proposal": p.pk, "digest": p.text.digest} for p in unsigned[start : start + AT_ONCE]]
            answer = self.visitor(signer).post("sign-offs", items=items)
            refused = [result for result in answer["results"] if result["status"] >= 400]
            if refused:
                raise RuntimeError(f"{signer} could not sign: {refused[0]['detail']}")
            self.tell(f"{signer} signed {min(start + AT_ONCE, len(unsigned))} of {len(unsigned)}")

    def _required(self) -> None:
        for term in Term.objects.filter(name__in=self.plan["required_terms"], is_required=False):
            workflow.label_term(term.slug, by=self.administrator, is_required=True)

    def _catch_up(self) -> None:
        """Everybody has read what came of the start, and some watch a word: what happens next is news."""
        if Watch.objects.exists():
            return
        for person in self.plan["people"]:
            self.visitor(person["username"]).submit_form("/inbox/", action="read_all", upto=iso(timezone.now()))
        for username, slugs in self.plan["watched"].items():
            for slug in slugs:
                self.visitor(username).submit_form(f"/terms/{slug}/watch/", action="watch")

    def _living_state(self) -> None:
        for wanted in self.plan["suggestions"]:
            if not Proposal.objects.of(wanted["term"]).filter(reason=wanted["reason"]).exists():
                self._suggest(wanted)
        for wanted in self.plan["concerns"]:
            if not Concern.objects.filter(term__slug=wanted["term"]).exists():
                self._raise_concern(wanted)
        for word in self.plan["raised_words"]:
            if not Term.objects.filter(name=word["name"]).exists():
                self.visitor(word["by"]).post("terms/", name=word["name"], note=word["note"])

    def _suggest(self, wanted: dict[str, Any]) -> None:
        base = Version.objects.of(wanted["term"]).order_by("-number").first()
        assert base is not None, wanted["term"]
        extra = {"effective_from": next_quarter(datetime.now(UTC)).isoformat()} if "effective" in wanted else {}
        author = self.visitor(wanted["by"])
        content = base.content.as_data() | wanted.get("change", {})
        for criterion in content.get("criteria", ()):
            criterion |= wanted.get("criteria", {}).get(criterion["id"], {})
        made = author.post("proposals/", term=wanted["term"], content=content, reason=wanted["reason"], **extra)
        path = f"proposals/{made['id']}"
        if wanted.get("submit"):
            author.post(f"{path}/submit")
        for signer in wanted.get("signed_by", ()):
            self.visitor(signer).post(f"{path}/sign-off", digest=made["digest"])
        self._send_back(path, made["digest"], wanted)
        if second := wanted.get("then"):
            revised = author.revise(f"{path}/", content=content | second["change"])
            author.post(f"{path}/submit")
            self._send_back(path, revised["digest"], second)
        for comment in wanted.get("comments", ()):
            self.visitor(comment["by"]).post(f"{path}/comments/", text=comment["text"])

    def _send_back(self, path: str, digest: str, wanted: dict[str, Any]) -> None:
        if objection := wanted.get("sent_back_by"):
            self.visitor(objection["who"]).post(f"{path}/object", digest=digest, reason=objection["reason"])

    def _raise_concern(self, wanted: dict[str, Any]) -> None:
        said = {name: wanted[name] for name in ("text", "criterion", "record", "expected")}
        made = self.visitor(wanted["by"]).post(f"terms/{wanted['term']}/concerns/", **said)
        for answer in wanted["answers"]:
            self.visitor(answer["by"]).post(f"concerns/{made['id']}/answers", text=answer["text"])


def _is_there(content: dict[str, Any]) -> bool:
    namespace = "record_type" if content.get("kind") == "record_type" else "word"
    return Proposal.objects.filter(term__name=content["name"], term__namespace=namespace).exists()


def next_quarter(at: datetime) -> datetime:
    """The first instant (UTC) of the quarter after the one that `at` lies in."""
    month = 3 * ((at.month - 1) // 3) + 4
    return datetime(at.year + month // 13, (month - 1) % 12 + 1, 1, tzinfo=UTC)


def read_token(user: User) -> str:
    """The demo's `read` token: kept in `var/`, readable by its owner only, made anew once it opens nothing."""
    path = Path(settings.VAR_DIR) / "demo_token"
    kept = path.read_text().strip() if path.exists() else ""
    if kept and _opens(kept):
        return kept
    _, key = workflow.make_token(user.pk, by=Console(user), name=TOKEN_NAME, scopes=["read"], days=90)
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(key)
    draft.replace(path)
    return key


def _opens(key: str) -> bool:
    token = Token.objects.filter(digest=hash_token(key)).select_related("user").first()
    return token is not None and token.is_live()
