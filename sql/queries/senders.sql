-- Who sends: hospitals as the Fund wants them named, their contracts, and what the Fund has refused them.

-- name: organizations
-- The hospitals that РАМ has shown so far.
select id, name, full_name, inn, ogrn, kpp, is_active from ers.organization;

-- name: contracts
-- Every contract of every hospital.
select organization_id, kind, number, begins, ends from ers.contract order by organization_id, begins, kind, number;

-- name: set_contract
-- A contract, as a person or an import gives it; the same again changes its end only.
insert into ers.contract (organization_id, kind, number, begins, ends, set_by)
values (:organization_id, :kind, :number, :begins, :ends, :set_by)
on conflict (organization_id, kind, number, begins) do update
set ends = excluded.ends, set_by = excluded.set_by, set_at = now();

-- name: refuse
-- The Fund does not take a hospital's contract of one kind (1204), or its signature: nothing of it goes out before that changes, but for
-- one probe a day.
insert into ers.refusal (organization_id, what, fingerprint, probe_after)
values (:organization_id, :what, :fingerprint, now() + interval '1 day')
on conflict (organization_id, what) do update
set refused_at = now(), fingerprint = excluded.fingerprint, probe_after = excluded.probe_after;

-- name: refusals
-- What the Fund refuses now.
select organization_id, what, fingerprint, probe_after <= now() as probe_due from ers.refusal;

-- name: take_probe
-- One request may try whether the Fund still refuses; the next only a day later.
update ers.refusal set probe_after = now() + interval '1 day'
where organization_id = :organization_id and what = :what and probe_after <= now()
returning what;

-- name: accepted
-- The Fund has taken what it refused before.
delete from ers.refusal where organization_id = :organization_id and what = any(cast(:what as text[])) returning what;
