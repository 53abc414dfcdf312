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


@pytest.mark.parametrize("mark", ["{nickname}", "[nickname]", "%nickname%", "<name>"])
def test_a_mark_around_no_field_is_left_alone(mark):
    assert validate(mark, FIELDS, CUSTOM) == []


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
