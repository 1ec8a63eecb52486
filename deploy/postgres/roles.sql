-- One role and one schema for each service: none can read or write what another owns.
-- Idempotent. Run by a superuser of the database, once, before `make migrate`.
-- Passwords are the operator's to set (alter role ... password ...); docker-compose.yml shows how.
do $$
declare
    service text;
begin
    foreach service in array array['ingest', 'classify', 'notify', 'api'] loop
        if not exists (select from pg_roles where rolname = service) then
            execute format('create role %I login', service);
        end if;
        execute format('create schema if not exists %I authorization %I', service, service);
    end loop;
    -- Where the read model is built anew, and where the one of before is kept.
    create schema if not exists api_rebuild authorization api;
    create schema if not exists api_before authorization api;
    execute format('revoke create on schema public from public');
    execute format('revoke temporary on database %I from public', current_database());
    execute format(
        'grant connect, temporary on database %I to ingest, classify, notify, api',
        current_database()
    );
end
$$;
