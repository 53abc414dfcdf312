"""Offsets, lines, columns, carets and the layout in which a person reads an error."""

import json

from tests.support.template_corpus import FIELDS
from trueup.console.shown import plain
from trueup.templates import explain, validate


def only_error(template):
    (error,) = validate(template, FIELDS, ())
    return error


def test_an_error_is_placed_by_line_and_column_from_one():
    error = only_error("Hi {{firstName}},\n\nhow is {{company} doing?")

    assert (error.line, error.column, error.offset, error.length) == (3, 17, 35, 1)
    assert error.context == "how is {{company} doing?"
    assert error.caret == " " * 16 + "^"


def test_offsets_count_after_crlf_became_lf():
    with_crlf = only_error("a\r\nb\r\n{{compny}}")
    with_lf = only_error("a\nb\n{{compny}}")

    assert with_crlf == with_lf
    assert (with_crlf.offset, with_crlf.line, with_crlf.column) == (6, 3, 3)
    assert with_crlf.context == "{{compny}}"


def test_an_emoji_counts_once_in_code_points_and_twice_in_utf16():
    error = only_error("👋 {{compny}}")

    assert (error.offset, error.offset_utf16, error.column) == (4, 5, 5)


def test_utf16_offsets_of_several_errors_add_up():
    errors = validate("👋{{compny}} 👋{{compny}}", FIELDS, ())

    assert [error.offset for error in errors] == [3, 15]
    assert [error.offset_utf16 for error in errors] == [4, 17]


def test_the_caret_line_copies_tabs():
    assert only_error("\ta\t{{compny}}").caret == "\t \t  ^"


def test_the_caret_line_doubles_wide_characters():
    assert only_error("日本 {{compny}}").caret == "       ^"
    assert only_error("👋 {{compny}}").caret == "     ^"


def test_a_combining_mark_takes_no_room_above_the_caret():
    assert only_error("e\u0301 {{compny}}").caret == "    ^"


def test_a_long_line_keeps_its_whole_context():
    error = only_error("x" * 1000 + "{{compny}}")

    assert error.context == "x" * 1000 + "{{compny}}"
    assert error.caret == " " * 1002 + "^"


def test_explain_shows_sentence_place_line_caret_and_suggestion():
    template = "Hi {{firstName}},\nhow is {{company} doing?"

    text = explain(validate(template, FIELDS, ()), template, step=2, field="message")

    assert text == (
        "This merge tag closes with one brace only. Write }} in place of the }.\n"
        "Step 2, message, line 2, column 17\n"
        "how is {{company} doing?\n"
        "                ^\n"
        "did you mean: {{company}}"
    )


def test_explain_without_a_step_names_line_and_column():
    template = "{{}}"

    text = explain(validate(template, FIELDS, ()), template)

    assert text.splitlines()[1:] == ["Line 1, column 1", "{{}}", "^"]


def test_explain_shows_every_error():
    template = "{{compny}} {{lastNam}}"

    text = explain(validate(template, FIELDS, ()), template, step=1, field="comment")

    assert text.count("Step 1, comment") == 2
    assert text.count("did you mean: ") == 2


def test_explain_says_nothing_of_a_right_template():
    assert explain([], "Hi {{firstName}}", step=1, field="message") == ""


def test_explain_cuts_a_long_line_around_the_caret():
    template = "x" * 1000 + "{{compny}}" + "y" * 1000

    lines = explain(validate(template, FIELDS, ()), template).splitlines()

    assert len(lines[2]) <= 202
    assert lines[2][lines[3].index("^") :].startswith("compny}}")


def test_explain_places_the_caret_below_wide_characters_of_a_cut_line():
    template = "日" * 300 + "{{compny}}"

    lines = explain(validate(template, FIELDS, ()), template).splitlines()

    before = lines[2][: lines[2].index("compny")]
    width = sum(2 if character == "日" else 1 for character in before)
    assert lines[3].index("^") == width


def test_an_error_fits_a_json_column():
    error = only_error("{{compny}}")

    stored = json.loads(json.dumps(error.as_json()))

    assert stored["code"] == "unknown_variable"
    assert stored["severity"] == "error"
    assert stored["suggestion"] == {"text": "company", "start": 2, "end": 8}


def test_the_caret_stands_below_its_character_where_marks_are_written_out():
    template = "Hi \u202eyou\u202c {{firstName}"
    (error,) = [
        one for one in validate(template, FIELDS, ()) if one.code == "unclosed_output"
    ]
    shown = explain([error], template, written=plain).splitlines()
    line, caret = shown[2:4]
    assert "\\u202eyou\\u202c" in line
    assert line[caret.index("^")] == "}"
