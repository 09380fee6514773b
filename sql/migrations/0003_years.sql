-- What every tick, every minute and the report of a day ask costs the same after years.

-- What belongs to a day is found by block ranges: rows stay about where they were written, and a move costs these nothing.
create index request_days on ers.request using brin (
        created_at, first_sent_at, (coalesce(answered_at, first_sent_at, state_since))) with (pages_per_range = 32, autosummarize = on);

-- Jobs begin every few seconds: what is unfinished, and what ended well, is found without the history.
create index job_run_open on ers.job_run (job) where ended_at is null;
create index job_run_well on ers.job_run (job, ended_at) where succeeded;

create index finding_money on ers.finding (id) where money and closed_at is null;
create index on ers.certificate using brin (received_on) with (autosummarize = on);
create index on ers.certificate_ticket using brin (received_on) with (autosummarize = on);
