#!/bin/sh
# python-liquid writes Python's True and None once a value has passed through a filter.
#
# {{ flag }} of a true value writes "true", and a missing value writes nothing. After any
# filter for texts the same values are "True" and, as an argument, "None": the template then
# writes a word of Python into the message. "Hello {{ 'Dr. ' | append: name }}" of a person
# whose name is null greets "Dr. None"; a name that is absent greets "Dr. ".
#
# With this: leave a name without a value out of the template's data.
. "$(dirname -- "$0")/support/steps.sh"

install python-liquid==2.3.6
report "[true] [true] [] [Dr. ] [Dr. ]" "[true] [True] [] [Dr. None] [Dr. ]" \
    "$(python - <<'PYTHON'
from liquid import Environment

template = (
    "[{{ flag }}] [{{ flag | strip }}] [{{ name }}] "
    "[{{ 'Dr. ' | append: name }}] [{{ 'Dr. ' | append: absent }}]"
)
print(Environment().from_string(template).render(flag=True, name=None))
PYTHON
)"
