"""A company from an empty database to its first agreed word, as its people live it: set up, invitations by mail, the
company's sign-in, a suggestion, both signatures from the mail's link, a signed message to a tool, and the chat.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect
from standardwebhooks import Webhook

from tests.browser.conftest import PATIENCE
from tests.browser.new_company import Company, link_in, new_company, step, text_of, wait_for
from tests.browser.visiting import visitor

pytestmark = pytest.mark.browser

PASSWORD = "a long pass phrase"
COMPANY_BUTTON = "Sign in with Example Login"
SUMMARY = "moment at which marketing hands a lead over and sales takes it"
DEFINITION = "A named salesperson has taken the lead, and both can say what happens next."
WHY = "Nobody knew when a lead was theirs."
UNSIGNED = (SUMMARY, DEFINITION, WHY)  # until both teams have signed
ADA, SAM, MIA = ("Ada", "Byron"), ("Sam", "Okafor"), ("Mia", "Tanaka")
RIA, MARK = ("Ria", "Lind"), ("Mark", "Adeyemi")


@pytest.fixture(autouse=True)
def _nobody_has_tried_to_sign_in_yet() -> None:
    """Here the registry has a database of its own, and that of the other tests is not needed."""


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with new_company(tmp_path) as founded:
        yield founded
    for log in sorted(tmp_path.glob("*.log")):
        print(f"== the end of {log.name}\n{log.read_text()[-2000:]}")


class Desk:
    """One person at a browser of their own."""

    def __init__(self, browser: Browser, company: Company, name: tuple[str, str]) -> None:
        self.first, self.last = name
        self.email = f"{self.first.lower()}@example.com"
        self._browser, self._company = browser, company
        self.page = self.another_browser()

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    def another_browser(self) -> Page:
        """On a telephone, say: not signed in."""
        self.page = visitor(self._browser, self._company.address)
        return self.page

    def mail(self, subject: str) -> Any:
        return self._company.mail(self.email, subject)

    def write_down(self, part: Locator | Page) -> None:
        """The four fields that say who somebody is."""
        part.get_by_label("First name").fill(self.first)
        part.get_by_label("Last name").fill(self.last)
        part.get_by_label("E-mail address").fill(self.email)
        part.get_by_label("User name").fill(self.first.lower())

    def choose_a_password(self) -> None:
        """From the invitation's mail to being signed in."""
        page = self.page
        page.goto(link_in(self.mail("Your invitation to Accord"), "Come in"))
        expect(page.get_by_role("heading", name=f"Welcome, {self.first}")).to_be_visible()
        page.get_by_label("New Password", exact=True).fill(PASSWORD)
        page.get_by_label("New Password (again)").fill(PASSWORD)
        page.get_by_role("button", name="Keep this password").click()
        page.get_by_role("link", name="Sign in with it").click()
        self.sign_in()
        expect(page.get_by_role("link", name=self.name)).to_be_visible()

    def sign_in(self) -> None:
        self.page.get_by_label("Name or e-mail address").fill(self.first.lower())
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def sign_in_at_the_company(self, *groups: str) -> None:
        self._company.knows(self.email, self.name, *groups)
        self.page.get_by_role("link", name=COMPANY_BUTTON).click()

    def open_from_mail(self) -> None:
        """Read what is to be signed in the mail, and open it in a browser that knows nobody."""
        mail = self.mail("Yours to sign: Handover")
        assert DEFINITION in text_of(mail) and WHY in text_of(mail)
        self.another_browser().goto(link_in(mail, "Read and sign"))
        expect(self.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()

    def read_and_sign(self) -> None:
        expect(self.page.get_by_role("heading", name="New word: Handover")).to_be_visible()
        expect(self.page.get_by_text(DEFINITION).first).to_be_visible()
        self.page.get_by_role("button", name="Sign", exact=True).click()


def set_up(ada: Desk, sam: Desk, mia: Desk, company: Company) -> None:
    page = ada.page
    page.goto("/")
    page.get_by_label("Set-up code").fill(company.setup_code())
    ada.write_down(page.locator("section", has=page.get_by_role("heading", name="You, the first administrator")))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    for owner, team, called in ((sam, "sales", "Field Sales"), (mia, "marketing", "Growth")):
        box = page.locator(f".team-{team}")
        box.get_by_label("What the team is called").fill(called)
        owner.write_down(box)
    page.get_by_role("button", name="Set Accord up").click()
    expect(page.get_by_text("Accord is set up, and you are signed in.")).to_be_visible()


def invite(ada: Desk, sam: Desk, mia: Desk, ria: Desk, mark: Desk) -> None:
    """Four people, each by mail; where Mark belongs his groups will say."""
    page = ada.page
    for person in (sam, mia):
        page.get_by_role("button", name=f"Mail a link to {person.first}").click()
        expect(page.get_by_text(f"{person.name} gets a mail with the link in a moment.")).to_be_visible()
    for person, team in ((ria, "Field Sales"), (mark, "No team")):
        person.write_down(page)
        page.get_by_label("Team").select_option(team)
        page.get_by_role("button", name="Invite by mail").click()
        expect(page.get_by_text(f"{person.name} gets a mail with the link in a moment.")).to_be_visible()


def connect_a_tool(ada: Desk, company: Company) -> Webhook:
    """A webhook to a tool that checks signatures; a test message has arrived there."""
    page = ada.page
    page.goto("/admin/glossary/endpoint/add/")
    page.get_by_label("Tool").fill("CRM")
    page.get_by_label("Address").fill(company.tool.url)
    page.get_by_role("button", name="Save").click()
    checking = Webhook(page.locator("code", has_text="whsec_").inner_text())
    page.goto("/admin/glossary/endpoint/")
    page.get_by_role("link", name="CRM").click()
    page.get_by_role("link", name=re.compile("^Test, pause")).click()
    send_a_test(page)
    told = wait_for(lambda: received(company, checking), "the test message at the tool")
    assert [each["type"] for each in told] == ["endpoint.test"]
    return checking


def connect_a_channel(ada: Desk, company: Company) -> None:
    """A channel of the chat, where a test message has arrived; its address is not shown again."""
    page = ada.page
    page.goto("/admin/glossary/endpoint/add-channel/")
    page.get_by_label("Channel").fill("#revenue")
    page.get_by_label("Address of its incoming webhook").fill(company.channel.url)
    page.get_by_role("button", name="Save").click()
    send_a_test(page)
    said = wait_for(company.said_in_the_channel, "the test message in the channel")
    assert "This was a test." in said[0]
    page.goto("/admin/glossary/endpoint/")
    assert company.channel.url not in page.content()


def send_a_test(page: Page) -> None:
    page.get_by_label("Send a test message").check()
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("A test message is on its way")).to_be_visible()


