-- What a scan reads from the ledger and writes to it. Rows come in as one JSON array, so that a batch is one statement.

-- name: requests_of
-- Every request of these pregnancies, and the visits (with their annulments) of these exams wherever they were sent from.
select id, kind, subject, revision, source, organization_id, pregnancy_id, state, reason, nullif(details, '[]') as details,
       content_hash, identity, event_on, deadline, doctor_id, half_year, ers_number, visit_id, taken_back, annuls_id,
       signed_exchange_id is not null as ambiguous, operator_hold, missing_compares
from ers.request
where pregnancy_id = any(:pregnancies)
   or (kind in ('put_visit', 'annul_visit') and source = any(:exams));

-- name: links_of
-- The certificate each pregnancy was linked to before, or why a person must say which is hers.
select id, ers_number, unclear, not_hers, ticket1_exam_id from ers.pregnancy where id = any(:pregnancies);

-- name: certificates_of
-- The certificates that the Fund showed for these women, and those linked to their pregnancies.
select number, snils, created_on, status, ogrn, organization_name
from ers.certificate
where snils = any(:snils) or number = any(:numbers);

-- name: tickets_of
-- The talons that the Fund showed on these certificates.
select number, kind, created_on, status, ogrn from ers.certificate_ticket where number = any(:numbers);

-- name: visits_of
-- The visits that the Fund showed on these certificates and that are none of ours, from whichever pregnancy of РАМ we sent them.
select v.number, v.visit_id, v.visited_on, v.ogrn from ers.certificate_visit v
where v.number = any(:numbers)
  and not exists (
    select 1 from ers.request r
    join ers.organization o on o.id = r.organization_id
    where r.kind = 'put_visit' and r.visit_id = v.visit_id and o.ogrn = v.ogrn);

-- name: claims_on
-- The talons that we have claimed on these certificates, and from which pregnancy.
select ers_number, pregnancy_id, organization_id, kind, half_year
from ers.request
where ers_number = any(:numbers)
  and kind in ('put_ticket1', 'put_ticket2', 'put_ticket3')
  and state in ('SENDING', 'UNKNOWN', 'REGISTERED', 'DONE');

-- name: write_organizations
-- What РАМ calls the hospitals now.
insert into ers.organization (id, name, full_name, inn, ogrn, kpp, is_active)
select id, name, full_name, inn, ogrn, kpp, is_active
from jsonb_to_recordset(cast(:rows as jsonb)) as r (id bigint, name text, full_name text, inn text, ogrn text, kpp text, is_active boolean)
on conflict (id) do update
set name = excluded.name, full_name = excluded.full_name, inn = excluded.inn, ogrn = excluded.ogrn, kpp = excluded.kpp, is_active = excluded.is_active
where (organization.name, organization.full_name, organization.inn, organization.ogrn, organization.kpp, organization.is_active)
   is distinct from (excluded.name, excluded.full_name, excluded.inn, excluded.ogrn, excluded.kpp, excluded.is_active);

-- name: write_doctors
-- What РАМ calls the doctors now.
insert into ers.doctor (id, organization_id, name)
select id, organization_id, name from jsonb_to_recordset(cast(:rows as jsonb)) as r (id bigint, organization_id bigint, name text)
on conflict (id) do update set organization_id = excluded.organization_id, name = excluded.name
where (doctor.organization_id, doctor.name) is distinct from (excluded.organization_id, excluded.name);

-- name: write_pregnancies
-- The women and their pregnancies as РАМ has them now; the link to a certificate is only ever added here.
insert into ers.pregnancy (
    id, patient_id, organization_id, doctor_id, last_name, first_name, patronymic, birth_date, snils, policy, lmp, registered_on,
    closed_on, outcome_kind, outcome_on, outcome_days, asker_id, is_open, ers_number)
select id, patient_id, organization_id, doctor_id, last_name, first_name, patronymic, birth_date, snils, policy, lmp, registered_on,
    closed_on, outcome_kind, outcome_on, outcome_days, asker_id, is_open, ers_number
