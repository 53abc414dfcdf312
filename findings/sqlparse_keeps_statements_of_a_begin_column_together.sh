#!/bin/sh
# sqlparse.split takes a column named begin for a block, and splits nothing after it.
#
# In Postgres begin is a word that a column may be named after without quotes, and shifts or
# bookings often have one. A script makes such a table and has two more statements. Three
# statements are expected. sqlparse counts the column as the begin of a block that never
# ends, so all the rest of the script is one statement: what sends statements one by one,
# as dbt and migrations do, sends them as one.
#
# With this: write the column in quotes, or name it starts_at.
. "$(dirname -- "$0")/support/steps.sh"

install sqlparse==0.6.1
report "3 statements, and 3 with another name" "1 statements, and 3 with another name" \
    "$(python - <<'PYTHON'
import sqlparse

script = """
create table shifts (id integer, begin timestamptz);
insert into shifts values (1);
select id from shifts;
"""
other = script.replace("begin", "starts_at")
print(
    f"{len(sqlparse.split(script.strip()))} statements, and "
    f"{len(sqlparse.split(other.strip()))} with another name"
)
PYTHON
)"
