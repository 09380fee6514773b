-- What the job `watch`, `ers-sync check` and the metrics ask: what is wrong now, and what was said about it.

-- name: outages
-- Endpoints in an outage that a failed probe has confirmed.
select host, min(began_at) as began_at, min(cause) as cause from (
    select coalesce(substring(endpoint from '^[a-z]+://([^/?#]+)'), '?') as host, began_at, cause
    from ers.outage where ended_at is null and announced
) o group by host order by host;

-- name: oldest_unsent
-- The oldest request that could go out and does not, by the ledger's clock; for how long the way has been open to it: what an outage has
-- gathered goes out when it is over.
select count(*) as many, coalesce(extract(epoch from now() - min(state_since)), 0) as seconds,
    coalesce(extract(epoch from now() - greatest(min(state_since), (select max(ended_at) from ers.outage where announced))), 0) as open_seconds
from ers.request where state = 'READY' and signed_exchange_id is null;

-- name: unknown_fates
-- Requests whose fate is unknown, and those of them that have been so for longer than the Fund may take.
select count(*) as many, count(*) filter (where state_since < now() - make_interval(secs => :longest_seconds)) as overdue,
    min(id) filter (where state_since < now() - make_interval(secs => :longest_seconds)) as first
from ers.request where state = 'UNKNOWN';

-- name: deadlines
-- Unsent requests whose deadline has passed or is near, by hospital and day of the deadline; how many of them wait for the hospital's card.
select organization_id, deadline, count(*) as many, count(*) filter (where reason = 'missing_data') as in_cards
from ers.request
where first_sent_at is null and state in ('HELD', 'READY', 'SENDING', 'UNKNOWN') and kind <> 'disable_ers' and deadline < :until
group by organization_id, deadline order by organization_id, deadline;

-- name: held_hospitals
-- What stops whole hospitals.
select organization_id, reason, count(*) as many from ers.request
where state = 'HELD' and reason in ('no_contract', 'no_signing_key') group by organization_id, reason order by organization_id, reason;

-- name: refusals
-- What the Fund itself refuses a hospital: contracts by kind, or the key.
select organization_id, what, refused_at from ers.refusal order by organization_id, what;

-- name: brakes_on
-- Brakes that wait for a person.
select organization_id, kind, counted, usual from ers.brake where released_at is null order by organization_id, kind;

-- name: quarantined
-- Requests that stumbled over our own bug.
select count(*) as many, min(id) as first from ers.request
where state = 'QUARANTINED';

-- name: unreadable
-- Pregnancies that could not be worked out several times in a row.
select count(*) as many, min(pregnancy_id) as first from ers.rework where failures >= 3;

-- name: money_findings
-- Where a talon was claimed and РАМ says something else now.
select f.id, f.request_id, r.organization_id, r.kind from ers.finding f left join ers.request r on r.id = f.request_id
where f.money and f.closed_at is null order by f.id;

-- name: restored
-- A ledger that went back in time, and until which day its events are in doubt.
select age, doubted_until from ers.lineage where age > 0 and doubted_until >= :today;

-- name: jobs
-- How each job does: when it last began and last ended well, how many runs in a row have failed, how long one has been going on.
with recursive name (job) as (
    select min(job) from ers.job_run
    union all
    select (select min(job) from ers.job_run where job > n.job) from name n where n.job is not null
)
select n.job, l.started_at, extract(epoch from now() - l.started_at) as silent_seconds,
    (select count(*) from ers.job_run f
     where f.job = n.job and not f.succeeded and f.started_at > greatest(w.started_at, now() - interval '36 hours')) as failures,
    case when l.ended_at is null then extract(epoch from now() - l.started_at) end as running_seconds
from name n
cross join lateral (
    select * from ers.job_run where job = n.job and started_at > now() - interval '36 hours' order by started_at desc, id desc limit 1) l
left join lateral (
    select started_at from ers.job_run
    where job = n.job and succeeded and started_at > now() - interval '36 hours' order by started_at desc limit 1) w on true
order by n.job;

