"""The documentation says what the code does: whatever is added to one and not to the other turns these tests red."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.oidc import Identity
from glossary import outbox, workflow
from glossary.domain.checking import slots
from glossary.domain.content import Content, canonical_text, digest_of, parse
from glossary.domain.refusals import STATUS
from glossary.ledger import CATALOGUE
from glossary.ledger.verifying import verify
from glossary.models import Delivery, Event, Message, State, Version
from glossary.models.final import GUARDS, drop_guards, missing_guards
from glossary.policy import MOVES, Console
from tests.world import Desk, acting, draft_content

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
COMMANDS = sorted(path.stem for path in (ROOT / "glossary/management/commands").glob("[!_]*.py"))


def page(name: str) -> str:
    return (DOCS / name).read_text()


def rows(text: str, header: str) -> list[list[str]]:
    """The rows of every table whose first column is headed `header`, cell by cell."""
    found: list[list[str]] = []
    is_inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        is_inside = bool(cells) and (is_inside or cells[0] == header)
        if is_inside and cells[0] != header and not set(cells[0]) <= set("-: "):
            found.append(cells)
    return found


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def first_names(text: str, header: str) -> list[str]:
    return [name for row in rows(text, header) for name in names(row[0])]


def block(text: str, language: str, after: str) -> str:
    """The first fenced block in this language after a line of the page."""
    found = re.search(rf"^```{language}\n(.*?)^```$", text[text.index(after) :], re.MULTILINE | re.DOTALL)
    assert found, (language, after)
    return found.group(1)


# How agreement works


def test_every_action_is_described_and_every_described_action_exists() -> None:
    text = page("agreement.md")
    actions = [name for name in workflow.__all__ if name.islower()]
    assert sorted(first_names(text, "action") + first_names(text, "function")) == sorted(actions)


def test_the_actions_refuse_with_codes_that_exist() -> None:
    told = {name for row in rows(page("agreement.md"), "action") for name in names(row[-1])}
    assert told - set(STATUS) <= set(workflow.__all__)


def test_every_refusal_is_described_with_its_status() -> None:
    told = {names(row[0])[0]: int(row[1]) for row in rows(page("agreement.md"), "code") if row[1].isdigit()}
    assert told == STATUS


def test_every_finding_of_readiness_is_described() -> None:
    sources = [path.read_text() for path in sorted((ROOT / "glossary/domain/lint").glob("*.py"))]
    told = [names(row[0])[0] for row in rows(page("agreement.md"), "code") if row[1] in ("error", "warning")]
    assert sorted(told) == sorted({code for source in sources for code in re.findall(r'Finding\(\s*"(\w+)"', source)})


def _diagram() -> str:
    lines = ["stateDiagram-v2", "    [*] --> draft: open"]
    for name, move in MOVES.items():
        lines += [f"    {state} --> {move.target}: {name}" for state in State if state in move.sources]
    sources = {source for move in MOVES.values() for source in move.sources}
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in State if state not in sources), ""])


def test_the_diagram_of_states_is_the_table_of_moves() -> None:
    assert block(page("agreement.md"), "mermaid", "## The states of a suggestion") == _diagram()


def test_the_picture_has_an_arrow_for_every_move_and_no_other() -> None:
    arrows = [
        node.attrib for node in ElementTree.parse(DOCS / "images/agreement.svg").iter() if "data-move" in node.attrib
    ]
    drawn = sorted((arrow["data-move"], arrow["data-from"], arrow["data-to"]) for arrow in arrows)
    assert drawn == sorted((name, str(s), str(move.target)) for name, move in MOVES.items() for s in move.sources)


# The ledger


def test_the_catalogue_of_events_is_the_one_in_the_code() -> None:
    assert [(names(row[0])[0], row[1]) for row in rows(page("events.md"), "kind")] == list(CATALOGUE.items())


@pytest.mark.django_db
def test_every_event_holds_what_the_catalogue_says(desk: Desk, people: SimpleNamespace) -> None:
    everything_happens(desk, people)
    about: defaultdict[str, set[str]] = defaultdict(set)
    data: defaultdict[str, set[str]] = defaultdict(set)
    for event in Event.objects.all():
        columns = {name for name in ("term", "proposal", "subject", "side") if getattr(event, f"{name}_id") is not None}
        about[event.kind] |= columns
        data[event.kind] |= set(event.facts)
    assert list(verify()) == []
    for row in rows(page("events.md"), "kind"):
        kind = names(row[0])[0]
        assert (kind, about[kind], data[kind]) == (kind, _words(row[2]), _words(row[3]))


def _words(cell: str) -> set[str]:
    return set(re.findall(r"\w+", cell))


def everything_happens(desk: Desk, people: SimpleNamespace) -> None:
    """The shortest story in which every kind of event occurs."""
    ada, sam, rep = Console(people.ada), acting(people.sam), acting(people.rep)
    workflow.mark_as_demo(by=ada)
    workflow.raise_word("Pipeline", by=rep, note="Each of us counts another one.")
    workflow.label_term("pipeline", by=ada, category="Numbers", tags=["board"], is_required=True)
    _a_text_is_sent_back_and_closed(desk, people)
    desk.publish("Lead", by=people.mark)
    late = desk.open("Lead", term="lead", why="Because it hurts.")
    desk.publish("Lead", term="lead", review_months=6)
    workflow.rebase(late.pk, by=rep)
    workflow.withdraw(late.pk, by=rep)
    _a_text_is_tried_on_records(desk, people)
    for remark in (
        workflow.comment_on_term("lead", by=rep, text="Good."),
        workflow.comment_on_proposal(late.pk, by=rep, text="Next quarter, then."),
    ):
        workflow.blank_comment(remark.pk, by=rep)
    pia = workflow.invite(workflow.Newcomer("Pia", "Berg", "pia@example.com", "pia"), by=ada, side="sales")
    workflow.invitation_to(pia.pk, by=ada)
    workflow.announce(at=timezone.now())
    _a_team_comes_and_goes(people)
    now = timezone.now()
    lent = workflow.delegate(people.rep.pk, by=sam, starts_at=now, ends_at=now + timedelta(days=7))
    workflow.end_delegation(lent.pk, by=sam)
    workflow.decline_appointment(workflow.appoint_owner(people.rep.pk, by=ada, side="sales").pk, by=sam)
    workflow.admit(Identity("https://login.example.com", "number-7", email="mia@example.com"))
    workflow.withdraw_appointment(workflow.appoint_owner(people.rep.pk, by=ada, side="sales").pk, by=ada)
    workflow.name_sponsor(people.rep.pk, by=ada)
    _the_teams_do_not_agree(desk, people)
    workflow.end_sponsorship(people.rep.pk, by=ada)
    workflow.remove_owner(people.sue.pk, by=ada)
    _somebody_leaves(desk, people)
    with time_machine.travel(now + timedelta(days=200)):
        _a_text_is_looked_at_again(people)


def _a_team_comes_and_goes(people: SimpleNamespace) -> None:
    """What the others have answered waits for it alone, until it signs no longer."""
    ada = Console(people.ada)
    workflow.add_side("product", by=ada, name="Product")
    workflow.name_side("product", by=ada, name="Product and Design")
    concern = workflow.raise_concern("lead", by=acting(people.mark), text="Whose is it?")
    for owner in (people.sam, people.mia):
        workflow.answer_concern(concern.pk, by=acting(owner), text="Ours.")
    workflow.remove_seat("product", by=ada)


def _somebody_leaves(desk: Desk, people: SimpleNamespace) -> None:
    """Mark, who held the seat of Mia for a day, objected on it, and looked after a suggestion."""
    now = Event.objects.latest("seq").at  # the clock of the ledger, which has been ahead
    loan = workflow.delegate(people.mark.pk, by=acting(people.mia), starts_at=now, ends_at=now + timedelta(days=1))
    sent_back = desk.submit("Churn")
    workflow.send_back(sent_back.pk, by=acting(people.mark), digest=sent_back.text.digest, reason="Ours, or theirs?")
    desk.open("Nurture", by=people.mark)
    workflow.end_delegation(loan.pk, by=acting(people.mia))
    workflow.deactivate(people.mark.pk, by=Console(people.ada), hand_to=people.rep.pk)
    workflow.withdraw_objection(sent_back.pk, by=acting(people.mia))


def _the_teams_do_not_agree(desk: Desk, people: SimpleNamespace) -> None:
    """A concern that is answered, and one that is taken back; the sponsor, Rep, rules on what is open too long."""
    mark, small = acting(people.mark), {"criterion": "is_large", "record": {"amount": 1}, "expected": "true"}
    answered, removed = (workflow.raise_concern("large-deal", by=mark, text="It hurts.", **small) for _ in range(2))
    workflow.answer_concern(answered.pk, by=acting(people.sam), text="Yes.")
    workflow.withdraw_concern(removed.pk, by=mark)
    workflow.blank_concern(removed.pk, by=mark)
    waits = desk.submit("Handover")
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        rep, until = acting(people.rep), timezone.now() + timedelta(days=9)
        ruling = workflow.record_ruling(waits.pk, by=rep, text="Wait.", reasons="Soon.", expires_at=until)
        workflow.end_ruling(ruling.pk, by=rep)


def _a_text_is_looked_at_again(people: SimpleNamespace) -> None:
    digest = Version.objects.of("lead").get(number=2).digest
    workflow.reaffirm("lead", by=acting(people.max), digest=digest)
    workflow.remove_owner(people.max.pk, by=Console(people.ada))
    for owner in (people.sam, people.mia):
        workflow.reaffirm("lead", by=acting(owner), digest=digest)


def _a_text_is_sent_back_and_closed(desk: Desk, people: SimpleNamespace) -> None:
    sam, mia, rep = acting(people.sam), acting(people.mia), acting(people.rep)
    proposal = desk.submit("Campaign", reason="We mean different things.")
    content = draft_content("Campaign", why="It decides the budget.")
    newest = workflow.revise(proposal.pk, by=rep, content=content, reason="Said more clearly.").text
    workflow.sign_off(proposal.pk, by=sam, digest=newest.digest, reservation="Look again in June.")
    workflow.take_back(proposal.pk, by=sam)
    workflow.sign_off(proposal.pk, by=sam, digest=newest.digest)
    workflow.send_back(proposal.pk, by=mia, digest=newest.digest, reason="Whose budget?")
    workflow.withdraw_objection(proposal.pk, by=mia)
    workflow.decline(proposal.pk, by=sam, reason="We try again next year.")


def _a_text_is_tried_on_records(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Deal", kind="record_type", key="deal", fields={"amount": {"type": "int", "source": "CRM"}})
    large = {"id": "is_large", "label": "Counts as large", "record": "deal", "expr": "amount >= 9000"}
    proposal = desk.submit("Large Deal", criteria=[large])
    deals = [{"amount": 10_000}]
    workflow.weigh(proposal.pk, by=acting(people.rep), record="deal", records=deals, at=timezone.now())
    seen = proposal.text.impacts.get().digest
    workflow.sign_off(proposal.pk, by=acting(people.sam), digest=proposal.text.digest, impact=seen)
    desk.sign(proposal, people.mia)


# What is signed


def test_every_field_of_the_content_is_described() -> None:
    assert first_names(page("content.md"), "field") == [slot.key for slot in slots(Content)]


def test_the_example_of_a_fingerprint_can_be_computed() -> None:
    example = page("content.md")
    sent = json.loads(block(example, "json", "### An example"))
    text = block(example, "text", "Its canonical text").rstrip("\n")
    content = parse(sent, sides=["sales", "marketing"])
    assert canonical_text(term="campaign", base=None, effective_from=None, content=content) == text
    assert digest_of(text) == block(example, "text", "Save that line").strip()


# The promises


def _constraints() -> list[str]:
    models = [model for app in ("accounts", "glossary") for model in apps.get_app_config(app).get_models()]
    return sorted(rule.name for model in models for rule in model._meta.constraints)


def test_every_constraint_is_described() -> None:
    assert first_names(page("promises.md"), "constraint") == _constraints()


def test_every_guard_is_described() -> None:
    kept = {guard.table for guard in GUARDS if guard.act == "delete"}
    patterns = {f"{verb}_{table}" for verb in ("keep", "keep_all", "no_replace", "final") for table in kept}
    assert first_names(page("promises.md"), "kept table") == sorted(kept)
    others = sorted(guard.name for guard in GUARDS if guard.name not in patterns)
    assert first_names(page("promises.md"), "guard") == others


# Commands


def test_every_command_is_described_with_its_options_and_teaches_in_its_help() -> None:
    told = {names(row[0])[0]: row[1] for row in rows(page("commands.md").partition("## `manage.py`")[2], "command")}
    assert sorted(told) == COMMANDS
    inherited = set(_options(BaseCommand()))
    for name in COMMANDS:
        command = import_module(f"glossary.management.commands.{name}").Command()
        assert len(command.help) > 60
        own = [option for option in _options(command) if option not in inherited]
        assert [option for option in own if f"`{option}" not in told[name]] == [], name


def _options(command: BaseCommand) -> Iterator[str]:
    for action in command.create_parser("manage.py", "command")._actions:
        yield action.option_strings[-1] if action.option_strings else str(action.metavar or action.dest)


def test_every_script_is_described() -> None:
    scripts = sorted(f"bin/{path.name}" for path in (ROOT / "bin").iterdir())
    described = first_names(page("commands.md").partition("## `manage.py`")[0], "command")
    assert sorted(name for name in described if name.startswith("bin/")) == scripts


# The pages themselves


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _headings(path: Path) -> set[str]:
    return {_anchor(line.lstrip("# ")) for line in path.read_text().splitlines() if line.startswith("#")}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    dead = []
    for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", path.read_text()):
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and anchor not in _headings(there)):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_decision_is_called_by_its_number(path: Path) -> None:
    called = re.findall(r"\[decision (\d+)\]\((?:[\w./-]*/)?(\d{4})-", path.read_text(), re.IGNORECASE)
    assert [(number, file) for number, file in called if int(number) != int(file)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_named_is_there(path: Path) -> None:
    named = re.findall(r"`((?:glossary|accounts|tests|docs|bin|templates|fixtures)/[\w./-]*)`", path.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_names_a_folder_of_somebodys_machine(path: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:home|root|tmp|work|Users|opt|mnt|srv)\b[^\s`]*", path.read_text()) == []


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [path.name for path in sorted(DOCS.glob("*.md")) if f"(docs/{path.name}" not in readme] == []


def test_decisions_are_numbered_short_and_say_what_was_rejected() -> None:
    records = sorted((DOCS / "decisions").glob("*.md"))
    for number, path in enumerate(records, start=1):
        text = path.read_text()
        assert path.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        assert len(text.splitlines()) <= 40
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Rejected",
            "Consequences",
        ]


# Running it


def test_every_example_in_python_is_python() -> None:
    for code in re.findall(r'shell -c "([^"]+)"', page("operations.md")):
        ast.parse(code)
        for module, name in re.findall(r"from (\S+) import (\w+)", code):
            assert hasattr(import_module(module), name)


@pytest.mark.django_db
def test_migrating_puts_a_missing_guard_back() -> None:
    drop_guards(connection)
    assert missing_guards(connection)
    call_command("migrate", verbosity=0)
    assert missing_guards(connection) == []


FORBIDDEN = [
    "UPDATE glossary_version SET number = 9",
    "UPDATE glossary_event SET kind = 'nothing'",
    "DELETE FROM glossary_signoff",
    "TRUNCATE glossary_version CASCADE",
    "DROP TRIGGER final_glossary_version ON glossary_version",
    "ALTER TABLE glossary_version DISABLE TRIGGER ALL",
    "DROP TABLE glossary_salt",
]


ALLOWED = [  # what people take away on pages: a day off, a place that a group gave, a second factor
    "DELETE FROM glossary_holiday",
    "DELETE FROM glossary_workingcalendar",
    "DELETE FROM accounts_groupplace",
    "DELETE FROM mfa_authenticator",
]


@pytest.mark.django_db
def test_the_application_works_with_the_rights_that_the_page_gives_it(desk: Desk, people: SimpleNamespace) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no rights")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("this role may not make another one")
        cursor.execute("CREATE ROLE accord_app")
        cursor.execute("GRANT accord_app TO current_user")
        cursor.execute(block(page("operations.md"), "sql", "<!-- rights of the application"))
        cursor.execute("SET LOCAL ROLE accord_app")
    desk.publish("Campaign")
    remark = workflow.comment_on_term("campaign", by=acting(people.rep), text="At last.")
    workflow.blank_comment(remark.pk, by=acting(people.rep))
    desk.publish("Campaign", term="campaign", summary="a plan with an end")
    workflow.rebuild()
    assert Version.objects.count() == 2
    assert list(verify()) == []
    told = Message.objects.update(state=Delivery.SENT, done_at=timezone.now(), read_at=timezone.now())
    assert outbox.prune(timezone.now() + timedelta(days=401)) == told > 0
    for statement in ALLOWED:
        connection.cursor().execute(statement)
    for statement in FORBIDDEN:
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(statement)
