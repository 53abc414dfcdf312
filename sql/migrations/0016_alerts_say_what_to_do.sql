-- What a message tells of an alert beside its own text: what to do, and where the failing
-- rows are kept. A function's result cannot be replaced by another, only made anew.

drop function if exists outreach.admin_alerts_to_tell(timestamptz);
