-- What the workbooks are made of. Every query runs in one read-only snapshot; `organization_id` null means the whole region, `zones` and
-- `prices` are JSON (see ers_sync/reports/settings.py), `zone` is the region's. Days are the hospital's own.

-- name: organizations
-- Every hospital whose name the ledger knows.
select id, name, ogrn from ers.organization order by id;

-- name: occurs
-- Whether a hospital occurs in the ledger, perhaps with nothing but its number.
select exists (select 1 from ers.organization where id = :organization_id)
    or exists (select 1 from ers.pregnancy where organization_id = :organization_id)
    or exists (select 1 from ers.request where organization_id = :organization_id);

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
-- How many requests of each hospital the Fund neither has nor works on, now and at an earlier moment, how many of them were overdue then,
-- and what they are worth. What was cancelled meanwhile is left out: the ledger does not say since when it was not called for.
with price as (
    select * from jsonb_to_recordset(cast(:prices as jsonb))
        as p (kind text, half_year int, since date, until date, roubles int)
), unsent as (
    select r.organization_id, r.deadline, r.state in ('HELD', 'READY', 'REJECTED', 'QUARANTINED') as now, coalesce(p.roubles, 0) as roubles,
           coalesce(r.event_on, date '-infinity') <= (cast(:before as timestamptz) at time zone cast(:zone as text))::date
           and (r.first_sent_at is null or r.first_sent_at > cast(:before as timestamptz)
                or (r.state in ('HELD', 'READY', 'REJECTED', 'QUARANTINED')
                    and coalesce(r.answered_at, r.first_sent_at) <= cast(:before as timestamptz))) as before
    from ers.request r
    left join price p on p.kind = r.kind and p.half_year = coalesce(r.half_year, 0)
        and coalesce(r.event_on, cast(:today as date)) between p.since and p.until
    where r.state in ('HELD', 'READY', 'REJECTED', 'QUARANTINED')
       or (r.state not in ('CANCELLED', 'ANNULLED') and r.first_sent_at > cast(:before as timestamptz))
)
select organization_id, count(*) filter (where now) as unsent, count(*) filter (where before) as unsent_before,
       coalesce(sum(roubles) filter (where now), 0) as unsent_roubles,
       coalesce(sum(roubles) filter (where before), 0) as unsent_roubles_before,
       count(*) filter (where now and deadline < cast(:now as timestamptz)) as late,
       count(*) filter (where before and deadline < cast(:before as timestamptz)) as late_before,
       coalesce(sum(roubles) filter (where now and deadline < cast(:now as timestamptz)), 0) as late_roubles,
       coalesce(sum(roubles) filter (where before and deadline < cast(:before as timestamptz)), 0) as late_roubles_before
from unsent
group by organization_id;

