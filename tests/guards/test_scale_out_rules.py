"""The SQL runs on Citus too: each rule of that engine, checked on plain Postgres.

Run it with `pytest tests/guards/test_scale_out_rules.py`. To convert a folder, take it
out of NOT_YET_CONVERTED and follow the messages. What each rule asks for:

- A function with arguments that reads a tenant table is plpgsql, not language sql.
- `exists (select 1 from …)`, never `exists (select from …)`.
- Each tenant table of each query, sub-selects included, has a condition
  `alias.workspace_id = <parameter or variable>` of its own in WHERE or ON.
- A whole row is written `row(alias.*)::outreach.table`.
- No count of the rows of an INSERT … SELECT … DO NOTHING, nor its RETURNING, outside a
  CTE: a cluster counts the rows that conflict too.
- No sub-select and no `case <value> when` in the VALUES of an INSERT; no volatile
  function, and no stable one over a column, in UPDATE, DELETE or DO UPDATE, also where
  format() makes them; no `offset 0` lateral in INSERT … SELECT or over a CTE; no
  `array(select row)` in an assignment.
- A write of all workspaces looks into no function that gives rows.
- An UPDATE of a temporary table joins it with one tenant table at most, and with no
  function beside it.
- No function that reads tables is called for each row of a query over a tenant table,
  or with a sub-select over one.
- A function that reads marts is not asked in a statement that reads a tenant table,
  which runs where the workspace is: the marts are on the coordinator.
- A new migration alters a table by one subcommand a statement. A column that it adds
  has no sequence, no key and no check of its own: `add constraint` comes afterwards.
- What Python asks of the schema outreach keeps the same rules, but for the workspace of
  each table and for calls for each row: its queries come from the coordinator.
- `when others` comes after a branch that raises feature_not_supported and
  syntax_error_or_access_rule_violation again.
"""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Database
from tests.guards import scale_out_catalog as catalog
from tests.guards.scale_out_rules import (
    RULES,
    Surroundings,
    Violation,
    called_functions,
    functions_that_read,
    functions_that_read_marts,
    migration_violations,
    transition_tables_of,
    violations_of,
    written_tables,
)
from tests.guards.sql_functions import (
    SqlFile,
    read_migrations,
    read_python_file,
    read_python_queries,
    read_sql_file,
    read_sql_files,
)
from trueup.paths import PROJECT_ROOT, SQL_FOLDER

# Folders and files that break a rule still, by path. The list only ever shrinks.
NOT_YET_CONVERTED: tuple[str, ...] = ()

# Migrations up to this one run before a database is spread over a cluster.
LAST_BEFORE_CLUSTERS = "migrations/0025_polls_beside_webhooks.sql"

