"""What the validator refuses, with which code and where, and what it accepts."""

import pytest

from tests.support.template_corpus import CUSTOM, FIELDS, RIGHT
from trueup.templates import CODES, validate

# The caret stands in front of the character that it must point at.
CARET = "‸"

WRONG = (
    # the source's four typos
    ("{{company‸} hi", "unclosed_output"),
    ("‸{firstName}} hi", "unopened_output"),
    ("‸{ {firstName}} hi", "split_braces"),
    ("{{firstName | default: 'there'‸} hi", "unclosed_output"),
    # delimiters of outputs
    ("Hi ‸{{firstName, bye", "unclosed_output"),
    ("‸{{ company and {{ firstName }}", "unclosed_output"),
    ("{{firstName‸} and {{company}}", "unclosed_output"),
    ("{{ firstName ‸} }", "split_braces"),
    ("‸{ { firstName } }", "split_braces"),
    ("‸{f{irstName}}", "split_braces"),
    ("{{firstName}}‸}", "extra_braces"),
    ("‸{{{firstName}}", "extra_braces"),
    ("‸}{{firstName}}", "extra_braces"),
    ("{{firstName}}‸{", "extra_braces"),
    ("{{first‸{Name}}", "extra_braces"),
    ("‸{ {{firstName}} }", "extra_braces"),
    ("{Hi {{firstName}}‸}", "extra_braces"),
    ("firstName‸}}", "unopened_output"),
    ("{{firstName‸]]", "wrong_delimiter"),
    ("{{ firstName ‸)}", "wrong_delimiter"),
    ("{{ firstName ‸%}", "wrong_delimiter"),
    ("‸[[firstName}}", "wrong_delimiter"),
    ("{{firstName‸｝｝", "wrong_delimiter"),
    ("‸{{}}", "empty_output"),
    ("‸{{ }}", "empty_output"),
    # delimiters of tags
    ("{% if company ‸}a{% endif %}", "unclosed_tag"),
    ("{% if company ‸%a{% endif %}", "unclosed_tag"),
    ("{% if company %}a‸{% endif", "unclosed_tag"),
    ("{% if company ‸% }a{% endif %}", "split_braces"),
    ("‸{ % if company %}a{% endif %}", "split_braces"),
    ("‸{ if company %}a{% endif %}", "unopened_tag"),
    ("‸% if company %}a{% endif %}", "unopened_tag"),
    ("{% if company %}a‸{xelse%}b{% endif %}", "unopened_tag"),
    ("{% if company ‸}}a{% endif %}", "wrong_delimiter"),
    ("‸{{% if company %}a{% endif %}", "extra_braces"),
    ("{% if company %}‸}a{% endif %}", "extra_braces"),
    ("‸{%%}", "empty_tag"),
    ("‸{% %}", "empty_tag"),
    # blocks
    ("‸{% if company %}a", "unclosed_block"),
    ("{% if company %}‸{% unless location %}a{% endif %}", "unclosed_block"),
    ("‸{% raw %}{{ x }}", "unclosed_block"),
    ("‸{% comment %}{{ x }}", "unclosed_block"),
    ("‸{% capture x %}a", "unclosed_block"),
    ("{% ‸endif %}", "unexpected_tag"),
    ("{% ‸else %}", "unexpected_tag"),
    ("{% if company %}a{% ‸endunless %}", "unexpected_tag"),
    ("{% if company %}a{% else %}b{% ‸else %}c{% endif %}", "unexpected_tag"),
    ("{% if company %}a{% ‸#else %}b{% endif %}", "unexpected_tag"),
    ("{% if company %}a{% ‸fi %}", "unknown_tag"),
    ("{% ‸iff company %}a{% endif %}", "unknown_tag"),
    ("{% ‸firstName %}", "unknown_tag"),
    ("{%‸ifcompany%}a{%endif%}", "unknown_tag"),
    ("{% if company %}a{% ‸elseif location %}b{% endif %}", "unknown_tag"),
    ("{% if company %}a{% ‸else if location %}b{% endif %}", "syntax"),
    ("{% if company %}a{% endif ‸x %}", "syntax"),
    ("{% ‸for x in y %}{{ x }}{% endfor %}", "disallowed_tag"),
    ("{% ‸include 'x' %}", "disallowed_tag"),
    ("{% ‸render 'x' %}", "disallowed_tag"),
    ("‸{{ endif }}", "wrong_delimiter"),
    # names
    ("{{ ‸frstName }}", "unknown_variable"),
    ("{{‸firstname}}", "unknown_variable"),
    ("{{ ‸first Name }}", "unknown_variable"),
    ("{{ ‸nobody | default: 'x' }}", "unknown_variable"),
    ("{{‸custom}}", "unknown_variable"),
    ("{{ ‸custom.unknown }}", "unknown_variable"),
    ("{{ ‸firstName.foo }}", "unknown_variable"),
    ("{{ ‸now }}", "unknown_variable"),
    ("{{ ‸x }}{% assign x = 'a' %}", "unknown_variable"),
    ("{% assign n = 'a' %}{{ ‸m }}", "unknown_variable"),
    ("{% assign ‸compan = company %}{{ company }}", "unknown_variable"),
    ("{% if company == ‸Acme %}a{% endif %}", "unknown_variable"),
    ("{{firstName | default: ‸there}}", "unknown_variable"),
    ("{{firstName | default: ‸your team}}", "unknown_variable"),
    ('{{ ‸"firstName" }}', "quoted_field"),
    ("{% if ‸'company' %}a{% endif %}", "quoted_field"),
    ("{{ company | default: ‸'firstName' }}", "quoted_field"),
    # filters
    ('{{firstName | ‸defualt: "x"}}', "unknown_filter"),
    ("{{ firstName | ‸date: '%B' }}", "filter_value"),
    ("{{ 'tomorrow' | ‸date: '%B' }}", "filter_value"),
    ("{{ 'now' | upcase | ‸date: '%B' }}", "filter_value"),
    ("{{ 'now' | date: ‸'%s' }}", "filter_value"),
    ("{{ 'now' | date: ‸'%Y-%' }}", "filter_value"),
    ("{{ 'now' | date: ‸'day' }}", "filter_value"),
    ("{{ 'now' | date: ‸company }}", "filter_value"),
    ("{{ 'now' | ‸date }}", "filter_args"),
    ("{{ ‸now | date: '%A' }}", "unknown_variable"),
    ("{{firstName | ‸default}}", "filter_args"),
    ("{{firstName | default‸:}}", "filter_args"),
    ("{{ firstName | ‸upcase: 1 }}", "filter_args"),
    ("{{ firstName | ‸replace: 'a' }}", "filter_args"),
    ("{{ firstName | truncate: ‸'x' }}", "filter_value"),
    ("{{ firstName | truncate: ‸3 }}", "filter_value"),
    ("{{ firstName | divided_by: ‸0 }}", "filter_value"),
    ("{{ firstName | default: ‸nil }}", "filter_value"),
    ("{{ fullName | ‸first }}", "filter_value"),
    ("{{ ‸jobTitle | split: ' ' }}", "filter_value"),
    ("{{ firstName | append: '‸{firstName}' }}", "wrong_delimiter"),
    # syntax
    ("{{firstName ‸default: 'x'}}", "syntax"),
    ("{{firstName ‸|| default: 'x'}}", "syntax"),
    ("{{firstName | default ‸'x'}}", "syntax"),
    ("{{firstName | default: 'it‸'s'}}", "syntax"),
    ("{{firstName | default: ‸'there}}", "syntax"),
    ("{{firstName | default: there‸'}}", "syntax"),
    ("{{ firstName ‸| }}", "syntax"),
    ("{{ ‸| default: 'x' }}", "syntax"),
    ("{{ firstName | default: 'x'‸, }}", "syntax"),
    ("{{ firstName ‸; }}", "syntax"),
    ("{{ ‸(1..3) | join: ' ' }}", "syntax"),
    ("{% if company ‸= 'x' %}a{% endif %}", "syntax"),
    ("{% if company =‸= %}a{% endif %}", "syntax"),
    ("{% if company ‸| size > 3 %}a{% endif %}", "syntax"),
    ("{% if ‸not company %}a{% endif %}", "syntax"),
    ("{% if company == ‸' Acme' %}a{% endif %}", "syntax"),
    ("{% case industry %}‸x{% when 'a' %}b{% endcase %}", "syntax"),
    ("{% case industry %}{% when 'a' %}b{% when ‸'a' %}c{% endcase %}", "syntax"),
    ("{% case industry %}{% when nil %}b{% when ‸'' %}c{% endcase %}", "syntax"),
    ("{% assign x ‸'a' %}{{ x }}", "syntax"),
    ("Hi {{‸-firstName}}", "syntax"),
    ("Hi {{‸- firstName }}", "syntax"),
    # what pasting brings
    ("{{firstName | default: ‸‘there’}}", "smart_quotes"),
    ("{{firstName | default: 'there‸’}}", "smart_quotes"),
    ("{{ firstName‸\u00a0}}", "invisible_char"),
    ("{{ first‸\u200bName }}", "invisible_char"),
    ("{‸\u200b{firstName}}", "invisible_char"),
    ("{{firstName}‸\u200b}", "invisible_char"),
    ("{% if company %}a{%- endif ‸\u00a0%}", "invisible_char"),
    ("{{ firstName | default: ‸&quot;x&quot; }}", "html_entity"),
    ("{{ ‸<b>firstName }}", "html_in_tag"),
    ("{‸<b>{firstName}}", "html_in_tag"),
)


