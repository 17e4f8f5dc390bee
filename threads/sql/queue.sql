-- The queue: conversations take turns in it, so that one which has thousands waiting delays nobody else's.

-- What waits knows its conversation (`lane`), and how many of it stood before when it was put in (`turn`); what comes first
-- in its conversation is claimed first, then what comes second. Beyond the 32nd, what waits is served by age. Never before
-- its elders of the same conversation. The rows that the same statement has put in before are counted: a trigger sees them.
create or replace function take_turn() returns trigger language plpgsql volatile security invoker as $$
begin
    select least(32, greatest(count(*), max(turn))) into new.turn
      from (select turn from queue where kind = new.kind and lane = new.lane order by turn desc limit 32) ahead;
    return new;
end $$;

create or replace trigger queue_takes_turn before insert on queue for each row when (new.lane is not null)
execute function take_turn();

-- What is to be read first is watched from the moment it is written, whichever program writes it, until somebody has read it.
create or replace function watch_raised() returns trigger language plpgsql volatile security invoker as $$
begin
    insert into queue (kind, practice_id, id, next_at) values ('raised', new.practice_id, new.conversation_id, now())
    on conflict (kind, practice_id, id) do update set next_at = least(queue.next_at, excluded.next_at);
    return null;
end $$;

create or replace trigger subjects_watch_raised after insert on entry_subjects for each row when (new.raised)
execute function watch_raised();