_AT_AN_ADDRESS = "asks for the accounts of all workspaces at a provider's address"
_FOR_THE_CONSOLE = "lists what a page shows of all workspaces"
_FOR_ADMINISTRATORS = "alerts are told to administrators of all workspaces"
_SWEEP = "is a part of the consistency sweep"
_STARTED = "tells what a start of everything did in all workspaces"
_COUNTED = "counts the days of all workspaces in one pass, where no workspace is given"
_OF_ALL_MARTS = "a mart holds the rows of all workspaces"
_PAST = "rebuilds a table for the marts, which hold all workspaces"
# Functions that read every workspace at once by intent, and why. None locks a row.
CROSS_WORKSPACE = {
    "timezones_in_use": "the rules of a zone are the same in every workspace",
    "are_old_webhooks_needless": _AT_AN_ADDRESS,
    "account_of_provider_id": "finds the workspace of an id of the provider's",
    "accounts_at_provider": _AT_AN_ADDRESS,
    "accounts_to_move": _AT_AN_ADDRESS,
    "accounts_to_poll": _AT_AN_ADDRESS,
    "changed_reply_polls": _AT_AN_ADDRESS,
    "accounts_told_of_messages": _AT_AN_ADDRESS,
    "accounts_to_refresh": _AT_AN_ADDRESS,
    "undelivered_admin_alerts": _FOR_ADMINISTRATORS,
    "first_counted_date": "partitions by date begin with the first send of all",
    "has_accounts_to_ask": _AT_AN_ADDRESS,
    "has_unread_webhooks": "reads an inbox of webhooks of all workspaces",
    "has_reply_polls_due": _AT_AN_ADDRESS,
    "hosted_auths_to_finish": _AT_AN_ADDRESS,
    "console_account_counts": _FOR_THE_CONSOLE,
    "console_accounts": _FOR_THE_CONSOLE,
    "console_open_login_pages": _FOR_THE_CONSOLE,
    "open_login_pages": _FOR_THE_CONSOLE,
    "console_parked_campaigns": _FOR_THE_CONSOLE,
    "console_replies": _FOR_THE_CONSOLE,
    "console_stopped_accounts": _FOR_THE_CONSOLE,
    "console_today": _FOR_THE_CONSOLE,
    "console_waiting_logins": _FOR_THE_CONSOLE,
    "console_unknown_sends": _FOR_THE_CONSOLE,
    "console_campaigns": _FOR_THE_CONSOLE,
    "console_campaign_steps": _FOR_THE_CONSOLE,
    "console_workspaces": _FOR_THE_CONSOLE,
    "is_webhook_audit_due": _AT_AN_ADDRESS,
    "ledger_objection": "a witness knows the newest attempt of all workspaces",
    "daily_counter_truths": _COUNTED,
    "drifted_accounts": _COUNTED,
    "findings_since": _STARTED,
    "heals_since": _STARTED,
    "attempt_states_since": _SWEEP,
    "judged_attempts": _SWEEP,
    "touched_attempt_states": "finds what is new of all workspaces in one pass",
    "ledger_violations": _SWEEP,
    "limit_violations": _SWEEP,
    "queue_violations": _SWEEP,
    "unpaired_rows": _SWEEP,
    "marts_before_their_first_row": _OF_ALL_MARTS,
    "list_alerts": _FOR_ADMINISTRATORS,
    "list_workspaces": "counts what each workspace has",
    "parked_campaigns": "lists what waits for a template in all workspaces",
    "past_accepts": _PAST,
    "past_campaign_prospects": _PAST,
    "past_campaign_send_jobs": _PAST,
    "past_campaigns": _PAST,
    "past_enrollments": _PAST,
    "past_linkedin_accounts": _PAST,
    "past_provider_accounts": _PAST,
    "record_alert_delivery": _FOR_ADMINISTRATORS,
    "restored_since": "a backup is one of all workspaces",
    "sync_admin_alerts": _FOR_ADMINISTRATORS,
    "resolve_job_alerts": _FOR_ADMINISTRATORS,
    "unread_webhook_deliveries": "finds what an id known to any workspace released",
}

# Those of them that write, and what: one row of any workspace, by its key.
WRITE_TO_MANY = {
    "record_alert_delivery": "says of one alert that it was delivered",
    "sync_admin_alerts": "opens and closes the alerts that a test of dbt found",
}

# Functions whose names begin with it are read by the pages of the console, as the role
# console, which has no right to their tables. They are stable, so they cannot write.
CONSOLE = "console_"

# Functions with their owner's rights, and why.
SECURITY_DEFINER = {
    "account_openings": "analysts read it in a view, without rights to its tables",
    "append_decision": "is the operator's only way to decide an unknown send",
    "append_send_outcomes": "is the sender's only way to write an answer",
    "append_unknown_outcome": "is the sender's only way to say that none came",
    "assert_account_status_is_audited": "checks rows that the writer may not read",
    "assert_audit_row_finds_its_flip": "checks rows that the writer may not read",
    "assert_enrollment_and_job_share_one_time": "checks the side not written",
    "assert_enrollment_status_has_its_event": "checks rows the writer may not read",
    "assert_event_finds_its_flip": "checks rows that the writer may not read",
    "audit_account_creation": "writes audit rows, which no role may write",
    "daily_counter_truths": "analysts read it in a view, without rights to its tables",
    "enrollment_blockers": "analysts read it in a view, without rights to its tables",
    "flip_linkedin_account_status": "is the only writer of the status",
    "move_workspace_to_provider": "is the only writer of the provider",
    "open_workspace_to_provider": "is the only writer of the second provider",
    "queue_endpoint_event": "its callers may not read endpoints, with their secrets",
    "queue_reached_limits": "is the only writer of reached limits",
    "renew_statistics": "only the owner of a table may analyze it",
    "set_account_timezone": "is the only writer of the time zone",
    "show_moved_job": "keeps the watermark right whoever moves a job",
    "show_queued_jobs": "keeps the watermark right whoever queues a job",
    "tell_enrollment_event": "its callers may not read endpoints, with their secrets",
}


