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
-- When each job last ended well: a start catches up by it.
select job, max(ended_at) as ended_at from ers.job_run where succeeded group by job;

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

-- name: forget_evidence
-- The bytes of exchanges that nobody has to keep any more; their lines in the request log stay.
update ers.exchange set signed_request = null, wire_request = null, signed_answer = null, wire_answer = null
where started_at < now() - make_interval(days => :days)
  and (signed_request is not null or wire_request is not null or signed_answer is not null or wire_answer is not null);
