-- Marks people do-not-contact, or lifts their marks, and records who did it and why.
-- The one writer of prospects.do_not_contact_at; who marks people by hand calls
-- outreach.mark_do_not_contact(), which stops what is under way too. People who are so
-- already are left as they are. Returns the number of changed people.
create or replace function outreach.set_do_not_contact(
    workspace_id bigint,
    prospect_ids bigint [],
    is_marked boolean,
    reason text,
    actor text,
    at timestamptz
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    changed_count bigint;
begin
    if coalesce(reason, '') = '' or coalesce(actor, '') = '' then
        raise exception 'a do-not-contact mark, and its end, needs an actor and a reason'
            using
                errcode = 'check_violation',
                hint = 'Give an actor and a reason.';
    end if;

    perform
    from outreach.prospects
    where
        prospects.workspace_id = set_do_not_contact.workspace_id
        and prospects.prospect_id = any(set_do_not_contact.prospect_ids)
    order by prospects.prospect_id
    for no key update;

    with

    changed as (

        update outreach.prospects
        set
            do_not_contact_at = case
                when set_do_not_contact.is_marked then set_do_not_contact.at
            end,
            do_not_contact_reason = case
                when set_do_not_contact.is_marked then set_do_not_contact.reason
            end
        where
            prospects.workspace_id = set_do_not_contact.workspace_id
            and prospects.prospect_id = any(set_do_not_contact.prospect_ids)
            and (prospects.do_not_contact_at is null) = set_do_not_contact.is_marked
        returning prospects.prospect_id

    ),

    audited as (

        insert into outreach.do_not_contact_audit (
            workspace_id, prospect_id, is_marked, actor, reason, changed_at
        )
        select
            set_do_not_contact.workspace_id,
            changed.prospect_id,
            set_do_not_contact.is_marked,
            set_do_not_contact.actor,
            set_do_not_contact.reason,
            set_do_not_contact.at
        from changed
        order by changed.prospect_id
        returning do_not_contact_audit.audit_id

    )

    select count(*)
    into changed_count
    from audited;

    return changed_count;
end
$$;
