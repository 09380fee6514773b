"""A believable ledger of any size, made by SQL: women of several hospitals with everything that can become of their requests.

The last ones carry what a clerk can type: the longest names, formulas, markup, and two hospitals of one name.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import psycopg2

from ers_sync.files import data_text

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)  # 06:00 in Yekaterinburg, a Monday
ZONE = ZoneInfo("Asia/Yekaterinburg")
LONG_HOSPITAL = (
    "Государственное автономное учреждение здравоохранения Свердловской области «Областная детская клиническая "
    "больница», областной перинатальный центр, женская консультация № 3 «Уралмаш», обособленное подразделение"
)
HOSTILE = (
    '=HYPERLINK("http://example.org";"нажми")',
    "<r><t>не разметка</t></r>",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+7 (343) 000-00-00",
    "Ива\u0001нова\u200b\ufffe _x0041_",
    "http://example.org/?q=1",
    "0012",
)

_HOSPITALS = """
insert into ers.organization (id, name, inn, ogrn, is_active) values
(1, 'ГБУЗ СО «Екатеринбургский клинический перинатальный центр»', '6658021402', '1026602336727', true),
(2, 'ГАУЗ СО «Артинская ЦРБ»', '6636000000', '1026602050947', true),
(3, 'Городская больница № 1', '6600000003', '1026600000003', true),
(4, 'Городская больница № 1', '6600000004', '1026600000004', true),
(5, %(long)s, '6600000005', '1026600000005', true);
insert into ers.doctor (id, organization_id, name)
select o.id * 100 + n, o.id, (array['Ёлкина Мария Петровна','Абрамова Ольга Игоревна','Смирнов Пётр Андреевич',
    'Кузнецова Анна Сергеевна'])[n]
from ers.organization o cross join generate_series(1, 4) n;
"""

_WOMEN = """
insert into ers.pregnancy (id, patient_id, organization_id, doctor_id, last_name, first_name, patronymic, birth_date, snils, policy, lmp,
    registered_on, outcome_kind, outcome_on, outcome_days, is_open)
select n, n, 1 + n %% 5, (1 + n %% 5) * 100 + 1 + n %% 4,
    (array['Иванова','Ёлкина','Петрова','Сидорова','Абдулкаримова','Константинопольская','Лебедева','Орлова','Яковлева','Жукова','Щербакова'])
        [1 + n %% 11] || case when n > 400 then '-' || (array['Белая','Крымская','Донская','Вольская'])[1 + n / 11 %% 4] else '' end,
    (array['Анна','Мария','Ольга','Екатерина','Александра','Юлия','Гюльнара'])[1 + n / 3 %% 7],
    case when n %% 13 > 0 then (array['Петровна','Сергеевна','Андреевна','Магомедовна','Всеволодовна'])[1 + n / 7 %% 5] end,
    date '1985-03-01' + (n * 37 %% 6500), case when n %% 17 > 0 then lpad((n * 7919 %% 99999999999)::text, 11, '0') end,
    case when n %% 19 > 0 then lpad((n::bigint * 104729)::text, 16, '0') end,
    lmp, lmp + 60,
    case when age > 275 + n %% 12 then case when n %% 23 = 0 then 'other' else 'delivery' end
        when n %% 41 = 0 and age > 80 then 'abortion' end,
    case when age > 275 + n %% 12 then lmp + 275 + n::int %% 12 when n %% 41 = 0 and age > 80 then lmp + 75 end,
    case when age > 275 + n %% 12 then 275 + n %% 12 when n %% 41 = 0 and age > 80 then 75 end,
    age <= 275 + n %% 12
from (select n::int as n, 60 + n * 53 %% 420 as age, date '2026-06-15' - (60 + n * 53 %% 420)::int as lmp
      from generate_series(1, %(women)s) n) w;
"""

# One request of every kind that a woman's weeks call for, each in a state drawn from its own number.
_REQUESTS = """
create function pg_temp.working_day(day date) returns date language sql immutable
as 'select day + case extract(isodow from day) when 6 then 2 when 7 then 1 else 0 end';
insert into ers.request (kind, subject, source, organization_id, pregnancy_id, doctor_id, half_year, event_on, deadline, state, reason,
    details, content, ers_number, visit_id, first_sent_at, answered_at, state_since, created_at, attempts)