def received(company: Company, checking: Webhook) -> list[dict[str, Any]]:
    """All that has arrived at the tool; a signature that is not ours raises."""
    return [checking.verify(call.body, call.headers) for call in list(company.tool.calls)]


def suggest(mark: Desk) -> None:
    page = mark.page
    page.get_by_role("link", name="Suggest a change").click()
    page.get_by_label("Name", exact=True).fill("Handover")
    page.get_by_label("In one sentence").fill(SUMMARY)
    page.get_by_label("Definition").fill(DEFINITION)
    page.get_by_label("Why you suggest this").fill(WHY)
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("button", name="Put up for signing").click()
    expect(page.get_by_text(re.compile("Waits for Sam Okafor"))).to_be_visible()


def read_that_a_word_waits(company: Company) -> None:
    """In the channel, and nothing of what nobody has signed; nor does `/define` tell it."""
    wait_for(lambda: len(company.channel.calls) == 2, "“to sign” in the channel")
    said = company.said_in_the_channel()[1]
    assert "waits for the signature of Field Sales and Growth" in said
    asked = json.dumps(company.define("handover"), ensure_ascii=False)
    assert "No agreed word is called “handover”." in asked
    assert not [text for text in ("Handover", *UNSIGNED) if text in said]
    assert not [text for text in UNSIGNED if text in asked]


def read_what_is_agreed(person: Desk, *signers: Desk) -> None:
    person.page.goto("/terms/handover/")
    expect(person.page.get_by_text(DEFINITION)).to_be_visible()
    seal = person.page.get_by_role("region", name="Signed by every team")
    for signer in signers:
        expect(seal.get_by_role("listitem").filter(has_text=signer.name)).to_be_visible()


def read_it_in_the_channel(company: Company, *signers: Desk) -> None:
    names = [signer.name for signer in signers]
    wait_for(lambda: len(company.channel.calls) == 3, "“agreed” in the channel")
    said = company.said_in_the_channel()[2]
    answer = json.dumps(company.define("handover"), ensure_ascii=False)
    assert not [text for text in ("Agreed: Handover", SUMMARY, *names) if text not in said], said
    assert not [text for text in (SUMMARY, DEFINITION, *names) if text not in answer], answer