@pytest.mark.parametrize(("marked", "code"), WRONG)
def test_a_wrong_template_is_refused_with_its_code_at_the_right_place(marked, code):
    template = marked.replace(CARET, "")

    errors = validate(template, FIELDS, CUSTOM)

    assert [(error.code, error.offset) for error in errors] == [
        (code, marked.index(CARET))
    ]


@pytest.mark.parametrize("template", RIGHT)
def test_a_right_template_is_accepted(template):
    assert validate(template, FIELDS, CUSTOM) == []


def test_all_errors_come_at_once_and_sorted():
    errors = validate("{{compny}} {firstName}} {{lastName} {% if %}", FIELDS, ())

    assert [error.code for error in errors] == [
        "unknown_variable",
        "unopened_output",
        "unclosed_output",
        "unclosed_block",
        "syntax",
    ]
    assert [error.offset for error in errors] == sorted(
        error.offset for error in errors
    )


def test_one_half_of_a_pair_does_not_hide_the_other():
    errors = validate("{{{firstName}}}", FIELDS, ())

    assert [(error.code, error.offset) for error in errors] == [
        ("extra_braces", 0),
        ("extra_braces", 14),
    ]


def test_a_custom_field_is_known_with_and_without_its_prefix():
    template = "{{ custom.subject_line }}"

    assert validate(template, FIELDS, ["subject_line"]) == []
    assert validate(template, FIELDS, ["custom.subject_line"]) == []
    assert validate(template, [*FIELDS, "custom.subject_line"], []) == []
    assert [error.code for error in validate(template, FIELDS, [])] == [
        "unknown_variable"
    ]


