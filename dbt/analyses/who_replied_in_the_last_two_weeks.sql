-- Who replied in the two weeks up to the newest reply, to which step, and what?
select
    replies.replied_at,
    replies.prospect_name,
    replies.company,
    replies.campaign_name,
    replies.account_name,
    steps.step_number,
    replies.is_first,
    replies.opt_out_phrase,
    replies.message_text

from {{ ref('replies') }} as replies

inner join {{ ref('steps') }} as steps
    on
        replies.workspace_id = steps.workspace_id
        and replies.step_id = steps.step_id

where
    replies.replied_at > (
        select max(newest.replied_at) - interval '14 days'
        from {{ ref('replies') }} as newest
    )

order by replies.replied_at desc
