-- Counts the people of a workspace whom accounts at a provider's address could contact
-- from now on, and refuses if the caller expects another number, so that no unexpected
-- people are contacted there. The caller has locked the workspace's row, for which a new
-- person waits. people: null for none. Returns the number.
create or replace function outreach.assert_people_expected(
    workspace_id bigint,
    provider_dsn text,
    people bigint
)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    people_count bigint;
begin
    select count(*)
    into people_count
    from outreach.prospects
    where prospects.workspace_id = assert_people_expected.workspace_id;

    if people_count <> coalesce(assert_people_expected.people, 0) then
        raise exception
            'workspace % has % people, whom it would contact through %; '
            'the call names %',
            assert_people_expected.workspace_id, people_count,
            assert_people_expected.provider_dsn,
            coalesce(assert_people_expected.people, 0)
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Give the number of people if all of them are real and belong to '
                || 'that provider. Load demo people into another workspace.';
    end if;

    return people_count;
end
$$;
