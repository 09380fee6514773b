-- Роли PostgreSQL для ers-sync. Выполняет администратор, каждую часть на своём сервере; пароли задаются после: \password ИМЯ
-- Имя схемы РАМ (ram) и имена баз (ram, ers) замените своими. Файл можно выполнять повторно.
--
--   psql -v ON_ERROR_STOP=1 -v part=ram    -d ram -f roles.sql    на сервере РАМ
--   psql -v ON_ERROR_STOP=1 -v part=ledger -d ers -f roles.sql    на сервере базы программы, до ers-sync migrate
--   psql -v ON_ERROR_STOP=1 -v part=report -d ers -f roles.sql    там же, после ers-sync migrate (кому нужны цифры без имён)

select :'part' = 'ram' as is_ram, :'part' = 'ledger' as is_ledger, :'part' = 'report' as is_report \gset

\if :is_ram
-- 1. РАМ: одна роль, только SELECT. Ничем не владеет, ничего не создаёт.
select 'create role ers_reader login nosuperuser nocreatedb nocreaterole noinherit'
where not exists (select 1 from pg_roles where rolname = 'ers_reader') \gexec
-- и сама не может начать пишущую транзакцию; долгий запрос не держит РАМ
alter role ers_reader set default_transaction_read_only = on;
alter role ers_reader set statement_timeout = '15min';
alter role ers_reader connection limit 5;
select format('grant connect on database %I to ers_reader', current_database()) \gexec
grant usage on schema ram to ers_reader;
grant select on ram.patient, ram.pregnancy, ram.exam, ram.outcome, ram.newborn, ram.child, ram.doctor, ram.organization to ers_reader;
-- Откуда снимок: по этим двум функциям видно, что РАМ восстановили из копии или переключили на реплику.
grant execute on function pg_control_system(), pg_control_checkpoint() to ers_reader;
\endif

\if :is_ledger
-- 2. База программы: роль службы владеет своей базой и больше ничем.
select 'create role ers_daemon login nosuperuser nocreatedb nocreaterole noinherit'
where not exists (select 1 from pg_roles where rolname = 'ers_daemon') \gexec
select format('alter database %I owner to ers_daemon', current_database()) \gexec
select format('revoke all on database %I from public', current_database()) \gexec
revoke create on schema public from public;
-- Журнал самого PostgreSQL: об ошибке одна строка, без отвергнутой записи и без запроса, в котором стоят имена.
alter role ers_daemon set log_error_verbosity = terse;
alter role ers_daemon set log_min_error_statement = panic;
grant execute on function pg_control_system(), pg_control_checkpoint() to ers_daemon;
\endif

\if :is_report
-- 3. Читатель цифр: без имён, СНИЛС, адресов и самих сообщений. Только названные столбцы.
select 'create role ers_figures login nosuperuser nocreatedb nocreaterole noinherit'
where not exists (select 1 from pg_roles where rolname = 'ers_figures') \gexec
alter role ers_figures set default_transaction_read_only = on;
select format('grant connect on database %I to ers_figures', current_database()) \gexec
grant usage on schema ers to ers_figures;
grant select (id, kind, revision, organization_id, half_year, event_on, deadline, state, reason, attempts, created_at, state_since,
    first_sent_at, answered_at, taken_back) on ers.request to ers_figures;
grant select (id, organization_id, operation, started_at, ended_at, outcome, http_status) on ers.exchange to ers_figures;
grant select on ers.organization, ers.contract, ers.brake, ers.outage, ers.job_run, ers.incident to ers_figures;
\endif
