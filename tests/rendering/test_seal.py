"""The seal says in words what it shows, and shows what is signed."""

import re

from django.template import Context, Template

from glossary.rendering.seal import LARGE, Ring, drawn

SAM = Ring("sales", "Sales", True, "Sam Rivera", at="2026-11-05T10:00:00+00:00")
MIA = Ring("marketing", "Marketing", True, "Mia Tanaka", at="2026-11-06T10:00:00+00:00")
PIA = Ring("product", "Product", True, "Pia Lund", at="2026-11-06T10:00:00+00:00")
NOBODY = Ring("marketing", "Marketing", False)


def test_it_says_who_signed_for_whom_and_what_is_missing() -> None:
    assert drawn([SAM, MIA]).words == "Signed by Sam Rivera for Sales and Mia Tanaka for Marketing"
    assert drawn([SAM, MIA, PIA]).words.endswith("Sales, Mia Tanaka for Marketing and Pia Lund for Product")
    assert drawn([SAM, NOBODY]).words == "Signed by Sam Rivera for Sales. Missing: Marketing"
    assert drawn([Ring("sales", "Sales", True), NOBODY]).words == "Signed for Sales. Missing: Marketing"
    assert drawn([Ring("sales", "Sales", False), NOBODY]).words == "Not signed yet. Missing: Sales and Marketing"
    rosa = Ring("sales", "Sales", True, "Rosa Petrov", "Sam Rivera", has_reservation=True)
    assert drawn([rosa]).words == ("Signed by Rosa Petrov for Sales, in the place of Sam Rivera, with a reservation")


def test_rings_hold_each_other_only_where_both_teams_have_signed() -> None:
    assert [link.key for link in drawn([SAM, MIA, PIA]).links] == ["sales", "marketing"]
    assert drawn([SAM, NOBODY, PIA]).links == []
    assert (drawn([SAM, MIA]).is_whole, drawn([SAM, NOBODY]).is_whole) == (True, False)


def test_a_missing_signature_shows_the_team_and_a_given_one_the_person() -> None:
    assert [at.ring.initials for at in drawn([SAM, NOBODY]).placed] == ["SR", "M"]


def test_nothing_is_drawn_outside_the_picture_however_many_teams_sign() -> None:
    for size in (drawn([SAM] * 7), drawn([SAM] * 7, LARGE)):
        reach = size.size.radius + size.size.band / 2
        assert all(at.x - reach >= 0 and at.x + reach <= size.width for at in size.placed)
        assert reach * 2 <= size.height


def test_a_hostile_name_is_only_a_name() -> None:
    bad = '"><script>alert(1)</script>'
    rings = [Ring("sales", bad, True, bad, bad, at="2026-11-05T10:00:00+00:00"), NOBODY]
    for part, size in (("rings", drawn(rings)), ("medal", drawn(rings, LARGE))):
        html = Template(f"{{% include 'portal/parts/{part}.html' %}}").render(Context({"seal": size, "name": "s"}))
        assert "<script" not in html
        assert re.search(r'aria-label="Signed by &quot;&gt;&lt;script', html)
