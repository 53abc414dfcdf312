-- A live job is one that may still send: an enrollment has one at most. The predicate of
-- an index hangs on this list, so it changes by a migration that builds the index anew.
-- Its body is parsed here, so that no search_path can change what it means, and is
-- inlined into every query and into the index.
create function outreach.is_live_job(status text)
returns boolean
language sql
immutable
return is_live_job.status in ('queued', 'claimed', 'sending', 'unknown', 'parked');

drop index outreach.one_live_job_per_enrollment;

create unique index one_live_job_per_enrollment
on outreach.campaign_send_jobs (workspace_id, enrollment_id)
where outreach.is_live_job(status);
