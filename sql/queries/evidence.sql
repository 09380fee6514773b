-- The evidence at rest: closed anew when the keys change, and what there is of one request.

-- name: evidence_mark
-- Up to where the evidence is surely closed by the key in force; nothing if it never was looked at with just these keys.
select up_to, missing from ers.evidence_mark where keys = cast(:keys as text[]);

-- name: move_evidence_mark
-- The evidence up to here has been looked at with these keys; so many values stay closed by keys that are not among them.
insert into ers.evidence_mark (keys, up_to, missing) values (cast(:keys as text[]), :up_to, :missing)
on conflict (one) do update set keys = excluded.keys, up_to = excluded.up_to, missing = excluded.missing;

-- name: evidence_newest
-- The newest exchange that keeps its request: whether the keys of today open it.
select id, signed_request from ers.exchange where signed_request is not null order by id desc limit 1;

-- name: evidence_after
-- The next exchanges, those of the last hour excepted: they may be under way. With each, whether something of it is not closed by the key
-- in force.
select id, coalesce(substring(signed_request for length(cast(:head as bytea))) <> cast(:head as bytea), false)
    or coalesce(substring(wire_request for length(cast(:head as bytea))) <> cast(:head as bytea), false)
    or coalesce(substring(signed_answer for length(cast(:head as bytea))) <> cast(:head as bytea), false)
    or coalesce(substring(wire_answer for length(cast(:head as bytea))) <> cast(:head as bytea), false) as stale
from ers.exchange
where id > :after and started_at < now() - interval '1 hour'
order by id limit :many;

-- name: evidence_of
-- The bytes of some exchanges, locked against whoever would write down an answer.
select id, signed_request, wire_request, signed_answer, wire_answer from ers.exchange where id = any(:ids) for update;

-- name: rewrite_evidence
-- The same bytes, closed by the key in force.
update ers.exchange
set signed_request = :signed_request, wire_request = :wire_request, signed_answer = :signed_answer, wire_answer = :wire_answer
where id = :id;

-- name: evidence_of_request
-- Every exchange about a request, byte for byte, with what the request log says of it: for a court.
select id, operation, revision, started_at, ended_at, business_at, endpoint, outcome, http_status, status, information, operator,
    signed_request, wire_request, signed_answer, wire_answer
from ers.exchange where request_id = :request_id order by id;
