-- What the role that serves may do: all of its work, but not rewrite what was said and what was done. `:role` is its name.
-- An owner that serves itself is given nothing by this: it has these rights, and more.
grant usage on schema public to :role;
grant select, insert, update, delete on all tables in schema public to :role;
revoke update, delete, truncate on entries, trail, installation from :role;
-- What an entry is about is said once; it goes with its conversation.
revoke update, truncate on entry_subjects from :role;
-- A version of a progress note stands as it was written; it goes with its conversation.
revoke update, truncate on progress_notes from :role;
-- What was agreed to is the text as it was read.
revoke update, truncate on document_versions from :role;
-- What was answered is read beside the questions as they were.
revoke update, truncate on form_versions from :role;
revoke insert, update, delete, truncate on alembic_version from :role;
-- The installation's key may be wrapped anew, as practices' keys may, and its sheet be on paper or not.
grant update (wrapped_key, sheet_kept_at) on installation to :role;
grant execute on function blank_entries(uuid, uuid) to :role;
