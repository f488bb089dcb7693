-- The program works as wattle_app, which may add to the books and not change them. Whoever runs the migrations owns the
-- tables. A role is the whole server's, so another database may have made it.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_app') THEN
        CREATE ROLE wattle_app NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another program made it meanwhile
END $$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'wattle_app', 'MEMBER') THEN
        EXECUTE format('GRANT wattle_app TO %I', current_user);
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO wattle_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO wattle_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO wattle_app;

REVOKE UPDATE, DELETE ON account, journal, transfer, balance_block, hold_step, invoice, trade, measurement, delivery, schema_version
    FROM wattle_app;
REVOKE INSERT ON schema_version FROM wattle_app;
GRANT USAGE ON SEQUENCE journal_id_seq TO wattle_app;
REVOKE DELETE ON zone, member, meter, batch FROM wattle_app;
REVOKE UPDATE ON zone FROM wattle_app;