def surroundings(connection: psycopg.Connection, files: list[SqlFile]) -> Surroundings:
    """What the rules have to know of a migrated database and its files."""
    tables = catalog.tenant_tables(connection)
    return Surroundings(
        tenant_tables=tables,
        reading_functions=functions_that_read(files, tables),
        volatility=catalog.volatility(connection),
        cross_workspace=frozenset(CROSS_WORKSPACE),
        tenant_views=catalog.nested_views(connection),
        many_writers=frozenset(WRITE_TO_MANY),
        transition_tables=transition_tables_of(files),
        mart_functions=functions_that_read_marts(files),
    )


@pytest.fixture(scope="module")
def files() -> list[SqlFile]:
    return read_sql_files(SQL_FOLDER)


@pytest.fixture(scope="module")
def around(shared_database: Database, files: list[SqlFile]) -> Surroundings:
    with shared_database.connect() as connection:
        return surroundings(connection, files)


@pytest.fixture(scope="module")
def violations(files: list[SqlFile], around: Surroundings) -> list[Violation]:
    return violations_of(files, around)


@pytest.fixture(scope="module")
def paths(files: list[SqlFile]) -> dict[str, str]:
    return {
        function.name: function.path for file in files for function in file.functions
    }


def paths_of(signatures: list[str], paths: dict[str, str]) -> list[str]:
    """The files of functions that a catalog names by signature."""
    return [
        paths[signature.partition("(")[0].removeprefix("outreach.")]
        for signature in signatures
    ]


@pytest.mark.parametrize("rule", [*RULES, "one subcommand"])
def test_the_sql_keeps_the_rule(rule: str, violations: list[Violation]) -> None:
    broken = [v for v in violations if v.rule == rule]

    assert [str(v) for v in broken if not v.path.startswith(NOT_YET_CONVERTED)] == []


def test_a_folder_is_listed_only_while_it_breaks_a_rule(
    connection: psycopg.Connection,
    violations: list[Violation],
    paths: dict[str, str],
) -> None:
    by_catalog = [
        *catalog.functions_with_forced_plans(connection),
        *catalog.functions_without_search_path(connection),
    ]
    breaking = [v.path for v in violations] + paths_of(by_catalog, paths)

    assert [
        listed
        for listed in NOT_YET_CONVERTED
        if not any(path.startswith(listed) for path in breaking)
    ] == []


def test_every_key_of_a_tenant_table_holds_the_workspace(
    connection: psycopg.Connection,
) -> None:
    assert catalog.keys_without_workspace(connection) == []


def test_a_key_without_the_workspace_is_found(connection: psycopg.Connection) -> None:
    connection.execute("create unique index wrong on outreach.prospects (email)")

    assert catalog.keys_without_workspace(connection) == [
        "outreach.prospects: outreach.wrong"
    ]


def test_no_foreign_key_sets_null(connection: psycopg.Connection) -> None:
    assert catalog.foreign_keys_that_set_null(connection) == []


def test_a_foreign_key_that_sets_null_is_found(connection: psycopg.Connection) -> None:
    connection.execute(
        """
        alter table outreach.linkedin_chats
        add constraint wrong foreign key (workspace_id, account_id)
        references outreach.linkedin_accounts (workspace_id, account_id)
        on delete set null
        """
    )

    assert catalog.foreign_keys_that_set_null(connection) == [
        "outreach.linkedin_chats: wrong"
    ]


