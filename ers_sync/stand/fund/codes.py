"""Every code with which the stand-in Fund refuses a loaded request, in one table.

1204 and its text are the Fund's own (the user manual, typical errors); no other code is public, so the others are numbered here.
"""

from __future__ import annotations

from enum import Enum


class Code(Enum):
    """A code, its text with places for values, and whether it says that the same thing had been processed before."""

    NO_CONTRACT = (
        "1204",
        "Отсутствует заключенный договор с ТОФ на оказание услуг: ИНН={inn}, ОГРН={ogrn}, КПП={kpp} от {date} № {number}",
    )
    ONE_ITEM = ("2001", "В запросе ожидается ровно один талон")
    BAD_SNILS = ("2002", "Неверная контрольная сумма СНИЛС")
    BORN_LATER = ("2003", "Дата рождения позже даты события")
    REGISTERED_LATER = ("2004", "Дата постановки на учет позже текущей даты")

    NO_CERTIFICATE = ("2101", "ЭРС с указанным номером не найден")
    CLOSED = ("2102", "ЭРС закрыт")
    FOREIGN_PERSON = ("2103", "ЭРС с указанным номером выдан другому лицу")
    CLOSED_BEFORE = ("2104", "ЭРС уже был закрыт", True)

    VISIT_REPEATED = ("2201", "Посещение с указанным идентификатором уже зарегистрировано", True)
    VISIT_ID_ANNULLED = ("2202", "Идентификатор аннулированного посещения не может использоваться повторно", True)
    VISIT_LATER = ("2203", "Дата посещения позже текущей даты")
    VISIT_TOO_EARLY = ("2204", "Дата посещения раньше наступления беременности, на которую выдан ЭРС")
    NO_VISIT = ("2205", "Посещение не найдено")
    FOREIGN_VISIT = ("2206", "Посещение зарегистрировано другой медицинской организацией")
    ANNULLED_BEFORE = ("2207", "Посещение уже аннулировано", True)
    VISIT_ELSEWHERE = ("2208", "Посещение относится к другому ЭРС")

    TICKET_REPEATED = ("2301", "Талон {ticket} по данному ЭРС уже зарегистрирован", True)
    TERM_TOO_SHORT = ("2302", "Срок беременности меньше установленного для талона 1: {weeks} нед.")
    TERMS_REVERSED = ("2303", "Срок постановки на учет больше срока выдачи талона")
    TICKET_LATER = ("2304", "Дата талона позже текущей даты")
    BIRTH_LATER = ("2305", "Дата родов позже текущей даты")
    BIRTH_TOO_EARLY = ("2306", "Дата родов раньше наступления беременности, на которую выдан ЭРС")
    ARRIVED_LATER = ("2307", "Дата поступления позже даты родов")
    NO_NEWBORN = ("2308", "Не указаны сведения о новорожденных")
    WRONG_SERVICE = ("2309", "Вид услуги по договору не соответствует талону")
    NO_CHILD = ("2310", "Не указаны сведения о детях")
    WATCH_UNFINISHED = ("2311", "Период наблюдения ребенка не завершен")
    WATCH_REVERSED = ("2312", "Период наблюдения ребенка указан неверно")

    def __init__(self, number: str, text: str, duplicate: bool = False) -> None:  # noqa: FBT001, FBT002 - an Enum member is positional
        self.number = number
        self.text = text
        self.duplicate = duplicate
