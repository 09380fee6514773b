-- The ledger: what was called for, what became of it, and the evidence. PostgreSQL 13 or newer.
-- A new database is made from this file; an old one comes to the same by sql/migrations (a test holds the two together).

create schema if not exists ers;

create table ers.migration (
    version int primary key,
    applied_at timestamptz not null default now()
);

-- What РАМ calls a hospital and a doctor, as of the last scan: reports are made of the ledger alone.
create table ers.organization (
    id bigint primary key,
    name text not null,
    full_name text,
    inn text,
    ogrn text,
    kpp text,
    is_active boolean
);

create table ers.doctor (
    id bigint primary key,
    organization_id bigint,
    name text not null
);

-- One row a pregnancy of РАМ that was ever worked out. `ers_number` is the certificate linked to it, `unclear` the text when a person
-- must say which one is hers, `not_hers` those of which a person has said that they are another pregnancy's; `asked_at` is when the Fund
-- was last asked about her; `ticket1_exam_id` is
-- the exam that a person has chosen for talon 1.
create table ers.pregnancy (
    id bigint primary key,
    patient_id bigint,
    organization_id bigint,
    doctor_id bigint,
    last_name text,
    first_name text,
    patronymic text,
    birth_date date,
    snils text,
    policy text,
    lmp date,
    registered_on date,
    closed_on date,
    outcome_kind text,
    outcome_on date,
    outcome_days int,
    asker_id bigint,
    is_open boolean not null,
    ers_number text,
    unclear text,
    not_hers text[] not null default '{}',
    ticket1_exam_id bigint,
    asked_at timestamptz,
    ask_after timestamptz not null default now(),
    worked_out_at timestamptz not null default now()
);
create index on ers.pregnancy (snils) where snils is not null;
create index on ers.pregnancy (ers_number) where ers_number is not null;
create index on ers.pregnancy (ask_after) where is_open;

-- A request and where it stands: the states and their transitions are in ers_sync/domain/states.py.
create table ers.request (
    id bigint generated always as identity primary key,
    kind text not null check (kind in (
        'create_ers', 'put_visit', 'annul_visit', 'put_ticket1', 'put_ticket2', 'put_ticket3', 'disable_ers')),
    subject text not null,
    revision int not null default 1 check (revision > 0),
    source text not null,
    organization_id bigint not null,
    pregnancy_id bigint not null references ers.pregnancy,
    doctor_id bigint,
    half_year int,
    event_on date,
    deadline timestamptz,
    state text not null check (state in (
        'HELD', 'READY', 'SENDING', 'UNKNOWN', 'REGISTERED', 'DONE', 'REJECTED', 'CANCELLED', 'ANNULLED', 'QUARANTINED')),
    reason text,
    details jsonb not null default '[]',
    content jsonb,
    content_hash text,
    identity jsonb not null default '{}',
    ers_number text,
    visit_id text,
    formed_on date,
    taken_back text check (taken_back in ('deleted', 'edited', 'missing', 'operator')),
    annuls_id bigint references ers.request,
    operator text,
    operator_hold boolean not null default false,
    missing_compares int not null default 0,
    fss_request_id text,
    signed_exchange_id bigint,
    version int not null default 1,
    attempts int not null default 0,
    -- how often in a row an exchange about it came to nothing; pauses grow with it
    failures int not null default 0,
    -- the age of the ledger (ers.lineage) in which the Fund was last asked whether it has this
    asked_in int not null default 0,
    due_at timestamptz not null default now(),
    lease_until timestamptz,
    lease_token uuid,
    created_at timestamptz not null default now(),
    state_since timestamptz not null default now(),
    -- by the business clock: the day of a report is the day on which the hospital sent or learned it
    first_sent_at timestamptz,
    answered_at timestamptz,
    constraint held_has_reason check (state not in ('HELD', 'CANCELLED') or reason is not null),
    constraint sendable_has_content check (state <> 'READY' or content is not null),
    constraint number_is_ten_digits check (ers_number ~ '^[0-9]{10}$')
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.01);

-- One live request a subject; a visit that is being taken back makes room for its corrected successor.
create unique index request_one_live on ers.request (kind, subject)
    where state not in ('CANCELLED', 'ANNULLED') and taken_back is null;
