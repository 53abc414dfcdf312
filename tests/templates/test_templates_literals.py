"""Text around tags: other tools' marks are refused, prose is left alone."""

import pytest

from tests.support.template_corpus import CUSTOM, FIELDS
from trueup.templates import validate

OTHER_TOOLS = (
    "{firstName}",
    "{ firstName }",
    "{first_name}",
    "{First Name}",
    "{FIRSTNAME}",
    "{firstNme}",
    "{company}",
    "{custom.line1}",
    "{line1}",
    "{firstName | default: 'x'}",
    "{firstName|there}",
    "${firstName}",
    "#{firstName}",
    "%{firstName}",
    "$firstName",
    "$(firstName)",
    "[firstName]",
    "[First Name]",
    "[[firstName]]",
    "((firstName))",
    "(firstName)",
    "<firstName>",
    "<<firstName>>",
    "«firstName»",
    "<%= firstName %>",
    "%firstName%",
    "%FIRST_NAME%",
    "%%firstName%%",
    "#firstName#",
    "##firstName##",
    "*|FIRSTNAME|*",
    "__first_name__",
    "{endif}",
    "{else}",
    "｛｛firstName｝｝",
    "｛firstName｝",
    "{％ if company ％}",
    "%7B%7BfirstName%7D%7D",
    r"\{\{firstName\}\}",
)

PROSE = (
    "{Hi|Hello} there",
    "{Hi|{Hey|Hello}} there",
    "your {company|firm|business}",
    "100%}",
    "{50%|100%}",
    "{if you save 50%|for 100%}",
    "[1] and [a](https://a.example) and [company](https://a.example)",
    "a lone { brace } in { prose",
    "body { color: red; } @media print { a { color: red }}",
    '{"a":{"b":1}}',
    "I <3 this & that; 5 < 6 > 4",
    "(see the company page) (location) [link]: x",
    ":) ;-} {-: }:-)",
    "f(x) = {x | x > 0}",
    "$100, 50% of company 20%, #location, @company",
    "a_b __really__ 50%% off",
    r"C:\path\{dir}",
    "<b>bold</b>",
    '({{ company }}) <{{ company }}> [{{ company }}] "{{ company }}"',
    "{{ company }}{{ location }}'s {{ firstName }}% #{{ company }} ${{ company }}",
    "{Hi {{firstName}}|Hello {{firstName}}}",
    "{{ firstName | default: '}' }} {{ firstName | default: '{' }}",
    "{{ firstName | default: '100%' }} {{ firstName | default: 'a|b' }}",
    "{% raw %}{{company} { {x}} [[firstName]] {% if %} &#123;{% endraw %}",
    "{% comment %}{{company} [[firstName]] {% if %} {{ x {% endcomment %}",
    "👩‍💻 می‌خواهم \u200fשלום",
)


@pytest.mark.parametrize("mark", OTHER_TOOLS)
def test_a_merge_mark_of_another_tool_is_refused(mark):
    errors = validate(f"Hi {mark}, hello", FIELDS, CUSTOM)

    assert errors
    assert {error.code for error in errors} == {"wrong_delimiter"}
    assert 3 <= errors[0].offset <= 4


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_left_alone(text):
    assert validate(text, FIELDS, CUSTOM) == []


# A name in other tools' marks, and the field that it means ("" for a custom one).
MARKED_NAMES = (
    ("company_name", "company"),
    ("Company Name", "company"),
    ("COMPANY_NAME", "company"),
    ("companyName", "company"),
    ("current_company", "company"),
    ("contact.first_name", "firstName"),
    ("Contact.FirstName", "firstName"),
    ("lead.first_name", "firstName"),
    ("MERGE_FIRST_NAME", "firstName"),
    ("FNAME", "firstName"),
    ("job_title", "jobTitle"),
    ("currentPosition", "jobTitle"),
    ("sender.first_name", "senderFirstName"),
    ("icebreaker", ""),
    ("pain_point", ""),
    ("nickname", ""),
)
# Marks of Mailchimp, Salesforce, Marketing Cloud, ActiveCampaign, mail merges and more.
MARKS = (
    *("{NAME}", "{ NAME }", "${NAME}", "#{NAME}", "%{NAME}", "{!NAME}", "{$NAME}"),
    *("{@NAME}", "{%NAME%}", "{{{NAME}}}", "[NAME]", "[[NAME]]", "<<NAME>>", "<NAME>"),
    *("*|NAME|*", "<%= NAME %>", "<%NAME%>", "$[NAME]", "$(NAME)", "((NAME))"),
    *("[%NAME%]", "{NAME, fallback=there}", "[NAME,fallback=there]", "{{ {NAME} }}"),
)
ONE_WORD_MARKS = (
    *("%NAME%", "%%NAME%%", "##NAME##", "#NAME#", "__NAME__", "_NAME_", "~NAME~"),
    *("~~NAME~~", "$NAME$", "@NAME@", "|NAME|", "^NAME^", "::NAME::", "!NAME", "$NAME"),
)


