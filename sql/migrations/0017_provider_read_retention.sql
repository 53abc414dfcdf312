-- The items of old reads may go; that a list was read, when, and how much was in it
-- stays.
alter table outreach.provider_reads
add column items_emptied_at timestamptz,
add constraint emptied_items_are_gone check (items_emptied_at is null or items = '[]');
