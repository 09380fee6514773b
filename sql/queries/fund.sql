-- What is known of the Fund: exchanges (the request log and the evidence), certificates, questions to ask, outages.

-- name: next_exchange
-- The id of an exchange that begins: its evidence is closed for this row alone.
select ers.exchange_ids_from(now()) + nextval('ers.exchange_number') as id;

-- name: begin_exchange
-- An attempt, put on record before the socket opens, with the signed bytes that will go out.
insert into ers.exchange (id, request_id, pregnancy_id, organization_id, operation, revision, business_at, operator, signed_request)
values (:id, :request_id, :pregnancy_id, :organization_id, :operation, :revision, :business_at, :operator, :signed_request);

-- name: finish_exchange
-- What became of an attempt: written by whoever made it, whoever holds the lease by then. The Fund's answer ends an outage of the
-- endpoint, in the same statement, since every exchange pays for its round trips.
with exchange as (
    update ers.exchange
    set ended_at = now(), endpoint = :endpoint, host = :host, outcome = :outcome, http_status = :http_status, status = :status,
        information = :information, wire_request = :wire_request, wire_answer = :wire_answer, signed_answer = :signed_answer
    where id = :id
)
update ers.outage set ended_at = now() where :answered and endpoint = :endpoint and ended_at is null returning announced;

-- name: signed_bytes
-- The bytes that an attempt signed: they go out again as they are while its fate is not known. With them what came of it, if anybody
-- wrote that down.
select signed_request, operation, business_at, ended_at, endpoint, host, started_at, outcome, http_status, signed_answer
from ers.exchange where id = :id;

-- name: write_certificate
-- A certificate as the Fund shows it now.
insert into ers.certificate (number, snils, created_on, status, ogrn, organization_name, received_on)
values (:number, :snils, :created_on, :status, :ogrn, :organization_name, :received_on)
on conflict (number) do update set
    snils = coalesce(excluded.snils, certificate.snils), created_on = excluded.created_on, status = excluded.status,
    ogrn = excluded.ogrn, organization_name = excluded.organization_name, seen_at = now();

-- name: write_ticket
-- A talon that the Fund shows on a certificate.
insert into ers.certificate_ticket (number, kind, created_on, status, ogrn, received_on)
values (:number, :kind, :created_on, :status, :ogrn, :received_on)
on conflict (number, kind, coalesce(ogrn, '')) do update set created_on = excluded.created_on, status = excluded.status;

-- name: write_visit
-- A visit that the Fund shows on a certificate.
insert into ers.certificate_visit (number, visit_id, visited_on, ogrn) values (:number, :visit_id, :visited_on, :ogrn)
on conflict (number, visit_id) do update set visited_on = excluded.visited_on, ogrn = excluded.ogrn;

-- name: forget_visits
-- Visits that the Fund no longer shows: they were annulled.
delete from ers.certificate_visit where number = :number and not (visit_id = any(:visit_ids));

-- name: woman
-- What is needed to ask the Fund about a pregnancy, and to judge the answer.
select id, snils, lmp, ers_number, not_hers, asker_id from ers.pregnancy where id = :id;

-- name: link
-- The certificate of a pregnancy is known; a link that exists is not changed.
update ers.pregnancy set ers_number = coalesce(ers_number, :number), unclear = null where id = :id;

-- name: unclear
-- A person must say which certificate is hers.
update ers.pregnancy set unclear = :text where id = :id and ers_number is null;

-- name: asked
-- The Fund was asked about a pregnancy; it will be asked again after some days.
update ers.pregnancy set asked_at = now(), ask_after = now() + make_interval(days => :days) where id = :id;

-- name: to_ask
-- The pregnancies about which to ask: open, or with something that waits for a number. Those whose create is about to go out or under
-- way are asked about then.
select p.id, p.snils, p.ers_number, p.lmp, p.asker_id
from (
    select id from ers.pregnancy where is_open and ask_after <= now()
    union
    select pregnancy_id from ers.request where state = 'HELD' and kind <> 'annul_visit'
) wanted join ers.pregnancy p using (id)
where p.ask_after <= now() and p.asker_id is not null and (p.snils is not null or p.ers_number is not null)
  and (p.ers_number is not null or not exists (
        select 1 from ers.request r
        where r.pregnancy_id = p.id and r.kind = 'create_ers' and r.state in ('READY', 'SENDING', 'UNKNOWN', 'REGISTERED')))
order by p.ers_number is not null, p.ask_after
limit :many;

-- name: open_outages
-- The endpoints that do not answer, and when the next question may go to each.
select id, endpoint, cause, began_at, probes, announced, probe_after <= now() as probe_due from ers.outage where ended_at is null;

-- name: begin_outage
-- An endpoint does not answer: the tap is closed. One row an outage, whoever sees it first; a pause that the Fund asks for is kept.
insert into ers.outage (endpoint, cause, probe_after)
values (:endpoint, :cause, now() + make_interval(secs => coalesce(cast(:asked_seconds as float), :pause_seconds)))
on conflict (endpoint) where ended_at is null do update
set probe_after = greatest(outage.probe_after, now() + make_interval(secs => coalesce(cast(:asked_seconds as float), 0)));

-- name: announce_outage
-- A probe has failed: this is an outage, and no single message's trouble. It is said once.
update ers.outage set announced = true where endpoint = :endpoint and ended_at is null and not announced returning id;

-- name: probe_outage
-- A probe is made by whoever gets here first; the pause before the next grows.
update ers.outage set probes = probes + 1, probe_after = now() + make_interval(secs => :pause_seconds)
where id = :id and ended_at is null and probe_after <= now()
returning id;

-- name: end_outage
-- The endpoint answers again.
update ers.outage set ended_at = now() where endpoint = :endpoint and ended_at is null returning announced;

-- name: recovering
-- How many seconds ago the last outage that was announced ended, on any endpoint.
select extract(epoch from now() - max(ended_at)) as seconds from ers.outage where announced and ended_at is not null;

-- name: not_answered
-- The Fund did not answer about a pregnancy; it is asked again in an hour.
update ers.pregnancy set ask_after = now() + interval '1 hour' where id = :id;

-- name: anyone
-- Some pregnancies that the Fund can be asked about: a probe is a question, each time about somebody else, so that one woman or hospital
-- that cannot be asked about keeps no tap closed. They follow a number drawn by lot, and the first one follows the last.
with lot as materialized (select min(id) + floor(random() * (max(id) - min(id) + 1))::bigint as id from ers.pregnancy)
(
    select id, snils, lmp, ers_number, asker_id from ers.pregnancy
    where id >= (select id from lot) and asker_id is not null and (snils is not null or ers_number is not null)
    order by id limit :many
) union all (
    select id, snils, lmp, ers_number, asker_id from ers.pregnancy
    where id < (select id from lot) and asker_id is not null and (snils is not null or ers_number is not null)
    order by id limit :many
) limit :many;
