#!/bin/sh
# python-liquid's truncate returns a text that is longer than its input.
#
# truncate counts the ellipsis: of "Amalia Rao", 5 characters are "Am...". A length below that
# of the ellipsis is expected to leave the ellipsis alone, as Ruby's Liquid does. python-liquid
# then cuts from the end of the text: with a length of 2 it drops the last character, and
# appends the ellipsis. With a long ellipsis of one's own this happens at common lengths:
# 10 characters with ", and so on" are 32.
#
# With this: accept no length that is shorter than the ellipsis.
. "$(dirname -- "$0")/support/steps.sh"

install python-liquid==2.3.6
report "[Am...] [...] [, and so on]" \
    "[Am...] [Amalia Ra...] [Amalia Rao from Berli, and so on]" "$(python - <<'PYTHON'
from liquid import Environment

template = (
    "[{{ name | truncate: 5 }}] [{{ name | truncate: 2 }}]"
    " [{{ person | truncate: 10, ', and so on' }}]"
)
data = {"name": "Amalia Rao", "person": "Amalia Rao from Berlin"}
print(Environment().from_string(template).render(data))
PYTHON
)"