select kind, subject, source, organization_id, id, doctor_id, half_year, day, deadline, state,
    case state
        when 'HELD' then case when kind <> 'create_ers' and numberless then 'no_certificate_number'
            else (array['missing_data','missing_data','missing_data','no_contract','no_signing_key','operator'])[1 + dice %% 6] end
        when 'CANCELLED' then (array['adopted','already_there','gone','certificate_closed','operator','superseded'])[1 + dice %% 6] end,
    case when state = 'REJECTED' then
        '[{"column": null, "text": "Код 1204: Отсутствует заключенный договор с ТОФ на оказание услуг"}]'::jsonb
         when state = 'HELD' and kind <> 'create_ers' and numberless then
        '[{"column": null, "text": "ждёт номера ЭРС: запрос на формирование ещё не обработан"}]'
         when state = 'HELD' and dice %% 6 < 3 then
        '[{"column": "patient.snils", "text": "карточка пациентки: СНИЛС неверен: проверьте все 11 цифр"},
          {"column": "patient.address", "text": "карточка пациентки: адрес места жительства: не указано"}]'
         when state = 'HELD' and dice %% 6 = 3 then
        '[{"column": null, "text": "нет действующего договора с Фондом: внесите договор"}]'
         when state = 'HELD' and dice %% 6 = 4 then '[{"column": null, "text": "сертификат МО истёк 01.06.2026"}]'
         else '[]' end,
    '{}', case when state = 'DONE' or (kind <> 'create_ers' and not numberless) then lpad((8000000000 + id)::text, 10, '0') end,
    case when kind = 'put_visit' then source end,
    case when state in ('DONE', 'SENDING', 'REGISTERED', 'UNKNOWN', 'REJECTED', 'ANNULLED')
        then deadline - interval '20 hours' - make_interval(mins => dice * 7 %% 300) end,
    case when state in ('DONE', 'REJECTED', 'ANNULLED') then deadline - interval '14 hours' end, deadline - interval '14 hours', day, 1
from (
    select e.*, ('x' || substr(md5(kind || id || day), 1, 6))::bit(24)::int as dice, numberless_of(e.id) as numberless,
        (pg_temp.working_day(day + 1) + time '23:59:59') at time zone 'Asia/Yekaterinburg' as deadline
    from (
        select 'create_ers' as kind, 'pregnancy:' || id as subject, 'exam:' || id * 100 as source, id, organization_id, doctor_id,
            null::int as half_year, lmp + 60 as day from ers.pregnancy
        union all
        select 'put_visit', 'exam:' || id * 100 + v, 'exam:' || id * 100 + v, id, organization_id, doctor_id, null, lmp + 60 + v * 24
        from ers.pregnancy cross join generate_series(1, 8) v where lmp + 60 + v * 24 <= coalesce(outcome_on, date '2026-06-14')
        union all
        select 'put_ticket1', 'pregnancy:' || id, 'exam:' || id * 100 + 7, id, organization_id, doctor_id, null, lmp + 212
        from ers.pregnancy where lmp + 212 <= coalesce(outcome_on, date '2026-06-14')
        union all
        select 'put_ticket2', 'pregnancy:' || id, 'outcome:' || id, id, 1 + (organization_id + 1) %% 5, null, null, outcome_on
        from ers.pregnancy where outcome_kind = 'delivery'
        union all
        select 'put_ticket3', 'pregnancy:' || id || ':' || organization_id || ':1', 'child:' || id, id, organization_id, doctor_id, 1,
            outcome_on + 120 from ers.pregnancy where outcome_kind = 'delivery' and outcome_on + 120 < date '2026-06-15'
    ) e
) f
cross join lateral (select case
    when numberless and kind <> 'create_ers' then 'HELD' when numberless then 'HELD'
    when day >= date '2026-06-12' then (array['READY','READY','SENDING','REGISTERED','HELD','DONE'])[1 + dice %% 6]
    when dice %% 100 < 90 then 'DONE' when dice %% 100 < 92 then 'HELD' when dice %% 100 < 94 then 'REJECTED'
    when dice %% 100 < 96 and kind = 'put_visit' then 'ANNULLED' when dice %% 100 < 97 then 'UNKNOWN' when dice %% 100 < 98 then 'CANCELLED'
    when dice %% 100 < 99 then 'REGISTERED' when dice %% 1000 = 999 then 'QUARANTINED' else 'DONE' end as state) s;
