"""Design rule 4: a template row carries the stamp of its own text and field list."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.campaign_files import NOTE, PLAIN, make_senders, save
from tests.support.rows import NOON, make_campaign, make_workspace
from trueup.campaigns.stamping import keep_stamps
from trueup.templates import FIELDS, stamp

NAMES = st.text(
    st.characters(exclude_characters=",\r\n\x00", exclude_categories=["Cs"]),
    min_size=1,
)


@pytest.fixture
def step_id(connection):
    workspace_id = make_workspace(connection)
    _, (step_id, _) = make_campaign(connection, workspace_id)
    return step_id


def insert(connection, step_id, template=NOTE, **changes):
    row = {
        "template": template,
        "fields": sorted(FIELDS),
        "custom_fields": [],
        "validation_stamp": stamp(template, FIELDS, ()),
    } | changes
    workspace_id = connection.execute(
        "select workspace_id from outreach.campaign_steps where step_id = %s", [step_id]
    ).fetchone()[0]
    keep_stamps(connection, workspace_id, [row["validation_stamp"]])
    connection.execute(
        "insert into outreach.campaign_step_templates (workspace_id, step_id, field,"
        " template, fields, custom_fields, validation_stamp, validated_at)"
        " select workspace_id, step_id, 'note', %s, %s, %s, %s, now()"
        " from outreach.campaign_steps where step_id = %s",
        [*row.values(), step_id],
    )


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    template=st.text(
        st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
    ),
    custom=st.lists(NAMES, max_size=4),
)
def test_sql_and_python_make_the_same_stamp(connection, template, custom):
    ours = [name for name in custom if not name.startswith("custom.")]
    assert connection.execute(
        "select outreach.template_stamp(%s, %s, %s)", [template, sorted(FIELDS), ours]
    ).fetchone() == (stamp(template, FIELDS, ours),)


def test_the_standard_fields_are_those_of_the_validator(connection):
    assert connection.execute("select outreach.template_fields()").fetchone() == (
        sorted(FIELDS),
    )
    assert connection.execute(
        "select pg_get_expr(adbin, adrelid) from pg_attrdef"
        " inner join pg_attribute on attrelid = adrelid and attnum = adnum"
        " where adrelid = 'outreach.campaign_step_templates'::regclass"
        " and attname = 'fields'"
    ).fetchone()[0].count("::text") == len(FIELDS)


def test_a_stamped_template_is_taken(connection, step_id):
    insert(connection, step_id)


def test_a_row_that_names_no_field_list_has_the_standard_one(connection, step_id):
    insert(connection, step_id)
    connection.execute("delete from outreach.campaign_step_templates")
    connection.execute(
        "insert into outreach.campaign_step_templates (workspace_id, step_id, field,"
        " template, validation_stamp, validated_at)"
        " select workspace_id, step_id, 'note', %s, %s, now()"
        " from outreach.campaign_steps where step_id = %s",
        [NOTE, stamp(NOTE, FIELDS, ()), step_id],
    )


@pytest.mark.parametrize(
    ("template", "changes"),
    [
        (NOTE + " ", {}),
        (NOTE.replace("}}", "}"), {}),
        (NOTE, {"fields": sorted(FIELDS - {"company"})}),
        (NOTE, {"validation_stamp": ""}),
        (NOTE, {"validation_stamp": stamp(NOTE, FIELDS, ["region"])}),
    ],
)
def test_a_template_without_its_own_stamp_is_refused(
    connection, step_id, template, changes
):
    own = {"validation_stamp": stamp(NOTE, FIELDS, ())}
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        insert(connection, step_id, template, **own | changes)
    assert refused.value.diag.message_primary.startswith(
        "the note of step 1 (variant A)"
    )
    assert "trueup campaign save" in refused.value.diag.message_hint


def test_an_update_of_the_text_alone_is_refused(connection):
    make_senders(connection)
    save(connection, PLAIN, NOON)
    with pytest.raises(
        psycopg.errors.CheckViolation,
        match=r'the note of step 1 \(variant A\) of campaign "PIPL Connection"',
    ):
        connection.execute(
            "update outreach.campaign_step_templates"
            " set template = replace(template, '}}', '}') where field = 'note'"
        )


@pytest.mark.parametrize(
    ("fields", "custom_fields", "named"),
    [
        (["firstName", "password"], [], "password"),
        (sorted(FIELDS), ["region"], "custom.region"),
    ],
)
def test_a_stamp_over_fields_that_the_campaign_has_not_is_refused(
    connection, step_id, fields, custom_fields, named
):
    with pytest.raises(
        psycopg.errors.CheckViolation, match=f"it does not have: {named}"
    ):
        insert(
            connection,
            step_id,
            fields=fields,
            custom_fields=custom_fields,
            validation_stamp=stamp(NOTE, fields, custom_fields),
        )


def test_the_sender_and_the_operator_are_refused_too(database):
    with database.connect() as connection:
        make_senders(connection)
        save(connection, PLAIN, NOON)
    with (
        database.connect(role="operator") as connection,
        pytest.raises(psycopg.errors.CheckViolation, match="was not validated"),
    ):
        connection.execute(
            "update outreach.campaign_step_templates set template = 'Hi {{company}'"
        )


def test_an_operator_may_save_a_campaign(database):
    with database.connect() as connection:
        make_senders(connection)
    with database.connect(role="operator") as connection:
        assert save(connection, PLAIN, NOON).is_new


@pytest.fixture
def saved_note(database):
    """A database with a saved campaign."""
    with database.connect() as connection:
        make_senders(connection)
        save(connection, PLAIN, NOON)
    return database


def test_a_stamp_that_the_validator_did_not_give_is_refused(saved_note):
    broken = "Hi {{company}"
    with (
        saved_note.connect(role="operator") as connection,
        pytest.raises(psycopg.errors.CheckViolation, match="was not validated"),
    ):
        connection.execute(
            "update outreach.campaign_step_templates as templates"
            " set template = %s, validation_stamp ="
            " outreach.template_stamp(%s, templates.fields, templates.custom_fields)",
            [broken, broken],
        )


def test_a_stamp_of_another_workspace_is_refused(connection, step_id):
    insert(connection, step_id)
    other_id = make_workspace(connection)
    _, (other_step_id, _) = make_campaign(connection, other_id)
    with pytest.raises(psycopg.errors.CheckViolation, match="was not validated"):
        connection.execute(
            "insert into outreach.campaign_step_templates (workspace_id, step_id,"
            " field, template, validation_stamp, validated_at)"
            " values (%s, %s, 'note', %s, %s, now())",
            [other_id, other_step_id, NOTE, stamp(NOTE, FIELDS, ())],
        )


@pytest.mark.parametrize("role", ["sender", "operator"])
def test_only_the_validator_says_which_texts_it_accepted(saved_note, role):
    with (
        saved_note.connect(role=role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="validated_texts"),
    ):
        connection.execute(
            "select outreach.record_validated_texts(1, array['0'], now())"
        )


def test_the_validator_writes_nothing_else(saved_note):
    with (
        saved_note.connect(role="validator") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("update outreach.campaign_step_templates set template = ''")


def test_a_session_is_the_operator_again_after_a_save(saved_note):
    with saved_note.connect(role="operator", autocommit=True) as connection:
        save(connection, PLAIN, NOON)
        assert connection.execute("select current_user").fetchone() == ("operator",)
