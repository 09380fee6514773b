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