def test_a_node_checks_each_foreign_key_by_itself(
    connection: psycopg.Connection,
) -> None:
    assert catalog.keys_that_leave_their_node(connection) == []


def test_a_foreign_key_that_leaves_its_node_is_found(
    connection: psycopg.Connection,
) -> None:
    connection.execute(
        """
        create table outreach.wrong (
            workspace bigint,
            prospect bigint,
            constraint wrong foreign key (workspace, prospect)
            references outreach.prospects (workspace_id, prospect_id)
        )
        """
    )

    assert catalog.keys_that_leave_their_node(connection) == ["wrong: wrong"]


def test_the_tables_of_each_placement_are_these(connection: psycopg.Connection) -> None:
    assert catalog.placed_tables(connection, "local") == {
        "ledger_identity",
        "provider_wide_reads",
        "schema_migrations",
        "webhook_repairs",
    }
    assert catalog.placed_tables(connection, "reference") >= {
        "linkedin_webhook_inbox",
        "provider_accounts",
        "timezones",
        "workspaces",
    }


def test_a_trigger_of_a_reference_table_asks_for_its_node(
    connection: psycopg.Connection, files: list[SqlFile]
) -> None:
    of_reference_tables = catalog.triggers_of_reference_tables(connection)
    asking = {
        function.name
        for file in files
        for function in file.functions
        if "is_on_a_worker" in called_functions(function)
    }
    tables = frozenset(
        catalog.tenant_tables(connection)
        | catalog.placed_tables(connection, "reference")
    )
    writing_or_looking = {
        function.name
        for file in files
        for function in file.functions
        if function.name in of_reference_tables
        and (
            functions_that_read([file], catalog.tenant_tables(connection))
            or written_tables(function) & tables
        )
    }

    assert writing_or_looking != set()
    assert writing_or_looking - asking == set()


def test_no_function_forces_a_generic_plan(
    connection: psycopg.Connection, paths: dict[str, str]
) -> None:
    forced = paths_of(catalog.functions_with_forced_plans(connection), paths)

    assert [path for path in forced if not path.startswith(NOT_YET_CONVERTED)] == []


def test_every_function_fixes_its_search_path(
    connection: psycopg.Connection, paths: dict[str, str]
) -> None:
    open_ones = paths_of(catalog.functions_without_search_path(connection), paths)

    assert [path for path in open_ones if not path.startswith(NOT_YET_CONVERTED)] == []


def test_a_function_that_forces_plans_or_leaves_its_search_path_open_is_found(
    connection: psycopg.Connection,
) -> None:
    connection.execute(
        """
        create function outreach.wrong() returns void
        set plan_cache_mode = force_generic_plan
        set search_path = pg_catalog
        language sql as ''
        """
    )

    assert "outreach.wrong()" in catalog.functions_with_forced_plans(connection)
    assert "outreach.wrong()" in catalog.functions_without_search_path(connection)


def test_every_function_with_its_owners_rights_has_a_reason(
    connection: psycopg.Connection,
) -> None:
    others = [
        name
        for name in catalog.security_definer_functions(connection)
        if not name.startswith(CONSOLE)
    ]
    assert others == sorted(SECURITY_DEFINER)


def test_what_the_console_calls_with_its_owners_rights_writes_nothing(
    connection: psycopg.Connection, paths: dict[str, str]
) -> None:
    rows = connection.execute(
        """
        select
            functions.proname::text,
            functions.provolatile::text,
            functions.prosecdef,
            array(
                select grantees.rolname::text
                from aclexplode(functions.proacl) as granted
                inner join pg_catalog.pg_roles as grantees
                    on granted.grantee = grantees.oid
                where granted.grantee <> functions.proowner
            ),
            exists (
                select 1
                from aclexplode(functions.proacl) as granted
                where granted.grantee = 0
            )
        from pg_catalog.pg_proc as functions
        where functions.pronamespace = 'outreach'::regnamespace
        order by 1
        """
    ).fetchall()
    called = [row for row in rows if row[0].startswith(CONSOLE)]

    assert {name for name, *_ in called} == {
        name for name, path in paths.items() if path.startswith("functions/console/")
    }
    assert {tuple(map(str, row[1:])) for row in called} == {
        ("s", "True", "['console']", "False")
    }


