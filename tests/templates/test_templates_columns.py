"""What other tools and people's files call a field, and the field that is suggested."""

import importlib.resources
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.template_corpus import CUSTOM, FIELDS
from trueup.templates import validate

LISTS = tomllib.loads(
    importlib.resources.files("trueup.templates")
    .joinpath("columns.toml")
    .read_text(encoding="utf-8")
)
NAMED = [(name, field) for field, names in LISTS["fields"].items() for name in names]
# As Instantly, lemlist, Smartlead, HeyReach, Apollo, HubSpot, Salesforce, Outreach,
# Salesloft, Woodpecker, Reply, Expandi, Dux-Soup, Mailchimp and Close write them.
OF_TOOLS = (
    ("firstName", ["first_name", "FirstName", "FIRST_NAME", "Contact.FirstName"]),
    ("firstName", ["contact.firstname", "contact.first_name", "recipient.first_name"]),
    ("firstName", ["prospect.first_name", "lead.first_name", "Lead.FirstName"]),
    ("firstName", ["FNAME", "fname", "firstname", "First Name", "person.first_name"]),
    ("lastName", ["LNAME", "last_name", "Contact.LastName", "contact.lastname"]),
    ("fullName", ["full_name", "contact.full_name", "FullName"]),
    ("company", ["companyName", "company_name", "COMPANY", "currentCompany"]),
    ("company", ["Account.Name", "account.name", "company.name", "contact.company"]),
    ("company", ["organization", "organization_name", "current_company", "Company"]),
    ("jobTitle", ["title", "job_title", "position", "occupation", "Contact.Title"]),
    ("jobTitle", ["contact.jobtitle", "currentPosition", "headline", "lead.title"]),
    ("location", ["city", "contact.city", "country", "Location", "state"]),
    ("industry", ["Industry", "company.industry", "companyIndustry"]),
    ("email", ["emailAddress", "contact.email", "work_email", "Email"]),
    ("senderFirstName", ["sender.first_name", "sender_first_name", "my_first_name"]),
    ("senderFirstName", ["owner.firstname", "sendingAccountFirstName", "sender name"]),
    ("senderLastName", ["sender.last_name", "sender_last_name"]),
)


@pytest.mark.parametrize(
    ("field", "name"), [(field, name) for field, names in OF_TOOLS for name in names]
)
def test_the_name_of_another_tool_is_suggested_as_the_field(field, name):
    suggestion = validate(f"Hi {{{{{name}}}}}", FIELDS, ())[0].suggestion

    assert suggestion.text == field


@pytest.mark.parametrize(("name", "field"), NAMED)
def test_every_listed_name_is_suggested_as_its_field(name, field):
    template = f"Hi {{{{ {name} }}}}"
    errors = validate(template, FIELDS, ())

    if name == field:
        assert errors == []
    else:
        assert errors[0].suggestion.apply(template) == f"Hi {{{{ {field} }}}}"


@pytest.mark.parametrize(
    "name", ["icebreaker", "linkedinUrl", "personalization", "pet"]
)
def test_an_unknown_name_is_said_to_need_a_declaration(name):
    (error,) = validate(f"{{{{{name}}}}} hello", FIELDS, ())

    assert f"declare {name} under custom_fields" in error.message
    assert f"{{{{ custom.{name} }}}}" in error.message
    assert validate(f"{{{{ custom.{name} }}}} hello", FIELDS, [name]) == []


@pytest.mark.parametrize(
    ("name", "declared"), [("Pain Point", "pain_point"), ("contact.pet", "contact_pet")]
)
def test_a_name_is_said_as_it_can_be_declared(name, declared):
    (error,) = validate(f"I know {{{name}}} well", FIELDS, ())

    assert f"declare {declared} under custom_fields" in error.message


@pytest.mark.parametrize(
    "written",
    [
        "firstName|there",
        "firstName|'there'",
        "firstName||there",
        "firstName || 'there'",
        "firstName ?? 'there'",
        "firstName or 'there'",
        "firstName or there",
        "firstName, 'there'",
        "firstName,fallback=there",
        "firstName:there",
        "firstName : 'there'",
        "firstName|fallback=there",
        "firstName | default = 'there'",
        "firstName default='there'",
        "firstName default 'there'",
        "firstName | or: 'there'",
        "firstName | fallback: 'there'",
    ],
)
def test_a_fallback_of_another_tool_is_suggested_as_default(written):
    template = f"Hi {{{{{written}}}}}, hello"
    (error,) = validate(template, FIELDS, ())

    fixed = error.suggestion.apply(template)
    assert fixed.replace(" ", "") == "Hi{{firstName|default:'there'}},hello"
    assert validate(fixed, FIELDS, ()) == []


BRACES = ("{NAME}", "${NAME}", "{!NAME}", "[[NAME]]", "<<NAME>>", "*|NAME|*", "%NAME%")
WORDS = st.lists(
    st.sampled_from(["Hi", "saw", "your", "post.", "100%", "[1]", "we", "(see)", "👋"]),
    min_size=1,
    max_size=6,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(WORDS, WORDS, st.sampled_from(BRACES), st.sampled_from(NAMED))
def test_a_template_in_another_tools_marks_is_refused_with_the_field(
    before, behind, shape, named
):
    name, field = named
    template = f"{before} {shape.replace('NAME', name)} {behind}"

    assert validate(f"{before} {{{{{field}}}}} {behind}", FIELDS, CUSTOM) == []
    errors = validate(template, FIELDS, CUSTOM)
    assert [error.code for error in errors] == ["wrong_delimiter"]
    fixed = errors[0].suggestion.apply(template)
    assert fixed == f"{before} {{{{{field}}}}} {behind}"


@settings(max_examples=300, deadline=None)
@given(WORDS, st.from_regex(r"[a-z]{2,8}_[a-z]{2,8}", fullmatch=True))
def test_an_identifier_in_marks_is_refused_whatever_it_names(before, name):
    for shape in (*BRACES, "[NAME]", "<NAME>", "##NAME##"):
        errors = validate(f"{before} {shape.replace('NAME', name)}", FIELDS, ())

        assert [error.code for error in errors] == ["wrong_delimiter"]
