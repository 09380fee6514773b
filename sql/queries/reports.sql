-- What the workbooks are made of. Every query runs in one read-only snapshot; `organization_id` null means the whole region, `zones` and
-- `prices` are JSON (see ers_sync/reports/settings.py), `zone` is the region's. Days are the hospital's own.

-- name: organizations
-- Every hospital that the ledger knows, and those that have requests without being known.
select o.id, o.name, o.ogrn from ers.organization o
union all
select distinct r.organization_id, 'МО ' || r.organization_id, null
from ers.request r where not exists (select 1 from ers.organization o where o.id = r.organization_id)
order by 1;

-- name: standing
-- Where every request of the ledger stands, counted: each is in exactly one row. Overdue: the day is over, and the Fund neither has it nor
-- works on it. Roubles: what the talons are worth by the price on the day of the event.
with price as (
    select * from jsonb_to_recordset(cast(:prices as jsonb))
        as p (kind text, half_year int, since date, until date, roubles int)
)
select r.organization_id, r.kind, coalesce(r.half_year, 0) as half_year, r.state, coalesce(r.reason, '') as reason,
       (r.state in ('HELD', 'READY', 'REJECTED', 'QUARANTINED') and r.deadline < cast(:now as timestamptz)) is true as overdue,
       r.first_sent_at is not null as was_sent,
       count(*) as number, coalesce(sum(p.roubles), 0) as roubles
from ers.request r
left join price p on p.kind = r.kind and p.half_year = coalesce(r.half_year, 0)
    and coalesce(r.event_on, cast(:today as date)) between p.since and p.until
group by 1, 2, 3, 4, 5, 6, 7;

-- name: stock
-- How many requests of each hospital the Fund neither had nor worked on at a moment, and how many of them were overdue then. What was
-- cancelled meanwhile is left out: the ledger does not say since when it was not called for.
select organization_id, count(*) as unsent, count(*) filter (where deadline < cast(:moment as timestamptz)) as late
from ers.request
where state not in ('CANCELLED', 'ANNULLED')
  and coalesce(event_on, date '-infinity') <= (cast(:moment as timestamptz) at time zone cast(:zone as text))::date
  and (first_sent_at is null or first_sent_at > cast(:moment as timestamptz)
       or (state in ('HELD', 'READY', 'REJECTED', 'QUARANTINED') and coalesce(answered_at, first_sent_at) <= cast(:moment as timestamptz)))
group by organization_id;

-- name: sent
-- Requests sent, by hospital, by doctor or woman if asked for (`by`), and by period: the day is that of the first sending, a visit that was
-- annulled does not count. In the order of the sheet.
with zoned as (
    select * from jsonb_to_recordset(cast(:zones as jsonb)) as z (organization_id bigint, zone text)
), fact as (
    select r.organization_id,
           case cast(:by as text) when 'doctor' then r.doctor_id when 'patient' then r.pregnancy_id end as key_id,
           (r.first_sent_at at time zone coalesce(z.zone, cast(:zone as text)))::date as day, r.kind, r.half_year
    from ers.request r
    left join zoned z on z.organization_id = r.organization_id
    where r.first_sent_at is not null and r.state <> 'ANNULLED' and r.kind not in ('annul_visit', 'disable_ers')
      and (cast(:organization_id as bigint) is null or r.organization_id = cast(:organization_id as bigint))
), counted as (
    select organization_id, key_id, date_trunc(cast(:period as text), day)::date as day,
           count(*) filter (where kind = 'create_ers') as ers,
           count(*) filter (where kind = 'put_visit') as visits,
           count(*) filter (where kind = 'put_ticket1') as ticket1,
           count(*) filter (where kind = 'put_ticket2') as ticket2,
           count(*) filter (where kind = 'put_ticket3' and half_year is distinct from 2) as ticket3_1,
           count(*) filter (where kind = 'put_ticket3' and half_year = 2) as ticket3_2
    from fact
    where day between cast(:begin as date) and cast(:end as date)
    group by 1, 2, 3
)
select c.organization_id, c.key_id,
       case cast(:by as text)
            when 'doctor' then coalesce(d.name, 'врач не указан')
            when 'patient' then concat_ws(' ', w.last_name, w.first_name, w.patronymic) end as key_name,
       w.birth_date, c.day, c.ers, c.visits, c.ticket1, c.ticket2, c.ticket3_1, c.ticket3_2