-- An annulment may be dropped and called for again: it has the revision of its visit.
create unique index request_revision on ers.request (kind, subject, revision) where kind <> 'annul_visit';
-- One talon of a kind a certificate, whatever rows РАМ has; talon 3 is each children's clinic's own.
create unique index request_one_ticket on ers.request (
        ers_number, kind, coalesce(half_year, 0), (case when kind = 'put_ticket3' then organization_id else 0 end))
    where kind in ('put_ticket1', 'put_ticket2', 'put_ticket3') and state in ('SENDING', 'UNKNOWN', 'REGISTERED', 'DONE');
-- What an annulled visit was called is never used again.
create unique index request_visit_id on ers.request (organization_id, visit_id) where kind = 'put_visit' and visit_id is not null;
-- What the Fund called one request it never calls another: a replayed answer must not make two requests one.
create unique index request_fss_id on ers.request (fss_request_id) where fss_request_id is not null;
create index request_ready on ers.request (organization_id, deadline, id) where state = 'READY';
create index request_registered on ers.request (due_at) where state = 'REGISTERED';
create index request_unknown on ers.request (due_at) where state in ('UNKNOWN', 'SENDING');
create index request_pregnancy on ers.request (pregnancy_id);
create index request_source on ers.request (source);
create index request_held on ers.request (organization_id) where state = 'HELD';
-- What the on-call watches every minute: deadlines of what was never sent, and how much stands where.
create index request_unsent on ers.request (deadline) where first_sent_at is null and state in ('HELD', 'READY', 'SENDING', 'UNKNOWN');
-- What waits for a person. What moves by itself is not in it: in a backlog that statistics do not know of yet, claims would take this index.
create index request_unfinished on ers.request (state, reason) where state in ('HELD', 'REJECTED', 'QUARANTINED');

-- What belongs to a day is found by block ranges: rows stay about where they were written, and a move costs these nothing.
create index request_days on ers.request using brin (
        created_at, first_sent_at, (coalesce(answered_at, first_sent_at, state_since))) with (pages_per_range = 32, autosummarize = on);

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

-- Drop a month's lines of the request log. The lock is waited for briefly: everything else would wait behind.
create function ers.forget_exchange_lines(month name) returns void language plpgsql set lock_timeout = '5s' as $$
begin
    execute format('alter table ers.exchange detach partition ers.%I', month);
    execute format('drop table ers.%I', month);
end $$;

-- Up to where the evidence is surely closed by the key in force. `keys` are the ids of all keys that were known then: when they change,
-- everything is looked at again.
create table ers.evidence_mark (
    one boolean primary key default true check (one),
    keys text[] not null,
    up_to bigint not null,
    missing bigint not null default 0
);

-- What the Fund said of a certificate when it was last asked.
create table ers.certificate (
    number text primary key check (number ~ '^[0-9]{10}$'),
    snils text,
    created_on date not null,
    status text not null check (status in ('OPEN', 'SERVICE', 'CLOSED')),
    ogrn text,
    organization_name text,
    received_on date not null,
    seen_at timestamptz not null default now()
);
create index on ers.certificate (snils) where snils is not null;
create index on ers.certificate using brin (received_on) with (autosummarize = on);

create table ers.certificate_ticket (
    number text not null references ers.certificate,
    kind text not null check (kind in ('1', '2', '3-1', '3-2')),
    created_on date,
    status text,
    ogrn text,
    received_on date not null
);
create unique index certificate_ticket_key on ers.certificate_ticket (number, kind, coalesce(ogrn, ''));
create index on ers.certificate_ticket using brin (received_on) with (autosummarize = on);

create table ers.certificate_visit (
    number text not null references ers.certificate,
    visit_id text not null,
    visited_on date not null,
    ogrn text,
    primary key (number, visit_id)
);

create table ers.contract (
    id bigint generated always as identity primary key,
    organization_id bigint not null,
    kind text not null check (kind in ('1', '2', '3-1', '3-2')),
    number text not null,
    begins date not null,
    ends date check (ends >= begins),
    set_by text not null,
    set_at timestamptz not null default now(),
    unique (organization_id, kind, number, begins)
);

-- What the Fund refuses a hospital: its contract of one kind (`what` is 1, 2, 3-1, 3-2 or any; the answer 1204), or its signature (key).
-- Nothing of it goes out until the fingerprint (of the contracts, of the certificate) changes or a probe passes.
create table ers.refusal (
    organization_id bigint not null,
    what text not null check (what in ('1', '2', '3-1', '3-2', 'any', 'key')),
    fingerprint text not null,
    refused_at timestamptz not null default now(),
    probe_after timestamptz not null,
    primary key (organization_id, what)
);

