-- A РАМ of %(pregnancies)s pregnancies with ten visits each, spread over six years; rows are stamped long ago.
insert into ram.doctor (id, organization_id, last_name, first_name, position, updated_at)
select n, n, 'Орлова', 'Анна', 'акушер-гинеколог', now() - interval '1 year' from generate_series(1, %(hospitals)s) n;
insert into ram.patient (
    id, last_name, first_name, patronymic, birth_date, snils_absence_reason, oms_policy_kind, oms_policy_number, id_doc_kind,
    id_doc_series, id_doc_number, id_doc_issue_date, id_doc_issuer, address, updated_at)
select n, 'Ёлкина', 'Анна', 'Ивановна', date '1995-05-17', 'Нет', 'ЕНП', lpad(n::text, 16, '6'), 'Паспорт гражданина РФ',
    '6512', lpad((n %% 1000000)::text, 6, '0'), date '2015-06-01', 'ОУФМС России', 'г. Екатеринбург, ул. Ленина, 1',
    now() - interval '1 year'
from generate_series(1, %(pregnancies)s) n;
-- the first %(open)s are early; of the others one in seven is not over
insert into ram.pregnancy (id, patient_id, organization_id, registered_on, fetus_count, closed_on, updated_at)
select n, n, 1 + n %% %(hospitals)s, current_date - 60, 1,
    case when n > %(open)s and n %% 7 <> 0 then current_date - 100 - n %% 2000 end, now() - interval '1 year'
from generate_series(1, %(pregnancies)s) n;
insert into ram.exam (id, pregnancy_id, organization_id, doctor_id, kind, examined_at, gestation_days, updated_at)
select 10 * n + v, n, 1 + n %% %(hospitals)s, 1 + n %% %(hospitals)s, case when v = 0 then 'primary' else 'repeat' end,
    current_date - (case when n > %(open)s and n %% 7 <> 0 then 300 + n %% 2000 else 60 end) + 6 * v + time '10:00', 60 + 6 * v,
    now() - interval '1 year'
from generate_series(1, %(pregnancies)s) n, generate_series(0, 9) v;
