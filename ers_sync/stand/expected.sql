-- What the Fund must have processed by the end of a demonstration, once each: (operation, ogrn, snils, key).
-- Worked out from РАМ and the Fund's seed alone. It shares nothing with the daemon, whose work is held against it.
--
-- Beforehand, temporary: moment(local_now timestamp), the hospitals' wall clock;
--   seed_contract(ogrn, kind, number, begins, ends); seed_certificate(ers_number, snils, ogrn, create_date, status);
--   seed_ticket(ers_number, type, create_date, ogrn); seed_visit(ers_number, visit_id, visit_date, ogrn).
-- Every active hospital is listed with start_from 2000-01-01; backfill_certificates and form_at_delivery are off.

set local jit = off;  -- compiling takes a hundred times as long as running

-- A text without what XML cannot hold and without blanks around it; null if nothing is left, or more than `longest`.
create function pg_temp.clean(value text, longest int default null) returns text language sql as $$
    select case when text <> '' and (longest is null or char_length(text) <= longest) then text end
    from (select btrim(regexp_replace(value, '[\u0001-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]', '', 'g'),
                       E' \t\n\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'
                       '\u2028\u2029\u202f\u205f\u3000') as text) as cleaned $$;

create function pg_temp.weighted(digits text, variadic weights int[]) returns bigint language sql as $$
    select sum(substr(digits, place::int, 1)::int * weight) from unnest(weights) with ordinality as w (weight, place) $$;

create function pg_temp.snils(value text) returns text language sql as $$
    select case when digits !~ '^[0-9]{11}$' or digits = '00000000000' then null
                when left(digits, 9)::int <= 1001998 then digits  -- issued before there were check digits
                when pg_temp.weighted(digits, 9, 8, 7, 6, 5, 4, 3, 2, 1) % 101 % 100 = right(digits, 2)::int then digits end
    from (select regexp_replace(value, '[^0-9]', '', 'g') as digits) as kept $$;

create function pg_temp.inn(value text) returns text language sql as $$
    select case when value ~ '^[0-9]{10}$'
                then case when pg_temp.weighted(value, 2, 4, 10, 3, 5, 9, 4, 6, 8) % 11 % 10 = right(value, 1)::int then value end
                when value ~ '^[0-9]{12}$' and right(value, 2) =
                     pg_temp.weighted(value, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) % 11 % 10 || '' ||
                     pg_temp.weighted(value, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) % 11 % 10 then value end $$;

create function pg_temp.ogrn(value text) returns text language sql as $$
    select case when value ~ '^[0-9]{13}$' and left(value, 12)::bigint % 11 % 10 = right(value, 1)::int then value end $$;

-- No pregnancy lasts longer than 310 days.
create function pg_temp.gestation(days int) returns int language sql as $$ select case when days between 0 and 310 then days end $$;

create temp table clock as select local_now, local_now::date as today, timestamp '2000-01-01' as start_from from moment;

-- Hospitals that are ours; `kinds`: of the contracts valid today, none if «карточка МО» is wrong and holds everything.
create temp table hospital as (
    select id, pg_temp.ogrn(pg_temp.clean(ogrn)) as ogrn,
        case when pg_temp.inn(pg_temp.clean(inn)) is not null
              and pg_temp.clean(coalesce(pg_temp.clean(full_name), short_name), 500) is not null
             then array(select kind from seed_contract as c
                        where c.ogrn = pg_temp.ogrn(pg_temp.clean(o.ogrn)) and today >= begins and (ends is null or today <= ends))
             else '{}' end as kinds
    from ram.organization as o, clock where is_active is distinct from false);

-- What must be in the patient's card: each group, or the stated reason for its absence. A bad СНИЛС no reason mends.
create temp table woman as (
    select id, birth_date, pg_temp.snils(snils) as snils,
        pg_temp.clean(last_name, 100) is not null and pg_temp.clean(first_name, 100) is not null
        and (pg_temp.clean(patronymic) is null or pg_temp.clean(patronymic, 100) is not null)
        and (pg_temp.clean(oms_policy_kind) is not null and pg_temp.clean(oms_policy_number, 50) is not null
             or pg_temp.clean(oms_absence_reason, 1000) is not null)
        and (pg_temp.clean(id_doc_kind, 100) is not null and pg_temp.clean(id_doc_number, 50) is not null
             and id_doc_issue_date <= today and pg_temp.clean(id_doc_issuer, 500) is not null
             or pg_temp.clean(id_doc_absence_reason, 1000) is not null)
        and (pg_temp.clean(address, 1000) is not null or pg_temp.clean(address_absence_reason, 1000) is not null)
        and (pg_temp.snils(snils) is not null
             or pg_temp.clean(snils) is null and pg_temp.clean(snils_absence_reason, 1000) is not null) as complete
    from ram.patient, clock);