-- name: watched_before
-- Whether the daemon has been up for a while: `watch` ran a quarter of an hour ago.
select exists (
    select 1 from ers.job_run
    where job = 'watch' and started_at between now() - interval '25 minutes' and now() - interval '10 minutes') as yes;

-- name: ended_runs
-- How the last run of each job ended, of those that ended since `watch` last did.
with recursive name (job) as (
    select min(job) from ers.job_run
    union all
    select (select min(job) from ers.job_run where job > n.job) from name n where n.job is not null
)
select n.job, r.succeeded, extract(epoch from r.ended_at - r.started_at) as seconds
from name n cross join lateral (
    select * from ers.job_run where job = n.job and ended_at is not null order by started_at desc, id desc limit 1) r
where r.ended_at >= coalesce(
    (select max(ended_at) from ers.job_run where job = 'watch' and succeeded), now() - interval '5 minutes')
order by n.job;

-- name: open_incidents
-- The incidents that go on.
select id, key, code, organization_id, level, about, opened_at, absent_runs, flaps from ers.incident where closed_at is null order by id;

-- name: recent_flaps
-- How often these came back lately.
select key, max(flaps) + 1 as flaps from ers.incident
where closed_at > now() - interval '6 hours' and key = any(:keys) group by key;

-- name: open_incident
-- An incident begins.
insert into ers.incident (key, code, organization_id, level, about, flaps)
values (:key, :code, :organization_id, :level, :about, :flaps)
on conflict (key) where closed_at is null do nothing
returning id;

-- name: seen_incident
-- An incident goes on, perhaps worse than before.
update ers.incident set code = :code, level = :level, about = :about, absent_runs = 0 where id = :id;

-- name: absent_incident
-- An incident was not seen; after several such runs in a row it is over.
update ers.incident
set absent_runs = absent_runs + 1, closed_at = case when absent_runs + 1 >= :runs then now() end
where id = :id returning closed_at is not null as closed;

-- name: make_notice
-- Something is to be said of an incident.
insert into ers.notice (incident_id, event, level, channel) values (:incident_id, :event, :level, :channel);

-- name: notices
-- What has not been said on a channel yet.
select n.id, n.event, n.level, i.key, i.code, i.organization_id, i.about, i.opened_at, i.closed_at
from ers.notice n join ers.incident i on i.id = n.incident_id
where n.channel = :channel and n.delivered_at is null
order by n.id limit 2000;

-- name: delivered
-- It was said.
update ers.notice set delivered_at = now() where id = any(:ids);

-- name: forget_incidents
-- Incidents that are over and old.
delete from ers.incident where closed_at < now() - make_interval(days => :days);

-- name: states
-- How many unfinished requests there are of each state and reason.
select state, coalesce(reason, '') as reason, count(*) as many from (
    select state, reason from ers.request where state in ('HELD', 'REJECTED', 'QUARANTINED')
    union all select state, reason from ers.request where state = 'READY'
    union all select state, reason from ers.request where state = 'REGISTERED'
    union all select state, reason from ers.request where state in ('UNKNOWN', 'SENDING')
) r group by 1, 2 order by 1, 2;

-- name: at_risk
-- Unsent requests whose deadline has passed, and whose deadline is within a day.
select count(*) filter (where deadline < :now) as missed, count(*) filter (where deadline >= :now) as near from ers.request
where first_sent_at is null and state in ('HELD', 'READY', 'SENDING', 'UNKNOWN') and kind <> 'disable_ers'
  and deadline < cast(:now as timestamptz) + interval '1 day';

-- name: exchanges
-- Exchanges of the last day by operation and outcome, with their mean duration in seconds.
select operation, coalesce(outcome, 'NONE') as outcome, count(*) as many,
    coalesce(sum(extract(epoch from ended_at - started_at)), 0) as seconds
from ers.exchange where started_at > now() - interval '1 day' and id >= ers.exchange_ids_from(now() - interval '1 day') group by 1, 2 order by 1, 2;

-- name: clock
-- The ledger's clock.
select clock_timestamp() as now;

-- name: recent_failures
-- The last runs of jobs that failed, by the kind of error.
select job, started_at, summary ->> 'error' as error from ers.job_run
where not succeeded and started_at > now() - interval '3 days' order by id desc limit 50;