def test_every_function_that_reads_all_workspaces_exists(
    paths: dict[str, str],
) -> None:
    assert set(CROSS_WORKSPACE) - set(paths) == set()


PLPGSQL = """
    create or replace function outreach.wrong(
        workspace_id bigint, row_id bigint, names text []
    )
    returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp as $$
    declare
        template outreach.campaign_step_templates;
        templates outreach.campaign_step_templates [];
    begin
        {}
    end
    $$
"""
BROKEN = {
    "language": """
        create function outreach.wrong(workspace_id bigint) returns bigint
        language sql as $$
            select count(*) from outreach.prospects as people
            where people.workspace_id = $1
        $$
    """,
    "exists": PLPGSQL.format(
        """
        return exists (
            select from outreach.prospects as people
            where people.workspace_id = wrong.workspace_id
        );
        """
    ),
    "workspace": PLPGSQL.format(
        """
        return exists (
            select 1
            from outreach.campaigns
            inner join outreach.campaign_steps as steps
                on campaigns.workspace_id = steps.workspace_id
            where campaigns.workspace_id = wrong.workspace_id
        );
        """
    ),
    "whole rows": PLPGSQL.format(
        """
        return bool_and(outreach.is_template_valid(templates, names))
        from outreach.campaign_step_templates as templates
        where templates.workspace_id = wrong.workspace_id;
        """
    ),
    "values": PLPGSQL.format(
        """
        insert into outreach.campaigns (workspace_id, custom_fields)
        values (wrong.workspace_id, array(select unnest(names)));
        """
    ),
    "volatile writes": PLPGSQL.format(
        """
        update outreach.campaign_send_jobs as jobs
        set run_at = jobs.run_at + interval '1 day'
        where jobs.workspace_id = wrong.workspace_id;
        """
    ),
    "functions in sub-selects": PLPGSQL.format(
        """
        return exists (
            select 1
            from outreach.campaigns
            where
                campaigns.workspace_id = wrong.workspace_id
                and array(
                    select steps.step_id
                    from outreach.saved_campaign_steps(
                        campaigns.workspace_id, campaigns.campaign_id
                    ) as steps
                ) = '{}'
        );
        """
    ),
    "functions of marts": PLPGSQL.format(
        """
        return exists (
            select 1
            from outreach.console_person_letters(wrong.workspace_id, 1) as letters
            inner join outreach.campaigns
                on
                    campaigns.workspace_id = wrong.workspace_id
                    and letters.campaign_id = campaigns.campaign_id
        );
        """
    ),
    "laterals": PLPGSQL.format(
        """
        insert into outreach.linkedin_chats (workspace_id, account_id)
        select found.workspace_id, found.account_id
        from unnest(names) as given (name)
        cross join lateral (
            select accounts.workspace_id, accounts.account_id
            from outreach.linkedin_accounts as accounts
            where
                accounts.workspace_id = wrong.workspace_id
                and accounts.name = given.name
            offset 0
        ) as found;
        """
    ),
    "arrays": PLPGSQL.format(
        """
        templates := array(
            select row(saved.*)::outreach.campaign_step_templates
            from outreach.campaign_step_templates as saved
            where saved.workspace_id = wrong.workspace_id
        );
        """
    ),
    "calls per row": PLPGSQL.format(
        """
        return bool_and(
            outreach.account_local_date(
                wrong.workspace_id, attempts.account_id, attempts.begun_at
            ) = attempts.counted_on
        )
        from outreach.send_attempts as attempts
        where attempts.workspace_id = wrong.workspace_id;
        """
    ),
    "engine words": PLPGSQL.format("raise exception '%', tg_table_name;"),
    "handlers": PLPGSQL.format(
        """
        begin
            perform outreach.assert_read_committed();
        exception
            when transaction_rollback or feature_not_supported then raise;
            when others then return false;
        end;
        """
    ),
    "insert locks": PLPGSQL.format(
        """
        insert into outreach.linkedin_chats (workspace_id, account_id)
        select wrong.workspace_id, accounts.account_id
        from outreach.linkedin_accounts as accounts
        where accounts.workspace_id = wrong.workspace_id
        for key share;
        """
    ),
    "dynamic writes": PLPGSQL.format(
        """
        execute format(
            'update outreach.%1$I
            set hash = encode(sha256(convert_to(%2$I::text, ''UTF8'')), ''hex'')
            where workspace_id = $1 and %3$s',
            names[1], names[2], 'true'
        ) using wrong.workspace_id;
        """
    ),
    "counted inserts": PLPGSQL.format(
        """
        insert into outreach.linkedin_chats (workspace_id, account_id)
        select wrong.workspace_id, given.id
        from unnest(array[row_id]) as given (id)
        on conflict do nothing;
        get diagnostics row_id = row_count;
        """
    ),
    "inserted look-ups": PLPGSQL.format(
        """
        insert into outreach.linkedin_chats (workspace_id, account_id)
        select wrong.workspace_id, found.account_id
        from unnest(names) as given (name)
        left join lateral (
            select accounts.account_id
            from outreach.linkedin_accounts as accounts
            where
                accounts.workspace_id = wrong.workspace_id
                and accounts.name = given.name
            limit 1
        ) as found on true;
        """
    ),
    "views": PLPGSQL.format(
        """
        perform 1
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = wrong.workspace_id
            and exists (
                select 1
                from outreach.attempt_states as states
                where
                    states.workspace_id = wrong.workspace_id
                    and states.job_id = jobs.job_id
            );
        """
    ),
    "transition tables": PLPGSQL.format(
        """
        perform 1
        from new_attempts
        inner join outreach.campaign_send_jobs as jobs
            on new_attempts.job_id = jobs.job_id
        where jobs.workspace_id = wrong.workspace_id;
        """
    ),
    "many workspaces": """
        create function outreach.reads_all() returns void
        language plpgsql as $$
        begin
            update outreach.prospects as people set custom = '{}';
        end
        $$
    """,
    "functions in writes": """
        create function outreach.reads_all(given jsonb) returns void
        language plpgsql as $$
        begin
            delete from outreach.linkedin_chats as chats
            where not exists (
                select 1
                from jsonb_to_recordset(given) as told (chat_id text)
                where told.chat_id = chats.chat_id
            );
        end
        $$
    """,
    "temporary joins": PLPGSQL.format(
        """
        update pg_temp.imported_prospects as imported
        set mark_reason = rules.reason
        from outreach.prospects as people
        inner join outreach.do_not_contact_rules as rules
            on
                rules.workspace_id = wrong.workspace_id
                and people.company = rules.value
        where
            people.workspace_id = wrong.workspace_id
            and people.prospect_id = imported.prospect_id;
        """
    ),
    "one subcommand": """
        alter table outreach.campaign_send_jobs
        enable always trigger new_jobs_stay_in_sight,
        enable always trigger moved_jobs_stay_in_sight
    """,
    "locks": """
        create function outreach.reads_all() returns void
        language plpgsql as $$
        begin
            perform 1 from outreach.prospects for update;
        end
        $$
    """,
}
MORE_BROKEN = [
    ("temporary joins", "update pg_temp.imported_prospects as imported"
     " set mark_reason = rules.reason"
     " from unnest(names) as given (name)"
     " inner join outreach.do_not_contact_rules as rules"
     " on rules.workspace_id = wrong.workspace_id and rules.value = given.name"
     " where imported.company = given.name;"),
    ("values", "insert into outreach.campaigns (workspace_id, status) values"
     " (wrong.workspace_id, case row_id when 1 then 'draft' else 'done' end);"),
    ("counted inserts", "insert into outreach.linkedin_chats (workspace_id, account_id)"
     " select wrong.workspace_id, row_id on conflict do nothing;"
     " if not found then return false; end if;"),
    ("counted inserts", "insert into outreach.linkedin_chats (workspace_id, account_id)"
     " select wrong.workspace_id, row_id on conflict do nothing"
     " returning account_id into row_id;"),
    ("calls per row", "perform outreach.lock_accounts(wrong.workspace_id, array("
     "select accounts.account_id from outreach.linkedin_accounts as accounts "
     "where accounts.workspace_id = wrong.workspace_id));"),
    ("volatile writes", "delete from outreach.linkedin_chats as chats where "
     "chats.workspace_id = wrong.workspace_id "
     "and to_jsonb(chats.account_id) = to_jsonb(row_id);"),
    ("volatile writes", "update outreach.prospects as people set custom = '{}', "
     "do_not_contact_at = clock_timestamp() "
     "where people.workspace_id = wrong.workspace_id;"),
    ("volatile writes", "insert into outreach.template_validations (workspace_id) "
     "values (wrong.workspace_id) on conflict (workspace_id) "
     "do update set validated_at = now();"),
    ("volatile writes", "insert into outreach.template_validations (workspace_id) "
     "values (wrong.workspace_id) on conflict (workspace_id) "
     "do update set validated_at = current_timestamp;"),
    ("volatile writes", "delete from outreach.campaign_send_jobs as jobs where "
     "jobs.workspace_id = wrong.workspace_id and jobs.run_at::date = '2026-04-28';"),
    ("handlers", "begin perform 1; exception when feature_not_supported then "
     "return false; end;"),
    ("volatile writes", "update pg_temp.imported set row_id = nextval('ids') "
     "from outreach.prospects as people "
     "where people.workspace_id = wrong.workspace_id;"),
    ("workspace", "update outreach.prospects as people set custom = '{}' "
     "where people.prospect_id = row_id;"),
    ("workspace", "return (select max(people.email) from outreach.prospects as people "
     "where people.prospect_id = row_id);"),
    ("workspace", "perform 1 from outreach.prospects as people "
     "where people.workspace_id = wrong.workspace_id or row_id = 1;"),
    ("engine words", "notify jobs;"),
    ("engine words", "perform pg_notify('jobs', '');"),
    ("engine words", "perform pg_current_xact_id();"),
    ("engine words", "set constraints all immediate;"),
    ("engine words", "perform people.xmin from outreach.prospects as people;"),
    ("laterals", "perform 1 from outreach.campaigns; with given as (select row_id) "
     "select 1 into row_id from given cross join lateral "
     "(select given.row_id offset 0) as found;"),
    ("whole rows", "perform to_jsonb(people.*) from outreach.prospects as people "
     "where people.workspace_id = wrong.workspace_id;"),
    ("whole rows", "perform row(people.*) from outreach.prospects as people "
     "where people.workspace_id = wrong.workspace_id;"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        *BROKEN.items(),
        *((rule, PLPGSQL.format(statement)) for rule, statement in MORE_BROKEN),
    ],
)
def test_what_breaks_the_rule_is_found(
    rule: str, source: str, around: Surroundings
) -> None:
    around = replace(around, cross_workspace=frozenset({"reads_all"}))
    wrong = read_sql_file(source, "wrong", "wrong.sql")

    assert {v.rule for v in violations_of([wrong], around)} >= {rule}