-- name: worth
-- What the talons of each hospital's day are worth: sent on it, and processed by the Fund on it. The days are those of `sent` and `received`.
with price as (
    select * from jsonb_to_recordset(cast(:prices as jsonb))
        as p (kind text, half_year int, since date, until date, roubles int)
), zoned as (
    select * from jsonb_to_recordset(cast(:zones as jsonb)) as z (organization_id bigint, zone text)
), ticket as (
    select r.organization_id, coalesce(z.zone, cast(:zone as text)) as zone, r.first_sent_at,
           case when r.state = 'DONE' then coalesce(r.answered_at, r.first_sent_at, r.state_since) end as processed_at, p.roubles
    from ers.request r
    join price p on p.kind = r.kind and p.half_year = coalesce(r.half_year, 0)
        and coalesce(r.event_on, cast(:today as date)) between p.since and p.until
    left join zoned z on z.organization_id = r.organization_id
    where r.state <> 'ANNULLED' and (r.first_sent_at is not null or r.state = 'DONE')
)
select organization_id, (first_sent_at at time zone zone)::date as day, sum(roubles) as sent, 0 as received
from ticket where first_sent_at is not null group by 1, 2
union all
select organization_id, (processed_at at time zone zone)::date, 0, sum(roubles) from ticket where processed_at is not null group by 1, 2;

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
    where r.first_sent_at >= cast(:begin as date) - 1 and r.first_sent_at < cast(:end as date) + 2 -- a day of any zone lies in there
      and r.state <> 'ANNULLED' and r.kind not in ('annul_visit', 'disable_ers')
      and (cast(:organization_id as bigint) is null or r.organization_id = cast(:organization_id as bigint))
), counted as (
    select organization_id, key_id, date_trunc(cast(:period as text), day::timestamp)::date as day,
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
), fact as (
    select r.organization_id, r.doctor_id, r.pregnancy_id,
           (coalesce(r.answered_at, r.first_sent_at, r.state_since) at time zone coalesce(z.zone, cast(:zone as text)))::date as day,
           r.kind, r.half_year
    from ers.request r
    left join zoned z on z.organization_id = r.organization_id
    where r.state = 'DONE' and r.kind not in ('annul_visit', 'disable_ers')
      and coalesce(r.answered_at, r.first_sent_at, r.state_since) >= cast(:begin as date) - 1
      and coalesce(r.answered_at, r.first_sent_at, r.state_since) < cast(:end as date) + 2
    union all
    select s.organization_id, s.doctor_id, s.id, c.received_on, 'foreign_ers', null
    from ers.certificate c
    cross join lateral (
        select id, organization_id, doctor_id from ers.pregnancy
        where ers_number = c.number and organization_id is not null order by id limit 1) s
    where c.received_on between cast(:begin as date) and cast(:end as date) and not exists (
        select 1 from ers.request r where r.pregnancy_id = s.id and r.kind = 'create_ers' and r.state = 'DONE')
    union all
    select s.organization_id, s.doctor_id, s.id, t.received_on, 'foreign_ticket', null
    from ers.certificate_ticket t
    cross join lateral (
        select id, organization_id, doctor_id from ers.pregnancy
        where ers_number = t.number and organization_id is not null order by id limit 1) s
    where t.received_on between cast(:begin as date) and cast(:end as date) and not exists (
        select 1 from ers.request r
        where r.ers_number = t.number and r.state = 'DONE' and r.kind like 'put_ticket_'
          and t.kind = case when r.kind = 'put_ticket3' then '3-' || r.half_year else substr(r.kind, 11) end
          and (r.kind <> 'put_ticket3' or t.ogrn is null
               or t.ogrn = (select o.ogrn from ers.organization o where o.id = r.organization_id)))
), counted as (
    select organization_id,
           case cast(:by as text) when 'doctor' then doctor_id when 'patient' then pregnancy_id end as key_id,
           date_trunc(cast(:period as text), day::timestamp)::date as day,
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

-- name: patients
-- A row a pregnancy: the woman, her certificate and who issued it, how far each talon has come (as a rank, see ers_sync/reports/patients.py),
-- visits called for, sent and accepted (the hospital's own in a hospital's workbook), and how many lines of «Что исправить» are hers.
with mine as (
    select id from ers.pregnancy where cast(:organization_id as bigint) is null or organization_id = cast(:organization_id as bigint)
    union
    select pregnancy_id from ers.request
    where cast(:organization_id as bigint) is not null and organization_id = cast(:organization_id as bigint)
), ranked as (
    select r.pregnancy_id, r.kind, coalesce(r.half_year, 0) as half_year, r.state, r.first_sent_at is not null as was_sent,
           cast(:organization_id as bigint) is null or r.organization_id = cast(:organization_id as bigint) as own,
           r.organization_id, r.ers_number,
           case r.state when 'DONE' then 9 when 'REGISTERED' then 7 when 'SENDING' then 7 when 'UNKNOWN' then 6 when 'READY' then 5
                when 'HELD' then 4 when 'REJECTED' then 3 when 'QUARANTINED' then 2
                when 'CANCELLED' then case r.reason when 'already_there' then 8 else 0 end end as rank
    from ers.request r
    where cast(:organization_id as bigint) is null or r.pregnancy_id in (select id from mine)
), counted as (
    select pregnancy_id,
           max(organization_id) filter (where kind = 'create_ers' and state = 'DONE') as issuer_id,
           max(rank) filter (where kind = 'put_ticket1') as ticket1,
           max(rank) filter (where kind = 'put_ticket2') as ticket2,
           max(rank) filter (where kind = 'put_ticket3' and half_year <> 2) as ticket3_1,
           max(rank) filter (where kind = 'put_ticket3' and half_year = 2) as ticket3_2,
           count(*) filter (where own and kind = 'put_visit' and state not in ('ANNULLED', 'CANCELLED')) as visits,
           count(*) filter (where own and kind = 'put_visit' and state <> 'ANNULLED' and was_sent) as visits_sent,
           count(*) filter (where own and kind = 'put_visit' and state = 'DONE') as visits_accepted,
           count(*) filter (where own and state in ('HELD', 'REJECTED', 'QUARANTINED')) as problems
    from ranked group by pregnancy_id
), found as (
    select f.pregnancy_id, count(*) as findings
    from ers.finding f
    join ers.pregnancy p on p.id = f.pregnancy_id
    left join ers.request r on r.id = f.request_id
    where f.closed_at is null
      and (cast(:organization_id as bigint) is null or coalesce(r.organization_id, p.organization_id) = cast(:organization_id as bigint))
    group by f.pregnancy_id
), seen as (
    select number,
           bool_or(kind = '1') as ticket1, bool_or(kind = '2') as ticket2, bool_or(kind = '3-1') as ticket3_1, bool_or(kind = '3-2') as ticket3_2
    from ers.certificate_ticket group by number
)
select p.organization_id, concat_ws(' ', p.last_name, p.first_name, p.patronymic) as name, p.birth_date, p.snils, p.policy, p.ers_number,
       c.issuer_id, e.organization_name as issuer,
       case when s.ticket1 then 8 else 0 end as seen1, case when s.ticket2 then 8 else 0 end as seen2,
       case when s.ticket3_1 then 8 else 0 end as seen3_1, case when s.ticket3_2 then 8 else 0 end as seen3_2,
       coalesce(c.ticket1, 0) as ticket1, coalesce(c.ticket2, 0) as ticket2,
       coalesce(c.ticket3_1, 0) as ticket3_1, coalesce(c.ticket3_2, 0) as ticket3_2,
       coalesce(c.visits, 0) as visits, coalesce(c.visits_sent, 0) as visits_sent, coalesce(c.visits_accepted, 0) as visits_accepted,
       coalesce(c.problems, 0) + coalesce(f.findings, 0) as problems,
       p.lmp, p.outcome_kind, p.outcome_on, p.outcome_days, p.closed_on
from ers.pregnancy p
left join ers.organization o on o.id = p.organization_id
left join counted c on c.pregnancy_id = p.id
left join found f on f.pregnancy_id = p.id
left join ers.certificate e on e.number = p.ers_number
left join seen s on s.number = p.ers_number
where cast(:organization_id as bigint) is null or p.id in (select id from mine)
order by replace(upper(o.name), 'Ё', 'Е') collate "C" nulls last, p.organization_id,
         replace(upper(concat_ws(' ', p.last_name, p.first_name, p.patronymic)), 'Ё', 'Е') collate "C", p.id;

-- name: patient_count
-- How many rows the sheet of patients will have.
select count(*) from (
    select id from ers.pregnancy where cast(:organization_id as bigint) is null or organization_id = cast(:organization_id as bigint)
    union
    select pregnancy_id from ers.request
    where cast(:organization_id as bigint) is not null and organization_id = cast(:organization_id as bigint)
) q;

-- name: problems
-- Everything that is held, refused or put aside, and everything that a person must look at: what is most urgent first, what goes by itself
-- last. The Fund's own words come from the last exchange in which it refused.
with price as (
    select * from jsonb_to_recordset(cast(:prices as jsonb))
        as p (kind text, half_year int, since date, until date, roubles int)
), line as (
    select r.id as request_id, null as code, r.pregnancy_id, r.organization_id, r.doctor_id, r.kind, coalesce(r.half_year, 0) as half_year,
           r.state, r.reason, r.details, r.event_on, r.deadline, r.first_sent_at is not null as was_sent,
           case when r.reason in ('no_certificate_number', 'annul_first') and r.state = 'HELD' then 2 else 0 end as rank
    from ers.request r
    where r.state in ('HELD', 'REJECTED', 'QUARANTINED')
      and (cast(:organization_id as bigint) is null or r.organization_id = cast(:organization_id as bigint))
    union all
    select f.request_id, f.code, f.pregnancy_id, coalesce(r.organization_id, p.organization_id), coalesce(r.doctor_id, p.doctor_id), r.kind,
           coalesce(r.half_year, 0), r.state, null, '[]', coalesce(r.event_on, p.outcome_on, p.registered_on), null, false,
           case f.code when 'before_start' then 3 else 1 end
    from ers.finding f
    join ers.pregnancy p on p.id = f.pregnancy_id
    left join ers.request r on r.id = f.request_id
    where f.closed_at is null
      and (cast(:organization_id as bigint) is null or coalesce(r.organization_id, p.organization_id) = cast(:organization_id as bigint))
)
select l.organization_id, concat_ws(' ', w.last_name, w.first_name, w.patronymic) as name, w.birth_date, d.name as doctor, l.request_id,
       l.code, l.kind, l.half_year, l.state, l.reason, l.details, l.event_on, l.deadline, coalesce(p.roubles, 0) as roubles, x.information
from line l
join ers.pregnancy w on w.id = l.pregnancy_id
left join ers.doctor d on d.id = l.doctor_id
left join price p on p.kind = l.kind and p.half_year = l.half_year and coalesce(l.event_on, cast(:today as date)) between p.since and p.until
left join lateral (
    select information from ers.exchange e
    where l.was_sent and e.request_id = l.request_id and e.information is not null
      and (e.status = 'PROCESSING_ERROR' or e.outcome in ('SIGNATURE_FAULT', 'INVALID_DATA_FAULT'))
    order by e.id desc limit 1) x on true
order by l.rank, l.deadline nulls last, l.event_on nulls last, l.pregnancy_id, l.request_id, l.code;

-- name: problem_totals
-- How many lines the sheet of problems will have, and what their talons are worth.
with price as (
    select * from jsonb_to_recordset(cast(:prices as jsonb))
        as p (kind text, half_year int, since date, until date, roubles int)
), line as (
    select kind, coalesce(half_year, 0) as half_year, event_on from ers.request
    where state in ('HELD', 'REJECTED', 'QUARANTINED')
      and (cast(:organization_id as bigint) is null or organization_id = cast(:organization_id as bigint))
    union all
    select r.kind, coalesce(r.half_year, 0), r.event_on
    from ers.finding f
    join ers.pregnancy p on p.id = f.pregnancy_id
    left join ers.request r on r.id = f.request_id
    where f.closed_at is null
      and (cast(:organization_id as bigint) is null or coalesce(r.organization_id, p.organization_id) = cast(:organization_id as bigint))
)
select count(*), coalesce(sum(p.roubles), 0)
from line l
left join price p on p.kind = l.kind and p.half_year = l.half_year and coalesce(l.event_on, cast(:today as date)) between p.since and p.until;

-- name: log
-- The manual's «Реестр запросов»: every exchange with the Fund from one moment to another, the latest first.
select e.business_at, e.organization_id, e.host, e.operation, concat_ws(' ', w.last_name, w.first_name, w.patronymic) as name,
       coalesce(r.ers_number, w.ers_number) as ers_number, e.outcome, e.status, e.http_status, e.information,
       extract(epoch from e.ended_at - e.started_at)::float8 as seconds, e.operator
from ers.exchange e
left join ers.request r on r.id = e.request_id
left join ers.pregnancy w on w.id = coalesce(e.pregnancy_id, r.pregnancy_id)
where e.business_at >= cast(:since as timestamptz) and e.business_at < cast(:until as timestamptz)
  and (cast(:organization_id as bigint) is null or e.organization_id = cast(:organization_id as bigint))
order by e.business_at desc, e.id desc;

-- name: log_count
-- How many exchanges there were from one moment to another.
select count(*) from ers.exchange e
where e.business_at >= cast(:since as timestamptz) and e.business_at < cast(:until as timestamptz)
  and (cast(:organization_id as bigint) is null or e.organization_id = cast(:organization_id as bigint));
