"""The examples under the help of every command: how one calls it, and when. Each is tried by a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

EXAMPLES: Mapping[tuple[str, ...], Sequence[tuple[str, str]]] = {
    ("run",): [("run", "служба; под systemd её запускает ers-sync.service")],
    ("migrate",): [
        ("migrate", "после установки и после каждого обновления"),
        ("migrate --restored", "сразу после восстановления базы из копии, до запуска службы"),
    ],
    ("status",): [("status", "как идут дела"), ("status --json", "то же для программы")],
    ("config-sample",): [("config-sample", "начать настройки: ers-sync config-sample > /etc/ers-sync/config.yaml")],
    ("check",): [
        ("check", "что не так и что сделать"),
        ("check --nagios", "для Nagios, Icinga, Zabbix"),
        ("check --config ./config.yaml", "с другими настройками"),
    ],
    ("diagnose",): [("diagnose support.json", "файл для поддержки; персональных данных в нём нет")],
    ("completion",): [
        ("completion bash", "ers-sync completion bash > /etc/bash_completion.d/ers-sync, затем откройте новый терминал")
    ],
    ("job",): [
        ("job scan --dry-run", "сколько изменений нашлось бы в РАМ; ничего не остаётся"),
        ("job submit", "отправить готовое сейчас"),
        ("job report", "записать книги, не дожидаясь утра"),
    ],
    ("report",): [
        ("report --from 01.06.2026 --to 30.06.2026", "сводный отчёт по МО за июнь"),
        ("report --by patient --hospital 1 --pdf", "пациентки одной МО с начала месяца, и в PDF"),
        ("report --by log --from 15.06.2026 --to 15.06.2026", "реестр запросов за день"),
    ],
    ("requests", "list"): [
        ("requests list --state HELD --hospital 1", "что у МО стоит и почему"),
        ("requests list --state UNKNOWN", "что, возможно, дошло до Фонда"),
        ("requests list --since 2026-06-01 --limit 500 --json", "для программы"),
    ],
    ("audit",): [("audit --since 01.11.2026", "кто что смотрел и менял с начала месяца")],
    ("evidence",): [("evidence 1742 --dir delo-1742", "все обмены по запросу, байт в байт, для суда")],
    ("requests", "show"): [("requests show 17", "один запрос и все его обмены с Фондом")],
    ("requests", "retry"): [("requests retry 17", "причина отказа исправлена не в РАМ, отправить снова")],
    ("requests", "cancel"): [('requests cancel 17 --reason "внесён в Фонде вручную"', "не отправлять никогда")],
    ("requests", "hold"): [('requests hold 17 --reason "выясняем с МО"', "не отправлять пока; отпустит release")],
    ("requests", "release"): [
        ("requests release 17", "отпустить запрос, отложенный через hold"),
        ("requests release --hospital 1 --kind annul_visit", "снять тормоз, когда всё верно"),
    ],
    ("requests", "resolve"): [
        ('requests resolve 17 --sent --reason "Фонд подтвердил по телефону"', "Фонд запрос получил"),
        ('requests resolve 17 --sent --number 0123456789 --reason "письмо Фонда"', "получил и выдал ЭРС"),
        ('requests resolve 17 --not-sent --reason "в Фонде его нет"', "не получил: отправить снова"),
    ],
    ("send-ticket1",): [("send-ticket1 4321", "талон 1 по осмотру 4321 в РАМ")],
    ("annul-visit",): [('annul-visit 4321 --reason "внесён ошибочно"', "спросит, уверены ли вы")],
    ("close-certificate",): [
        ('close-certificate 0123456789 --reason-code 2 --reason "переезд"', "закрыть ЭРС; открыть снова нельзя")
    ],
    ("link-certificate",): [
        ('link-certificate 812 0123456789 --reason "сверено с картой"', "ЭРС относится к беременности 812"),
        ('link-certificate 812 --none --reason "все прежние"', "ни один не относится: сформировать новый"),
    ],
    ("contracts", "list"): [("contracts list", "все договоры")],
    ("contracts", "set"): [
        ("contracts set --hospital 1 --kind 1 --number 12-Р --from 01.01.2026 --to 31.12.2026", "внести договор"),
        ("contracts set --hospital 1 --kind 1 --number 12-Р --from 01.01.2026", "тот же договор стал бессрочным"),
    ],
    ("contracts", "import"): [("contracts import договоры.xlsx", "все сразу; ошибки называются по ячейкам")],
    ("demo",): [("demo --dir demo-out", "всё в работе на этой машине, без РАМ и Фонда")],
    ("stand",): [("stand --listen 127.0.0.1:8080 --dir fund", "стенд Фонда для пробы")],
    ("sample-ram",): [("sample-ram --patients 50", "образец РАМ как SQL")],
}