def test_every_rule_has_something_that_breaks_it() -> None:
    assert set(BROKEN) == {*RULES, "one subcommand"}


# What Python asks comes from the coordinator: without a workspace all nodes are asked,
# and a function is called for each row that they found.
ONLY_IN_FUNCTIONS = {"workspace", "calls per row"}
ASKING_PACKAGES = ("trueup", "demo", "launch", "dagster_project")


def python_violations(files: list[SqlFile], around: Surroundings) -> list[str]:
    return [
        str(violation)
        for violation in violations_of(files, around)
        if violation.rule not in ONLY_IN_FUNCTIONS
    ]


def test_the_queries_of_python_keep_the_rules(around: Surroundings) -> None:
    files = read_python_queries(PROJECT_ROOT, ASKING_PACKAGES)

    assert sum(len(file.functions) for file in files) > 300
    assert python_violations(files, around) == []


def test_a_query_of_python_that_breaks_a_rule_is_found(around: Surroundings) -> None:
    module = """
def names(connection):
    # Select one.
    return connection.execute(
        "select outreach.step_social_id(steps, people)"
        " from outreach.campaign_steps as steps"
        " left join outreach.prospects as people using (workspace_id)"
        " where steps.step_id = %s and exists (select from outreach.{})",
    )
"""

    assert python_violations([read_python_file(module, "names.py")], around) == [
        "names.py: line 5: writes exists (select from …); "
        "write exists (select 1 from …)",
        "names.py: line 5: uses the row steps; write row(steps.*)::outreach.…",
        "names.py: line 5: uses the row people; write row(people.*)::outreach.…",
    ]