"""

_FUND = """
update ers.pregnancy p set ers_number = r.ers_number from ers.request r
where r.pregnancy_id = p.id and r.kind = 'create_ers' and r.state = 'DONE';
update ers.pregnancy set ers_number = (7000000000 + id)::text where ers_number is null and id %% 11 = 5;
insert into ers.certificate (number, snils, created_on, status, ogrn, organization_name, received_on)
select ers_number, snils, registered_on, (array['OPEN','SERVICE','CLOSED'])[1 + id %% 3], '1027700000000',
    case when ers_number like '7%%' then 'ГБУЗ «Родильный дом № 9» (Челябинская область)' else 'наша' end, registered_on + 2
from ers.pregnancy where ers_number is not null;
insert into ers.certificate_ticket (number, kind, created_on, status, ogrn, received_on)
select number, '1', created_on + 152, 'PROCESSED', ogrn, received_on + 160 from ers.certificate
where number like '7%%' and received_on + 160 < date '2026-06-15';
insert into ers.request (kind, subject, source, organization_id, pregnancy_id, event_on, state, reason, content, annuls_id, first_sent_at,
    answered_at)
select 'annul_visit', 'request:' || id, source, organization_id, pregnancy_id, event_on, 'DONE', null, '{}', id, first_sent_at, answered_at
from ers.request where state = 'ANNULLED';
insert into ers.finding (pregnancy_id, request_id, code, money)
select pregnancy_id, id, 'diverges', true from ers.request where kind = 'put_ticket1' and state = 'DONE' and pregnancy_id %% 29 = 1
union all select id, null, 'close_certificate', false from ers.pregnancy where outcome_kind = 'abortion' and ers_number is not null
union all select id, null, 'judge_outcome', false from ers.pregnancy where outcome_kind = 'other';
insert into ers.exchange (request_id, pregnancy_id, organization_id, operation, started_at, ended_at, business_at, endpoint, host, outcome,
    http_status, status, information)
select id, pregnancy_id, organization_id,
    (array['createErs','putVisit','annulVisit','putTicket1','putTicket2','putTicket3'])
        [array_position(array['create_ers','put_visit','annul_visit','put_ticket1','put_ticket2','put_ticket3'], kind)],
    first_sent_at, first_sent_at + interval '2 seconds', first_sent_at, 'https://fund.example/ws', '10.0.9.66', 'ANSWERED', 200,
    case when state = 'REJECTED' then 'PROCESSING_ERROR' else 'REGISTERED' end,
    case when state = 'REJECTED' then 'Код: 1204 Сообщение: Отсутствует заключенный договор с ТОФ на оказание услуг' end
from ers.request where first_sent_at is not null;
"""

_HOSTILE = """
update ers.pregnancy set last_name = %(text)s, first_name = %(text)s, patronymic = %(text)s, policy = %(text)s where id = %(id)s
"""
_LONGEST = """
update ers.pregnancy set last_name = 'Константинопольская-Переяславль-Залесская-Мстиславская', first_name = 'Александра-Виктория-Елизавета',
    patronymic = 'Абдулрахмановна-Магомедрасуловна' where id = 1
"""


def build_empty(dsn: str) -> None:
    """Make a ledger with nothing in it."""
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(data_text("sql/schema.sql"))


def fill(dsn: str, women: int, *, hostile: bool = True) -> None:
    """Fill an empty ledger with this many women; the first has the longest names, the next are hostile."""
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "create function numberless_of(id bigint) returns boolean language sql immutable as 'select id % 11 = 5'"
        )
        for statement in (_HOSPITALS, _WOMEN, _REQUESTS, _FUND):
            cursor.execute(statement, {"women": women, "long": LONG_HOSPITAL})
        cursor.execute(_LONGEST)
        for number, text in enumerate(HOSTILE if hostile else (), start=2):
            cursor.execute(_HOSTILE, {"text": text, "id": number})
        cursor.execute("drop function numberless_of(bigint)")
        cursor.execute("analyze")


def build_300(dsn: str) -> None:
    """Make a ledger of 300 women."""
    build_empty(dsn)
    fill(dsn, 300)
