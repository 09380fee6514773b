-- The runs of jobs, and the clearing away of what is old.

-- name: begin_run
-- A job begins.
insert into ers.job_run (job) values (:job) returning id;

-- name: abandon_runs
-- Runs of a job that can go on no longer: their daemon died, or the ledger was away when they ended.
update ers.job_run set ended_at = now(), succeeded = false, summary = '{"error": "Interrupted"}'
where job = :job and ended_at is null and started_at < now() - make_interval(secs => :longest_seconds);

-- name: finish_run
-- A job has ended.
update ers.job_run set ended_at = now(), succeeded = :succeeded, summary = cast(:summary as jsonb) where id = :id;

-- name: last_success
-- When each job last ended well: a start catches up by it. It leaps along the index from job to job.
with recursive name (job) as (
    select min(job) from ers.job_run where succeeded
    union all
    select (select min(job) from ers.job_run where succeeded and job > n.job) from name n where n.job is not null
)
select job, (select max(ended_at) from ers.job_run r where r.succeeded and r.job = n.job) as ended_at from name n where job is not null;

-- name: last_reported_day
-- The day up to which the workbooks are written.
select cast(summary ->> 'day' as date) as day from ers.job_run where job = 'report' and succeeded order by ended_at desc limit 1;

-- name: lock
-- Be the only one on this ledger that holds a lock, for as long as the session lives, if nobody holds it now.
select pg_try_advisory_lock(7303062, hashtext(:lock)) as locked;

-- name: wait_for_lock
-- The same, after whoever holds it now; a scan lasts seconds, a full compare minutes.
with waited as materialized (select set_config('lock_timeout', '1h', false), pg_advisory_lock(7303062, hashtext(:lock)))
select true as locked from waited;

-- name: unlock
-- Let others run the job.
select pg_advisory_unlock(7303062, hashtext(:lock));

-- name: forget_runs
-- Runs of jobs that are old.
delete from ers.job_run where started_at < now() - make_interval(days => :days);

-- name: forget_content
-- What was said of a woman in requests that nothing will be done with any more; what they were and how they ended stays.
update ers.request set content = null
where content is not null and state in ('DONE', 'ANNULLED', 'CANCELLED') and state_since < now() - make_interval(days => :days);

-- name: forget_findings
-- What a person no longer has to look at.
delete from ers.finding where closed_at < now() - make_interval(days => :days);

-- name: forget_incidents
-- Incidents that are over, with what was said of them.
delete from ers.incident where closed_at < now() - make_interval(days => :days);

-- name: forget_outages
-- Outages that are over.
delete from ers.outage where ended_at < now() - make_interval(days => :days);

-- name: forget_brakes
-- Brakes that somebody released.
delete from ers.brake where released_at < now() - make_interval(days => :days);

-- name: forget_decisions
-- What people decided.
delete from ers.decision where decided_at < now() - make_interval(days => :days);

-- name: forget_audit
-- Who used which command.
delete from ers.audit where done_at < now() - make_interval(days => :days);

-- name: log_months_to_forget
-- Partitions of the request log whose lines nobody has to keep any more either; their bytes have gone before.
select relname as name from pg_class c join pg_inherits i on i.inhrelid = c.oid
where i.inhparent = 'ers.exchange'::regclass and relname ~ '^exchange_[0-9]{6}.*_lines$'
  and to_date(substring(relname, '[0-9]{6}'), 'YYYYMM') + interval '1 month' <= now() - make_interval(days => :days)
order by 1;

-- name: forget_lines
-- A month of the request log goes whole.
select ers.forget_exchange_lines(:month);

-- name: make_months
-- Partitions of the request log for this month and the next three; a line of a month without one goes where it is looked for as well.
select count(*) filter (where ers.make_exchange_month(moment)) as made
from generate_series(now(), now() + interval '3 months', interval '1 month') moment;

-- name: months_to_forget
-- Partitions of the request log whose bytes nobody has to keep any more. Their name says the month, and whether they have been forgotten.
select relname as name from pg_class c join pg_inherits i on i.inhrelid = c.oid
where i.inhparent = 'ers.exchange'::regclass and relname ~ '^exchange_[0-9]{6}' and relname !~ '_lines$'
  and to_date(substring(relname, '[0-9]{6}'), 'YYYYMM') + interval '1 month' <= now() - make_interval(days => :days)
order by 1;

-- name: forget_bytes
-- The lines of this month stay in the request log, the bytes go.
select ers.forget_exchange_bytes(:month);