def test_a_new_migration_runs_on_tables_that_are_spread() -> None:
    migrations = read_migrations(SQL_FOLDER)
    paths = [file.path for file in migrations]
    assert LAST_BEFORE_CLUSTERS in paths

    assert [
        str(violation)
        for file in migrations
        if file.path > LAST_BEFORE_CLUSTERS
        for violation in migration_violations(file)
    ] == []


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (
            "alter table outreach.workspaces add column a text,"
            " add constraint a_is_short check (a < 'b')",
            "one subcommand",
        ),
        (
            "alter table outreach.prospects add column a bigint"
            " generated always as identity",
            "added columns",
        ),
        ("alter table outreach.prospects add column a bigserial", "added columns"),
        (
            "alter table outreach.prospects add column a text check (a <> '')",
            "added columns",
        ),
        (
            "alter table outreach.prospects add column a text"
            " references outreach.timezones (timezone)",
            "added columns",
        ),
        ("drop table outreach.prospects, outreach.campaigns", "one object"),
        ("alter table outreach.prospects add column a text not null default ''", None),
        ("alter table outreach.prospects add constraint a check (email <> '')", None),
        ("create table outreach.a (b bigint check (b > 0), c bigserial)", None),
    ],
)
def test_a_migration_that_spread_tables_refuse_is_found(
    source: str, rule: str | None
) -> None:
    found = migration_violations(read_sql_file(source, "migrations", "0099_wrong.sql"))

    assert [violation.rule for violation in found] == ([rule] if rule else [])


