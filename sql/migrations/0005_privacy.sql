-- Up to where the evidence is surely closed by the key in force. `keys` are the ids of all keys that were known then: when they change,
-- everything is looked at again.
create table ers.evidence_mark (
    one boolean primary key default true check (one),
    keys text[] not null,
    up_to bigint not null,
    missing bigint not null default 0
);

-- Who has used which command on this ledger, and with what: words, numbers and days, never a name or a СНИЛС.
create table ers.audit (
    id bigint generated always as identity primary key,
    done_at timestamptz not null default now(),
    operator text not null,
    host text not null,
    command text not null,
    arguments jsonb not null default '{}'
);
create index on ers.audit (done_at);

-- Drop a month's lines of the request log. The lock is waited for briefly: everything else would wait behind.
create function ers.forget_exchange_lines(month name) returns void language plpgsql set lock_timeout = '5s' as $$
begin
    execute format('alter table ers.exchange detach partition ers.%I', month);
    execute format('drop table ers.%I', month);
end $$;