def test_an_unknown_field_is_refused_even_with_a_fallback():
    errors = validate("{{ nickname | default: 'you' }}", FIELDS, ())

    assert errors[0].code == "unknown_variable"


def test_what_is_remembered_depends_on_the_field_list():
    assert validate("{{ custom.plan }}", FIELDS, ["plan"]) == []
    assert validate("{{ custom.plan }}", FIELDS, [])[0].code == "unknown_variable"
    assert validate("{{ custom.plan }}", FIELDS, ["plan"]) == []


def test_the_returned_list_may_be_changed_by_its_owner():
    validate("{{compny}}", FIELDS, ()).clear()

    assert len(validate("{{compny}}", FIELDS, ())) == 1


@pytest.mark.parametrize(
    ("template", "fixed"),
    [
        ("{{company} hi", "{{company}} hi"),
        ("{firstName}} hi", "{{firstName}} hi"),
        ("{ {firstName}} hi", "{{firstName}} hi"),
        (
            "{{firstName | default: 'there'} hi",
            "{{firstName | default: 'there'}} hi",
        ),
        ("{{firstName", "{{firstName}}"),
        ("{{firstName]]", "{{firstName}}"),
        ("{{ first Name }}", "{{ firstName }}"),
        ("{{FIRST_NAME}}", "{{firstName}}"),
        ("{{ subject line }}", "{{ custom.subject_line }}"),
        ('{{firstName | defualt: "x"}}', '{{firstName | default: "x"}}'),
        ("{{firstName | default: there}}", "{{firstName | default: 'there'}}"),
        ("{{firstName | default}}", "{{firstName | default: 'there'}}"),
        ("{{firstName default: 'x'}}", "{{firstName | default: 'x'}}"),
        ("{{firstName || default: 'x'}}", "{{firstName | default: 'x'}}"),
        ("{{firstName | default 'x'}}", "{{firstName | default: 'x'}}"),
        ("{{firstName | default: 'it's'}}", '{{firstName | default: "it\'s"}}'),
        ("{{firstName | default: ‘x’}}", "{{firstName | default: 'x'}}"),
        ('{{ "firstName" }}', "{{ firstName }}"),
        ("{first_name}", "{{firstName}}"),
        ("{firstName|there}", "{{firstName | default: 'there'}}"),
        ("[First Name]", "{{firstName}}"),
        ("{% if company %}a{% fi %}", "{% if company %}a{% endif %}"),
        ("{% if company %}a{% end if %}", "{% if company %}a{% endif %}"),
        ("{%ifcompany%}a{%endif%}", "{%if company%}a{%endif%}"),
        ("{% if company = 'x' %}a{% endif %}", "{% if company == 'x' %}a{% endif %}"),
        ("{% if company %}a{ endif %}", "{% if company %}a{% endif %}"),
        ("{{ first\u200bName }}", "{{ firstName }}"),
    ],
)
def test_the_first_suggestion_repairs_the_template(template, fixed):
    suggestion = validate(template, FIELDS, CUSTOM)[0].suggestion

    assert suggestion.apply(template) == fixed
    assert validate(fixed, FIELDS, CUSTOM) == []


