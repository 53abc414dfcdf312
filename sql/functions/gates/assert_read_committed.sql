-- Refuses every isolation level but READ COMMITTED: in the others a count under a
-- lock reads a snapshot older than the lock, and limits would be passed.
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
