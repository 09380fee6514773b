-- Whole pregnancies out of РАМ. A site rewrites this file for its own tables (`ram.queries_dir` in the configuration).
--
-- What a query returns is fixed: the columns below by name and type, in any order, further ones are passed over.
-- `ers-sync check` verifies them. Kinds: bigint and int may be any integer type, text any character type; times of exams and
-- outcomes are `timestamp` (the hospital's wall clock), never `timestamptz`. Only the ids, the parent's id, kind and deleted
-- must have a value. Rows may come in any order. :ids is an array of bigint.

-- name: all_pregnancy_ids
-- id of every pregnancy there is: what a full compare works out.
select id from ram.pregnancy;

-- name: pregnancy_of_exam
-- The pregnancy that an exam belongs to.
select pregnancy_id from ram.exam where id = :exam_id;

-- name: pregnancies
-- The pregnancies :ids.
select id, patient_id, organization_id, registered_on, fetus_count, exchange_card_number, exchange_card_date,
    sick_leave_number, closed_on
from ram.pregnancy
where id = any(cast(:ids as bigint[]));

-- name: patients
-- The women :ids.
select id, last_name, first_name, patronymic, birth_date, snils, snils_absence_reason,
    oms_policy_kind, oms_policy_number, oms_policy_begin_date, oms_absence_reason,
    id_doc_kind, id_doc_series, id_doc_number, id_doc_issue_date, id_doc_issuer, id_doc_absence_reason,
    address, address_absence_reason
from ram.patient
where id = any(cast(:ids as bigint[]));

-- name: exams
-- All exams, deleted ones too, of the pregnancies :ids. kind is 'primary' or 'repeat', note the obstetric status.
select id, pregnancy_id, organization_id, doctor_id, kind, examined_at, gestation_days, note, deleted
from ram.exam
where pregnancy_id = any(cast(:ids as bigint[]));

-- name: outcomes
-- All outcomes, deleted ones too, of the pregnancies :ids. kind is 'delivery', 'abortion', 'miscarriage' or 'other'.
select id, pregnancy_id, organization_id, doctor_id, kind, admitted_on, occurred_at, gestation_days, icd10,
    mother_death_reason, children_total, deleted
from ram.outcome
where pregnancy_id = any(cast(:ids as bigint[]));

-- name: newborns
-- The newborns of the outcomes :ids. sex is 'male' or 'female'.
select id, outcome_id, ordinal, sex, height_cm, weight_g, death_reason
from ram.newborn
where outcome_id = any(cast(:ids as bigint[]));

-- name: children
-- All children under observation, deleted ones too, of the pregnancies :ids. half_year is 1 or 2.
select id, pregnancy_id, organization_id, doctor_id, last_name, first_name, patronymic, birth_date, oms_policy_number,
    registered_on, half_year, watch_begin, watch_end, deleted
from ram.child
where pregnancy_id = any(cast(:ids as bigint[]));

-- name: doctors
-- The doctors :ids.
select id, organization_id, last_name, first_name, patronymic, snils, position
from ram.doctor
where id = any(cast(:ids as bigint[]));

-- name: organizations
-- All hospitals.
select id, short_name, full_name, inn, ogrn, kpp, is_active
from ram.organization;