from jsonb_to_recordset(cast(:rows as jsonb)) as r (
    id bigint, patient_id bigint, organization_id bigint, doctor_id bigint, last_name text, first_name text, patronymic text,
    birth_date date, snils text, policy text, lmp date, registered_on date, closed_on date, outcome_kind text, outcome_on date,
    outcome_days int, asker_id bigint, is_open boolean, ers_number text)
on conflict (id) do update set
    patient_id = excluded.patient_id, organization_id = excluded.organization_id, doctor_id = excluded.doctor_id,
    last_name = excluded.last_name, first_name = excluded.first_name, patronymic = excluded.patronymic,
    birth_date = excluded.birth_date, snils = excluded.snils, policy = excluded.policy, lmp = excluded.lmp,
    registered_on = excluded.registered_on, closed_on = excluded.closed_on, outcome_kind = excluded.outcome_kind,
    outcome_on = excluded.outcome_on, outcome_days = excluded.outcome_days, asker_id = excluded.asker_id,
    is_open = excluded.is_open, ers_number = coalesce(pregnancy.ers_number, excluded.ers_number),
    ask_after = case when pregnancy.snils is distinct from excluded.snils then now() else pregnancy.ask_after end,
    worked_out_at = now()
where (pregnancy.patient_id, pregnancy.organization_id, pregnancy.doctor_id, pregnancy.last_name, pregnancy.first_name,
       pregnancy.patronymic, pregnancy.birth_date, pregnancy.snils, pregnancy.policy, pregnancy.lmp, pregnancy.registered_on,
       pregnancy.closed_on, pregnancy.outcome_kind, pregnancy.outcome_on, pregnancy.outcome_days, pregnancy.asker_id,
       pregnancy.is_open, pregnancy.ers_number)
   is distinct from
      (excluded.patient_id, excluded.organization_id, excluded.doctor_id, excluded.last_name, excluded.first_name,
       excluded.patronymic, excluded.birth_date, excluded.snils, excluded.policy, excluded.lmp, excluded.registered_on,
       excluded.closed_on, excluded.outcome_kind, excluded.outcome_on, excluded.outcome_days, excluded.asker_id,
       excluded.is_open, coalesce(pregnancy.ers_number, excluded.ers_number));

-- name: insert_requests
-- New requests. One that another scan has made meanwhile is left alone.
insert into ers.request (
    kind, subject, revision, source, organization_id, pregnancy_id, doctor_id, half_year, event_on, deadline, state, reason, details,
    content, content_hash, identity, ers_number, annuls_id, operator)
select kind, subject, revision, source, organization_id, pregnancy_id, doctor_id, half_year, event_on, deadline, state, reason,
    details, content, content_hash, identity, ers_number, annuls_id, operator
from jsonb_to_recordset(cast(:rows as jsonb)) as r (
    kind text, subject text, revision int, source text, organization_id bigint, pregnancy_id bigint, doctor_id bigint, half_year int,
    event_on date, deadline timestamptz, state text, reason text, details jsonb, content jsonb, content_hash text, identity jsonb,
    ers_number text, annuls_id bigint, operator text)
on conflict do nothing;

-- name: update_requests
-- Unsent requests say or wait for something else; a rejected one becomes a new revision. A row that somebody holds or that has moved on
-- is left alone; its id does not come back.
update ers.request q
set state = r.state, reason = r.reason, details = r.details, revision = coalesce(r.revision, q.revision),
    source = r.source, organization_id = r.organization_id, pregnancy_id = r.pregnancy_id, doctor_id = r.doctor_id,
    half_year = r.half_year, event_on = r.event_on, deadline = r.deadline, content = r.content, content_hash = r.content_hash,
    identity = r.identity, version = version + 1, due_at = now(), lease_token = null, lease_until = null,
    visit_id = case when r.revision is null then q.visit_id end,
    fss_request_id = case when r.revision is null then q.fss_request_id end,
    state_since = case when q.state = r.state then q.state_since else now() end
