-- The request log and the evidence by month. What is there already is not copied: it becomes a partition of its own, with its ids, so that
-- this takes seconds at any size, and an attempt that is under way meanwhile is finished under the id that it knows.

do $$
declare
    kept text := 'exchange_' || to_char(now() at time zone 'UTC', 'YYYYMM') || '_and_before';
begin
    if not exists (select from ers.exchange) then
        drop table ers.exchange;
        return;
    end if;
    alter table ers.exchange alter column id drop identity;
    drop index ers.exchange_pregnancy_id_idx, ers.exchange_started_at_idx;
    alter index ers.exchange_pkey rename to exchange_before_pkey;
    alter index ers.exchange_request_id_idx rename to exchange_before_request_id_idx;
    execute format('alter table ers.exchange rename to %I', kept);
end $$;

-- Every exchange with the Fund: the manual's «Реестр запросов», the attempts, and the hospital's evidence. A row without `ended_at` is
-- an attempt whose answer nobody has written down yet. Partitioned by month, so that years of it slow nothing and old bytes are dropped
-- with their file. The month is in the id (202611 0000000017 began in November 2026, UTC): a look-up by id touches one partition.
create sequence ers.exchange_number maxvalue 9999999999;

create function ers.exchange_ids_from(moment timestamptz) returns bigint language sql immutable parallel safe as $$
    select (extract(year from moment at time zone 'UTC') * 100 + extract(month from moment at time zone 'UTC'))::bigint * 10000000000
$$;

create table ers.exchange (
    id bigint primary key default ers.exchange_ids_from(now()) + nextval('ers.exchange_number'),
    request_id bigint references ers.request,
    pregnancy_id bigint,
    organization_id bigint not null,
    operation text not null,
    revision int,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    business_at timestamptz not null,
    endpoint text,
    host text,
    outcome text,
    http_status int,
    status text,
    information text,
    operator text,
    signed_request bytea,
    wire_request bytea,
    signed_answer bytea,
    wire_answer bytea
) partition by range (id);
create index on ers.exchange (request_id);
create index on ers.exchange using brin (started_at) with (autosummarize = on);
create index on ers.exchange using brin (business_at) with (autosummarize = on);

-- Where an exchange goes whose month has not been made.
create table ers.exchange_other partition of ers.exchange default;

-- Make the partition of a month, unless it is there; rows that came before it move in. Return whether it was made.
create function ers.make_exchange_month(moment timestamptz) returns boolean language plpgsql as $$
declare
    month text := 'exchange_' || to_char(moment at time zone 'UTC', 'YYYYMM');
    low bigint := ers.exchange_ids_from(moment);
    high bigint := ers.exchange_ids_from(date_trunc('month', moment, 'UTC') + interval '32 days');
begin
    if to_regclass('ers.' || month) is not null or to_regclass('ers.' || month || '_lines') is not null then
        return false;
    end if;
    execute format('create table ers.%I (like ers.exchange including defaults including constraints)', month);
    execute format('with early as (delete from ers.exchange_other where id >= %s and id < %s returning *) insert into ers.%I select * from early',
        low, high, month);
    execute format('alter table ers.exchange attach partition ers.%I for values from (%s) to (%s)', month, low, high);
    return true;
end $$;

-- Put a month's lines of the request log, without the bytes, into the place of its partition. They are ready before it is locked, and the
-- lock is waited for briefly: everything else would wait behind.
create function ers.forget_exchange_bytes(month name) returns void language plpgsql set lock_timeout = '5s' as $$
declare
    lines name := month || '_lines';
    bounds text;
    kept text;
begin
    select pg_get_expr(relpartbound, oid) into strict bounds from pg_class where oid = format('ers.%I', month)::regclass;
    select string_agg(quote_ident(attname), ', ') into strict kept from pg_attribute
    where attrelid = 'ers.exchange'::regclass and attnum > 0 and not attisdropped and atttypid <> 'bytea'::regtype;
    execute format('lock table ers.%I in share mode', month);
    execute format('create table ers.%I (like ers.exchange including all)', lines);
    execute format('insert into ers.%I (%s) select %s from ers.%I', lines, kept, kept, month);
    execute format('alter table ers.%I add foreign key (request_id) references ers.request', lines);
    execute format('alter table ers.exchange detach partition ers.%I', month);
    execute format('drop table ers.%I', month);
    execute format('alter table ers.exchange attach partition ers.%I %s', lines, bounds);
end $$;

do $$
declare
    kept name;
    reader record;
begin
    select relname into kept from pg_class where relnamespace = 'ers'::regnamespace and relname like 'exchange\_%\_and\_before';
    if kept is null then
        return;
    end if;
    execute format('alter table ers.exchange attach partition ers.%I for values from (minvalue) to (%s)', kept,
        ers.exchange_ids_from('2000-01-01'));
    for reader in
        select column_name, grantee from information_schema.column_privileges
        where table_schema = 'ers' and table_name = kept and privilege_type = 'SELECT' and grantee <> current_user
    loop
        execute format('grant select (%I) on ers.exchange to %I', reader.column_name, reader.grantee);
    end loop;
end $$;
