-- What an answer of an account to a person needs to know: the chat, null without one;
-- the person here, null for one who is in no list; the newest enrollment with the
-- account, null in no campaign; and what may refuse it. One row.
create or replace function outreach.answer_place(
    workspace_id bigint,
    account_id bigint,
    person text,
    out chat_id text,
    out prospect_id bigint,
    out enrollment_id bigint,
    out do_not_contact_at timestamptz,
    out is_linked boolean,
    out held_until timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    chat_id := outreach.chat_with_person(workspace_id, account_id, person);

    select
        prospects.prospect_id,
        prospects.do_not_contact_at
    into
        prospect_id,
        do_not_contact_at
    from outreach.prospects
    where
        prospects.workspace_id = answer_place.workspace_id
        and prospects.provider_id = answer_place.person;

    select max(enrollments.enrollment_id)
    into enrollment_id
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = answer_place.workspace_id
        and enrollments.prospect_id = answer_place.prospect_id
        and enrollments.account_id = answer_place.account_id;

    is_linked := exists (
        select 1
        from outreach.provider_accounts
        where
            provider_accounts.workspace_id = answer_place.workspace_id
            and provider_accounts.account_id = answer_place.account_id
    );

    select max(holds.held_until)
    into held_until
    from outreach.linkedin_account_holds as holds
    where
        holds.workspace_id = answer_place.workspace_id
        and holds.account_id = answer_place.account_id
        and holds.action = outreach.limited_action('answer_reply');
end
$$;