def test_what_keeps_the_rules_is_let_through(around: Surroundings) -> None:
    right = PLPGSQL.format(
        """
        perform outreach.assert_read_committed();

        begin
            select
                coalesce(
                    array_agg(row(saved.*)::outreach.campaign_step_templates), '{{}}'
                )
            into templates
            from outreach.campaign_step_templates as saved
            inner join outreach.campaign_steps as steps
                on
                    (steps.workspace_id, steps.step_id) = (wrong.workspace_id, row_id)
                    and saved.step_id = steps.step_id
            where
                saved.workspace_id = wrong.workspace_id
                and exists (
                    select 1
                    from outreach.campaigns
                    where
                        campaigns.workspace_id = wrong.workspace_id
                        and campaigns.campaign_id = steps.campaign_id
                );
        exception
            when feature_not_supported or syntax_error_or_access_rule_violation then
                raise;
            when others then
                return false;
        end;

        return outreach.account_local_date(
            wrong.workspace_id, row_id, clock_timestamp()
        ) is not null;
        """
    )

    file = read_sql_file(right, "right", "right.sql")

    assert violations_of([file], around) == []


def test_a_folder_and_its_database_can_be_any(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    (tmp_path / "functions" / "old").mkdir(parents=True)
    (tmp_path / "functions" / "old" / "wrong.sql").write_text(BROKEN["exists"])

    found = read_sql_files(tmp_path)

    assert [
        str(violation)
        for violation in violations_of(found, surroundings(connection, found))
    ] == [
        "functions/old/wrong.sql: wrong: writes exists (select from …); "
        "write exists (select 1 from …)"
    ]
