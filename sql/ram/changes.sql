-- What changed in РАМ. A site rewrites this file for its own tables (`ram.queries_dir` in the configuration).
--
-- Each query takes :window_begin (timestamptz) and returns, for every row stamped since then, every pregnancy it concerns:
--   row_xid       bigint  the transaction that wrote the row: xmin::text::bigint of the changed row itself, not of a joined one
--   pregnancy_id  bigint  may repeat; NULL is passed over
-- The reader keeps those whose row_xid is not older than its last scan. Write each as plain SELECTs (UNION ALL is well, DISTINCT
-- and GROUP BY are not), so that PostgreSQL filters the changed rows before it joins.
-- Where a table is a view, which has no xmin, the site sets `ram.scan: full`, and these queries are not used.

-- name: changed_patients
-- A woman's card concerns all her pregnancies.
select t.xmin::text::bigint as row_xid, p.id as pregnancy_id
from ram.patient t
join ram.pregnancy p on p.patient_id = t.id
where t.updated_at >= :window_begin;

-- name: changed_pregnancies
-- The pregnancy's own row.
select t.xmin::text::bigint as row_xid, t.id as pregnancy_id
from ram.pregnancy t
where t.updated_at >= :window_begin;

-- name: changed_exams
-- An exam moved to another pregnancy leads to the new one; the daemon knows the old one.
select t.xmin::text::bigint as row_xid, t.pregnancy_id
from ram.exam t
where t.updated_at >= :window_begin;

-- name: changed_outcomes
-- Deliveries and terminations.
select t.xmin::text::bigint as row_xid, t.pregnancy_id
from ram.outcome t
where t.updated_at >= :window_begin;

-- name: changed_newborns
-- A newborn leads to its outcome, and that to the pregnancy.
select t.xmin::text::bigint as row_xid, o.pregnancy_id
from ram.newborn t
join ram.outcome o on o.id = t.outcome_id
where t.updated_at >= :window_begin;

-- name: changed_children
-- Children under observation.
select t.xmin::text::bigint as row_xid, t.pregnancy_id
from ram.child t
where t.updated_at >= :window_begin;

-- name: changed_organizations
-- A hospital concerns every pregnancy in which any row names it.
select t.xmin::text::bigint as row_xid, p.id as pregnancy_id
from ram.organization t
join ram.pregnancy p on p.organization_id = t.id
where t.updated_at >= :window_begin
union all
select t.xmin::text::bigint as row_xid, e.pregnancy_id
from ram.organization t
join ram.exam e on e.organization_id = t.id
where t.updated_at >= :window_begin
union all
select t.xmin::text::bigint as row_xid, o.pregnancy_id
from ram.organization t
join ram.outcome o on o.organization_id = t.id
where t.updated_at >= :window_begin
union all
select t.xmin::text::bigint as row_xid, c.pregnancy_id
from ram.organization t
join ram.child c on c.organization_id = t.id
where t.updated_at >= :window_begin;

-- name: changed_doctors
-- A doctor concerns every pregnancy in which any row names him.
select t.xmin::text::bigint as row_xid, e.pregnancy_id
from ram.doctor t
join ram.exam e on e.doctor_id = t.id
where t.updated_at >= :window_begin
union all
select t.xmin::text::bigint as row_xid, o.pregnancy_id
from ram.doctor t
join ram.outcome o on o.doctor_id = t.id
where t.updated_at >= :window_begin
union all
select t.xmin::text::bigint as row_xid, c.pregnancy_id
from ram.doctor t
join ram.child c on c.doctor_id = t.id
where t.updated_at >= :window_begin;
