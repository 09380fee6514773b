"""Every line of the log by its `action`: what it means and what a person has to do. docs/log.md is written from this table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """What a line says (Russian), which fields it has, and what to do about it; nothing where it is only news."""

    means: str
    fields: str = ""
    to_do: str = ""


ACTIONS: Mapping[str, Action] = {
    "daemon.started": Action("Служба начала работу.", "mode, hospitals (сколько МО)"),
    "daemon.stopping": Action("Службе велено остановиться; она ждёт начатого."),
    "daemon.stopped": Action("Служба остановилась, ничего начатого не осталось."),
    "daemon.left_in_hand": Action(
        "Служба остановилась, не дождавшись заданий; о том, что они успели отправить, спросит reconcile.", "jobs"
    ),
    "clock.stepped": Action("Часы машины перевели; расписание начато заново.", "seconds", "Проверьте NTP."),
    "job.done": Action("Задание кончилось и что-то сделало.", "job и то, что оно насчитало"),
    "job.failed": Action(
        "Задание кончилось ошибкой; будет повторено по расписанию.",
        "job, error (типы и места в коде)",
        "Если повторяется: ers-sync check.",
    ),
    "job.hung": Action("Задание идёт дольше, чем может.", "job, seconds", "runbook.md#job_hung"),
    "job.missed": Action("Планировщик пропустил запуск задания.", "job", "Если повторяется: сообщите разработчику."),
    "job.still_running": Action("Ежедневное задание ещё идёт, новый запуск пропущен.", "job"),
    "apart.failed": Action(
        "Работа в отдельном процессе (отчёты) кончилась ошибкой.",
        "work, error",
        "Место на диске и права: ers-sync check.",
    ),
    "command.failed": Action(
        "Команда, которую выполнял человек, кончилась ошибкой.", "error", "ers-sync check; затем ers-sync diagnose."
    ),
    "ledger.went_back": Action(
        "База программы оказалась восстановленной или переключилась на другую.",
        "doubted (сколько запросов под вопросом)",
        "runbook.md#restored",
    ),
    "ram.bad_row": Action(
        "Строка РАМ не читается: недопустимое значение.", "table, row (её id), cause", "Исправьте строку в РАМ."
    ),
    "pregnancy.put_off": Action(
        "Беременность не удалось обработать; попытка повторится позже.", "pregnancy, error", "runbook.md#unreadable"
    ),
    "pull.put_off": Action(
        "Ответ Фонда о женщине не удалось обработать; вопрос повторится.",
        "pregnancy, error",
        "Если повторяется: ers-sync diagnose – разработчику.",
    ),
    "brake.on": Action("Сработал тормоз.", "hospital, kind, counted", "runbook.md#brake"),
    "request.put_off": Action(
        "С запросом не удалось ничего сделать; попытка повторится с растущей паузой.",
        "request, error",
        "Если повторяется: ers-sync requests show.",
    ),
    "request.quarantined": Action(
        "Запрос отложен из-за ошибки программы.", "request, cause или error", "runbook.md#quarantined"
    ),
    "request.rejected": Action(
        "Фонд отклонил запрос; МО видит это на листе «Что исправить».", "request, codes (коды Фонда)"
    ),
    "outage.began": Action("Фонд не отвечает: отправка остановлена.", "host, cause", "runbook.md#outage"),
    "outage.ended": Action("Фонд снова отвечает: накопленное уходит.", "host, cause"),
    "evidence.key_missing": Action(
        "Часть доказательств закрыта ключом, которого нет в ledger.evidence_key_files: верните файл.", "exchanges"
    ),
    "answer.late": Action("Ответ пришёл, когда запрос уже держал другой; ответ записан и учтён.", "request"),
    "answer.of_another_request": Action(
        "Пришёл ответ с чужим номером запроса; он не учтён, о запросе спросят снова.",
        "request",
        "Если повторяется: в поддержку Фонда.",
    ),
    "incident.opened": Action("Началось происшествие; дежурному сообщено.", "code, key", "runbook.md, раздел code."),
    "incident.worse": Action("Происшествие стало хуже; дежурному сообщено ещё раз.", "code, key, level"),
    "incident.closed": Action("Происшествие закончилось; дежурному сообщено.", "code, key"),
    "alert.not_delivered": Action(
        "Предупреждение не дошло; попытка повторится через минуту.",
        "channel, notices, error",
        "Проверьте почту, программу или Sentry (alerts в настройках).",
    ),
    "ping.failed": Action("Сторож молчания не ответил.", "error", "Проверьте alerts.ping_url."),
    "metrics.not_written": Action("Файл показателей не записан.", "error", "Место и права в папке metrics.textfile."),
    "sentry.scrub_failed": Action(
        "Событие для Sentry не удалось очистить; отправлено пустым.", "", "Сообщите разработчику."
    ),
    "log.failed": Action("Строку журнала не удалось составить.", "logger, line", "Сообщите разработчику."),
    "library": Action("Предупреждение библиотеки; похожее на персональные данные в нём скрыто.", "logger, text"),
}


def page() -> str:
    """Return docs/log.md."""
    lines = [f"| `{name}` | {row.means} | {row.fields} | {row.to_do} |" for name, row in sorted(ACTIONS.items())]
    return HEAD + "\n".join(lines) + "\n"


HEAD = """\
# Журнал

<!-- Сделано tools/generate.py из ers_sync/ops/actions.py. -->

`journalctl -u ers-sync`; без systemd – стандартный поток ошибок. Строка – событие: `action=что_случилось`, затем поля.
Персональных данных в журнале нет: номера, счётчики и наши слова. Ошибка описана типами и местами в коде
(`error="OSError@mail.py:45"`), её текст не пишется: он мог бы назвать пациентку. Важность – обычная для systemd:
`journalctl -u ers-sync -p warning` покажет предупреждения и ошибки.

| action | что значит | поля | что сделать |
|---|---|---|---|
"""
