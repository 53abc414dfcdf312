-- Whether a wall-clock time is inside a sending window: on its weekday, at or after
-- opens and before closes. The only definition for one moment;
-- outreach.clamp_to_sending_window() finds the next one. The body is parsed at creation,
-- so that no search_path can change its meaning and a query can inline it.
create or replace function outreach.is_inside_window(
    wall_clock timestamp,
    weekday smallint,
    opens time,
    closes time
)
returns boolean
language sql
immutable
return is_inside_window.weekday
    = extract(isodow from is_inside_window.wall_clock)::smallint
and is_inside_window.wall_clock::time >= is_inside_window.opens
and is_inside_window.wall_clock::time < is_inside_window.closes;
