-- The life of a request: claims, the one statement that moves it, and what leads it on. States: ers_sync/domain/states.py.

-- name: hospitals_ready
-- The hospitals that have something to send now, those first whose deadline is nearest. It leaps along the index from hospital to hospital
-- and takes the first request of each that is due, so that it costs the same however long the backlog is.
with recursive hospital (id) as (
    (select organization_id from ers.request where state = 'READY' order by organization_id limit 1)
    union all
    select (select organization_id from ers.request where state = 'READY' and organization_id > h.id order by organization_id limit 1)
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

-- name: comes_after
-- Whether another pregnancy of РАМ calls for the same (the woman's certificate, a talon of its certificate) by an earlier event, and its
-- request can still go out or is under way: ties go to the earliest. Of an event the ledger knows the day.
select 1 from ers.request r join ers.pregnancy p on p.id = r.pregnancy_id
where p.id <> :pregnancy_id and (p.snils = :snils or p.ers_number = :number)
  and r.kind = :kind and r.half_year is not distinct from :half_year
  and (r.kind <> 'put_ticket3' or r.organization_id = :organization_id)
  and r.state in ('READY', 'SENDING', 'UNKNOWN', 'REGISTERED')
  and (r.event_on, cast(split_part(r.source, ':', 2) as bigint)) < (:event_on, cast(split_part(:source, ':', 2) as bigint))
limit 1;

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

-- name: last_attempt
-- Whether a request waits in UNKNOWN for the word on just this attempt.
select id from ers.request
where id = :id and state = 'UNKNOWN' and signed_exchange_id = :exchange_id
for update;

-- name: put_off
-- Leave a claimed request where it is, and let go of it for a while. One that may be under way keeps its lease, until it is an orphan.
update ers.request
set due_at = now() + make_interval(secs => :pause_seconds), lease_until = null, lease_token = null,
    failures = failures + case when :failed then 1 else 0 end
where id = :id and lease_token = cast(:token as uuid) and state <> 'SENDING';

-- name: orphans
-- Requests whose sender died while the socket may have been open.
update ers.request
set state = 'UNKNOWN', version = version + 1, due_at = now(), lease_until = null, lease_token = null, state_since = now()
where state = 'SENDING' and (lease_until is null or lease_until < now())
returning id;

-- name: doubt
-- The ledger went back in time: whatever may have been sent has an unknown fate as of now. Nobody holds it any more: see `let_go_of_all`.
update ers.request
set state = case when state = 'REGISTERED' then state else 'UNKNOWN' end, version = version + 1,
    due_at = now(), state_since = now()
where state in ('SENDING', 'UNKNOWN', 'REGISTERED') or (state = 'READY' and signed_exchange_id is not null);

-- name: let_go_of_all
-- The ledger went back in time: whoever held something then does not hold it now.
update ers.request set version = version + 1, lease_until = null, lease_token = null
where lease_token is not null or lease_until > now();

-- name: visit_ids
-- What the visits of an exam are called in this ledger.
select id, visit_id from ers.request where kind = 'put_visit' and source = :source and visit_id is not null;

-- name: found_otherwise
-- The Fund has this visit on another day than РАМ has it now: it is taken back as an edited one.
update ers.request set identity = identity || jsonb_build_object('day', cast(:day as text)), version = version + 1 where id = :id;

-- name: annulled
-- The visit that an annulment took back is no more.
update ers.request
set state = 'ANNULLED', reason = taken_back, version = version + 1, state_since = now()
where id = :id and kind = 'put_visit' and state = 'DONE'
returning source;

-- name: waiting
-- How many requests stand in each state.
select state, count(*) as many from ers.request group by state;

-- name: all_requests
-- The whole ledger in the order in which events happened.
select r.kind, r.source, r.revision, r.organization_id, r.state, r.reason, r.details, r.deadline,
    coalesce(r.ers_number, p.ers_number) as ers_number
from ers.request r join ers.pregnancy p on p.id = r.pregnancy_id
order by r.pregnancy_id, r.event_on, r.id;

-- name: listed
-- Requests for an operator's list, those with the nearest deadline first.
select id, kind, source, revision, organization_id, state, reason, deadline, ers_number from ers.request
where (cast(:state as text) is null or state = :state)
  and (cast(:organization_id as bigint) is null or organization_id = :organization_id)
  and (cast(:since as date) is null or event_on >= :since)
  and (cast(:until as date) is null or event_on <= :until)
  and (cast(:snils as text) is null or pregnancy_id in (select p.id from ers.pregnancy p where p.snils = :snils))
  and (cast(:last_name as text) is null
       or pregnancy_id in (select p.id from ers.pregnancy p where lower(p.last_name) = lower(:last_name)))
order by deadline nulls last, id limit :many;

-- name: shown
-- One request, without what it says of the woman.
select id, kind, source, revision, organization_id, pregnancy_id, state, reason, details, ers_number, visit_id, deadline, formed_on,
    taken_back, fss_request_id, attempts, operator, created_at, state_since, first_sent_at, answered_at
from ers.request where id = :id;

-- name: exchanges_of
-- The exchanges of one request, in order.
select id, started_at, ended_at, host, operation, revision, outcome, http_status, status, information
from ers.exchange where request_id = :id order by id;

-- name: unsettled
-- What can still move without a person: requests on their way, pregnancies to work out, women about whom to ask.
select 'request' as what from ers.request where state in ('READY', 'SENDING', 'UNKNOWN', 'REGISTERED')
union all
select 'rework' from ers.rework where failures = 0
union all
select 'question' from ers.pregnancy p
where p.ask_after <= now() and p.asker_id is not null and (p.snils is not null or p.ers_number is not null)
  and (p.is_open or exists (
        select 1 from ers.request r where r.pregnancy_id = p.id and r.state = 'HELD' and r.kind <> 'annul_visit'))
limit 1;

-- name: by_kind_and_state
-- How many requests of each kind stand in each state.
select kind, state, count(*) as many from ers.request group by kind, state;

-- name: first_exchanges
-- The first successful exchange of each operation, byte for byte.
select distinct on (operation) operation, id, signed_request, wire_request, wire_answer, signed_answer
from ers.exchange where outcome = 'ANSWERED' order by operation, id;
