"""What is wrong, where and how it is mended, and by whom, in words that a clerk understands: the manual's table of typical errors."""

from __future__ import annotations

from dataclasses import dataclass

from ers_sync.domain.completeness import CHILD_CARD, EXAM_CARD, HOSPITAL_CARD, OUTCOME_CARD, PATIENT_CARD
from ers_sync.domain.findings import FindingCode
from ers_sync.domain.states import Hold, State

CARDS = frozenset({PATIENT_CARD, HOSPITAL_CARD, EXAM_CARD, OUTCOME_CARD, CHILD_CARD})


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cause of trouble as the manual's table of typical errors has it: what it is, where and how it is mended, and by whom."""

    title: str
    place: str
    remedy: str
    who: str


TROUBLES: dict[str, Trouble] = {
    Hold.MISSING_DATA: Trouble(
        "Не хватает данных в карточке",
        "карточка пациентки",
        "Внесите недостающее в РАМ и сохраните: запрос уйдёт сам",
        "МО: регистратор или врач",
    ),
    Hold.NO_CONTRACT: Trouble(
        "Нет действующего договора с Фондом",
        "договоры МО с Фондом",
        "Заключите или продлите договор и внесите его номер и даты: запросы уйдут сами",
        "МО: бухгалтерия",
    ),
    Hold.NO_SIGNING_KEY: Trouble(
        "Нет действующей подписи (УКЭП) МО",
        "ключ и сертификат МО",
        "Выпустите или замените УКЭП МО и передайте её администратору сервиса: запросы уйдут сами",
        "МО: служба АСУ",
    ),
    Hold.CERTIFICATE_UNCLEAR: Trouble(
        "Неясно, какой ЭРС относится к беременности",
        "карточка пациентки, кабинет МО в Фонде",
        "Проверьте в Фонде, какой ЭРС действует, и сообщите администратору сервиса",
        "МО: врач и оператор ЭРС",
    ),
    Hold.NO_CERTIFICATE_NUMBER: Trouble(
        "Ждёт номера ЭРС",
        "строка «Запрос ЭРС» этой пациентки",
        "Уйдёт сам, как только будет номер; если запрос ЭРС задержан, исправьте сначала его",
        "делать ничего не нужно",
    ),
    Hold.ANNUL_FIRST: Trouble(
        "Ждёт аннулирования прежней редакции",
        "–",
        "Уйдёт сам после ответа Фонда об аннулировании",
        "делать ничего не нужно",
    ),
    Hold.BRAKE: Trouble(
        "Слишком много изменений сразу",
        "РАМ",
        "Проверьте, что осмотры изменены намеренно, и подтвердите отправку у администратора сервиса",
        "дежурный сервиса",
    ),
    Hold.OPERATOR: Trouble(
        "Остановлено оператором",
        "журнал оператора",
        "Отпустите запрос, когда причина устранена",
        "дежурный сервиса",
    ),
    State.READY: Trouble(
        "Ждёт отправки",
        "–",
        "Уйдёт сам в порядке очереди",
        "делать ничего не нужно",
    ),
    State.REJECTED: Trouble(
        "Фонд отказал",
        "по тексту ответа Фонда",
        "Исправьте в РАМ то, на что указал Фонд: исправленный запрос уйдёт сам",
        "МО: регистратор или врач",
    ),
    State.QUARANTINED: Trouble(
        "Ошибка программы",
        "–",
        "От МО ничего не требуется: дежурный уже предупреждён",
        "дежурный сервиса",
    ),
}

FINDINGS: dict[FindingCode, Trouble] = {
    FindingCode.DIVERGES: Trouble(
        "Расходится с РАМ",
        "РАМ или кабинет МО в Фонде",
        "Сверьте РАМ с тем, что принял Фонд; неверное исправьте там, где ошибка",
        "МО: врач и оператор ЭРС",
    ),
    FindingCode.OUT_OF_SCOPE: Trouble(
        "Расходится с РАМ",
        "РАМ",
        "Если посещение отправлено зря, попросите администратора сервиса аннулировать его",
        "МО: врач и оператор ЭРС",
    ),
    FindingCode.CLOSE_CERTIFICATE: Trouble(
        "ЭРС к закрытию",
        "кабинет МО в Фонде или администратор сервиса",
        "Закройте сертификат с указанием причины",
        "МО: оператор ЭРС",
    ),
    FindingCode.JUDGE_OUTCOME: Trouble(
        "Исход решает человек",
        "исход в РАМ",
        "Проверьте вид исхода и срок в РАМ; талон 2, если положен, оформите вручную",
        "МО: врач и оператор ЭРС",
    ),
    FindingCode.BEFORE_START: Trouble(
        "До начала работы сервиса",
        "кабинет МО в Фонде",
        "Если ЭРС у пациентки нет, оформите его вручную",
        "МО: оператор ЭРС",
    ),
}