from counted c
left join ers.organization o on o.id = c.organization_id
left join ers.doctor d on cast(:by as text) = 'doctor' and d.id = c.key_id
left join ers.pregnancy w on cast(:by as text) = 'patient' and w.id = c.key_id
order by replace(upper(o.name), 'Ё', 'Е') collate "C", c.organization_id,
         replace(upper(coalesce(d.name, concat_ws(' ', w.last_name, w.first_name, w.patronymic))), 'Ё', 'Е') collate "C" nulls last,
         c.key_id, c.day desc;

-- name: received
-- What the Fund processed for us, by the day of its result, as in `sent`; and what it showed that was not formed by us: certificates and
-- talons of other hospitals or made by hand, by the day on which we learnt of them.
with zoned as (
    select * from jsonb_to_recordset(cast(:zones as jsonb)) as z (organization_id bigint, zone text)
), shown as (
    select distinct on (p.ers_number) p.id, p.organization_id, p.doctor_id, p.ers_number
    from ers.pregnancy p where p.ers_number is not null and p.organization_id is not null order by p.ers_number, p.id
), fact as (
    select r.organization_id, r.doctor_id, r.pregnancy_id,
           (coalesce(r.answered_at, r.first_sent_at, r.state_since) at time zone coalesce(z.zone, cast(:zone as text)))::date as day,
           r.kind, r.half_year
    from ers.request r
    left join zoned z on z.organization_id = r.organization_id
    where r.state = 'DONE' and r.kind not in ('annul_visit', 'disable_ers')
    union all
    select s.organization_id, s.doctor_id, s.id, c.received_on, 'foreign_ers', null
    from ers.certificate c join shown s on s.ers_number = c.number
    where not exists (
        select 1 from ers.request r where r.pregnancy_id = s.id and r.kind = 'create_ers' and r.state = 'DONE')
    union all
    select s.organization_id, s.doctor_id, s.id, t.received_on, 'foreign_ticket', null
    from ers.certificate_ticket t join shown s on s.ers_number = t.number
    where not exists (
        select 1 from ers.request r
        where r.ers_number = t.number and r.state = 'DONE' and r.kind like 'put_ticket_'
          and t.kind = case when r.kind = 'put_ticket3' then '3-' || r.half_year else substr(r.kind, 11) end)
), counted as (
    select organization_id,
           case cast(:by as text) when 'doctor' then doctor_id when 'patient' then pregnancy_id end as key_id,
           date_trunc(cast(:period as text), day)::date as day,
           count(*) filter (where kind = 'create_ers') as ers,
           count(*) filter (where kind = 'put_visit') as visits,
           count(*) filter (where kind = 'put_ticket1') as ticket1,
           count(*) filter (where kind = 'put_ticket2') as ticket2,
           count(*) filter (where kind = 'put_ticket3' and half_year is distinct from 2) as ticket3_1,
           count(*) filter (where kind = 'put_ticket3' and half_year = 2) as ticket3_2,
           count(*) filter (where kind = 'foreign_ers') as foreign_ers,
           count(*) filter (where kind = 'foreign_ticket') as foreign_tickets
    from fact
    where day between cast(:begin as date) and cast(:end as date)
      and (cast(:organization_id as bigint) is null or organization_id = cast(:organization_id as bigint))
    group by 1, 2, 3
)
select c.organization_id, c.key_id,
       case cast(:by as text)
            when 'doctor' then coalesce(d.name, 'врач не указан')
            when 'patient' then concat_ws(' ', w.last_name, w.first_name, w.patronymic) end as key_name,
       w.birth_date, c.day, c.ers, c.visits, c.ticket1, c.ticket2, c.ticket3_1, c.ticket3_2, c.foreign_ers, c.foreign_tickets
from counted c
left join ers.organization o on o.id = c.organization_id
left join ers.doctor d on cast(:by as text) = 'doctor' and d.id = c.key_id
left join ers.pregnancy w on cast(:by as text) = 'patient' and w.id = c.key_id
order by replace(upper(o.name), 'Ё', 'Е') collate "C", c.organization_id,
         replace(upper(coalesce(d.name, concat_ws(' ', w.last_name, w.first_name, w.patronymic))), 'Ё', 'Е') collate "C" nulls last,
         c.key_id, c.day desc;

-- name: rejected_by_day
-- Refusals of the Fund by the day of its answer, as far as they still stand.
with zoned as (
    select * from jsonb_to_recordset(cast(:zones as jsonb)) as z (organization_id bigint, zone text)
)
select r.organization_id, (r.answered_at at time zone coalesce(z.zone, cast(:zone as text)))::date as day, count(*) as rejected
from ers.request r
left join zoned z on z.organization_id = r.organization_id
where r.state = 'REJECTED' and r.answered_at is not null
group by 1, 2;
