-- A claim out of a fresh backlog takes the index that is made for it.

drop index ers.request_unfinished;
-- What waits for a person. What moves by itself is not in it: in a backlog that statistics do not know of yet, claims would take this index.
create index request_unfinished on ers.request (state, reason) where state in ('HELD', 'REJECTED', 'QUARANTINED');
alter table ers.request set (autovacuum_analyze_scale_factor = 0.01);