from jsonb_to_recordset(cast(:rows as jsonb)) as r (
    id bigint, from_state text, state text, reason text, details jsonb, revision int, source text, organization_id bigint,
    pregnancy_id bigint, doctor_id bigint, half_year int, event_on date, deadline timestamptz, content jsonb, content_hash text,
    identity jsonb)
where q.id = r.id and q.state = r.from_state and q.signed_exchange_id is null
  and (q.lease_until is null or q.lease_until < now())
returning q.id;

-- name: rehold_requests
-- Unsent requests wait for something else, or no longer.
update ers.request q
set state = r.state, reason = r.reason, details = r.details, version = version + 1, due_at = now(), lease_token = null,
    lease_until = null, state_since = case when q.state = r.state then q.state_since else now() end
from jsonb_to_recordset(cast(:rows as jsonb)) as r (id bigint, from_state text, state text, reason text, details jsonb)
where q.id = r.id and q.state = r.from_state and q.signed_exchange_id is null
  and (q.lease_until is null or q.lease_until < now())
returning q.id;

-- name: cancel_requests
-- Requests that were never accepted will not be sent.
update ers.request q
set state = 'CANCELLED', reason = r.reason, details = '[]', version = version + 1, state_since = now(), lease_token = null,
    lease_until = null
from jsonb_to_recordset(cast(:rows as jsonb)) as r (id bigint, reason text)
where q.id = r.id and q.state in ('HELD', 'READY', 'REJECTED') and q.signed_exchange_id is null
  and (q.lease_until is null or q.lease_until < now())
returning q.id;

-- name: take_back
-- Sent visits make room for their successors; returns what their annulments need.
update ers.request q
set taken_back = r.why, version = version + 1
from jsonb_to_recordset(cast(:rows as jsonb)) as r (id bigint, why text)
where q.id = r.id and q.kind = 'put_visit' and q.state = 'DONE' and q.taken_back is null
returning q.id, q.source, q.revision, q.organization_id, q.pregnancy_id, q.doctor_id, q.event_on, q.ers_number, q.visit_id;

-- name: keep_after_all
-- Visits whose annulment was dropped stand as they were sent.
update ers.request q set taken_back = null, missing_compares = 0, version = version + 1
where q.id = any(:ids) and q.kind = 'put_visit' and q.state = 'DONE';

-- name: dropped_annulments
-- Annulments that have not gone out and are not called for any more.
update ers.request q
set state = 'CANCELLED', reason = 'superseded', details = '[]', version = version + 1, state_since = now()
where q.id = any(:ids) and q.kind = 'annul_visit' and q.state in ('HELD', 'READY', 'REJECTED') and q.signed_exchange_id is null
  and (q.lease_until is null or q.lease_until < now())
returning q.annuls_id;

-- name: close_findings
-- What a person no longer needs to look at in these pregnancies.
update ers.finding f set closed_at = now()
where f.pregnancy_id = any(:pregnancies) and f.closed_at is null
  and not exists (
    select 1
    from jsonb_to_recordset(cast(:rows as jsonb)) as r (pregnancy_id bigint, request_id bigint, code text)
    where r.pregnancy_id = f.pregnancy_id and r.code = f.code and r.request_id is not distinct from f.request_id);

-- name: open_findings
-- What a person must look at from now on.
insert into ers.finding (pregnancy_id, request_id, code, money)
select pregnancy_id, request_id, code, money
from jsonb_to_recordset(cast(:rows as jsonb)) as r (pregnancy_id bigint, request_id bigint, code text, money boolean)
on conflict do nothing;

-- name: known_pregnancies
-- Every pregnancy that was ever worked out, for a full compare.
select id from ers.pregnancy order by id;

