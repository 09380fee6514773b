-- What the daemon asks the server of РАМ itself. Nothing here names РАМ's tables; a site has no need to rewrite it.

-- name: snapshot
-- The moment of this scan. On a primary the timeline comes from the name of the WAL file: the control file learns of a
-- promotion only at the next checkpoint.
select
    (select system_identifier from pg_control_system()) as system_identifier,
    case
        when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
        else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int
    end as timeline,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xmax,
    now() as taken_at;

-- name: is_superuser
-- Whether our role may do everything, or become one that may.
select bool_or(rolsuper) as rolsuper from pg_roles where pg_has_role(oid, 'MEMBER');

-- name: writable_relations
-- Tables and views that our role, or a role that it may become (SET ROLE), owns or may write to, by rights alone: nothing is tried.
select format('%I.%I', n.nspname, c.relname) as relation
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and exists (
        select 1 from pg_roles r
        where pg_has_role(r.oid, 'MEMBER')
            and (
                c.relowner = r.oid
                or has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                or has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE')
            )
    )
order by 1;

-- name: without_index
-- Larger tables that the scan asks by updated_at and that have no index beginning with it.
select format('%I.%I', n.nspname, c.relname) as relation
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'updated_at' and not a.attisdropped
where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and has_table_privilege(c.oid, 'SELECT') and c.relpages > 100
    and not exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisvalid and i.indkey[0] = a.attnum)
order by 1;
