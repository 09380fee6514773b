-- The ledger of a РАМ that scan.sql made, as it is in life: all that was called for is finished. One pregnancy in fifty lacks its last visit:
-- where it is open a compare finds it, and it is under way from then on.
insert into ers.pregnancy (id, is_open, ers_number)
select n, false, lpad((7000000000 + n)::text, 10, '0') from generate_series(1, %(pregnancies)s) n;
insert into ers.certificate (number, created_on, status, ogrn, received_on)
select ers_number, current_date - 60, 'SERVICE', '1027700000000', current_date from ers.pregnancy;
insert into ers.request (
    kind, subject, source, organization_id, pregnancy_id, doctor_id, event_on, deadline, state, content_hash, identity, ers_number, visit_id,
    first_sent_at, answered_at)
select case when v = 0 then 'create_ers' else 'put_visit' end, case when v = 0 then 'pregnancy:' || n else 'exam:' || e.id end, 'exam:' || e.id,
    o.id, n, o.id, e.day, e.day + 1, 'DONE', md5(e.id::text), jsonb_build_object('day', e.day, 'gestation', 60 + 6 * v, 'organization', o.id)
        || case when v = 0 then jsonb_build_object('row', 'exam:' || e.id) else jsonb_build_object('note', null, 'pregnancy', n) end,
    lpad((7000000000 + n)::text, 10, '0'), case when v > 0 then e.id::text end, e.day, e.day
from generate_series(1, %(pregnancies)s) n
cross join generate_series(0, 9) v
cross join lateral (select 1 + n %% %(hospitals)s as id) o
cross join lateral (
    select 10 * n + v as id, current_date - (case when n > %(open)s and n %% 7 <> 0 then 300 + n %% 2000 else 60 end) + 6 * v as day) e
where v < 9 or n %% 50 <> 0;
