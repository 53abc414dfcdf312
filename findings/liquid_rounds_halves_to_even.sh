#!/bin/sh
# python-liquid rounds 2.5 down and 3.5 up.
#
# Liquid's filter round is expected to round halves up, as Ruby's Liquid does: 3, 4, 20, 21.
# python-liquid hands the number to Python's round(), which goes to the next even number.
# Two prices or scores that differ by one can so become the same or differ by two.
#
# With this: add a small fraction before the filter, or round before the template.
. "$(dirname -- "$0")/support/steps.sh"

install python-liquid==2.3.6
report "3, 4, 20, 21" "2, 4, 20, 20" "$(python - <<'PYTHON'
from liquid import Environment

template = "{{ a | round }}, {{ b | round }}, {{ c | round }}, {{ d | round }}"
print(Environment().from_string(template).render(a=2.5, b=3.5, c=19.5, d=20.5))
PYTHON
)"
