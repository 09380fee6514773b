-- Whether this is still the ledger that the program wrote to: a restore or a failover may have taken it back in time.

-- name: look
-- Which server, timeline and database this is, and which was remembered. On a primary the timeline comes from the name of the WAL file:
-- the control file learns of a promotion only at the next checkpoint.
select found.*, l.one is null as is_new, l.age, l.doubted_until,
    (l.system_identifier, l.timeline, l.database_oid)
        is distinct from (found.system_identifier, found.timeline, found.database_oid) as is_other
from (
    select (select system_identifier from pg_control_system())::text as system_identifier,
        case
            when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
            else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int
        end as timeline,
        (select oid from pg_database where datname = current_database())::bigint as database_oid
) found left join ers.lineage l on true;

-- name: known
-- The age of the ledger, and the business day up to which events are in doubt.
select age, doubted_until from ers.lineage;

-- name: begin
-- A new ledger.
insert into ers.lineage (system_identifier, timeline, database_oid) values (:system_identifier, :timeline, :database_oid)
on conflict do nothing;

-- name: grow_older
-- The ledger went back in time. Only the first of several daemons that see it gets a row back.
update ers.lineage
set system_identifier = :system_identifier, timeline = :timeline, database_oid = :database_oid, age = age + 1,
    doubted_until = :doubted_until
where age = :age
returning age;

-- name: forget_mark
-- РАМ is compared whole at the next scan.
delete from ers.scan_mark;

-- name: ask_everybody
-- The Fund is asked about every woman anew.
update ers.pregnancy set ask_after = now();
