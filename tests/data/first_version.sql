-- Statements of the program's first version, word for word: what is of schema 0001 has to run on every later one, so that an update can
-- be taken back. None is ever changed here.

-- name: hospitals_ready
-- The hospitals that have something to send now, those first whose deadline is nearest. It leaps along the index from hospital to hospital
-- and takes the first request of each that is due, so that it costs the same however long the backlog is.
with recursive hospital (id) as (
    select min(organization_id) from ers.request where state = 'READY'
    union all
    select (select min(organization_id) from ers.request where state = 'READY' and organization_id > h.id)
    from hospital h where h.id is not null
)
select h.id as organization_id
from hospital h cross join lateral (
    select deadline from ers.request
    where state = 'READY' and organization_id = h.id and due_at <= now() and (lease_until is null or lease_until < now())
    order by deadline nulls last, id limit 1
) f
order by f.deadline nulls last, h.id;

-- name: claim_ready
-- Take a few requests to send: of every hospital in turn, deadlines first. MATERIALIZED keeps the locking subquery from running twice.
with picked as materialized (
    select r.id
    from unnest(cast(:hospitals as bigint[])) with ordinality as h (id, place)
    cross join lateral (
        select q.id, row_number() over (order by q.deadline nulls last, q.id) as turn
        from (
            select id, deadline from ers.request
            where state = 'READY' and organization_id = h.id and due_at <= now() and (lease_until is null or lease_until < now())
            order by deadline nulls last, id
            limit :each for update skip locked
        ) q
    ) r
    order by r.turn, h.place
    limit :many
)
update ers.request q
set lease_until = now() + make_interval(secs => :lease_seconds), lease_token = cast(:token as uuid)
from picked where q.id = picked.id
returning q.id, q.kind, q.subject, q.revision, q.source, q.organization_id, q.pregnancy_id, q.state, q.half_year, q.event_on,
    q.deadline, q.content, q.ers_number, q.visit_id, q.formed_on, q.signed_exchange_id, q.version, q.attempts, q.annuls_id,
    q.fss_request_id, q.operator, q.failures, q.asked_in, now() - q.state_since as age;

-- name: claim_waiting
-- Take requests that wait for the Fund's word (REGISTERED), or whose fate is unknown, longest waiting first.
with picked as materialized (
    select id from ers.request
    where state = :state and due_at <= now() and (lease_until is null or lease_until < now())
    order by due_at limit :many for update skip locked
)
update ers.request q
set lease_until = now() + make_interval(secs => :lease_seconds), lease_token = cast(:token as uuid)
from picked where q.id = picked.id
returning q.id, q.kind, q.subject, q.revision, q.source, q.organization_id, q.pregnancy_id, q.state, q.half_year, q.event_on,
    q.deadline, q.content, q.ers_number, q.visit_id, q.formed_on, q.signed_exchange_id, q.version, q.attempts, q.annuls_id,
    q.fss_request_id, q.operator, q.failures, q.asked_in, now() - q.state_since as age;

-- name: move
-- The one statement by which a request changes its state. Nothing moves unless it stands where the caller saw it and is held by the
-- caller's lease; no row back means that somebody else got there first.
update ers.request
set state = :to_state,
    reason = :reason,
    details = cast(:details as jsonb),
    revision = coalesce(:revision, revision),
    ers_number = coalesce(:ers_number, ers_number),
    visit_id = coalesce(:visit_id, visit_id),
    formed_on = coalesce(:formed_on, formed_on),
    fss_request_id = case when :to_state = 'SENDING' then null else coalesce(:fss_request_id, fss_request_id) end,
    signed_exchange_id = case when :forget_bytes then null else coalesce(:signed_exchange_id, signed_exchange_id) end,
    first_sent_at = coalesce(first_sent_at, cast(:sent_at as timestamptz)),
    answered_at = coalesce(cast(:answered_at as timestamptz), answered_at),
    attempts = attempts + :attempted,
    failures = case when :failed then failures + 1 when :to_state in ('SENDING', 'UNKNOWN', 'READY') then failures else 0 end,
    asked_in = coalesce(:asked_in, asked_in),
    due_at = now() + make_interval(secs => :pause_seconds),
    lease_until = now() + make_interval(secs => :lease_seconds),
    lease_token = case when cast(:lease_seconds as float) is not null then lease_token end,
    version = version + 1,
    state_since = case when state = :to_state then state_since else now() end
where id = :id and state = :from_state
  and (cast(:token as uuid) is null or lease_token = cast(:token as uuid))
  and (cast(:version as int) is null or version = :version)
returning id, version;

-- name: orphans
-- Requests whose sender died while the socket may have been open.
update ers.request
set state = 'UNKNOWN', version = version + 1, due_at = now(), lease_until = null, lease_token = null, state_since = now()
where state = 'SENDING' and (lease_until is null or lease_until < now())
returning id;

-- name: begin_exchange
-- An attempt, put on record before the socket opens, with the signed bytes that will go out.
insert into ers.exchange (request_id, pregnancy_id, organization_id, operation, revision, business_at, operator, signed_request)
values (:request_id, :pregnancy_id, :organization_id, :operation, :revision, :business_at, :operator, :signed_request)
returning id;

-- name: finish_exchange
-- What became of an attempt: written by whoever made it, whoever holds the lease by then.
update ers.exchange
set ended_at = now(), endpoint = :endpoint, host = :host, outcome = :outcome, http_status = :http_status, status = :status,
    information = :information, wire_request = :wire_request, wire_answer = :wire_answer, signed_answer = :signed_answer
where id = :id;

-- name: signed_bytes
-- The bytes that an attempt signed: they go out again as they are while its fate is not known. With them what came of it, if anybody
-- wrote that down.
select signed_request, operation, business_at, ended_at, endpoint, host, started_at, outcome, http_status, signed_answer
from ers.exchange where id = :id;

-- name: begin_run
-- A job begins.
insert into ers.job_run (job) values (:job) returning id;

-- name: finish_run
-- A job has ended.
update ers.job_run set ended_at = now(), succeeded = :succeeded, summary = cast(:summary as jsonb) where id = :id;

-- name: last_success
-- When each job last ended well: a start catches up by it.
select job, max(ended_at) as ended_at from ers.job_run where succeeded group by job;

-- name: open_incident
-- An incident begins.
insert into ers.incident (key, code, organization_id, level, about, flaps)
values (:key, :code, :organization_id, :level, :about, :flaps)
on conflict (key) where closed_at is null do nothing
returning id;

-- name: make_notice
-- Something is to be said of an incident.
insert into ers.notice (incident_id, event, level, channel) values (:incident_id, :event, :level, :channel);

-- name: record
-- A person has decided something.
insert into ers.decision (operator, action, request_id, about, reason)
values (:operator, :action, :request_id, :about, :reason);