@pytest.mark.parametrize("mark", [*MARKS, *ONE_WORD_MARKS])
@pytest.mark.parametrize(("name", "field"), MARKED_NAMES)
def test_a_mark_of_another_tool_is_refused_whatever_it_names(mark, name, field):
    if mark in ONE_WORD_MARKS and (" " in name or "." in name or name == "pain_point"):
        name = "companyName"
        field = "company"
    template = f"Hi {mark.replace('NAME', name)}, hello"

    errors = validate(template, FIELDS, ())

    assert errors
    said = " ".join(
        [error.message for error in errors]
        + [error.suggestion.text for error in errors if error.suggestion]
    )
    if not mark.startswith(("{{", "{%")):
        assert f"{{{{{field}" in said if field else "custom_fields" in said


def test_a_mark_with_a_fallback_is_suggested_with_default():
    for written in (
        "{firstname|there}",
        "{FirstName | there}",
        "[Name, fallback=there]",
    ):
        error = validate(f"Hi {written}", FIELDS, ())[0]

        assert error.suggestion.text == "{{firstName | default: 'there'}}"


def test_a_declared_custom_field_is_suggested_for_a_mark():
    error = validate("I like {Subject Line}", FIELDS, CUSTOM)[0]

    assert error.suggestion.text == "{{custom.subject_line}}"


@pytest.mark.parametrize(
    "mark",
    [
        "!fname",
        "!company",
        "!position",
        "@first_name",
        ":firstname",
        "$company",
        "&fname",
    ],
)
def test_a_name_behind_one_sign_is_refused(mark):
    errors = validate(f"Hi {mark}, hello", FIELDS, ())

    assert [(error.code, error.offset) for error in errors] == [("wrong_delimiter", 3)]


@pytest.mark.parametrize(
    "mark", ["{first_name, how", "{first_name how", "first_name}, how", "{FNAME how"]
)
def test_half_a_mark_is_refused(mark):
    assert validate(f"Hi {mark} are you", FIELDS, ())


@pytest.mark.parametrize(
    "text",
    [
        "100% sure, 50% of 100% people, 20 % off",
        "[sic] [1] [...] [a](url) [Company](https://a.example) [note]: x",
        "a { brace } and } and { and { return x }",
        "body{color:red} a { position: absolute }",
        '{"first_name": "x"} {"a": [1, 2]} {name: "x"}',
        ":} :-{ {: ;} (: :) <3 >:( ^_^ *_* o_O",
        "{1, 2, 3} {a, b} x_{i} \\frac{a}{b} \\textbf{word} C:\\path\\{dir}",
        "https://a.example/%E2%80%93?a=%20b%20&c=#top #hiring #SaaS @company @jane_doe",
        "*really* _company_ **bold** ~~gone~~ __dunder__ snake_case file_name.py",
        "3 < 5 > 4, a << b, «Bonjour», «la société»",
        "(New York) (first name) (role) [see page 3] [New York]",
        "$5, $AAPL, 5$ to 10$, +49 30 1234, 10:30:45, !important wow!",
        "either/or | both | none; a || b",
    ],
)
def test_what_looks_like_a_mark_in_prose_is_left_alone(text):
    assert validate(text, FIELDS, CUSTOM) == []


@pytest.mark.parametrize("entity", ["&#123;", "&#x7B;", "&lcub;", "&lbrace;"])
def test_an_entity_of_a_brace_is_refused(entity):
    errors = validate(f"Hi {entity}firstName}}", FIELDS, CUSTOM)

    assert (errors[0].code, errors[0].offset) == ("html_entity", 3)
    assert errors[0].suggestion is None or errors[0].suggestion.text == "{"


def test_a_local_name_is_known_to_the_lint():
    template = "{% assign greeting = 'Hi' %}{{ greeting }} {greeting}"

    errors = validate(template, FIELDS, CUSTOM)

    assert [error.code for error in errors] == ["wrong_delimiter"]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\ud800"])
def test_a_character_that_cannot_be_sent_is_refused(character):
    errors = validate(f"Hi {character}there", FIELDS, CUSTOM)

    assert [(error.code, error.offset) for error in errors] == [("invisible_char", 3)]