-- A brake that is on: nothing of this kind goes out for the hospital until a person confirms it.
create table ers.brake (
    id bigint generated always as identity primary key,
    organization_id bigint not null,
    kind text not null,
    counted int not null,
    usual numeric not null,
    opened_at timestamptz not null default now(),
    released_at timestamptz,
    released_by text
);
create unique index brake_one_on on ers.brake (organization_id, kind) where released_at is null;

-- What a person must look at; closed when the reason is gone.
create table ers.finding (
    id bigint generated always as identity primary key,
    pregnancy_id bigint not null references ers.pregnancy,
    request_id bigint references ers.request,
    code text not null,
    money boolean not null default false,
    opened_at timestamptz not null default now(),
    closed_at timestamptz
);
create unique index finding_one_open on ers.finding (pregnancy_id, code, coalesce(request_id, 0)) where closed_at is null;
create index finding_money on ers.finding (id) where money and closed_at is null;

-- Pregnancies to be worked out at the next tick although РАМ did not change: a number or a contract came, a row could not be read.
create table ers.rework (
    pregnancy_id bigint primary key,
    since timestamptz not null default now(),
    not_before timestamptz not null default now(),
    failures int not null default 0
);

-- What the last full compare found at rest: a digest of all that working it out had looked at, and on which days (UTC, the last one not
-- included) time alone changes nothing. As long as it is the same, a compare passes over the pregnancy.
create table ers.compared (
    pregnancy_id bigint primary key,
    digest bytea not null,
    since date not null,
    until date not null
);

-- What people decided: who, when, about what, and why.
create table ers.decision (
    id bigint generated always as identity primary key,
    decided_at timestamptz not null default now(),
    operator text not null,
    action text not null,
    request_id bigint references ers.request,
    about text not null,
    reason text
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

-- Up to where РАМ was read, and what a hospital's holds were worked out with (contracts, keys, brakes, day).
create table ers.scan_mark (
    one boolean primary key default true check (one),
    mark jsonb not null,
    taken_at timestamptz not null default now()
);

create table ers.hospital_mark (
    organization_id bigint primary key,
    fingerprint text not null
);

-- The Fund does not answer: the tap is closed until a question gets through. What one failed probe has confirmed is announced.
create table ers.outage (
    id bigint generated always as identity primary key,
    endpoint text not null,
    cause text not null,
    began_at timestamptz not null default now(),
    probes int not null default 0,
    probe_after timestamptz not null default now(),
    announced boolean not null default false,
    ended_at timestamptz
);
create unique index outage_one_open on ers.outage (endpoint) where ended_at is null;

-- Which server's history this ledger is. Where another is found, the ledger went back in time (a restore, a failover): its age goes up by
-- one, and what was called for up to `doubted_until` (business day) may be at the Fund although the ledger does not know it.
create table ers.lineage (
    one boolean primary key default true check (one),
    system_identifier text not null,
    timeline int not null,
    database_oid bigint not null,
    age int not null default 0,
    doubted_until date
);

-- What ran, when, and with what result.
create table ers.job_run (
    id bigint generated always as identity primary key,
    job text not null,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    succeeded boolean,
    summary jsonb
);
create index on ers.job_run (job, started_at desc);
-- Jobs begin every few seconds: what is unfinished, and what ended well, is found without the history.
create index job_run_open on ers.job_run (job) where ended_at is null;
create index job_run_well on ers.job_run (job, ended_at) where succeeded;

-- What the on-call has to know: one row an incident, from its beginning to its end. `level` rises when it gets worse; `about` is what the
-- alert says of it, with nothing personal. It is over when several runs of `watch` in a row have not seen it; one that comes and goes
-- (`flaps`) has to stay away for longer.
create table ers.incident (
    id bigint generated always as identity primary key,
    key text not null,
    code text not null,
    organization_id bigint,
    level int not null default 0,
    about text not null,
    opened_at timestamptz not null default now(),
    absent_runs int not null default 0,
    flaps int not null default 0,
    closed_at timestamptz
);
create unique index incident_one_open on ers.incident (key) where closed_at is null;
create index on ers.incident (closed_at);

-- What is to be said of an incident, and where: sent once each way, and tried again until it is.
create table ers.notice (
    id bigint generated always as identity primary key,
    incident_id bigint not null references ers.incident on delete cascade,
    event text not null check (event in ('opened', 'worse', 'closed')),
    level int not null,
    channel text not null,
    made_at timestamptz not null default now(),
    delivered_at timestamptz
);
create index on ers.notice (channel, id) where delivered_at is null;
create index on ers.notice (incident_id);