@pytest.mark.parametrize(("marked", "code"), WRONG)
def test_a_suggestion_is_offered_only_if_its_error_goes(marked, code):
    template = marked.replace(CARET, "")
    errors = validate(template, FIELDS, CUSTOM)
    for error in errors:
        if error.suggestion is None:
            continue
        left = validate(error.suggestion.apply(template), FIELDS, CUSTOM)
        assert (code, error.offset) not in [(one.code, one.offset) for one in left]
        assert len(left) < len(errors)


def test_every_code_of_the_contract_is_reached():
    reached = {code for _, code in WRONG}
    reached.add(validate("x" * 20_001, FIELDS, ())[0].code)
    reached.add(validate("x" * 301, FIELDS, (), max_length=300)[0].code)

    assert reached == set(CODES)


def test_a_text_is_measured_with_the_longest_values():
    template = "Hi {{ firstName }}"
    short, long = {"firstName": "Anna"}, {"firstName": "Annabelle"}

    assert validate(template, FIELDS, (), max_length=7, longest=short) == []
    errors = validate(template, FIELDS, (), max_length=7, longest=long)
    assert [error.code for error in errors] == ["too_long"]


def test_a_text_of_just_the_allowed_length_is_accepted():
    longest = {"firstName": "Annabelle", "custom.line1": "x"}

    assert validate("{{firstName}}", FIELDS, (), max_length=9, longest=longest) == []
    errors = validate("{{firstName}}", FIELDS, (), max_length=8, longest=longest)
    assert [error.code for error in errors] == ["too_long"]
    assert (
        validate("{{custom.line1}}", FIELDS, CUSTOM, max_length=1, longest=longest)
        == []
    )


def test_a_fallback_longer_than_the_value_counts():
    errors = validate(
        "{{ company | default: 'your wonderful team' }}",
        FIELDS,
        (),
        max_length=10,
        longest={"company": "Acme"},
    )

    assert [error.code for error in errors] == ["too_long"]