-- name: compared
-- What a compare has to know of these pregnancies before it reads them: what the last one noted, and whatever of the ledger working them
-- out reads, as a text that is the same as long as nothing of it has changed. Whatever changes a request raises its version (a test).
select p.id, c.digest as noted, c.since, c.until,
    (p.ers_number, p.unclear, p.not_hers, p.ticket1_exam_id, p.snils, p.is_open, r.many, r.ids, r.versions, hers.digest, t.digest, v.digest,
        o.many, o.ids, o.versions)::text as ledger
from ers.pregnancy p
left join ers.compared c on c.pregnancy_id = p.id
left join lateral (
    select count(*) as many, sum(q.id) as ids, sum(q.version) as versions from ers.request q where q.pregnancy_id = p.id) r on true
left join lateral (
    select array_agg(k.number) as numbers,
        sum(hashtextextended((k.number, k.snils, k.created_on, k.status, k.ogrn, k.organization_name)::text, 0)) as digest
    from ers.certificate k where k.snils = p.snils or k.number = p.ers_number) hers on true
left join lateral (
    select sum(hashtextextended((t.number, t.kind, t.created_on, t.status, t.ogrn)::text, 0)) as digest
    from ers.certificate_ticket t where t.number = any(hers.numbers)) t on true
left join lateral (
    select sum(hashtextextended((v.number, v.visit_id, v.visited_on, v.ogrn)::text, 0)) as digest
    from ers.certificate_visit v where v.number = any(hers.numbers)) v on true
left join lateral (
    select count(*) as many, sum(q.id) as ids, sum(q.version) as versions from ers.request q
    where q.ers_number = any(hers.numbers) and q.kind in ('put_ticket1', 'put_ticket2', 'put_ticket3')
      and q.state in ('SENDING', 'UNKNOWN', 'REGISTERED', 'DONE')) o on true
where p.id = any(:pregnancies);

-- name: note_compared
-- These pregnancies are at rest.
insert into ers.compared (pregnancy_id, digest, since, until)
select pregnancy_id, decode(digest, 'hex'), since, until
from jsonb_to_recordset(cast(:rows as jsonb)) as r (pregnancy_id bigint, digest text, since date, until date)
on conflict (pregnancy_id) do update set digest = excluded.digest, since = excluded.since, until = excluded.until;

-- name: rework_due
-- The pregnancies to be worked out although РАМ did not change.
select pregnancy_id from ers.rework where not_before <= now();

-- name: rework_seen
-- Which pregnancies somebody has asked so far to have worked out: to be read before anything else of them.
select pregnancy_id, since from ers.rework;

-- name: ask_rework
-- Work these pregnancies out again at the next tick.
insert into ers.rework (pregnancy_id, since) select unnest(cast(:pregnancies as bigint[])), clock_timestamp()
on conflict (pregnancy_id) do update set since = clock_timestamp(), not_before = least(rework.not_before, now());

-- name: ask_rework_of_exam
-- Work out again at the next tick whatever pregnancy has a request for the visit of this exam.
insert into ers.rework (pregnancy_id, since)
select pregnancy_id, clock_timestamp() from ers.request where kind = 'put_visit' and source = :source group by pregnancy_id
on conflict (pregnancy_id) do update set since = clock_timestamp(), not_before = least(rework.not_before, now());

-- name: rework_done
-- These were worked out as they were asked for then. Who has asked meanwhile is not forgotten.
delete from ers.rework w
using jsonb_to_recordset(cast(:rows as jsonb)) as r (pregnancy_id bigint, since timestamptz)
where w.pregnancy_id = r.pregnancy_id and w.since = r.since;

-- name: rework_failed
-- This pregnancy could not be worked out: it is put off, longer each time, up to six hours.
insert into ers.rework (pregnancy_id, failures, not_before) values (:pregnancy_id, 1, now() + interval '5 minutes')
on conflict (pregnancy_id) do update
set failures = rework.failures + 1,
    not_before = now() + least(interval '6 hours', interval '5 minutes' * power(2, least(rework.failures, 10)));

