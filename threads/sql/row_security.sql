-- Who sees a row: whoever has stated its practice for the transaction, the owner of the tables included.
--
-- A table stands here unless it holds nothing of a practice but keyed hashes, ids and times (`directory`, `queue`), or
-- nothing of one at all. A table is locked only where it differs: servers may be at work.
--
-- Process notes are their author's alone: a transaction sees those of the people it has stated beside its practices, and one
-- that states nobody sees none, whatever it asks for.
do $$
declare
    one text;
    stands record;
    law text;
    -- Written as PostgreSQL itself writes it down, so that it can be compared. The setting is read inside a scalar
    -- sub-select: once a statement, not once a row.
    rule constant text :=
        '(practice_id = ANY ((( SELECT NULLIF(current_setting(''quietline.practices''::text, true), ''''::text) AS "nullif"))::uuid[]))';
    of_author constant text :=
        '(author_id = ANY ((( SELECT NULLIF(current_setting(''quietline.authors''::text, true), ''''::text) AS "nullif"))::uuid[]))';
begin
    foreach one in array array[
        'practices', 'session_rules', 'data_keys', 'people', 'snippets', 'sign_ins', 'second_factors', 'recovery_codes',
        'ways_back', 'recovery_phrases', 'passkeys', 'code_words', 'further_addresses', 'pgp_keys',
        'practice_pgp_keys', 'conversations', 'members', 'absences', 'covers', 'sessions', 'slots', 'check_ins', 'entries', 'entry_subjects',
        'message_ids',
        'attachments', 'file_pieces', 'drafts', 'progress_notes', 'process_notes', 'documents', 'document_versions',
        'forms', 'form_versions',
        'agreements', 'releases', 'pending_letters', 'originals',
        'locked_letters', 'reply_tokens', 'outbox', 'exports', 'export_chunks', 'event_feeds', 'event_marks', 'events',
        'webhooks', 'webhook_lanes', 'service_accounts', 'push_subscriptions', 'trail']
    loop
        law := case one when 'process_notes' then format('(%s AND %s)', rule, of_author) else rule end;
        select c.relrowsecurity and c.relforcerowsecurity as forced, p.oid is not null as ruled,
               pg_get_expr(p.polqual, c.oid) = law and pg_get_expr(p.polwithcheck, c.oid) = law as same
          into strict stands
          from pg_class c
          left join pg_policy p on p.polrelid = c.oid and p.polname = 'within_practice'
         where c.oid = one::regclass;
        if not stands.forced then
            execute format('alter table %I enable row level security, force row level security', one);
        end if;
        if not stands.ruled then
            execute format('create policy within_practice on %I using (%s) with check (%s)', one, law, law);
        elsif not coalesce(stands.same, false) then
            execute format('alter policy within_practice on %I using (%s) with check (%s)', one, law, law);
        end if;
    end loop;
end $$;
