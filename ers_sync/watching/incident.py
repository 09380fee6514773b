"""An incident, and what the on-call is told of each kind: what it means, what happens by itself, what a person must do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

RUNBOOK = "docs/runbook.md"


class Code(StrEnum):
    """The kinds of incidents; each is an anchor of the runbook."""

    OUTAGE = "outage"
    BACKLOG = "backlog"
    DEADLINE = "deadline"
    UNKNOWN_FATE = "unknown_fate"
    NO_CONTRACT = "no_contract"
    CONTRACT_REFUSED = "contract_refused"
    CONTRACT_ENDS = "contract_ends"
    NO_KEY = "no_key"
    KEY_ENDS = "key_ends"
    FUND_CERTIFICATE = "fund_certificate"
    BRAKE = "brake"
    JOB_LATE = "job_late"
    JOB_FAILING = "job_failing"
    JOB_HUNG = "job_hung"
    REPORT_FAILED = "report_failed"
    QUARANTINED = "quarantined"
    UNREADABLE = "unreadable"
    DIVERGENCE = "divergence"
    RESTORED = "restored"


class Urgency(StrEnum):
    """When a person is needed. Now: what nobody does before the morning costs a deadline or worse, and one person can do it at night."""

    NOW = "сейчас"
    MORNING = "утром"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is wrong now. `key` tells it from others; `about` is one Russian line with nothing personal in it.

    `level` rises when it gets worse, and then it is told anew; `organization_id` is the hospital that has to act, if one has.
    """

    code: Code
    key: str
    about: str
    organization_id: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in an alert under the lines of one kind."""

    title: str
    means: str
    by_itself: str
    to_do: str
    urgency: Urgency

    def anchor(self, code: Code) -> str:
        """Return the page of the runbook."""
        return f"{RUNBOOK}#{code}"


# systemd hands a service its credentials when it starts; other files of keys are looked at before every job (fss/keystore.py)
REREAD = (
    "Ключи из /etc/ers-sync/credentials и config.yaml служба читает при запуске (systemctl restart ers-sync), "
    "остальные файлы – сама перед следующим заданием."
)

WORDS: dict[Code, Words] = {
    Code.OUTAGE: Words(
        "Фонд не отвечает",
        "Сервис Фонда не отвечает или отвечает ошибкой; проверочный вопрос тоже не прошёл.",
        "Отправка остановлена, программа пробует связь с растущими паузами (до 5 минут). Когда связь появится, накопленное уйдёт само, "
        "сначала самое срочное.",
        "Если дольше часа: проверьте сеть и прокси (ers-sync check), затем спросите поддержку Фонда.",
        Urgency.MORNING,
    ),
    Code.BACKLOG: Words(
        "Готовые запросы не уходят",
        "Фонд на связи, а готовый запрос ждёт отправки дольше часа.",
        "Программа продолжает отправлять; очередь может быть просто длинной.",
        "Посмотрите ers-sync status и журнал службы: работает ли задание submit.",
        Urgency.MORNING,
    ),
    Code.DEADLINE: Words(
        "Срок отправки под угрозой или пропущен",
        "На сообщение о событии даётся один рабочий день. Эти запросы ещё не отправлены.",
        "Всё, что можно отправить, уходит само, сначала с ближайшим сроком. Что ждёт исправления карточки, уйдёт после исправления.",
        "МО: исправить карточки по листу «Что исправить» своей книги. Дежурному: убедиться, что остальное не стоит (ers-sync status).",
        Urgency.NOW,
    ),
    Code.UNKNOWN_FATE: Words(
        "Судьба запросов неизвестна",
        "Запрос, возможно, дошёл до Фонда, но дольше положенного не удаётся узнать, что с ним стало.",
        "Программа продолжает спрашивать Фонд и не отправит запрос снова, пока не узнает.",
        "ers-sync requests list --state UNKNOWN; узнайте в Фонде и решите: ers-sync requests resolve НОМЕР --sent или --not-sent.",
        Urgency.MORNING,
    ),
    Code.NO_CONTRACT: Words(
        "Нет действующего договора с Фондом",
        "У МО нет договора нужного вида, действующего сегодня; её запросы отложены.",
        "Запросы уйдут сами после внесения договора.",
        "МО: сообщить номер, дату и срок договора. Внести: ers-sync contracts set или contracts import.",
        Urgency.MORNING,
    ),
    Code.CONTRACT_REFUSED: Words(
        "Фонд не принимает договор МО (код 1204)",
        "Договор внесён, но Фонд его у себя не находит. Запросы МО этого вида отложены.",
        "Раз в сутки уходит один пробный запрос; как только он пройдёт или договор изменят, уйдут остальные.",
        "МО: сверить номер, дату и вид услуг с отделением Фонда. Исправить: ers-sync contracts set.",
        Urgency.MORNING,
    ),
    Code.CONTRACT_ENDS: Words(
        "Заканчивается договор с Фондом",
        "Договор МО скоро закончится, следующий не внесён.",
        "До последнего дня всё отправляется; затем запросы МО будут отложены.",
        "МО: заключить новый договор. Внести: ers-sync contracts set.",
        Urgency.MORNING,
    ),
    Code.NO_KEY: Words(
        "Нечем подписать запросы МО",
        "Ключ или сертификат МО не годится, или Фонд не принимает её подпись. Запросы этой МО отложены, остальных – нет.",
        "Запросы уйдут сами, когда ключ будет исправлен.",
        f"Исправить по тексту выше. {REREAD} Проверить: ers-sync check.",
        Urgency.MORNING,
    ),
    Code.KEY_ENDS: Words(
        "Заканчивается сертификат",
        "После этого дня подписывать будет нечем.",
        "До последнего дня всё отправляется. Новый ключ можно положить заранее рядом со старым.",
        "МО: получить новый сертификат. Внести второй строкой в key_files и certificate_files, "
        "перезапустить службу (systemctl restart ers-sync).",
        Urgency.MORNING,
    ),
    Code.FUND_CERTIFICATE: Words(
        "Негоден сертификат Фонда",
        "Без действующего сертификата Фонда нельзя зашифровать ни одного запроса.",
        "Ничего: без него отправка стоит для всех МО.",
        "Получить действующий сертификат Фонда и указать его в fss.certificates, перезапустить службу (systemctl restart ers-sync).",
        Urgency.NOW,
    ),
    Code.BRAKE: Words(
        "Сработал тормоз",
        "За один просмотр РАМ у МО изменилось необычно много. Запросы этого вида этой МО остановлены, остальное идёт.",
        "Ничего: ждёт решения человека.",
        "Выяснить причину в РАМ. Если всё верно: ers-sync requests release --hospital МО --kind ВИД.",
        Urgency.MORNING,
    ),
    Code.JOB_LATE: Words(
        "Задание не выполняется",
        "Задание давно не начиналось, хотя служба работает.",
        "Служба попробует снова по расписанию.",
        "Посмотреть журнал службы; если повторяется – systemctl restart ers-sync.",
        Urgency.NOW,
    ),
    Code.JOB_FAILING: Words(
        "Задание завершается ошибкой",
        "Несколько запусков подряд кончились ошибкой.",
        "Служба повторяет задание по расписанию; сделанное раньше не теряется.",
        "ers-sync check покажет причину (РАМ, база, диск); подробности в журнале: action=job.failed.",
        Urgency.MORNING,
    ),
    Code.JOB_HUNG: Words(
        "Задание зависло",
        "Задание длится дольше, чем может.",
        "Остальные задания идут.",
        "Посмотреть журнал; systemctl restart ers-sync: начатое при остановке не теряется.",
        Urgency.NOW,
    ),
    Code.REPORT_FAILED: Words(
        "Отчёты не записаны",
        "Последний запуск отчётов кончился ошибкой, книги за сегодня нет.",
        "Следующая попытка по расписанию; пропущенный день будет записан.",
        "Проверить место на диске и права на папку отчётов (ers-sync check), затем ers-sync job report.",
        Urgency.MORNING,
    ),
    Code.QUARANTINED: Words(
        "Запрос отложен из-за ошибки программы",
        "Программа не смогла составить или разобрать этот запрос.",
        "Остальные запросы идут; этот стоит.",
        "ers-sync diagnose и номер запроса – разработчику. После исправления: ers-sync requests retry НОМЕР.",
        Urgency.MORNING,
    ),
    Code.UNREADABLE: Words(
        "Беременность не удаётся обработать",
        "Строки РАМ не читаются (недопустимые значения) или обработка кончается ошибкой.",
        "Остальные обрабатываются; эти пробуются снова с растущими паузами (до 6 часов).",
        "Журнал службы: action с pregnancy=НОМЕР; исправить строку в РАМ.",
        Urgency.MORNING,
    ),
    Code.DIVERGENCE: Words(
        "РАМ расходится с оплаченным талоном",
        "Фонд обработал талон, а РАМ теперь говорит иное: деньги могли быть получены неправомерно.",
        "Ничего не отзывается и не отправляется снова.",
        "МО: лист «Расходится с РАМ»; решить с Фондом, нужно ли исправление.",
        Urgency.MORNING,
    ),
    Code.RESTORED: Words(
        "База программы вернулась в прошлое",
        "База восстановлена из копии или переключилась на отставшую реплику: часть отправленного ей неизвестна.",
        "Обо всём, что могло быть отправлено, сначала спрашивают Фонд; дважды ничего не уйдёт. Отправка пойдёт медленнее.",
        "Убедиться, что работает только один экземпляр базы.",
        Urgency.NOW,
    ),
}
