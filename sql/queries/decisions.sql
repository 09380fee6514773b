-- What a person decides: looked up, carried out, and written down.

-- name: record
-- A person has decided something.
insert into ers.decision (operator, action, request_id, about, reason)
values (:operator, :action, :request_id, :about, :reason);

-- name: request
-- A request as a decision about it needs it.
select id, kind, subject, revision, source, organization_id, pregnancy_id, state, reason, ers_number, visit_id, annuls_id, doctor_id,
    event_on, taken_back
from ers.request where id = :id for update;

-- name: visits_of_exam
-- The live requests for the visit of an exam.
select id, state, revision, organization_id, pregnancy_id, visit_id, ers_number, taken_back from ers.request
where kind = 'put_visit' and source = :source and state not in ('CANCELLED', 'ANNULLED')
order by revision desc;

-- name: pregnancies_of_certificate
-- The pregnancies linked to a certificate, and a hospital of ours that may speak for each.
select id, coalesce(
    (select r.organization_id from ers.request r
     where r.pregnancy_id = p.id and r.kind = 'create_ers' and r.state = 'DONE' limit 1),
    asker_id) as organization_id
from ers.pregnancy p where ers_number = :number order by id;

-- name: choose_exam
-- A person has chosen the exam for talon 1 of a pregnancy.
update ers.pregnancy set ticket1_exam_id = :exam where id = :id;

-- name: ticket1_of
-- What has become of talon 1 of a pregnancy, newest first.
select id, state, reason, source from ers.request where kind = 'put_ticket1' and subject = :subject order by revision desc;

-- name: revive
-- A person wants again what is cancelled for good for these reasons: it may be called for anew.
update ers.request set reason = 'superseded', version = version + 1
where pregnancy_id = :pregnancy and state = 'CANCELLED' and reason = any(:reasons)
  and (cast(:kind as text) is null or kind = :kind);

-- name: closings
-- What has become of the closings of a certificate, newest first.
select id, state, revision from ers.request where kind = 'disable_ers' and subject = :subject order by revision desc;

-- name: certificate
-- A certificate as the Fund showed it last.
select number, snils, created_on, status from ers.certificate where number = :number;

-- name: accepted_under
-- What the Fund has, or may have, of a pregnancy under a certificate's number.
select id, kind, state from ers.request
where pregnancy_id = :pregnancy and ers_number = :number and kind <> 'create_ers' and taken_back is null
  and state in ('SENDING', 'UNKNOWN', 'REGISTERED', 'DONE')
order by id;

-- name: link
-- A person has said which certificate is this pregnancy's.
update ers.pregnancy set ers_number = :number, unclear = null, not_hers = array_remove(not_hers, :number), ask_after = now()
where id = :id;

-- name: none_of_them
-- A person has said that none of the woman's certificates that the Fund has shown so far is this pregnancy's.
update ers.pregnancy p set unclear = null, ask_after = now(), not_hers = (
    select coalesce(array_agg(c.number order by c.number), '{}') from ers.certificate c where c.snils = p.snils)
where p.id = :id and p.ers_number is null;

-- name: hold
-- A person stops a request that has not been sent, or lets it go.
update ers.request set operator_hold = :held, operator = :operator, version = version + 1,
    details = case when :held then cast(:details as jsonb) else details end
where id = :id and state in ('HELD', 'READY') and signed_exchange_id is null and (lease_until is null or lease_until < now())
returning pregnancy_id;

-- name: stamp
-- Who decided about a request.
update ers.request set operator = :operator where id = :id;

-- name: close_certificate
-- The Fund has closed a certificate for us.
update ers.certificate set status = 'CLOSED', seen_at = now() where number = :number;

-- name: record_command
-- Somebody looks at personal data or changes something by the command line.
insert into ers.audit (operator, host, command, arguments) values (:operator, :host, :command, cast(:arguments as jsonb));

-- name: last_configuration
-- The sections of the configuration, each by its digest, with which the service last started on a host.
select arguments -> 'sections' as sections from ers.audit
where command = 'configuration' and host = :host order by id desc limit 1;

-- name: commands_since
-- Who has used which command, from a day on.
select done_at, operator, host, command, arguments from ers.audit
where cast(:since as date) is null or done_at >= cast(:since as date) order by id;
