{# A bound of Wilson's score interval for `won` of `sent`, z = 1.96 (95 %). Both are
   numeric, and sent is above 0. side: '-' is the lower bound, '+' the upper one. #}
{% macro wilson_bound(won, sent, side) -%}
    (
        {{ won }} / {{ sent }} + 1.9208 / {{ sent }}
        {{ side }} 1.96 * sqrt(
            ({{ won }} / {{ sent }} * (1 - {{ won }} / {{ sent }}) + 0.9604 / {{ sent }})
            / {{ sent }}
        )
    ) / (1 + 3.8416 / {{ sent }})
{%- endmacro %}
