-- Each hour an alert asks whether a list was read since some hours, without a scan of all
-- reads.
create index provider_reads_ended_at
on outreach.provider_reads using brin (ended_at);
