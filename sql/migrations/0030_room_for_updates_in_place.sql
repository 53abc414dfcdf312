-- An update stays on its page, and writes no index, if the page has room: a send adds to
-- the count of a day and raises the starts of two lists. Pages that are full already stay
-- so until they are written anew.

alter table outreach.linkedin_daily_counters set (fillfactor = 50);

alter table outreach.send_queue_watermarks set (fillfactor = 50);
