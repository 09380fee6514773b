-- Years of finished requests, spread evenly over two years that end the day before yesterday: a pregnancy has twelve of them. And the same work of today
-- on every ledger: 2,000 requests that are ready, 2,000 that wait for the Fund's word, 500 that are held; 2,500 were sent today.

set local session_replication_role = replica; -- what refers to what is right by the way it is made

select ers.make_exchange_month(month) from generate_series(now() - interval '25 months', now(), interval '1 month') month;

insert into ers.doctor (id, organization_id, name) select n, 1 + n %% 20, 'Врач ' || n from generate_series(1, 400) n
on conflict do nothing;

insert into ers.pregnancy (id, patient_id, organization_id, doctor_id, last_name, first_name, patronymic, birth_date, snils, policy, lmp,
    registered_on, closed_on, asker_id, is_open, ers_number, ask_after)
select 1000000 + n, 1000000 + n, 1 + n %% 20, 1 + n %% 400, 'Фамилия' || n %% 9973, 'Имя' || n %% 97, 'Отчество' || n %% 89,
    date '1990-01-01' + (n %% 8000)::int, null, lpad(n::text, 16, '0'), began - 60, began, began + 250, 1 + n %% 20, false,
    lpad((8000000000 + n)::text, 10, '0'), 'infinity'
from (
    select n, (now() - interval '2 days' - (1 - n / (%(rows)s / 12 + 1)::float) * interval '730 days')::date as began
    from generate_series(1, %(rows)s / 12 + 1) n
) w;

insert into ers.certificate (number, created_on, status, ogrn, received_on)
select ers_number, registered_on, 'SERVICE', '1027700000000', registered_on from ers.pregnancy where id > 1000000;

insert into ers.request (kind, subject, revision, source, organization_id, pregnancy_id, doctor_id, event_on, deadline, state, content,
    content_hash, identity, ers_number, visit_id, attempts, due_at, created_at, state_since, first_sent_at, answered_at)
select k.kind, k.kind || ':' || n, 1, 'exam:' || 10000000 + n, p.organization_id, p.id, p.doctor_id, at::date, at + interval '1 day', 'DONE',
    '{"visit_date": "2025-01-01", "gestation_days": 91, "note": "самочувствие хорошее"}', md5(n::text), '{"day": "2025-01-01"}',
    p.ers_number, case when k.kind = 'put_visit' then (10000000 + n)::text end, 1, at, at, at + interval '1 hour', at + interval '5 minutes',
    at + interval '1 hour'
from (
    select n, now() - interval '2 days' - (1 - n / (%(rows)s)::float) * interval '730 days' as at from generate_series(1, %(rows)s) n
) r
cross join lateral (select case n %% 12 when 0 then 'create_ers' when 1 then 'put_ticket1' else 'put_visit' end as kind) k
join ers.pregnancy p on p.id = 1000001 + (n - 1) / 12
order by n;

insert into ers.exchange (id, request_id, pregnancy_id, organization_id, operation, revision, started_at, ended_at, business_at, endpoint,
    host, outcome, http_status, status, signed_request)
select ers.exchange_ids_from(first_sent_at) + nextval('ers.exchange_number'), id, pregnancy_id, organization_id, 'putVisit', 1,
    first_sent_at, first_sent_at + interval '1 second', first_sent_at, 'https://fund.example/ws', 'fund.example', 'ANSWERED', 200,
    'REGISTERED', '\x00'
from ers.request where state = 'DONE' order by id;

insert into ers.request (kind, subject, revision, source, organization_id, pregnancy_id, doctor_id, event_on, deadline, state, reason, content,
    content_hash, ers_number, visit_id, fss_request_id, attempts, due_at, first_sent_at, answered_at)
select 'put_visit', 'today:' || n, 1, 'exam:' || 1000 + n, 1 + n %% 20, 1000001 + n %% 500, 1 + n %% 400, current_date,
    now() + n %% 96 * interval '1 hour', w.state, case w.state when 'HELD' then 'missing_data' end, '{"visit_date": "2025-01-01"}',
    md5(n::text), '8000000001', case when w.state in ('DONE', 'REGISTERED') then 'today-' || n end,
    case w.state when 'REGISTERED' then 'fss-' || n end, 1, now(),
    case when w.state in ('DONE', 'REGISTERED') then date_trunc('day', now()) + n %% 60 * interval '1 second' end,
    case w.state when 'DONE' then date_trunc('day', now()) + n %% 60 * interval '1 second' end
from generate_series(1, 5000) n
cross join lateral (
    select case when n <= 2000 then 'READY' when n <= 4000 then 'REGISTERED' when n <= 4500 then 'HELD' else 'DONE' end as state) w;

insert into ers.exchange (request_id, pregnancy_id, organization_id, operation, revision, ended_at, business_at, host, outcome, status)
select id, pregnancy_id, organization_id, 'putVisit', 1, now(), first_sent_at, 'fund.example', 'ANSWERED', 'REGISTERED'
from ers.request where subject like 'today:%%' and first_sent_at is not null;

-- a job begins every two seconds, and runs are kept for 90 days: a longer history is not a denser one
insert into ers.job_run (job, started_at, ended_at, succeeded, summary)
select (array['submit', 'submit', 'submit', 'submit', 'poll', 'watch', 'pull', 'scan'])[1 + n %% 8], at, at + interval '1 second', true, '{}'
from (select n, now() - n * interval '2 seconds' as at from generate_series(1, least(%(rows)s, 3888000)) n) r
order by at;