create temp table exam as (
    select id, pregnancy_id, organization_id, pg_temp.clean(kind) as kind, examined_at, examined_at::date as day,
        pg_temp.gestation(gestation_days) as gestation
    from ram.exam where not deleted and examined_at is not null);

create temp table first_exam as (  -- at which she is registered; further primary exams mean nothing
    select distinct on (pregnancy_id) * from exam where kind = 'primary' order by pregnancy_id, examined_at, id);

-- How a pregnancy ended, if it has: the earliest outcome. A delivery is one of 22 weeks; a termination forms no certificate any more.
create temp table ending as (
    select distinct on (pregnancy_id) id, pregnancy_id, organization_id, occurred_at,
        cleaned.kind = 'delivery' and gestation_days >= 154 as delivered,
        cleaned.kind = 'abortion' or cleaned.kind = 'miscarriage' and coalesce(gestation_days, 0) < 154
            or cleaned.kind = 'delivery' and gestation_days < 154 as terminated
    from ram.outcome cross join clock cross join lateral pg_temp.clean(outcome.kind) as cleaned (kind)
    where not deleted and (occurred_at is null or occurred_at <= local_now) order by pregnancy_id, occurred_at, id);

create temp table beginning as (  -- the first day of the pregnancy: by the primary exam, else the earliest exam, else the outcome
    select distinct on (pregnancy_id) pregnancy_id, at::date - gestation as lmp
    from (select e.pregnancy_id, case when f.id is null then 2 else 1 end as place, e.examined_at as at, e.id, e.gestation
          from exam as e left join first_exam as f on f.id = e.id
          union all
          select pregnancy_id, 3, occurred_at, id, pg_temp.gestation(gestation_days) from ram.outcome where not deleted) as known
    where gestation is not null and at is not null order by pregnancy_id, place, at, id);

create temp table pregnancy as (
    select p.id, fetus_count, registered_on, w.snils, coalesce(w.snils, 'patient ' || w.id) as woman, w.birth_date, w.complete,
        lmp - 30 as since, lmp + 310 as until, ending.occurred_at as ended_at, coalesce(terminated, false) as terminated,
        closed_on is null or today <= closed_on + 60 as open_for_new
    from ram.pregnancy as p join woman as w on w.id = p.patient_id cross join clock
    left join beginning on beginning.pregnancy_id = p.id left join ending on ending.pregnancy_id = p.id);

-- Exams that have been, before the end, in time, at a hospital of ours: all that a certificate, a visit, a talon 1 can come of.
create temp table seen as (
    select e.*, p.woman, p.fetus_count, h.ogrn, h.kinds
    from exam as e join pregnancy as p on p.id = e.pregnancy_id join hospital as h on h.id = e.organization_id cross join clock
    where examined_at between start_from and local_now and (ended_at is null or examined_at <= ended_at) and open_for_new);

-- The first exam late enough for talon 1 in a pregnancy: of a hospital that is not ours it is that hospital's.
create temp table first_late as (
    select distinct on (pregnancy_id) e.*
    from exam as e join pregnancy as p on p.id = e.pregnancy_id cross join clock
    where kind = 'repeat' and gestation >= case when fetus_count > 1 then 28 * 7 else 30 * 7 end
      and examined_at >= start_from and (ended_at is null or examined_at <= ended_at)
    order by pregnancy_id, examined_at, e.id);

-- Certificates to be asked for: the Fund knows none that is, or may be, of this pregnancy.
create temp table wanted as (
    select p.*, f.ogrn, f.examined_at, f.id as exam_id, coalesce(p.registered_on, f.day) as register_date
    from seen as f join pregnancy as p on p.id = f.pregnancy_id
    where f.id in (select id from first_exam) and not p.terminated and p.complete and p.birth_date <= f.day and f.kinds <> '{}'
      and not exists (select from seed_certificate as c where c.snils = p.snils and (p.since is null or c.create_date >= p.since)));

