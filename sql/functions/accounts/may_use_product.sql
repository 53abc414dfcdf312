-- Whether an account of this status may act with one of LinkedIn's products: it is
-- connected, or degraded or partial while this product runs. Where the provider does not
-- say the states of products, only a connected account may. The body is parsed at
-- creation, so that no search_path can change its meaning and a query can inline it.
create or replace function outreach.may_use_product(
    status text,
    product_states jsonb,
    product text
)
returns boolean
language sql
immutable
return may_use_product.status in ('connected', 'degraded', 'partial')
and coalesce(
    product_states ->> product,
    case when may_use_product.status = 'connected' then 'running' end,
    ''
) = 'running';

-- Models of dbt ask it, too.
grant execute on function outreach.may_use_product(text, jsonb, text) to public;
