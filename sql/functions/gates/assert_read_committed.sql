-- Refuses every isolation level except READ COMMITTED: at the others, a count under a
-- lock reads a snapshot older than the lock, so that limits could be exceeded.
create or replace function outreach.assert_read_committed()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'the queue works in READ COMMITTED only, this transaction is %',
            upper(current_setting('transaction_isolation'))
            using
                errcode = 'invalid_transaction_state',
                hint = 'Open the transaction with isolation level read committed.';
    end if;
end
$$;
