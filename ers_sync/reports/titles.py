"""The titles of the sheets, as in the manual."""

from __future__ import annotations

HOSPITALS = "МО"
DOCTORS = "Врачи"
PATIENTS = "Пациентки"
PROBLEMS = "Что исправить"
RECEIVED = "Данные с ФСС"
LOG = "Реестр запросов"