def hear_of_it_in_a_tool(company: Company, checking: Webhook, reader: Desk, *people: Desk) -> None:
    """Both messages are signed and hold neither a text nor a name; what they tell of is at the address they name."""
    wait_for(lambda: len(company.tool.calls) == 3, "both messages at the tool")
    told = {each["type"]: each["data"] for each in received(company, checking)}
    assert told.keys() == {"endpoint.test", "version.published", "version.took_effect"}
    everything = b"".join(call.body for call in company.tool.calls).decode()
    assert not [text for text in (*UNSIGNED, *(person.last for person in people)) if text in everything], everything
    found = reader.page.request.get(told["version.published"]["api_url"]).json()
    assert (found["digest"], found["summary"]) == (told["version.published"]["digest"], SUMMARY)


def witnessed(person: Desk) -> str:
    """The head of the ledger in somebody's mail about the agreement."""
    text = text_of(person.mail("Agreed: Handover"))
    assert "Field Sales: Sam Okafor" in text and "Growth: Mia Tanaka" in text
    head = re.search(r"^Ledger: (\d+:[0-9a-f]+)$", text, re.MULTILINE)
    assert head, text
    return head[1]


def is_all_delivered(company: Company) -> bool:
    outbox = requests.get(f"{company.address}/readyz", timeout=PATIENCE).json()["outbox"]
    return outbox["due"] == outbox["given_up"] == 0


def test_a_company_from_empty(browser: Browser, company: Company) -> None:
    ada, sam, mia, ria, mark = (Desk(browser, company, name) for name in (ADA, SAM, MIA, RIA, MARK))

    with step("Ada sets the empty registry up with the code that the server printed"):
        set_up(ada, sam, mia, company)
    with step("Ada invites four people by mail"):
        invite(ada, sam, mia, ria, mark)
    with step("Sam, Mia and Ria open their mail, choose a password and sign in"):
        for person in (sam, mia, ria):
            person.choose_a_password()
    with step("Mark comes in by the company's sign-in, and his group makes him a member of marketing"):
        mark.page.goto(link_in(mark.mail("Your invitation to Accord"), "Come in"))
        mark.sign_in_at_the_company("everybody", "marketing-team")
        mark.page.get_by_role("link", name=mark.name).click()
        expect(mark.page.get_by_text("Member: I read, comment and suggest.")).to_be_visible()
        expect(mark.page.locator("dd", has_text="Growth").first).to_be_visible()
    with step("A link of an invitation works once"):
        stranger = sam.another_browser()
        stranger.goto(link_in(sam.mail("Your invitation to Accord"), "Come in"))
        expect(stranger.get_by_role("heading", name="This link no longer works")).to_be_visible()
    with step("Ada connects a tool, which gets a signed test message"):
        checking = connect_a_tool(ada, company)
    with step("Ada connects a channel of the chat"):
        connect_a_channel(ada, company)
    with step("Mark suggests a word and puts it up for signing"):
        suggest(mark)
    with step("The channel reads that a word waits, and nothing unsigned"):
        read_that_a_word_waits(company)
    with step("Sam opens the link in his mail, signs in with his password, and signs"):
        sam.open_from_mail()
        sam.sign_in()
        sam.read_and_sign()
        expect(sam.page.get_by_text(re.compile("Waits for Mia Tanaka"))).to_be_visible()
    with step("Mia opens the link in her mail, signs in at the company, and signs"):
        mia.open_from_mail()
        mia.sign_in_at_the_company()
        mia.read_and_sign()
        expect(mia.page.get_by_text("Sam Okafor and Mia Tanaka now mean the same by “Handover”.")).to_be_visible()
    with step("Ria, who was asked nothing, reads what is agreed and who signed"):
        read_what_is_agreed(ria, sam, mia)
    with step("The channel reads it as well, and /define answers with it"):
        read_it_in_the_channel(company, sam, mia)
    with step("The tool was told, signed and without a word of the text"):
        hear_of_it_in_a_tool(company, checking, ria, sam, mia, mark)
    with step("The mails about it hold the head of a ledger in which everything is as it was signed"):
        heads = {witnessed(person) for person in (mark, sam, mia)}
        assert len(heads) == 1
        assert "Everything is as it was signed" in company.manage("verify", "--since", heads.pop())
    with step("Everything has been delivered"):
        wait_for(lambda: is_all_delivered(company), "everything to be delivered")