-- The earliest of a woman's pregnancies asks first; what it got another one finds. Without СНИЛС nothing can be found.
create temp table created as (
    select * from wanted as w
    where not exists (select from wanted as earlier where earlier.snils = w.snils and earlier.register_date >= w.since
                      and (earlier.examined_at, earlier.exam_id) < (w.examined_at, w.exam_id)));

-- An open certificate of the last 310 days without a delivery the Fund returns instead of a new one.
create temp table formed as (
    select * from created as c
    where not exists (select from seed_certificate as s
                      where s.snils = c.snils and s.status <> 'CLOSED' and s.create_date >= c.register_date - 310
                        and not exists (select from seed_ticket as t where t.ers_number = s.ers_number and t.type = '2'))
      and not exists (select from created as earlier where earlier.woman = c.woman and earlier.register_date >= c.register_date - 310
                      and (earlier.examined_at, earlier.exam_id) < (c.examined_at, c.exam_id)));

create temp table certificate as (
    select snils as woman, ers_number, create_date, status = 'CLOSED' as closed from seed_certificate
    union all select woman, 'formed for ' || id, register_date, false from formed);

-- The number of a pregnancy: of the only certificate in its window, while it is not closed.
create temp table numbered as (
    select p.id as pregnancy_id, min(ers_number) as ers_number
    from pregnancy as p join certificate as c on c.woman = p.woman and c.create_date between p.since and p.until
    where p.snils is not null or p.id in (select id from created) -- a question needs СНИЛС
    group by p.id having count(*) = 1 and not bool_or(closed));

-- What goes out under a number. Ties go to the earliest, one talon of a kind a certificate; `contract`: the kind it needs.
create temp table event as (
    select 'putVisit' as operation, id::text as key, null as contract, n.ers_number, pregnancy_id, organization_id, day, true as complete
    from seen join numbered as n using (pregnancy_id) where kind = 'repeat' and gestation is not null
    union all
    (select distinct on (n.ers_number) 'putTicket1', 'ticket1', '1', n.ers_number, pregnancy_id, organization_id, day, true
     from first_late join numbered as n using (pregnancy_id)
     where id in (select id from seen) order by n.ers_number, examined_at, id)
    union all
    (select distinct on (n.ers_number) 'putTicket2', 'ticket2', '2', n.ers_number, pregnancy_id, organization_id, occurred_at::date,
        (select bool_and(coalesce(pg_temp.clean(sex) in ('male', 'female') and height_cm between 1 and 100
                                  and weight_g between 1 and 10000, false)) from ram.newborn where outcome_id = o.id)
     from ending as o join numbered as n using (pregnancy_id) cross join clock
     where delivered and occurred_at >= start_from
     order by n.ers_number, o.occurred_at, o.id)
    union all
    select 'putTicket3', 'ticket3-' || half_year, '3-' || half_year, n.ers_number, min(pregnancy_id), organization_id, max(watch_end),
        bool_and(coalesce(pg_temp.clean(last_name, 100) is not null and pg_temp.clean(first_name, 100) is not null
                          and (pg_temp.clean(patronymic) is null or pg_temp.clean(patronymic, 100) is not null)
                          and birth_date <= watch_begin and watch_begin <= watch_end and watch_end <= today, false))
    from ram.child join numbered as n using (pregnancy_id) cross join clock
    where not deleted and half_year in (1, 2) group by n.ers_number, organization_id, half_year having max(watch_end) >= min(start_from));

select 'createErs' as operation, ogrn, coalesce(snils, '') as snils, '' as key from created
union all
select e.operation, h.ogrn, coalesce(p.snils, ''), e.key
from event as e join pregnancy as p on p.id = e.pregnancy_id join hospital as h on h.id = e.organization_id
where e.complete and p.complete and p.birth_date <= e.day
  and case when e.contract is null then h.kinds <> '{}' else e.contract = any (h.kinds) end
  -- What a hospital has sent by hand is there already: the talon (the third ones: of this clinic), a visit on this day.
  and not exists (select from seed_ticket as t
                  where t.ers_number = e.ers_number and t.type = e.contract and (t.type in ('1', '2') or t.ogrn = h.ogrn))
  and not exists (select from seed_visit as v
                  where e.operation = 'putVisit' and v.ers_number = e.ers_number and v.ogrn = h.ogrn and v.visit_date = e.day)
order by operation, ogrn, snils, key;
