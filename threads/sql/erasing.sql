-- What of the record may be made unreadable, and by whom: whoever serves may not change an entry, except in this one way.

-- A client is erased who shares a conversation with other clients: their words go, the places in the order stay, and what
-- the others wrote is whole. With the rights of the tables' owner, for it writes over entries, and within the practices that
-- the transaction has stated, like everything else.
create or replace function blank_entries(practice uuid, person uuid) returns bigint
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    with blanked as (
        update entries e set sealed = ''::bytea
         where e.practice_id = practice and e.author_id = person and e.sealed <> ''::bytea
        returning 1)
    select count(*) from blanked
$$;
revoke all on function blank_entries(uuid, uuid) from public;
