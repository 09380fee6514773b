-- The reference РАМ: what the shipped queries of sql/ram/ read, and what the demonstration, the tests and the benchmarks create.
-- A region's own РАМ looks different; there the site rewrites the queries, never this file.
--
-- Times are the hospital's wall clock (timestamp without zone). `updated_at` is stamped by the writing transaction before it commits.
-- No foreign keys: a row may vanish or name a parent that is not there, and the daemon has to live with it.

create schema ram;

create table ram.organization (
    id bigint primary key,
    short_name text,
    full_name text,
    inn text,
    ogrn text,
    kpp text,
    is_active boolean,
    updated_at timestamptz not null default now()
);
comment on table ram.organization is 'Медицинская организация (МО)';

create table ram.doctor (
    id bigint primary key,
    organization_id bigint,
    last_name text,
    first_name text,
    patronymic text,
    snils text,
    position text,
    updated_at timestamptz not null default now()
);
comment on table ram.doctor is 'Врач, проводивший осмотр';

create table ram.patient (
    id bigint primary key,
    last_name text,
    first_name text,
    patronymic text,
    birth_date date,
    snils text,
    snils_absence_reason text,
    oms_policy_kind text,
    oms_policy_number text,
    oms_policy_begin_date date,
    oms_absence_reason text,
    id_doc_kind text,
    id_doc_series text,
    id_doc_number text,
    id_doc_issue_date date,
    id_doc_issuer text,
    id_doc_absence_reason text,
    address text,
    address_absence_reason text,
    updated_at timestamptz not null default now()
);
comment on table ram.patient is 'Карточка пациентки';

create table ram.pregnancy (
    id bigint primary key,
    patient_id bigint not null,
    organization_id bigint,
    registered_on date,
    fetus_count int,
    exchange_card_number text,
    exchange_card_date date,
    sick_leave_number text,
    closed_on date,
    updated_at timestamptz not null default now()
);
comment on table ram.pregnancy is 'Беременность';
comment on column ram.pregnancy.organization_id is 'МО, где пациентка состоит на учёте';

create table ram.exam (
    id bigint primary key,
    pregnancy_id bigint not null,
    organization_id bigint,
    doctor_id bigint,
    kind text not null,
    examined_at timestamp,
    gestation_days int,
    note text,
    deleted boolean not null default false,
    updated_at timestamptz not null default now()
);
comment on table ram.exam is 'Осмотр';
comment on column ram.exam.kind is 'primary: первичный, repeat: повторный';
comment on column ram.exam.gestation_days is 'Срок на момент осмотра, дней';
comment on column ram.exam.note is 'Акушерский статус';

create table ram.outcome (
    id bigint primary key,
    pregnancy_id bigint not null,
    organization_id bigint,
    doctor_id bigint,
    kind text not null,
    admitted_on date,
    occurred_at timestamp,
    gestation_days int,
    icd10 text,
    mother_death_reason text,
    children_total int,
    deleted boolean not null default false,
    updated_at timestamptz not null default now()
);
comment on table ram.outcome is 'Исход';
comment on column ram.outcome.kind is 'delivery: роды, abortion: прерывание, miscarriage: самопроизвольное прерывание, other: иной исход';
comment on column ram.outcome.children_total is 'Всего детей с учётом прежних родов';

create table ram.newborn (
    id bigint primary key,
    outcome_id bigint not null,
    ordinal int,
    sex text,
    height_cm int,
    weight_g int,
    death_reason text,
    updated_at timestamptz not null default now()
);
comment on table ram.newborn is 'Новорождённый';
comment on column ram.newborn.sex is 'male или female';

create table ram.child (
    id bigint primary key,
    pregnancy_id bigint not null,
    organization_id bigint,
    doctor_id bigint,
    last_name text,
    first_name text,
    patronymic text,
    birth_date date,
    oms_policy_number text,
    registered_on date,
    half_year int,
    watch_begin date,
    watch_end date,
    deleted boolean not null default false,
    updated_at timestamptz not null default now()
);
comment on table ram.child is 'Ребёнок под наблюдением в одном полугодии первого года жизни';

-- The window of a scan.
create index organization_updated_at on ram.organization (updated_at);
create index doctor_updated_at on ram.doctor (updated_at);
create index patient_updated_at on ram.patient (updated_at);
create index pregnancy_updated_at on ram.pregnancy (updated_at);
create index exam_updated_at on ram.exam (updated_at);
create index outcome_updated_at on ram.outcome (updated_at);
create index newborn_updated_at on ram.newborn (updated_at);
create index child_updated_at on ram.child (updated_at);

-- From a parent to its children: reading a whole pregnancy, and from a changed row to its pregnancies.
create index pregnancy_patient_id on ram.pregnancy (patient_id);
create index exam_pregnancy_id on ram.exam (pregnancy_id);
create index outcome_pregnancy_id on ram.outcome (pregnancy_id);
create index newborn_outcome_id on ram.newborn (outcome_id);
create index child_pregnancy_id on ram.child (pregnancy_id);
create index pregnancy_organization_id on ram.pregnancy (organization_id);
create index exam_organization_id on ram.exam (organization_id);
create index exam_doctor_id on ram.exam (doctor_id);
create index outcome_organization_id on ram.outcome (organization_id);
create index outcome_doctor_id on ram.outcome (doctor_id);
create index child_organization_id on ram.child (organization_id);
create index child_doctor_id on ram.child (doctor_id);
