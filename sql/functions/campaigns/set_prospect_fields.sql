-- Sets fields of a person by the names that texts use; those that are not named stay, and
-- an empty one is taken away. The list is one like {"firstName": "Ada", "custom": {"line":
-- "x"}}. A change leaves an audit row with the actor. A person whose new company or email
-- address a do-not-contact rule means is marked. Returns the campaigns in which the person
-- is parked, whose texts may be written for them now; see outreach.rearm_campaign(). Its
-- accounts are locked here, before the person.
create or replace function outreach.set_prospect_fields(
    workspace_id bigint,
    prospect_id bigint,
    fields jsonb,
    actor text,
    as_of timestamptz default null
)
returns setof bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    person outreach.prospects;
    kept jsonb;
    was jsonb;
    became jsonb;
begin
    perform outreach.assert_read_committed();

    if coalesce(set_prospect_fields.actor, '') = '' then
        raise exception 'a change of the fields of a person needs an actor'
            using
                errcode = 'check_violation',
                hint = 'Set actor to the person who changes them.';
    end if;

    perform outreach.lock_accounts_of_fields(
        set_prospect_fields.workspace_id, set_prospect_fields.prospect_id
    );

    select prospects.*
    into person
    from outreach.prospects
    where
        prospects.workspace_id = set_prospect_fields.workspace_id
        and prospects.prospect_id = set_prospect_fields.prospect_id
    for no key update;

    if not found then
        raise exception 'workspace % has no person %',
            set_prospect_fields.workspace_id, set_prospect_fields.prospect_id
            using
                errcode = 'no_data_found',
                hint = 'Look the person up again.';
    end if;

    select coalesce(jsonb_object_agg(named.key, named.value), '{}')
    into kept
    from jsonb_each_text(
        person.custom || coalesce(set_prospect_fields.fields -> 'custom', '{}')
    ) as named
    where btrim(coalesce(named.value, '')) <> '';

    update outreach.prospects
    set
        first_name = changed.fields ->> 'firstName',
        last_name = changed.fields ->> 'lastName',
        company = changed.fields ->> 'company',
        job_title = changed.fields ->> 'jobTitle',
        email = changed.fields ->> 'email',
        location = changed.fields ->> 'location',
        industry = changed.fields ->> 'industry',
        custom = kept
    from (
        select coalesce(
            jsonb_object_agg(named.key, named.value) filter (
                where btrim(coalesce(named.value, '')) <> ''
            ),
            '{}'
        ) as fields
        from jsonb_each_text(
            jsonb_build_object(
                'firstName', person.first_name,
                'lastName', person.last_name,
                'company', person.company,
                'jobTitle', person.job_title,
                'email', person.email,
                'location', person.location,
                'industry', person.industry
            ) || (set_prospect_fields.fields - 'custom')
        ) as named
    ) as changed
    where
        prospects.workspace_id = set_prospect_fields.workspace_id
        and prospects.prospect_id = set_prospect_fields.prospect_id
    returning outreach.filled_fields(
        prospects.first_name, prospects.last_name, prospects.company,
        prospects.job_title, prospects.email, prospects.location, prospects.industry,
        prospects.custom
    )
    into became;

    was := outreach.filled_fields(
        person.first_name, person.last_name, person.company, person.job_title,
        person.email, person.location, person.industry, person.custom
    );

    if was <> became then
        insert into outreach.prospect_field_audit (
            workspace_id, prospect_id, was, became, actor, changed_at
        )
        values (
            set_prospect_fields.workspace_id,
            set_prospect_fields.prospect_id,
            outreach.differing_fields(was, became),
            outreach.differing_fields(became, was),
            set_prospect_fields.actor,
            coalesce(set_prospect_fields.as_of, clock_timestamp())
        );
    end if;

    perform outreach.mark_by_rules(
        set_prospect_fields.workspace_id, set_prospect_fields.prospect_id,
        set_prospect_fields.actor, set_prospect_fields.as_of
    );

    return query
    select distinct enrollments.campaign_id
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = set_prospect_fields.workspace_id
        and enrollments.prospect_id = set_prospect_fields.prospect_id
        and enrollments.linkedin_status = 'pending_template_fix';
end
$$;
