-- A webhook that never arrives tells of no reply. So the messages of accounts of which
-- webhooks tell are polled as well, before a step of theirs is due, and the step waits
-- if that poll does not come. Their polls are seldom, and cost nothing while no step is
-- due.

alter table outreach.reply_polls
add column is_told boolean not null default false,
add column told_read_within interval not null default '15 minutes',
add column steps_wait_after interval not null generated always as (
    case when is_told then told_read_within else read_within end
) stored,
add constraint messages_are_read_within_a_day check (
    told_read_within between interval '1 minute' and interval '1 day'
);

comment on table outreach.reply_polls is
'Until when the messages of each account are read. An account without a row has not been '
'looked at yet.';
comment on column outreach.reply_polls.read_within is
'A due step of an account of whose messages no webhook tells waits while they were read '
'longer ago than this. They are polled twice as often.';
comment on column outreach.reply_polls.is_told is
'Whether a webhook at our own address tells of the account''s messages, by the newest '
'audit.';
comment on column outreach.reply_polls.told_read_within is
'The same bound for an account of whose messages a webhook tells. They are polled twice '
'as often while a step is due, and once a day otherwise.';
comment on column outreach.reply_polls.steps_wait_after is
'Which of the two bounds holds: a due step waits while the messages were read longer ago '
'than this.';

-- The messages of these accounts were never polled, because webhooks told of them.
insert into outreach.reply_polls (workspace_id, account_id, read_until, is_told)
select
    provider_accounts.workspace_id,
    provider_accounts.account_id,
    '-infinity',
    true
from outreach.provider_accounts
on conflict on constraint reply_polls_pkey do nothing;