-- name: rework_hospital
-- What holds a hospital's requests has changed (contract, key, brake, day): its unsent ones are worked out again.
insert into ers.rework (pregnancy_id, since)
select pregnancy_id, clock_timestamp() from ers.request
where organization_id = :organization_id and state in ('HELD', 'READY') group by pregnancy_id
on conflict (pregnancy_id) do update set since = clock_timestamp(), not_before = least(rework.not_before, now());

-- name: mark
-- Up to where РАМ was read.
select mark from ers.scan_mark;

-- name: set_mark
-- РАМ was read up to here.
insert into ers.scan_mark (mark) values (cast(:mark as jsonb)) on conflict (one) do update set mark = excluded.mark, taken_at = now();

-- name: fingerprints
-- What each hospital's holds were worked out with.
select organization_id, fingerprint from ers.hospital_mark;

-- name: set_fingerprint
-- A hospital's holds are worked out with this from now on.
insert into ers.hospital_mark (organization_id, fingerprint) values (:organization_id, :fingerprint)
on conflict (organization_id) do update set fingerprint = excluded.fingerprint;

-- name: visits_of_absent_exams
-- Sent visits of these pregnancies whose exam was not among the rows read: candidates for "missing".
select id, source, missing_compares from ers.request
where pregnancy_id = any(:pregnancies) and kind = 'put_visit' and state = 'DONE' and taken_back is null
  and not (source = any(:exams));

-- name: count_missing
-- A full compare did not find the exams of these visits.
update ers.request set missing_compares = missing_compares + 1, version = version + 1 where id = any(:ids);

-- name: count_found
-- A full compare found the exams of these visits again.
update ers.request set missing_compares = 0, version = version + 1
where source = any(:exams) and kind = 'put_visit' and missing_compares > 0 and taken_back is distinct from 'missing';

-- name: forget_rows_of
-- These pregnancies are no longer in РАМ: the Fund is not asked about them any more.
update ers.pregnancy set is_open = false where id = any(:pregnancies) and is_open;

-- name: taken_back
-- How many visits of each hospital this transaction takes back (its rows bear its own start as their time). What was called back before, and
-- perhaps confirmed by a person, does not count again.
select v.organization_id, count(*) as found
from ers.request a join ers.request v on v.id = a.annuls_id
where a.created_at = now() and a.state <> 'CANCELLED' and a.operator is null and v.kind = 'put_visit' and v.state = 'DONE'
group by v.organization_id;

-- name: sent_visits
-- How many visits a hospital has at the Fund.
select count(*) as standing from ers.request
where organization_id = :organization_id and kind = 'put_visit' and state = 'DONE';

-- name: new_requests
-- Of which hospital and kind this transaction has made more requests than these, and how many (its rows bear its own start as their time).
select organization_id, kind, count(*) as found from ers.request
where created_at = now() and state in ('HELD', 'READY') group by organization_id, kind having count(*) > :least;

-- name: usual_requests
-- How many requests of a kind a day usually brings a hospital: the mean over the last 30 days, where there are 14 at least.
select count(*) / 30.0 as usual from ers.request
where created_at < now() and created_at >= now() - interval '30 days' and organization_id = :organization_id and kind = :kind
having min(created_at) < now() - interval '14 days';

-- name: open_brake
-- A hospital's requests of one kind stop until a person confirms them.
insert into ers.brake (organization_id, kind, counted, usual) values (:organization_id, :kind, :counted, :usual)
on conflict do nothing;

-- name: hold_by_brake
-- What is unsent of a braked kind waits for a person.
update ers.request set state = 'HELD', reason = 'brake', details = cast(:details as jsonb), version = version + 1, state_since = now(),
    lease_token = null, lease_until = null
where organization_id = :organization_id and kind = :kind and state = 'READY' and signed_exchange_id is null;

-- name: brakes
-- The brakes that are on.
select organization_id, kind from ers.brake where released_at is null;

-- name: release_brake
-- A person has confirmed what a brake had stopped.
update ers.brake set released_at = now(), released_by = :operator
where organization_id = :organization_id and kind = :kind and released_at is null;
