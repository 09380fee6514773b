-- A full compare passes over what is as it was.

-- What the last full compare found at rest: a digest of all that working it out had looked at, and on which days (UTC, the last one not
-- included) time alone changes nothing. As long as it is the same, a compare passes over the pregnancy.
create table ers.compared (
    pregnancy_id bigint primary key,
    digest bytea not null,
    since date not null,
    until date not null
);
